//===- NodeImporter.cpp - What a handler of an operator sees --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::AttributeProto;

ArrayRef<int64_t> ImportValue::getShape() const {
  switch (kind) {
  case Kind::Host:
    return host.getShape();
  case Kind::Quantized:
    return quantized->values.getShape();
  case Kind::Runtime:
    return quantopt::getShape(runtime);
  default:
    return {};
  }
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

LogicalResult NodeImporter::expectInputs(unsigned low, unsigned high) {
  // Trailing inputs may be left out by empty names.
  while (inputs.size() > high &&
         inputs.back().kind == ImportValue::Kind::Missing)
    inputs.pop_back();
  bool complete = inputs.size() >= low && inputs.size() <= high;
  for (unsigned i = 0; complete && i < low; ++i)
    complete = hasInput(i);
  if (complete)
    return success();
  return wrongInputs(low, high, inputs.size());
}

bool NodeImporter::allInputsKnown() const {
  return llvm::all_of(inputs, [](const ImportValue &value) {
    return value.isHost() || value.kind == ImportValue::Kind::Missing;
  });
}

FailureOr<HostTensor> NodeImporter::getHost(unsigned i, StringRef what) {
  if (!hasInput(i))
    return malformed("expected " + what + " as input " + Twine(i));
  if (!inputs[i].isHost())
    return unsupported(what + " is not known at import");
  return inputs[i].host;
}

FailureOr<SmallVector<int64_t>> NodeImporter::getHostInts(unsigned i,
                                                          StringRef what) {
  FailureOr<HostTensor> tensor = getHost(i, what);
  if (failed(tensor))
    return failure();
  if (!isInteger(tensor->getType()))
    return malformed("expected integers for " + what + ", but got " +
                     getName(tensor->getType()));
  return tensor->getInts();
}

FailureOr<SmallVector<float>> NodeImporter::getHostFloats(unsigned i,
                                                          StringRef what) {
  FailureOr<HostTensor> tensor = getHost(i, what);
  if (failed(tensor))
    return failure();
  if (tensor->getType() != ElementType::Float)
    return unsupported(what + " has element type " +
                       getName(tensor->getType()));
  return tensor->getFloats();
}

FailureOr<double> NodeImporter::getHostScalar(unsigned i, StringRef what) {
  FailureOr<HostTensor> tensor = getHost(i, what);
  if (failed(tensor))
    return failure();
  if (tensor->getNumElements() != 1)
    return malformed("expected one number for " + what + ", but got shape " +
                     formatShape(tensor->getShape()));
  return tensor->getReal(0);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

namespace {
/// The format's numbers for types of attributes.
enum AttributeType : int32_t {
  FloatAttribute = 1,
  IntAttribute = 2,
  StringAttribute = 3,
  TensorAttribute = 4,
  FloatsAttribute = 6,
  IntsAttribute = 7,
  StringsAttribute = 8,
};
} // namespace

const AttributeProto *NodeImporter::findAttribute(StringRef name) const {
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

const AttributeProto *NodeImporter::findAttribute(StringRef name, int32_t type,
                                                  StringRef typeName) {
  const AttributeProto *attribute = findAttribute(name);
  // Old writers leave the type out.
  if (!attribute || attribute->type() == type || attribute->type() == 0)
    return attribute;
  (void)malformed("expected attribute '" + name + "' to be " + typeName);
  return nullptr;
}

int64_t NodeImporter::getInt(StringRef name, int64_t defaultValue) {
  const AttributeProto *found = findAttribute(name, IntAttribute, "an integer");
  return found ? found->i() : defaultValue;
}

float NodeImporter::getFloat(StringRef name, float defaultValue) {
  const AttributeProto *found = findAttribute(name, FloatAttribute, "a float");
  return found ? found->f() : defaultValue;
}

std::string NodeImporter::getString(StringRef name, StringRef defaultValue) {
  const AttributeProto *found =
      findAttribute(name, StringAttribute, "a string");
  return found ? found->s() : defaultValue.str();
}

SmallVector<int64_t> NodeImporter::getInts(StringRef name,
                                           ArrayRef<int64_t> defaultValue) {
  const AttributeProto *found = findAttribute(name, IntsAttribute, "integers");
  if (!found)
    return SmallVector<int64_t>(defaultValue);
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

SmallVector<float> NodeImporter::getFloats(StringRef name) {
  const AttributeProto *found = findAttribute(name, FloatsAttribute, "floats");
  if (!found)
    return {};
  return SmallVector<float>(found->floats().begin(), found->floats().end());
}

const onnxfile::TensorProto *NodeImporter::getTensor(StringRef name) {
  const AttributeProto *found =
      findAttribute(name, TensorAttribute, "a tensor");
  return found ? &found->t() : nullptr;
}

FailureOr<int64_t> NodeImporter::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return malformed("expected an axis in [" + Twine(-rank) + ", " +
                     Twine(rank) + "), but got " + Twine(axis));
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>>
NodeImporter::normalizeAxes(ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    FailureOr<int64_t> normalized = normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    result.push_back(*normalized);
  }
  llvm::sort(result);
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    return malformed("expected distinct axes, but got " + formatShape(axes));
  return result;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

LogicalResult NodeImporter::setResult(unsigned i, ImportValue value) {
  if (i >= results.size())
    return malformed("expected at least " + Twine(i + 1) + " outputs");
  std::optional<int64_t> count = getNumElements(value.getShape());
  if (!count)
    return malformed("the result's shape " + formatShape(value.getShape()) +
                     " is too large");
  if (*count == 0 && value.isRuntime())
    return unsupported("the result has the shape " +
                       formatShape(value.getShape()) + " without elements");
  results[i] = std::move(value);
  return success();
}
