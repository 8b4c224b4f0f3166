//===- WeightStorage.h - How weights with zeros are stored ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H
#define QUANTOPT_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H

#include "quant-opt/Support/LLVM.h"
#include <optional>
#include <string>

namespace quantopt {

/// What `storage` of `convert-qnn-to-kernels` may say.
enum class WeightStorage { Auto, Dense, Smallest, Bitmask, TwoOfFour };

/// The storage with this name.
std::optional<WeightStorage> parseWeightStorage(StringRef name);
/// All names, as in a sentence.
std::string getWeightStorageNames();

} // namespace quantopt

#endif // QUANTOPT_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H
