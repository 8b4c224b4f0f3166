//===- PackedLayout.cpp - Where packed weights are ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using llvm::divideCeil;
using qvec::kPanelWidth;

llvm::SmallVector<CodePlane> quantopt::getCodePlanes(int64_t bits,
                                                     int64_t shift) {
  llvm::SmallVector<CodePlane> planes;
  int64_t bit = shift, end = bits + shift;
  for (int64_t width = 8; width > 0;) {
    if (end - bit < width) {
      width /= 2;
      continue;
    }
    planes.push_back({bit, width});
    bit += width;
  }
  return planes;
}

/// The codes that a channel of the kernel has.
static int64_t getDepth(qvec::KernelOp kernel) {
  auto input = llvm::cast<mlir::ShapedType>(kernel.getInput().getType());
  llvm::ArrayRef<int64_t> window = kernel.getWindow().getKernel();
  return window[0] * window[1] * input.getShape()[3] /
         int64_t(kernel.getGroups());
}

PackedLayout::PackedLayout(qvec::PackingAttr packing, int64_t depth)
    : planes(getCodePlanes(packing.getBits(), packing.getShift())),
      depth(depth), block(packing.getBlock() == 0 ? depth : packing.getBlock()),
      blocks(divideCeil(depth, block)), chunk(packing.getChunk()),
      scaleBytes(packing.hasScales()
                     ? packing.getScale().getIntOrFloatBitWidth() / 8
                     : 0),
      zeroPointBytes(packing.getZeroPoints() ? 1 : 0),
      superScales(packing.hasSuperScales()
                      ? int64_t(divideCeil(blocks, kSuperBlocks))
                      : 0) {
  chunks = (blocks - 1) * getChunksPerBlock() +
           divideCeil(getBlockSize(blocks - 1), chunk);
}

PackedLayout::PackedLayout(qvec::KernelOp kernel)
    : PackedLayout(kernel.getPacking()->getExpanded(), getDepth(kernel)) {}

int64_t PackedLayout::getChunksPerBlock() const {
  return divideCeil(block, chunk);
}

int64_t PackedLayout::getPlaneVectors(const CodePlane &plane, int64_t codes) {
  return divideCeil(divideCeil(codes, kStep), plane.getStepsPerVector());
}

int64_t PackedLayout::getPlaneOffset(unsigned plane, int64_t codes) const {
  int64_t vectors = 0;
  for (unsigned p = 0; p < plane; ++p)
    vectors += getPlaneVectors(planes[p], codes);
  return vectors * kVectorBytes;
}

int64_t PackedLayout::getChunkBytes(int64_t codes) const {
  return getPlaneOffset(planes.size(), codes);
}

int64_t PackedLayout::getChunkOffset(int64_t i) const {
  return i * getChunkBytes(chunk);
}

int64_t PackedLayout::getScaleOffset(int64_t b) const {
  int64_t last = depth - (blocks - 1) * block;
  int64_t codes = getChunkOffset(chunks - 1) +
                  getChunkBytes(last - (divideCeil(last, chunk) - 1) * chunk);
  return codes + b * scaleBytes * kPanelWidth;
}

int64_t PackedLayout::getZeroPointOffset(int64_t b) const {
  return getScaleOffset(blocks) + b * zeroPointBytes * kPanelWidth;
}

int64_t PackedLayout::getPanelBytes() const {
  return getSuperScaleOffset() + superScales * int64_t(sizeof(float));
}
