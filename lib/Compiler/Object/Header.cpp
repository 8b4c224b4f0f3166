//===- Header.cpp - C headers of compiled models --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Header.h"
#include "quant-opt/Export/C.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

namespace {
/// Writes a header.
class HeaderWriter {
public:
  HeaderWriter(const ModelDescription &model, StringRef name, raw_ostream &os)
      : model(model), name(name), upper(name.upper()), os(os) {}

  void write();

private:
  void define(const llvm::Twine &suffix, const llvm::Twine &value) {
    os << "#define " << upper << '_' << suffix << ' ' << value << '\n';
  }
  void writeTensor(const TensorDescription &tensor, StringRef kind, size_t i);
  std::string nameParameter(const TensorDescription &tensor);
  void writeEntry();
  void writeMemory();

  const ModelDescription &model;
  StringRef name;
  std::string upper;
  raw_ostream &os;
  llvm::StringSet<> taken;
};
} // namespace

/// Text of a tensor's name that cannot end a comment.
static std::string quote(StringRef text) {
  std::string result;
  for (char c : text)
    result += llvm::isPrint(c) && c != '*' && c != '\\' && c != '?' ? c : '_';
  return result;
}

void HeaderWriter::writeTensor(const TensorDescription &tensor, StringRef kind,
                               size_t i) {
  std::string prefix = (kind + llvm::Twine(i)).str();
  os << "\n/* " << kind << ' ' << i << ": '" << quote(tensor.name) << "', "
     << tensor.type << " */\n";
  define(prefix + "_TYPE", getCType(tensor.type));
  define(prefix + "_RANK", llvm::Twine(tensor.shape.size()));
  std::string shape;
  for (int64_t size : tensor.shape)
    shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  if (!shape.empty())
    define(prefix + "_SHAPE", "{" + shape + "}");
  define(prefix + "_ELEMENTS", llvm::Twine(tensor.getNumElements()));
  define(prefix + "_BYTES", llvm::Twine(tensor.getNumBytes()));
  if (tensor.arenaOffset) {
    define(prefix + "_OFFSET", llvm::Twine(*tensor.arenaOffset));
    define(prefix + "(arena)", "((" + getCType(tensor.type) +
                                   " *)(void *)((char *)(arena) + " + upper +
                                   "_" + prefix + "_OFFSET))");
  }
  if (tensor.scale == 0)
    return;
  std::string scale;
  llvm::raw_string_ostream(scale) << llvm::format("%.9ef", tensor.scale);
  define(prefix + "_SCALE", scale);
  define(prefix + "_ZERO_POINT", tensor.zeroPoint < 0
                                     ? "(" + llvm::Twine(tensor.zeroPoint) + ")"
                                     : llvm::Twine(tensor.zeroPoint));
}

/// A name for a parameter: no keyword of C or C++, no other parameter's.
std::string HeaderWriter::nameParameter(const TensorDescription &tensor) {
  static const llvm::StringSet<> keywords = {
      "alignas",      "alignof",  "and",       "asm",    "auto",     "bool",
      "break",        "case",     "catch",     "char",   "class",    "const",
      "continue",     "default",  "delete",    "do",     "double",   "else",
      "enum",         "explicit", "export",    "extern", "false",    "float",
      "for",          "friend",   "goto",      "if",     "inline",   "int",
      "long",         "mutable",  "namespace", "new",    "not",      "operator",
      "or",           "private",  "protected", "public", "register", "restrict",
      "return",       "short",    "signed",    "sizeof", "static",   "struct",
      "switch",       "template", "this",      "throw",  "true",     "try",
      "typedef",      "typeid",   "typename",  "union",  "unsigned", "using",
      "virtual",      "void",     "volatile",  "while",  "xor",      "arena",
      "parallel_for", "pool"};
  std::string base = makeIdentifier(tensor.name);
  // Names with a leading underscore and macros of the system are not ours.
  bool isPlain = llvm::isAlpha(base.front()) && !keywords.contains(base) &&
                 llvm::any_of(base, llvm::isLower);
  if (!isPlain)
    base = "tensor_" + base;
  std::string result = base;
  for (unsigned i = 2; !taken.insert(result).second; ++i)
    result = base + "_" + std::to_string(i);
  return result;
}

void HeaderWriter::writeEntry() {
  os << "\n/* Computes the items [begin, end) of a part of the model. */\n"
     << "typedef void (*" << name
     << "_task)(void *context, int64_t begin, int64_t end);\n\n"
     << "/* Calls task(context, b, e) for ranges that cover [0, count) once, "
        "in "
        "any\n   order and on any threads, and returns when all calls have "
        "returned. */\n"
     << "typedef void (*" << name
     << "_parallel_for)(void *pool, int64_t count,\n    " << name
     << "_task task, void *context);\n\n"
     << "/* Runs the model once. 'arena' is scratch memory of " << upper
     << "_ARENA_BYTES bytes at\n   a multiple of " << upper
     << "_ARENA_ALIGNMENT; 'parallel_for' may be null. Calls with\n   "
        "different arenas and outputs may run at the same time.\n"
     << "   Returns 0, 1 for a null pointer, 2 for a misaligned arena";
  if (model.hasTensorsInArena())
    os << ", 3 for an input or\n   output elsewhere than at " << upper
       << "_INPUT0(arena), " << upper
       << "_OUTPUT0(arena) and so\n   on. The run writes over its inputs: they "
          "are to be written again before the\n   next one. Outputs stay until "
          "the arena is written to";
  os << ". */\nint " << name << "_run(";
  for (const TensorDescription &tensor : model.inputs)
    os << "const " << getCType(tensor.type) << " *" << nameParameter(tensor)
       << ",\n    ";
  for (const TensorDescription &tensor : model.outputs)
    os << getCType(tensor.type) << " *" << nameParameter(tensor) << ",\n    ";
  os << "void *arena, " << name << "_parallel_for parallel_for, void *pool);\n";
}

/// What one object with all of the model takes.
void HeaderWriter::writeMemory() {
  const MemoryDescription &memory = model.memory;
  if (memory.textBytes == 0)
    return;
  define("TEXT_BYTES", llvm::Twine(memory.textBytes));
  define("RODATA_BYTES", llvm::Twine(memory.rodataBytes));
  define("DATA_BYTES", llvm::Twine(memory.dataBytes));
  define("BSS_BYTES", llvm::Twine(memory.bssBytes));
  if (memory.stackBytes)
    define("STACK_BYTES", llvm::Twine(*memory.stackBytes));
  if (memory.stackVectorBits)
    define("STACK_VECTOR_BITS", llvm::Twine(memory.stackVectorBits));
}

void HeaderWriter::write() {
  os << "/* Model '" << quote(model.name) << "' for " << quote(model.triple)
     << ". Written by quant-compile. */\n"
     << "#ifndef " << upper << "_MODEL_H\n#define " << upper
     << "_MODEL_H\n\n#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  define("ARENA_BYTES", llvm::Twine(model.arenaBytes));
  define("ARENA_ALIGNMENT", llvm::Twine(kArenaAlignment));
  define("WEIGHT_BYTES", llvm::Twine(model.weightBytes));
  define("CONST_BYTES", llvm::Twine(model.constBytes));
  writeMemory();
  define("NUM_INPUTS", llvm::Twine(model.inputs.size()));
  define("NUM_OUTPUTS", llvm::Twine(model.outputs.size()));
  for (auto [i, tensor] : llvm::enumerate(model.inputs))
    writeTensor(tensor, "INPUT", i);
  for (auto [i, tensor] : llvm::enumerate(model.outputs))
    writeTensor(tensor, "OUTPUT", i);
  writeEntry();
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << upper
     << "_MODEL_H */\n";
}

std::string quantopt::makeHeader(const ModelDescription &model,
                                 StringRef name) {
  std::string text;
  llvm::raw_string_ostream os(text);
  HeaderWriter(model, name, os).write();
  return text;
}
