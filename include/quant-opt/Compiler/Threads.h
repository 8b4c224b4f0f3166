//===- Threads.h - Threads of the compiler -------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_THREADS_H
#define QUANTOPT_COMPILER_THREADS_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>

namespace quantopt {

/// Threads that survive a crash of what they run, when
/// `llvm::CrashRecoveryContext` is enabled: it is noted, and the task counts as
/// finished.
class CompilerThreads : public llvm::ThreadPoolInterface {
public:
  /// 0 stands for one per processor.
  explicit CompilerThreads(unsigned threads);
  ~CompilerThreads() override;

  void wait() override { pool.wait(); }
  void wait(llvm::ThreadPoolTaskGroup &group) override { pool.wait(group); }
  unsigned getMaxConcurrency() const override {
    return pool.getMaxConcurrency();
  }

  /// Whether a task has crashed.
  bool hasCrashed() const { return crashed; }

private:
  void asyncEnqueue(llvm::unique_function<void()> task,
                    llvm::ThreadPoolTaskGroup *group) override;

  std::atomic<bool> crashed{false};
  llvm::StdThreadPool pool;
};

} // namespace quantopt

#endif // QUANTOPT_COMPILER_THREADS_H
