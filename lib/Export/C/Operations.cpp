//===- Operations.cpp - Expressions of ops on scalars ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CText.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;
using namespace quantopt::c;

namespace {
/// An op and its expression. `$0`, `$1`, ... are operands; between `$` and the
/// number, `u` makes an operand an unsigned number that wraps, of 32 bits or
/// more, `z` the same without its sign, and `s` a signed one. `$T` is the
/// result's type and `$U` the unsigned one of its width, at least 32 bits.
/// `$n(...)` around all takes the result's low bits. An op may have several
/// rows: the first one whose operand and result types, where it names them, are
/// the op's.
struct OpRow {
  StringLiteral op, text;
  StringLiteral from = "", to = "";
};
} // namespace

static constexpr OpRow opRows[] = {
    {"arith.addi", "$n($u0 + $u1)"},
    {"arith.subi", "$n($u0 - $u1)"},
    {"arith.muli", "$n($u0 * $u1)"},
    {"arith.andi", "$0 & $1", "i1"},
    {"arith.andi", "$n($u0 & $u1)"},
    {"arith.ori", "$0 | $1", "i1"},
    {"arith.ori", "$n($u0 | $u1)"},
    {"arith.xori", "$0 ^ $1", "i1"},
    {"arith.xori", "$n($u0 ^ $u1)"},
    {"arith.shli", "$n($u0 << $z1)"},
    {"arith.shrui", "$n($z0 >> $z1)"},
    {"arith.shrsi", "qo_shift64($u0, $z1)", "i64"},
    {"arith.shrsi", "$n(qo_shift32($u0, $z1))"},
    {"arith.divui", "$n($z0 / $z1)"},
    {"arith.remui", "$n($z0 % $z1)"},
    {"arith.divsi", "$n(($U)($s0 / $s1))"},
    {"arith.remsi", "$n(($U)($s0 % $s1))"},
    {"arith.minsi", "$s0 < $s1 ? $0 : $1"},
    {"arith.maxsi", "$s0 > $s1 ? $0 : $1"},
    {"arith.minui", "$z0 < $z1 ? $0 : $1"},
    {"arith.maxui", "$z0 > $z1 ? $0 : $1"},
    {"arith.extsi", "UINT64_C(0) - (uint64_t)$0", "i1", "i64"},
    {"arith.extsi", "$n(0u - $u0)", "i1"},
    {"arith.extsi", "($T)$s0"},
    {"arith.extui", "$n($z0)"},
    {"arith.trunci", "$n($u0)"},
    {"arith.index_cast", "$0", "i32", "index"},
    {"arith.index_cast", "($T)$s0", "", "i64"},
    {"arith.index_cast", "($T)$s0", "", "index"},
    {"arith.index_cast", "$n($u0)"},
    {"arith.index_castui", "$n($z0)"},
    {"arith.select", "$0 ? $1 : $2"},
    {"arith.sitofp", "($T)$s0"},
    {"arith.uitofp", "($T)$z0"},
    {"arith.fptosi", "(uint64_t)(int64_t)$0", "", "i64"},
    {"arith.fptosi", "$n((uint32_t)(int32_t)$0)"},
    {"arith.fptoui", "(uint64_t)$0", "", "i64"},
    {"arith.fptoui", "$n((uint32_t)$0)"},
    {"arith.addf", "$0 + $1"},
    {"arith.subf", "$0 - $1"},
    {"arith.mulf", "$0 * $1"},
    {"arith.divf", "$0 / $1"},
    {"arith.negf", "-$0"},
    {"arith.extf", "qo_float_of_half($0)", "f16", "f32"},
    {"arith.extf", "qo_float_of_bfloat($0)", "bf16", "f32"},
    {"arith.extf", "(double)$0", "f32", "f64"},
    {"arith.truncf", "(float)$0", "f64", "f32"},
    {"arith.bitcast", "qo_bits_of_float($0)", "f32", "i32"},
    {"arith.bitcast", "qo_float_of_bits($0)", "i32", "f32"},
    {"arith.bitcast", "qo_bits_of_double($0)", "f64", "i64"},
    {"arith.bitcast", "qo_double_of_bits($0)", "i64", "f64"},
    {"arith.bitcast", "(uint16_t)$0", "i16", "f16"},
    {"arith.bitcast", "(uint16_t)$0", "i16", "bf16"},
    {"arith.bitcast", "qo_s16($0)", "f16", "i16"},
    {"arith.bitcast", "qo_s16($0)", "bf16", "i16"},
    {"math.fma", "fmaf($0, $1, $2)", "f32"},
    {"math.roundeven", "rintf($0)", "f32"},
    {"math.floor", "floorf($0)", "f32"},
    {"math.ceil", "ceilf($0)", "f32"},
    {"math.absf", "fabsf($0)", "f32"},
    {"math.sqrt", "sqrtf($0)", "f32"},
    {"math.ctlz", "qo_zeros32($0)", "i32"},
};

bool c::isSimple(StringRef text) {
  int depth = 0;
  for (char c : text) {
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    if (c == ' ' && depth == 0)
      return false;
  }
  return true;
}

/// Whether an expression outside of parentheses only adds and multiplies.
static bool isSum(StringRef text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth +=
        (text[i] == '(' || text[i] == '[') - (text[i] == ')' || text[i] == ']');
    if (text[i] == ' ' && depth == 0) {
      char op = text[i + 1];
      if (op != '+' && op != '*' && text[i - 1] != '+' && text[i - 1] != '*')
        return false;
    }
  }
  return true;
}

static std::string parenthesize(StringRef text) {
  return isSimple(text) ? text.str() : ("(" + text + ")").str();
}

/// An operand as `kind` asks; see OpRow.
static std::string viewOperand(char kind, StringRef text, Type type) {
  CType cType = *getType(type);
  std::string simple = parenthesize(text);
  if (kind == 'u')
    return cType.isWide() ? simple : "(uint32_t)" + simple;
  if (kind == 's') {
    if (!cType.isWide())
      return simple;
    return ("qo_s" + llvm::Twine(cType.bits) + "(" + text + ")").str();
  }
  switch (cType.bits) { // 'z'
  case 8:
    return "(uint32_t)(uint8_t)" + simple;
  case 16:
    return "(uint32_t)(uint16_t)" + simple;
  default:
    return cType.isWide() ? simple : "(uint32_t)" + simple;
  }
}

/// The low bits of an unsigned number of at least 32 bits as a value.
static std::string narrow(StringRef text, Type type) {
  CType cType = *getType(type);
  switch (cType.bits) {
  case 1:
    return "(int)(" + parenthesize(text) + " & 1u)";
  case 8:
  case 16:
    return ("qo_s" + llvm::Twine(cType.bits) + "(" + text + ")").str();
  default:
    return text.str();
  }
}

/// Replaces what stands for operands and types; see OpRow.
static std::string expand(StringRef text, Operation *op,
                          ArrayRef<StringRef> operands) {
  std::string result;
  CType type = *getType(op->getResult(0).getType());
  // Sums need no parentheses in sums that wrap.
  bool keepsSums = op->getName().getStringRef() == "arith.addi";
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      result += text[i];
      continue;
    }
    char kind = text[++i];
    if (kind == 'T') {
      result += type.value;
      continue;
    }
    if (kind == 'U') {
      result += type.bits == 64 ? "uint64_t" : "uint32_t";
      continue;
    }
    bool isPlain = llvm::isDigit(kind);
    unsigned number = (isPlain ? kind : text[++i]) - '0';
    StringRef operand = operands[number];
    Type operandType = op->getOperand(number).getType();
    if (isPlain)
      result += parenthesize(operand);
    else if (kind == 'u' && keepsSums && isSum(operand) &&
             getType(operandType)->isWide())
      result += operand;
    else
      result += viewOperand(kind, operand, operandType);
  }
  return result;
}

/// Whether a row's types, where it has some, are the op's.
static bool fits(const OpRow &row, Operation *op) {
  auto is = [](StringRef name, Type type) {
    if (name.empty())
      return true;
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return name == text;
  };
  return row.op == op->getName().getStringRef() &&
         is(row.from, op->getOperand(0).getType()) &&
         is(row.to, op->getResult(0).getType());
}

static std::string printRow(const OpRow &row, Operation *op,
                            ArrayRef<StringRef> operands) {
  StringRef text = row.text;
  Type type = op->getResult(0).getType();
  if (!text.consume_front("$n("))
    return expand(text, op, operands);
  std::string whole = expand(text.drop_back(), op, operands);
  bool isLong = getType(type)->bits == 64;
  if ((getType(op->getOperand(0).getType())->bits == 64) != isLong)
    whole = (isLong ? "(uint64_t)" : "(uint32_t)") + parenthesize(whole);
  return narrow(whole, type);
}

//===----------------------------------------------------------------------===//
// Ops with attributes
//===----------------------------------------------------------------------===//

static std::string print(arith::CmpIOp op, ArrayRef<StringRef> operands) {
  using Predicate = arith::CmpIPredicate;
  StringRef sign;
  char kind = 's';
  switch (op.getPredicate()) {
  case Predicate::eq:
    sign = "==", kind = 'u';
    break;
  case Predicate::ne:
    sign = "!=", kind = 'u';
    break;
  case Predicate::slt:
    sign = "<";
    break;
  case Predicate::sle:
    sign = "<=";
    break;
  case Predicate::sgt:
    sign = ">";
    break;
  case Predicate::sge:
    sign = ">=";
    break;
  case Predicate::ult:
    sign = "<", kind = 'z';
    break;
  case Predicate::ule:
    sign = "<=", kind = 'z';
    break;
  case Predicate::ugt:
    sign = ">", kind = 'z';
    break;
  case Predicate::uge:
    sign = ">=", kind = 'z';
    break;
  }
  Type type = op.getLhs().getType();
  return viewOperand(kind, operands[0], type) + " " + sign.str() + " " +
         viewOperand(kind, operands[1], type);
}

/// Comparisons in C are false for NaN, except `!=`.
static std::string print(arith::CmpFOp op, ArrayRef<StringRef> operands) {
  using Predicate = arith::CmpFPredicate;
  auto format = [&](const char *text) {
    return llvm::formatv(text, operands[0], operands[1]).str();
  };
  switch (op.getPredicate()) {
  case Predicate::AlwaysFalse:
    return "0";
  case Predicate::OEQ:
    return format("{0} == {1}");
  case Predicate::OGT:
    return format("{0} > {1}");
  case Predicate::OGE:
    return format("{0} >= {1}");
  case Predicate::OLT:
    return format("{0} < {1}");
  case Predicate::OLE:
    return format("{0} <= {1}");
  case Predicate::ONE:
    return format("{0} < {1} || {0} > {1}");
  case Predicate::ORD:
    return format("{0} == {0} && {1} == {1}");
  case Predicate::UEQ:
    return format("!({0} < {1} || {0} > {1})");
  case Predicate::UGT:
    return format("!({0} <= {1})");
  case Predicate::UGE:
    return format("!({0} < {1})");
  case Predicate::ULT:
    return format("!({0} >= {1})");
  case Predicate::ULE:
    return format("!({0} > {1})");
  case Predicate::UNE:
    return format("{0} != {1}");
  case Predicate::UNO:
    return format("{0} != {0} || {1} != {1}");
  case Predicate::AlwaysTrue:
    return "1";
  }
  llvm_unreachable("unknown predicate");
}

static std::string print(qvec::MultiplyHighOp op,
                         ArrayRef<StringRef> operands) {
  return llvm::formatv("qo_high{0}({1}, {2})", op.getShift(), operands[0],
                       operands[1]);
}

static StringRef getSaturation(bool isUnsigned) {
  return isUnsigned ? "qo_saturate_unsigned" : "qo_saturate";
}

static std::string print(qvec::SaturateOp op, ArrayRef<StringRef> operands) {
  return llvm::formatv("{0}({1})", getSaturation(op.getUnsignedResult()),
                       operands[0]);
}

static std::string print(qvec::RescaleAddOp op, ArrayRef<StringRef> operands) {
  auto number = [&](int32_t value) {
    return printLiteral(IntegerAttr::get(IntegerType::get(op.getContext(), 32),
                                         llvm::APInt(32, value, true)),
                        IntegerType::get(op.getContext(), 32));
  };
  Type type = op.getLhs().getType();
  auto factor = [&](StringRef operand) {
    return viewOperand(op.getUnsignedBytes() ? 'z' : 'u', operand, type);
  };
  return llvm::formatv("{0}(qo_shift32({1} * {2} + {3} * {4} + {5}, {6}u))",
                       getSaturation(op.getUnsignedBytes()),
                       factor(operands[0]), number(op.getLhsMultiplier()),
                       factor(operands[1]), number(op.getRhsMultiplier()),
                       number(op.getOffset()), op.getShift());
}

std::optional<std::string> c::printOperation(Operation *op,
                                             ArrayRef<StringRef> operands) {
  if (auto compare = dyn_cast<arith::CmpIOp>(op))
    return print(compare, operands);
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    return print(compare, operands);
  if (auto high = dyn_cast<qvec::MultiplyHighOp>(op))
    return print(high, operands);
  if (auto saturate = dyn_cast<qvec::SaturateOp>(op))
    return print(saturate, operands);
  if (auto add = dyn_cast<qvec::RescaleAddOp>(op))
    return print(add, operands);
  for (const OpRow &row : opRows)
    if (op->getNumOperands() > 0 && fits(row, op))
      return printRow(row, op, operands);
  return std::nullopt;
}
