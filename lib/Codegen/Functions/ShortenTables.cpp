//===- ShortenTables.cpp - Tables of 32-bit numbers in 24 bits ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/LayerAttributes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/MapVector.h"

namespace quantopt {
#define GEN_PASS_DEF_SHORTENTABLES
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using qvec::QVecDialect;

/// Bytes of a number in a short table, and of the word that holds it.
static constexpr int64_t kShort = 3, kWord = 4;
/// Bytes of code that a lane of a load takes more.
static constexpr int64_t kCodeBytes = 6;
/// What a function's constants must shrink by: below a hundredth it is not
/// worth the time of its loads.
static constexpr int64_t kWorthPart = 100;

namespace {
/// A place among a function's arguments where it gets tables.
struct Place {
  BlockArgument argument;
  SmallVector<vector::LoadOp> loads;
  /// For each call the constant that it passes, and the constants' bytes that
  /// all calls of the function pass.
  SmallVector<memref::GetGlobalOp> uses;
  int64_t constantBytes = 0;
  bool isShort = true;
};

/// Finds the tables of a module that can be short, and shortens them.
class TableShortener {
public:
  explicit TableShortener(ModuleOp module) : module(module) {}
  void run();
  int64_t numTables = 0, numBytes = 0;

private:
  void findPlaces();
  void addPlace(BlockArgument argument, ArrayRef<func::CallOp> calls);
  bool canShorten(memref::GlobalOp global);
  bool isWorthwhile(const Place &place);
  bool dropPlaces();
  void shortenGlobal(memref::GlobalOp global);
  void shortenLoad(vector::LoadOp load);

  ModuleOp module;
  std::vector<Place> places;
  /// The uses of each constant, and how many of them are places' ones.
  llvm::DenseMap<StringRef, int64_t> numUses;
};
} // namespace

/// The numbers of a table; empty for other constants.
static SmallVector<int32_t> getNumbers(memref::GlobalOp global) {
  Attribute value = global.getInitialValue().value_or(Attribute());
  if (!global.getType().getElementType().isInteger(32))
    return {};
  if (auto dense = dyn_cast_if_present<DenseElementsAttr>(value))
    return llvm::to_vector(dense.getValues<int32_t>());
  auto resource = dyn_cast_if_present<DenseResourceElementsAttr>(value);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  return blob ? llvm::to_vector(blob->getDataAs<int32_t>())
              : SmallVector<int32_t>();
}

/// Whether a function's code is for a processor with small memory that
/// multiplies pairs of words in registers: it loads words from any address.
static bool isSuitable(func::FuncOp func) {
  if (!func.isPrivate() || func.isExternal() ||
      !func->hasAttr(QVecDialect::getCountAttrName()) ||
      !func->hasAttr(QVecDialect::getTargetAttrName()))
    return false;
  const TargetLevel &level = getTargetLevel(func);
  return level.hasSmallMemory() && level.pairsWords();
}

static MemRefType getShortType(MemRefType type) {
  // The last number's word ends one byte behind it.
  return MemRefType::get({type.getNumElements() * kShort + 1},
                         IntegerType::get(type.getContext(), 8));
}

bool TableShortener::canShorten(memref::GlobalOp global) {
  SmallVector<int32_t> numbers = getNumbers(global);
  return global.getConstant() && global.isPrivate() && !numbers.empty() &&
         llvm::all_of(numbers, [](int32_t x) { return llvm::isInt<24>(x); });
}

/// Bytes of the constants that a call passes.
static int64_t getConstantBytes(func::CallOp call) {
  int64_t bytes = 0;
  for (Value operand : call.getOperands())
    if (operand.getDefiningOp<memref::GetGlobalOp>()) {
      auto type = cast<MemRefType>(operand.getType());
      bytes += type.getNumElements() * type.getElementTypeBitWidth() / 8;
    }
  return bytes;
}

/// Adds an argument that is a table, if nothing but loads read it.
void TableShortener::addPlace(BlockArgument argument,
                              ArrayRef<func::CallOp> calls) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type || type.getRank() != 1 || !type.getElementType().isInteger(32) ||
      !type.getLayout().isIdentity())
    return;
  Place place;
  place.argument = argument;
  for (Operation *user : argument.getUsers()) {
    auto load = dyn_cast<vector::LoadOp>(user);
    if (!load)
      return;
    place.loads.push_back(load);
  }
  llvm::DenseSet<StringRef> known;
  for (func::CallOp call : calls) {
    auto use = call.getOperand(argument.getArgNumber())
                   .getDefiningOp<memref::GetGlobalOp>();
    if (!use || !llvm::all_of(use->getUsers(), llvm::IsaPred<func::CallOp>))
      return;
    place.uses.push_back(use);
    if (known.insert(use.getName()).second)
      place.constantBytes += getConstantBytes(call);
  }
  places.push_back(std::move(place));
}

void TableShortener::findPlaces() {
  llvm::StringMap<SmallVector<func::CallOp>> calls;
  module.walk([&](Operation *op) {
    if (auto call = dyn_cast<func::CallOp>(op))
      calls[call.getCallee()].push_back(call);
    else if (auto use = dyn_cast<memref::GetGlobalOp>(op))
      numUses[use.getName()] += std::distance(use->use_begin(), use->use_end());
  });
  for (auto func : module.getOps<func::FuncOp>())
    if (isSuitable(func))
      for (BlockArgument argument : func.getArguments())
        addPlace(argument, calls[func.getName()]);
}

/// Whether the tables shrink by more than code grows, and by enough of what the
/// function reads.
bool TableShortener::isWorthwhile(const Place &place) {
  llvm::DenseSet<StringRef> tables;
  for (memref::GetGlobalOp use : place.uses)
    tables.insert(use.getName());
  int64_t size = cast<MemRefType>(place.argument.getType()).getNumElements();
  int64_t saved = int64_t(tables.size()) * (size - 1), code = 0;
  for (vector::LoadOp load : place.loads)
    code += load.getVectorType().getNumElements() * kCodeBytes;
  return saved > code && saved * kWorthPart >= place.constantBytes;
}

/// The places of functions with loops in common are either short or long: one
/// function may serve all.
static auto getKind(const Place &place) {
  Operation *func = place.argument.getOwner()->getParentOp();
  return std::make_pair(func->getAttr(qvec::kCommonStepsAttrName),
                        place.loads.size());
}

/// Gives up places with a table that stays long. Returns whether there were
/// any.
bool TableShortener::dropPlaces() {
  llvm::DenseMap<StringRef, int64_t> left = numUses;
  for (const Place &place : places)
    for (memref::GetGlobalOp use : place.uses)
      left[use.getName()] -= place.isShort;
  bool changed = false;
  for (Place &place : places) {
    bool isLong = llvm::any_of(place.uses, [&](memref::GetGlobalOp use) {
      auto global = module.lookupSymbol<memref::GlobalOp>(use.getName());
      return left[use.getName()] != 0 || !canShorten(global);
    });
    if (!place.isShort || (!isLong && isWorthwhile(place)))
      continue;
    place.isShort = false;
    changed = true;
    for (Place &other : places)
      if (getKind(place).first && getKind(other) == getKind(place))
        other.isShort = false;
  }
  return changed;
}

/// Stores a table's numbers in three bytes each, the lowest first.
void TableShortener::shortenGlobal(memref::GlobalOp global) {
  SmallVector<int32_t> numbers = getNumbers(global);
  SmallVector<int8_t> bytes;
  for (int32_t number : numbers)
    for (int64_t i = 0; i < kShort; ++i)
      bytes.push_back(int8_t(uint32_t(number) >> (8 * i)));
  bytes.push_back(0);
  MemRefType type = getShortType(global.getType());
  numBytes += int64_t(numbers.size()) * kWord - type.getNumElements();
  ++numTables;
  global.setType(type);
  global.setInitialValueAttr(DenseElementsAttr::get(
      RankedTensorType::get(type.getShape(), type.getElementType()),
      ArrayRef<int8_t>(bytes)));
  global.setAlignment(1);
}

/// Loads words and drops the byte behind each number.
void TableShortener::shortenLoad(vector::LoadOp load) {
  OpBuilder b(load);
  Location loc = load.getLoc();
  VectorType type = load.getVectorType();
  auto word = VectorType::get({1}, type.getElementType());
  auto bytes = VectorType::get({kWord}, b.getI8Type());
  auto constant = [&](int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value shift = arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(word, b.getI32IntegerAttr(8)));
  Value start =
      arith::MulIOp::create(b, loc, load.getIndices()[0], constant(kShort));
  Value result;
  for (int64_t lane = 0; lane < type.getNumElements(); ++lane) {
    Value offset = lane == 0 ? start
                             : arith::AddIOp::create(b, loc, start,
                                                     constant(lane * kShort));
    Value number =
        vector::LoadOp::create(b, loc, bytes, load.getBase(), offset,
                               /*nontemporal=*/false, llvm::MaybeAlign(1));
    number = vector::BitCastOp::create(b, loc, word, number);
    number = arith::ShLIOp::create(b, loc, number, shift);
    number = arith::ShRSIOp::create(b, loc, number, shift);
    if (type == word) {
      result = number;
      break;
    }
    if (!result)
      result = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    result = vector::InsertStridedSliceOp::create(
        b, loc, number, result, ArrayRef<int64_t>{lane}, ArrayRef<int64_t>{1});
  }
  load.replaceAllUsesWith(result);
  load.erase();
}

/// Constants start at multiples of what loads ask for, which is less than a
/// line of a cache.
static void alignConstants(ModuleOp module) {
  int64_t alignment = 4;
  for (auto func : module.getOps<func::FuncOp>()) {
    if (!func->hasAttr(QVecDialect::getTargetAttrName()))
      continue;
    const TargetLevel &level = getTargetLevel(func);
    if (!level.hasSmallMemory())
      return;
    if (level.hasVectors())
      alignment = std::max<int64_t>(alignment, level.vectorBytes);
  }
  for (auto global : module.getOps<memref::GlobalOp>())
    if (int64_t(global.getAlignment().value_or(1)) > alignment)
      global.setAlignment(alignment);
}

void TableShortener::run() {
  findPlaces();
  while (dropPlaces())
    ;
  llvm::SetVector<memref::GetGlobalOp> uses;
  for (Place &place : places) {
    if (!place.isShort)
      continue;
    auto func = cast<func::FuncOp>(place.argument.getOwner()->getParentOp());
    place.argument.setType(
        getShortType(cast<MemRefType>(place.argument.getType())));
    func.setType(FunctionType::get(
        func.getContext(), func.getBody().getArgumentTypes(), TypeRange()));
    for (vector::LoadOp load : place.loads)
      shortenLoad(load);
    uses.insert(place.uses.begin(), place.uses.end());
  }
  llvm::SetVector<memref::GlobalOp> globals;
  for (memref::GetGlobalOp use : uses) {
    globals.insert(module.lookupSymbol<memref::GlobalOp>(use.getName()));
    use.getResult().setType(getShortType(use.getType()));
  }
  for (memref::GlobalOp global : globals)
    shortenGlobal(global);
}

namespace {
struct ShortenTablesPass
    : public quantopt::impl::ShortenTablesBase<ShortenTablesPass> {
  void runOnOperation() override {
    alignConstants(getOperation());
    TableShortener shortener(getOperation());
    shortener.run();
    numTables += shortener.numTables;
    numBytes += shortener.numBytes;
  }
};
} // namespace
