//===- FlatBuffer.h - Reading FlatBuffers with checks -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The wire format of FlatBuffers. Every position is checked when it is read,
/// so that no damaged file reads outside of its bytes; values are views, so
/// that no file asks for more memory than a few times its size. What
/// contradicts the format gives an empty value, and the file remembers the
/// first such problem.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_FLATBUFFER_H
#define QUANTOPT_LIB_IMPORT_TFLITE_FLATBUFFER_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include <string>

namespace quantopt::tflite {

/// A file in memory.
class FlatFile {
public:
  explicit FlatFile(ArrayRef<uint8_t> bytes) : bytes(bytes) {}

  ArrayRef<uint8_t> getBytes() const { return bytes; }
  /// The first problem; empty if there was none.
  StringRef getProblem() const { return problem; }
  void fail(const Twine &what) {
    if (problem.empty())
      problem = what.str();
  }

  /// The little-endian number at a position, or 0 and a problem.
  template <typename T> T read(uint64_t position) {
    if (position > bytes.size() || bytes.size() - position < sizeof(T)) {
      fail("a position lies outside of the file");
      return T(0);
    }
    return llvm::support::endian::read<T, llvm::endianness::little>(
        bytes.data() + position);
  }

private:
  ArrayRef<uint8_t> bytes;
  std::string problem;
};

/// A vector of numbers; its elements lie in the file.
template <typename T> class FlatVector {
public:
  FlatVector() = default;
  explicit FlatVector(ArrayRef<uint8_t> bytes) : bytes(bytes) {}

  size_t size() const { return bytes.size() / sizeof(T); }
  bool empty() const { return bytes.empty(); }
  T operator[](size_t i) const {
    return llvm::support::endian::read<T, llvm::endianness::little>(
        bytes.data() + i * sizeof(T));
  }
  ArrayRef<uint8_t> getBytes() const { return bytes; }

private:
  ArrayRef<uint8_t> bytes;
};

/// A table; fields are numbered in the order of the schema. A table that does
/// not exist has none.
class FlatTable {
public:
  FlatTable() = default;
  FlatTable(FlatFile &file, uint64_t position);

  /// The root of a file.
  static FlatTable getRoot(FlatFile &file);

  explicit operator bool() const { return file != nullptr; }

  template <typename T> T get(unsigned field, T missing) const {
    uint64_t position = find(field, sizeof(T));
    return position == 0 ? missing : file->read<T>(position);
  }
  template <typename T> FlatVector<T> getVector(unsigned field) const {
    return FlatVector<T>(getElements(field, sizeof(T)));
  }
  StringRef getString(unsigned field) const;
  FlatTable getTable(unsigned field) const;
  /// The positions of a vector of tables.
  FlatVector<uint32_t> getTables(unsigned field) const {
    return getVector<uint32_t>(field);
  }
  /// Table `i` of such a vector.
  FlatTable getTableAt(FlatVector<uint32_t> tables, size_t i) const;

private:
  /// The position of a field with this many bytes, 0 if it is left out.
  uint64_t find(unsigned field, uint64_t size) const;
  /// Where the offset at a position leads.
  uint64_t follow(uint64_t position) const {
    return position + file->read<uint32_t>(position);
  }
  /// The elements of a vector.
  ArrayRef<uint8_t> getElements(unsigned field, uint64_t size) const;

  FlatFile *file = nullptr;
  uint64_t position = 0, fields = 0;
  uint16_t fieldsSize = 0, tableSize = 0;
};

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_FLATBUFFER_H
