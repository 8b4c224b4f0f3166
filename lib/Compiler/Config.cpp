//===- Config.cpp - Options and decisions in a file -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Config.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using llvm::createStringError;
using llvm::Error;
namespace json = llvm::json;

static constexpr StringLiteral kStart = "{\"version\": 1, ";

/// Sets options from the object; a key that is not known is an error.
static Error applyOptions(const json::Object &object, CompileOptions &options) {
  for (const auto &[key, value] : object) {
    StringRef name = key;
    std::string *text = name == "weights"       ? &options.weights
                        : name == "granularity" ? &options.granularity
                        : name == "scheme"      ? &options.scheme
                        : name == "scales"      ? &options.scales
                        : name == "range"       ? &options.range
                        : name == "ranges"      ? &options.ranges
                        : name == "method"      ? &options.method
                        : name == "storage"     ? &options.storage
                                                : nullptr;
    auto string = value.getAsString();
    auto flag = value.getAsBoolean();
    auto number = value.getAsInteger();
    if (text && string) {
      if (text->empty())
        *text = string->str();
    } else if (name == "activations" && string && parseActivations(*string)) {
      if (!options.activations)
        options.activations = parseActivations(*string);
    } else if (name == "min_elements" && number && *number >= 0) {
      if (options.minElements == 0)
        options.minElements = *number;
    } else if (name == "exclude" && value.getAsArray()) {
      for (const json::Value &pattern : *value.getAsArray())
        options.exclude.push_back(pattern.getAsString().value_or("").str());
    } else if (name == "integer_only" && flag) {
      options.integerOnly |= *flag;
    } else if (name == "quantized_io" && flag) {
      options.quantizedIO |= *flag;
    } else if (name == "source_rounding" && flag) {
      options.sourceRounding |= *flag;
    } else if (name == "fast_float" && flag) {
      options.fastFloat |= *flag;
    } else {
      return createStringError(options.config + ": unknown option '" + name +
                               "' or wrong value");
    }
  }
  return Error::success();
}

Error quantopt::readConfig(CompileOptions &options) {
  if (options.config.empty())
    return Error::success();
  auto buffer = llvm::MemoryBuffer::getFile(options.config);
  if (!buffer)
    return createStringError(
        options.config + ": cannot be read: " + buffer.getError().message());
  StringRef text = (*buffer)->getBuffer();
  // Deep nesting would overflow the parser's stack; the format has 3 levels.
  if (text.count('[') + text.count('{') > 100 + 4 * text.count('\n') ||
      text.size() > (size_t(1) << 28))
    return createStringError(options.config + ": expected one object per line");
  auto parsed = json::parse(text);
  if (!parsed)
    return createStringError(options.config + ": expected JSON: " +
                             llvm::toString(parsed.takeError()));
  const json::Object *root = parsed->getAsObject();
  if (!root || root->getInteger("version") != 1)
    return createStringError(options.config + ": expected 'version' 1");
  if (const json::Object *object = root->getObject("options"))
    if (Error error = applyOptions(*object, options))
      return error;
  if (!root->get("weights"))
    options.config.clear();
  return Error::success();
}

std::string quantopt::makeConfig(const CompileOptions &options,
                                 func::FuncOp function) {
  json::Object object;
  object["activations"] =
      getName(options.activations.value_or(Activations::Float));
  // Without a default format these say nothing; a search has none.
  bool hasWeights = !options.weights.empty() || options.needsIntegerWeights();
  using Entry = std::pair<StringRef, StringRef>;
  SmallVector<Entry> texts = {{"weights", options.weights},
                              {"ranges", options.ranges},
                              {"method", options.method},
                              {"storage", options.storage}};
  if (hasWeights)
    texts.append({{"granularity", options.granularity},
                  {"scheme", options.scheme},
                  {"scales", options.scales},
                  {"range", options.range}});
  for (auto [key, text] : texts)
    if (!text.empty())
      object[key] = text;
  if (options.minElements != 0)
    object["min_elements"] = options.minElements;
  if (!options.exclude.empty())
    object["exclude"] = json::Array(options.exclude);
  if (options.integerOnly)
    object["integer_only"] = true;
  if (options.quantizedIO)
    object["quantized_io"] = true;
  if (options.sourceRounding)
    object["source_rounding"] = true;
  if (options.fastFloat)
    object["fast_float"] = true;
  std::string schemes = writeSchemes(function);
  StringRef rest = schemes;
  rest.consume_front(kStart);
  std::string result;
  llvm::raw_string_ostream(result)
      << kStart << "\"options\": " << json::Value(std::move(object)) << ",\n "
      << rest;
  return result;
}
