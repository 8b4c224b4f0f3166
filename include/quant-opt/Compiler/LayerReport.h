//===- LayerReport.h - What quantization does to layers ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_LAYERREPORT_H
#define QUANTOPT_COMPILER_LAYERREPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace quantopt {

struct CompileOptions;

/// Counts in bins of one width between the lowest and the highest value.
struct ValueHistogram {
  double lowest = 0, highest = 0;
  std::vector<int64_t> counts;
};

/// A convolution or dense layer with a constant weight.
struct LayerReport {
  std::string name;
  std::string op;     ///< "conv2d" or "dense"
  std::string format; ///< of the weight, as MLIR spells it
  std::string reason; ///< of the decision about the weight
  int64_t elements = 0;
  int64_t bytes = 0; ///< of the weight as the module stores it, with scales
  int64_t scaleBytes = 0; ///< the scales, tables and zero points among them
  /// How the artefact stores the weight if zeros are left out, or if each takes
  /// more bits than the format's; `bytes` then are those of its constant, and
  /// of scales that are stored elsewhere.
  std::string storage;
  bool isTied = false; ///< to the weight of a layer before
  int64_t zeros = 0;   ///< elements of the weight that stand for 0
  ValueHistogram weights;
  /// @name Signal-to-noise ratios in dB; nothing where nothing is lost
  /// @{
  std::optional<double> weightSqnr; ///< of the weight itself
  /// Of the layer's outputs, from inputs of the float network: with the
  /// quantized weight, the quantized input, and both.
  std::optional<double> weightOutputSqnr, inputOutputSqnr, localSqnr;
  /// Of the layer's outputs in the quantized network.
  std::optional<double> cumulativeSqnr;
  /// @}
  /// Of the layer's inputs; without samples, there are no counts.
  ValueHistogram inputs;
  std::string inputFormat; ///< empty for floats
  /// The part of the inputs beyond the range of their type.
  double clipped = 0;

  bool isQuantized() const { return format != "f32"; }
  /// What layers are ordered by: the worst known ratio that is the layer's own.
  std::optional<double> getWorst() const;
};

/// An op that computes in float, and why.
struct FloatOp {
  std::string name, op, reason;
};

/// What is reported about quantization.
struct QuantizationReport {
  std::vector<LayerReport> layers;
  std::vector<FloatOp> floatOps;
  int64_t samples = 0; ///< that layers were measured with
};

/// Describes the layers of a module after `quantize`, given the one before it.
std::vector<LayerReport> describeLayers(ModuleOp before, ModuleOp after);

/// Adds how a module with kernels stores weights, where that is not their
/// format: without zeros, or in more bits.
void describeStorage(ModuleOp module, std::vector<LayerReport> &layers);

/// What the weights of layers take together; tied ones count once.
struct WeightSize {
  int64_t elements = 0, bytes = 0;

  double getBits() const { return 8.0 * double(bytes) / double(elements); }
};
WeightSize countWeights(ArrayRef<LayerReport> layers);

/// Runs both modules on samples of `--calibrate` and fills in what they show.
/// Returns the number of samples.
llvm::Expected<int64_t> measureLayers(ModuleOp before, ModuleOp after,
                                      const CompileOptions &options,
                                      std::vector<LayerReport> &layers);

/// The ops of a module after `fuse` that carry a reason why they are float.
std::vector<FloatOp> findFloatOps(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_LAYERREPORT_H
