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
  /// Properties that a level has or has not.
  enum Flags : unsigned {
    kNone = 0,
    /// 8-bit activations are kept as unsigned bytes (value + 128).
    kUnsignedActivations = 1,
    /// Binary32 fused multiply-add, and round-to-integral instructions exist.
    kFma = 2,
    kRound = 4,
    /// Binary64 arithmetic exists.
    kDoubles = 8,
    /// The default artefact for the architecture contains the level.
    kDefault = 16,
    /// Code that computes with integers alone leaves the registers of floats
    /// alone: an interrupt that saves them takes longer.
    kNoImplicitFloat = 32,
    /// Few registers, and code that is emitted in an order that fits them: LLVM
    /// must not change it before it allocates registers.
    kKeepOrder = 64,
    /// A dot product of bytes can take the four bytes that it repeats from any
    /// place in a vector register, but not from memory.
    kIndexedDots = 128,
    /// General registers of 64 bits, in which a multiplication and an addition
    /// serve two sums of 32 bits.
    kPairedSums = 256,
    /// An instruction divides vectors of integers.
    kVectorDivision = 512,
  };

  llvm::StringRef name;
  /// Architecture as `llvm::Triple::getArchTypeName` has it ("x86_64",
  /// "thumb"); empty fits every one.
  llvm::StringRef arch;
  /// The LLVM cpu and features that code for this level is generated with.
  llvm::StringRef cpu;
  llvm::StringRef features;
  /// LLVM features (comma-separated) that a cpu must have to use this row.
  llvm::StringRef requires_;
  /// Bytes of a vector register, and the number of such registers; 4 bytes mean
  /// general registers of a processor without vectors.
  int64_t vectorBytes;
  int64_t vectorRegisters;
  /// Products that one instruction adds per 32-bit lane: 16 (see
  /// `qvec.reduce_dot`), 4 (`qvec.dot4`), 2 (`qvec.dot2`) or 1.
  int64_t dotGroup;
  /// Taps that a depthwise kernel of integers interleaves: 4, 2 or 1.
  int64_t depthwiseGroup;
  /// Modelled time of adding a step's products to a vector of sums, and of
  /// loading (and preparing) a factor, in units of a vector instruction.
  double dotCost;
  double operandCost;
  /// The shift of the high products that requantize sums (see
  /// `qvec.multiply_high`); 0 where floats do it.
  int64_t requantizeShift;
  unsigned flags;
  /// Entries of a table of bytes from which one instruction looks up a vector
  /// (see `getTableIntrinsic`): 128, 64, 16 or 0.
  int64_t tableEntries;
  /// Registers for the tiles of `qvec.tile_mma`; 0 where there are none.
  int64_t tileRegisters;
  /// Bytes of a core's own largest cache; 0 where nothing is known, -1 where
  /// memory is counted in kilobytes, without a cache, and comes before time.
  int64_t cacheBytes;

  bool has(Flags flag) const { return flags & flag; }
  bool hasVectors() const { return vectorBytes > 4; }
  bool hasFma() const { return has(kFma); }
  bool hasRound() const { return has(kRound); }
  /// Whether memory is counted in kilobytes, which come before time.
  bool hasSmallMemory() const { return cacheBytes < 0; }
  bool unsignedActivations() const { return has(kUnsignedActivations); }
  int64_t getLanes() const { return vectorBytes / 4; }
  /// Bytes of a channel in a step of an integer contraction's weights.
  int64_t getContractionGroup() const {
    return dotGroup == 2 && hasVectors() ? 4 : dotGroup;
  }
  /// Whether contractions of bytes have paired strategies.
  bool pairsWords() const { return dotGroup == 2 && !hasVectors(); }
  /// Sums in a vector of an integer contraction.
  int64_t getContractionLanes() const {
    return getContractionGroup() == 16 ? 1 : getLanes();
  }
  /// What is added to a signed 8-bit activation when it is stored.
  int64_t getActivationOffset() const {
    return unsignedActivations() ? 128 : 0;
  }
};

/// All levels; within an architecture the best comes first. The last row fits
/// every architecture.
llvm::ArrayRef<TargetLevel> getTargetLevels();

/// The row with this name, or null.
const TargetLevel *findTargetLevel(llvm::StringRef name);

/// The row that a function's `qvec.target` names; the generic row when it has
/// none.
const TargetLevel &getTargetLevel(mlir::Operation *op);

/// The LLVM intrinsic that adds `group` products of bytes (4), the first of
/// each without sign if `unsignedLhs`, or of 16-bit integers (2) to each of
/// `lanes` lanes; nothing when the level has none. With group 2 the intrinsic
/// returns the products' sums without adding them.
std::optional<llvm::StringRef> getDotIntrinsic(const TargetLevel &level,
                                               int64_t group, int64_t lanes,
                                               bool unsignedLhs);

/// The LLVM intrinsic `(acc, lhs, rhs)` that is `qvec.mmla`; nothing when the
/// level has none.
std::optional<llvm::StringRef> getMmlaIntrinsic(const TargetLevel &level,
                                                bool unsignedLhs);

/// LLVM intrinsics on general registers that hold two words or four bytes.
struct WordIntrinsics {
  /// Bytes 0 and 2 with their sign as words.
  llvm::StringRef widen;
  /// `(x, y, sum)`: the products of both words are added to the sum.
  llvm::StringRef multiply;
};

/// The level's instructions on words; nothing when it has none.
std::optional<WordIntrinsics> getWordIntrinsics(const TargetLevel &level);

/// The LLVM intrinsic `(value, factor)` that is `qvec.multiply_high` with the
/// level's shift on `lanes` lanes; nothing when the level has none.
std::optional<llvm::StringRef> getHighIntrinsic(const TargetLevel &level,
                                                int64_t lanes);

/// The LLVM intrinsic that adds neighbours of 8 words of 16 bits into 32 bits;
/// nothing when the level has none.
std::optional<llvm::StringRef> getPairwiseIntrinsic(const TargetLevel &level);

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
/// * 64 entries: `(others, table, table, table, table, index)`, four vectors of
///   16 entries. Where an index is 64 or more the result is that of `others`.
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

/// The LLVM intrinsic `(values, others, mask)` that spreads consecutive bytes
/// over the lanes of a mask, a vector of the level; nothing when the level has
/// none.
std::optional<llvm::StringRef> getExpandIntrinsic(const TargetLevel &level,
                                                  int64_t lanes);

/// The targets that an artefact for this triple contains, best first. `cpu` is
/// empty for the portable default (all levels of the default artefact),
/// "native" for this machine, the name of a level, or an LLVM cpu name.
llvm::Expected<llvm::SmallVector<qvec::TargetAttr>>
resolveTargets(mlir::MLIRContext *context, llvm::StringRef triple,
               llvm::StringRef cpu, llvm::StringRef features);

/// Whether code for a processor has the flag `kKeepOrder`.
bool keepsOrder(llvm::StringRef triple, llvm::StringRef cpu,
                llvm::StringRef features);

/// Bits of an index of the triple's processors.
unsigned getIndexBits(llvm::StringRef triple);

/// The table of levels as text, for `--list-targets`.
std::string describeTargets();

/// The triple of this machine.
std::string getHostTriple();

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_TARGETLEVEL_H
