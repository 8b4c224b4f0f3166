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

/// The integer type that `i8`, `u4`, ... names, or null. Names of 2 to 8 bits.
static IntegerType parseStorage(MLIRContext *context, StringRef name) {
  bool isUnsigned = name.consume_front("u");
  unsigned bits = 0;
  if ((!isUnsigned && !name.consume_front("i")) ||
      name.getAsInteger(10, bits) || bits < 2 || bits > 8)
    return {};
  return IntegerType::get(context, bits,
                          isUnsigned ? IntegerType::Unsigned
                                     : IntegerType::Signless);
}

llvm::Expected<WeightScheme>
quantopt::makeWeightScheme(MLIRContext *context, const WeightOptions &options) {
  StringRef weights = options.weights;
  if (weights == "f32")
    return WeightScheme{Float32Type::get(context)};
  if (weights == "f16")
    return WeightScheme{
        SmallFloatType::get(context, Float16Type::get(context))};
  if (weights == "bf16")
    return WeightScheme{
        SmallFloatType::get(context, BFloat16Type::get(context))};
  IntegerType storage = parseStorage(context, weights);
  if (!storage)
    return llvm::createStringError(
        "expected weights of type 'f32', 'f16', 'bf16', 'i2' to 'i8' or 'u2' "
        "to 'u8', but got '" +
        weights + "'");
  if (options.scheme != "symmetric" && options.scheme != "affine")
    return llvm::createStringError("expected scheme 'symmetric' or 'affine', "
                                   "but got '" +
                                   options.scheme + "'");
  WeightScheme scheme;
  scheme.affine = options.scheme == "affine";
  auto [min, max] = getStorageLimits(storage);
  if (!scheme.affine && min < 0)
    ++min; // the same magnitude on both sides
  StringRef granularity = options.granularity;
  if (granularity.empty())
    granularity = storage.getWidth() <= 4 ? "block32" : "channel";
  int64_t block = 0;
  if (granularity == "tensor")
    scheme.type =
        AffineType::get(context, storage, min, max,
                        FloatAttr::get(Float32Type::get(context), 1.0),
                        std::max<int64_t>(0, min));
  else if (granularity == "channel")
    scheme.type = AffineAxisType::get(context, storage, min, max, /*axis=*/0);
  else if (granularity.consume_front("block") &&
           !granularity.getAsInteger(10, block) && block > 0)
    scheme.type = AffineBlockType::get(context, storage, min, max, block);
  else
    return llvm::createStringError(
        "expected granularity 'tensor', 'channel' or 'block<N>', but got '" +
        options.granularity + "'");
  return scheme;
}

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
    std::string type;
    llvm::raw_string_ostream(type) << scheme.getType();
    os << (first ? "\n  " : ",\n  ");
    first = false;
    llvm::json::OStream json(os);
    json.object([&] {
      json.attribute("name", contraction.name);
      json.attribute("type", type);
      if (scheme.getAffine())
        json.attribute("affine", true);
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
  return SchemeAttr::get(context, type, reason ? *reason : "config",
                         object.getBoolean("affine").value_or(false));
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
