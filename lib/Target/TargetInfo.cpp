//===- TargetInfo.cpp - The table of processor levels ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace quantopt;

ArrayRef<TargetLevel> quantopt::getTargetLevels() {
  constexpr unsigned kNone = TargetLevel::kNone, kFma = TargetLevel::kFma,
                     kUnsignedActivations = TargetLevel::kUnsignedActivations,
                     kRound = TargetLevel::kRound,
                     kDoubles = TargetLevel::kDoubles,
                     kDefault = TargetLevel::kDefault,
                     kNoImplicitFloat = TargetLevel::kNoImplicitFloat,
                     kKeepOrder = TargetLevel::kKeepOrder,
                     kIndexedDots = TargetLevel::kIndexedDots,
                     kPairedSums = TargetLevel::kPairedSums,
                     kVectorDivision = TargetLevel::kVectorDivision;
  static const TargetLevel levels[] = {
#define QUANTOPT_TARGET_LEVEL(NAME, ARCH, CPU, FEATURES, REQUIRES, BYTES,      \
                              REGISTERS, GROUP, TAPS, DOT, OPERAND, SHIFT,     \
                              FLAGS, TABLE, TILES, CACHE)                      \
  {NAME, ARCH, CPU,     FEATURES, REQUIRES, BYTES, REGISTERS, GROUP,           \
   TAPS, DOT,  OPERAND, SHIFT,    FLAGS,    TABLE, TILES,     CACHE},
#include "Levels.def"
#undef QUANTOPT_TARGET_LEVEL
  };
  return levels;
}

const TargetLevel *quantopt::findTargetLevel(StringRef name) {
  for (const TargetLevel &level : getTargetLevels())
    if (level.name == name)
      return &level;
  return nullptr;
}

const TargetLevel &quantopt::getTargetLevel(Operation *op) {
  auto func = dyn_cast<func::FuncOp>(op);
  if (!func)
    func = op->getParentOfType<func::FuncOp>();
  if (func)
    if (auto attr = func->getAttrOfType<qvec::TargetAttr>(
            qvec::QVecDialect::getTargetAttrName()))
      if (const TargetLevel *level = findTargetLevel(attr.getLevel()))
        return *level;
  return *findTargetLevel("generic");
}

/// Whether a level's processors have a feature; all have the empty one.
static bool requiresFeature(const TargetLevel &level, StringRef feature) {
  if (feature.empty())
    return true;
  SmallVector<StringRef> features;
  level.requires_.split(features, ',');
  return llvm::is_contained(features, feature);
}

namespace {
struct DotRow {
  StringRef arch, feature;
  int64_t group;
  bool unsignedLhs;
  int64_t lanes;
  StringRef name;
};
} // namespace

/// The row of a level's architecture.
static std::optional<StringRef> findDot(const TargetLevel &level, int64_t group,
                                        int64_t lanes, bool unsignedLhs) {
  static const DotRow rows[] = {
#define QUANTOPT_DOT_INTRINSIC(ARCH, FEATURE, GROUP, UNSIGNED, LANES, NAME)    \
  {ARCH, FEATURE, GROUP, UNSIGNED, LANES, NAME},
#include "Intrinsics.def"
  };
  for (const DotRow &row : rows)
    if (row.arch == level.arch && row.group == group && row.lanes == lanes &&
        row.unsignedLhs == unsignedLhs && requiresFeature(level, row.feature))
      return row.name;
  return std::nullopt;
}

std::optional<StringRef> quantopt::getDotIntrinsic(const TargetLevel &level,
                                                   int64_t group, int64_t lanes,
                                                   bool unsignedLhs) {
  // A level has the dot products that its kernels are planned with.
  if (level.dotGroup != group)
    return std::nullopt;
  return findDot(level, group, lanes, unsignedLhs);
}

std::optional<StringRef> quantopt::getMmlaIntrinsic(const TargetLevel &level,
                                                    bool unsignedLhs) {
  return findDot(level, 8, level.getLanes(), unsignedLhs);
}

std::optional<StringRef> quantopt::getPairIntrinsic(const TargetLevel &level) {
  return findDot(level, 2, level.getLanes(), /*unsignedLhs=*/false);
}

std::optional<WordIntrinsics>
quantopt::getWordIntrinsics(const TargetLevel &level) {
  struct Row {
    StringRef arch, feature;
    WordIntrinsics names;
  };
  static const Row rows[] = {
#define QUANTOPT_WORD_INTRINSICS(ARCH, FEATURE, WIDEN, MULTIPLY)               \
  {ARCH, FEATURE, {WIDEN, MULTIPLY}},
#include "Intrinsics.def"
  };
  for (const Row &row : rows)
    if (row.arch == level.arch && requiresFeature(level, row.feature))
      return row.names;
  return std::nullopt;
}

namespace {
/// An intrinsic on vectors of some lanes, for levels that need a feature.
struct LanesRow {
  StringRef arch, feature;
  int64_t lanes;
  StringRef name;
};
} // namespace

static std::optional<StringRef> findByLanes(llvm::ArrayRef<LanesRow> rows,
                                            const TargetLevel &level,
                                            int64_t lanes) {
  for (const LanesRow &row : rows)
    if (row.arch == level.arch && row.lanes == lanes &&
        requiresFeature(level, row.feature))
      return row.name;
  return std::nullopt;
}

std::optional<StringRef> quantopt::getHighIntrinsic(const TargetLevel &level,
                                                    int64_t lanes) {
  static const LanesRow rows[] = {
#define QUANTOPT_HIGH_INTRINSIC(ARCH, FEATURE, LANES, NAME)                    \
  {ARCH, FEATURE, LANES, NAME},
#include "Intrinsics.def"
  };
  return findByLanes(rows, level, lanes);
}

std::optional<StringRef>
quantopt::getPairwiseIntrinsic(const TargetLevel &level) {
  struct Row {
    StringRef arch, name;
  };
  static const Row rows[] = {
#define QUANTOPT_PAIRWISE_INTRINSIC(ARCH, NAME) {ARCH, NAME},
#include "Intrinsics.def"
  };
  for (const Row &row : rows)
    if (row.arch == level.arch)
      return row.name;
  return std::nullopt;
}

std::optional<PackIntrinsics>
quantopt::getPackIntrinsics(const TargetLevel &level) {
  struct Row {
    StringRef arch;
    int64_t lanes;
    PackIntrinsics names;
  };
  static const Row rows[] = {
#define QUANTOPT_PACK_INTRINSICS(ARCH, LANES, WORDS, SIGNED, UNSIGNED)         \
  {ARCH, LANES, {WORDS, SIGNED, UNSIGNED}},
#include "Intrinsics.def"
  };
  for (const Row &row : rows)
    if (row.arch == level.arch && row.lanes == level.getLanes())
      return row.names;
  return std::nullopt;
}

std::optional<StringRef> quantopt::getTableIntrinsic(const TargetLevel &level,
                                                     int64_t lanes) {
  struct Row {
    StringRef arch;
    int64_t entries, lanes;
    StringRef name;
  };
  static const Row rows[] = {
#define QUANTOPT_TABLE_INTRINSIC(ARCH, ENTRIES, LANES, NAME)                   \
  {ARCH, ENTRIES, LANES, NAME},
#include "Intrinsics.def"
  };
  for (const Row &row : rows)
    if (row.arch == level.arch && row.entries == level.tableEntries &&
        row.lanes == lanes)
      return row.name;
  return std::nullopt;
}

std::optional<StringRef> quantopt::getPermuteIntrinsic(const TargetLevel &level,
                                                       int64_t lanes) {
  struct Row {
    StringRef arch;
    int64_t lanes;
    StringRef name;
  };
  static const Row rows[] = {
#define QUANTOPT_PERMUTE_INTRINSIC(ARCH, LANES, NAME) {ARCH, LANES, NAME},
#include "Intrinsics.def"
  };
  for (const Row &row : rows)
    if (row.arch == level.arch && row.lanes == lanes &&
        lanes == level.getLanes())
      return row.name;
  return std::nullopt;
}

std::optional<StringRef> quantopt::getExpandIntrinsic(const TargetLevel &level,
                                                      int64_t lanes) {
  static const LanesRow rows[] = {
#define QUANTOPT_EXPAND_INTRINSIC(ARCH, FEATURE, LANES, NAME)                  \
  {ARCH, FEATURE, LANES, NAME},
#include "Intrinsics.def"
  };
  return lanes == level.vectorBytes ? findByLanes(rows, level, lanes)
                                    : std::nullopt;
}

/// What LLVM knows of a cpu with these features; null for an unknown target.
static std::unique_ptr<llvm::MCSubtargetInfo>
getSubtarget(const llvm::Triple &triple, StringRef cpu, StringRef features) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      target->createMCSubtargetInfo(triple, cpu, features));
}

unsigned quantopt::getIndexBits(StringRef triple) {
  return llvm::Triple(triple).isArch32Bit() ? 32 : 64;
}

std::string quantopt::getHostTriple() {
  return llvm::sys::getDefaultTargetTriple();
}

/// Whether a cpu with these features meets the row's requirements.
static bool meets(const TargetLevel &level, const llvm::MCSubtargetInfo &info) {
  if (level.requires_.empty())
    return true;
  SmallVector<StringRef> wanted;
  level.requires_.split(wanted, ',');
  return llvm::all_of(wanted, [&](StringRef feature) {
    return info.checkFeatures(("+" + feature).str());
  });
}

std::optional<TileIntrinsics> quantopt::getTileIntrinsics(Operation *func) {
  struct Row {
    StringRef arch;
    TileIntrinsics names;
  };
  static const Row rows[] = {
#define QUANTOPT_TILE_INTRINSICS(ARCH, TYPE, LOAD, STORE, UNSIGNED, SIGNED)    \
  {ARCH, {TYPE, LOAD, STORE, UNSIGNED, SIGNED}},
#include "Intrinsics.def"
  };
  const TargetLevel &level = getTargetLevel(func);
  if (level.tileRegisters == 0)
    return std::nullopt;
  auto target = func->getAttrOfType<qvec::TargetAttr>(
      qvec::QVecDialect::getTargetAttrName());
  auto info = getSubtarget(llvm::Triple(target.getTriple()), target.getCpu(),
                           target.getFeatures());
  if (!info || !meets(level, *info))
    return std::nullopt;
  for (const Row &row : rows)
    if (row.arch == level.arch)
      return row.names;
  return std::nullopt;
}

bool quantopt::keepsOrder(StringRef tripleName, StringRef cpu,
                          StringRef features) {
  llvm::Triple triple(tripleName);
  auto info = getSubtarget(triple, cpu, features);
  StringRef arch = llvm::Triple::getArchTypeName(triple.getArch());
  for (const TargetLevel &level : getTargetLevels())
    if (info && level.arch == arch && meets(level, *info))
      return level.has(TargetLevel::kKeepOrder);
  return false;
}

static std::string getHostFeatures() {
  std::string result;
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  SmallVector<StringRef> names(host.keys());
  llvm::sort(names);
  for (StringRef name : names)
    result += (result.empty() ? "" : ",") +
              std::string(host[name] ? "+" : "-") + name.str();
  return result;
}

static std::string joinFeatures(StringRef a, StringRef b) {
  if (a.empty() || b.empty())
    return (a + b).str();
  return (a + "," + b).str();
}

/// Fails unless `features` is a list of `+x` and `-y` with names that LLVM
/// knows.
static llvm::Error checkFeatures(const llvm::Target &target,
                                 const llvm::Triple &triple,
                                 StringRef features) {
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      target.createMCSubtargetInfo(triple, "", ""));
  SmallVector<StringRef> names;
  features.split(names, ',', -1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    bool hasSign = name.starts_with("+") || name.starts_with("-");
    bool isKnown = hasSign && info &&
                   llvm::any_of(info->getAllProcessorFeatures(),
                                [&](const llvm::SubtargetFeatureKV &row) {
                                  return name.drop_front() == row.Key;
                                });
    if (!isKnown)
      return llvm::createStringError("unknown feature '" + name.str() +
                                     "' for target '" + triple.str() +
                                     "'; expected names with '+' or '-'");
  }
  return llvm::Error::success();
}

llvm::Expected<SmallVector<qvec::TargetAttr>>
quantopt::resolveTargets(MLIRContext *context, StringRef tripleName,
                         StringRef cpu, StringRef features) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::Triple triple(llvm::Triple::normalize(tripleName));
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError("unknown target '" + tripleName.str() +
                                   "': " + error);
  if (llvm::Error unknown = checkFeatures(*target, triple, features))
    return std::move(unknown);
  SmallVector<qvec::TargetAttr> result;
  auto add = [&](const TargetLevel &level, StringRef cpuName, StringRef feats) {
    result.push_back(qvec::TargetAttr::get(context, level.name, triple.str(),
                                           cpuName, feats));
  };
  StringRef arch = llvm::Triple::getArchTypeName(triple.getArch());
  auto fits = [&](const TargetLevel &level) {
    return level.arch.empty() || level.arch == arch;
  };
  if (cpu.empty()) {
    for (const TargetLevel &level : getTargetLevels())
      if (fits(level) && level.has(TargetLevel::kDefault))
        add(level, level.cpu, joinFeatures(level.features, features));
    if (!result.empty())
      return result;
  }
  if (const TargetLevel *level = findTargetLevel(cpu); level && fits(*level)) {
    add(*level, level->cpu, joinFeatures(level->features, features));
    return result;
  }
  std::string cpuName = cpu.str(), all = features.str();
  if (cpu == "native") {
    llvm::Triple host(getHostTriple());
    if (host.getArch() != triple.getArch())
      return llvm::createStringError(
          "cpu 'native' is this machine's (" + host.getArchName().str() +
          "), but the target is '" + tripleName.str() +
          "'; name a cpu of the target instead");
    cpuName = llvm::sys::getHostCPUName().str();
    all = joinFeatures(getHostFeatures(), features);
  }
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      target->createMCSubtargetInfo(triple, cpuName, all));
  if (!info || (!cpuName.empty() && !info->isCPUStringValid(cpuName)))
    return llvm::createStringError("unknown cpu '" + cpuName +
                                   "' for target '" + tripleName.str() + "'");
  for (const TargetLevel &level : getTargetLevels()) {
    if (!fits(level) || !meets(level, *info))
      continue;
    add(level, cpuName, all);
    return result;
  }
  return llvm::createStringError("no code generator fits target '" +
                                 tripleName.str() + "'");
}
