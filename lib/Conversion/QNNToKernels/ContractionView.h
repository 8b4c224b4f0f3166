//===- ContractionView.h - Convolutions and dense layers --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What the lowerings of contractions with plain and with packed weights share.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CONTRACTIONVIEW_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CONTRACTIONVIEW_H

#include "ChooseStrategy.h"
#include "Lowerings.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"

namespace quantopt {

/// A contraction seen as a channels-last convolution.
struct ContractionView {
  Operation *op;
  Value input;
  Value weight;
  Value bias;
  qnn::WindowAttr window;
  int64_t groups = 1;
  int64_t inputZeroPoint = 0;
  /// O, KH, KW, I of the weight.
  SmallVector<int64_t> weightShape;
  bool isDense = false;

  Type getInputElement() const {
    return cast<RankedTensorType>(input.getType()).getElementType();
  }
  bool isInteger() const { return getInputElement().isInteger(); }
  bool isBytes() const { return getInputElement().isInteger(8); }
  /// The element type of sums.
  Type getSumType() const {
    return cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  }
  /// Whether every group has one input channel and a kernel for it exists.
  bool isDepthwise() const {
    return groups > 1 && weightShape[3] == 1 &&
           qvec::kPanelWidth % (weightShape[0] / groups) == 0;
  }
  /// Elements that one step of a kernel sums.
  int64_t getStepElements(const TargetLevel &target) const {
    if (!isInteger())
      return 1;
    if (!isBytes())
      return 2;
    // Words in pairs have sums of 32 bits.
    bool isLong = target.pairsWords() && getSumType().isInteger(64);
    return isLong ? 4 : target.getContractionGroup();
  }
  /// The most elements that a step of the weights may have, whatever its tile
  /// is.
  int64_t getLongestStep(const TargetLevel &target) const;
  SpatialPads getPads() const {
    ArrayRef<int64_t> p = window.getPads();
    return {p[0], p[1], p[2], p[3]};
  }
};

ContractionView getContractionView(Operation *op);

qnn::WindowAttr withoutPads(qnn::WindowAttr window);

/// Whether positions of all rows form one sequence: a 1x1 window that reads and
/// writes contiguous buffers.
bool canFlatten(LoweringState &state, const ContractionView &view,
                const FusionGroup &group);

/// Sets what the sums of a kernel with these weights start with, and their
/// type. Zero points go into the bias, whose channels are put in order; the
/// range of each sum is proved.
void setIntegerSums(LoweringState &state, const ContractionView &view,
                    ArrayRef<int8_t> weights, ArrayRef<int64_t> order,
                    KernelSpec &spec, SmallVectorImpl<IntegerRange> &ranges,
                    Location loc);
void setFloatSums(LoweringState &state, const ContractionView &view,
                  ArrayRef<int64_t> order, KernelSpec &spec, Location loc);

/// The strategy with this tile; all weights take `weightBytes`.
qvec::StrategyAttr completeStrategy(LoweringState &state,
                                    const ContractionView &view,
                                    const KernelSpec &spec, Tile tile,
                                    int64_t weightBytes, bool merge);

/// Whether the weight is stored in packed form: integers of fewer than 8 bits,
/// of blocks, or with zero points.
bool isPackedContraction(const TargetLevel &target,
                         const ContractionView &view);

/// Whether a contraction of the level could read weights of 4 bits as it reads
/// bytes, with two of them in each: where activations have signs, else packed
/// kernels are as fast.
bool canHalve(const TargetLevel &target, const ContractionView &view);
/// Whether it can, and the weight has 4 bits.
bool canHalveWeights(const TargetLevel &target, const ContractionView &view);
/// Gives a weight of fewer bits 4 where those can be halved, for all layers
/// that read it. A remark says so.
void widenWeight(const TargetLevel &target, Operation *contraction);
LogicalResult lowerPackedContraction(LoweringState &state,
                                     const ContractionView &view,
                                     const FusionGroup &group);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CONTRACTIONVIEW_H
