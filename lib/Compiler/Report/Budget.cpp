//===- Budget.cpp - Limits of memory --------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Budget.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <tuple>

using namespace quantopt;

namespace {
/// Something that takes memory.
struct Part {
  std::string name;
  int64_t bytes;
};
} // namespace

/// How many of the largest parts a message names.
static constexpr size_t kNamedParts = 6;

/// Says by how much a sum of parts exceeds a limit; nothing when it does not.
static std::string explain(StringRef what, StringRef flag, int64_t limit,
                           int64_t total, std::vector<Part> parts) {
  std::string text;
  if (total <= limit)
    return text;
  llvm::raw_string_ostream os(text);
  os << what << ": " << total << " bytes are needed, " << total - limit
     << " more than '" << flag << "=" << limit
     << "' allows; the largest parts:";
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::tie(b.bytes, a.name) < std::tie(a.bytes, b.name);
  });
  for (const Part &part : ArrayRef(parts).take_front(kNamedParts))
    if (part.bytes > 0)
      os << "\n  " << part.bytes << ' ' << part.name;
  return text;
}

/// What a tensor takes beside the arena.
static int64_t getOwnBytes(const TensorDescription &tensor) {
  return tensor.arenaOffset ? 0 : tensor.getNumBytes();
}

int64_t quantopt::getRamBytes(const ModelDescription &model) {
  int64_t bytes = model.arenaBytes + model.memory.dataBytes +
                  model.memory.bssBytes + model.memory.stackBytes.value_or(0);
  for (auto *tensors : {&model.inputs, &model.outputs})
    for (const TensorDescription &tensor : *tensors)
      bytes += getOwnBytes(tensor);
  return bytes;
}

/// What takes RAM.
static std::vector<Part> getRamParts(const ModelDescription &model) {
  std::vector<Part> parts = {
      {"arena (tensors that are live together need " +
           std::to_string(model.arenaBoundBytes) + ")",
       model.arenaBytes},
      {"stack", model.memory.stackBytes.value_or(0)},
      {"variables", model.memory.dataBytes + model.memory.bssBytes}};
  for (const TensorDescription &tensor : model.inputs)
    parts.push_back({"input '" + tensor.name + "'", getOwnBytes(tensor)});
  for (const TensorDescription &tensor : model.outputs)
    parts.push_back({"output '" + tensor.name + "'", getOwnBytes(tensor)});
  return parts;
}

/// What takes flash: code and constants of layers of all levels.
static std::vector<Part> getFlashParts(const ModelDescription &model) {
  std::vector<Part> parts;
  int64_t rest = model.memory.getFlashBytes();
  for (const VariantDescription &variant : model.variants)
    for (const LayerDescription &layer : variant.layers) {
      parts.push_back({"code of layer '" + layer.name + "'", layer.codeBytes});
      rest -= layer.codeBytes;
      if (&variant != &model.variants.front() || layer.weightBytes == 0)
        continue;
      parts.push_back(
          {"constants of layer '" + layer.name + "'", layer.weightBytes});
      rest -= layer.weightBytes;
    }
  parts.push_back({"what layers share", rest});
  return parts;
}

llvm::Error quantopt::checkBudget(const ModelDescription &model, int64_t maxRam,
                                  int64_t maxFlash) {
  std::string problems;
  if (maxRam > 0) {
    if (!model.memory.stackBytes)
      return llvm::createStringError(
          "'--max-ram': no bound of the stack is known for '" + model.triple +
          "'; drop '--max-ram'");
    problems = explain("RAM", "--max-ram", maxRam, getRamBytes(model),
                       getRamParts(model));
  }
  if (maxFlash > 0) {
    std::string flash =
        explain("flash", "--max-flash", maxFlash, model.memory.getFlashBytes(),
                getFlashParts(model));
    if (!problems.empty() && !flash.empty())
      problems += "\n";
    problems += flash;
  }
  if (problems.empty())
    return llvm::Error::success();
  return llvm::createStringError(problems);
}
