//===- ByteSource.h - Bytes that are read piece by piece --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_SUPPORT_BYTESOURCE_H
#define QUANTOPT_LIB_SUPPORT_BYTESOURCE_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace quantopt {

/// Bytes of known number in a file, a part of a file, or compressed.
class ByteSource {
public:
  virtual ~ByteSource() = default;

  virtual uint64_t getSize() const = 0;

  /// Reads exactly `bytes.size()` bytes from `offset`; it is an error when
  /// there are fewer. Messages do not name the file.
  virtual llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) = 0;

  /// Gives up descriptors and buffers; a later read acquires them again.
  virtual void release() = 0;
};

/// Opens a file; what is no regular file, such as a pipe, is read to memory.
llvm::Expected<std::shared_ptr<ByteSource>> openByteSource(StringRef path);

/// A member of a zip archive.
struct ZipMember {
  std::string name;
  uint64_t headerOffset; ///< of the member's local header
  uint64_t storedSize;   ///< bytes in the archive
  uint64_t size;         ///< bytes of the member
  uint32_t checksum;     ///< CRC-32 of the member
  bool deflated;
};

/// Reads the list of members of a zip archive (also zip64).
llvm::Expected<std::vector<ZipMember>> readZipDirectory(ByteSource &archive);

/// Opens a member. Compressed data is decompressed as it is read, best from
/// front to back.
llvm::Expected<std::shared_ptr<ByteSource>>
openZipMember(std::shared_ptr<ByteSource> archive, const ZipMember &member);

} // namespace quantopt

#endif // QUANTOPT_LIB_SUPPORT_BYTESOURCE_H
