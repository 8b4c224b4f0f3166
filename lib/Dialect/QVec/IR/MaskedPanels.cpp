//===- MaskedPanels.cpp - Packed weights without zeros --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/MaskedPanels.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using llvm::support::endian::write32le;
using llvm::support::endian::write64le;

MaskedLayout::MaskedLayout(qvec::PackingAttr packing, int64_t depth,
                           int64_t panels)
    : expanded(packing.getExpanded(), depth), bits(packing.getBits()),
      panels(panels), twoOfFour(packing.getTwoOfFour()) {}

int64_t MaskedLayout::getLeastBytes() const {
  int64_t panel = twoOfFour ? getTwoOfFourPanelBytes() : getCodeOffset();
  return getTableBytes() + panels * panel + kSpareBytes;
}

/// A mask of the codes of a vector that are not zero.
static uint64_t findCodes(llvm::ArrayRef<char> vector) {
  uint64_t mask = 0;
  for (auto [i, code] : llvm::enumerate(vector))
    mask |= uint64_t(code != 0) << i;
  return mask;
}

/// Adds zeros so that two of four codes are stored; nothing where more are.
static std::optional<uint64_t> fillPairs(uint64_t mask) {
  for (int64_t first = 0; first < 64; first += PackedLayout::kStep) {
    uint64_t step = mask >> first & 0xF;
    if (llvm::popcount(step) > 2)
      return std::nullopt;
    for (uint64_t bit = 1; llvm::popcount(step) < 2; bit <<= 1)
      step |= bit;
    mask |= step << first;
  }
  return mask;
}

namespace {
/// Writes the codes of one panel.
class PanelWriter {
public:
  PanelWriter(const MaskedLayout &layout, llvm::SmallVectorImpl<char> &bytes)
      : layout(layout), bytes(bytes), start(bytes.size()) {}

  bool write(llvm::ArrayRef<char> panel);

private:
  bool writeVector(int64_t number, llvm::ArrayRef<char> vector);

  const MaskedLayout &layout;
  llvm::SmallVectorImpl<char> &bytes;
  int64_t start;
};
} // namespace

bool PanelWriter::writeVector(int64_t number, llvm::ArrayRef<char> vector) {
  uint64_t mask = findCodes(vector);
  if (layout.twoOfFour) {
    auto filled = fillPairs(mask);
    if (!filled)
      return false;
    mask = *filled;
  }
  write64le(&bytes[start + number * MaskedLayout::kMaskBytes], mask);
  int64_t at = bytes.size(), bit = 0;
  bytes.resize(at + layout.getCodeBytes(llvm::popcount(mask)), 0);
  for (auto [i, code] : llvm::enumerate(vector)) {
    if (!(mask >> i & 1))
      continue;
    if (!llvm::isIntN(layout.bits, code))
      return false;
    uint64_t field = uint64_t(code) &
                     llvm::maskTrailingOnes<uint64_t>(unsigned(layout.bits));
    for (int64_t b = 0; b < layout.bits; ++b, ++bit)
      bytes[at + bit / 8] |= char((field >> b & 1) << (bit % 8));
  }
  return true;
}

bool PanelWriter::write(llvm::ArrayRef<char> panel) {
  int64_t vectors = layout.getNumVectors();
  bytes.resize(start + layout.getParameterOffset(), 0);
  llvm::append_range(bytes,
                     panel.drop_front(layout.expanded.getScaleOffset(0)));
  for (int64_t v = 0; v < vectors; ++v)
    if (!writeVector(v, panel.slice(v * MaskedLayout::kVectorCodes,
                                    MaskedLayout::kVectorCodes)))
      return false;
  return true;
}

mlir::DenseElementsAttr quantopt::maskPanels(mlir::DenseElementsAttr panels,
                                             qvec::PackingAttr packing,
                                             int64_t depth) {
  llvm::ArrayRef<int64_t> shape = panels.getType().getShape();
  MaskedLayout layout(packing, depth, shape[0]);
  llvm::ArrayRef<char> raw = panels.getRawData();
  llvm::SmallVector<char> splat;
  if (panels.isSplat()) {
    splat.assign(shape[0] * shape[1], raw[0]);
    raw = splat;
  }
  llvm::SmallVector<char> bytes(layout.getTableBytes(), 0);
  for (int64_t p = 0; p < shape[0]; ++p) {
    if (!layout.twoOfFour)
      write32le(&bytes[p * MaskedLayout::kOffsetBytes], uint32_t(bytes.size()));
    if (!PanelWriter(layout, bytes).write(raw.slice(p * shape[1], shape[1])))
      return {};
  }
  bytes.append(MaskedLayout::kSpareBytes, 0);
  if (!llvm::isUInt<32>(bytes.size()))
    return {};
  auto type = mlir::RankedTensorType::get(
      {1, int64_t(bytes.size())},
      mlir::IntegerType::get(packing.getContext(), 8));
  return mlir::DenseElementsAttr::getFromRawBuffer(type, bytes);
}
