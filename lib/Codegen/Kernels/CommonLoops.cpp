//===- CommonLoops.cpp - Loops of kernels of several sizes ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommonLoops.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/LayerAttributes.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Steps that a turn of a common loop has at least and at most.
static constexpr int64_t kFewestSteps = 8, kMostSteps = 12;

//===----------------------------------------------------------------------===//
// Kinds of loops
//===----------------------------------------------------------------------===//

/// What a strategy says besides how work is split among threads.
static auto getTiling(qvec::StrategyAttr s) {
  return std::make_tuple(s.getRows(), s.getVectors(), s.getLanes(),
                         s.getGroup(), s.getMergeTaps(), s.getSteps(),
                         s.getPaired(), s.getJoined(), s.getGathered());
}

/// Whether both kernels are contractions or none is, with the same tiles.
static bool haveSameTiles(qvec::KernelOp x, qvec::KernelOp y) {
  if (x.getDepthwiseStrategy() != y.getDepthwiseStrategy())
    return false;
  auto a = x.getStrategy(), b = y.getStrategy();
  return a && b ? getTiling(*a) == getTiling(*b) : a == b;
}

/// Whether windows have the same taps. Tiles of depthwise kernels share
/// elements by their strides.
static bool haveSameTaps(qvec::KernelOp x, qvec::KernelOp y) {
  qnn::WindowAttr a = x.getWindow(), b = y.getWindow();
  return x.getDepthwiseStrategy() ? a == b
                                  : a.getKernel() == b.getKernel() &&
                                        a.getDilations() == b.getDilations();
}

bool quantopt::areLike(qvec::KernelOp x, qvec::KernelOp y) {
  return x.getKind() == y.getKind() && haveSameTaps(x, y) &&
         haveSameTiles(x, y) && x.getPacking() == y.getPacking() &&
         x->getNumOperands() == y->getNumOperands() &&
         x.getChannelParams().size() == y.getChannelParams().size() &&
         x.getResiduals().size() == y.getResiduals().size() &&
         !x.getBias() == !y.getBias();
}

namespace {
/// How a kernel's output is cut up, as far as its loops depend on it.
struct Cut {
  bool hasRows;
  int64_t tile, rest;
  bool isWidened;
  bool operator==(const Cut &other) const {
    return hasRows == other.hasRows && tile == other.tile &&
           rest == other.rest && isWidened == other.isWidened;
  }
};
} // namespace

static int64_t getRunSteps(qvec::KernelOp kernel) {
  return cast<ShapedType>(kernel.getWeight().getType()).getDimSize(2);
}

/// Of a paired contraction; nothing where its loops are of its own.
static std::optional<Cut> getContractionCut(qvec::KernelOp kernel) {
  qvec::StrategyAttr strategy = *kernel.getStrategy();
  if (!strategy.getPaired() || kernel.getGroups() != 1 ||
      kernel.getZeroPads() || kernel.getUnsignedInput())
    return std::nullopt;
  ContractionLayout layout(kernel);
  if (layout.tiles.size == 1 || kernel.getOutputShape()[0] != 1 ||
      layout.channelsPerGroup % strategy.getVectors() != 0)
    return std::nullopt;
  auto weight = cast<ShapedType>(kernel.getWeight().getType());
  int64_t words = weight.getDimSize(1) * weight.getDimSize(2);
  // Single positions take what is left of a row.
  return Cut{false, layout.tiles.size, 0,
             4 * words * layout.tiles.size <= kMostWidenedBytes};
}

/// Of a depthwise kernel of single channels.
static std::optional<Cut> getDepthwiseCut(qvec::KernelOp kernel) {
  qvec::DepthwiseStrategyAttr strategy = *kernel.getDepthwiseStrategy();
  ArrayRef<int64_t> out = kernel.getOutputShape();
  int64_t columns = strategy.getColumns();
  if (strategy.getLanes() != 1 || out[3] % kPanelWidth != 0 ||
      out[2] < columns ||
      out[3] != cast<ShapedType>(kernel.getInput().getType()).getDimSize(3))
    return std::nullopt;
  return Cut{out[0] * out[1] != 1, columns, out[2] % columns, false};
}

static std::optional<Cut> getCut(qvec::KernelOp kernel) {
  switch (kernel.getKind()) {
  case qvec::KernelKind::Contraction:
    return getContractionCut(kernel);
  case qvec::KernelKind::Depthwise:
    return getDepthwiseCut(kernel);
  default:
    return std::nullopt;
  }
}

//===----------------------------------------------------------------------===//
// Common loops
//===----------------------------------------------------------------------===//

namespace {
/// Kernels that are like each other, by their numbers.
struct Kind {
  Cut cut;
  SmallVector<size_t> members;
};
} // namespace

/// Steps of a turn that as many kernels as possible can have, and as many steps
/// as these can have; 0 for none.
static int64_t getTurn(ArrayRef<int64_t> runs) {
  int64_t best = 0, mostRuns = 1;
  for (int64_t turn = kMostSteps; turn >= kFewestSteps; turn -= 2) {
    int64_t count =
        llvm::count_if(runs, [&](int64_t steps) { return steps % turn == 0; });
    if (count > mostRuns) {
      best = turn;
      mostRuns = count;
    }
  }
  return best;
}

/// Removes the contractions of a kind that have no common turn, and returns the
/// steps of the others' turn.
static int64_t chooseTurn(Kind &kind, ArrayRef<qvec::KernelOp> kernels) {
  SmallVector<int64_t> runs;
  for (size_t i : kind.members)
    runs.push_back(getRunSteps(kernels[i]));
  int64_t turn = getTurn(runs);
  llvm::erase_if(kind.members, [&](size_t i) {
    return turn == 0 || getRunSteps(kernels[i]) % turn != 0;
  });
  return turn;
}

/// What the kernels of a kind have in common; removes those that have not.
static CommonLoops findCommonLoops(Kind &kind,
                                   ArrayRef<qvec::KernelOp> kernels) {
  CommonLoops common{0, kind.cut.rest != 0};
  qvec::KernelOp first = kernels[kind.members[0]];
  if (first.getKind() != qvec::KernelKind::Contraction)
    return common;
  common.steps = chooseTurn(kind, kernels);
  common.hasRest = llvm::any_of(kind.members, [&](size_t i) {
    return ContractionLayout(kernels[i]).tiles.small != 0;
  });
  return common;
}

SmallVector<std::optional<CommonLoops>>
quantopt::findCommonLoops(ArrayRef<qvec::KernelOp> kernels) {
  SmallVector<Kind> kinds;
  for (size_t i = 0; i < kernels.size(); ++i) {
    auto cut = getCut(kernels[i]);
    if (!cut)
      continue;
    auto *found = llvm::find_if(kinds, [&](const Kind &kind) {
      return kind.cut == *cut && areLike(kernels[kind.members[0]], kernels[i]);
    });
    if (found == kinds.end())
      kinds.push_back({*cut, {i}});
    else
      found->members.push_back(i);
  }
  SmallVector<std::optional<CommonLoops>> result(kernels.size());
  for (Kind &kind : kinds) {
    CommonLoops common = ::findCommonLoops(kind, kernels);
    if (kind.members.size() > 1)
      for (size_t i : kind.members)
        result[i] = common;
  }
  return result;
}

void quantopt::setCommonLoops(Operation *func, const CommonLoops &loops) {
  OpBuilder b(func->getContext());
  func->setAttr(qvec::kCommonStepsAttrName, b.getI64IntegerAttr(loops.steps));
  if (loops.hasRest)
    func->setAttr(qvec::kCommonRestAttrName, b.getUnitAttr());
}

std::optional<CommonLoops> quantopt::getCommonLoops(Operation *func) {
  auto steps = func->getAttrOfType<IntegerAttr>(qvec::kCommonStepsAttrName);
  if (!steps)
    return std::nullopt;
  return CommonLoops{steps.getInt(), func->hasAttr(qvec::kCommonRestAttrName)};
}
