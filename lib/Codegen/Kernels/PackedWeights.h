//===- PackedWeights.h - Reading packed weights -----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Makes vectors of the codes, scales and zero points in the panels of a packed
/// kernel (see `#qvec.packing`).
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_PACKEDWEIGHTS_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_PACKEDWEIGHTS_H

#include "KernelEmitter.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"

namespace quantopt {

/// Some consecutive output channels of one panel.
struct PanelChannels {
  Value panel; // offset in bytes
  Value first; // in the panel
  int64_t count;
};

class PackedWeights {
public:
  explicit PackedWeights(KernelEmitter &e)
      : packing(e.kernel.getPacking()->getExpanded()), layout(e.kernel), e(e),
        panels(e.weight) {}

  const qvec::PackingAttr packing;
  const PackedLayout layout;

  bool isSigned() const { return packing.isSigned(); }
  /// The scales of a block as `f32`.
  Value loadScales(const PanelChannels &channels, Value block) const;
  /// The zero points of a block as `i32`, whether they are stored or all the
  /// same.
  Value loadZeroPoints(const PanelChannels &channels, Value block) const;
  /// The same as bytes, four for each channel.
  Value loadZeroPointBytes(const PanelChannels &channels, Value block) const;

  /// Reads the panels of a tile from here, which `expandPanels` has filled.
  void readFrom(const FlatBuffer &buffer) { panels = buffer; }

private:
  friend class ChunkReader;
  Value loadSuperScale(const PanelChannels &channels, Value block) const;
  Value loadBytes(const PanelChannels &channels, Value offset,
                  int64_t bytesPerChannel) const;

  KernelEmitter &e;
  FlatBuffer panels;
};

/// Emits the expansion of masked panels (see `#qvec.packing`) into a buffer of
/// bytes: of `count` ones from `panel` on, the channels from `first` of them.
void expandPanels(KernelEmitter &e, Value panel, int64_t count,
                  const PanelChannels &channels, const FlatBuffer &to);

/// The codes of one chunk, for channels that fill vectors.
class ChunkReader {
public:
  ChunkReader(const PackedWeights &weights, const PanelChannels &channels,
              Value chunk, int64_t codes)
      : weights(weights), channels(channels), chunk(chunk), codes(codes),
        loaded(weights.layout.planes.size()) {}

  /// The four codes of a step, as bytes of each channel.
  Value getStep(int64_t step) { return getBits(step, 0, 8); }
  /// The same without the shift, where codes are one plane of 4 bits: codes of
  /// odd steps come multiplied by 16.
  Value getStepInPlace(int64_t step);
  /// One code of each channel as `i32`.
  Value getCode(int64_t code);

private:
  struct Loaded {
    int64_t number = -1;
    Value bytes;
  };

  /// Bits of the codes of a step, joined from all planes. Elements have `width`
  /// bits, the codes' bytes start at bit `first` of them.
  Value getBits(int64_t step, int64_t first, int64_t width);
  Value getVector(unsigned plane, int64_t number);

  const PackedWeights &weights;
  PanelChannels channels;
  Value chunk;
  int64_t codes;
  /// The vector of each plane that was loaded last.
  SmallVector<Loaded> loaded;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_PACKEDWEIGHTS_H
