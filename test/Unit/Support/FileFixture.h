//===- FileFixture.h - Temporary files for tests ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TEST_UNIT_SUPPORT_FILEFIXTURE_H
#define QUANTOPT_TEST_UNIT_SUPPORT_FILEFIXTURE_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <zlib.h>

namespace quantopt {

/// A test with a folder of its own, and makers of arrays and archives.
class FileFixture : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("quantopt", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  /// Returns the path of a file in the test's folder.
  std::string path(StringRef name) const { return (folder + "/" + name).str(); }

  /// Writes a file; returns its path.
  std::string write(StringRef name, StringRef bytes) const {
    std::error_code code;
    llvm::raw_fd_ostream stream(path(name), code);
    EXPECT_FALSE(code);
    stream << bytes;
    return path(name);
  }

  /// Reads a file.
  std::string read(StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "cannot read";
  }

  /// Returns the bytes of the values.
  template <typename T>
  static std::string bytesOf(const std::vector<T> &values) {
    return {reinterpret_cast<const char *>(values.data()),
            values.size() * sizeof(T)};
  }

  /// Returns a .npy file with this header text.
  static std::string npyWithText(const std::string &text,
                                 const std::string &data, int version = 1) {
    std::string file = "\x93NUMPY";
    file += static_cast<char>(version);
    file += '\0';
    size_t size = text.size();
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
      file += static_cast<char>(size >> 8 * i & 0xFF);
    return file + text + data;
  }

  /// Returns a .npy file; `type` and `shape` are Python expressions.
  static std::string npy(const std::string &type, const std::string &shape,
                         bool fortran, const std::string &data,
                         int version = 1) {
    return npyWithText("{'descr': " + type + ", 'fortran_order': " +
                           (fortran ? "True" : "False") +
                           ", 'shape': " + shape + ", }\n",
                       data, version);
  }

  /// Returns a zip archive of (name, contents) pairs.
  static std::string
  zip(const std::vector<std::pair<std::string, std::string>> &members,
      bool deflated) {
    std::string file, directory;
    for (const auto &[name, contents] : members) {
      std::string stored = deflated ? pack(contents) : contents;
      uint64_t checksum = crc32(
          0, reinterpret_cast<const Bytef *>(contents.data()), contents.size());
      std::string facts =
          number(20, 2) + number(0, 2) + number(deflated ? 8 : 0, 2) +
          number(0, 4) + number(checksum, 4) + number(stored.size(), 4) +
          number(contents.size(), 4) + number(name.size(), 2) + number(0, 2);
      directory += "PK\1\2" + number(20, 2) + facts + number(0, 10) +
                   number(file.size(), 4) + name;
      file += "PK\3\4" + facts + name + stored;
    }
    std::string count = number(members.size(), 2);
    return file + directory + "PK\5\6" + number(0, 4) + count + count +
           number(directory.size(), 4) + number(file.size(), 4) + number(0, 2);
  }

private:
  /// Returns a little-endian number of some bytes.
  static std::string number(uint64_t value, int bytes) {
    std::string result;
    for (int i = 0; i < bytes; ++i, value >>= 8)
      result += static_cast<char>(value & 0xFF);
    return result;
  }

  /// Returns bare deflated data.
  static std::string pack(const std::string &contents) {
    std::string result(compressBound(contents.size()) + 64, 0);
    z_stream stream = {};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    stream.next_in =
        reinterpret_cast<Bytef *>(const_cast<char *>(contents.data()));
    stream.avail_in = contents.size();
    stream.next_out = reinterpret_cast<Bytef *>(result.data());
    stream.avail_out = result.size();
    deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
  }

  llvm::SmallString<128> folder;
};

} // namespace quantopt

#endif // QUANTOPT_TEST_UNIT_SUPPORT_FILEFIXTURE_H
