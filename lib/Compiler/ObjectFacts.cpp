//===- ObjectFacts.cpp - What an object file holds ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectFacts.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace quantopt;
using namespace llvm::object;
using llvm::Expected;

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

Expected<std::vector<std::string>>
quantopt::readObjectFacts(const Bytes &object, ModelDescription &model) {
  llvm::MemoryBufferRef buffer(StringRef(object.data(), object.size()),
                               model.name);
  auto file = ObjectFile::createObjectFile(buffer);
  if (!file)
    return file.takeError();
  llvm::StringMap<int64_t> sizes;
  std::vector<std::string> undefined;
  for (const SymbolRef &symbol : (*file)->symbols()) {
    Expected<StringRef> name = symbol.getName();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!name || !flags)
      return llvm::joinErrors(name.takeError(), flags.takeError());
    if (*flags & SymbolRef::SF_Undefined && !name->empty() &&
        *name != "_GLOBAL_OFFSET_TABLE_")
      undefined.push_back(name->str());
    if (isa<ELFObjectFileBase>(**file))
      sizes[*name] = ELFSymbolRef(symbol).getSize();
  }
  for (VariantDescription &variant : model.variants)
    for (LayerDescription &layer : variant.layers)
      layer.codeBytes = sizes.lookup(layer.symbol);
  if (auto *elf = dyn_cast<ELFObjectFileBase>(file->get()))
    model.constBytes = countConstBytes(*elf);
  return undefined;
}
