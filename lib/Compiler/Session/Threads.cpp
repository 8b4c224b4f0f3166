//===- Threads.cpp - Threads of the compiler ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Threads.h"
#include "llvm/Support/CrashRecoveryContext.h"

using namespace quantopt;

CompilerThreads::CompilerThreads(unsigned threads)
    : pool(llvm::hardware_concurrency(threads)) {}

CompilerThreads::~CompilerThreads() = default;

void CompilerThreads::asyncEnqueue(llvm::unique_function<void()> task,
                                   llvm::ThreadPoolTaskGroup *group) {
  auto run = [this, task = std::move(task)]() mutable {
    llvm::CrashRecoveryContext recovery;
    if (!recovery.RunSafely([&] { task(); }))
      crashed = true;
  };
  if (group)
    pool.async(*group, std::move(run));
  else
    pool.async(std::move(run));
}
