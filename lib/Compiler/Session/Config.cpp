//===- Config.cpp - Options and decisions in a file -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Config.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "quant-opt/Support/JsonFile.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using llvm::createStringError;
using llvm::Error;
namespace json = llvm::json;

static constexpr StringLiteral kStart = "{\"version\": 1, ";

namespace {
struct TextOption {
  StringLiteral key;
  std::string CompileOptions::*member;
  /// Whether it says nothing without a default format; a search has none.
  bool needsWeights;
};
struct FlagOption {
  StringLiteral key;
  bool CompileOptions::*member;
};
} // namespace

static constexpr TextOption kTexts[] = {
    {"weights", &CompileOptions::weights, false},
    {"granularity", &CompileOptions::granularity, true},
    {"scheme", &CompileOptions::scheme, true},
    {"scales", &CompileOptions::scales, true},
    {"range", &CompileOptions::range, true},
    {"ranges", &CompileOptions::ranges, false},
    {"method", &CompileOptions::method, false},
    {"prune", &CompileOptions::prune, false},
    {"storage", &CompileOptions::storage, false},
    {"rounding", &CompileOptions::rounding, false},
};

static constexpr FlagOption kFlags[] = {
    {"integer_only", &CompileOptions::integerOnly},
    {"quantized_io", &CompileOptions::quantizedIO},
    {"fast_float", &CompileOptions::fastFloat},
};

/// The option of a table with this key, or null.
template <typename Option, size_t N>
static const Option *findOption(const Option (&table)[N], StringRef key) {
  const Option *found =
      llvm::find_if(table, [&](const Option &o) { return o.key == key; });
  return found == std::end(table) ? nullptr : found;
}

/// Appends the patterns of an array; false if one is no text.
static bool addPatterns(const json::Array &array,
                        std::vector<std::string> &patterns) {
  for (const json::Value &pattern : array) {
    auto text = pattern.getAsString();
    if (!text)
      return false;
    patterns.push_back(text->str());
  }
  return true;
}

/// Sets one option that no flag has set; false if the key or the value is not
/// known.
static bool applyOption(StringRef key, const json::Value &value,
                        CompileOptions &options) {
  if (const TextOption *option = findOption(kTexts, key)) {
    std::string &text = options.*option->member;
    if (auto string = value.getAsString(); string && text.empty())
      text = string->str();
    return value.getAsString().has_value();
  }
  if (const FlagOption *option = findOption(kFlags, key)) {
    auto flag = value.getAsBoolean();
    options.*option->member |= flag.value_or(false);
    return flag.has_value();
  }
  if (key == "activations") {
    auto parsed = parseActivations(value.getAsString().value_or(""));
    if (!options.activations)
      options.activations = parsed;
    return parsed.has_value();
  }
  if (key == "min_elements") {
    int64_t number = value.getAsInteger().value_or(-1);
    if (options.minElements == 0)
      options.minElements = number;
    return number >= 0;
  }
  const json::Array *patterns = value.getAsArray();
  return key == "exclude" && patterns &&
         addPatterns(*patterns, options.exclude);
}

/// Sets options from the object.
static Error applyOptions(const json::Object &object, CompileOptions &options) {
  for (const auto &[key, value] : object)
    if (!applyOption(key, value, options))
      return createStringError(options.config + ": unknown option '" +
                               StringRef(key) + "' or wrong value");
  return Error::success();
}

Error quantopt::readConfig(CompileOptions &options) {
  if (options.config.empty())
    return Error::success();
  auto parsed = readJson(options.config);
  if (!parsed)
    return parsed.takeError();
  auto fail = [&](const Twine &why) {
    return createStringError(options.config + ": " + why);
  };
  const json::Object *root = parsed->getAsObject();
  if (!root || root->getInteger("version") != 1)
    return fail("expected 'version' 1");
  if (Error error = checkKeys(*root, {"version", "options", "weights"}))
    return fail(llvm::toString(std::move(error)));
  const json::Object *object = root->getObject("options");
  if (root->get("options") && !object)
    return fail("expected 'options' to be an object");
  if (object)
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
  bool hasWeights = !options.weights.empty() || options.needsIntegerWeights();
  for (const TextOption &option : kTexts) {
    const std::string &text = options.*option.member;
    if (!text.empty() && (hasWeights || !option.needsWeights))
      object[option.key] = text;
  }
  for (const FlagOption &option : kFlags)
    if (options.*option.member)
      object[option.key] = true;
  if (options.minElements != 0)
    object["min_elements"] = options.minElements;
  if (!options.exclude.empty())
    object["exclude"] = json::Array(options.exclude);
  std::string schemes = writeSchemes(function);
  StringRef rest = schemes;
  rest.consume_front(kStart);
  std::string result;
  llvm::raw_string_ostream(result)
      << kStart << "\"options\": " << json::Value(std::move(object)) << ",\n "
      << rest;
  return result;
}
