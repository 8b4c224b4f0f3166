//===- Evaluate.cpp - The work of quant-run -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "quant-opt-c/Runtime.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <mutex>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;
using llvm::Expected;

/// The results of all runs, run by run.
using RunResults = std::vector<SmallVector<Tensor>>;

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// How many runs the command line asks for.
static int64_t countRuns(const RunOptions &options, TensorSamples &samples) {
  if (options.limit <= 0)
    return samples.getNumRuns();
  int64_t batch = std::max<int64_t>(samples.getBatch(), 1);
  return std::min(samples.getNumRuns(), (options.limit + batch - 1) / batch);
}

/// Runs the model on all samples, several at a time.
static Expected<RunResults> runAll(Runner &runner, TensorSamples &samples,
                                   int64_t runs, int workers) {
  RunResults results(runs);
  std::atomic<int64_t> next{0};
  std::mutex mutex;
  Error failure = Error::success();
  auto work = [&](int worker) {
    for (int64_t run = next++; run < runs; run = next++) {
      auto inputs = samples.load(run);
      Error error = inputs.takeError();
      if (!error) {
        auto outputs = runner.run(*inputs, worker);
        if (outputs)
          results[run] = std::move(*outputs);
        else
          error = outputs.takeError();
      }
      if (error) {
        std::lock_guard<std::mutex> lock(mutex);
        next = runs;
        if (failure)
          llvm::consumeError(std::move(error));
        else
          failure = std::move(error);
      }
    }
  };
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(workers));
  for (int worker = 0; worker < workers; ++worker)
    pool.async(work, worker);
  pool.wait();
  if (failure)
    return std::move(failure);
  return results;
}

/// One output of all runs as real numbers.
static Outputs collectOutput(const RunResults &results, size_t index,
                             const Port &port, int64_t batch) {
  Outputs outputs;
  outputs.name = port.name;
  for (const SmallVector<Tensor> &run : results)
    appendReals(run[index], port, outputs.values);
  outputs.samples = int64_t(results.size()) * batch;
  if (outputs.samples > 0)
    outputs.sampleSize = int64_t(outputs.values.size()) / outputs.samples;
  return outputs;
}

//===----------------------------------------------------------------------===//
// Writing outputs
//===----------------------------------------------------------------------===//

/// Splits `[NAME=]FILE` for an output of the model.
static Expected<std::pair<size_t, std::string>>
bindOutput(const std::string &argument, const Runner &runner) {
  std::vector<qo_tensor> tensors;
  for (const Port &port : runner.getOutputs()) {
    tensors.emplace_back();
    tensors.back().name = port.name.c_str();
  }
  int64_t index;
  const char *path;
  qo_error error;
  if (qo_split_spec(argument.c_str(), "output", tensors.data(), tensors.size(),
                    &index, &path, &error))
    return llvm::createStringError(error.text);
  return std::make_pair(size_t(index), std::string(path));
}

/// All runs' results of one output, concatenated along dimension 0.
static Error writeOutput(StringRef path, const RunResults &results,
                         size_t index, const Port &port) {
  SmallVector<int64_t> shape(port.type.getShape());
  if (shape.empty())
    shape.push_back(1);
  shape.front() *= int64_t(results.size());
  Tensor all =
      Tensor::zeros(RankedTensorType::get(shape, port.type.getElementType()));
  int64_t offset = 0;
  for (const SmallVector<Tensor> &run : results)
    run[index].visit([&](auto data) {
      using T = typename decltype(data)::value_type;
      llvm::copy(data, all.getMutable<T>().begin() + offset);
      offset += data.size();
    });
  bool keepsShape = results.size() == 1;
  return writeTensor(path, all,
                     keepsShape ? port.type.getShape() : ArrayRef(shape));
}

/// Prints the results of every run as text: floats so that they can be read
/// back exactly.
static void printOutputs(const Runner &runner, const RunResults &results) {
  for (const SmallVector<Tensor> &run : results)
    for (auto [port, tensor] : llvm::zip(runner.getOutputs(), run)) {
      llvm::outs() << port.name << ": " << port.type << ':';
      for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i)
        if (tensor.getStorage() == Storage::F32)
          llvm::outs() << llvm::format(" %.9g", tensor.getNumber(i));
        else
          llvm::outs() << ' ' << tensor.getInteger(i);
      llvm::outs() << '\n';
    }
}

/// Writes the outputs that the command line names.
static Error writeOutputs(const RunOptions &options, const Runner &runner,
                          const RunResults &results) {
  if (options.print)
    printOutputs(runner, results);
  for (const std::string &argument : options.outputs) {
    auto bound = bindOutput(argument, runner);
    if (!bound)
      return bound.takeError();
    auto [index, path] = *bound;
    if (Error error =
            writeOutput(path, results, index, runner.getOutputs()[index]))
      return error;
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

/// The outputs to compare with, by output; empty where there is nothing.
static Expected<std::vector<Outputs>>
loadExpected(const RunOptions &options, ArrayRef<Outputs> outputs,
             const Runner &runner, TensorSamples &samples, int64_t runs,
             MLIRContext &context) {
  std::vector<Outputs> expected(outputs.size());
  for (const std::string &argument : options.compare) {
    if (StringRef(argument).ends_with(".npy")) {
      auto bound = bindOutput(argument, runner);
      if (!bound)
        return bound.takeError();
      auto file = NpyFile::open(bound->second);
      if (!file)
        return file.takeError();
      Outputs &target = expected[bound->first];
      target = outputs[bound->first];
      auto count = static_cast<int64_t>(target.values.size());
      bool fits = options.limit > 0 ? file->getNumElements() >= count
                                    : file->getNumElements() == count;
      if (!fits)
        return llvm::createStringError(file->getName() + ": expected " +
                                       Twine(count) + " elements for output '" +
                                       target.name + "', but got " +
                                       Twine(file->getNumElements()));
      if (Error error = file->read(0, count, QO_F64, target.values.data()))
        return std::move(error);
      continue;
    }
    LoadOptions load{options.interpret && !StringRef(argument).ends_with(".so"),
                     options.threads, 1};
    auto other = loadRunner(argument, load, context);
    if (!other)
      return other.takeError();
    // The other model may store its inputs in other ways.
    auto own = TensorSamples::open((*other)->getInputs(), options.inputs,
                                   options.quantizeInputs);
    if (!own)
      return own.takeError();
    if ((*own)->getNumRuns() < runs)
      return llvm::createStringError(argument +
                                     ": expected a model of the same batch");
    auto results = runAll(**other, **own, runs, options.threads);
    if (!results)
      return results.takeError();
    for (auto [i, port] : llvm::enumerate((*other)->getOutputs())) {
      if (i >= outputs.size())
        break;
      expected[i] = collectOutput(*results, i, port, samples.getBatch());
      if (expected[i].values.size() != outputs[i].values.size())
        return llvm::createStringError(
            argument + ": expected " + Twine(outputs[i].values.size()) +
            " values in output '" + outputs[i].name + "', but got " +
            Twine(expected[i].values.size()));
    }
  }
  return expected;
}

/// Prints differences. Returns the least top-1 agreement.
static double reportDifferences(ArrayRef<Outputs> outputs,
                                ArrayRef<Outputs> expected) {
  double least = 1;
  for (auto [own, other] : llvm::zip(outputs, expected)) {
    if (other.name.empty())
      continue;
    Difference d = measureDifference(own, other);
    llvm::outs() << own.name << ": sqnr_db: " << llvm::format("%.2f", d.sqnr)
                 << " max_abs_error: " << llvm::format("%.6g", d.maxAbs)
                 << " cosine: " << llvm::format("%.6f", d.cosine)
                 << " top1_agreement: " << llvm::format("%.4f", d.agreement)
                 << '\n';
    least = std::min(least, d.agreement);
  }
  return least;
}

/// Applies --max-drop; `drop` is a part of 1.
static void applyGate(const RunOptions &options, double drop, bool &passed) {
  if (!options.maxDrop || drop * 100 <= *options.maxDrop + 1e-9)
    return;
  llvm::errs() << "quant-run: error: top-1 drops by "
               << llvm::format("%.2f", drop * 100)
               << " points, more than the allowed "
               << llvm::format("%.2f", *options.maxDrop) << '\n';
  passed = false;
}

/// Reports accuracy and differences.
static Error report(const RunOptions &options, const Runner &runner,
                    TensorSamples &samples, const RunResults &results,
                    MLIRContext &context, bool &passed) {
  std::vector<Outputs> outputs, expected;
  for (auto [i, port] : llvm::enumerate(runner.getOutputs()))
    outputs.push_back(collectOutput(results, i, port, samples.getBatch()));
  std::optional<NpyFile> labels;
  Accuracy accuracy;
  if (!options.labels.empty()) {
    auto file = NpyFile::open(options.labels);
    if (!file)
      return file.takeError();
    labels = std::move(*file);
    auto measured = measureAccuracy(outputs.front(), *labels);
    if (!measured)
      return measured.takeError();
    accuracy = *measured;
    llvm::outs() << "top1: " << llvm::format("%.4f", accuracy.top1)
                 << " top5: " << llvm::format("%.4f", accuracy.top5)
                 << " n: " << accuracy.count << '\n';
  }
  if (options.compare.empty())
    return Error::success();
  auto loaded =
      loadExpected(options, outputs, runner, samples, results.size(), context);
  if (!loaded)
    return loaded.takeError();
  double drop = 1 - reportDifferences(outputs, *loaded);
  if (labels && !loaded->front().name.empty()) {
    auto reference = measureAccuracy(loaded->front(), *labels);
    if (!reference)
      return reference.takeError();
    drop = reference->top1 - accuracy.top1;
    llvm::outs() << "reference_top1: " << llvm::format("%.4f", reference->top1)
                 << " drop: " << llvm::format("%.4f", drop) << '\n';
  }
  applyGate(options, drop, passed);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

/// Measures one inference and prints the line that all tools print.
static Error benchmark(const RunOptions &options, Runner &runner,
                       ArrayRef<Tensor> inputs) {
  auto call = runner.prepareCall(inputs);
  if (!call)
    return call.takeError();
  qo_timing timing;
  qo_error error;
  auto invoke = [](void *data) {
    (*static_cast<std::function<void()> *>(data))();
  };
  if (qo_bench(invoke, &*call, *options.benchSeconds, &timing, &error))
    return llvm::createStringError(error.text);
  char line[256];
  qo_format_timing(&timing, options.interpret ? 1 : options.threads, line,
                   sizeof(line));
  llvm::outs() << line << '\n';
  return Error::success();
}

/// The inputs of the first run, or zeros when no file is given.
static Expected<SmallVector<Tensor>> loadFirst(const RunOptions &options,
                                               const Runner &runner) {
  if (!options.inputs.empty()) {
    auto samples = TensorSamples::open(runner.getInputs(), options.inputs,
                                       options.quantizeInputs);
    if (!samples)
      return samples.takeError();
    return (*samples)->load(0);
  }
  SmallVector<Tensor> inputs;
  for (const Port &port : runner.getInputs())
    inputs.push_back(Tensor::zeros(port.type));
  return inputs;
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

Error quantopt::runModel(const RunOptions &options, MLIRContext &context,
                         bool &passed) {
  bool measures = options.benchSeconds.has_value();
  // Samples are independent; a measurement is of one inference.
  LoadOptions load{options.interpret, measures ? 1 : options.threads,
                   measures ? options.threads : 1};
  auto runner = loadRunner(options.model, load, context);
  if (!runner)
    return runner.takeError();
  if (measures) {
    auto inputs = loadFirst(options, **runner);
    if (!inputs)
      return inputs.takeError();
    return benchmark(options, **runner, *inputs);
  }
  auto samples = TensorSamples::open((*runner)->getInputs(), options.inputs,
                                     options.quantizeInputs);
  if (!samples)
    return samples.takeError();
  if (!options.dumpDirectory.empty() && (*samples)->getNumRuns() > 0) {
    auto inputs = (*samples)->load(0);
    if (!inputs)
      return inputs.takeError();
    if (Error error = dumpTensors(**runner, *inputs, options.dumpDirectory))
      return error;
  }
  int64_t runs = countRuns(options, **samples);
  if (!options.rangeTable.empty())
    return writeRanges(**runner, **samples, runs, options.rangeMethod,
                       options.rangeTable);
  auto results = runAll(**runner, **samples, runs, options.threads);
  if (!results)
    return results.takeError();
  if (Error error = writeOutputs(options, **runner, *results))
    return error;
  if ((*runner)->getOutputs().empty())
    return Error::success();
  return report(options, **runner, **samples, *results, context, passed);
}
