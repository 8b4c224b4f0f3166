//===- ConvertLookups.cpp - Tables of bytes -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvertLookups.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "quant-opt/Dialect/QVec/Utils/MaskedPanels.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// Vectors of at most this many lanes are looked up one by one: permutations
/// cost the same for all lanes.
static constexpr int64_t kFewLanes = 4;
/// Entries that a permutation of 16 entries covers.
static constexpr int64_t kBlock = 16;
/// Entries that one of four vectors covers.
static constexpr int64_t kQuarter = 64;

namespace {
/// Emits the look-up of one vector as long as the level's permutation.
class TablePermuter {
public:
  TablePermuter(OpBuilder &builder, Location loc, ArrayRef<int8_t> table,
                int64_t lanes, StringRef intrinsic)
      : b(builder), loc(loc), table(table),
        type(VectorType::get({lanes}, b.getI8Type())), intrinsic(intrinsic) {}

  Value permute(Value index, int64_t entries) {
    return entries == kBlock     ? permuteBlocks(index)
           : entries == kQuarter ? permuteQuarters(index)
                                 : permuteHalves(index);
  }

private:
  Value permuteBlocks(Value index);
  Value permuteQuarters(Value index);
  Value permuteHalves(Value index);
  Value call(ValueRange operands) {
    return LLVM::CallIntrinsicOp::create(b, loc, type,
                                         b.getStringAttr(intrinsic), operands)
        .getResult(0);
  }
  Value constant(ArrayRef<int8_t> values) {
    return arith::ConstantOp::create(b, loc,
                                     DenseElementsAttr::get(type, values));
  }
  Value splat(int8_t value) { return constant(ArrayRef(&value, 1)); }

  OpBuilder &b;
  Location loc;
  ArrayRef<int8_t> table;
  VectorType type;
  StringRef intrinsic;
};
} // namespace

/// One permutation for each half of the table; the top bit chooses.
Value TablePermuter::permuteHalves(Value index) {
  auto half = [&](int64_t first) {
    return call({constant(table.slice(first, 64)), index,
                 constant(table.slice(first + 64, 64))});
  };
  Value low = half(0), high = half(128);
  Value isHigh =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, index, splat(0));
  return arith::SelectOp::create(b, loc, isHigh, high, low);
}

/// Quarters of the table: a permutation leaves lanes of other quarters alone.
Value TablePermuter::permuteQuarters(Value index) {
  Value result = splat(0);
  for (int64_t first = 0; first < 256; first += kQuarter) {
    Value x = index;
    if (first != 0)
      x = arith::SubIOp::create(b, loc, index, splat(int8_t(first)));
    SmallVector<Value> operands = {result};
    for (int64_t part = first; part < first + kQuarter; part += kBlock)
      operands.push_back(constant(table.slice(part, kBlock)));
    operands.push_back(x);
    result = call(operands);
  }
  return result;
}

/// Blocks of 16 entries. A permutation gives 0 where the index is negative and
/// uses its low 4 bits elsewhere. For indices of one half of the table the
/// index minus 16 `j` is not negative for `j` up to the entry's block `k`; with
/// table `j` exclusive-or table `j - 1` as the one that is permuted, the
/// exclusive-or of all results is the entry of block `k`. The difference
/// saturates, so that indices of the other half stay negative.
Value TablePermuter::permuteBlocks(Value index) {
  Value result;
  for (int64_t half = 0; half < 256; half += 128) {
    Value x =
        half == 0
            ? index
            : arith::XOrIOp::create(b, loc, index, splat(-128)).getResult();
    for (int64_t first = half; first < half + 128; first += kBlock) {
      if (first != half)
        x = LLVM::SSubSat::create(b, loc, type, x, splat(kBlock));
      SmallVector<int8_t> change;
      for (int64_t i = 0; i < type.getDimSize(0); ++i) {
        int64_t entry = first + i % kBlock;
        change.push_back(first == half
                             ? table[entry]
                             : int8_t(table[entry] ^ table[entry - kBlock]));
      }
      Value part = call({constant(change), x});
      result = result ? arith::XOrIOp::create(b, loc, result, part).getResult()
                      : part;
    }
  }
  return result;
}

namespace {
class LookupConverter {
public:
  explicit LookupConverter(ModuleOp module) : module(module) {}
  Value convert(qvec::LookupOp op);
  Value convert(qvec::ExpandOp op);

private:
  Value getTable(OpBuilder &b, Location loc, DenseI8ArrayAttr table);
  Value loadEntry(OpBuilder &b, qvec::LookupOp op, Value index);
  Value loadEntries(OpBuilder &b, qvec::LookupOp op);
  Value permute(OpBuilder &b, qvec::LookupOp op, int64_t lanes,
                StringRef intrinsic);
  Value expandByTable(OpBuilder &b, qvec::ExpandOp op, StringRef intrinsic);

  ModuleOp module;
  llvm::MapVector<Attribute, memref::GlobalOp> globals;
};
} // namespace

/// A table in memory, one for all ops that use it.
Value LookupConverter::getTable(OpBuilder &b, Location loc,
                                DenseI8ArrayAttr table) {
  memref::GlobalOp &global = globals[table];
  auto type = MemRefType::get({table.size()}, b.getI8Type());
  if (!global) {
    OpBuilder top(module.getBodyRegion());
    auto values = DenseElementsAttr::get(
        RankedTensorType::get(type.getShape(), b.getI8Type()),
        table.asArrayRef());
    std::string name = ("__table_" + Twine(globals.size() - 1)).str();
    global = memref::GlobalOp::create(
        top, module.getLoc(), name, b.getStringAttr("private"), type, values,
        /*constant=*/true, /*alignment=*/IntegerAttr());
  }
  return memref::GetGlobalOp::create(b, loc, type, global.getSymName());
}

Value LookupConverter::loadEntry(OpBuilder &b, qvec::LookupOp op, Value index) {
  Location loc = op.getLoc();
  Value table = getTable(b, loc, op.getTableAttr());
  Value position =
      arith::IndexCastUIOp::create(b, loc, b.getIndexType(), index);
  return memref::LoadOp::create(b, loc, table, position);
}

Value LookupConverter::loadEntries(OpBuilder &b, qvec::LookupOp op) {
  auto type = dyn_cast<VectorType>(op.getType());
  if (!type)
    return loadEntry(b, op, op.getIndex());
  SmallVector<Value> entries;
  for (int64_t lane = 0; lane < type.getDimSize(0); ++lane)
    entries.push_back(loadEntry(
        b, op, vector::ExtractOp::create(b, op.getLoc(), op.getIndex(), lane)));
  return vector::FromElementsOp::create(b, op.getLoc(), type, entries);
}

/// Looks up parts of `lanes` lanes; the last one may be filled up.
Value LookupConverter::permute(OpBuilder &b, qvec::LookupOp op, int64_t lanes,
                               StringRef intrinsic) {
  Location loc = op.getLoc();
  int64_t count = cast<VectorType>(op.getType()).getDimSize(0);
  int64_t entries = getTargetLevel(op).tableEntries;
  TablePermuter permuter(b, loc, op.getTable(), lanes, intrinsic);
  Value index = op.getIndex();
  Value result = arith::ConstantOp::create(b, loc, b.getZeroAttr(op.getType()));
  for (int64_t first = 0; first < count; first += lanes) {
    int64_t size = std::min(lanes, count - first);
    SmallVector<int64_t> mask(lanes, vector::ShuffleOp::kPoisonIndex);
    std::iota(mask.begin(), mask.begin() + size, first);
    Value part = permuter.permute(
        vector::ShuffleOp::create(b, loc, index, index, mask), entries);
    if (size < lanes)
      part = vector::ExtractStridedSliceOp::create(
          b, loc, part, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{size},
          ArrayRef<int64_t>{1});
    result = vector::InsertStridedSliceOp::create(
        b, loc, part, result, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{1});
  }
  return result;
}

Value LookupConverter::convert(qvec::LookupOp op) {
  OpBuilder b(op);
  auto type = dyn_cast<VectorType>(op.getType());
  const TargetLevel &level = getTargetLevel(op);
  if (!type || type.getDimSize(0) <= kFewLanes)
    return loadEntries(b, op);
  // The shortest permutation for all lanes, or the longest one.
  for (int64_t lanes = kBlock; lanes <= level.vectorBytes; lanes *= 2) {
    auto intrinsic = getTableIntrinsic(level, lanes);
    bool isLongest = 2 * lanes > level.vectorBytes;
    if (intrinsic && (lanes >= type.getDimSize(0) || isLongest))
      return permute(b, op, lanes, *intrinsic);
  }
  return loadEntries(b, op);
}

/// Permutes parts of the table that are as long as the level's vectors.
static Value permuteWords(OpBuilder &b, qvec::PickOp op, StringRef intrinsic) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getType());
  int64_t lanes = type.getDimSize(0);
  int64_t entries = cast<VectorType>(op.getTable().getType()).getDimSize(0);
  Value result;
  for (int64_t first = 0; first < entries; first += lanes) {
    SmallVector<int64_t> mask(lanes, vector::ShuffleOp::kPoisonIndex);
    for (int64_t i = 0; i < std::min(lanes, entries - first); ++i)
      mask[i] = first + i;
    Value part =
        vector::ShuffleOp::create(b, loc, op.getTable(), op.getTable(), mask);
    Value found =
        LLVM::CallIntrinsicOp::create(b, loc, type, b.getStringAttr(intrinsic),
                                      ValueRange{part, op.getIndex()})
            .getResult(0);
    if (result) {
      Value limit = arith::ConstantOp::create(
          b, loc,
          DenseElementsAttr::get(cast<VectorType>(op.getIndex().getType()),
                                 int32_t(first)));
      Value isAbove = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                            op.getIndex(), limit);
      found = arith::SelectOp::create(b, loc, isAbove, found, result);
    }
    result = found;
  }
  return result;
}

/// Entries of a table in a vector, one by one where no permutation does it.
static Value convertPick(qvec::PickOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getType());
  if (auto intrinsic =
          getPermuteIntrinsic(getTargetLevel(op), type.getDimSize(0)))
    return permuteWords(b, op, *intrinsic);
  SmallVector<Value> entries;
  for (int64_t lane = 0; lane < type.getDimSize(0); ++lane) {
    Value index = arith::IndexCastOp::create(
        b, loc, b.getIndexType(),
        vector::ExtractOp::create(b, loc, op.getIndex(), lane));
    entries.push_back(vector::ExtractOp::create(b, loc, op.getTable(),
                                                ArrayRef<OpFoldResult>{index}));
  }
  return vector::FromElementsOp::create(b, loc, type, entries);
}

/// For each mask of 8 lanes the permutation that expands: the number of bits
/// below, and an index that gives 0 where the lane's bit is not set.
static DenseI8ArrayAttr makeExpansions(OpBuilder &b) {
  SmallVector<int8_t> table;
  for (unsigned mask = 0; mask < 256; ++mask)
    for (unsigned lane = 0, next = 0; lane < kTableExpandLanes; ++lane)
      table.push_back((mask >> lane & 1) ? int8_t(next++) : int8_t(-128));
  return b.getDenseI8ArrayAttr(table);
}

/// A permutation that the mask chooses.
Value LookupConverter::expandByTable(OpBuilder &b, qvec::ExpandOp op,
                                     StringRef intrinsic) {
  Location loc = op.getLoc();
  constexpr int64_t kLanes = kTableExpandLanes;
  auto type = cast<VectorType>(op.getType());
  Value mask = vector::ExtractOp::create(
      b, loc,
      vector::BitCastOp::create(b, loc, VectorType::get({1}, b.getI8Type()),
                                op.getMask()),
      ArrayRef<int64_t>{0});
  Value row = arith::MulIOp::create(
      b, loc, arith::IndexCastUIOp::create(b, loc, b.getIndexType(), mask),
      arith::ConstantIndexOp::create(b, loc, kLanes));
  Value index = vector::LoadOp::create(
      b, loc, type, getTable(b, loc, makeExpansions(b)), row);
  // Permutations have 16 lanes, of which the upper ones are left out again.
  SmallVector<int64_t> lanes(kBlock, vector::ShuffleOp::kPoisonIndex);
  std::iota(lanes.begin(), lanes.begin() + kLanes, 0);
  auto widen = [&](Value value) -> Value {
    return vector::ShuffleOp::create(b, loc, value, value, lanes);
  };
  Value values = widen(op.getValues());
  SmallVector<Value> operands = {values, widen(index)};
  auto wide = VectorType::get({kBlock}, b.getI8Type());
  if (getTargetLevel(op).tableEntries == kQuarter) {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(wide));
    operands = {zero, values, values, values, values, operands[1]};
  }
  Value result = LLVM::CallIntrinsicOp::create(
                     b, loc, wide, b.getStringAttr(intrinsic), operands)
                     .getResult(0);
  return vector::ExtractStridedSliceOp::create(
      b, loc, result, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{kLanes},
      ArrayRef<int64_t>{1});
}

/// Consecutive elements in the lanes of a mask, one by one where no instruction
/// and no table does it.
Value LookupConverter::convert(qvec::ExpandOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getType());
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  const TargetLevel &level = getTargetLevel(op);
  if (auto intrinsic = getExpandIntrinsic(level, type.getDimSize(0)))
    return LLVM::CallIntrinsicOp::create(
               b, loc, type, b.getStringAttr(*intrinsic),
               ValueRange{op.getValues(), zero, op.getMask()})
        .getResult(0);
  if (auto intrinsic = getTableIntrinsic(level, kBlock);
      intrinsic && type.getDimSize(0) == kTableExpandLanes)
    return expandByTable(b, op, *intrinsic);
  SmallVector<Value> lanes;
  Value next = arith::ConstantIndexOp::create(b, loc, 0);
  Value none = arith::ConstantOp::create(b, loc, b.getI8IntegerAttr(0));
  for (int64_t lane = 0; lane < type.getDimSize(0); ++lane) {
    Value bit = vector::ExtractOp::create(b, loc, op.getMask(), lane);
    Value value = vector::ExtractOp::create(b, loc, op.getValues(),
                                            ArrayRef<OpFoldResult>{next});
    lanes.push_back(arith::SelectOp::create(b, loc, bit, value, none));
    // The last lane's successor would not be an element.
    if (lane + 1 < type.getDimSize(0))
      next = arith::AddIOp::create(
          b, loc, next,
          arith::IndexCastUIOp::create(b, loc, b.getIndexType(), bit));
  }
  return vector::FromElementsOp::create(b, loc, type, lanes);
}

void quantopt::convertLookups(ModuleOp module) {
  LookupConverter converter(module);
  SmallVector<qvec::ExpandOp> expands;
  module.walk([&](qvec::ExpandOp op) { expands.push_back(op); });
  for (qvec::ExpandOp op : expands) {
    op.replaceAllUsesWith(converter.convert(op));
    op.erase();
  }
  SmallVector<qvec::PickOp> picks;
  module.walk([&](qvec::PickOp op) { picks.push_back(op); });
  for (qvec::PickOp op : picks) {
    op.replaceAllUsesWith(convertPick(op));
    op.erase();
  }

  SmallVector<qvec::LookupOp> lookups;
  module.walk([&](qvec::LookupOp op) { lookups.push_back(op); });
  for (qvec::LookupOp op : lookups) {
    op.replaceAllUsesWith(converter.convert(op));
    op.erase();
  }
}
