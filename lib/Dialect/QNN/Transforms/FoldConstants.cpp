//===- FoldConstants.cpp - Evaluate float constants -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "llvm/ADT/TypeSwitch.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

using Index = SmallVector<int64_t, 6>;

namespace {
/// A float constant with random access by index.
struct ConstantTensor {
  SmallVector<float> values;
  SmallVector<int64_t> shape;

  /// The element at `index`, aligned at the last dimension; dimensions of size
  /// 1 repeat.
  float at(ArrayRef<int64_t> index) const {
    int64_t offset = 0;
    size_t skipped = index.size() - shape.size();
    for (auto [d, size] : llvm::enumerate(shape))
      offset = offset * size + (size == 1 ? 0 : index[d + skipped]);
    return values[offset];
  }
};
} // namespace

/// Calls `function` with every index of a tensor of this shape in row-major
/// order and collects what it returns.
static SmallVector<float> generate(ArrayRef<int64_t> shape,
                                   function_ref<float(Index &)> function) {
  int64_t count = ShapedType::getNumElements(shape);
  SmallVector<float> values;
  values.reserve(count);
  Index index(shape.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    Index copy = index;
    values.push_back(function(copy));
    for (int64_t d = int64_t(shape.size()) - 1; d >= 0; --d) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
  return values;
}

/// The value of a concatenation.
static SmallVector<float> evaluateConcat(ConcatOp op, ArrayRef<int64_t> shape,
                                         ArrayRef<ConstantTensor> operands) {
  int64_t axis = op.getAxis();
  return generate(shape, [&](Index &index) {
    for (const ConstantTensor &operand : operands) {
      if (index[axis] < operand.shape[axis])
        return operand.at(index);
      index[axis] -= operand.shape[axis];
    }
    return 0.0f;
  });
}

/// The value of a padded constant.
static SmallVector<float> evaluatePad(PadOp op, ArrayRef<int64_t> shape,
                                      const ConstantTensor &input) {
  float value = op.getValue().convertToFloat();
  return generate(shape, [&](Index &index) {
    for (auto [d, low] : llvm::enumerate(op.getLow())) {
      index[d] -= low;
      if (index[d] < 0 || index[d] >= input.shape[d])
        return value;
    }
    return input.at(index);
  });
}

/// The elements of the op's result, or nothing for ops that are not evaluated.
static std::optional<SmallVector<float>>
evaluate(Operation *op, ArrayRef<int64_t> shape,
         ArrayRef<ConstantTensor> operands) {
  floatfn::HostAlgebra algebra;
  using Result = std::optional<SmallVector<float>>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<UnaryOp>([&](UnaryOp op) {
        return generate(shape, [&](Index &index) {
          return evaluateUnary(algebra, op.getFn(), operands[0].at(index),
                               op.getAlpha().convertToFloat(),
                               op.getBeta().convertToFloat());
        });
      })
      .Case<ClampOp>([&](ClampOp op) {
        float min = op.getMin().convertToFloat();
        float max = op.getMax().convertToFloat();
        return generate(shape, [&](Index &index) {
          return floatfn::clamp(algebra, operands[0].at(index), min, max);
        });
      })
      .Case<BinaryOp>([&](BinaryOp op) {
        return generate(shape, [&](Index &index) {
          return evaluateBinary(algebra, op.getFn(), operands[0].at(index),
                                operands[1].at(index));
        });
      })
      .Case<ConcatOp>(
          [&](ConcatOp op) { return evaluateConcat(op, shape, operands); })
      .Case<PadOp>(
          [&](PadOp op) { return evaluatePad(op, shape, operands[0]); })
      .Case<SliceOp>([&](SliceOp op) {
        return generate(shape, [&](Index &index) {
          for (auto [d, offset] : llvm::enumerate(op.getOffsets()))
            index[d] = offset + index[d] * op.getStrides()[d];
          return operands[0].at(index);
        });
      })
      .Case<TransposeOp>([&](TransposeOp op) {
        return generate(shape, [&](Index &index) {
          Index source(index.size());
          for (auto [d, p] : llvm::enumerate(op.getPermutation()))
            source[p] = index[d];
          return operands[0].at(source);
        });
      })
      .Case<GatherOp>([&](GatherOp op) {
        return generate(shape, [&](Index &index) {
          index[op.getAxis()] = op.getIndices()[index[op.getAxis()]];
          return operands[0].at(index);
        });
      })
      .Case<BroadcastOp>([&](BroadcastOp op) {
        return generate(shape,
                        [&](Index &index) { return operands[0].at(index); });
      })
      .Case<ReshapeOp>([&](ReshapeOp op) { return operands[0].values; })
      .Default([](Operation *) { return std::nullopt; });
}

/// Replaces `op` by a constant; false when it is not one.
static bool foldConstant(Operation *op, int64_t maxElements) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0)
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32() ||
      type.getNumElements() > maxElements)
    return false;
  SmallVector<ConstantTensor> operands;
  for (Value operand : op->getOperands()) {
    DenseElementsAttr attr = getFloatConstant(operand);
    if (!attr)
      return false;
    auto shape = cast<RankedTensorType>(attr.getType()).getShape();
    operands.push_back({getFloatElements(attr), llvm::to_vector(shape)});
  }
  auto values = evaluate(op, type.getShape(), operands);
  if (!values)
    return false;
  OpBuilder builder(op);
  op->getResult(0).replaceAllUsesWith(
      createFloatConstant(builder, op->getLoc(), type.getShape(), *values));
  op->erase();
  return true;
}

int64_t qnn::foldConstants(Operation *root, int64_t maxElements) {
  // Operands precede users, so one sweep reaches every constant.
  SmallVector<Operation *> ops;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa_and_present<QNNDialect>(op->getDialect()))
      ops.push_back(op);
  });
  return llvm::count_if(
      ops, [&](Operation *op) { return foldConstant(op, maxElements); });
}

namespace {
struct FoldConstantsPass
    : public qnn::impl::FoldConstantsPassBase<FoldConstantsPass> {
  using FoldConstantsPassBase::FoldConstantsPassBase;
  void runOnOperation() override {
    folded += foldConstants(getOperation(), maxElements);
  }
};
} // namespace
