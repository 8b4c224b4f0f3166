//===- Calibrate.cpp - Ranges from samples --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Calibrate.h"
#include "ObservedRuns.h"
#include "quant-opt/Support/AtomicFile.h"

using namespace quantopt;
using llvm::Expected;

/// Fewer samples hardly show what values there are.
static constexpr int64_t kFewSamples = 10;

static void warnOfFewSamples(Location loc, int64_t count) {
  if (count < kFewSamples)
    mlir::emitWarning(loc) << "ranges come from " << count << " sample"
                           << (count == 1 ? "" : "s") << "; at least "
                           << kFewSamples
                           << " typical ones are needed for ranges to rely on";
}

/// Values that are not finite do not count for a range; a tensor must have
/// others.
static llvm::Error checkFinite(Location loc, const Calibrator &calibrator,
                               ArrayRef<std::string> names) {
  for (auto [i, name] : llvm::enumerate(names)) {
    const Histogram &seen = calibrator.getHistogram(i);
    uint64_t bad = seen.getNonFiniteCount();
    if (bad != 0 && seen.getCount() == 0)
      return llvm::createStringError("'" + name +
                                     "' has only NaN and infinity for all "
                                     "samples, so it has no range: look at the "
                                     "weights and inputs before it");
    if (bad != 0)
      mlir::emitWarning(loc)
          << "'" << name << "' was NaN or infinite " << bad << " times in "
          << bad + seen.getCount() << "; its range is that of the other values";
  }
  return llvm::Error::success();
}

Expected<RangeTable> quantopt::calibrateModel(ModuleOp module,
                                              const CompileOptions &options) {
  auto method =
      RangeMethod::parse(options.ranges.empty() ? "mse" : options.ranges);
  if (!method)
    return method.takeError();
  RoundingPlan::Options plan;
  plan.integerOnly = options.integerOnly;
  FailureOr<ObservationModule> observation =
      createObservationModule(module, plan);
  if (failed(observation))
    return llvm::createStringError("the model cannot be observed");
  auto runs = ObservedRuns::create(*observation, options.calibrate);
  if (!runs)
    return runs.takeError();
  Location loc = UnknownLoc::get(module.getContext());
  warnOfFewSamples(loc, (*runs)->getNumSamples());
  ArrayRef<std::string> names = (*runs)->getNames();
  Calibrator calibrator(names, *method);
  for (int64_t run = 0, count = (*runs)->getNumRuns(); run < count; ++run) {
    if (llvm::Error error = (*runs)->run(run))
      return std::move(error);
    for (size_t i = 0; i < names.size(); ++i)
      calibrator.observe(i, (*runs)->getValues(i));
    if (options.progress)
      options.progress("calibrate", double(run + 1) / double(count));
  }
  if (llvm::Error error = checkFinite(loc, calibrator, names))
    return std::move(error);
  return calibrator.finish(options.keepHistograms);
}

llvm::Error quantopt::mergeRangeTables(const CompileOptions &options) {
  if (llvm::Error error = options.check())
    return error;
  auto method =
      RangeMethod::parse(options.ranges.empty() ? "mse" : options.ranges);
  if (!method)
    return method.takeError();
  std::vector<RangeTable> tables;
  for (const std::string &path : options.mergeTables) {
    auto table = readRangeTable(path);
    if (!table)
      return table.takeError();
    tables.push_back(std::move(*table));
    auto merged = RangeTable::merge(tables, *method);
    if (!merged)
      return llvm::createStringError(path + ": " +
                                     llvm::toString(merged.takeError()));
    tables.assign(1, std::move(*merged));
  }
  return writeFileAtomically(options.output, [&](raw_ostream &os) {
    os << tables.front().toJSON();
    return llvm::Error::success();
  });
}
