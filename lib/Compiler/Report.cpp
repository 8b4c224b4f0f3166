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
        if (tensor.scale != 0) {
          out.attribute("scale", double(tensor.scale));
          out.attribute("zero_point", tensor.zeroPoint);
        }
      });
  });
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
    out.attribute("ram_bytes", getRamBytes(model));
  });
}

std::string quantopt::makeReport(const ModelDescription &model,
                                 StringRef name) {
  std::string text;
  llvm::raw_string_ostream os(text);
  json::OStream out(os, 2);
  out.object([&] {
    out.attribute("model", json::fixUTF8(model.name));
    out.attribute("name", name);
    out.attribute("target", model.triple);
    out.attribute("weight_bytes", model.weightBytes);
    out.attribute("const_bytes", model.constBytes);
    out.attribute("effective_bits", model.effectiveBits);
    out.attribute("arena_bytes", model.arenaBytes);
    out.attribute("arena_bound_bytes", model.arenaBoundBytes);
    writeMemory(out, model);
    out.attribute("float_ops", model.floatOps);
    out.attribute("fast_float", model.fastFloat);
    if (!model.weightErrors.empty())
      writeErrors(out, model.weightErrors);
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
