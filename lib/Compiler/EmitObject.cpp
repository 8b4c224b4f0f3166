//===- EmitObject.cpp - Machine code for a model --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/EmitObject.h"
#include "Entry.h"
#include "ObjectFacts.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace quantopt;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// The code generator
//===----------------------------------------------------------------------===//

static llvm::CodeGenOptLevel getCodeGenLevel(OptLevel level) {
  switch (level) {
  case OptLevel::O0:
    return llvm::CodeGenOptLevel::None;
  case OptLevel::O1:
    return llvm::CodeGenOptLevel::Less;
  case OptLevel::O2:
  case OptLevel::Os:
    return llvm::CodeGenOptLevel::Default;
  case OptLevel::O3:
    return llvm::CodeGenOptLevel::Aggressive;
  }
  return llvm::CodeGenOptLevel::Default;
}

Expected<std::unique_ptr<llvm::TargetMachine>>
quantopt::createTargetMachine(const ModelDescription &model, OptLevel level) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllAsmParsers();
  std::string error;
  llvm::Triple triple(model.triple);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError("unknown target '" + model.triple +
                                   "': " + error);
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  options.FunctionSections = true;
  // Firmware is linked at fixed addresses; programs and libraries are not.
  bool isHosted = triple.isOSLinux() || triple.isOSDarwin();
  const VariantDescription &base = model.variants.back();
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, base.cpu, base.features, options,
      isHosted ? llvm::Reloc::PIC_ : llvm::Reloc::Static, std::nullopt,
      getCodeGenLevel(level)));
  if (!machine)
    return llvm::createStringError("there is no code generator for '" +
                                   model.triple + "'");
  return machine;
}

static llvm::OptimizationLevel getPassLevel(OptLevel level) {
  switch (level) {
  case OptLevel::O0:
    return llvm::OptimizationLevel::O0;
  case OptLevel::O1:
    return llvm::OptimizationLevel::O1;
  case OptLevel::O2:
    return llvm::OptimizationLevel::O2;
  case OptLevel::O3:
    return llvm::OptimizationLevel::O3;
  case OptLevel::Os:
    return llvm::OptimizationLevel::Os;
  }
  return llvm::OptimizationLevel::O2;
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     OptLevel level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = level != OptLevel::O0;
  tuning.SLPVectorization = level != OptLevel::O0;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::OptimizationLevel passLevel = getPassLevel(level);
  llvm::ModulePassManager passes =
      level == OptLevel::O0 ? builder.buildO0DefaultPipeline(passLevel)
                            : builder.buildPerModuleDefaultPipeline(passLevel);
  passes.run(module, modules);
}

Expected<Bytes> quantopt::generateCode(llvm::Module &module,
                                       llvm::TargetMachine &machine,
                                       OptLevel level, CodeKind kind) {
  std::string problem;
  llvm::raw_string_ostream problemStream(problem);
  if (llvm::verifyModule(module, &problemStream))
    return llvm::createStringError("invalid LLVM IR: " + problem);
  optimize(module, machine, level);
  Bytes result;
  llvm::raw_svector_ostream os(result);
  if (kind == CodeKind::Text) {
    module.print(os, nullptr);
    return result;
  }
  if (kind == CodeKind::Bitcode) {
    llvm::WriteBitcodeToFile(module, os);
    return result;
  }
  llvm::legacy::PassManager passes;
  auto fileType = kind == CodeKind::Object
                      ? llvm::CodeGenFileType::ObjectFile
                      : llvm::CodeGenFileType::AssemblyFile;
  if (machine.addPassesToEmitFile(passes, os, nullptr, fileType))
    return llvm::createStringError("the target '" +
                                   module.getTargetTriple().str() +
                                   "' cannot emit this kind of file");
  passes.run(module);
  return result;
}

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

/// Gives a layer its processor, and linkage.
static void configureLayer(llvm::Function &function,
                           const VariantDescription &variant,
                           const EmitOptions &options) {
  setFunctionTarget(function, variant, options.level);
  function.setLinkage(options.exportLayers ? llvm::Function::ExternalLinkage
                                           : llvm::Function::InternalLinkage);
  if (options.exportLayers)
    function.setVisibility(llvm::Function::HiddenVisibility);
}

static Expected<std::unique_ptr<llvm::Module>>
translateLayers(ModuleOp module, const ModelDescription &model,
                const EmitOptions &options, llvm::TargetMachine &machine,
                llvm::LLVMContext &context) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, options.name);
  if (!result)
    return llvm::createStringError("translation to LLVM IR failed");
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  result->setPICLevel(llvm::PICLevel::SmallPIC);
  for (llvm::GlobalVariable &global : result->globals()) {
    global.setLinkage(llvm::GlobalValue::PrivateLinkage);
    global.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  }
  for (const VariantDescription &variant : model.variants)
    for (const LayerDescription &layer : variant.layers)
      configureLayer(*result->getFunction(layer.symbol), variant, options);
  return result;
}

Expected<Bytes> quantopt::emitModel(ModuleOp module, ModelDescription &model,
                                    const EmitOptions &options, CodeKind kind) {
  Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(model, options.level);
  if (!machine)
    return machine.takeError();
  // The code generator may turn loads and stores into calls of these; then the
  // model brings its own.
  for (bool withMemoryFunctions : {false, true}) {
    llvm::LLVMContext context;
    auto llvmModule =
        translateLayers(module, model, options, **machine, context);
    if (!llvmModule)
      return llvmModule.takeError();
    addEntry(**llvmModule, model, options);
    if (withMemoryFunctions)
      addMemoryFunctions(**llvmModule, model.variants.back(), options.level);
    auto code = generateCode(**llvmModule, **machine, options.level, kind);
    if (!code || kind != CodeKind::Object)
      return code;
    auto undefined = readObjectFacts(*code, model);
    if (!undefined)
      return undefined.takeError();
    if (undefined->empty())
      return code;
    bool canDefine = llvm::all_of(*undefined, isMemoryFunction);
    if (withMemoryFunctions || !canDefine)
      return llvm::createStringError(
          "code for '" + model.triple + "' would need the function '" +
          undefined->front() +
          "' of a library; name a processor that has the instruction with "
          "'--cpu' or '--features'");
  }
  llvm_unreachable("both attempts return");
}
