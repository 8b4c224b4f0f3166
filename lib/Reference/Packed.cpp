//===- Packed.cpp - Contractions with packed weights ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockWeights.h"
#include "Convolution.h"
#include "KernelEvaluation.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>
#include <cstring>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

namespace {
/// Reads what `#qvec.packing` describes, byte by byte.
class PackedReader {
public:
  PackedReader(qvec::PackingAttr packing, int64_t depth, ArrayRef<int8_t> bytes,
               int64_t panelBytes, ArrayRef<float> tables)
      : packing(packing), tables(tables), depth(depth),
        block(packing.getBlock() ? packing.getBlock() : depth), bytes(bytes),
        panelBytes(panelBytes) {}

  int64_t getBlock() const { return block; }
  /// `q - zero` of a channel's code.
  int64_t getValue(int64_t panel, int64_t channel, int64_t k) const {
    return getCode(panel, channel, k) - getZeroPoint(panel, channel, k / block);
  }
  /// What the code stands for before it is scaled; `output` is the channel's
  /// number among all.
  float getReal(int64_t panel, int64_t channel, int64_t k,
                int64_t output) const;
  bool hasScales() const { return packing.hasScales(); }
  float getScale(int64_t panel, int64_t channel, int64_t b) const;

private:
  int64_t getBlocks() const { return llvm::divideCeil(depth, block); }
  int64_t getByte(int64_t panel, int64_t offset) const {
    return static_cast<uint8_t>(bytes[panel * panelBytes + offset]);
  }
  int64_t signExtend(int64_t byte) const {
    return packing.isSigned() ? static_cast<int8_t>(byte) : byte;
  }
  int64_t getScaleBytes() const {
    return packing.hasScales() ? packing.getScale().getIntOrFloatBitWidth() / 8
                               : 0;
  }
  /// Bytes of one plane of a chunk, and of a whole chunk.
  static int64_t getPlaneBytes(int64_t width, int64_t codes) {
    return 64 * llvm::divideCeil(llvm::divideCeil(codes, 4) * width, 8);
  }
  int64_t getChunkBytes(int64_t codes) const;
  int64_t getCodeBytes() const;
  int64_t getCode(int64_t panel, int64_t channel, int64_t k) const;
  int64_t getZeroPoint(int64_t panel, int64_t channel, int64_t b) const;

  /// The widths of the parts of a code, lowest bits first.
  SmallVector<int64_t> getPlanes() const;
  float readFloat(int64_t panel, int64_t offset) const;

  qvec::PackingAttr packing;
  ArrayRef<float> tables;
  int64_t depth, block;
  ArrayRef<int8_t> bytes;
  int64_t panelBytes;
};
} // namespace

SmallVector<int64_t> PackedReader::getPlanes() const {
  SmallVector<int64_t> planes(packing.getBits() / 8, 8);
  for (int64_t width : {4, 2, 1})
    if (packing.getBits() & width)
      planes.push_back(width);
  return planes;
}

int64_t PackedReader::getChunkBytes(int64_t codes) const {
  int64_t total = 0;
  for (int64_t width : getPlanes())
    total += getPlaneBytes(width, codes);
  return total;
}

/// All blocks and their chunks.
int64_t PackedReader::getCodeBytes() const {
  int64_t total = 0;
  for (int64_t begin = 0; begin < depth; begin += block)
    for (int64_t at = 0, size = std::min(block, depth - begin); at < size;
         at += packing.getChunk())
      total += getChunkBytes(std::min(packing.getChunk(), size - at));
  return total;
}

int64_t PackedReader::getCode(int64_t panel, int64_t channel, int64_t k) const {
  int64_t chunk = packing.getChunk();
  int64_t inBlock = k % block, inChunk = inBlock % chunk;
  int64_t blockSize = std::min(block, depth - k / block * block);
  int64_t codes = std::min(chunk, blockSize - inBlock / chunk * chunk);
  int64_t chunksBefore =
      k / block * llvm::divideCeil(block, chunk) + inBlock / chunk;
  int64_t offset = chunksBefore * getChunkBytes(chunk);
  int64_t step = inChunk / 4, code = 0, bit = 0;
  for (int64_t width : getPlanes()) {
    int64_t perVector = 8 / width;
    int64_t at = offset + step / perVector * 64 + channel * 4 + inChunk % 4;
    int64_t field = getByte(panel, at) >> (step % perVector * width);
    code |= (field & ((1 << width) - 1)) << bit;
    bit += width;
    offset += getPlaneBytes(width, codes);
  }
  return signExtend(code << packing.getShift());
}

float PackedReader::readFloat(int64_t panel, int64_t offset) const {
  uint32_t bits = 0;
  for (int64_t i = 0; i < 4; ++i)
    bits |= uint32_t(getByte(panel, offset + i)) << (8 * i);
  float value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

float PackedReader::getReal(int64_t panel, int64_t channel, int64_t k,
                            int64_t output) const {
  if (packing.hasIntegers())
    return static_cast<float>(getValue(panel, channel, k));
  int64_t code = getCode(panel, channel, k), bits = packing.getBits();
  if (packing.hasTables())
    return tables[(output / packing.getTableRows() << bits) + code];
  auto format = cast<FloatType>(packing.getValues());
  return llvm::APFloat(format.getFloatSemantics(),
                       llvm::APInt(bits, uint64_t(code)))
      .convertToFloat();
}

float PackedReader::getScale(int64_t panel, int64_t channel, int64_t b) const {
  int64_t size = getScaleBytes();
  int64_t offset = getCodeBytes() + (b * qvec::kPanelWidth + channel) * size;
  if (size == 4)
    return readFloat(panel, offset);
  int64_t low = getByte(panel, offset);
  if (size == 2)
    return decodeF16(uint16_t(low | getByte(panel, offset + 1) << 8));
  if (!packing.hasSuperScales())
    return std::ldexp(1.0f, int(low) - 127);
  int64_t zeroPoints = packing.getZeroPoints() ? 1 : 0;
  int64_t shared = getCodeBytes() +
                   getBlocks() * qvec::kPanelWidth * (size + zeroPoints) +
                   b / 16 * int64_t(sizeof(float));
  return readFloat(panel, shared) * static_cast<float>(low);
}

int64_t PackedReader::getZeroPoint(int64_t panel, int64_t channel,
                                   int64_t b) const {
  if (!packing.getZeroPoints())
    return packing.getZeroPoint();
  int64_t scales = getBlocks() * qvec::kPanelWidth * getScaleBytes();
  return signExtend(getByte(panel, getCodeBytes() + scales +
                                       b * qvec::kPanelWidth + channel));
}

/// Panels with the zeros that a mask leaves out, each code in a byte.
static std::vector<int8_t> expandPanels(qvec::PackingAttr packing,
                                        ArrayRef<int8_t> bytes, int64_t panels,
                                        int64_t codeBytes,
                                        int64_t parameterBytes) {
  auto byteAt = [&](int64_t i) { return static_cast<uint8_t>(bytes[i]); };
  std::vector<int8_t> result;
  int64_t at = packing.getTwoOfFour() ? 0 : 4 * panels;
  for (int64_t p = 0; p < panels; ++p) {
    int64_t masks = at, parameters = masks + codeBytes / 8;
    at = parameters + parameterBytes;
    for (int64_t i = 0, bit = 0; i < codeBytes; ++i) {
      // The codes of 64 start at a byte.
      if (i % 64 == 0) {
        at += (bit + 7) / 8;
        bit = 0;
      }
      int64_t code = 0;
      if (byteAt(masks + i / 8) >> (i % 8) & 1)
        for (int64_t b = 0; b < packing.getBits(); ++b, ++bit)
          code |= int64_t(byteAt(at + bit / 8) >> (bit % 8) & 1) << b;
      bool isNegative = code >> (packing.getBits() - 1) & 1;
      result.push_back(
          int8_t(code - (int64_t(isNegative) << packing.getBits())));
      if (i + 1 == codeBytes)
        at += (bit + 7) / 8;
    }
    result.insert(result.end(), bytes.begin() + parameters,
                  bytes.begin() + parameters + parameterBytes);
  }
  return result;
}

namespace {
/// A packed kernel's geometry and weights.
struct PackedKernel {
  explicit PackedKernel(const KernelOperands &kernel)
      : kernel(kernel), op(kernel.op), groups(op.getGroups()),
        shape(kernel.init->getShape()), outputs(shape[3] / groups),
        depth(ShapedType::getNumElements(op.getWindow().getKernel()) *
              kernel.input->getShape()[3] / groups),
        expanded(expand()),
        reader(op.getPacking()->getExpanded(), depth,
               op.getPacking()->getMasked() ? ArrayRef<int8_t>(expanded)
                                            : kernel.weight->get<int8_t>(),
               PackedLayout(op).getPanelBytes(),
               kernel.tables ? kernel.tables->get<float>()
                             : ArrayRef<float>()) {}

  /// The panels of a masked weight; none of others.
  std::vector<int8_t> expand() const {
    if (!op.getPacking()->getMasked())
      return {};
    PackedLayout layout(op);
    int64_t codes = layout.getScaleOffset(0);
    return expandPanels(*op.getPacking(), kernel.weight->get<int8_t>(),
                        groups * llvm::divideCeil(outputs, qvec::kPanelWidth),
                        codes, layout.getPanelBytes() - codes);
  }

  /// The panel of a group's output, and its place there.
  int64_t getPanel(int64_t group, int64_t o) const {
    return group * llvm::divideCeil(outputs, qvec::kPanelWidth) +
           o / qvec::kPanelWidth;
  }
  int64_t getValue(int64_t group, int64_t o, int64_t k) const {
    return reader.getValue(getPanel(group, o), o % qvec::kPanelWidth, k);
  }
  /// The real weight.
  float getReal(int64_t group, int64_t o, int64_t k) const {
    float value = reader.getReal(getPanel(group, o), o % qvec::kPanelWidth, k,
                                 group * outputs + o);
    if (!reader.hasScales())
      return value;
    return getScale(group, o, k / reader.getBlock()) * value;
  }
  float getScale(int64_t group, int64_t o, int64_t block) const {
    return reader.getScale(getPanel(group, o), o % qvec::kPanelWidth, block);
  }
  /// Calls `body(group, patch, index of the first output)` for each position
  /// and group.
  template <typename Number, typename Fn>
  Error forEachPatch(ArrayRef<Number> input, Fn body) const {
    PatchReader<Number> patches{op.getWindow(), groups,
                                kernel.input->getShape(), input};
    std::vector<Number> patch;
    for (int64_t p = 0, e = shape[0] * shape[1] * shape[2]; p < e; ++p)
      for (int64_t g = 0; g < groups; ++g) {
        patches.read(p / shape[2] / shape[1], p / shape[2] % shape[1],
                     p % shape[2], g, patch);
        if (Error error = body(g, patch, p * shape[3] + g * outputs))
          return error;
      }
    return Error::success();
  }

  const KernelOperands &kernel;
  mutable qvec::KernelOp op;
  int64_t groups;
  ArrayRef<int64_t> shape;
  int64_t outputs, depth; // of a group
  std::vector<int8_t> expanded;
  PackedReader reader;
};
} // namespace

/// Chains of fused multiply-adds, or integer sums that wrap.
template <typename Number, typename Sum, typename Weight>
static Error runChains(const PackedKernel &packed, Epilogue &epilogue,
                       ArrayRef<Number> input, Weight weight) {
  int64_t outputs = packed.outputs, depth = packed.depth;
  std::vector<std::vector<Number>> weights(packed.groups);
  for (int64_t g = 0; g < packed.groups; ++g)
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t o = 0; o < outputs; ++o)
        weights[g].push_back(weight(g, o, k));
  std::vector<Sum> sums(outputs);
  Type accumulator = packed.op.getAccumulatorType();
  return packed.forEachPatch<Number>(
      input, [&](int64_t g, ArrayRef<Number> patch, int64_t first) -> Error {
        int64_t channel = g * outputs;
        for (int64_t o = 0; o < outputs; ++o)
          sums[o] = packed.kernel.bias
                        ? Sum(packed.kernel.bias->getNumber(channel + o))
                        : Sum(0);
        accumulate(patch.data(), depth, weights[g].data(), outputs,
                   sums.data());
        for (int64_t o = 0; o < outputs; ++o)
          if (Error error = epilogue.store(first + o, channel + o, 0,
                                           toAccumulator(sums[o], accumulator)))
            return error;
        return Error::success();
      });
}

/// Exact sums of blocks, scaled one after the other.
static Error runBlocks(const PackedKernel &packed, Epilogue &epilogue,
                       ArrayRef<int32_t> input) {
  int64_t outputs = packed.outputs;
  std::vector<BlockWeights> weights(
      packed.groups,
      BlockWeights(outputs, packed.depth, packed.reader.getBlock()));
  for (int64_t g = 0; g < packed.groups; ++g)
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t k = 0; k < packed.depth; ++k)
        weights[g].getValue(o, k) = int32_t(packed.getValue(g, o, k));
      for (int64_t b = 0; b < weights[g].getNumBlocks(); ++b)
        weights[g].getScale(o, b) = packed.getScale(g, o, b);
    }
  Type accumulator = packed.op.getAccumulatorType();
  return packed.forEachPatch<int32_t>(
      input, [&](int64_t g, ArrayRef<int32_t> patch, int64_t first) -> Error {
        auto sums = weights[g].sum(patch);
        if (!sums)
          return makeError(packed.op, "the sum of a block is outside i32");
        for (auto [o, sum] : llvm::enumerate(*sums))
          if (Error error = epilogue.store(first + o, g * outputs + int64_t(o),
                                           0, toAccumulator(sum, accumulator)))
            return error;
        return Error::success();
      });
}

Error reference::runPacked(const KernelOperands &kernel, Epilogue &epilogue) {
  PackedKernel packed(kernel);
  if (kernel.input->getStorage() == Storage::F32)
    return runChains<float, float>(packed, epilogue, kernel.input->get<float>(),
                                   [&](int64_t g, int64_t o, int64_t k) {
                                     return packed.getReal(g, o, k);
                                   });
  auto input = readInput<int32_t>(*kernel.input, packed.op.getUnsignedInput());
  if (!packed.op.getPacking()->hasScales())
    return runChains<int32_t, int64_t>(packed, epilogue, ArrayRef(input),
                                       [&](int64_t g, int64_t o, int64_t k) {
                                         return packed.getValue(g, o, k);
                                       });
  for (int32_t &x : input)
    x -= int32_t(packed.op.getInputZeroPoint());
  return runBlocks(packed, epilogue, input);
}
