//===- C.cpp - Models as portable C ---------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Export/C.h"
#include "FunctionWriter.h"
#include "mlir/Analysis/DataFlow/ConstantPropagationAnalysis.h"
#include "mlir/Analysis/DataFlow/DeadCodeAnalysis.h"
#include "mlir/Analysis/DataFlow/IntegerRangeAnalysis.h"
#include "mlir/Analysis/DataFlowFramework.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/StringExtras.h"

using namespace quantopt;
using namespace quantopt::c;
using qvec::QVecDialect;

namespace {
/// A layer's function and its number of work items.
struct Layer {
  func::FuncOp func;
  std::string name;
  int64_t count;
};

/// Writes a file.
class FileWriter {
public:
  FileWriter(ModuleOp module, const CExportOptions &options)
      : module(module), options(options) {}

  FailureOr<std::string> write();

private:
  LogicalResult collect();
  LogicalResult collectLayer(func::FuncOp func);
  LogicalResult collectTensors(StringRef attrName);
  LogicalResult writeShared(func::FuncOp func, raw_ostream &os);
  LogicalResult writeLayer(const Layer &layer, raw_ostream &os);
  LogicalResult writeConstants(raw_ostream &os);
  LogicalResult writeConstant(memref::GlobalOp global, StringRef name,
                              raw_ostream &os);
  void writeBuffers(raw_ostream &os);
  void writeEntry(raw_ostream &os);
  void writePrologue(raw_ostream &os);

  ModuleOp module;
  const CExportOptions &options;
  FileContext file;
  Helpers helpers;
  SmallVector<func::FuncOp> shared;
  SmallVector<Layer> layers;
  /// Element types of inputs, then of outputs: in the header and in layers.
  SmallVector<std::string> borderTypes;
  SmallVector<std::string> bufferTypes;
  unsigned numInputs = 0;
  /// Whether inputs and outputs are parts of the arena.
  bool isInArena = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// What there is
//===----------------------------------------------------------------------===//

LogicalResult FileWriter::collectTensors(StringRef attrName) {
  auto tensors = module->getAttrOfType<ArrayAttr>(attrName);
  if (!tensors)
    return module.emitError("expected the attribute '")
           << attrName << "' of a module after phase 'vectors'";
  for (Attribute attr : tensors) {
    auto dictionary = dyn_cast<DictionaryAttr>(attr);
    auto type = dictionary ? dictionary.getAs<TypeAttr>("type") : TypeAttr();
    auto tensor = type ? dyn_cast<ShapedType>(type.getValue()) : nullptr;
    if (!tensor)
      return module.emitError("expected '{name = \"x\", type = tensor<...>}', "
                              "but got ")
             << attr;
    Type element = tensor.getElementType();
    if (auto affine = dyn_cast<qnn::AffineType>(element))
      element = affine.getStorage();
    std::string text;
    llvm::raw_string_ostream(text) << element;
    borderTypes.push_back(getCType(text).str());
    isInArena |= dictionary.contains("arena_offset");
  }
  return success();
}

LogicalResult FileWriter::collectLayer(func::FuncOp func) {
  auto count =
      func->getAttrOfType<IntegerAttr>(QVecDialect::getCountAttrName());
  size_t numBuffers = borderTypes.size() + 1;
  bool takesBuffers =
      func.getNumArguments() == numBuffers + 2 && !func.isExternal() &&
      func.getNumResults() == 0 &&
      llvm::all_of(func.getArgumentTypes().take_front(numBuffers),
                   llvm::IsaPred<MemRefType>);
  if (!count || !takesBuffers)
    return func.emitOpError("expected a layer with ")
           << numBuffers << " buffers, a range of items and '"
           << QVecDialect::getCountAttrName() << "'";
  auto source =
      func->getAttrOfType<StringAttr>(QVecDialect::getLayerAttrName());
  std::string part = makeNamePart(source.getValue(), 40);
  layers.push_back({func,
                    "layer" + std::to_string(layers.size()) +
                        (part.empty() ? "" : "_") + part,
                    count.getInt()});
  return success();
}

LogicalResult FileWriter::collect() {
  if (failed(collectTensors(QVecDialect::getInputsAttrName())))
    return failure();
  numInputs = borderTypes.size();
  if (failed(collectTensors(QVecDialect::getOutputsAttrName())))
    return failure();
  Attribute level;
  for (auto func : module.getOps<func::FuncOp>()) {
    if (func.isPublic())
      continue; // what calls the layers is written anew
    StringRef targetName = QVecDialect::getTargetAttrName();
    if (Attribute target = func->getAttr(targetName)) {
      if (level && level != target)
        return func.emitOpError("is for ")
               << target << ", but others are for " << level
               << "; C is written for one level";
      level = target;
    }
    if (func->hasAttr(QVecDialect::getLayerAttrName())) {
      if (failed(collectLayer(func)))
        return failure();
      continue;
    }
    if (func.isExternal())
      return func.emitOpError("expected a body");
    file.functions[func.getNameAttr()] =
        "shared" + std::to_string(shared.size());
    shared.push_back(func);
  }
  if (layers.empty())
    return module.emitError("expected at least one layer, a private function "
                            "with '")
           << QVecDialect::getLayerAttrName() << "'";
  unsigned numTensors = borderTypes.size();
  for (Type type :
       layers.front().func.getArgumentTypes().take_front(numTensors)) {
    std::optional<CType> element =
        getType(cast<MemRefType>(type).getElementType());
    if (!element)
      return layers.front().func.emitOpError("has a buffer of ")
             << type << ", which C does not hold";
    bufferTypes.push_back(element->element.str());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

LogicalResult FileWriter::writeShared(func::FuncOp func, raw_ostream &os) {
  FunctionWriter writer(file, os);
  os << "static void " << file.functions[func.getNameAttr()] << "(";
  std::string unused;
  for (auto [number, argument] : llvm::enumerate(func.getArguments())) {
    os << (number == 0 ? "" : ", ");
    auto type = dyn_cast<MemRefType>(argument.getType());
    std::string name = (type ? "b" : "n") + std::to_string(number);
    if (argument.use_empty())
      unused += "  (void)" + name + ";\n";
    if (!type) {
      os << "const uint32_t " << name;
      writer.setValue(argument, name);
      continue;
    }
    BufferParameter kind = describeParameter(func, number);
    Type bytes = IntegerType::get(func.getContext(), 8);
    Type element = kind.isTyped ? type.getElementType() : bytes;
    os << (kind.isWritten ? "" : "const ") << getType(element)->element << " *"
       << name;
    writer.setPlace(argument, {name, 0, element});
  }
  os << ") {\n" << unused;
  if (failed(writer.writeBlock(func.getBody().front(), 1)))
    return failure();
  os << "}\n\n";
  return success();
}

LogicalResult FileWriter::writeLayer(const Layer &layer, raw_ostream &os) {
  func::FuncOp func = layer.func;
  FunctionWriter writer(file, os);
  os << "static void " << layer.name
     << "(void *context, int64_t begin, int64_t end) {\n"
     << "  const struct buffers *const buffers = context;\n";
  unsigned numTensors = borderTypes.size();
  bool usesBuffers = false;
  for (unsigned i = 0; i <= numTensors; ++i) {
    Value argument = func.getArgument(i);
    if (argument.use_empty())
      continue;
    usesBuffers = true;
    Type element = cast<MemRefType>(argument.getType()).getElementType();
    std::string name = nameBuffer(i, numInputs, numTensors);
    os << "  " << (i < numInputs ? "const " : "")
       << (i < numTensors ? StringRef(bufferTypes[i]) : "int8_t") << " *const "
       << name << " = buffers->" << name << ";\n";
    writer.setPlace(argument, {name, 0, element});
  }
  if (!usesBuffers)
    os << "  (void)buffers;\n";
  for (auto [number, name] :
       {std::pair(numTensors + 1, "begin"), std::pair(numTensors + 2, "end")}) {
    Value bound = func.getArgument(number);
    if (bound.use_empty()) {
      os << "  (void)" << name << ";\n";
      continue;
    }
    StringRef local = name == StringRef("end") ? "last" : "first";
    os << "  const uint32_t " << local << " = (uint32_t)" << name << ";\n";
    writer.setValue(bound, local);
  }
  if (failed(writer.writeBlock(func.getBody().front(), 1)))
    return failure();
  os << "}\n\n";
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Writes values in lines of a readable length.
static void writeValues(raw_ostream &os, size_t count,
                        llvm::function_ref<std::string(size_t)> get) {
  size_t column = 0;
  os << "{\n ";
  for (size_t i = 0; i < count; ++i) {
    std::string text = get(i);
    if (column + text.size() + 2 > 76) {
      os << "\n ";
      column = 0;
    }
    os << ' ' << text << (i + 1 < count ? "," : "");
    column += text.size() + 2;
  }
  os << "};\n\n";
}

/// The elements of a constant; empty when it has none in a file.
static FailureOr<SmallVector<Attribute>> getElements(memref::GlobalOp global) {
  auto value = global.getInitialValue();
  if (!value)
    return global.emitOpError("expected a value");
  if (auto dense = dyn_cast<DenseElementsAttr>(*value))
    return llvm::to_vector(dense.getValues<Attribute>());
  auto resource = dyn_cast<DenseResourceElementsAttr>(*value);
  if (!resource || !resource.getRawHandle().getBlob())
    return global.emitOpError("expected elements that are known");
  ArrayRef<char> data = resource.getRawHandle().getBlob()->getData();
  auto dense = DenseElementsAttr::getFromRawBuffer(resource.getType(), data);
  return llvm::to_vector(dense.getValues<Attribute>());
}

LogicalResult FileWriter::writeConstant(memref::GlobalOp global, StringRef name,
                                        raw_ostream &os) {
  Type element = global.getType().getElementType();
  std::optional<CType> type = getType(element);
  if (!type || !global.getConstant())
    return global.emitOpError("expected a constant of numbers that C has");
  FailureOr<SmallVector<Attribute>> values = getElements(global);
  if (failed(values))
    return failure();
  os << "static const " << type->element << ' ' << name << '[' << values->size()
     << "] = ";
  writeValues(os, values->size(), [&](size_t i) {
    return printLiteral((*values)[i], element, /*isElement=*/true);
  });
  return success();
}

LogicalResult FileWriter::writeConstants(raw_ostream &os) {
  SymbolTable symbols(module);
  for (auto &[symbol, name] : file.globals) {
    auto global = symbols.lookup<memref::GlobalOp>(symbol);
    if (!global)
      return module.emitError("expected a constant '") << symbol << "'";
    if (failed(writeConstant(global, name, os)))
      return failure();
  }
  for (auto &[table, name] : file.tables) {
    ArrayRef<int8_t> entries = cast<DenseI8ArrayAttr>(table).asArrayRef();
    os << "static const int8_t " << name << '[' << entries.size() << "] = ";
    writeValues(os, entries.size(),
                [&](size_t i) { return std::to_string(entries[i]); });
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

void FileWriter::writeBuffers(raw_ostream &os) {
  os << "/* What layers read and write. */\nstruct buffers {\n";
  if (!isInArena)
    for (auto [i, type] : llvm::enumerate(bufferTypes))
      os << "  " << (i < numInputs ? "const " : "") << type << " *"
         << nameBuffer(i, numInputs, bufferTypes.size()) << ";\n";
  os << "  int8_t *arena;\n};\n\n";
}

void FileWriter::writeEntry(raw_ostream &os) {
  std::string upper = StringRef(options.name).upper();
  unsigned numTensors = borderTypes.size();
  auto name = [&](unsigned i) { return nameBuffer(i, numInputs, numTensors); };
  os << "int " << options.name << "_run(";
  for (unsigned i = 0; i < numTensors; ++i)
    os << (i < numInputs ? "const " : "") << borderTypes[i] << " *" << name(i)
       << ", ";
  os << "void *arena,\n    " << options.name
     << "_parallel_for parallel_for, void *pool) {\n"
     << "  static const struct {\n    " << options.name
     << "_task task;\n    int64_t count;\n  } layers[] = {\n";
  for (const Layer &layer : layers)
    os << "    {" << layer.name << ", " << layer.count << "},\n";
  os << "  };\n  struct buffers buffers;\n  size_t i;\n  if (";
  for (unsigned i = 0; i < numTensors; ++i)
    os << '!' << name(i) << " || ";
  os << "!arena)\n    return 1;\n  if ((uintptr_t)arena % " << upper
     << "_ARENA_ALIGNMENT != 0)\n    return 2;\n";
  for (unsigned i = 0; i < numTensors; ++i) {
    if (isInArena) {
      os << (i == 0 ? "  if (" : " ||\n      ") << name(i) << " != " << upper
         << '_' << StringRef(name(i)).upper() << "(arena)"
         << (i + 1 == numTensors ? ")\n    return 3;\n" : "");
      continue;
    }
    os << "  buffers." << name(i) << " = ";
    if (bufferTypes[i] != borderTypes[i])
      os << '(' << (i < numInputs ? "const " : "") << bufferTypes[i] << " *)";
    os << name(i) << ";\n";
  }
  os << "  buffers.arena = arena;\n"
     << "  for (i = 0; i < sizeof layers / sizeof layers[0]; i++) {\n"
     << "    if (parallel_for)\n"
     << "      parallel_for(pool, layers[i].count, layers[i].task, "
        "&buffers);\n"
     << "    else\n"
     << "      layers[i].task(&buffers, 0, layers[i].count);\n"
     << "  }\n  return 0;\n}\n";
}

void FileWriter::writePrologue(raw_ostream &os) {
  os << "/* Model '" << options.name
     << "' as C99 for any processor. Written by quant-compile. */\n"
     << "#include \"" << options.header << "\"\n\n#include <stddef.h>\n";
  if (helpers.usesFloats())
    os << "#include <float.h>\n";
  if (helpers.usesMath())
    os << "#include <math.h>\n";
  if (helpers.usesMemory())
    // Compilers for bare machines have no <string.h>.
    os << "\nvoid *memcpy(void *, const void *, size_t);\n";
  os << '\n';
  if (!helpers.usesFloats())
    return;
  os << "/* Each operation rounds once. */\n"
     << "#if FLT_EVAL_METHOD != 0 || defined(__FAST_MATH__)\n"
     << "#error \"floats need operations of their own precision\"\n#endif\n"
     << "#if defined(__clang__)\n#pragma STDC FP_CONTRACT OFF\n"
     << "#elif defined(__GNUC__)\n#pragma GCC optimize(\"fp-contract=off\")\n"
     << "#endif\n\n";
}

FailureOr<std::string> FileWriter::write() {
  mlir::DataFlowSolver solver;
  solver.load<mlir::dataflow::DeadCodeAnalysis>();
  solver.load<mlir::dataflow::SparseConstantPropagation>();
  solver.load<mlir::dataflow::IntegerRangeAnalysis>();
  if (failed(solver.initializeAndRun(module)))
    return module.emitError("ranges of integers cannot be computed");
  auto isNonNegative = [&](Value value) {
    // Ranges of items.
    auto argument = dyn_cast<BlockArgument>(value);
    if (argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()))
      return true;
    return succeeded(mlir::dataflow::staticallyNonNegative(solver, value));
  };
  file.isNonNegative = isNonNegative;
  if (failed(collect()))
    return failure();
  std::string functions, constants, prologue;
  llvm::raw_string_ostream functionsOs(functions), constantsOs(constants),
      prologueOs(prologue);
  for (func::FuncOp func : shared)
    if (failed(writeShared(func, functionsOs)))
      return failure();
  for (const Layer &layer : layers)
    if (failed(writeLayer(layer, functionsOs)))
      return failure();
  writeEntry(functionsOs);
  if (failed(writeConstants(constantsOs)))
    return failure();
  helpers.require(functions);
  helpers.require(constants);
  writePrologue(prologueOs);
  helpers.print(prologueOs);
  writeBuffers(prologueOs);
  return prologue + constants + functions;
}

FailureOr<std::string> quantopt::exportC(ModuleOp module,
                                         const CExportOptions &options) {
  return FileWriter(module, options).write();
}
