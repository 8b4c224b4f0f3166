//===- WeightStorage.cpp - Weights without zeros --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightStorage.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Codes of fewer bits have many zeros without pruning, and masks save little.
static constexpr int64_t kFewestBits = 4;

/// Larger panels are not expanded on the stack.
static constexpr int64_t kMostPanelBytes = 128 * 1024;

namespace {
struct NamedStorage {
  StringLiteral name;
  WeightStorage storage;
};
} // namespace

static constexpr NamedStorage kStorages[] = {
    {"auto", WeightStorage::Auto},         {"dense", WeightStorage::Dense},
    {"smallest", WeightStorage::Smallest}, {"bitmask", WeightStorage::Bitmask},
    {"2:4", WeightStorage::TwoOfFour},
};

std::optional<WeightStorage> quantopt::parseWeightStorage(StringRef name) {
  for (const NamedStorage &named : kStorages)
    if (named.name == name)
      return named.storage;
  return std::nullopt;
}

std::string quantopt::getWeightStorageNames() {
  std::string text;
  for (auto [i, named] : llvm::enumerate(kStorages)) {
    if (i != 0)
      text += i + 1 == std::size(kStorages) ? " or " : ", ";
    text += named.name;
  }
  return text;
}

/// Why the codes of a weight cannot be read without zeros; empty if they can.
static StringRef findObstacle(const ContractionView &view) {
  if (view.isDepthwise())
    return "depthwise kernels have few weights and no masks";
  if (view.isInteger() && !view.isBytes())
    return "kernels of 16-bit activations have no masks";
  Type element = cast<RankedTensorType>(view.weight.getType()).getElementType();
  if (matchPattern(view.weight, m_Constant()) && isa<IntegerType>(element))
    return "";
  auto constant = view.weight.getDefiningOp<qnn::ConstantOp>();
  IntegerType storage = constant ? getIntegerStorage(constant) : IntegerType();
  if (!storage || storage.getWidth() > 8)
    return "they are no integers of at most 8 bits";
  auto axis = dyn_cast<qnn::AffineAxisType>(element);
  if (axis && axis.getAxis() != 0)
    return "their scales do not belong to output channels";
  return "";
}

/// The integer that each code stands for.
static SmallVector<int64_t> getValues(const PackedWeight &weight) {
  const CodedWeight &coded = weight.coded;
  int64_t block = weight.packing.getBlock();
  if (block == 0)
    block = coded.depth;
  int64_t blocks = llvm::divideCeil(coded.depth, block);
  SmallVector<int64_t> values;
  for (auto [i, code] : llvm::enumerate(coded.codes)) {
    int64_t o = int64_t(i) / coded.depth, k = int64_t(i) % coded.depth;
    values.push_back(code - (weight.packing.getZeroPoints()
                                 ? coded.zeroPoints[o * blocks + k / block]
                                 : weight.packing.getZeroPoint()));
  }
  return values;
}

/// Bits of the widest integer with its sign, 2 at least.
static int64_t countBits(ArrayRef<int64_t> values) {
  unsigned bits = 2;
  for (int64_t value : values)
    while (!llvm::isIntN(bits, value))
      ++bits;
  return bits;
}

void quantopt::removeZeroPoints(PackedWeight &weight, CodeMasks masks) {
  weight.coded.codes = getValues(weight);
  weight.coded.zeroPoints.clear();
  qvec::PackingAttr p = weight.packing;
  weight.packing = qvec::PackingAttr::get(
      p.getContext(), masks.bits, p.getBlock(), p.getChunk(), p.getScale(),
      /*zeroPoint=*/0, /*zeroPoints=*/false, /*shift=*/0, /*values=*/Type(),
      /*tableRows=*/0, /*masked=*/true, masks.twoOfFour);
}

namespace {
/// The ways to store one weight.
class StorageChoice {
public:
  StorageChoice(const ContractionView &view, WeightStorage storage)
      : view(view), storage(storage), weight(readCodes(view)) {}

  std::optional<CodeMasks> run();

private:
  /// A remark where a way was asked for.
  std::nullopt_t refuse(StringRef reason) const;
  /// Bytes with these masks; nothing where they cannot hold the codes.
  std::optional<int64_t> countBytes(CodeMasks masks) const;
  std::optional<CodeMasks> choose(int64_t bits, int64_t denseBytes) const;

  const ContractionView &view;
  WeightStorage storage;
  PackedWeight weight;
};
} // namespace

static void emitRefusal(const ContractionView &view, StringRef reason) {
  view.op->emitRemark("the weights stay dense: ") << reason;
}

std::nullopt_t StorageChoice::refuse(StringRef reason) const {
  if (storage != WeightStorage::Auto)
    emitRefusal(view, reason);
  return std::nullopt;
}

std::optional<int64_t> StorageChoice::countBytes(CodeMasks masks) const {
  PackedWeight masked = weight;
  removeZeroPoints(masked, masks);
  DenseElementsAttr panels =
      packCodes(masked.coded, masked.packing.getExpanded(), view.groups);
  DenseElementsAttr stored =
      maskPanels(panels, masked.packing, masked.coded.depth);
  if (!stored)
    return std::nullopt;
  return stored.getNumElements();
}

std::optional<CodeMasks> StorageChoice::choose(int64_t bits,
                                               int64_t denseBytes) const {
  CodeMasks bitmask{bits, false}, twoOfFour{bits, true};
  std::optional<int64_t> bytes, twoOfFourBytes;
  if (storage != WeightStorage::Bitmask)
    twoOfFourBytes = countBytes(twoOfFour);
  if (storage != WeightStorage::TwoOfFour)
    bytes = countBytes(bitmask);
  if (storage == WeightStorage::TwoOfFour && !twoOfFourBytes)
    return refuse("more than two of four neighbours are not zero");
  bool isTwoOfFour = twoOfFourBytes && (!bytes || *twoOfFourBytes <= *bytes);
  int64_t best = isTwoOfFour ? *twoOfFourBytes : bytes.value_or(denseBytes);
  bool isForced = storage == WeightStorage::Bitmask || isTwoOfFour;
  if (best >= denseBytes && !(isForced && storage != WeightStorage::Auto &&
                              storage != WeightStorage::Smallest))
    return refuse("masks would not make them smaller");
  view.op->emitRemark("the weights are stored as ")
      << (isTwoOfFour ? "2:4" : "bitmask") << " in " << best
      << " bytes instead of " << denseBytes
      << "; 'storage=dense' keeps zeros and is faster";
  return isTwoOfFour ? twoOfFour : bitmask;
}

std::optional<CodeMasks> StorageChoice::run() {
  if (!weight.packing.hasIntegers())
    return refuse("their codes stand for entries of tables or for floats");
  SmallVector<int64_t> values = getValues(weight);
  int64_t zeros = llvm::count(values, 0);
  if (storage == WeightStorage::Auto &&
      (2 * zeros < int64_t(values.size()) ||
       weight.packing.getBits() < kFewestBits))
    return std::nullopt;
  int64_t bits = countBits(values);
  if (bits > 8)
    return refuse("without their zero points they need more than 8 bits");
  PackedWeight masked = weight;
  removeZeroPoints(masked, {bits, false});
  PackedLayout expanded(masked.packing.getExpanded(), masked.coded.depth);
  if (expanded.getPanelBytes() > kMostPanelBytes)
    return refuse("16 channels exceed the 128 KiB that are expanded at a time");
  int64_t panels =
      view.groups *
      llvm::divideCeil(weight.coded.outputs / view.groups, kPanelWidth);
  PackedLayout dense(weight.packing, weight.coded.depth);
  return choose(bits, panels * dense.getPanelBytes());
}

/// Whether less than half of a weight is zero, for one that tells it without
/// its codes being read.
static bool hasFewZeros(const ContractionView &view) {
  DenseElementsAttr attr;
  if (!matchPattern(view.weight, m_Constant(&attr)) || attr.isSplat() ||
      !attr.getElementType().isSignlessInteger(8))
    return false;
  ArrayRef<char> bytes = attr.getRawData();
  return 2 * llvm::count(bytes, 0) < int64_t(bytes.size());
}

std::optional<CodeMasks> quantopt::chooseMasks(const ContractionView &view,
                                               WeightStorage storage) {
  if (storage == WeightStorage::Dense ||
      (storage == WeightStorage::Auto && hasFewZeros(view)))
    return std::nullopt;
  StringRef obstacle = findObstacle(view);
  if (obstacle.empty())
    return StorageChoice(view, storage).run();
  if (storage != WeightStorage::Auto)
    emitRefusal(view, obstacle);
  return std::nullopt;
}
