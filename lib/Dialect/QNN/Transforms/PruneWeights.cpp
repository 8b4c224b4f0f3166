//===- PruneWeights.cpp - Set the smallest weights to zero ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <cmath>
#include <numeric>

namespace quantopt::qnn {
#define GEN_PASS_DEF_PRUNEWEIGHTSPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// How many weights become zero: a part of all, or all but `kept` of each
/// `group` of neighbours.
struct Amount {
  double ratio = 0;
  int64_t kept = 0, group = 0;
};
} // namespace

static std::optional<Amount> parseAmount(StringRef text) {
  Amount amount;
  if (text.contains(':')) {
    auto [kept, group] = text.split(':');
    if (kept.getAsInteger(10, amount.kept) ||
        group.getAsInteger(10, amount.group) || amount.kept < 1 ||
        amount.kept >= amount.group)
      return std::nullopt;
    return amount;
  }
  if (text.getAsDouble(amount.ratio) ||
      !(amount.ratio >= 0 && amount.ratio < 1))
    return std::nullopt;
  return amount;
}

bool qnn::isPruningAmount(StringRef amount) {
  return parseAmount(amount).has_value();
}

/// Sets the `count` smallest values to zero, of equal ones the first.
static void clearSmallest(MutableArrayRef<float> values, int64_t count) {
  SmallVector<int64_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](int64_t a, int64_t b) {
    return std::fabs(values[a]) < std::fabs(values[b]);
  });
  for (int64_t i : ArrayRef(order).take_front(count))
    values[i] = 0;
}

/// The weight with some elements set to zero.
static SmallVector<float> prune(ArrayRef<float> weight, int64_t rowSize,
                                const Amount &amount) {
  SmallVector<float> result(weight);
  MutableArrayRef<float> values(result);
  if (amount.group == 0) {
    clearSmallest(values, int64_t(amount.ratio * double(values.size())));
    return result;
  }
  for (size_t row = 0; row < values.size(); row += rowSize)
    for (int64_t at = 0; at < rowSize; at += amount.group) {
      int64_t size = std::min(amount.group, rowSize - at);
      clearSmallest(values.slice(row + at, size),
                    std::max<int64_t>(0, size - amount.kept));
    }
  return result;
}

std::optional<int64_t> qnn::pruneWeights(Operation *root, StringRef text) {
  std::optional<Amount> amount = parseAmount(text);
  if (!amount)
    return std::nullopt;
  int64_t count = 0;
  // Tied weights are one constant and stay one.
  DenseMap<Value, Value> done;
  root->walk([&](ContractionOpInterface op) {
    Value weight = op.getWeightOperand().get();
    DenseElementsAttr attr = getFloatConstant(weight);
    if (!attr || attr.empty())
      return;
    Value &pruned = done[weight];
    if (!pruned) {
      ArrayRef<int64_t> shape =
          cast<RankedTensorType>(weight.getType()).getShape();
      SmallVector<float> before = getFloatElements(attr);
      SmallVector<float> after = prune(before, getRowSize(shape), *amount);
      for (auto [old, now] : llvm::zip(before, after))
        count += old != 0 && now == 0;
      OpBuilder builder(weight.getDefiningOp());
      pruned = createFloatConstant(builder, weight.getLoc(), shape, after);
    }
    op.getWeightOperand().set(pruned);
  });
  for (auto [weight, pruned] : done)
    if (weight.use_empty())
      weight.getDefiningOp()->erase();
  return count;
}

namespace {
struct PruneWeightsPass
    : public qnn::impl::PruneWeightsPassBase<PruneWeightsPass> {
  using PruneWeightsPassBase::PruneWeightsPassBase;

  void runOnOperation() override {
    if (amount.empty())
      return;
    std::optional<int64_t> count = pruneWeights(getOperation(), amount);
    if (!count) {
      getOperation().emitError("expected a part of the weights to prune in [0, "
                               "1), or how many to keep as 2:4, but got '")
          << amount << "'";
      return signalPassFailure();
    }
    pruned += *count;
  }
};
} // namespace
