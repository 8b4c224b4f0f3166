//===- EmitObject.cpp - Machine code for a model --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/EmitObject.h"
#include "CompleteFrames.h"
#include "Entry.h"
#include "ObjectFacts.h"
#include "SplitModel.h"
#include "SupportFunctions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/Threading.h"
#include "llvm/Target/RegisterTargetPassConfigCallback.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/MergeFunctions.h"

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

static bool keepsOrder(const llvm::TargetMachine &machine) {
  return quantopt::keepsOrder(machine.getTargetTriple().str(),
                              machine.getTargetCPU(),
                              machine.getTargetFeatureString());
}

/// Leaves out the scheduler before register allocation for processors whose few
/// registers it would exceed; makes the sizes of frames complete.
static void configurePasses(llvm::TargetMachine &machine,
                            llvm::PassManagerBase &,
                            llvm::TargetPassConfig *passes) {
  if (keepsOrder(machine))
    passes->disablePass(&llvm::MachineSchedulerID);
  completeFrames(*passes);
}

/// Makes LLVM's code generators known, once: parts of a model are compiled at
/// the same time.
static void initializeTargets() {
  static llvm::once_flag flag;
  llvm::call_once(flag, [] {
    static llvm::RegisterTargetPassConfigCallback callback(configurePasses);
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

Expected<std::unique_ptr<llvm::TargetMachine>>
quantopt::createTargetMachine(const ModelDescription &model, OptLevel level) {
  initializeTargets();
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
  // Else the table of layers would lie with the constants that layers read: the
  // bound of the stack asks which section refers to which.
  options.DataSections = !isHosted;
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
  // Firmware: layers of several bands of rows are equal.
  if (machine.getRelocationModel() == llvm::Reloc::Static) {
    for (llvm::Function &function : module)
      if (function.hasLocalLinkage())
        function.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    passes.addPass(llvm::MergeFunctionsPass());
  }
  passes.run(module, modules);
}

/// Has LLVM generate code that is short, where sums take most of few registers:
/// else it counts in addresses that it changes before it uses them, and keeps
/// the old ones as well.
static void shortenAddresses(llvm::Module &module,
                             const llvm::TargetMachine &machine) {
  if (!keepsOrder(machine) || !machine.getTargetTriple().isArch32Bit())
    return;
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::OptimizeForSize);
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
  shortenAddresses(module, machine);
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

namespace {
/// What a file of code shares with others that are linked with it.
enum class Sharing {
  Nothing,   ///< it is the whole model
  Layers,    ///< a descriptor points to the layers
  Everything ///< other parts of the model use its constants and kernels too
};
} // namespace

/// Makes a symbol visible to the files of this model or to its own file alone.
static void setSharing(llvm::GlobalValue &value, bool isShared,
                       llvm::GlobalValue::LinkageTypes own) {
  value.setLinkage(isShared ? llvm::GlobalValue::ExternalLinkage : own);
  if (!isShared)
    return;
  value.setVisibility(llvm::GlobalValue::HiddenVisibility);
  value.setDSOLocal(true);
}

/// Gives the functions of a module their processors; sets who sees what.
static void configure(llvm::Module &llvmModule, ModuleOp module,
                      const ModelDescription &model, const EmitOptions &options,
                      Sharing sharing) {
  for (llvm::GlobalVariable &global : llvmModule.globals()) {
    global.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    setSharing(global, sharing == Sharing::Everything,
               llvm::GlobalValue::PrivateLinkage);
  }
  for (auto func : module.getOps<LLVM::LLVMFuncOp>()) {
    llvm::Function *function = llvmModule.getFunction(func.getName());
    auto target = func->getAttrOfType<qvec::TargetAttr>(
        qvec::QVecDialect::getTargetAttrName());
    if (!target)
      continue;
    for (const VariantDescription &variant : model.variants)
      if (variant.isa == target.getLevel())
        setFunctionTarget(*function, variant, options.level);
    bool isLayer = func->hasAttr(qvec::QVecDialect::getLayerAttrName());
    setSharing(*function,
               sharing == Sharing::Everything ||
                   (isLayer && sharing == Sharing::Layers),
               llvm::GlobalValue::InternalLinkage);
  }
}

static Expected<std::unique_ptr<llvm::Module>>
translate(ModuleOp module, const ModelDescription &model,
          const EmitOptions &options, Sharing sharing,
          llvm::TargetMachine &machine, llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> result =
      translateModuleToLLVMIR(module, context, options.name);
  if (!result)
    return llvm::createStringError("translation to LLVM IR failed");
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  result->setPICLevel(llvm::PICLevel::SmallPIC);
  configure(*result, module, model, options, sharing);
  return result;
}

/// The code of a module; with the model's entry point if wanted, and with
/// support functions.
static Expected<Bytes> emitModule(ModuleOp module,
                                  const ModelDescription &model,
                                  const EmitOptions &options, Sharing sharing,
                                  CodeKind kind, bool withEntry,
                                  ArrayRef<std::string> support) {
  Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(model, options.level);
  if (!machine)
    return machine.takeError();
  // For the bound of the stack, which firmware needs.
  (*machine)->Options.EmitStackSizeSection = !options.exportLayers;
  llvm::LLVMContext context;
  auto llvmModule =
      translate(module, model, options, sharing, **machine, context);
  if (!llvmModule)
    return llvmModule.takeError();
  if (withEntry)
    addEntry(**llvmModule, model, options);
  if (!support.empty())
    addSupportFunctions(**llvmModule, support, model.variants.back(), **machine,
                        options.level);
  return generateCode(**llvmModule, **machine, options.level, kind);
}

static void registerTranslations(MLIRContext &context) {
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
}

/// The error for functions that neither the model nor its target has.
static llvm::Error makeUndefinedError(const ModelDescription &model,
                                      StringRef function) {
  return llvm::createStringError(
      "code for '" + model.triple + "' would need the function '" + function +
      "' of a library; name a processor that has the instruction with "
      "'--cpu' or '--features'");
}

/// Emits a model as one file.
static Expected<Bytes> emitWhole(ModuleOp module, ModelDescription &model,
                                 const EmitOptions &options, Sharing sharing,
                                 CodeKind kind) {
  // The code generator may turn operations into calls of these; then the model
  // brings its own.
  std::vector<std::string> support;
  while (true) {
    auto code = emitModule(module, model, options, sharing, kind,
                           /*withEntry=*/true, support);
    if (!code || kind != CodeKind::Object)
      return code;
    auto undefined = readObjectFacts(*code, model);
    if (!undefined)
      return undefined.takeError();
    if (undefined->empty())
      return code;
    for (const std::string &name : *undefined)
      if (!isSupportFunction(name) || llvm::is_contained(support, name))
        return makeUndefinedError(model, name);
    llvm::append_range(support, *undefined);
  }
}

Expected<Bytes> quantopt::emitModel(ModuleOp module, ModelDescription &model,
                                    const EmitOptions &options, CodeKind kind) {
  registerTranslations(*module.getContext());
  return emitWhole(module, model, options,
                   options.exportLayers ? Sharing::Layers : Sharing::Nothing,
                   kind);
}

/// Emits modules at the same time, the last one with the model's entry point.
static Expected<std::vector<Bytes>> emitTogether(ArrayRef<ModuleOp> modules,
                                                 const ModelDescription &model,
                                                 const EmitOptions &options) {
  std::vector<Bytes> objects(modules.size());
  std::vector<std::string> problems(modules.size(),
                                    "the code generator failed");
  ModuleOp first = modules.front();
  parallelFor(first.getContext(), 0, modules.size(), [&](size_t i) {
    auto code = emitModule(modules[i], model, options, Sharing::Everything,
                           CodeKind::Object,
                           /*withEntry=*/i + 1 == modules.size(),
                           /*support=*/{});
    problems[i] = code ? "" : llvm::toString(code.takeError());
    if (code)
      objects[i] = std::move(*code);
  });
  for (const std::string &problem : problems)
    if (!problem.empty())
      return llvm::createStringError(problem);
  return objects;
}

Expected<std::vector<Bytes>> quantopt::emitObjects(ModuleOp module,
                                                   ModelDescription &model,
                                                   const EmitOptions &options) {
  registerTranslations(*module.getContext());
  std::vector<OwningOpRef<ModuleOp>> parts = splitModel(module);
  if (parts.empty()) {
    auto code =
        emitWhole(module, model, options, Sharing::Layers, CodeKind::Object);
    if (!code)
      return code.takeError();
    return std::vector<Bytes>{std::move(*code)};
  }
  SmallVector<ModuleOp> modules;
  for (OwningOpRef<ModuleOp> &part : parts)
    modules.push_back(*part);
  modules.push_back(module);
  auto objects = emitTogether(modules, model, options);
  if (!objects)
    return objects.takeError();
  auto undefined = readObjectFacts(*objects, model);
  if (!undefined)
    return undefined.takeError();
  if (undefined->empty())
    return objects;
  for (const std::string &name : *undefined)
    if (!isSupportFunction(name))
      return makeUndefinedError(model, name);
  auto functions = emitSupportFunctions(model, *undefined, options.level);
  if (!functions)
    return functions.takeError();
  objects->push_back(std::move(*functions));
  return objects;
}
