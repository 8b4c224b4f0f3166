//===- CompleteFrames.cpp - What frames take besides their size -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompleteFrames.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetFrameLowering.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/CodeGen/TargetRegisterInfo.h"
#include "llvm/CodeGen/TargetSubtargetInfo.h"

using namespace llvm;

/// Sizes of objects that grow with vectors are those for registers of 64 bits.
static constexpr int64_t kUnitBits = 64;

/// The most bytes of objects that are as long as vector registers. Each lies
/// at a multiple of its alignment, all of them at one of 16 units.
static int64_t getScalableBytes(const MachineFrameInfo &frame) {
  int64_t bytes = 0;
  for (int i = frame.getObjectIndexBegin(); i < frame.getObjectIndexEnd(); ++i)
    if (frame.hasScalableStackID(i) && !frame.isDeadObjectIndex(i))
      bytes += alignTo(std::max<int64_t>(frame.getObjectSize(i), 8),
                       frame.getObjectAlign(i));
  return alignTo(bytes, 16) * (quantopt::kMostVectorBits / kUnitBits);
}

namespace {
/// Runs when frames are laid out. LLVM adds the size of the "unsafe stack",
/// which nothing else uses here, to a frame's size where it writes that.
struct CompleteFrames : public MachineFunctionPass {
  static char ID;
  CompleteFrames() : MachineFunctionPass(ID) {}

  StringRef getPassName() const override { return "Complete frame sizes"; }

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction &function) override {
    MachineFrameInfo &frame = function.getFrameInfo();
    int64_t extra = getScalableBytes(frame);
    // Arguments that are pushed around calls.
    const TargetSubtargetInfo &target = function.getSubtarget();
    if (!target.getFrameLowering()->hasReservedCallFrame(function) &&
        frame.isMaxCallFrameSizeComputed())
      extra += frame.getMaxCallFrameSize();
    // What aligning loses; frames may be rounded up to the alignment as well.
    if (target.getRegisterInfo()->hasStackRealignment(function))
      extra += 2 * frame.getMaxAlign().value();
    frame.setUnsafeStackSize(extra);
    return false;
  }
};
} // namespace

char CompleteFrames::ID = 0;

void quantopt::completeFrames(TargetPassConfig &passes) {
  passes.insertPass(&PrologEpilogCodeInserterID, new CompleteFrames());
}
