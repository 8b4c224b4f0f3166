//===- Npz.cpp - Archives of arrays ---------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Npz.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

/// The version of the format that has 64-bit sizes.
static constexpr uint16_t kVersion = 45;
/// 1 January 1980, the first date there is.
static constexpr uint32_t kDate = 0x00210000;
/// Header and contents of the extra field with two 64-bit sizes.
static constexpr uint16_t kSizesBytes = 20;
/// The same and the offset.
static constexpr uint16_t kEntryExtraBytes = 28;

void NpzWriter::write16(uint16_t value) {
  llvm::support::endian::write(stream, value, llvm::endianness::little);
  offset += 2;
}

void NpzWriter::write32(uint32_t value) {
  llvm::support::endian::write(stream, value, llvm::endianness::little);
  offset += 4;
}

void NpzWriter::write64(uint64_t value) {
  llvm::support::endian::write(stream, value, llvm::endianness::little);
  offset += 8;
}

void NpzWriter::writeFacts(const Entry &entry, uint16_t extraSize) {
  write16(kVersion);
  write16(0); // flags
  write16(0); // stored
  write32(kDate);
  write32(entry.checksum);
  write32(UINT32_MAX); // both sizes are in the extra field
  write32(UINT32_MAX);
  write16(uint16_t(entry.name.size()));
  write16(extraSize);
}

void NpzWriter::add(StringRef key, qo_type type, ArrayRef<int64_t> shape,
                    ArrayRef<char> bytes) {
  char header[QO_NPY_MAX_WRITTEN];
  size_t headerSize = qo_npy_format(type, shape.data(), shape.size(), header);
  auto asBytes = [](ArrayRef<char> data) {
    return ArrayRef(reinterpret_cast<const uint8_t *>(data.data()),
                    data.size());
  };
  uint32_t checksum = llvm::crc32(asBytes({header, headerSize}));
  checksum = llvm::crc32(checksum, asBytes(bytes));
  Entry entry{(key + ".npy").str(), offset, headerSize + bytes.size(),
              checksum};
  write32(0x04034b50);
  writeFacts(entry, kSizesBytes);
  stream << entry.name;
  write16(1);
  write16(kSizesBytes - 4);
  write64(entry.size);
  write64(entry.size);
  stream.write(header, headerSize);
  stream.write(bytes.data(), bytes.size());
  offset += entry.name.size() + entry.size;
  entries.push_back(std::move(entry));
}

void NpzWriter::finish() {
  uint64_t start = offset;
  for (const Entry &entry : entries) {
    write32(0x02014b50);
    write16(kVersion);
    writeFacts(entry, kEntryExtraBytes);
    write16(0); // comment
    write16(0); // disk
    write16(0); // attributes
    write32(0);
    write32(UINT32_MAX); // the offset is in the extra field
    stream << entry.name;
    offset += entry.name.size();
    write16(1);
    write16(kEntryExtraBytes - 4);
    write64(entry.size);
    write64(entry.size);
    write64(entry.offset);
  }
  uint64_t end = offset;
  write32(0x06064b50);
  write64(44); // bytes of this record behind this number
  write16(kVersion);
  write16(kVersion);
  write32(0); // disks
  write32(0);
  write64(entries.size());
  write64(entries.size());
  write64(end - start);
  write64(start);
  write32(0x07064b50);
  write32(0);
  write64(end);
  write32(1);
  write32(0x06054b50);
  write32(0);          // disks
  write16(UINT16_MAX); // the rest is in the 64-bit record
  write16(UINT16_MAX);
  write32(UINT32_MAX);
  write32(UINT32_MAX);
  write16(0); // comment
}
