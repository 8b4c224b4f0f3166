//===- StackBound.cpp - How deep a model's stack is -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StackBound.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/DataExtractor.h"

using namespace quantopt;
using namespace llvm::object;

namespace {
/// A section: a function (each has its own), or data.
struct Node {
  bool isCode = false;
  std::optional<int64_t> frame;
  llvm::SmallSetVector<uint64_t, 4> uses;
};

/// Which section refers to which.
class Graph {
public:
  explicit Graph(const ELFObjectFileBase &object) : object(object) {}

  /// Reads frames and references; false for what cannot be read.
  bool read();
  std::optional<int64_t> getDepth(StringRef entry);

private:
  bool readSection(SectionRef from, SectionRef relocations);
  bool readFrames(SectionRef frames, SectionRef relocations);
  /// The section that a relocation refers to; nothing outside of this file.
  std::optional<uint64_t> getTarget(RelocationRef relocation);
  std::optional<int64_t> visit(uint64_t section);
  /// What a call takes besides the callee's frame.
  int64_t getCallBytes() const;

  const ELFObjectFileBase &object;
  llvm::DenseMap<uint64_t, Node> nodes;
  llvm::DenseMap<uint64_t, std::optional<int64_t>> depths;
  llvm::SmallSetVector<uint64_t, 8> active;
};
} // namespace

int64_t Graph::getCallBytes() const {
  // The return address.
  return object.makeTriple().isX86() ? 8 : 0;
}

bool quantopt::hasScalableFrames(const ELFObjectFileBase &object) {
  if (!object.makeTriple().isRISCV())
    return false;
  auto features = object.getFeatures();
  if (!features) {
    llvm::consumeError(features.takeError());
    return true;
  }
  return llvm::any_of(features->getFeatures(), [](StringRef feature) {
    return feature == "+v" || feature.starts_with("+zve");
  });
}

std::optional<uint64_t> Graph::getTarget(RelocationRef relocation) {
  symbol_iterator symbol = relocation.getSymbol();
  if (symbol == object.symbol_end())
    return std::nullopt;
  auto section = symbol->getSection();
  if (!section) {
    llvm::consumeError(section.takeError());
    return std::nullopt;
  }
  if (*section == object.section_end())
    return std::nullopt;
  return (*section)->getIndex();
}

bool Graph::readFrames(SectionRef frames, SectionRef relocations) {
  auto contents = frames.getContents();
  if (!contents) {
    llvm::consumeError(contents.takeError());
    return false;
  }
  llvm::DenseMap<uint64_t, uint64_t> functions;
  for (RelocationRef relocation : relocations.relocations())
    if (std::optional<uint64_t> target = getTarget(relocation))
      functions[relocation.getOffset()] = *target;
  // Entries are an address and a number of bytes.
  llvm::DataExtractor data(*contents, object.isLittleEndian(),
                           object.getBytesInAddress());
  llvm::DataExtractor::Cursor cursor(0);
  while (cursor && !data.eof(cursor)) {
    auto function = functions.find(cursor.tell());
    data.getAddress(cursor);
    auto bytes = int64_t(data.getULEB128(cursor));
    if (!cursor || function == functions.end())
      break;
    Node &node = nodes[function->second];
    node.frame = std::max(node.frame.value_or(0), bytes);
  }
  bool isComplete = bool(cursor) && data.eof(cursor);
  llvm::consumeError(cursor.takeError());
  return isComplete;
}

bool Graph::readSection(SectionRef from, SectionRef relocations) {
  ELFSectionRef section(from);
  auto name = from.getName();
  if (!name) {
    llvm::consumeError(name.takeError());
    return false;
  }
  if (*name == ".stack_sizes")
    return readFrames(from, relocations);
  if (!(section.getFlags() & llvm::ELF::SHF_ALLOC))
    return true;
  for (RelocationRef relocation : relocations.relocations())
    if (std::optional<uint64_t> target = getTarget(relocation))
      if (*target != from.getIndex())
        nodes[from.getIndex()].uses.insert(*target);
  return true;
}

bool Graph::read() {
  for (SectionRef section : object.sections())
    nodes[section.getIndex()].isCode =
        ELFSectionRef(section).getFlags() & llvm::ELF::SHF_EXECINSTR;
  for (SectionRef relocations : object.sections()) {
    auto section = relocations.getRelocatedSection();
    if (!section) {
      llvm::consumeError(section.takeError());
      return false;
    }
    if (*section != object.section_end() &&
        !readSection(**section, relocations))
      return false;
  }
  return true;
}

std::optional<int64_t> Graph::visit(uint64_t index) {
  auto known = depths.find(index);
  if (known != depths.end())
    return known->second;
  const Node &node = nodes[index];
  if (node.isCode && !node.frame)
    return std::nullopt;
  active.insert(index);
  int64_t deepest = 0;
  for (uint64_t use : node.uses) {
    // Tables of jumps lead back to the function that has them.
    if (active.contains(use) && !node.isCode)
      continue;
    std::optional<int64_t> depth =
        active.contains(use) ? std::nullopt : visit(use);
    if (!depth) {
      active.remove(index);
      return std::nullopt;
    }
    deepest = std::max(deepest, *depth);
  }
  active.remove(index);
  int64_t own = node.isCode ? *node.frame + getCallBytes() : 0;
  depths[index] = own + deepest;
  return own + deepest;
}

std::optional<int64_t> Graph::getDepth(StringRef entry) {
  for (const SymbolRef &symbol : object.symbols()) {
    auto name = symbol.getName();
    auto section = symbol.getSection();
    bool isEntry =
        name && section && *name == entry && *section != object.section_end();
    uint64_t index = isEntry ? (*section)->getIndex() : 0;
    llvm::consumeError(name.takeError());
    llvm::consumeError(section.takeError());
    if (isEntry)
      return visit(index);
  }
  return std::nullopt;
}

std::optional<int64_t>
quantopt::computeStackBound(const ELFObjectFileBase &object, StringRef entry) {
  Graph graph(object);
  if (!graph.read())
    return std::nullopt;
  std::optional<int64_t> depth = graph.getDepth(entry);
  // A function that calls none may use bytes below its frame.
  constexpr int64_t redZone = 128;
  if (depth && object.makeTriple().isX86())
    *depth += redZone;
  return depth;
}
