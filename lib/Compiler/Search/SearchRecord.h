//===- SearchRecord.h - Files of a search -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_SEARCH_SEARCHRECORD_H
#define QUANTOPT_LIB_COMPILER_SEARCH_SEARCHRECORD_H

#include "../Samples/MeasureQuality.h"
#include <map>

namespace quantopt {

/// What was measured of one choice of formats.
struct Measurement {
  int64_t bytes = 0; ///< of all weights of contractions
  double noise = 0;  ///< see Quality
  double top1 = 0;
};

/// The measurements of a search, kept in `options.searchState` so that it goes
/// on where it was stopped.
class SearchRecord {
public:
  /// Reads the file if it exists. Fails when it belongs to another model, to
  /// other samples or options.
  static llvm::Expected<SearchRecord> open(ModuleOp module,
                                           const CompileOptions &options,
                                           const QualityMeter &meter);

  std::optional<Measurement> find(const std::string &choice) const;
  /// Adds a measurement and writes the file.
  llvm::Error add(const std::string &choice, const Measurement &measured);

private:
  std::string path; ///< empty: in memory only
  std::string key;  ///< what the measurements belong to
  std::map<std::string, Measurement> measured;
};

/// What a search has found.
struct SearchFront {
  struct Layer {
    std::string name, format;
    Measurement measured; ///< with all others in the first format
  };
  struct Point {
    Measurement measured;
    bool isChosen = false;
    std::string config; ///< for `--config`
  };
  bool hasLabels = false; ///< else top1 is agreement with the float model
  double floatTop1 = 100;
  std::vector<Layer> layers;
  std::vector<Point> points;
};

/// Writes `front.csv`, `front.json` and a `point-NN.json` for each point into a
/// folder, which is created.
llvm::Error writeFront(StringRef folder, const SearchFront &front);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_SEARCH_SEARCHRECORD_H
