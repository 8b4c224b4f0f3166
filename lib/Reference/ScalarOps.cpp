//===- ScalarOps.cpp - Instructions of scalar programs --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using Instruction = ScalarProgram::Instruction;
using Context = Instruction::Context;

/// Bits of a scalar type; index counts as 64.
static unsigned getWidth(Type type) {
  type = getElementTypeOrSelf(type);
  return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
}

/// Rounds a real number to f16 or f32.
static double roundReal(double value, unsigned width) {
  if (width == 32)
    return static_cast<float>(value);
  if (width == 16)
    return decodeF16(encodeF16(static_cast<float>(value)));
  return value;
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// A step `result = fn(a, b)` on sign-extended integers, wrapped to the width.
template <typename Fn> static void binaryInteger(Instruction &instruction, Fn) {
  instruction.execute = [](const Instruction &i, Context &c) {
    int64_t a = i.get(c, 0).integer, b = i.get(c, 1).integer;
    c.slots[i.result].integer = wrapInteger(Fn()(a, b), i.width);
  };
}

/// The same on integers without sign.
template <typename Fn>
static void binaryUnsigned(Instruction &instruction, Fn) {
  instruction.execute = [](const Instruction &i, Context &c) {
    uint64_t a = toUnsigned(i.get(c, 0).integer, i.width);
    uint64_t b = toUnsigned(i.get(c, 1).integer, i.width);
    c.slots[i.result].integer = wrapInteger(Fn()(a, b, i.width), i.width);
  };
}

/// A step with one operand.
template <typename Fn> static void unaryInteger(Instruction &instruction, Fn) {
  instruction.execute = [](const Instruction &i, Context &c) {
    c.slots[i.result].integer =
        wrapInteger(Fn()(i.get(c, 0).integer, i.fromWidth), i.width);
  };
}

// Functions as types, so that instructions stay plain function pointers.
#define QUANTOPT_FUNCTION(NAME, PARAMETERS, EXPRESSION)                        \
  namespace {                                                                  \
  struct NAME {                                                                \
    auto operator() PARAMETERS const { return EXPRESSION; }                    \
  };                                                                           \
  }

QUANTOPT_FUNCTION(AddI, (uint64_t a, uint64_t b), a + b)
QUANTOPT_FUNCTION(SubI, (uint64_t a, uint64_t b), a - b)
QUANTOPT_FUNCTION(MulI, (uint64_t a, uint64_t b), a *b)
QUANTOPT_FUNCTION(AndI, (uint64_t a, uint64_t b), a &b)
QUANTOPT_FUNCTION(OrI, (uint64_t a, uint64_t b), a | b)
QUANTOPT_FUNCTION(SaturateSigned, (int64_t a, unsigned),
                  std::clamp<int64_t>(a, -128, 127))
QUANTOPT_FUNCTION(SaturateUnsigned, (int64_t a, unsigned),
                  std::clamp<int64_t>(a, 0, 255))
QUANTOPT_FUNCTION(XorI, (uint64_t a, uint64_t b), a ^ b)
QUANTOPT_FUNCTION(MaxSI, (int64_t a, int64_t b), std::max(a, b))
QUANTOPT_FUNCTION(MinSI, (int64_t a, int64_t b), std::min(a, b))
QUANTOPT_FUNCTION(ShrSI, (int64_t a, int64_t b),
                  a >> std::clamp<int64_t>(b, 0, 63))
QUANTOPT_FUNCTION(MaxUI, (uint64_t a, uint64_t b, unsigned), std::max(a, b))
QUANTOPT_FUNCTION(MinUI, (uint64_t a, uint64_t b, unsigned), std::min(a, b))
QUANTOPT_FUNCTION(ShLI, (uint64_t a, uint64_t b, unsigned),
                  b < 64 ? a << b : uint64_t(0))
QUANTOPT_FUNCTION(ShrUI, (uint64_t a, uint64_t b, unsigned),
                  b < 64 ? a >> b : uint64_t(0))
QUANTOPT_FUNCTION(SignExtend, (int64_t a, unsigned width), width == 1 ? -a : a)
QUANTOPT_FUNCTION(ZeroExtend, (int64_t a, unsigned width), toUnsigned(a, width))
QUANTOPT_FUNCTION(AbsI, (int64_t a, unsigned),
                  a < 0 ? 0 - static_cast<uint64_t>(a)
                        : static_cast<uint64_t>(a))

/// The table's entry for an unsigned byte.
static void lookUpByte(const Instruction &i, Context &c) {
  c.slots[i.result].integer = i.table[toUnsigned(i.get(c, 0).integer, 8)];
}

/// The byte nearest to a weighted sum.
static void rescaleAdd(const Instruction &i, Context &c) {
  auto [lhs, rhs, offset, shift] = i.numbers;
  bool isUnsigned = i.immediate;
  auto read = [&](unsigned operand) {
    int64_t byte = i.get(c, operand).integer;
    return isUnsigned ? int64_t(toUnsigned(byte, 8)) : byte;
  };
  int64_t sum = lhs * read(0) + rhs * read(1) + offset;
  int64_t shifted = wrapInteger(uint64_t(sum), 32) >> shift;
  int64_t byte = isUnsigned ? std::clamp<int64_t>(shifted, 0, 255)
                            : std::clamp<int64_t>(shifted, -128, 127);
  c.slots[i.result].integer = wrapInteger(uint64_t(byte), 8);
}

/// The rounded high part of a product.
static void multiplyHighPart(const Instruction &i, Context &c) {
  c.slots[i.result].integer =
      multiplyHigh(int32_t(i.get(c, 0).integer), int32_t(i.get(c, 1).integer),
                   int32_t(i.immediate));
}

/// A division; `fn` gets a divisor other than 0.
template <typename Fn>
static void divideInteger(Instruction &instruction, bool isSigned, Fn) {
  instruction.immediate = isSigned;
  instruction.execute = [](const Instruction &i, Context &c) {
    __int128 a = i.get(c, 0).integer, b = i.get(c, 1).integer;
    if (!i.immediate) {
      a = toUnsigned(i.get(c, 0).integer, i.width);
      b = toUnsigned(i.get(c, 1).integer, i.width);
    }
    if (b == 0) {
      c.failure = "divides an integer by 0";
      return;
    }
    c.slots[i.result].integer =
        wrapInteger(static_cast<uint64_t>(Fn()(a, b)), i.width);
  };
}
QUANTOPT_FUNCTION(Divide, (__int128 a, __int128 b), a / b)
QUANTOPT_FUNCTION(Remainder, (__int128 a, __int128 b), a % b)
QUANTOPT_FUNCTION(FloorDivide, (__int128 a, __int128 b),
                  a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0))
QUANTOPT_FUNCTION(CeilDivide, (__int128 a, __int128 b),
                  a / b + (a % b != 0 && (a < 0) == (b < 0) ? 1 : 0))

/// The low and the high half of a product.
static void multiplyExtended(const Instruction &i, Context &c) {
  __int128 a = i.get(c, 0).integer, b = i.get(c, 1).integer;
  if (!i.immediate) {
    a = toUnsigned(i.get(c, 0).integer, i.width);
    b = toUnsigned(i.get(c, 1).integer, i.width);
  }
  __int128 product = a * b;
  c.slots[i.result].integer =
      wrapInteger(static_cast<uint64_t>(product), i.width);
  c.slots[i.result + 1].integer =
      wrapInteger(static_cast<uint64_t>(product >> i.width), i.width);
}

static void compareIntegers(const Instruction &i, Context &c) {
  int64_t a = i.get(c, 0).integer, b = i.get(c, 1).integer;
  uint64_t x = toUnsigned(a, i.fromWidth), y = toUnsigned(b, i.fromWidth);
  if (i.fromWidth == 1) { // a true i1 is -1 when it has a sign
    a = -a;
    b = -b;
  }
  c.slots[i.result].integer = [&] {
    switch (static_cast<arith::CmpIPredicate>(i.immediate)) {
    case arith::CmpIPredicate::eq:
      return a == b;
    case arith::CmpIPredicate::ne:
      return a != b;
    case arith::CmpIPredicate::slt:
      return a < b;
    case arith::CmpIPredicate::sle:
      return a <= b;
    case arith::CmpIPredicate::sgt:
      return a > b;
    case arith::CmpIPredicate::sge:
      return a >= b;
    case arith::CmpIPredicate::ult:
      return x < y;
    case arith::CmpIPredicate::ule:
      return x <= y;
    case arith::CmpIPredicate::ugt:
      return x > y;
    case arith::CmpIPredicate::uge:
      return x >= y;
    }
    return false;
  }();
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

/// A step on floats of 32 or 64 bits, in the arithmetic of that width.
template <typename Fn> static bool unaryReal(Instruction &instruction, Fn) {
  instruction.execute = [](const Instruction &i, Context &c) {
    double a = i.get(c, 0).real;
    c.slots[i.result].real =
        i.width == 32 ? double(Fn()(static_cast<float>(a))) : Fn()(a);
  };
  return true;
}

template <typename Fn> static bool binaryReal(Instruction &instruction, Fn) {
  instruction.execute = [](const Instruction &i, Context &c) {
    double a = i.get(c, 0).real, b = i.get(c, 1).real;
    c.slots[i.result].real =
        i.width == 32
            ? double(Fn()(static_cast<float>(a), static_cast<float>(b)))
            : Fn()(a, b);
  };
  return true;
}

#define QUANTOPT_REAL_FUNCTION(NAME, PARAMETERS, EXPRESSION)                   \
  namespace {                                                                  \
  struct NAME {                                                                \
    template <typename T> T operator() PARAMETERS const { return EXPRESSION; } \
  };                                                                           \
  }

QUANTOPT_REAL_FUNCTION(AddF, (T a, T b), a + b)
QUANTOPT_REAL_FUNCTION(SubF, (T a, T b), a - b)
QUANTOPT_REAL_FUNCTION(MulF, (T a, T b), a *b)
QUANTOPT_REAL_FUNCTION(DivF, (T a, T b), a / b)
// maximumf and minimumf keep NaN and order zeros by sign; maxnumf and minnumf
// prefer numbers.
QUANTOPT_REAL_FUNCTION(MaximumF, (T a, T b),
                       a != a   ? a
                       : b != b ? b
                       : a == b ? (std::signbit(a) ? b : a)
                                : (a < b ? b : a))
QUANTOPT_REAL_FUNCTION(MinimumF, (T a, T b),
                       a != a   ? a
                       : b != b ? b
                       : a == b ? (std::signbit(a) ? a : b)
                                : (a < b ? a : b))
QUANTOPT_REAL_FUNCTION(MaxNumF, (T a, T b),
                       a != a   ? b
                       : b != b ? a
                                : (a < b ? b : a))
QUANTOPT_REAL_FUNCTION(MinNumF, (T a, T b),
                       a != a   ? b
                       : b != b ? a
                                : (b < a ? b : a))
QUANTOPT_REAL_FUNCTION(NegF, (T a), -a)
QUANTOPT_REAL_FUNCTION(AbsF, (T a), std::fabs(a))
QUANTOPT_REAL_FUNCTION(FloorF, (T a), std::floor(a))
QUANTOPT_REAL_FUNCTION(CeilF, (T a), std::ceil(a))
QUANTOPT_REAL_FUNCTION(TruncateF, (T a), std::trunc(a))
QUANTOPT_REAL_FUNCTION(RoundEvenF, (T a), std::nearbyint(a))
QUANTOPT_REAL_FUNCTION(SqrtF, (T a), std::sqrt(a))
QUANTOPT_REAL_FUNCTION(CopySignF, (T a, T b), std::copysign(a, b))

static void fusedMultiplyAdd(const Instruction &i, Context &c) {
  double a = i.get(c, 0).real, b = i.get(c, 1).real, d = i.get(c, 2).real;
  c.slots[i.result].real =
      i.width == 32
          ? double(std::fma(static_cast<float>(a), static_cast<float>(b),
                            static_cast<float>(d)))
          : std::fma(a, b, d);
}

static void compareReals(const Instruction &i, Context &c) {
  double a = i.get(c, 0).real, b = i.get(c, 1).real;
  bool unordered = a != a || b != b;
  c.slots[i.result].integer = [&] {
    switch (static_cast<arith::CmpFPredicate>(i.immediate)) {
    case arith::CmpFPredicate::AlwaysFalse:
      return false;
    case arith::CmpFPredicate::OEQ:
      return a == b;
    case arith::CmpFPredicate::OGT:
      return a > b;
    case arith::CmpFPredicate::OGE:
      return a >= b;
    case arith::CmpFPredicate::OLT:
      return a < b;
    case arith::CmpFPredicate::OLE:
      return a <= b;
    case arith::CmpFPredicate::ONE:
      return !unordered && a != b;
    case arith::CmpFPredicate::ORD:
      return !unordered;
    case arith::CmpFPredicate::UEQ:
      return unordered || a == b;
    case arith::CmpFPredicate::UGT:
      return unordered || a > b;
    case arith::CmpFPredicate::UGE:
      return unordered || a >= b;
    case arith::CmpFPredicate::ULT:
      return unordered || a < b;
    case arith::CmpFPredicate::ULE:
      return unordered || a <= b;
    case arith::CmpFPredicate::UNE:
      return unordered || a != b;
    case arith::CmpFPredicate::UNO:
      return unordered;
    case arith::CmpFPredicate::AlwaysTrue:
      return true;
    }
    return false;
  }();
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static void convertFromSigned(const Instruction &i, Context &c) {
  int64_t a = i.get(c, 0).integer;
  c.slots[i.result].real =
      i.width == 32 ? double(static_cast<float>(a)) : static_cast<double>(a);
}

static void convertFromUnsigned(const Instruction &i, Context &c) {
  uint64_t a = toUnsigned(i.get(c, 0).integer, i.fromWidth);
  c.slots[i.result].real =
      i.width == 32 ? double(static_cast<float>(a)) : static_cast<double>(a);
}

/// Truncates to an integer in [low, high]; what lies outside is undefined in
/// the IR and saturates here, NaN gives 0.
static void convertToInteger(const Instruction &i, Context &c) {
  bool isSigned = i.immediate;
  double a = std::trunc(i.get(c, 0).real);
  double high = std::ldexp(1.0, int(i.width) - (isSigned ? 1 : 0));
  double low = isSigned ? -high : 0.0;
  uint64_t result = 0;
  if (a >= high)
    result = toUnsigned(-1, isSigned ? i.width - 1 : i.width);
  else if (a <= low)
    result = isSigned ? uint64_t(1) << (i.width - 1) : 0;
  else if (a == a)
    result = a < 0 ? static_cast<uint64_t>(static_cast<int64_t>(a))
                   : static_cast<uint64_t>(a);
  c.slots[i.result].integer = wrapInteger(result, i.width);
}

static void roundToFloat(const Instruction &i, Context &c) {
  c.slots[i.result].real = roundReal(i.get(c, 0).real, i.width);
}

static void roundToBF16(const Instruction &i, Context &c) {
  c.slots[i.result].real =
      decodeBF16(encodeBF16(static_cast<float>(i.get(c, 0).real)));
}

static void copyScalar(const Instruction &i, Context &c) {
  c.slots[i.result] = i.get(c, 0);
}

static void bitsOfFloat(const Instruction &i, Context &c) {
  double a = i.get(c, 0).real;
  c.slots[i.result].integer =
      i.width == 32 ? llvm::bit_cast<int32_t>(static_cast<float>(a))
                    : llvm::bit_cast<int64_t>(a);
}

static void floatOfBits(const Instruction &i, Context &c) {
  int64_t a = i.get(c, 0).integer;
  c.slots[i.result].real =
      i.width == 32 ? double(llvm::bit_cast<float>(static_cast<int32_t>(a)))
                    : llvm::bit_cast<double>(a);
}

static void selectScalar(const Instruction &i, Context &c) {
  c.slots[i.result] = i.get(c, i.get(c, 0).integer ? 1 : 2);
}

/// Chooses how `arith.bitcast` moves bits; false for widths of 16 and less
/// between floats and integers.
static bool selectBitcast(Operation *op, Instruction &instruction) {
  bool fromFloat = isa<FloatType>(getElementTypeOrSelf(op->getOperand(0)));
  bool toFloat = isa<FloatType>(getElementTypeOrSelf(op->getResult(0)));
  if (fromFloat != toFloat && instruction.width < 32)
    return false;
  instruction.execute = fromFloat == toFloat ? copyScalar
                        : fromFloat          ? bitsOfFloat
                                             : floatOfBits;
  return true;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Integer ops.
static bool selectInteger(Operation *op, Instruction &i) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](arith::AddIOp) { return binaryInteger(i, AddI()), true; })
      .Case([&](arith::SubIOp) { return binaryInteger(i, SubI()), true; })
      .Case([&](arith::MulIOp) { return binaryInteger(i, MulI()), true; })
      .Case([&](arith::AndIOp) { return binaryInteger(i, AndI()), true; })
      .Case([&](arith::OrIOp) { return binaryInteger(i, OrI()), true; })
      .Case([&](arith::XOrIOp) { return binaryInteger(i, XorI()), true; })
      .Case([&](arith::MaxSIOp) { return binaryInteger(i, MaxSI()), true; })
      .Case([&](arith::MinSIOp) { return binaryInteger(i, MinSI()), true; })
      .Case([&](arith::ShRSIOp) { return binaryInteger(i, ShrSI()), true; })
      .Case([&](arith::MaxUIOp) { return binaryUnsigned(i, MaxUI()), true; })
      .Case([&](arith::MinUIOp) { return binaryUnsigned(i, MinUI()), true; })
      .Case([&](arith::ShLIOp) { return binaryUnsigned(i, ShLI()), true; })
      .Case([&](arith::ShRUIOp) { return binaryUnsigned(i, ShrUI()), true; })
      .Case([&](arith::DivSIOp) { return divideInteger(i, 1, Divide()), true; })
      .Case([&](arith::DivUIOp) { return divideInteger(i, 0, Divide()), true; })
      .Case([&](arith::RemSIOp) {
        return divideInteger(i, true, Remainder()), true;
      })
      .Case([&](arith::RemUIOp) {
        return divideInteger(i, false, Remainder()), true;
      })
      .Case([&](arith::FloorDivSIOp) {
        return divideInteger(i, true, FloorDivide()), true;
      })
      .Case([&](arith::CeilDivSIOp) {
        return divideInteger(i, true, CeilDivide()), true;
      })
      .Case<arith::ExtSIOp, arith::TruncIOp, arith::IndexCastOp>(
          [&](auto) { return unaryInteger(i, SignExtend()), true; })
      .Case<arith::ExtUIOp, arith::IndexCastUIOp>(
          [&](auto) { return unaryInteger(i, ZeroExtend()), true; })
      .Case([&](qvec::SaturateOp op) {
        if (op.getUnsignedResult())
          return unaryInteger(i, SaturateUnsigned()), true;
        return unaryInteger(i, SaturateSigned()), true;
      })
      .Case([&](qvec::RescaleAddOp op) {
        i.numbers = {int32_t(op.getLhsMultiplier()),
                     int32_t(op.getRhsMultiplier()), int32_t(op.getOffset()),
                     int32_t(op.getShift())};
        i.immediate = op.getUnsignedBytes();
        i.execute = rescaleAdd;
        return true;
      })
      .Case([&](qvec::MultiplyHighOp op) {
        i.immediate = op.getShift();
        i.execute = multiplyHighPart;
        return true;
      })
      .Case([&](qvec::LookupOp op) {
        i.table = op.getTable(); // lives as long as the context
        i.execute = lookUpByte;
        return true;
      })
      .Case([&](math::AbsIOp) { return unaryInteger(i, AbsI()), true; })
      .Case<arith::MulSIExtendedOp, arith::MulUIExtendedOp>([&](auto op) {
        i.execute = multiplyExtended;
        i.immediate = isa<arith::MulSIExtendedOp>(op.getOperation());
        return true;
      })
      .Case([&](arith::CmpIOp op) {
        i.execute = compareIntegers;
        i.immediate = static_cast<int64_t>(op.getPredicate());
        return true;
      })
      .Default([](Operation *) { return false; });
}

/// Float ops of 32 and 64 bits.
static bool selectReal(Operation *op, Instruction &i) {
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](arith::AddFOp) { return binaryReal(i, AddF()); })
      .Case([&](arith::SubFOp) { return binaryReal(i, SubF()); })
      .Case([&](arith::MulFOp) { return binaryReal(i, MulF()); })
      .Case([&](arith::DivFOp) { return binaryReal(i, DivF()); })
      .Case([&](arith::MaximumFOp) { return binaryReal(i, MaximumF()); })
      .Case([&](arith::MinimumFOp) { return binaryReal(i, MinimumF()); })
      .Case([&](arith::MaxNumFOp) { return binaryReal(i, MaxNumF()); })
      .Case([&](arith::MinNumFOp) { return binaryReal(i, MinNumF()); })
      .Case([&](arith::NegFOp) { return unaryReal(i, NegF()); })
      .Case([&](math::AbsFOp) { return unaryReal(i, AbsF()); })
      .Case([&](math::FloorOp) { return unaryReal(i, FloorF()); })
      .Case([&](math::CeilOp) { return unaryReal(i, CeilF()); })
      .Case([&](math::TruncOp) { return unaryReal(i, TruncateF()); })
      .Case([&](math::RoundEvenOp) { return unaryReal(i, RoundEvenF()); })
      .Case([&](math::SqrtOp) { return unaryReal(i, SqrtF()); })
      .Case([&](math::CopySignOp) { return binaryReal(i, CopySignF()); })
      .Case([&](math::FmaOp) {
        i.execute = fusedMultiplyAdd;
        return true;
      })
      .Default([](Operation *) { return false; });
}

/// Ops between both, and on either.
static bool selectConversion(Operation *op, Instruction &i) {
  auto set = [&](auto execute, bool isSigned = false) {
    i.execute = execute;
    i.immediate = isSigned;
    return true;
  };
  return TypeSwitch<Operation *, bool>(op)
      .Case([&](arith::CmpFOp op) {
        i.execute = compareReals;
        i.immediate = static_cast<int64_t>(op.getPredicate());
        return true;
      })
      .Case([&](arith::SelectOp op) {
        return !isa<ShapedType>(op.getCondition().getType()) ==
                   !isa<ShapedType>(op.getType()) &&
               set(selectScalar);
      })
      .Case([&](arith::SIToFPOp) { return set(convertFromSigned); })
      .Case([&](arith::UIToFPOp) { return set(convertFromUnsigned); })
      .Case([&](arith::FPToSIOp) { return set(convertToInteger, true); })
      .Case([&](arith::FPToUIOp) { return set(convertToInteger, false); })
      .Case([&](arith::ExtFOp) { return set(copyScalar); })
      .Case([&](arith::TruncFOp op) {
        bool isBF16 = getElementTypeOrSelf(op.getType()).isBF16();
        return isBF16 ? set(roundToBF16) : set(roundToFloat);
      })
      .Case([&](arith::BitcastOp) { return selectBitcast(op, i); })
      .Default([](Operation *) { return false; });
}

bool reference::selectScalarOp(Operation *op, Instruction &instruction) {
  if (op->getNumOperands() == 0 || op->getNumResults() == 0)
    return false;
  auto isScalar = [](Type type) {
    return getElementTypeOrSelf(type).isIntOrIndexOrFloat();
  };
  if (!llvm::all_of(op->getOperandTypes(), isScalar) ||
      !llvm::all_of(op->getResultTypes(), isScalar))
    return false;
  Type type = getElementTypeOrSelf(op->getResult(0));
  instruction.width = getWidth(type);
  instruction.fromWidth = getWidth(op->getOperand(0).getType());
  if (selectInteger(op, instruction) || selectConversion(op, instruction))
    return true;
  // Arithmetic of 16 bits would have to round after every step.
  return instruction.width >= 32 && selectReal(op, instruction);
}
