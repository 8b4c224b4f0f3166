//===- FlatBuffer.cpp - Reading FlatBuffers with checks -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlatBuffer.h"

using namespace quantopt;
using namespace quantopt::tflite;

FlatTable::FlatTable(FlatFile &file, uint64_t position) : position(position) {
  // A table starts with the distance back to the list of its fields' places,
  // which starts with its own size and that of the table.
  int64_t distance = file.read<int32_t>(position);
  int64_t start = int64_t(position) - distance;
  if (start < 0 || !file.getProblem().empty()) {
    file.fail("a table has no list of fields");
    return;
  }
  uint16_t listSize = file.read<uint16_t>(start);
  uint16_t ownSize = file.read<uint16_t>(start + 2);
  uint64_t fileSize = file.getBytes().size();
  bool fits = listSize >= 4 && uint64_t(start) + listSize <= fileSize &&
              ownSize >= 4 && position + ownSize <= fileSize;
  if (!fits) {
    file.fail("a table reaches beyond the end of the file");
    return;
  }
  this->file = &file;
  fields = start;
  fieldsSize = listSize;
  tableSize = ownSize;
}

FlatTable FlatTable::getRoot(FlatFile &file) {
  return FlatTable(file, file.read<uint32_t>(0));
}

uint64_t FlatTable::find(unsigned field, uint64_t size) const {
  uint64_t entry = 4 + 2 * uint64_t(field);
  if (!file || entry + 2 > fieldsSize)
    return 0;
  uint16_t offset = file->read<uint16_t>(fields + entry);
  if (offset == 0)
    return 0;
  if (offset < 4 || offset + size > tableSize) {
    file->fail("a field lies outside of its table");
    return 0;
  }
  return position + offset;
}

ArrayRef<uint8_t> FlatTable::getElements(unsigned field, uint64_t size) const {
  uint64_t place = find(field, sizeof(uint32_t));
  if (place == 0)
    return {};
  uint64_t start = follow(place);
  uint64_t count = file->read<uint32_t>(start);
  ArrayRef<uint8_t> bytes = file->getBytes();
  if (start + 4 > bytes.size() || count > (bytes.size() - start - 4) / size) {
    file->fail("a vector of " + Twine(count) +
               " elements reaches beyond the end of the file");
    return {};
  }
  return bytes.slice(start + 4, count * size);
}

StringRef FlatTable::getString(unsigned field) const {
  ArrayRef<uint8_t> bytes = getElements(field, 1);
  return StringRef(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

FlatTable FlatTable::getTable(unsigned field) const {
  uint64_t place = find(field, sizeof(uint32_t));
  return place == 0 ? FlatTable() : FlatTable(*file, follow(place));
}

FlatTable FlatTable::getTableAt(FlatVector<uint32_t> tables, size_t i) const {
  uint64_t place =
      tables.getBytes().data() + i * sizeof(uint32_t) - file->getBytes().data();
  return FlatTable(*file, follow(place));
}
