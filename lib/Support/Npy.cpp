//===- Npy.cpp - Arrays in .npy and .npz files ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Npy.h"
#include "ByteSource.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

/// The error "NAME: REASON".
static llvm::Error fail(StringRef name, const llvm::Twine &reason) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 name + ": " + reason);
}

/// Puts a name before the message of an error.
static llvm::Error addName(StringRef name, llvm::Error error) {
  return fail(name, llvm::toString(std::move(error)));
}

std::vector<float> NpyArray::toFloats() const {
  qo_npy header = {};
  header.type = type;
  header.elements = getNumElements();
  std::vector<float> values(header.elements);
  if (type == QO_BF16)
    qo_widen_bf16(bytes.data(), header.elements, values.data());
  else // Floats take any number, so this cannot fail.
    qo_npy_convert(&header, bytes.data(), 0, header.elements, QO_F32,
                   values.data(), nullptr);
  return values;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

llvm::Expected<NpyFile> NpyFile::create(std::string name,
                                        std::shared_ptr<ByteSource> source) {
  NpyFile file;
  qo_error error;
  int64_t headerSize;
  char start[12];
  uint64_t size = source->getSize(), known = std::min<uint64_t>(size, 12);
  if (llvm::Error failed = source->read(0, {start, size_t(known)}))
    return addName(name, std::move(failed));
  if (qo_npy_header_bytes(start, known, &headerSize, &error))
    return fail(name, error.text);
  uint64_t available = std::min<uint64_t>(size, headerSize);
  std::vector<char> text(available);
  if (llvm::Error failed = source->read(0, text))
    return addName(name, std::move(failed));
  if (qo_npy_parse(text.data(), available, &file.header, &error))
    return fail(name, error.text);
  uint64_t wanted = file.header.elements * qo_type_bytes(file.header.type);
  uint64_t present = size - available;
  if (present < wanted)
    return fail(name, "truncated .npy file: the header promises " +
                          llvm::Twine(wanted) +
                          " bytes of data, but there "
                          "are " +
                          llvm::Twine(present));
  if (present > wanted)
    return fail(name, "the .npy file has " + llvm::Twine(present - wanted) +
                          " bytes after the " + llvm::Twine(wanted) +
                          " of its data");
  file.name = std::move(name);
  file.source = std::move(source);
  return file;
}

llvm::Expected<NpyFile> NpyFile::open(StringRef path) {
  auto source = openByteSource(path);
  if (!source)
    return addName(path, source.takeError());
  auto file = create(path.str(), std::move(*source));
  if (file)
    file->release();
  return file;
}

llvm::Error NpyFile::readWhole() {
  if (!whole.empty())
    return llvm::Error::success();
  whole.resize(header.elements * qo_type_bytes(header.type));
  if (llvm::Error error = source->read(header.data_offset, whole))
    return addName(name, std::move(error));
  return llvm::Error::success();
}

llvm::Error NpyFile::read(int64_t first, int64_t count, qo_type type,
                          void *result) {
  if (first < 0 || count < 0 || first > header.elements ||
      count > header.elements - first)
    return fail(name, "read behind the end of the array");
  qo_error error;
  if (header.fortran) {
    if (llvm::Error failed = readWhole())
      return failed;
    if (qo_npy_convert(&header, whole.data(), first, count, type, result,
                       &error))
      return fail(name, error.text);
    return llvm::Error::success();
  }
  constexpr int64_t chunk = 8192;
  int64_t from = qo_type_bytes(header.type), to = qo_type_bytes(type);
  alignas(8) char stored[chunk * 8];
  qo_npy part = header;
  for (int64_t done = 0; done < count; done += chunk) {
    part.origin = first + done;
    int64_t now = std::min(chunk, count - done);
    if (llvm::Error failed =
            source->read(header.data_offset + part.origin * from,
                         {stored, size_t(now * from)}))
      return addName(name, std::move(failed));
    if (qo_npy_convert(&part, stored, part.origin, now, type,
                       static_cast<char *>(result) + done * to, &error))
      return fail(name, error.text);
  }
  return llvm::Error::success();
}

llvm::Expected<NpyArray> NpyFile::readAll() {
  NpyArray array;
  array.type = header.type;
  array.shape.assign(getShape().begin(), getShape().end());
  array.bytes.resize(header.elements * qo_type_bytes(header.type));
  if (llvm::Error error =
          read(0, header.elements, header.type, array.bytes.data()))
    return std::move(error);
  return array;
}

llvm::Expected<std::vector<float>> NpyFile::readFloats() {
  std::vector<float> values(header.elements);
  if (llvm::Error error = read(0, header.elements, QO_F32, values.data()))
    return std::move(error);
  return values;
}

void NpyFile::release() {
  source->release();
  whole.clear();
  whole.shrink_to_fit();
}

llvm::Expected<NpyArray> quantopt::readNpy(StringRef path) {
  auto file = NpyFile::open(path);
  if (!file)
    return file.takeError();
  return file->readAll();
}

//===----------------------------------------------------------------------===//
// Archives
//===----------------------------------------------------------------------===//

/// Returns true when the source starts as zip archives do.
static llvm::Expected<bool> isZip(ByteSource &source) {
  char magic[4];
  if (source.getSize() < sizeof(magic))
    return false;
  if (llvm::Error error = source.read(0, magic))
    return std::move(error);
  StringRef start(magic, sizeof(magic));
  // A member, or the end of an archive without members, of either size.
  return start == StringRef("PK\3\4", 4) || start == StringRef("PK\5\6", 4) ||
         start == StringRef("PK\6\6", 4);
}

llvm::Expected<NpyFiles> quantopt::openNpyFiles(StringRef path) {
  NpyFiles result;
  auto source = openByteSource(path);
  if (!source)
    return addName(path, source.takeError());
  auto zip = isZip(**source);
  if (!zip)
    return addName(path, zip.takeError());
  result.isArchive = *zip;
  if (!*zip) {
    auto file = NpyFile::create(path.str(), std::move(*source));
    if (!file)
      return file.takeError();
    file->release();
    result.files.push_back(std::move(*file));
    return std::move(result);
  }
  result.prefixSize = path.size() + 1;
  auto members = readZipDirectory(**source);
  if (!members)
    return addName(path, members.takeError());
  llvm::StringSet<> keys;
  for (const ZipMember &member : *members) {
    StringRef key = member.name;
    if (!key.consume_back(".npy"))
      return fail(path, "expected only .npy members, but found '" +
                            member.name + "'");
    if (!keys.insert(key).second)
      return fail(path, "two members are called '" + member.name + "'");
    auto bytes = openZipMember(*source, member);
    if (!bytes)
      return addName(path, bytes.takeError());
    auto file = NpyFile::create((path + ":" + key).str(), std::move(*bytes));
    if (!file)
      return file.takeError();
    file->release();
    result.files.push_back(std::move(*file));
  }
  return std::move(result);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

llvm::Error quantopt::writeNpy(StringRef path, qo_type type,
                               ArrayRef<int64_t> shape, ArrayRef<char> bytes) {
  if (type == QO_BF16) {
    std::vector<float> wide(bytes.size() / 2);
    qo_widen_bf16(bytes.data(), wide.size(), wide.data());
    return writeNpy(path, shape, wide);
  }
  int64_t elements;
  if (shape.size() > QO_NPY_MAX_RANK ||
      qo_count_elements(shape.data(), shape.size(), qo_type_bytes(type),
                        &elements) ||
      uint64_t(elements * qo_type_bytes(type)) != bytes.size())
    return fail(path, "cannot write: the shape does not fit the data");
  char header[QO_NPY_MAX_WRITTEN];
  size_t size = qo_npy_format(type, shape.data(), shape.size(), header);
  return writeFileAtomically(path, [&](llvm::raw_ostream &stream) {
    stream.write(header, size);
    stream.write(bytes.data(), bytes.size());
    return llvm::Error::success();
  });
}

llvm::Error quantopt::writeNpy(StringRef path, ArrayRef<int64_t> shape,
                               ArrayRef<float> values) {
  return writeNpy(path, QO_F32, shape,
                  ArrayRef<char>(reinterpret_cast<const char *>(values.data()),
                                 values.size() * sizeof(float)));
}
