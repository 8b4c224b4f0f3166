//===- Window.cpp - The geometry of sliding windows -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "mlir/IR/Diagnostics.h"

using namespace quantopt;
using namespace quantopt::tflite;

/// No attribute is so large that sums of a few of them overflow.
static constexpr int64_t kLimit = int64_t(1) << 24;

FailureOr<qnn::WindowAttr> tflite::makeWindow(OpImporter &op,
                                              ArrayRef<int64_t> input,
                                              const WindowOptions &options) {
  if (input.size() != 4)
    return op.malformed("expected an input of rank 4, but got " +
                        formatShape(input));
  if (options.padding != 0 && options.padding != 1)
    return op.malformed("unknown padding " + Twine(int(options.padding)));
  SmallVector<int64_t> before, after;
  for (int dim : {0, 1}) {
    int64_t size = input[1 + dim], kernel = options.kernel[dim],
            stride = options.strides[dim], dilation = options.dilations[dim];
    for (int64_t value : {kernel, stride, dilation, size})
      if (value < 1 || value >= kLimit)
        return op.malformed("a size, stride or dilation of the window is " +
                            Twine(value));
    int64_t extent = (kernel - 1) * dilation + 1, total = 0;
    if (options.padding == 0) {
      int64_t outputs = (size + stride - 1) / stride;
      total = std::max<int64_t>((outputs - 1) * stride + extent - size, 0);
    }
    if (size + total < extent)
      return op.malformed("the window spans " + Twine(extent) +
                          " elements, but the input has " + Twine(size));
    before.push_back(total / 2);
    after.push_back(total - total / 2);
  }
  before.append(after);
  // The attribute has limits of its own.
  std::string problem;
  mlir::ScopedDiagnosticHandler handler(
      op.getContext(),
      [&](mlir::Diagnostic &diagnostic) { problem = diagnostic.str(); });
  if (failed(qnn::WindowAttr::verify(
          [&] { return mlir::emitError(op.getLoc()); }, options.kernel,
          options.strides, options.dilations, before)))
    return op.malformed(problem);
  return qnn::WindowAttr::get(op.getContext(), options.kernel, options.strides,
                              options.dilations, before);
}

RankedTensorType tflite::getWindowResultType(Value input,
                                             qnn::WindowAttr window,
                                             int64_t channels) {
  ArrayRef<int64_t> shape = getShape(input);
  return cast<RankedTensorType>(input.getType())
      .clone({shape[0], window.getOutputSize(0, shape[1]),
              window.getOutputSize(1, shape[2]), channels});
}
