//===- ObjectFacts.cpp - What an object file holds ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectFacts.h"
#include "CompleteFrames.h"
#include "StackBound.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"
#include <set>

using namespace quantopt;
using namespace llvm::object;
using llvm::Expected;

/// Adds the bytes of sections that are loaded.
static void countSections(const ELFObjectFileBase &file,
                          MemoryDescription &memory) {
  for (ELFSectionRef section : file.sections()) {
    uint64_t flags = section.getFlags();
    if (!(flags & llvm::ELF::SHF_ALLOC))
      continue;
    auto bytes = int64_t(section.getSize());
    Expected<StringRef> name = section.getName();
    bool isRelocated = name && name->starts_with(".data.rel.ro");
    llvm::consumeError(name.takeError());
    if (flags & llvm::ELF::SHF_EXECINSTR)
      memory.textBytes += bytes;
    else if (section.getType() == llvm::ELF::SHT_NOBITS)
      memory.bssBytes += bytes;
    else if ((flags & llvm::ELF::SHF_WRITE) && !isRelocated)
      memory.dataBytes += bytes;
    else
      memory.rodataBytes += bytes;
  }
}

/// Bytes of sections that are loaded and never written by the program.
static int64_t countConstBytes(const ELFObjectFileBase &file) {
  int64_t bytes = 0;
  for (ELFSectionRef section : file.sections()) {
    uint64_t flags = section.getFlags();
    if (!(flags & llvm::ELF::SHF_ALLOC) || (flags & llvm::ELF::SHF_EXECINSTR))
      continue;
    Expected<StringRef> name = section.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    bool isConstant =
        name->starts_with(".rodata") || name->starts_with(".data.rel.ro");
    if (isConstant)
      bytes += section.getSize();
  }
  return bytes;
}

namespace {
/// What several objects hold together.
struct Symbols {
  llvm::StringMap<int64_t> sizes;
  std::set<std::string> defined, undefined;
  int64_t constBytes = 0;
};
} // namespace

/// Adds the symbols of one object.
static llvm::Error readSymbols(const Bytes &object, Symbols &symbols) {
  llvm::MemoryBufferRef buffer(StringRef(object.data(), object.size()), "code");
  auto file = ObjectFile::createObjectFile(buffer);
  if (!file)
    return file.takeError();
  for (const SymbolRef &symbol : (*file)->symbols()) {
    Expected<StringRef> name = symbol.getName();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!name || !flags)
      return llvm::joinErrors(name.takeError(), flags.takeError());
    if (name->empty() || *name == "_GLOBAL_OFFSET_TABLE_")
      continue;
    bool isUndefined = *flags & SymbolRef::SF_Undefined;
    (isUndefined ? symbols.undefined : symbols.defined).insert(name->str());
    if (!isUndefined && isa<ELFObjectFileBase>(**file))
      symbols.sizes[*name] = ELFSymbolRef(symbol).getSize();
  }
  if (auto *elf = dyn_cast<ELFObjectFileBase>(file->get()))
    symbols.constBytes += countConstBytes(*elf);
  return llvm::Error::success();
}

llvm::Error quantopt::readMemoryFacts(const Bytes &object, StringRef entry,
                                      MemoryDescription &memory) {
  llvm::MemoryBufferRef buffer(StringRef(object.data(), object.size()), "code");
  auto file = ObjectFile::createObjectFile(buffer);
  if (!file)
    return file.takeError();
  auto *elf = dyn_cast<ELFObjectFileBase>(file->get());
  if (!elf)
    return llvm::Error::success();
  countSections(*elf, memory);
  memory.stackBytes = computeStackBound(*elf, entry);
  if (hasScalableFrames(*elf))
    memory.stackVectorBits = kMostVectorBits;
  return llvm::Error::success();
}

Expected<std::vector<std::string>>
quantopt::readObjectFacts(ArrayRef<Bytes> objects, ModelDescription &model) {
  Symbols symbols;
  for (const Bytes &object : objects)
    if (llvm::Error error = readSymbols(object, symbols))
      return std::move(error);
  for (VariantDescription &variant : model.variants) {
    variant.codeBytes = 0;
    for (LayerDescription &layer : variant.layers)
      variant.codeBytes += layer.codeBytes = symbols.sizes.lookup(layer.symbol);
    for (const std::string &kernel : variant.kernels)
      variant.codeBytes += symbols.sizes.lookup(kernel);
  }
  model.constBytes = symbols.constBytes;
  std::vector<std::string> missing;
  llvm::copy_if(
      symbols.undefined, std::back_inserter(missing),
      [&](const std::string &name) { return !symbols.defined.count(name); });
  return missing;
}
