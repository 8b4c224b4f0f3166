//===- QNNFolds.cpp - Folders of qnn ops ----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether every entry equals `value`.
static bool all(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [=](int64_t v) { return v == value; });
}

/// storage_cast(storage_cast(x)) is x when the types agree.
OpFoldResult StorageCastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto producer = getInput().getDefiningOp<StorageCastOp>())
    if (producer.getInput().getType() == getType())
      return producer.getInput();
  return {};
}

/// A clamp that limits nothing is its input.
OpFoldResult ClampOp::fold(FoldAdaptor) {
  if (getMin().isInfinity() && getMin().isNegative() && getMax().isInfinity() &&
      !getMax().isNegative())
    return getInput();
  return {};
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 && getInputs()[0].getType() == getType())
    return getInputs()[0];
  return {};
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType() && all(getOffsets(), 0) &&
      all(getStrides(), 1))
    return getInput();
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType() && all(getLow(), 0) &&
      all(getHigh(), 0))
    return getInput();
  return {};
}

/// Reshape of a reshape is one reshape; of a constant, a constant.
OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto producer = getInput().getDefiningOp<ReshapeOp>()) {
    if (producer.getInput().getType() == getType())
      return producer.getInput();
    getInputMutable().assign(producer.getInput());
    return getResult();
  }
  auto dense = dyn_cast_if_present<DenseElementsAttr>(adaptor.getInput());
  auto type = cast<RankedTensorType>(getType());
  if (dense && type.hasStaticShape())
    return dense.reshape(type);
  return {};
}

/// Transposes compose; the identity vanishes.
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  auto isIdentity = [](ArrayRef<int64_t> permutation) {
    for (auto [i, p] : llvm::enumerate(permutation))
      if (p != int64_t(i))
        return false;
    return true;
  };
  if (isIdentity(getPermutation()))
    return getInput();
  auto producer = getInput().getDefiningOp<TransposeOp>();
  if (!producer)
    return {};
  SmallVector<int64_t> combined;
  for (int64_t p : getPermutation())
    combined.push_back(producer.getPermutation()[p]);
  if (isIdentity(combined))
    return producer.getInput();
  setPermutation(combined);
  getInputMutable().assign(producer.getInput());
  return getResult();
}
