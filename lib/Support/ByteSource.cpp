//===- ByteSource.cpp - Bytes that are read piece by piece ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ByteSource.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace quantopt;
namespace fs = llvm::sys::fs;

/// The error of a read behind the end.
static llvm::Error failEnd() {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "truncated file");
}

namespace {
/// A regular file.
class FileSource : public ByteSource {
public:
  FileSource(StringRef path, uint64_t size) : path(path), size(size) {}
  ~FileSource() override { release(); }

  uint64_t getSize() const override { return size; }

  llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) override {
    if (!file) {
      auto opened = fs::openNativeFileForRead(path);
      if (!opened)
        return opened.takeError();
      file = *opened;
    }
    while (!bytes.empty()) {
      auto got = fs::readNativeFileSlice(*file, bytes, offset);
      if (!got)
        return got.takeError();
      if (*got == 0)
        return failEnd();
      offset += *got;
      bytes = bytes.drop_front(*got);
    }
    return llvm::Error::success();
  }

  void release() override {
    if (file)
      fs::closeFile(*file);
    file.reset();
  }

private:
  std::string path;
  uint64_t size;
  std::optional<fs::file_t> file;
};

/// Bytes in memory.
class MemorySource : public ByteSource {
public:
  MemorySource(std::unique_ptr<llvm::MemoryBuffer> buffer)
      : buffer(std::move(buffer)) {}

  uint64_t getSize() const override { return buffer->getBufferSize(); }

  llvm::Error read(uint64_t offset, MutableArrayRef<char> bytes) override {
    if (offset > getSize() || bytes.size() > getSize() - offset)
      return failEnd();
    std::memcpy(bytes.data(), buffer->getBufferStart() + offset, bytes.size());
    return llvm::Error::success();
  }

  void release() override {}

private:
  std::unique_ptr<llvm::MemoryBuffer> buffer;
};
} // namespace

llvm::Expected<std::shared_ptr<ByteSource>>
quantopt::openByteSource(StringRef path) {
  auto file = fs::openNativeFileForRead(path);
  if (!file)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(), "cannot open: %s",
        llvm::errorToErrorCode(file.takeError()).message().c_str());
  fs::file_status status;
  std::error_code code = fs::status(*file, status);
  std::shared_ptr<ByteSource> source;
  if (code) {
  } else if (status.type() == fs::file_type::directory_file) {
    code = std::make_error_code(std::errc::is_a_directory);
  } else if (status.type() == fs::file_type::regular_file) {
    source = std::make_shared<FileSource>(path, status.getSize());
  } else {
    auto buffer = llvm::MemoryBuffer::getOpenFile(
        *file, path, /*FileSize=*/-1, /*RequiresNullTerminator=*/false);
    code = buffer.getError();
    if (buffer)
      source = std::make_shared<MemorySource>(std::move(*buffer));
  }
  fs::closeFile(*file);
  if (!source)
    return llvm::createStringError(code, "cannot read: %s",
                                   code.message().c_str());
  return source;
}
