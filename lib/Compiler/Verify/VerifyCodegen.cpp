//===- VerifyCodegen.cpp - Compiled code against the interpreter ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/VerifyCodegen.h"
#include "VerifyInputs.h"
#include "quant-opt/Compiler/TensorBuffers.h"
#include "quant-opt/Reference/Interpreter.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

namespace {
/// Memory between two margins; both start with arbitrary bytes.
class GuardedBuffer {
public:
  /// The address is a multiple of `alignment` and of nothing larger.
  GuardedBuffer(size_t size, size_t alignment)
      : size(size), memory(size + 2 * kMargin + 3 * alignment) {
    auto address = reinterpret_cast<uintptr_t>(memory.data()) + kMargin;
    start =
        kMargin + llvm::alignTo(address, 2 * alignment) + alignment - address;
    reset();
  }

  void reset() { std::fill(memory.begin(), memory.end(), kArbitrary); }
  char *data() { return memory.data() + start; }
  size_t getSize() const { return size; }

  /// Whether the margins are as they were.
  bool isIntact() const {
    auto isArbitrary = [](char byte) { return byte == kArbitrary; };
    auto first = memory.begin() + start;
    return std::all_of(memory.begin(), first, isArbitrary) &&
           std::all_of(first + size, memory.end(), isArbitrary);
  }

private:
  static constexpr size_t kMargin = 256;
  static constexpr char kArbitrary = char(0xA5);
  size_t size, start;
  std::vector<char> memory;
};
} // namespace

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

/// "[0, 3, 1]" for the position of an element in row-major order.
static std::string formatIndex(const qo_tensor &tensor, int64_t element) {
  SmallVector<int64_t> index(tensor.rank);
  for (int64_t i = tensor.rank; i-- > 0;) {
    index[i] = element % tensor.shape[i];
    element /= tensor.shape[i];
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleaveComma(index, os);
  os << ']';
  return text;
}

/// One element of a buffer as a tensor of its own.
static Tensor fetchElement(const qo_tensor &tensor, RankedTensorType type,
                           const char *bytes) {
  qo_tensor scalar = tensor;
  scalar.rank = 0;
  scalar.bytes = getElementBytes(tensor);
  return fetchTensor(RankedTensorType::get({}, type.getElementType()), scalar,
                     bytes);
}

/// An element as a number, for floats with their bits.
static std::string formatElement(const Tensor &element) {
  if (element.getStorage() != Storage::F32)
    return std::to_string(element.getInteger(0));
  float real = element.get<float>()[0];
  uint32_t bits;
  std::memcpy(&bits, &real, sizeof(bits));
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.9g (0x%08x)", double(real), bits);
  return text;
}

/// Whether an element is no number.
static bool isNaN(const Tensor &element) {
  return element.getStorage() == Storage::F32 &&
         std::isnan(element.get<float>()[0]);
}

namespace {
/// Compiled code and a function, run side by side.
class CodeVerifier {
public:
  CodeVerifier(func::FuncOp function, const qo_model &model)
      : function(function), model(model) {}

  /// Prepares both sides; fails when they do not fit each other.
  llvm::Error open();
  /// Compares variants on one kind of input.
  Expected<std::optional<CodeDifference>>
  compare(InputPattern pattern, ArrayRef<const qo_variant *> variants);

private:
  llvm::Error fillInputs(InputPattern pattern);
  std::optional<std::string> compareRun(const qo_variant &variant,
                                        int64_t parts,
                                        ArrayRef<std::vector<char>> expected);
  void runCode(const qo_variant &variant, int64_t parts);
  Expected<std::vector<std::vector<char>>> interpretInputs();
  std::optional<std::string>
  findDifference(ArrayRef<std::vector<char>> expected);
  std::optional<std::string> findStrayWrite();
  /// Where the code writes an output to.
  char *getOutput(size_t i) {
    return model.io_in_arena
               ? arena.front().data() + model.outputs[i].arena_offset
               : outputs[i].data();
  }

  func::FuncOp function;
  const qo_model &model;
  std::optional<Interpreter> interpreter;
  SmallVector<Port> inputPorts, outputPorts;
  SmallVector<qnn::AffineType> grids;
  std::vector<GuardedBuffer> inputs, outputs, arena;
  std::vector<std::vector<char>> inputBytes;
};
} // namespace

/// Buffers of a model's tensors, aligned to their elements only.
static std::vector<GuardedBuffer> makeBuffers(const qo_tensor *tensors,
                                              int64_t count) {
  std::vector<GuardedBuffer> buffers;
  for (int64_t i = 0; i < count; ++i)
    buffers.emplace_back(
        size_t(tensors[i].bytes),
        size_t(std::max<int64_t>(1, getElementBytes(tensors[i]))));
  return buffers;
}

/// Whether the ports are what the model describes.
static llvm::Error checkPorts(ArrayRef<Port> ports, StringRef kind,
                              const qo_tensor *tensors, int64_t count) {
  bool fits = int64_t(ports.size()) == count;
  for (int64_t i = 0; fits && i < count; ++i)
    fits = ports[i].type.getShape() ==
           ArrayRef(tensors[i].shape, size_t(tensors[i].rank));
  if (fits)
    return llvm::Error::success();
  return llvm::createStringError("the code has other " + kind +
                                 "s than the module it is compared with");
}

llvm::Error CodeVerifier::open() {
  auto created = Interpreter::create(function);
  if (!created)
    return created.takeError();
  interpreter.emplace(std::move(*created));
  auto in = getInputPorts(function), out = getOutputPorts(function);
  if (!in || !out)
    return llvm::joinErrors(in.takeError(), out.takeError());
  inputPorts = std::move(*in);
  outputPorts = std::move(*out);
  if (llvm::Error error = llvm::joinErrors(
          checkPorts(inputPorts, "input", model.inputs, model.num_inputs),
          checkPorts(outputPorts, "output", model.outputs, model.num_outputs)))
    return error;
  for (BlockArgument argument : function.getArguments())
    grids.push_back(findInputGrid(argument));
  inputs = makeBuffers(model.inputs, model.num_inputs);
  outputs = makeBuffers(model.outputs, model.num_outputs);
  arena.emplace_back(size_t(model.arena_bytes), size_t(model.arena_alignment));
  inputBytes.resize(inputs.size());
  return llvm::Error::success();
}

/// Runs each layer in `parts` pieces, the last one first; 0 stands for one
/// piece per item.
void CodeVerifier::runCode(const qo_variant &variant, int64_t parts) {
  char *base = arena.front().data();
  SmallVector<void *> context = {base};
  arena.front().reset();
  for (auto [i, bytes] : llvm::enumerate(inputBytes)) {
    inputs[i].reset();
    llvm::copy(bytes, model.io_in_arena ? base + model.inputs[i].arena_offset
                                        : inputs[i].data());
    context.push_back(inputs[i].data());
  }
  for (GuardedBuffer &buffer : outputs) {
    buffer.reset();
    context.push_back(buffer.data());
  }
  for (const qo_layer &layer : ArrayRef(variant.layers, variant.num_layers)) {
    int64_t pieces = parts == 0 ? layer.count : std::min(parts, layer.count);
    for (int64_t i = pieces; i-- > 0;)
      layer.task(context.data(), layer.count * i / pieces,
                 layer.count * (i + 1) / pieces);
  }
}

/// The bytes of the outputs that the interpreter computes.
Expected<std::vector<std::vector<char>>> CodeVerifier::interpretInputs() {
  SmallVector<Tensor> tensors;
  for (auto [i, port] : llvm::enumerate(inputPorts))
    tensors.push_back(
        fetchTensor(port.type, model.inputs[i], inputBytes[i].data()));
  auto results = interpreter->run(tensors);
  if (!results)
    return results.takeError();
  std::vector<std::vector<char>> bytes;
  for (auto [i, result] : llvm::enumerate(*results)) {
    bytes.emplace_back(model.outputs[i].bytes);
    storeTensor(result, model.outputs[i], bytes.back().data());
  }
  return bytes;
}

std::optional<std::string>
CodeVerifier::findDifference(ArrayRef<std::vector<char>> expected) {
  for (auto [i, bytes] : llvm::enumerate(expected)) {
    const qo_tensor &tensor = model.outputs[i];
    int64_t size = getElementBytes(tensor), count = 0;
    std::string first;
    for (int64_t at = 0; size && at + size <= tensor.bytes; at += size) {
      const char *want = bytes.data() + at, *got = getOutput(i) + at;
      if (std::memcmp(want, got, size_t(size)) == 0)
        continue;
      Tensor expectedOne = fetchElement(tensor, outputPorts[i].type, want);
      Tensor foundOne = fetchElement(tensor, outputPorts[i].type, got);
      if (isNaN(expectedOne) && isNaN(foundOne))
        continue;
      if (count++ == 0)
        first = llvm::formatv(
            "at {0}: expected {1}, but got {2}", formatIndex(tensor, at / size),
            formatElement(expectedOne), formatElement(foundOne));
    }
    if (count != 0)
      return llvm::formatv("output '{0}' {1}; {2} of {3} elements differ",
                           tensor.name, first, count, tensor.bytes / size);
  }
  return std::nullopt;
}

/// Names what was written although it is not the code's to write.
std::optional<std::string> CodeVerifier::findStrayWrite() {
  for (auto [i, buffer] : llvm::enumerate(outputs))
    if (!buffer.isIntact())
      return llvm::formatv("the code writes outside of output '{0}'",
                           model.outputs[i].name);
  for (auto [i, buffer] : llvm::enumerate(inputs))
    if (!buffer.isIntact() ||
        (!model.io_in_arena && std::memcmp(buffer.data(), inputBytes[i].data(),
                                           inputBytes[i].size()) != 0))
      return llvm::formatv("the code writes to input '{0}'",
                           model.inputs[i].name);
  if (!arena.front().isIntact())
    return std::string("the code writes outside of the arena");
  return std::nullopt;
}

llvm::Error CodeVerifier::fillInputs(InputPattern pattern) {
  for (auto [i, bytes] : llvm::enumerate(inputBytes)) {
    const qo_tensor &tensor = model.inputs[i];
    bytes.resize(size_t(tensor.bytes));
    if (!fillInput(tensor, int64_t(i), pattern, grids[i], bytes.data()))
      return llvm::createStringError("there are no test data for input '" +
                                     Twine(tensor.name) + "' of type '" +
                                     tensor.type + "'");
  }
  return llvm::Error::success();
}

/// Runs the code and says what it did wrong.
std::optional<std::string>
CodeVerifier::compareRun(const qo_variant &variant, int64_t parts,
                         ArrayRef<std::vector<char>> expected) {
  runCode(variant, parts);
  if (std::optional<std::string> stray = findStrayWrite())
    return stray;
  return findDifference(expected);
}

/// How the work of each layer was split, for messages.
static std::string formatParts(int64_t parts) {
  if (parts == 0)
    return "item by item";
  return parts == 1 ? "in one piece"
                    : "in " + std::to_string(parts) + " pieces";
}

Expected<std::optional<CodeDifference>>
CodeVerifier::compare(InputPattern pattern,
                      ArrayRef<const qo_variant *> variants) {
  if (llvm::Error error = fillInputs(pattern))
    return std::move(error);
  auto expected = interpretInputs();
  if (!expected)
    return expected.takeError();
  for (const qo_variant *variant : variants)
    for (int64_t parts : {1, 2, 3, 0})
      if (auto what = compareRun(*variant, parts, *expected))
        return CodeDifference{
            *what,
            llvm::formatv("on level '{0}', layers {1}, inputs '{2}'",
                          variant->isa, formatParts(parts),
                          getPatternName(pattern)),
            variant->isa};
  return std::nullopt;
}

Expected<std::optional<CodeDifference>>
quantopt::compareWithInterpreter(func::FuncOp reference, const qo_model &model,
                                 ArrayRef<const qo_variant *> variants,
                                 const VerifyProgress &progress) {
  CodeVerifier verifier(reference, model);
  if (llvm::Error error = verifier.open())
    return std::move(error);
  for (auto [i, pattern] : llvm::enumerate(kInputPatterns)) {
    if (progress)
      progress(double(i) / std::size(kInputPatterns));
    auto difference = verifier.compare(pattern, variants);
    if (!difference || *difference)
      return difference;
  }
  return std::nullopt;
}
