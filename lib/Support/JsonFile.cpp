//===- JsonFile.cpp - JSON that users may have written --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/JsonFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace quantopt;
using llvm::createStringError;
namespace json = llvm::json;

static constexpr size_t kMaxBytes = size_t(1) << 30;
static constexpr unsigned kMaxDepth = 64;

/// Whether arrays and objects nest deeper than `kMaxDepth`.
static bool nestsTooDeep(StringRef text) {
  unsigned depth = 0;
  bool inString = false, escaped = false;
  for (char c : text) {
    if (inString) {
      inString = escaped || c != '"';
      escaped = !escaped && c == '\\';
      continue;
    }
    inString = c == '"';
    if (c == '[' || c == '{')
      if (++depth > kMaxDepth)
        return true;
    if ((c == ']' || c == '}') && depth)
      --depth;
  }
  return false;
}

llvm::Expected<json::Value> quantopt::parseJson(StringRef text,
                                                StringRef path) {
  if (text.size() > kMaxBytes || nestsTooDeep(text))
    return createStringError(path +
                             ": expected JSON of at most 1 GB and 64 levels");
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return createStringError(
        path + ": expected JSON: " + llvm::toString(value.takeError()));
  return value;
}

llvm::Expected<json::Value> quantopt::readJson(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(
        path + ": cannot be read: " + buffer.getError().message());
  return parseJson((*buffer)->getBuffer(), path);
}

llvm::Error quantopt::checkKeys(const json::Object &object,
                                ArrayRef<StringRef> known) {
  // Objects are hash tables: the first in the order of bytes is named.
  SmallVector<StringRef> unknown;
  for (const auto &entry : object)
    if (!llvm::is_contained(known, StringRef(entry.first)))
      unknown.push_back(entry.first);
  if (unknown.empty())
    return llvm::Error::success();
  return createStringError("unknown key '" + *llvm::min_element(unknown) +
                           "'; expected '" + llvm::join(known, "', '") + "'");
}
