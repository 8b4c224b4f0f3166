//===- Progress.cpp - A line that shows how far work is -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

static constexpr unsigned kWidth = 30;

void quantopt::showProgress(StringRef what, double part) {
  if (!llvm::sys::Process::StandardErrIsDisplayed())
    return;
  auto full = unsigned(part * kWidth);
  llvm::errs() << "\r[" << std::string(full, '=')
               << std::string(kWidth - std::min(full, kWidth), ' ') << "] "
               << what << "\033[K";
}

void quantopt::clearProgress() {
  if (llvm::sys::Process::StandardErrIsDisplayed())
    llvm::errs() << "\r\033[K";
}
