//===- Memory.cpp - Buffers and their elements in C -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Constants, inputs and outputs are arrays of their elements. The arena is
/// bytes, as its user may have declared it: wider elements are copied in and
/// out, which compilers know to be a load or a store.
///
//===----------------------------------------------------------------------===//

#include "FunctionWriter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;
using namespace quantopt::c;

/// Whether elements of the type are bytes.
static bool isByte(Type element) { return element.isInteger(8); }

/// Whether a store may reach the buffer, through views and calls.
static bool isWrittenTo(Value buffer) {
  SmallVector<Value> worklist = {buffer};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    for (Operation *user : value.getUsers()) {
      if (isa<mlir::ViewLikeOpInterface>(user))
        worklist.push_back(user->getResult(0));
      else if (!isa<memref::LoadOp>(user))
        return true;
    }
  }
  return false;
}

BufferParameter c::describeParameter(func::FuncOp function, unsigned number) {
  Type element =
      cast<MemRefType>(function.getArgumentTypes()[number]).getElementType();
  // Only constants are known never to change.
  bool isConstant = bool(
      function.getArgAttr(number, LLVM::LLVMDialect::getReadonlyAttrName()));
  return {isWrittenTo(function.getArgument(number)),
          isByte(element) || isConstant};
}

std::string c::nameBuffer(unsigned number, unsigned numInputs,
                          unsigned numTensors) {
  if (number >= numTensors)
    return "arena";
  if (number < numInputs)
    return "input" + std::to_string(number);
  return "output" + std::to_string(number - numInputs);
}

std::string FunctionWriter::nameGlobal(memref::GetGlobalOp op) {
  std::string &name = file.globals[op.getNameAttr().getAttr()];
  if (!name.empty())
    return name;
  std::string source;
  auto global = SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
      op, op.getNameAttr());
  if (global)
    if (auto loc = global->getLoc()->findInstanceOf<NameLoc>())
      source = makeNamePart(loc.getName(), 32);
  name = "data" + std::to_string(file.globals.size() - 1) +
         (source.empty() ? "" : "_") + source;
  return name;
}

LogicalResult FunctionWriter::findPlace(Operation &user, Value buffer,
                                        Place &place) {
  int64_t bytes = 0;
  while (!places.count(buffer)) {
    Operation *op = buffer.getDefiningOp();
    if (auto global = dyn_cast_or_null<memref::GetGlobalOp>(op)) {
      place = {nameGlobal(global), 0, global.getType().getElementType()};
      place.bytes += bytes;
      return success();
    }
    if (auto view = dyn_cast_or_null<memref::ViewOp>(op)) {
      llvm::APInt shift;
      if (!matchPattern(view.getByteShift(), mlir::m_ConstantInt(&shift)))
        return user.emitOpError("expected a view at a constant offset");
      bytes += shift.getSExtValue();
    }
    auto view = dyn_cast_or_null<mlir::ViewLikeOpInterface>(op);
    if (!view)
      return user.emitOpError("expected a buffer that is a view of an "
                              "argument or a constant");
    buffer = view.getViewSource();
  }
  place = places[buffer];
  place.bytes += bytes;
  return success();
}

LogicalResult FunctionWriter::writeLocal(memref::AllocaOp local) {
  MemRefType type = local.getType();
  std::optional<CType> element = getType(type.getElementType());
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() || !element)
    return local.emitOpError("expected a static size of numbers in C");
  std::string name = makeName("local");
  line() << element->element << ' ' << name << '[' << type.getNumElements()
         << "];\n";
  places[local] = {name, 0, type.getElementType()};
  return success();
}

/// Computes the index of an element of a buffer, in units of `place.element`,
/// or of bytes where its pointer counts those.
LogicalResult FunctionWriter::setAddress(Operation &user, Value buffer,
                                         ValueRange indices, Expr &index,
                                         Place &place) {
  auto type = cast<MemRefType>(buffer.getType());
  Type element = type.getElementType();
  std::optional<CType> cType = getType(element);
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!cType || failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return user.emitOpError("expected elements that C has, and a layout that "
                            "is known");
  if (failed(findPlace(user, buffer, place)))
    return failure();
  int64_t size = std::max(cType->bits / 8, 1u);
  bool isTyped = place.element == element;
  if (isTyped && place.bytes % size != 0)
    return user.emitOpError("expected whole elements before the buffer");
  int64_t scale = isTyped ? 1 : size;
  int64_t constant =
      offset * scale + (isTyped ? place.bytes / size : place.bytes);
  for (Value operand : indices)
    (void)get(operand);
  std::string text;
  for (auto [operand, stride] : llvm::zip_equal(indices, strides)) {
    llvm::APInt number;
    if (matchPattern(operand, mlir::m_ConstantInt(&number))) {
      constant += number.getSExtValue() * stride * scale;
      continue;
    }
    const Expr &part = get(operand);
    index.carried.insert(part.carried.begin(), part.carried.end());
    text += text.empty() ? "" : " + ";
    bool isPlain = isSimple(part.text) ||
                   (stride * scale == 1 &&
                    part.text.find_first_of("?<>&|^-") == std::string::npos);
    text += isPlain ? part.text : "(" + part.text + ")";
    if (stride * scale != 1)
      text += " * " + std::to_string(stride * scale) + "u";
  }
  if (constant < 0 || constant > INT32_MAX)
    return user.emitOpError("expected an address in [0, 2^31)");
  if (constant != 0 || text.empty())
    text = std::to_string(constant) + (text.empty() ? "" : "u + " + text);
  index.text = text;
  return success();
}

/// The ending of helpers that copy elements of the type.
static StringRef getCopyName(const CType &type) {
  switch (type.bits) {
  case 16:
    return type.isFloat ? "_half" : "16";
  case 32:
    return type.isFloat ? "_float" : "32";
  default:
    return type.isFloat ? "_double" : "64";
  }
}

LogicalResult FunctionWriter::writeLoad(memref::LoadOp load) {
  Expr index;
  Place place;
  if (failed(
          setAddress(*load, load.getMemRef(), load.getIndices(), index, place)))
    return failure();
  Type element = load.getMemRefType().getElementType();
  CType type = *getType(element);
  std::string text = place.pointer + "[" + index.text + "]";
  if (type.bits == 1)
    text += " & 1";
  else if (place.element != element)
    text = llvm::formatv("qo_load{0}({1} + ({2}))", getCopyName(type),
                         place.pointer, index.text);
  else if (type.isWide() && !element.isIndex())
    text = ("(" + type.value + ")" + text).str();
  if (!load.getResult().use_empty())
    define(*load, Expr{text, {}}, /*mayMove=*/false);
  return success();
}

LogicalResult FunctionWriter::writeStore(memref::StoreOp store) {
  Expr index;
  Place place;
  if (failed(setAddress(*store, store.getMemRef(), store.getIndices(), index,
                        place)))
    return failure();
  Type element = store.getMemRefType().getElementType();
  CType type = *getType(element);
  std::string value = get(store.getValueToStore()).text;
  if (place.element != element && type.bits != 1) {
    line() << llvm::formatv("qo_store{0}({1} + ({2}), {3});\n",
                            getCopyName(type), place.pointer, index.text,
                            value);
    return success();
  }
  if (type.isWide() && !element.isIndex())
    value = ("qo_s" + llvm::Twine(type.bits) + "(" + value + ")").str();
  if (type.bits == 1)
    value = isSimple(value) ? "(uint8_t)" + value : "(uint8_t)(" + value + ")";
  line() << place.pointer << '[' << index.text << "] = " << value << ";\n";
  return success();
}

std::string FunctionWriter::printArgument(const Place &place,
                                          const BufferParameter &kind,
                                          Type element) {
  int64_t size = std::max(getType(element)->bits / 8, 1u);
  bool countsBytes = isByte(place.element);
  std::string text = place.pointer;
  if (place.bytes != 0)
    text +=
        " + " + std::to_string(countsBytes ? place.bytes : place.bytes / size);
  if (kind.isTyped || countsBytes)
    return text;
  StringRef pointer = kind.isWritten ? "(int8_t *)" : "(const int8_t *)";
  return (pointer + (isSimple(text) ? text : "(" + text + ")")).str();
}
