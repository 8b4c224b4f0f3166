//===- Zip.cpp - Members of zip archives ----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// Only what .npz files need: the central directory with its 64-bit extension,
/// stored and deflated members of one-part archives.
///
//===----------------------------------------------------------------------===//

#include "ByteSource.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Endian.h"
#include <zlib.h>

using namespace quantopt;
using llvm::support::endian::read16le;
using llvm::support::endian::read32le;
using llvm::support::endian::read64le;

/// Sizes of the fixed parts of an archive's records.
enum : uint64_t {
  EndSize = 22,
  End64Size = 56,
  LocatorSize = 20,
  EntrySize = 46,
  LocalSize = 30
};

/// The error of a damaged or unsupported archive.
template <typename... Ts>
static llvm::Error fail(const char *format, Ts... values) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), format,
                                 values...);
}

//===----------------------------------------------------------------------===//
// The directory
//===----------------------------------------------------------------------===//

namespace {
/// Where the central directory is.
struct Directory {
  uint64_t offset, size, entries;
};
} // namespace

/// Reads the 64-bit end record whose locator stands before the end record.
static llvm::Error readEnd64(ByteSource &archive, uint64_t endOffset,
                             Directory &directory) {
  if (endOffset < LocatorSize)
    return fail("damaged zip archive: no 64-bit directory");
  char locator[LocatorSize], end[End64Size];
  if (llvm::Error error = archive.read(endOffset - LocatorSize, locator))
    return error;
  if (read32le(locator) != 0x07064b50)
    return fail("damaged zip archive: no 64-bit directory");
  uint64_t offset = read64le(locator + 8);
  if (offset > archive.getSize() || archive.getSize() - offset < End64Size)
    return fail("damaged zip archive: no 64-bit directory");
  if (llvm::Error error = archive.read(offset, end))
    return error;
  if (read32le(end) != 0x06064b50)
    return fail("damaged zip archive: no 64-bit directory");
  directory = {read64le(end + 48), read64le(end + 40), read64le(end + 32)};
  return llvm::Error::success();
}

/// Finds the end record, which a comment of at most 65535 bytes may follow.
static llvm::Error findDirectory(ByteSource &archive, Directory &directory) {
  uint64_t size = archive.getSize();
  uint64_t tailSize = std::min<uint64_t>(size, EndSize + 65535);
  if (size < EndSize)
    return fail("truncated zip archive");
  SmallVector<char, 0> tail(tailSize);
  if (llvm::Error error = archive.read(size - tailSize, tail))
    return error;
  for (uint64_t at = tailSize - EndSize + 1; at-- > 0;) {
    const char *end = tail.data() + at;
    if (read32le(end) != 0x06054b50 ||
        read16le(end + 20) != tailSize - at - EndSize)
      continue;
    directory = {read32le(end + 16), read32le(end + 12), read16le(end + 10)};
    if (directory.offset != UINT32_MAX && directory.size != UINT32_MAX &&
        directory.entries != UINT16_MAX)
      return llvm::Error::success();
    return readEnd64(archive, size - tailSize + at, directory);
  }
  return fail("truncated zip archive: its directory is missing");
}

/// Replaces sizes and offset that do not fit 32 bits by those of the extra
/// field with number 1, in the order in which they stand there.
static bool readExtra64(StringRef extra, ZipMember &member) {
  while (extra.size() >= 4) {
    uint16_t id = read16le(extra.data()), size = read16le(extra.data() + 2);
    extra = extra.drop_front(4);
    if (size > extra.size())
      return false;
    StringRef field = extra.take_front(size);
    extra = extra.drop_front(size);
    if (id != 1)
      continue;
    for (uint64_t *value :
         {&member.size, &member.storedSize, &member.headerOffset}) {
      if (*value != UINT32_MAX)
        continue;
      if (field.size() < 8)
        return false;
      *value = read64le(field.data());
      field = field.drop_front(8);
    }
  }
  return true;
}

/// Reads the entry at the start of `bytes` and drops it from there.
static llvm::Error readEntry(StringRef &bytes, ZipMember &member) {
  if (bytes.size() < EntrySize || read32le(bytes.data()) != 0x02014b50)
    return fail("damaged zip archive: bad directory entry");
  const char *entry = bytes.data();
  uint64_t nameSize = read16le(entry + 28), extraSize = read16le(entry + 30),
           commentSize = read16le(entry + 32);
  if (bytes.size() < EntrySize + nameSize + extraSize + commentSize)
    return fail("damaged zip archive: bad directory entry");
  member.name = bytes.substr(EntrySize, nameSize).str();
  member.checksum = read32le(entry + 16);
  member.storedSize = read32le(entry + 20);
  member.size = read32le(entry + 24);
  member.headerOffset = read32le(entry + 42);
  if (!readExtra64(bytes.substr(EntrySize + nameSize, extraSize), member))
    return fail("damaged zip archive: bad 64-bit sizes of '%s'",
                member.name.c_str());
  uint16_t flags = read16le(entry + 8), method = read16le(entry + 10);
  if (flags & 1)
    return fail("zip member '%s' is encrypted", member.name.c_str());
  if (method != 0 && method != 8)
    return fail("zip member '%s' uses compression method %d; expected 0 "
                "(stored) or 8 (deflate)",
                member.name.c_str(), method);
  member.deflated = method == 8;
  bytes = bytes.drop_front(EntrySize + nameSize + extraSize + commentSize);
  return llvm::Error::success();
}

llvm::Expected<std::vector<ZipMember>>
quantopt::readZipDirectory(ByteSource &archive) {
  Directory directory;
  if (llvm::Error error = findDirectory(archive, directory))
    return std::move(error);
  uint64_t size = archive.getSize();
  if (directory.offset > size || directory.size > size - directory.offset ||
      directory.entries > directory.size / EntrySize)
    return fail("damaged zip archive: its directory is out of bounds");
  SmallVector<char, 0> bytes(directory.size);
  if (llvm::Error error = archive.read(directory.offset, bytes))
    return std::move(error);
  StringRef rest(bytes.data(), bytes.size());
  std::vector<ZipMember> members(directory.entries);
  for (ZipMember &member : members)
    if (llvm::Error error = readEntry(rest, member))
      return std::move(error);
  return members;
}

//===----------------------------------------------------------------------===//
// Members
//===----------------------------------------------------------------------===//

namespace {
/// A part of another source.
class SliceSource : public ByteSource {
public:
  SliceSource(std::shared_ptr<ByteSource> whole, uint64_t begin, uint64_t size)
      : whole(std::move(whole)), begin(begin), size(size) {}

  uint64_t getSize() const override { return size; }

  llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) override {
    if (offset > size || bytes.size() > size - offset)
      return fail("truncated zip member");
    return whole->read(begin + offset, bytes);
  }

  void release() override { whole->release(); }

private:
  std::shared_ptr<ByteSource> whole;
  uint64_t begin, size;
};

/// Deflated bytes. Keeps its place in the stream: reading on is cheap, reading
/// what was before starts again from the front.
class InflateSource : public ByteSource {
public:
  InflateSource(std::shared_ptr<ByteSource> packed, uint64_t size)
      : packed(std::move(packed)), size(size) {}
  ~InflateSource() override { release(); }

  uint64_t getSize() const override { return size; }

  llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) override {
    if (offset > size || bytes.size() > size - offset)
      return fail("truncated zip member");
    if (!active || offset < position)
      if (llvm::Error error = restart())
        return error;
    char skipped[4096];
    while (position < offset) {
      uint64_t count = std::min<uint64_t>(sizeof(skipped), offset - position);
      if (llvm::Error error = inflateTo({skipped, size_t(count)}))
        return error;
    }
    return inflateTo(bytes);
  }

  void release() override {
    if (active)
      inflateEnd(&stream);
    active = false;
    input = {};
    packed->release();
  }

private:
  /// Goes to the front of the stream.
  llvm::Error restart() {
    if (active)
      inflateEnd(&stream);
    stream = {};
    // Negative: a bare stream, without the header that zlib puts around it.
    active = inflateInit2(&stream, -15) == Z_OK;
    if (!active)
      return fail("out of memory");
    position = consumed = 0;
    return llvm::Error::success();
  }

  /// Provides more packed bytes; none at the end.
  llvm::Error refill() {
    uint64_t count = std::min<uint64_t>(1 << 16, packed->getSize() - consumed);
    input.resize(count);
    if (llvm::Error error = packed->read(consumed, input))
      return error;
    consumed += count;
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = count;
    return llvm::Error::success();
  }

  /// Writes the next bytes of the stream.
  llvm::Error inflateTo(MutableArrayRef<char> bytes) {
    while (!bytes.empty()) {
      if (stream.avail_in == 0)
        if (llvm::Error error = refill())
          return error;
      size_t piece = std::min<size_t>(bytes.size(), 1 << 20);
      stream.next_out = reinterpret_cast<Bytef *>(bytes.data());
      stream.avail_out = piece;
      int status = inflate(&stream, Z_NO_FLUSH);
      size_t got = piece - stream.avail_out;
      position += got;
      bytes = bytes.drop_front(got);
      if ((status != Z_OK && status != Z_STREAM_END) ||
          (status == Z_STREAM_END && !bytes.empty()))
        return fail("damaged zip member: its compressed data is invalid");
    }
    return llvm::Error::success();
  }

  std::shared_ptr<ByteSource> packed;
  uint64_t size;
  z_stream stream = {};
  bool active = false;
  uint64_t position = 0; // of the next byte that comes out
  uint64_t consumed = 0; // packed bytes read
  SmallVector<char, 0> input;
};

/// Compares the checksum of a member once all of it was read, from front to
/// back and with repetitions; reading parts of it checks nothing.
class CheckedSource : public ByteSource {
public:
  CheckedSource(std::shared_ptr<ByteSource> member, uint32_t checksum)
      : member(std::move(member)), expected(checksum) {}

  uint64_t getSize() const override { return member->getSize(); }

  llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) override {
    if (llvm::Error error = member->read(offset, bytes))
      return error;
    if (offset > checked || offset + bytes.size() <= checked)
      return llvm::Error::success();
    MutableArrayRef<char> added = bytes.drop_front(checked - offset);
    checksum = crc32_z(checksum, reinterpret_cast<const Bytef *>(added.data()),
                       added.size());
    checked += added.size();
    if (checked == getSize() && checksum != expected)
      return fail("damaged zip member: its checksum is %08x instead of %08x",
                  checksum, expected);
    return llvm::Error::success();
  }

  void release() override { member->release(); }

private:
  std::shared_ptr<ByteSource> member;
  uint32_t expected, checksum = 0;
  uint64_t checked = 0; ///< bytes that `checksum` is of
};
} // namespace

llvm::Expected<std::shared_ptr<ByteSource>>
quantopt::openZipMember(std::shared_ptr<ByteSource> archive,
                        const ZipMember &member) {
  const char *name = member.name.c_str();
  uint64_t size = archive->getSize();
  if (member.headerOffset > size || size - member.headerOffset < LocalSize)
    return fail("damaged zip archive: '%s' is out of bounds", name);
  char local[LocalSize];
  if (llvm::Error error = archive->read(member.headerOffset, local))
    return std::move(error);
  if (read32le(local) != 0x04034b50)
    return fail("damaged zip archive: '%s' has no header", name);
  // Its extra field differs from the directory's, so its length counts.
  uint64_t offset = member.headerOffset + LocalSize + read16le(local + 26) +
                    read16le(local + 28);
  if (offset > size || member.storedSize > size - offset)
    return fail("truncated zip archive: '%s' is out of bounds", name);
  // Deflate cannot shrink data by more than this.
  bool plausible = member.deflated ? member.size / 1040 <= member.storedSize
                                   : member.size == member.storedSize;
  if (!plausible)
    return fail("damaged zip archive: the sizes of '%s' contradict each other",
                name);
  std::shared_ptr<ByteSource> bytes = std::make_shared<SliceSource>(
      std::move(archive), offset, member.storedSize);
  if (member.deflated)
    bytes = std::make_shared<InflateSource>(std::move(bytes), member.size);
  return std::make_shared<CheckedSource>(std::move(bytes), member.checksum);
}
