//===- IntegerProducts.h - Products with 32-bit sums ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_INTEGERPRODUCTS_H
#define QUANTOPT_LIB_IMPORT_ONNX_INTEGERPRODUCTS_H

#include "onnx.pb.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace quantopt::onnx {

/// The attribute of a MatMul both of whose operands are integers of run time:
/// its sums must be exact in binary32. No file can have it.
inline std::string getExactAttributeName() { return std::string("exact\0", 6); }

/// Replaces MatMulInteger, ConvInteger and their relatives by the real operator
/// on dequantized operands. Where the 32-bit sums are converted to float and
/// multiplied by the operands' scales, as tools for dynamic quantization write
/// it, the operands get these scales and the products vanish. Otherwise all
/// scales are 1, the real sums are the integers, and `explain` hears why. Nodes
/// whose sums are used in other ways stay. External data is read from `folder`.
void expandIntegerProducts(
    onnxfile::GraphProto &graph, std::optional<llvm::StringRef> folder,
    llvm::function_ref<void(const onnxfile::NodeProto &, llvm::StringRef)>
        explain);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_INTEGERPRODUCTS_H
