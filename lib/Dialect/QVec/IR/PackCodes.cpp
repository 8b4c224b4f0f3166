//===- PackCodes.cpp - Weights of few bits --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/PackCodes.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// Writes one output channel into its panel.
class ChannelWriter {
public:
  ChannelWriter(const CodedWeight &weight, qvec::PackingAttr packing,
                const PackedLayout &layout, int64_t output, char *panel,
                int64_t column)
      : weight(weight), packing(packing), layout(layout), output(output),
        panel(panel), column(column) {}

  void write() {
    for (int64_t b = 0; b < layout.blocks; ++b) {
      writeBlock(b);
      writeParameters(b);
    }
  }

private:
  void writeBlock(int64_t b);
  void writeCode(int64_t chunk, int64_t codes, int64_t i, int64_t code);
  void writeParameters(int64_t b);
  int64_t getZeroPoint(int64_t b) const {
    return packing.getZeroPoints()
               ? weight.zeroPoints[output * layout.blocks + b]
               : packing.getZeroPoint();
  }

  const CodedWeight &weight;
  qvec::PackingAttr packing;
  const PackedLayout &layout;
  int64_t output;
  char *panel;
  int64_t column;
};
} // namespace

/// Sets the bits of code `i` of a chunk that has `codes` codes.
void ChannelWriter::writeCode(int64_t chunk, int64_t codes, int64_t i,
                              int64_t code) {
  int64_t step = i / PackedLayout::kStep;
  for (auto [p, plane] : llvm::enumerate(layout.planes)) {
    int64_t perVector = plane.getStepsPerVector();
    char *vector = panel + layout.getChunkOffset(chunk) +
                   layout.getPlaneOffset(p, codes) +
                   step / perVector * PackedLayout::kVectorBytes;
    int64_t part = code >> plane.bit & ((int64_t(1) << plane.width) - 1);
    vector[column * PackedLayout::kStep + i % PackedLayout::kStep] |=
        char(part << (step % perVector * plane.width));
  }
}

void ChannelWriter::writeBlock(int64_t b) {
  int64_t size = layout.getBlockSize(b);
  for (int64_t at = 0; at < size; at += layout.chunk) {
    int64_t codes = std::min(layout.chunk, size - at);
    int64_t chunk = b * layout.getChunksPerBlock() + at / layout.chunk;
    const int64_t *source =
        &weight.codes[output * layout.depth + b * layout.block + at];
    // The last step is filled up with codes that stand for 0 where there are.
    for (int64_t i = 0; i < int64_t(llvm::alignTo(codes, PackedLayout::kStep));
         ++i)
      writeCode(chunk, codes, i, i < codes ? source[i] : getZeroPoint(b));
  }
}

void ChannelWriter::writeParameters(int64_t b) {
  if (layout.scaleBytes != 0) {
    uint32_t scale = weight.scales[output * layout.blocks + b];
    char *to = panel + layout.getScaleOffset(b) + column * layout.scaleBytes;
    for (int64_t i = 0; i < layout.scaleBytes; ++i)
      to[i] = char(scale >> (8 * i));
  }
  if (packing.getZeroPoints())
    panel[layout.getZeroPointOffset(b) + column] = char(getZeroPoint(b));
}

mlir::DenseElementsAttr quantopt::packCodes(const CodedWeight &weight,
                                            qvec::PackingAttr packing,
                                            int64_t groups) {
  PackedLayout layout(packing, weight.depth);
  int64_t perGroup = weight.outputs / groups;
  int64_t panels = llvm::divideCeil(perGroup, kPanelWidth);
  int64_t panelBytes = layout.getPanelBytes();
  llvm::SmallVector<char> bytes(groups * panels * panelBytes, 0);
  for (int64_t o = 0; o < weight.outputs; ++o) {
    int64_t panel = o / perGroup * panels + o % perGroup / kPanelWidth;
    ChannelWriter(weight, packing, layout, o, &bytes[panel * panelBytes],
                  o % perGroup % kPanelWidth)
        .write();
  }
  for (int64_t p = 0; p < groups * panels && layout.superScales; ++p) {
    int64_t row = (p / panels * perGroup + p % panels * kPanelWidth) /
                  qnn::kSuperRows * layout.superScales;
    char *to = &bytes[p * panelBytes + layout.getSuperScaleOffset()];
    for (int64_t i = 0; i < layout.superScales; ++i)
      llvm::support::endian::write32le(
          to + i * sizeof(float),
          llvm::bit_cast<uint32_t>(weight.superScales[row + i]));
  }
  auto type = mlir::RankedTensorType::get(
      {groups * panels, panelBytes},
      mlir::IntegerType::get(packing.getContext(), 8));
  return mlir::DenseElementsAttr::getFromRawBuffer(type, bytes);
}
