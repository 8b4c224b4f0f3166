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
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/JSON.h"
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

/// Reads the decision of one element of `weights`.
static llvm::Expected<SchemeAttr> readScheme(const llvm::json::Object &object,
                                             MLIRContext *context) {
  auto text = object.getString("type");
  auto reason = object.getString("reason");
  auto scales = object.getString("scales");
  if (!text || text->size() > 1000)
    return llvm::createStringError("expected 'type', a quantized type or f32");
  // The parser reports to the context: say it in our own words instead.
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) {});
  Type type = parseType(*text, context);
  bool known = type && (type.isF32() || isa<QuantizedTypeInterface>(type));
  if (!known)
    return llvm::createStringError("expected a quantized type or f32, but got "
                                   "'" +
                                   *text + "'");
  Type scaleType;
  if (scales && scales->size() < 20)
    scaleType = parseType(*scales, context);
  if (scales && !isScaleType(scaleType, type))
    return llvm::createStringError("expected 'scales' of type f32, f16, "
                                   "f8E8M0FNU or, for blocks, ui8, but got '" +
                                   *scales + "'");
  int64_t inputBits = object.getInteger("input_bits").value_or(0);
  if (inputBits != 0 && inputBits != 8 && inputBits != 16)
    return llvm::createStringError(
        "expected 'input_bits' of 8 or 16, but got " + Twine(inputBits));
  return SchemeAttr::get(context, type, reason ? *reason : "config",
                         object.getBoolean("affine").value_or(false), scaleType,
                         inputBits);
}

llvm::Error quantopt::readSchemes(func::FuncOp function, StringRef text,
                                  StringRef path) {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(Twine(path) + ": " + message);
  };
  // Deep nesting would overflow the parser's stack; the format has 3 levels.
  if (text.count('[') + text.count('{') > 100 + 4 * text.count('\n') ||
      text.size() > (size_t(1) << 28))
    return fail("expected one object per line");
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    return fail("expected JSON: " + llvm::toString(json.takeError()));
  const llvm::json::Object *root = json->getAsObject();
  const llvm::json::Array *weights = root ? root->getArray("weights") : nullptr;
  if (!weights || root->getInteger("version") != 1)
    return fail("expected 'version' 1 and an array 'weights'");
  llvm::StringMap<Operation *> ops;
  for (NamedContraction &contraction : getNamedContractions(function))
    ops[contraction.name] = contraction.op;
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
    op->second->setAttr(QNNDialect::getSchemeAttrName(), *scheme);
  }
  return llvm::Error::success();
}
