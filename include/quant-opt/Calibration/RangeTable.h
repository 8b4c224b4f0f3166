//===- RangeTable.h - Ranges of values by name ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CALIBRATION_RANGETABLE_H
#define QUANTOPT_CALIBRATION_RANGETABLE_H

#include "quant-opt/Calibration/RangeSelection.h"
#include "llvm/ADT/StringMap.h"
#include <optional>
#include <vector>

namespace quantopt {

/// The ranges of a network's values: written by calibration as JSON, edited by
/// hand, read by `qnn-attach-ranges`.
///
/// ```json
/// {"version": 1, "values": [
///   {"name": "Conv_1", "min": -1.5, "max": 2.25, "source": "minmax"}]}
/// ```
/// Histograms are kept beside the ranges when asked for, so that the tables of
/// shards merge to exactly the table of the whole.
struct RangeTable {
  struct Entry {
    std::string name;
    FloatRange range;
    /// Where the range came from (a method, or what the user wrote).
    std::string source = "table";
    std::optional<Histogram> histogram;
  };
  std::vector<Entry> entries;

  /// The entry with this name, or null.
  const Entry *find(llvm::StringRef name) const;

  /// Reads JSON; errors name `path` and what was expected where.
  static llvm::Expected<RangeTable> parse(llvm::StringRef text,
                                          llvm::StringRef path);
  /// The JSON text, one value per line.
  std::string toJSON() const;

  /// Joins tables of the same values that hold histograms, and chooses the
  /// ranges anew. The order of the tables does not matter. The result keeps its
  /// histograms.
  static llvm::Expected<RangeTable> merge(llvm::ArrayRef<RangeTable> tables,
                                          const RangeMethod &method);
};

/// Reads a table from a file.
llvm::Expected<RangeTable> readRangeTable(llvm::StringRef path);

/// Collects the values of a network run by run.
class Calibrator {
public:
  Calibrator(llvm::ArrayRef<std::string> names, const RangeMethod &method)
      : method(method), names(names.begin(), names.end()),
        histograms(names.size()), limits(names.size()) {}

  /// Adds the values of the tensor number `index` in one run. The order of
  /// runs matters for `moving` only.
  void observe(size_t index, llvm::ArrayRef<float> values) {
    histograms[index].add(values);
    if (method.kind == RangeMethod::Moving)
      limits[index].add(values, method.momentum);
  }

  /// What has been seen of the tensor number `index`.
  const Histogram &getHistogram(size_t index) const {
    return histograms[index];
  }

  /// The table of all ranges.
  RangeTable finish(bool keepHistograms = false) const;

private:
  RangeMethod method;
  std::vector<std::string> names;
  std::vector<Histogram> histograms;
  std::vector<MovingLimits> limits;
};

} // namespace quantopt

#endif // QUANTOPT_CALIBRATION_RANGETABLE_H
