//===- ChooseDepthwise.h - Tiling of depthwise kernels ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSEDEPTHWISE_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSEDEPTHWISE_H

#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {

/// What the tiling of a depthwise kernel depends on.
struct DepthwiseProblem {
  /// N, H, W, C of the padded input and of the output.
  llvm::ArrayRef<int64_t> input, output;
  qnn::WindowAttr window;
  bool isBytes;
};

/// The tiling with the least modelled time among those that fit the vector
/// registers.
qvec::DepthwiseStrategyAttr
chooseDepthwiseStrategy(const TargetLevel &target,
                        const DepthwiseProblem &problem);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSEDEPTHWISE_H
