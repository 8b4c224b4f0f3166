//===- CompiledRunner.cpp - Compiled models -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runner.h"
#include "quant-opt-c/Runtime.h"
#include "quant-opt/Compiler/JIT.h"
#include "quant-opt/Compiler/TensorBuffers.h"
#include "llvm/Support/DynamicLibrary.h"
#include "llvm/Support/FileSystem.h"

using namespace quantopt;
using namespace quantopt::reference;

namespace {
/// Compiled code, with one session per concurrent call.
class CompiledRunner : public Runner {
public:
  /// `owner` keeps the code; null for a library, which stays loaded.
  explicit CompiledRunner(std::unique_ptr<CompiledModel> owner = nullptr)
      : owner(std::move(owner)) {}

  ~CompiledRunner() override {
    for (qo_session &session : sessions)
      qo_session_close(&session);
  }

  llvm::Error open(const qo_model *theModel, const LoadOptions &options,
                   MLIRContext &context) {
    model = theModel;
    qo_error error;
    if (qo_check_model(model, &error))
      return llvm::createStringError(error.text);
    const qo_variant *variant = qo_best_variant(model);
    if (!variant)
      return llvm::createStringError(
          "the model has no code that this processor can run");
    for (int64_t i = 0; i < model->num_inputs + model->num_outputs; ++i) {
      bool isInput = i < model->num_inputs;
      auto port = describePort(isInput ? model->inputs[i]
                                       : model->outputs[i - model->num_inputs],
                               context);
      if (!port)
        return port.takeError();
      (isInput ? inputs : outputs).push_back(*port);
    }
    for (int i = 0; i < options.workers; ++i) {
      qo_session session;
      if (qo_session_open(&session, model, variant, options.threads, &error))
        return llvm::createStringError(error.text);
      sessions.push_back(session);
    }
    return llvm::Error::success();
  }

  llvm::Expected<SmallVector<Tensor>> run(ArrayRef<Tensor> in,
                                          int worker) override {
    qo_session &session = sessions[worker];
    for (auto [i, tensor] : llvm::enumerate(in))
      storeTensor(tensor, model->inputs[i], session.inputs[i]);
    qo_session_run(&session);
    SmallVector<Tensor> results;
    for (auto [i, port] : llvm::enumerate(outputs))
      results.push_back(
          fetchTensor(port.type, model->outputs[i], session.outputs[i]));
    return results;
  }

  llvm::Expected<std::function<void()>>
  prepareCall(ArrayRef<Tensor> in) override {
    qo_session *session = &sessions.front();
    for (auto [i, tensor] : llvm::enumerate(in))
      storeTensor(tensor, model->inputs[i], session->inputs[i]);
    return [session] { qo_session_run(session); };
  }

private:
  std::unique_ptr<CompiledModel> owner;
  const qo_model *model = nullptr;
  std::vector<qo_session> sessions;
};
} // namespace

llvm::Expected<std::unique_ptr<Runner>>
quantopt::compileModule(ModuleOp module, const LoadOptions &options) {
  auto compiled = CompiledModel::create(module);
  if (!compiled)
    return compiled.takeError();
  const qo_model *model = &(*compiled)->getModel();
  auto runner = std::make_unique<CompiledRunner>(std::move(*compiled));
  if (llvm::Error error = runner->open(model, options, *module.getContext()))
    return std::move(error);
  return runner;
}

llvm::Expected<std::unique_ptr<Runner>>
quantopt::loadLibrary(StringRef path, const LoadOptions &options,
                      MLIRContext &context) {
  // A bare name would be looked up in the system's library path.
  SmallString<128> absolute(path);
  llvm::sys::fs::make_absolute(absolute);
  std::string error;
  auto library =
      llvm::sys::DynamicLibrary::getPermanentLibrary(absolute.c_str(), &error);
  if (!library.isValid())
    return llvm::createStringError(path + ": cannot be loaded: " + error);
  auto getModel = reinterpret_cast<qo_model_fn>(
      library.getAddressOfSymbol("quantopt_model"));
  if (!getModel)
    return llvm::createStringError(
        path + ": is no compiled model: it lacks the symbol 'quantopt_model'");
  auto runner = std::make_unique<CompiledRunner>();
  if (llvm::Error inner = runner->open(getModel(), options, context))
    return llvm::createStringError(path + ": " +
                                   llvm::toString(std::move(inner)));
  return runner;
}
