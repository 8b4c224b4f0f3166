//===- Report.cpp - The costs of a compiled model -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Report.h"
#include "quant-opt/Compiler/Budget.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace quantopt;
namespace json = llvm::json;

static void writeTensors(json::OStream &out, StringRef key,
                         ArrayRef<TensorDescription> tensors) {
  out.attributeArray(key, [&] {
    for (const TensorDescription &tensor : tensors)
      out.object([&] {
        out.attribute("name", json::fixUTF8(tensor.name));
        out.attribute("type", tensor.type);
        out.attribute("shape", json::Array(tensor.shape));
        out.attribute("bytes", tensor.getNumBytes());
        if (tensor.arenaOffset)
          out.attribute("arena_offset", *tensor.arenaOffset);
        if (tensor.scale != 0) {
          out.attribute("scale", double(tensor.scale));
          out.attribute("zero_point", tensor.zeroPoint);
        }
      });
  });
}

static void writeHistogram(json::OStream &out, StringRef key,
                           const ValueHistogram &histogram) {
  if (histogram.counts.empty())
    return;
  out.attributeObject(key, [&] {
    out.attribute("min", histogram.lowest);
    out.attribute("max", histogram.highest);
    out.attribute("counts", json::Array(histogram.counts));
  });
}

static void writeLayer(json::OStream &out, const LayerReport &layer) {
  auto ratio = [&](StringRef key, std::optional<double> value) {
    if (value)
      out.attribute(key, std::round(*value * 100) / 100);
  };
  out.object([&] {
    out.attribute("name", json::fixUTF8(layer.name));
    out.attribute("op", layer.op);
    out.attribute("format", layer.format);
    out.attribute("reason", json::fixUTF8(layer.reason));
    if (!layer.inputFormat.empty())
      out.attribute("input_format", layer.inputFormat);
    if (!layer.storage.empty())
      out.attribute("storage", layer.storage);
    out.attribute("elements", layer.elements);
    out.attribute("zeros", layer.zeros);
    out.attribute("bytes", layer.bytes);
    out.attribute("bits", layer.elements == 0 ? 0
                                              : 8.0 * double(layer.bytes) /
                                                    double(layer.elements));
    ratio("sqnr_weight", layer.weightSqnr);
    ratio("sqnr_local", layer.localSqnr);
    ratio("sqnr_local_weight", layer.weightOutputSqnr);
    ratio("sqnr_local_input", layer.inputOutputSqnr);
    ratio("sqnr_cumulative", layer.cumulativeSqnr);
    if (!layer.inputs.counts.empty())
      out.attribute("clipped", layer.clipped);
    writeHistogram(out, "weights", layer.weights);
    writeHistogram(out, "inputs", layer.inputs);
  });
}

/// The layers with the worst first; those that lose nothing come last.
static std::vector<const LayerReport *>
sortLayers(ArrayRef<LayerReport> layers) {
  std::vector<const LayerReport *> sorted;
  for (const LayerReport &layer : layers)
    sorted.push_back(&layer);
  llvm::stable_sort(sorted, [](const LayerReport *a, const LayerReport *b) {
    auto x = a->getWorst(), y = b->getWorst();
    return x && (!y || *x < *y);
  });
  return sorted;
}

/// A file for `--config` that keeps the worst tenth of the layers in float.
static void writeExclusions(json::OStream &out,
                            ArrayRef<const LayerReport *> sorted) {
  size_t count = 0;
  for (const LayerReport *layer : sorted)
    count += layer->getWorst().has_value();
  out.attributeObject("exclusion_config", [&] {
    out.attribute("version", 1);
    out.attributeArray("weights", [&] {
      for (const LayerReport *layer : sorted.take_front((count + 9) / 10))
        out.object([&] {
          out.attribute("name", json::fixUTF8(layer->name));
          out.attribute("type", "f32");
          out.attribute("reason", "excluded after a report");
        });
    });
  });
}

static void writeQuantization(json::OStream &out,
                              const QuantizationReport &quantization) {
  std::vector<const LayerReport *> sorted = sortLayers(quantization.layers);
  out.attribute("samples", quantization.samples);
  out.attributeArray("layers", [&] {
    for (const LayerReport *layer : sorted)
      writeLayer(out, *layer);
  });
  out.attributeArray("float_layers", [&] {
    for (const FloatOp &op : quantization.floatOps)
      out.object([&] {
        out.attribute("name", json::fixUTF8(op.name));
        out.attribute("op", op.op);
        out.attribute("reason", json::fixUTF8(op.reason));
      });
  });
  writeExclusions(out, sorted);
}

/// What rounding weights has cost: of nearest codes, and of those used.
static void writeErrors(json::OStream &out, ArrayRef<qnn::WeightError> errors) {
  out.attributeArray("weight_errors", [&] {
    for (const qnn::WeightError &error : errors)
      out.object([&] {
        out.attribute("name", json::fixUTF8(error.name));
        out.attribute("output_error_nearest", error.nearest);
        out.attribute("output_error", error.used);
      });
  });
}

/// What equalization did to weights that are rounded with one scale.
static void writeEqualization(json::OStream &out,
                              ArrayRef<qnn::WeightError> errors) {
  out.attributeArray("equalization", [&] {
    for (const qnn::WeightError &error : errors)
      out.object([&] {
        out.attribute("name", json::fixUTF8(error.name));
        out.attribute("weight_error_before", error.nearest);
        out.attribute("weight_error_after", error.used);
      });
  });
}

static void writeVariant(json::OStream &out,
                         const VariantDescription &variant) {
  out.object([&] {
    out.attribute("isa", variant.isa);
    out.attribute("code_bytes", variant.codeBytes);
    out.attributeArray("layers", [&] {
      for (const LayerDescription &layer : variant.layers)
        out.object([&] {
          out.attribute("name", json::fixUTF8(layer.name));
          out.attribute("symbol", layer.symbol);
          out.attribute("items", layer.count);
          out.attribute("code_bytes", layer.codeBytes);
          out.attribute("weight_bytes", layer.weightBytes);
        });
    });
  });
}

/// What one object with all of the model takes.
static void writeMemory(json::OStream &out, const ModelDescription &model) {
  const MemoryDescription &memory = model.memory;
  if (memory.textBytes == 0)
    return;
  out.attributeObject("memory", [&] {
    out.attribute("text_bytes", memory.textBytes);
    out.attribute("rodata_bytes", memory.rodataBytes);
    out.attribute("data_bytes", memory.dataBytes);
    out.attribute("bss_bytes", memory.bssBytes);
    out.attribute("flash_bytes", memory.getFlashBytes());
    if (!memory.stackBytes)
      return;
    out.attribute("stack_bytes", *memory.stackBytes);
    if (memory.stackVectorBits)
      out.attribute("stack_vector_bits", memory.stackVectorBits);
    out.attribute("ram_bytes", getRamBytes(model));
  });
}

/// Bits per element of all weights: as the module has them, except for those
/// that the artefact stores without zeros, or in more bits.
static double getEffectiveBits(const ModelDescription &model,
                               const QuantizationReport &quantization) {
  bool isStoredOtherwise =
      llvm::any_of(quantization.layers, [](const LayerReport &layer) {
        return !layer.storage.empty();
      });
  return isStoredOtherwise ? countWeights(quantization.layers).getBits()
                           : model.effectiveBits;
}

std::string quantopt::makeReport(const ModelDescription &model, StringRef name,
                                 const QuantizationReport &quantization) {
  std::string text;
  llvm::raw_string_ostream os(text);
  json::OStream out(os, 2);
  out.object([&] {
    out.attribute("schema_version", kReportVersion);
    out.attribute("model", json::fixUTF8(model.name));
    out.attribute("name", name);
    out.attribute("target", model.triple);
    out.attribute("weight_bytes", model.weightBytes);
    out.attribute("const_bytes", model.constBytes);
    out.attribute("effective_bits", getEffectiveBits(model, quantization));
    out.attribute("arena_bytes", model.arenaBytes);
    out.attribute("arena_bound_bytes", model.arenaBoundBytes);
    writeMemory(out, model);
    out.attribute("float_ops", model.floatOps);
    out.attribute("fast_float", model.fastFloat);
    if (!model.weightErrors.empty())
      writeErrors(out, model.weightErrors);
    if (!model.equalization.empty())
      writeEqualization(out, model.equalization);
    writeQuantization(out, quantization);
    writeTensors(out, "inputs", model.inputs);
    writeTensors(out, "outputs", model.outputs);
    out.attributeArray("variants", [&] {
      for (const VariantDescription &variant : model.variants)
        writeVariant(out, variant);
    });
  });
  os << '\n';
  return text;
}
