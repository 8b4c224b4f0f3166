//===- Lowerings.h - Lowerings of op families -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// One function per op family. Each lowers a whole fusion group and records the
/// result of the group's tail, or emits an error.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGS_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGS_H

#include "ScalarChain.h"
#include "mlir/IR/AffineMap.h"

namespace quantopt {

/// Before lowering: tells which padded views the op will read.
void planPads(LoweringState &state, Operation *op);

/// The padding that is written together with the input's elements: around
/// images that are quantized at run time. Nothing for other padding.
std::optional<SpatialPads> getHalo(qnn::PadOp op);

LogicalResult lowerContraction(LoweringState &state, const FusionGroup &group);
/// A contraction that has no kernel because its weight or bias is not known.
LogicalResult lowerRuntimeContraction(LoweringState &state, Operation *op);
LogicalResult lowerPool(LoweringState &state, const FusionGroup &group);
/// A group whose root is elementwise, a transpose, a broadcast or an
/// interpolation of integers.
LogicalResult lowerLoopGroup(LoweringState &state, const FusionGroup &group);
/// Concat, slice, pad, reshape, gather, interpolate.
LogicalResult lowerMovement(LoweringState &state, Operation *op);
/// Softmax in both forms, reductions, products of two activations.
LogicalResult lowerReduction(LoweringState &state, Operation *op);
/// What the sums of a product of bytes can be; nothing for floats.
std::optional<IntegerRange> getSumRange(qnn::MatmulOp op);

/// Quantization with scales found at run time.
LogicalResult lowerQuantizeDynamic(LoweringState &state,
                                   qnn::QuantizeDynamicOp op);

/// A kernel to be built: operands of `qvec.kernel` without the chain's.
struct KernelSpec {
  qvec::KernelKind kind;
  Value input;
  Value weight;
  Value weightScales;
  Value tables;
  Value bias;
  SmallVector<Value> countParams;
  qnn::WindowAttr window;
  qvec::StrategyAttr strategy;
  qvec::DepthwiseStrategyAttr depthwiseStrategy;
  int64_t groups = 1;
  DenseI64ArrayAttr countedPads, zeroPads;
  qvec::PackingAttr packing;
  int64_t inputZeroPoint = 0;
  bool unsignedInput = false;
  Type accumulatorType;
  /// The shape of the output as the kernel sees it.
  SmallVector<int64_t> outputShape;
  /// Turns accumulator and count parameters into the chain's input; null for
  /// the identity.
  llvm::function_ref<Value(OpBuilder &, Value, ValueRange)> prologue = nullptr;
};

/// Builds the kernel with the chain as its epilogue and records the result of
/// the group's tail.
LogicalResult buildKernel(LoweringState &state, const FusionGroup &group,
                          ScalarChain &chain, const KernelSpec &spec);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGS_H
