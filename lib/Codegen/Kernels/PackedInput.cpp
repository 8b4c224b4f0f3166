//===- PackedInput.cpp - Elements that belong to codes --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitPacked.h"
#include "mlir/IR/BuiltinOps.h"
#include <numeric>

using namespace quantopt;

/// Names of tables: nothing else makes such constants.
static constexpr StringLiteral kTablePrefix = "__offsets_";

/// A constant buffer with these numbers; equal ones are shared.
static FlatBuffer makeTable(KernelEmitter &e, ArrayRef<int32_t> numbers) {
  OpBuilder &b = e.b;
  auto module = e.op->getParentOfType<ModuleOp>();
  auto shape = RankedTensorType::get({int64_t(numbers.size())}, b.getI32Type());
  auto type = MemRefType::get(shape.getShape(), b.getI32Type());
  auto value = DenseElementsAttr::get(shape, numbers);
  memref::GlobalOp global;
  int64_t number = 0;
  for (auto other : module.getOps<memref::GlobalOp>()) {
    number += other.getSymName().starts_with(kTablePrefix);
    if (other.getInitialValueAttr() == value && other.getConstant())
      global = other;
  }
  if (!global) {
    std::string name = (kTablePrefix + Twine(number)).str();
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    global = memref::GlobalOp::create(
        b, e.loc, name, b.getStringAttr("private"), type, value,
        /*constant=*/true, /*alignment=*/b.getI64IntegerAttr(64));
  }
  FlatBuffer table;
  table.view = memref::GetGlobalOp::create(b, e.loc, type, global.getSymName());
  table.elementType = b.getI32Type();
  table.shape = llvm::to_vector(shape.getShape());
  table.strides = {1};
  return table;
}

PackedInput::PackedInput(KernelEmitter &e, const PackedLayout &layout)
    : e(e), chunk(layout.chunk), unit(layout.chunk) {
  qnn::WindowAttr window = e.kernel.getWindow();
  int64_t columns = window.getKernel()[1];
  if (window.getKernel()[0] * columns == 1)
    return;
  int64_t channels = e.input.shape[3] / int64_t(e.kernel.getGroups());
  unit = std::gcd(channels, chunk);
  SmallVector<int32_t> offsets;
  for (int64_t code = 0; code < layout.depth; code += unit) {
    int64_t tap = code / channels;
    offsets.push_back(
        tap / columns * window.getDilations()[0] * e.input.strides[1] +
        tap % columns * window.getDilations()[1] * e.input.strides[2] +
        code % channels);
  }
  table = makeTable(e, offsets);
}

int64_t PackedInput::getRowStride() const {
  return e.kernel.getWindow().getStrides()[1] * e.input.strides[2];
}

Value PackedInput::getTileOffset(const ContractionBlock &block,
                                 const TilePosition &at) {
  ArrayRef<int64_t> strides = e.input.strides;
  int64_t channels = e.input.shape[3] / int64_t(e.kernel.getGroups());
  int64_t down = e.kernel.getWindow().getStrides()[0];
  Value offset = e.add(e.mul(at.n, strides[0]), e.mul(at.h, down * strides[1]));
  offset = e.add(offset, e.mul(at.w, getRowStride()));
  return e.add(offset, e.mul(block.group, channels * strides[3]));
}

Value PackedInput::getOffset(Value tile, Value number, int64_t code) {
  if (!table)
    return e.add(e.add(tile, e.mul(number, chunk)), code);
  Value index = e.add(e.mul(number, chunk / unit), code / unit);
  Value offset = arith::IndexCastOp::create(e.b, e.loc, e.b.getIndexType(),
                                            e.loadScalar(table, index));
  return e.add(e.add(tile, offset), code % unit);
}
