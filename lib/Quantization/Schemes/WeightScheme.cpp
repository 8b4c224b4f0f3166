//===- WeightScheme.cpp - How weights are stored --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "mlir/AsmParser/AsmParser.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "quant-opt/Support/JsonFile.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::qnn;

SmallVector<NamedContraction>
quantopt::getNamedContractions(func::FuncOp function) {
  SmallVector<NamedContraction> result;
  SmallVector<Value> values;
  function.walk([&](ContractionOpInterface op) {
    if (!isConstantData(op.getWeightOperand().get()))
      return;
    result.push_back({op, {}});
    values.push_back(op->getResult(0));
  });
  for (auto [contraction, name] : llvm::zip(result, getUniqueNames(values)))
    contraction.name = name;
  return result;
}

bool quantopt::matchesPattern(StringRef name, StringRef pattern) {
  // Only '*' is special: names of nodes are full of other signs.
  std::string escaped;
  for (char c : pattern) {
    if (StringRef("?[]{}\\").contains(c))
      escaped += '\\';
    escaped += c;
  }
  llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(escaped);
  if (!glob) {
    llvm::consumeError(glob.takeError());
    return name == pattern;
  }
  return glob->match(name);
}

/// A type as the parser reads it.
static std::string toText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

std::string quantopt::writeSchemes(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "{\"version\": 1, \"weights\": [";
  bool first = true;
  for (NamedContraction &contraction : getNamedContractions(function)) {
    auto scheme = contraction.op->getAttrOfType<SchemeAttr>(
        QNNDialect::getSchemeAttrName());
    if (!scheme)
      continue;
    os << (first ? "\n  " : ",\n  ");
    first = false;
    llvm::json::OStream json(os);
    json.object([&] {
      json.attribute("name", contraction.name);
      json.attribute("type", toText(scheme.getType()));
      if (scheme.getAffine())
        json.attribute("affine", true);
      if (scheme.getScales())
        json.attribute("scales", toText(scheme.getScales()));
      if (scheme.getInputBits())
        json.attribute("input_bits", scheme.getInputBits());
      json.attribute("reason", scheme.getReason());
    });
  }
  os << "\n]}\n";
  return text;
}

/// A scheme in the words of the command line.
static llvm::Expected<WeightScheme>
readNamedScheme(const llvm::json::Object &object, StringRef name,
                MLIRContext *context) {
  WeightOptions options;
  options.weights = name.str();
  options.granularity = object.getString("granularity").value_or("").str();
  options.scales = object.getString("scales").value_or("").str();
  if (object.getBoolean("affine").value_or(false))
    options.scheme = "affine";
  return makeWeightScheme(context, options);
}

/// A scheme as files are written: with a type of the dialect.
static llvm::Expected<WeightScheme>
readTypedScheme(const llvm::json::Object &object, StringRef text,
                MLIRContext *context) {
  // The parser reports to the context: say it in our own words instead.
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
  Type type = text.size() > 1000 ? Type() : parseType(text, context);
  if (!type || !isa<QuantizedTypeInterface>(type))
    return llvm::createStringError(
        "expected a quantized type or a format of '--list-formats', but got '" +
        text.take_front(100) + "'");
  if (object.get("granularity"))
    return llvm::createStringError("'granularity' is for names of formats, but "
                                   "'" +
                                   text + "' has one");
  auto scales = object.getString("scales");
  Type scaleType;
  if (scales && scales->size() < 20)
    scaleType = parseType(*scales, context);
  if (scales && !isScaleType(scaleType, type))
    return llvm::createStringError("expected 'scales' of type f32, f16, "
                                   "f8E8M0FNU or, for blocks, ui8, but got '" +
                                   *scales + "'");
  return WeightScheme{type, object.getBoolean("affine").value_or(false),
                      scaleType};
}

/// Reads the decision of one element of `weights`.
static llvm::Expected<SchemeAttr> readScheme(const llvm::json::Object &object,
                                             MLIRContext *context) {
  if (llvm::Error error =
          checkKeys(object, {"name", "type", "granularity", "affine", "scales",
                             "input_bits", "reason"}))
    return std::move(error);
  auto text = object.getString("type");
  if (!text)
    return llvm::createStringError("expected 'type', a quantized type or a "
                                   "format of '--list-formats'");
  auto scheme = findWeightFormat(*text)
                    ? readNamedScheme(object, *text, context)
                    : readTypedScheme(object, *text, context);
  if (!scheme)
    return scheme.takeError();
  int64_t inputBits = object.getInteger("input_bits").value_or(0);
  if (inputBits != 0 && inputBits != 8 && inputBits != 16)
    return llvm::createStringError(
        "expected 'input_bits' of 8 or 16, but got " + Twine(inputBits));
  return SchemeAttr::get(context, scheme->type,
                         object.getString("reason").value_or("config"),
                         scheme->affine, scheme->scales, inputBits);
}

llvm::Error quantopt::readSchemes(func::FuncOp function, StringRef text,
                                  StringRef path) {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(Twine(path) + ": " + message);
  };
  llvm::Expected<llvm::json::Value> json = parseJson(text, path);
  if (!json)
    return json.takeError();
  const llvm::json::Object *root = json->getAsObject();
  const llvm::json::Array *weights = root ? root->getArray("weights") : nullptr;
  if (!weights || root->getInteger("version") != 1)
    return fail("expected 'version' 1 and an array 'weights'");
  llvm::StringMap<Operation *> ops;
  for (NamedContraction &contraction : getNamedContractions(function))
    ops[contraction.name] = contraction.op;
  llvm::SmallPtrSet<Operation *, 16> decided;
  for (const llvm::json::Value &value : *weights) {
    const llvm::json::Object *object = value.getAsObject();
    auto name = object ? object->getString("name") : std::nullopt;
    if (!name)
      return fail("expected objects with a 'name' in 'weights'");
    auto op = ops.find(*name);
    if (op == ops.end())
      return fail("the model has no weight '" + *name + "'");
    llvm::Expected<SchemeAttr> scheme =
        readScheme(*object, function.getContext());
    if (!scheme)
      return fail("weight '" + *name +
                  "': " + llvm::toString(scheme.takeError()));
    if (!decided.insert(op->second).second)
      return fail("weight '" + *name + "' is listed twice");
    op->second->setAttr(QNNDialect::getSchemeAttrName(), *scheme);
  }
  return llvm::Error::success();
}
