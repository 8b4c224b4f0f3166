//===- CompileOptions.h - What a user asks the compiler for --- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_COMPILEOPTIONS_H
#define QUANTOPT_COMPILER_COMPILEOPTIONS_H

#include "quant-opt/Compiler/EmitObject.h"
#include "quant-opt/Pipelines/Pipelines.h"
#include "quant-opt/Quantization/Methods/RoundingMethod.h"
#include "quant-opt/Quantization/Schemes/WeightFormats.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace quantopt {

enum class EmitKind {
  Executable,
  Shared,
  Static,
  Object,
  Assembly,
  C,
  LLVM,
  MLIR,
  ONNX
};
enum class Activations { Float, Dynamic, DynamicTensor, Static, Static16 };

/// The name on the command line.
StringRef getName(Activations activations);
/// The activations with this name.
std::optional<Activations> parseActivations(StringRef name);
/// All names, as in a sentence.
StringRef getActivationsNames();

/// The options of one compilation, in the words of the command line. Empty text
/// means that the user did not say.
struct CompileOptions {
  std::string input, output;
  EmitKind emit = EmitKind::Executable;
  std::string name;
  std::string target, cpu, features;

  std::string weights, granularity, scheme, scales, range;
  std::vector<std::string> exclude;       ///< see `qnn-select-weights`
  int64_t minElements = 0;                ///< smaller weights stay float
  std::optional<Activations> activations; ///< float if nobody says
  std::string method;                     ///< see RoundingMethod; empty is rtn
  std::string statistics;               ///< written when calibrating, else read
  std::vector<std::string> calibrate;   ///< [NAME=]FILE, see SampleSet
  std::string ranges;                   ///< see RangeMethod; empty is mse
  std::string table;                    ///< written when calibrating, else read
  bool keepHistograms = false;          ///< in a table that is written
  std::vector<std::string> mergeTables; ///< do nothing but join these
  std::string prune;   ///< part of the weights, or N:M; see qnn-prune-weights
  std::string storage; ///< of weights with zeros; see convert-qnn-to-kernels
  std::string config, writeConfig;

  // A search for the format of each weight; see Search.h.
  int64_t maxBytes = 0;                   ///< of all weights; 0 is no limit
  std::optional<double> maxDrop;          ///< in points of the end metric
  std::string labels;                     ///< of the samples of `calibrate`
  std::vector<std::string> searchFormats; ///< candidates, the largest first
  std::string searchState;                ///< measurements, to go on from
  std::string front; ///< folder of the points that were found
  bool integerOnly = false;
  bool quantizedIO = false;
  /// Inputs and outputs are parts of the arena.
  bool ioInArena = false;
  std::string rounding; ///< see qnn-fuse-integer; empty is auto
  /// Float results may depend on the level.
  bool fastFloat = false;

  std::vector<std::string> inputShapes;
  int64_t batch = 0;
  /// Larger images go between kernels in bands of rows; 0 is the target's.
  int64_t cacheBytes = 0;
  int threads = 0; ///< of the compiler; 0 means all
  OptLevel level = OptLevel::O2;

  std::string report;
  /// Limits of an object or archive; 0 is none.
  int64_t maxRam = 0, maxFlash = 0;
  std::optional<Phase> compileTo;
  /// Compare the code with the interpreter: of the model, or of another file.
  bool verifyCodegen = false;
  std::string verifyAgainst;
  std::string dumpDirectory;
  bool timePasses = false;
  /// A warning is an error: nothing is written.
  bool fatalWarnings = false;

  std::string toolDir; ///< folder of the running program
  /// Called during long work with a name and a part of 1.
  std::function<void(StringRef, double)> progress;

  bool isStatic() const {
    return activations == Activations::Static ||
           activations == Activations::Static16;
  }
  /// Bits of activations with ranges.
  int64_t getActivationBits() const {
    return activations == Activations::Static16 ? 16 : 8;
  }
  bool isDynamic() const {
    return activations == Activations::Dynamic || isDynamicPerTensor();
  }
  bool isDynamicPerTensor() const {
    return activations == Activations::DynamicTensor;
  }
  /// Whether weights are stored in 8 bits if nobody says how.
  bool needsIntegerWeights() const { return isStatic() || isDynamic(); }

  /// Whether C is written, which another compiler translates.
  bool writesC() const { return emit == EmitKind::C && !compileTo; }

  /// Whether a search chooses formats.
  bool isSearching() const { return maxBytes != 0 || maxDrop.has_value(); }

  /// The method of rounding; nearest where it cannot be parsed.
  RoundingMethod getMethod() const;
  /// Whether what layers multiply is looked at, or was.
  bool usesStatistics() const {
    return !statistics.empty() ||
           (!calibrate.empty() && !getMethod().isNearest());
  }

  /// The options about weights, with what is taken if nobody says.
  WeightOptions getWeightOptions() const;

  /// Fails when options contradict each other.
  llvm::Error check() const;
};

} // namespace quantopt

#endif // QUANTOPT_COMPILER_COMPILEOPTIONS_H
