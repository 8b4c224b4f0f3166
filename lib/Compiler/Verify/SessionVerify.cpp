//===- SessionVerify.cpp - Checking generated code ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Parser/Parser.h"
#include "quant-opt-c/Runtime.h"
#include "quant-opt/Compiler/JIT.h"
#include "quant-opt/Compiler/Session.h"
#include "quant-opt/Compiler/VerifyCodegen.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace quantopt;
using llvm::Error;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// The reference
//===----------------------------------------------------------------------===//

LogicalResult CompileSession::loadReference() {
  if (!options.verifyCodegen)
    return success();
  Location loc = UnknownLoc::get(&context);
  if ((*module)->hasAttr(qvec::QVecDialect::getFastFloatAttrName()))
    return emitError(loc) << options.input
                          << ": a module lowered with '--float=fast' does not "
                             "keep every bit; drop '--verify-codegen'";
  if (!options.verifyAgainst.empty()) {
    reference = parseSourceFile<ModuleOp>(options.verifyAgainst, &context);
    if (!reference)
      return failure();
    FailureOr<Phase> done = getModulePhase(*reference);
    if (failed(done))
      return failure();
    if (*done > Phase::Kernels)
      return emitError(loc)
             << options.verifyAgainst
             << ": expected a module that can be interpreted, up to phase '"
             << getPhaseName(Phase::Kernels) << "', but got phase '"
             << getPhaseName(*done) << "'";
    return success();
  }
  if (phase > Phase::Kernels)
    return emitError(loc)
           << options.input << ": a module that has been through phase '"
           << getPhaseName(phase)
           << "' cannot be interpreted; name the module to compare with: "
              "'--verify-codegen=MODULE'";
  keepReference();
  return success();
}

/// After `fuse` all rounding points are final; a module that starts later is
/// its own reference.
void CompileSession::keepReference() {
  if (options.verifyCodegen && !reference && phase >= Phase::Fuse)
    reference = OwningOpRef<ModuleOp>(cast<ModuleOp>((*module)->clone()));
}

/// The function that says what a variant should compute: `main`, or after
/// `kernels` the one of the variant's level, else the first.
static func::FuncOp findReference(ModuleOp module, StringRef level) {
  if (auto main = module.lookupSymbol<func::FuncOp>("main"))
    return main;
  func::FuncOp first;
  for (auto function : module.getOps<func::FuncOp>()) {
    auto target = function->getAttrOfType<qvec::TargetAttr>(
        qvec::QVecDialect::getTargetAttrName());
    if (target && target.getLevel() == level)
      return function;
    if (!first)
      first = function;
  }
  return first;
}

//===----------------------------------------------------------------------===//
// The first operation that differs
//===----------------------------------------------------------------------===//

/// A copy of a module whose function ends behind its op number `last` and
/// returns that op's results.
static OwningOpRef<ModuleOp> truncate(ModuleOp module, unsigned last) {
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>(module->clone()));
  auto main = copy->lookupSymbol<func::FuncOp>("main");
  Block &body = main.getBody().front();
  Operation *op = &*std::next(body.begin(), last);
  Operation *terminator = body.getTerminator();
  terminator->setOperands(op->getResults());
  while (op->getNextNode() != terminator)
    terminator->getPrevNode()->erase();
  main.setFunctionType(FunctionType::get(
      copy->getContext(), main.getArgumentTypes(), op->getResultTypes()));
  main.setAllResultAttrs(SmallVector<Attribute>(
      op->getNumResults(), DictionaryAttr::get(copy->getContext())));
  return copy;
}

/// Whether code for the level differs from the module's meaning; false when
/// that cannot be told.
static bool differs(ModuleOp module, StringRef level, OptLevel optLevel) {
  ScopedDiagnosticHandler quiet(module.getContext(),
                                [](Diagnostic &) { return success(); });
  auto compiled = CompiledModel::create(module, level, optLevel);
  if (!compiled) {
    llvm::consumeError(compiled.takeError());
    return false;
  }
  const qo_model &model = (*compiled)->getModel();
  auto difference = compareWithInterpreter(findReference(module, level), model,
                                           qo_best_variant(&model));
  if (!difference) {
    llvm::consumeError(difference.takeError());
    return false;
  }
  return difference->has_value();
}

/// Looks for the first op whose result differs, by bisection; null when the
/// whole differs only.
static Operation *findFirstDifference(ModuleOp module, StringRef level,
                                      OptLevel optLevel) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main)
    return nullptr;
  SmallVector<std::pair<unsigned, Operation *>> ops;
  for (auto [i, op] :
       llvm::enumerate(main.getBody().front().without_terminator()))
    if (!op.hasTrait<OpTrait::ConstantLike>() && op.getNumResults() != 0)
      ops.push_back({unsigned(i), &op});
  size_t low = 0, high = ops.size();
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (differs(*truncate(module, ops[middle].first), level, optLevel))
      high = middle;
    else
      low = middle + 1;
  }
  return low < ops.size() ? ops[low].second : nullptr;
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// The code as objects that can be loaded: with visible layers and their
/// description.
static Expected<std::unique_ptr<CompiledModel>>
loadCode(ModuleOp module, std::vector<Bytes> objects, ModelDescription &model,
         const EmitOptions &given) {
  EmitOptions emitOptions = given;
  emitOptions.exportLayers = true;
  if (!given.exportLayers) {
    auto visible = emitModel(module, model, emitOptions, CodeKind::Object);
    if (!visible)
      return visible.takeError();
    objects = {std::move(*visible)};
  }
  auto descriptor = emitDescriptor(model, emitOptions);
  if (!descriptor)
    return descriptor.takeError();
  objects.push_back(std::move(*descriptor));
  return CompiledModel::load(objects);
}

/// Whether this machine can run a level's code.
static bool canRun(const ModelDescription &model,
                   const VariantDescription &variant) {
  llvm::Triple triple(model.triple), host(llvm::sys::getDefaultTargetTriple());
  return triple.getArch() == host.getArch() && triple.getOS() == host.getOS() &&
         qo_cpu_has(variant.cpuFlags.c_str());
}

CompileStatus CompileSession::verifyCode(const std::vector<Bytes> &code,
                                         ModelDescription &model,
                                         const EmitOptions &emitOptions) {
  Location loc = UnknownLoc::get(&context);
  bool any = false;
  for (const VariantDescription &variant : model.variants) {
    bool runs = canRun(model, variant);
    any |= runs;
    if (!runs)
      emitRemark(loc) << "code for level '" << variant.isa << "' of '"
                      << model.triple
                      << "' is not verified: this machine cannot run it";
  }
  if (!any)
    return CompileStatus::Done;
  CompileStatus failed = options.verifyAgainst.empty()
                             ? CompileStatus::InternalError
                             : CompileStatus::UserError;
  failedStep = "the verification of generated code";
  isVerifying = true;
  before = OwningOpRef<ModuleOp>(cast<ModuleOp>((*reference)->clone()));
  auto compiled = loadCode(*module, code, model, emitOptions);
  if (!compiled)
    return (void)report(compiled.takeError()), failed;
  const qo_model &loaded = (*compiled)->getModel();
  // Levels that share a function are compared with one interpretation of it.
  llvm::MapVector<Operation *, SmallVector<const qo_variant *>> groups;
  for (const qo_variant &variant :
       ArrayRef(loaded.variants, size_t(loaded.num_variants)))
    if (qo_cpu_has(variant.features))
      groups[findReference(*reference, variant.isa)].push_back(&variant);
  auto showProgress = [&](double part) {
    if (options.progress)
      options.progress("verify", part);
  };
  for (auto &[function, variants] : groups) {
    if (!function)
      return (void)report(llvm::createStringError(
                 "expected a function to compare the code with")),
             failed;
    auto difference = compareWithInterpreter(cast<func::FuncOp>(function),
                                             loaded, variants, showProgress);
    if (!difference)
      return (void)report(difference.takeError()), failed;
    if (!*difference)
      continue;
    reportDifference(**difference);
    return failed;
  }
  return CompileStatus::Done;
}

void CompileSession::reportDifference(const CodeDifference &difference) {
  Location loc = UnknownLoc::get(&context);
  InFlightDiagnostic diagnostic =
      emitError(loc) << "generated code differs from the interpreter: "
                     << difference.what;
  diagnostic.attachNote(loc) << difference.where;
  // A module of the user's need not have the code's layers.
  if (!options.verifyAgainst.empty())
    return;
  if (Operation *op =
          findFirstDifference(*reference, difference.level, options.level))
    diagnostic.attachNote(op->getLoc())
        << "this is the first operation whose result differs";
}
