//===- WriteRanges.cpp - Range tables from the interpreter ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/ADT/DenseMap.h"

using namespace quantopt;
using namespace quantopt::reference;

llvm::Error quantopt::writeRanges(Runner &runner, TensorSamples &samples,
                                  int64_t runs, StringRef methodText,
                                  StringRef path) {
  auto method = RangeMethod::parse(methodText);
  if (!method)
    return method.takeError();
  func::FuncOp function = runner.getFunction();
  if (!function)
    return llvm::createStringError(
        "a compiled model does not show its inner values; use '--interpret'");
  std::vector<std::string> names;
  DenseMap<Value, size_t> numbers;
  for (const ObservedValue &observed : selectObservedValues(function)) {
    numbers[observed.value] = names.size();
    names.push_back(observed.name);
  }
  Calibrator calibrator(names, *method);
  InterpretOptions options;
  options.observer = [&](Value value, const Tensor &tensor) {
    auto it = numbers.find(value);
    if (it != numbers.end() && tensor.getStorage() == Storage::F32)
      calibrator.observe(it->second, tensor.get<float>());
  };
  for (int64_t run = 0; run < runs; ++run) {
    auto inputs = samples.load(run);
    if (!inputs)
      return inputs.takeError();
    auto results = runner.observe(*inputs, options);
    if (!results)
      return results.takeError();
  }
  std::string text = calibrator.finish().toJSON();
  return writeFileAtomically(path, [&](raw_ostream &os) -> llvm::Error {
    os << text;
    return llvm::Error::success();
  });
}
