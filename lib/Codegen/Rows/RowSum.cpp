//===- RowSum.cpp - Sums of images row by row -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowSum.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

using namespace quantopt;
using qvec::KernelOp;

bool quantopt::sumsColumns(KernelOp kernel) {
  qnn::WindowAttr window = kernel.getWindow();
  auto input = cast<MemRefType>(kernel.getInput().getType());
  return kernel.getKind() == qvec::KernelKind::PoolSum &&
         kernel.getAccumulatorType().isInteger(32) &&
         input.getDimSize(0) == 1 && input.getDimSize(1) != 1 &&
         window.getKernel()[0] == input.getDimSize(1) &&
         window.getDilations()[0] == 1 &&
         llvm::all_of(window.getPads(), [](int64_t pad) { return pad == 0; });
}

static MemRefType getSumsType(KernelOp kernel) {
  return MemRefType::get(
      cast<MemRefType>(kernel.getInit().getType()).getShape(),
      kernel.getAccumulatorType());
}

int64_t quantopt::getSumsBytes(KernelOp kernel) {
  MemRefType type = getSumsType(kernel);
  return type.getNumElements() * (type.getElementTypeBitWidth() / 8);
}

/// An element of a constant buffer; null if it is none.
static TypedAttr getElement(Value buffer, int64_t index) {
  auto use = buffer.getDefiningOp<memref::GetGlobalOp>();
  auto global = use ? SymbolTable::lookupNearestSymbolFrom<memref::GlobalOp>(
                          use, use.getNameAttr())
                    : memref::GlobalOp();
  Attribute all =
      global ? global.getInitialValue().value_or(Attribute()) : Attribute();
  auto values = dyn_cast_if_present<DenseElementsAttr>(all);
  if (!values || index >= values.getNumElements())
    return {};
  return dyn_cast<TypedAttr>(values.getValues<Attribute>()[index]);
}

/// Positions of each window.
static int64_t getPositions(KernelOp kernel) {
  ArrayRef<int64_t> size = kernel.getWindow().getKernel();
  return size[0] * size[1];
}

/// The parameters of the epilogue, which all windows share; nothing when they
/// are not known.
static std::optional<SmallVector<TypedAttr>> getParams(KernelOp kernel) {
  SmallVector<TypedAttr> params;
  for (Value counts : kernel.getCountParams()) {
    params.push_back(getElement(counts, getPositions(kernel) - 1));
    if (!params.back())
      return std::nullopt;
  }
  return params;
}

/// What sums start with, since a bias is added for each position; nothing when
/// it is not known.
static std::optional<int64_t> getStart(KernelOp kernel) {
  if (!kernel.getBias())
    return 0;
  auto bias = dyn_cast_if_present<IntegerAttr>(getElement(kernel.getBias(), 0));
  if (!bias)
    return std::nullopt;
  return bias.getInt() * getPositions(kernel);
}

bool quantopt::canSplitSum(KernelOp kernel) {
  return kernel.getResiduals().empty() && kernel.getRowParams().empty() &&
         kernel.getChannelParams().empty() && getParams(kernel) &&
         getStart(kernel);
}

/// The kernel's windows for sums, to which it adds.
static KernelOp addToSums(KernelOp kernel, Value sums) {
  OpBuilder b(kernel);
  Location loc = kernel.getLoc();
  auto adding = cast<KernelOp>(b.clone(*kernel));
  adding.getBiasMutable().clear();
  adding.getCountParamsMutable().clear();
  adding.getResidualsMutable().assign(sums);
  adding.getInitMutable().assign(sums);
  adding.getEpilogue().front().erase();
  Type type = b.getI32Type();
  b.createBlock(&adding.getEpilogue(), {}, TypeRange{type, type}, {loc, loc});
  Block &block = adding.getEpilogue().front();
  Value sum =
      arith::AddIOp::create(b, loc, block.getArgument(0), block.getArgument(1));
  qvec::YieldOp::create(b, loc, sum);
  return adding;
}

/// The kernel's epilogue for each sum.
static void finishSums(KernelOp kernel, Value sums,
                       ArrayRef<TypedAttr> params) {
  using utils::IteratorType;
  OpBuilder b(kernel);
  AffineMap map = b.getMultiDimIdentityMap(4);
  Block &epilogue = kernel.getEpilogue().front();
  linalg::GenericOp::create(
      b, kernel.getLoc(), TypeRange(), sums, kernel.getInit(),
      ArrayRef<AffineMap>{map, map},
      SmallVector<IteratorType>(4, IteratorType::parallel),
      [&](OpBuilder &inner, Location loc, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(epilogue.getArgument(0), arguments[0]);
        for (auto [argument, param] :
             llvm::zip(epilogue.getArguments().drop_front(), params))
          mapping.map(argument,
                      arith::ConstantOp::create(inner, loc, param).getResult());
        for (Operation &op : epilogue.without_terminator())
          inner.clone(op, mapping);
        Value result = cast<qvec::YieldOp>(epilogue.getTerminator()).getValue();
        linalg::YieldOp::create(inner, loc, mapping.lookup(result));
      });
}

KernelOp quantopt::splitSum(KernelOp kernel) {
  OpBuilder b(kernel);
  Location loc = kernel.getLoc();
  Value sums = memref::AllocOp::create(b, loc, getSumsType(kernel));
  Value start = arith::ConstantIntOp::create(b, loc, b.getI32Type(),
                                             int32_t(*getStart(kernel)));
  linalg::FillOp::create(b, loc, start, sums);
  KernelOp adding = addToSums(kernel, sums);
  finishSums(kernel, sums, *getParams(kernel));
  kernel.erase();
  return adding;
}

void quantopt::setSummedRows(KernelOp part, int64_t rows) {
  qnn::WindowAttr window = part.getWindow();
  int64_t size[] = {rows, window.getKernel()[1]};
  part.setWindowAttr(
      qnn::WindowAttr::get(part.getContext(), size, window.getStrides(),
                           window.getDilations(), window.getPads()));
}
