//===- ConsumedRows.cpp - Rows that a chain reads for the last time -------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConsumedRows.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

namespace {
/// Where the rows of an image are in its buffer, in bytes.
struct RowPlaces {
  int64_t first, stride;
};
} // namespace

/// The rows of an image that is one of `rows` rows, also when it is seen as a
/// single row.
static std::optional<RowPlaces> getPlaces(Value image, int64_t rows,
                                          bool isFlat) {
  auto type = cast<MemRefType>(image.getType());
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!type.hasStaticShape() || type.getRank() != 4 ||
      failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return std::nullopt;
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  int64_t stride = isFlat ? type.getDimSize(2) / rows * strides[2] : strides[1];
  return RowPlaces{offset * bytes, stride * bytes};
}

/// Whether ops other than the first one read the image, or that one twice.
static bool isReadElsewhere(const RowChain &chain, Value image) {
  for (RowOp op : chain.ops)
    for (OpOperand &operand : op.getOperation()->getOpOperands())
      if (!(op == chain.ops.front() && &operand == &op.getInput()) &&
          getViewedBuffer(operand.get()) == image)
        return true;
  return false;
}

/// For each band the first byte of the image that it or a later one reads;
/// `end` where none does.
static SmallVector<int64_t> findFirstReads(const BandPlan &plan,
                                           const BandStage &stage,
                                           RowPlaces rows, int64_t end) {
  SmallVector<int64_t> first(plan.bands.size(), end);
  for (size_t b = plan.bands.size(); b-- > 0;) {
    if (b + 1 < first.size())
      first[b] = first[b + 1];
    RowRange computed = plan.bands[b].computed.front();
    if (!computed.empty())
      first[b] =
          std::min(first[b], rows.first + getInputRows(stage, computed).begin *
                                              rows.stride);
  }
  return first;
}

std::optional<SmallVector<int64_t>>
quantopt::getRowDistances(const RowChain &chain, const BandPlan &plan) {
  RowOp first = chain.ops.front(), last = chain.ops.back();
  Value image = first.getInput().get(), result = last.getInit().get();
  SmallVector<BandStage> stages = chain.getStages();
  size_t lines = chain.buffers.size();
  auto source = getPlaces(image, stages.front().inputRows, chain.isFlat(0));
  auto target =
      getPlaces(result, stages.back().outputRows, chain.isFlat(lines));
  if (!source || !target || first.getInputRowDim() != 1 ||
      isReadElsewhere(chain, getViewedBuffer(image)))
    return std::nullopt;
  SmallVector<int64_t> reads =
      findFirstReads(plan, stages.front(), *source,
                     source->first + stages.front().inputRows * source->stride);
  SmallVector<int64_t> distances;
  for (size_t i = 0; i < lines; ++i) {
    auto *begin = llvm::find_if(plan.bands, [&](const Band &band) {
      return !band.computed[i].empty();
    });
    int64_t bytes = plan.capacities[i] * chain.buffers[i].getRowBytes();
    distances.push_back(begin == plan.bands.end()
                            ? bytes
                            : bytes - reads[begin - plan.bands.begin()]);
  }
  // Behind all of it if not less.
  int64_t distance = -stages.front().inputRows * source->stride;
  for (auto [band, read] : llvm::zip(plan.bands, reads))
    if (RowRange rows = band.computed.back(); !rows.empty())
      distance =
          std::max(distance, target->first + rows.end * target->stride - read);
  distances.push_back(distance);
  return distances;
}
