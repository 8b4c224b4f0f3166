//===- DescribeTargets.cpp - The table of levels as text ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;

/// The registers that hold sums.
static std::string describeRegisters(const TargetLevel &level) {
  if (!level.hasVectors())
    return "general";
  std::string text = llvm::formatv("{0} of {1} bytes", level.vectorRegisters,
                                   level.vectorBytes);
  if (level.tileRegisters != 0)
    text += llvm::formatv(", {0} tiles", level.tileRegisters);
  return text;
}

/// What one instruction multiplies and adds.
static StringRef describeProducts(const TargetLevel &level) {
  switch (level.dotGroup) {
  case 16:
    return "16 bytes to one sum";
  case 4:
    if (getMmlaIntrinsic(level, /*unsignedLhs=*/false))
      return "4 bytes, 2x2 of 8";
    if (getDotIntrinsic(level, 4, level.getLanes(), /*unsignedLhs=*/false) ||
        getDotIntrinsic(level, 4, level.getLanes(), /*unsignedLhs=*/true))
      return "4 bytes";
    return "bytes one by one";
  case 2:
    return "2 words";
  default:
    return "one by one";
  }
}

/// How sums become bytes.
static std::string describeRequantization(const TargetLevel &level) {
  if (level.requantizeShift == 0)
    return "floats";
  return llvm::formatv("high products, shift {0}", level.requantizeShift);
}

std::string quantopt::describeTargets() {
  std::string text;
  llvm::raw_string_ostream os(text);
  auto addRow = [&](StringRef name, StringRef arch, StringRef cpu,
                    StringRef registers, StringRef products,
                    StringRef requantization, StringRef floats) {
    os << llvm::formatv("{0,-16} {1,-8} {2,-14} {3,-24} {4,-20} {5,-24} {6}\n",
                        name, arch, cpu, registers, products, requantization,
                        floats);
  };
  addRow("LEVEL", "ARCH", "LLVM CPU", "REGISTERS", "PRODUCTS", "REQUANTIZATION",
         "FLOATS");
  for (const TargetLevel &level : getTargetLevels())
    addRow(level.name, level.arch.empty() ? "any" : level.arch,
           level.cpu.empty() ? "any" : level.cpu, describeRegisters(level),
           describeProducts(level), describeRequantization(level),
           level.hasFma() ? "fused" : "separate");
  return text;
}
