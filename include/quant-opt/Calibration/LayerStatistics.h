//===- LayerStatistics.h - Second moments of a layer's inputs ---*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CALIBRATION_LAYERSTATISTICS_H
#define QUANTOPT_CALIBRATION_LAYERSTATISTICS_H

#include "quant-opt/Support/LinearAlgebra.h"
#include "quant-opt/Support/Npz.h"
#include "llvm/ADT/StringMap.h"
#include <string>

namespace quantopt {

/// What calibration has seen of the vectors x that an output of a contraction
/// multiplies with its weights, for each group of channels (each channel of a
/// depthwise convolution): sums of x and of x x^T, in the weight's order of
/// elements. The squared error that a change d of an output's weights causes is
/// d^T (sum x x^T) d.
class LayerStatistics {
public:
  /// Vectors longer than this keep only the diagonal of the products, which
  /// would take more than half a gigabyte.
  static constexpr int64_t kMaxLength = 8192;

  LayerStatistics() = default;
  LayerStatistics(int64_t groups, int64_t length);

  int64_t getNumGroups() const { return groups; }
  int64_t getLength() const { return length; }
  /// How many vectors each group has seen.
  int64_t getCount() const { return count; }
  /// Whether all products are known, and not only the squares.
  bool hasProducts() const { return length <= kMaxLength; }
  /// Bytes of the sums of a layer.
  static int64_t getNumBytes(int64_t groups, int64_t length);

  /// Adds `rows` vectors of every group: row-major, vectors of one group
  /// together. The sums depend on the order of calls, and on nothing else.
  void add(int64_t rows, ArrayRef<double> vectors);

  /// The mean of x.
  std::vector<double> getMean(int64_t group) const;
  /// The mean of x x^T; with `centered` that of x - mean(x). Requires all
  /// products.
  SquareMatrix getMoments(int64_t group, bool centered) const;
  /// Its diagonal.
  std::vector<double> getDiagonal(int64_t group, bool centered) const;

  /// Writes the arrays `NAME.sums`, `NAME.products`, `NAME.count`.
  void write(NpzWriter &writer, StringRef name) const;

private:
  friend class StatisticsFile;

  int64_t groups = 0, length = 0, count = 0;
  std::vector<double> sums;     ///< groups x length
  std::vector<double> products; ///< groups x length (x length), upper halves
};

/// Statistics in a file, read layer by layer.
class StatisticsFile {
public:
  static llvm::Expected<StatisticsFile> open(StringRef path);

  bool contains(StringRef name) const;
  /// Reads those of a layer; messages say what does not fit.
  llvm::Expected<LayerStatistics> read(StringRef name);

private:
  llvm::Expected<std::vector<double>> readArray(StringRef key,
                                                ArrayRef<int64_t> &shape);

  std::string path;
  NpyFiles arrays;
  llvm::StringMap<size_t> keys;
};

} // namespace quantopt

#endif // QUANTOPT_CALIBRATION_LAYERSTATISTICS_H
