//===- Pipelines.h - Phases and their pass lists ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Compilation is a sequence of named phases. Each is a list of passes that
/// also run one by one, registered as `--<phase>-pipeline`, and ends with a
/// check of what the next one assumes and a mark on the module.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_PIPELINES_PIPELINES_H
#define QUANTOPT_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassOptions.h"
#include "quant-opt/Support/LLVM.h"
#include <optional>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace quantopt {

/// The phases in order.
enum class Phase {
  Import,
  Prepare,
  Calibrate,
  Select,
  Quantize,
  Fuse,
  Kernels,
  Buffers,
  Vectors,
  LLVM,
  Object,
};
inline constexpr unsigned kNumPhases = unsigned(Phase::Object) + 1;

/// The name on command lines and in `qnn.phase`.
StringRef getPhaseName(Phase phase);
/// What the phase does, in one line.
StringRef getPhaseDescription(Phase phase);
/// The phase with this name.
std::optional<Phase> parsePhase(StringRef name);
/// Adds the check that the phase's guarantees hold (where there is one) and the
/// mark on the module.
void addPhaseMark(OpPassManager &manager, Phase phase);

struct PrepareOptions : public PassPipelineOptions<PrepareOptions> {
  Option<std::string> prune{
      *this, "prune",
      llvm::cl::desc("Weights to set to zero: a part (0.5), or all but N of M "
                     "neighbours (2:4)"),
      llvm::cl::init("")};
  Option<bool> equalize{
      *this, "equalize",
      llvm::cl::desc("Equalize the ranges of channels across layers"),
      llvm::cl::init(false)};
};

struct CalibrateOptions : public PassPipelineOptions<CalibrateOptions> {
  Option<std::string> table{*this, "table",
                            llvm::cl::desc("Path of the range table (JSON)")};
  Option<bool> integerOnly{
      *this, "integer-only",
      llvm::cl::desc("Softmax will compute on integers, too"),
      llvm::cl::init(false)};
};

struct SelectOptions : public PassPipelineOptions<SelectOptions> {
  Option<std::string> weights{
      *this, "weights",
      llvm::cl::desc("Format: f32, f16, bf16, i8, u4, nf4, ..."),
      llvm::cl::init("i8")};
  Option<std::string> granularity{*this, "granularity",
                                  llvm::cl::desc("tensor, channel, axis<N>, "
                                                 "rows<N> or block<N>"),
                                  llvm::cl::init("")};
  Option<std::string> scheme{*this, "scheme",
                             llvm::cl::desc("symmetric or affine"),
                             llvm::cl::init("symmetric")};
  Option<std::string> scales{*this, "scales",
                             llvm::cl::desc("Of blocks: f16, f32 or double"),
                             llvm::cl::init("")};
  Option<std::string> range{
      *this, "range",
      llvm::cl::desc("Of integers: narrow, full or <MIN>:<MAX>"),
      llvm::cl::init("")};
  Option<int64_t> minElements{
      *this, "min-elements",
      llvm::cl::desc("Weights with fewer elements stay float"),
      llvm::cl::init(0)};
  ListOption<std::string> exclude{
      *this, "exclude",
      llvm::cl::desc("Ops whose weights stay float: names, @first, @last, "
                     "@conv2d, @depthwise, @dense")};
  Option<std::string> config{
      *this, "config", llvm::cl::desc("Path of a file with decisions (JSON)"),
      llvm::cl::init("")};
};

struct QuantizeOptions : public PassPipelineOptions<QuantizeOptions> {
  Option<std::string> method{
      *this, "method",
      llvm::cl::desc("rtn, or mse, gptq, descent, bias joined by +"),
      llvm::cl::init("rtn")};
  Option<std::string> statistics{
      *this, "statistics",
      llvm::cl::desc("Path of statistics of the inputs of layers (.npz)")};
  Option<bool> activations{
      *this, "activations",
      llvm::cl::desc("Quantize activations by their ranges"),
      llvm::cl::init(false)};
  Option<int64_t> bits{
      *this, "bits",
      llvm::cl::desc("Width of activations with ranges: 8 or 16"),
      llvm::cl::init(8)};
  Option<bool> dynamic{
      *this, "dynamic",
      llvm::cl::desc("Quantize activations with ranges of run time"),
      llvm::cl::init(false)};
  Option<bool> dynamicPerTensor{
      *this, "dynamic-per-tensor",
      llvm::cl::desc("One range for all samples and rows, with 'dynamic'"),
      llvm::cl::init(false)};
  Option<bool> integerOnly{
      *this, "integer-only",
      llvm::cl::desc("Also quantize softmax and the border of the model"),
      llvm::cl::init(false)};
  Option<bool> quantizedIO{
      *this, "quantized-io",
      llvm::cl::desc("Arguments and results have quantized types"),
      llvm::cl::init(false)};
};

struct FuseOptions : public PassPipelineOptions<FuseOptions> {
  Option<bool> integerOnly{*this, "integer-only",
                           llvm::cl::desc("No op may compute in float"),
                           llvm::cl::init(false)};
  Option<std::string> rounding{
      *this, "rounding",
      llvm::cl::desc("How sums are rounded: auto, nearest or source"),
      llvm::cl::init("auto")};
  Option<bool> remarks{*this, "emit-remarks",
                       llvm::cl::desc("Emit a remark for what stays float"),
                       llvm::cl::init(true)};
};

/// The pass lists of the phases up to `fuse`.
void buildPreparePipeline(OpPassManager &manager,
                          const PrepareOptions &options);
void buildCalibratePipeline(OpPassManager &manager,
                            const CalibrateOptions &options);
void buildSelectPipeline(OpPassManager &manager, const SelectOptions &options);
void buildQuantizePipeline(OpPassManager &manager,
                           const QuantizeOptions &options);
void buildFusePipeline(OpPassManager &manager, const FuseOptions &options);

/// Registers `--prepare-pipeline` to `--fuse-pipeline`.
void registerQuantizationPipelines();

struct KernelsOptions : public PassPipelineOptions<KernelsOptions> {
  Option<std::string> triple{
      *this, "triple",
      llvm::cl::desc("LLVM target triple; empty is this machine's")};
  Option<std::string> cpu{
      *this, "cpu",
      llvm::cl::desc("Empty for the portable levels, 'native', the name of a "
                     "level, or an LLVM cpu")};
  Option<std::string> features{
      *this, "features", llvm::cl::desc("LLVM features to add or remove")};
  Option<std::string> floatMode{
      *this, "float", llvm::cl::desc("Rounding of float ops: strict or fast"),
      llvm::cl::init("strict")};
  Option<std::string> storage{
      *this, "storage",
      llvm::cl::desc("Of weights with zeros: auto, dense, smallest, bitmask or "
                     "2:4"),
      llvm::cl::init("auto")};
};

struct BuffersOptions : public PassPipelineOptions<BuffersOptions> {
  Option<int64_t> cacheBytes{
      *this, "cache-bytes",
      llvm::cl::desc("Larger images go between kernels in bands of rows; 0 is "
                     "the cache of the function's target"),
      llvm::cl::init(0)};
  Option<bool> ioInArena{
      *this, "io-in-arena",
      llvm::cl::desc("Inputs and outputs are parts of the arena"),
      llvm::cl::init(false)};
};

struct VectorsOptions : public PassPipelineOptions<VectorsOptions> {
  Option<bool> commonLoops{
      *this, "common-loops",
      llvm::cl::desc("Loops that one function can have for several layers"),
      llvm::cl::init(true)};
};

struct LLVMOptions : public PassPipelineOptions<LLVMOptions> {
  Option<unsigned> indexBits{
      *this, "index-bits",
      llvm::cl::desc("Bits of an index, those of the target's pointers"),
      llvm::cl::init(64)};
  Option<bool> mergeKernels{
      *this, "merge-kernels",
      llvm::cl::desc("One function for layers with equal loops"),
      llvm::cl::init(true)};
};

/// The pass lists of the phases from `kernels` to `llvm`.
void buildKernelsPipeline(OpPassManager &manager,
                          const KernelsOptions &options);
void buildBuffersPipeline(OpPassManager &manager,
                          const BuffersOptions &options);
void buildVectorsPipeline(OpPassManager &manager,
                          const VectorsOptions &options);
void buildLLVMPipeline(OpPassManager &manager, const LLVMOptions &options);
/// After phase `vectors`, for code in C: scalars instead of vectors.
void buildScalarsPipeline(OpPassManager &manager);

/// Registers `--kernels-pipeline` to `--llvm-pipeline`.
void registerCodegenPipelines();

} // namespace quantopt

#endif // QUANTOPT_PIPELINES_PIPELINES_H
