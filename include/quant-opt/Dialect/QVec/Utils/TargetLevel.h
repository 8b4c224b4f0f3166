//===- TargetLevel.h - What code generation asks of a target -----*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What `qvec.target` names: a row of the table of processor levels. Code
/// asks for properties and never for a target's name; the rows themselves live
/// in `Target/`.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_TARGETLEVEL_H
#define QUANTOPT_DIALECT_QVEC_UTILS_TARGETLEVEL_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace quantopt {

/// One row of the target table: a processor level and the facts that kernel
/// selection needs.
struct TargetLevel {
  llvm::StringRef name;
  /// Architecture of the LLVM triple ("x86_64"); empty fits every one.
  llvm::StringRef arch;
  /// The LLVM cpu and features that code for this level is generated with.
  llvm::StringRef cpu;
  llvm::StringRef features;
  /// LLVM features (comma-separated) that a cpu must have to use this row.
  llvm::StringRef requires_;
  /// Bytes of a vector register, and the number of such registers.
  int64_t vectorBytes;
  int64_t vectorRegisters;
  /// Products that one instruction adds per 32-bit lane: 4 or 2 (see
  /// `qvec.dot4` and `qvec.dot2`).
  int64_t dotGroup;
  /// Whether 8-bit activations are kept as unsigned bytes (value + 128).
  bool unsignedActivations;
  /// Whether binary32 fused multiply-add and round-to-integral instructions
  /// exist.
  bool hasFma;
  bool hasRound;
  /// Entries of a table of bytes from which one instruction looks up a vector
  /// (see `getTableIntrinsic`): 128, 16 or 0.
  int64_t tableEntries;
  /// Registers for the tiles of `qvec.tile_mma`; 0 where there are none.
  int64_t tileRegisters;
  /// Bytes of the largest cache of its own that a core of the level usually
  /// has; 0 where nothing is known.
  int64_t cacheBytes;
  /// Whether the default artefact for this architecture contains the level.
  bool inDefaultArtefact;

  int64_t getLanes() const { return vectorBytes / 4; }
  /// What is added to a signed 8-bit activation when it is stored.
  int64_t getActivationOffset() const { return unsignedActivations ? 128 : 0; }
};

/// All levels; within an architecture the best comes first. The last row fits
/// every architecture.
llvm::ArrayRef<TargetLevel> getTargetLevels();

/// The row with this name, or null.
const TargetLevel *findTargetLevel(llvm::StringRef name);

/// The row that a function's `qvec.target` names; the generic row when it has
/// none.
const TargetLevel &getTargetLevel(mlir::Operation *op);

/// The LLVM intrinsic that adds `group` products of bytes (4) or of 16-bit
/// integers (2) to each of `lanes` lanes; nothing when the level has none. With
/// group 2 the intrinsic returns the products' sums without adding them.
std::optional<llvm::StringRef> getDotIntrinsic(const TargetLevel &level,
                                               int64_t group, int64_t lanes);

/// The LLVM intrinsic that multiplies pairs of 16-bit integers and adds the two
/// products, for each of the level's lanes; nothing when the level has none.
std::optional<llvm::StringRef> getPairIntrinsic(const TargetLevel &level);

/// LLVM intrinsics that saturate two vectors of the level to one of integers
/// half as wide, separately in each block of 128 bits.
struct PackIntrinsics {
  /// 32 to 16 bits, signed.
  llvm::StringRef words;
  /// Signed 16 bits to signed and to unsigned bytes.
  llvm::StringRef signedBytes, unsignedBytes;
};

/// The level's packing instructions; nothing when it has none.
std::optional<PackIntrinsics> getPackIntrinsics(const TargetLevel &level);

/// The LLVM intrinsic that looks up bytes in a table of `level.tableEntries`
/// entries for `lanes` lanes; nothing when the level has none.
///
/// * 128 entries: `(low, index, high)`. Bits 0 to 6 of the index choose from
/// two
///   vectors of 64 entries, bit 7 is ignored.
/// * 16 entries: `(table, index)`, the table repeated in each block of 16
///   lanes. The result is 0 where bit 7 of the index is set; bits 4 to 6 are
///   ignored.
std::optional<llvm::StringRef> getTableIntrinsic(const TargetLevel &level,
                                                 int64_t lanes);

/// LLVM intrinsics on tiles. Sizes are `i16`; rows are counted, and what they
/// hold is given in bytes.
struct TileIntrinsics {
  /// A tile's type, as MLIR prints it.
  llvm::StringRef type;
  /// `(rows, bytes, address, stride in bytes)`, and the tile to store.
  llvm::StringRef load, store;
  /// `(rows, bytes of sums, bytes of lhs, sums, lhs, rhs)`, for unsigned and
  /// for signed elements of lhs.
  llvm::StringRef multiplyUnsigned, multiplySigned;
};

/// The tile instructions of the function's level; nothing when it has none, or
/// when the function's features leave them out.
std::optional<TileIntrinsics> getTileIntrinsics(mlir::Operation *func);

/// The LLVM intrinsic `(table, index)` that picks entries of a table of `lanes`
/// 32-bit floats, a vector of the level; nothing when the level has none.
std::optional<llvm::StringRef> getPermuteIntrinsic(const TargetLevel &level,
                                                   int64_t lanes);

/// The targets that an artefact for this triple contains, best first. `cpu` is
/// empty for the portable default (all levels of the default artefact),
/// "native" for this machine, the name of a level, or an LLVM cpu name.
llvm::Expected<llvm::SmallVector<qvec::TargetAttr>>
resolveTargets(mlir::MLIRContext *context, llvm::StringRef triple,
               llvm::StringRef cpu, llvm::StringRef features);

/// The triple of this machine.
std::string getHostTriple();

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_TARGETLEVEL_H
