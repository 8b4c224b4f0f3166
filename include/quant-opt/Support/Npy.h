//===- Npy.h - Arrays in .npy and .npz files --------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// Reads arrays as a whole or a part at a time, converting by value, and writes
/// them. Messages start with the path. The format itself is in
/// `quant-opt-c/Npy.h`, which executables of models use as well.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_NPY_H
#define QUANTOPT_SUPPORT_NPY_H

#include "quant-opt-c/Npy.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace quantopt {
class ByteSource;
struct NpyFiles;

/// An array in memory: row-major, native byte order.
struct NpyArray {
  qo_type type = QO_F32;
  SmallVector<int64_t> shape;
  std::vector<char> bytes;

  int64_t getNumElements() const {
    return static_cast<int64_t>(bytes.size()) / qo_type_bytes(type);
  }

  /// Returns the elements as floats, rounded when a float cannot hold them.
  std::vector<float> toFloats() const;
};

/// An array on disk. Only the header is read at once.
class NpyFile {
public:
  /// Opens a .npy file. Fails when it is longer or shorter than its header
  /// says.
  static llvm::Expected<NpyFile> open(StringRef path);

  /// Returns "x.npy", or "x.npz:key" for a member of an archive.
  StringRef getName() const { return name; }

  const qo_npy &getHeader() const { return header; }
  qo_type getType() const { return header.type; }
  int64_t getNumElements() const { return header.elements; }
  ArrayRef<int64_t> getShape() const {
    return {header.shape, static_cast<size_t>(header.rank)};
  }

  /// Reads the elements [first, first + count) in row-major order as `type`
  /// into `result`, which holds `count * qo_type_bytes(type)` bytes. Needs
  /// little memory, unless the array is stored in Fortran order: that is kept
  /// in memory until `release`. Fails when `type` cannot hold an element.
  llvm::Error read(int64_t first, int64_t count, qo_type type, void *result);

  /// Reads everything, as the type of the file.
  llvm::Expected<NpyArray> readAll();

  /// Reads everything as floats.
  llvm::Expected<std::vector<float>> readFloats();

  /// Closes the file and frees buffers; a later read opens it again.
  void release();

private:
  friend llvm::Expected<NpyFiles> openNpyFiles(StringRef path);

  /// Reads the header from the start of `source`.
  static llvm::Expected<NpyFile> create(std::string name,
                                        std::shared_ptr<ByteSource> source);

  /// Fills `whole`, for arrays in Fortran order.
  llvm::Error readWhole();

  std::string name;
  std::shared_ptr<ByteSource> source;
  qo_npy header;
  std::vector<char> whole;
};

/// The arrays of a file.
struct NpyFiles {
  /// One for a .npy file. For a .npz archive all its members in its order; they
  /// are called "PATH:KEY".
  std::vector<NpyFile> files;
  bool isArchive = false;

  /// Returns the key of a member.
  StringRef getKey(size_t index) const {
    return StringRef(files[index].getName()).drop_front(prefixSize);
  }
  size_t prefixSize = 0; ///< of "PATH:"
};

/// Opens a .npy file or .npz archive; its first bytes tell which.
llvm::Expected<NpyFiles> openNpyFiles(StringRef path);

/// Reads a whole .npy file.
llvm::Expected<NpyArray> readNpy(StringRef path);

/// Writes a version 1.0 file, completely or not at all. `bytes` holds the
/// elements in row-major order; bf16 is written as f32.
llvm::Error writeNpy(StringRef path, qo_type type, ArrayRef<int64_t> shape,
                     ArrayRef<char> bytes);

/// Writes floats.
llvm::Error writeNpy(StringRef path, ArrayRef<int64_t> shape,
                     ArrayRef<float> values);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_NPY_H
