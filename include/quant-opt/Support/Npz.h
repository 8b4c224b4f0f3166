//===- Npz.h - Archives of arrays -------------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_NPZ_H
#define QUANTOPT_SUPPORT_NPZ_H

#include "quant-opt/Support/Npy.h"

namespace quantopt {

/// Writes a .npz archive from front to back, one array in memory at a time.
/// Members are stored, with 64-bit sizes and a fixed date: equal arrays give
/// equal bytes. `openNpyFiles` reads it, and so does NumPy.
class NpzWriter {
public:
  explicit NpzWriter(llvm::raw_ostream &stream) : stream(stream) {}

  /// Adds an array of row-major elements. Requires a shape that fits `bytes`.
  void add(StringRef key, qo_type type, ArrayRef<int64_t> shape,
           ArrayRef<char> bytes);

  /// Writes the directory; nothing may be added afterwards.
  void finish();

private:
  /// A member, as the directory lists it.
  struct Entry {
    std::string name;
    uint64_t offset, size;
    uint32_t checksum;
  };

  /// Writes numbers of 2, 4 and 8 bytes in little-endian order.
  void write16(uint16_t value);
  void write32(uint32_t value);
  void write64(uint64_t value);
  /// Writes what local headers and entries of the directory share.
  void writeFacts(const Entry &entry, uint16_t extraSize);

  llvm::raw_ostream &stream;
  std::vector<Entry> entries;
  uint64_t offset = 0;
};

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_NPZ_H
