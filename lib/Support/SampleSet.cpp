//===- SampleSet.cpp - Samples for a model's inputs -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SampleSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// An error with this message.
static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// Returns the description that the functions of the runtime take; it points
/// into `input`.
static qo_tensor describe(const SampleInput &input) {
  return {input.name.c_str(),
          qo_type_name(input.type),
          static_cast<int64_t>(input.shape.size()),
          input.shape.data(),
          input.getNumBytes(),
          input.scale,
          input.zeroPoint,
          /*arena_offset=*/0};
}

int64_t SampleInput::getNumBytes() const {
  int64_t elements;
  if (qo_count_elements(shape.data(), shape.size(), qo_type_bytes(type),
                        &elements))
    return 0;
  return elements * qo_type_bytes(type);
}

/// Sorts the files of a folder by the bytes of their names. Hidden files do not
/// count, others must be arrays.
static llvm::Expected<std::vector<std::string>> listFolder(StringRef folder) {
  std::vector<std::string> files;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end;
       at.increment(code)) {
    StringRef name = path::filename(at->path());
    if (name.starts_with("."))
      continue;
    if (!name.ends_with(".npy") && !name.ends_with(".npz"))
      return fail(folder + ": expected only .npy and .npz files, but found '" +
                  name + "'");
    files.push_back(at->path());
  }
  if (code)
    return fail(folder + ": cannot read: " + code.message());
  if (files.empty())
    return fail(folder + ": there are no .npy or .npz files in this folder");
  llvm::sort(files);
  return files;
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

/// Collects the chunks of all inputs.
class SampleSet::Builder {
public:
  Builder(SampleSet &set, ArrayRef<SampleInput> inputs)
      : set(set), filled(inputs.size()) {
    set.inputs = inputs.vec();
    set.chunks.resize(inputs.size());
    set.current.resize(inputs.size());
    for (const SampleInput &input : set.inputs)
      tensors.push_back(describe(input));
  }

  /// Adds the files of one option value.
  llvm::Error addSpec(const std::string &spec);

  /// Checks that all inputs have the same number of whole batches.
  llvm::Error finish();

private:
  /// Adds a .npy or .npz file; `input` is set when the user named one.
  llvm::Error addFile(StringRef path, std::optional<size_t> input);
  /// Adds an array to an input.
  llvm::Error addArray(NpyFile file, size_t input);
  /// Returns the input that the user named before '=', and the rest.
  llvm::Expected<std::pair<std::optional<size_t>, std::string>>
  split(const std::string &spec);

  SampleSet &set;
  std::vector<qo_tensor> tensors;
  std::vector<bool> filled; // by an earlier option value
};

llvm::Expected<std::pair<std::optional<size_t>, std::string>>
SampleSet::Builder::split(const std::string &spec) {
  int64_t index;
  const char *path;
  qo_error error;
  // An archive or folder without a name says itself what is for which input.
  if (fs::is_directory(spec) || StringRef(spec).ends_with(".npz")) {
    auto named = llvm::find_if(set.inputs, [&](const SampleInput &input) {
      return StringRef(spec).starts_with(input.name + "=");
    });
    if (named == set.inputs.end())
      return std::pair(std::optional<size_t>(), spec);
  }
  if (qo_split_spec(spec.c_str(), "input", tensors.data(), tensors.size(),
                    &index, &path, &error))
    return fail(error.text);
  return std::pair(std::optional<size_t>(index), std::string(path));
}

llvm::Error SampleSet::Builder::addArray(NpyFile file, size_t input) {
  qo_error error;
  int64_t rows;
  if (qo_check_array(&tensors[input], &file.getHeader(), &rows, &error))
    return fail(file.getName() + ": " + error.text);
  std::vector<Chunk> &chunks = set.chunks[input];
  int64_t first =
      chunks.empty() ? 0 : chunks.back().firstRow + chunks.back().rows;
  int64_t end;
  if (llvm::AddOverflow(first, rows, end))
    return fail(file.getName() + ": too many samples");
  if (rows > 0)
    chunks.push_back({std::move(file), first, rows});
  return llvm::Error::success();
}

llvm::Error SampleSet::Builder::addFile(StringRef path,
                                        std::optional<size_t> input) {
  auto opened = openNpyFiles(path);
  if (!opened)
    return opened.takeError();
  // A single array without a name needs none to be told apart; NumPy calls it
  // arr_0.
  if (!input && set.inputs.size() == 1 && opened->files.size() == 1 &&
      (!opened->isArchive || opened->getKey(0) == "arr_0"))
    input = 0;
  if (input && opened->files.size() == 1)
    return addArray(std::move(opened->files[0]), *input);
  if (input)
    return fail(path + ": expected one array for input '" +
                set.inputs[*input].name + "', but the archive has " +
                llvm::Twine(opened->files.size()));
  if (!opened->isArchive)
    return fail(path + ": the model has several inputs; say which one this is "
                       "by NAME=FILE, or use a .npz file whose keys are names");
  std::vector<bool> seen(set.inputs.size());
  for (size_t i = 0; i < opened->files.size(); ++i) {
    StringRef key = opened->getKey(i);
    auto found = llvm::find_if(set.inputs, [&](const SampleInput &input) {
      return input.name == key;
    });
    if (found == set.inputs.end())
      return fail(path + ": the model has no input '" + key + "'");
    size_t index = found - set.inputs.begin();
    seen[index] = true;
    if (llvm::Error error = addArray(std::move(opened->files[i]), index))
      return error;
  }
  for (size_t i = 0; i < seen.size(); ++i)
    if (!seen[i])
      return fail(path + ": the archive has no array for input '" +
                  set.inputs[i].name + "'");
  return llvm::Error::success();
}

llvm::Error SampleSet::Builder::addSpec(const std::string &spec) {
  auto parts = split(spec);
  if (!parts)
    return parts.takeError();
  std::optional<size_t> input = parts->first;
  const std::string &path = parts->second;
  for (size_t i = 0; i < filled.size(); ++i)
    if ((!input || *input == i) && filled[i])
      return fail("input '" + set.inputs[i].name + "' is given twice");
    else if (!input || *input == i)
      filled[i] = true;
  if (!fs::is_directory(path))
    return addFile(path, input);
  auto files = listFolder(path);
  if (!files)
    return files.takeError();
  for (const std::string &file : *files)
    if (llvm::Error error = addFile(file, input))
      return error;
  return llvm::Error::success();
}

llvm::Error SampleSet::Builder::finish() {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const std::vector<Chunk> &chunks = set.chunks[i];
    if (!filled[i])
      return fail("no data given for input '" + set.inputs[i].name + "'");
    int64_t rows =
        chunks.empty() ? 0 : chunks.back().firstRow + chunks.back().rows;
    int64_t batches;
    qo_error error;
    if (qo_count_batches(&tensors[i], rows, &batches, &error))
      return fail(error.text);
    if (i > 0 && batches != set.batches)
      return fail("input '" + set.inputs[i].name + "' has data for " +
                  llvm::Twine(batches) + " runs of the model, but input '" +
                  set.inputs[0].name + "' has data for " +
                  llvm::Twine(set.batches));
    set.batches = batches;
  }
  return llvm::Error::success();
}

llvm::Expected<SampleSet> SampleSet::open(ArrayRef<std::string> specs,
                                          ArrayRef<SampleInput> inputs) {
  for (const SampleInput &input : inputs)
    if (input.getNumBytes() < 1 || input.shape.size() > QO_NPY_MAX_RANK)
      return fail("input '" + input.name + "' has no usable shape");
  SampleSet set;
  Builder builder(set, inputs);
  for (const std::string &spec : specs)
    if (llvm::Error error = builder.addSpec(spec))
      return std::move(error);
  if (llvm::Error error = builder.finish())
    return std::move(error);
  return std::move(set);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

llvm::Error SampleSet::read(int64_t batch, size_t input, void *result) {
  const SampleInput &description = inputs[input];
  if (batch < 0 || batch >= batches)
    return fail("there is no sample " + llvm::Twine(batch));
  int64_t batchRows = description.shape.empty() ? 1 : description.shape[0];
  int64_t row = batch * batchRows, end = row + batchRows;
  int64_t rowBytes = description.getNumBytes() / batchRows;
  int64_t rowElements = rowBytes / qo_type_bytes(description.type);
  while (row < end) {
    auto chunk = std::prev(llvm::upper_bound(
        chunks[input], row,
        [](int64_t row, const Chunk &chunk) { return row < chunk.firstRow; }));
    size_t index = chunk - chunks[input].begin();
    if (index != current[input])
      chunks[input][current[input]].file.release();
    current[input] = index;
    int64_t count = std::min(end, chunk->firstRow + chunk->rows) - row;
    if (llvm::Error error =
            chunk->file.read((row - chunk->firstRow) * rowElements,
                             count * rowElements, description.type, result))
      return error;
    result = static_cast<char *>(result) + count * rowBytes;
    row += count;
  }
  return llvm::Error::success();
}
