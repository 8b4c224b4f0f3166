//===- LayerStatistics.cpp - Second moments of a layer's inputs -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/LayerStatistics.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace quantopt;

/// Rows and columns of the product that are summed at a time: a strip of the
/// vectors stays in the cache.
static constexpr int64_t kTile = 64;

/// Sums of products per group.
static int64_t getNumProducts(int64_t length) {
  return length <= LayerStatistics::kMaxLength ? length * length : length;
}

LayerStatistics::LayerStatistics(int64_t groups, int64_t length)
    : groups(groups), length(length), sums(groups * length),
      products(groups * getNumProducts(length)) {}

int64_t LayerStatistics::getNumBytes(int64_t groups, int64_t length) {
  return groups * (length + getNumProducts(length)) * int64_t(sizeof(double));
}

/// Adds x_i x_j for the rows `first` to `last` of the upper half of one tile.
/// Each sum runs over the vectors in ascending order.
static void addTile(MutableArrayRef<double> products, int64_t length,
                    ArrayRef<double> vectors, int64_t rowBegin,
                    int64_t columnBegin) {
  int64_t rowEnd = std::min(rowBegin + kTile, length);
  int64_t columnEnd = std::min(columnBegin + kTile, length);
  for (int64_t start = 0, size = int64_t(vectors.size()); start < size;
       start += length) {
    ArrayRef<double> x = vectors.slice(start, length);
    for (int64_t i = rowBegin; i < rowEnd; ++i) {
      int64_t from = std::max(i, columnBegin);
      if (x[i] != 0 && from < columnEnd)
        addScaled(products.slice(i * length + from, columnEnd - from), x[i],
                  x.slice(from, columnEnd - from));
    }
  }
}

void LayerStatistics::add(int64_t rows, ArrayRef<double> vectors) {
  int64_t numProducts = getNumProducts(length);
  for (int64_t group = 0; group < groups; ++group) {
    ArrayRef<double> own = vectors.slice(group * rows * length, rows * length);
    auto groupSums = MutableArrayRef(sums).slice(group * length, length);
    auto groupProducts =
        MutableArrayRef(products).slice(group * numProducts, numProducts);
    for (int64_t row = 0; row < rows; ++row)
      addScaled(groupSums, 1.0, own.slice(row * length, length));
    if (!hasProducts()) {
      for (auto [i, x] : llvm::enumerate(own))
        groupProducts[i % length] += x * x;
      continue;
    }
    for (int64_t i = 0; i < length; i += kTile)
      for (int64_t j = i; j < length; j += kTile)
        addTile(groupProducts, length, own, i, j);
  }
  count += rows;
}

std::vector<double> LayerStatistics::getMean(int64_t group) const {
  std::vector<double> mean(length);
  for (int64_t i = 0; i < length; ++i)
    mean[i] = count ? sums[group * length + i] / double(count) : 0.0;
  return mean;
}

SquareMatrix LayerStatistics::getMoments(int64_t group, bool centered) const {
  SquareMatrix moments(length);
  std::vector<double> mean = getMean(group);
  double factor = count ? 1.0 / double(count) : 0.0;
  int64_t start = group * getNumProducts(length);
  for (int64_t i = 0; i < length; ++i)
    for (int64_t j = i; j < length; ++j) {
      double value = products[start + i * length + j] * factor;
      if (centered)
        value -= mean[i] * mean[j];
      moments.at(i, j) = moments.at(j, i) = value;
    }
  return moments;
}

std::vector<double> LayerStatistics::getDiagonal(int64_t group,
                                                 bool centered) const {
  std::vector<double> diagonal(length), mean = getMean(group);
  double factor = count ? 1.0 / double(count) : 0.0;
  int64_t start = group * getNumProducts(length);
  for (int64_t i = 0; i < length; ++i) {
    double square = products[start + (hasProducts() ? i * length + i : i)];
    diagonal[i] = square * factor - (centered ? mean[i] * mean[i] : 0.0);
  }
  return diagonal;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// The bytes of an array's elements.
template <typename T> static ArrayRef<char> getBytes(ArrayRef<T> values) {
  return {reinterpret_cast<const char *>(values.data()),
          values.size() * sizeof(T)};
}

void LayerStatistics::write(NpzWriter &writer, StringRef name) const {
  writer.add((name + ".count").str(), QO_I64, {}, getBytes(ArrayRef(count)));
  writer.add((name + ".sums").str(), QO_F64, {groups, length},
             getBytes(ArrayRef(sums)));
  SmallVector<int64_t> shape = {groups, length};
  if (hasProducts())
    shape.push_back(length);
  writer.add((name + ".products").str(), QO_F64, shape,
             getBytes(ArrayRef(products)));
}

llvm::Expected<StatisticsFile> StatisticsFile::open(StringRef path) {
  StatisticsFile file;
  auto arrays = openNpyFiles(path);
  if (!arrays)
    return arrays.takeError();
  file.path = path.str();
  file.arrays = std::move(*arrays);
  if (!file.arrays.isArchive)
    return llvm::createStringError(path + ": expected an archive of statistics "
                                          "(.npz)");
  for (size_t i = 0; i < file.arrays.files.size(); ++i)
    file.keys[file.arrays.getKey(i)] = i;
  return std::move(file);
}

bool StatisticsFile::contains(StringRef name) const {
  return keys.contains((name + ".products").str());
}

llvm::Expected<std::vector<double>>
StatisticsFile::readArray(StringRef key, ArrayRef<int64_t> &shape) {
  auto found = keys.find(key);
  if (found == keys.end())
    return llvm::createStringError(path + ": expected an array '" + key + "'");
  NpyFile &array = arrays.files[found->second];
  shape = array.getShape();
  std::vector<double> values(array.getNumElements());
  if (llvm::Error error =
          array.read(0, array.getNumElements(), QO_F64, values.data()))
    return std::move(error);
  array.release();
  if (!llvm::all_of(values, [](double v) { return std::isfinite(v); }))
    return llvm::createStringError(path + ": expected finite numbers in '" +
                                   key + "'");
  return std::move(values);
}

llvm::Expected<LayerStatistics> StatisticsFile::read(StringRef name) {
  LayerStatistics result;
  ArrayRef<int64_t> countShape, sumsShape, shape;
  auto count = readArray((name + ".count").str(), countShape);
  if (!count)
    return count.takeError();
  auto sums = readArray((name + ".sums").str(), sumsShape);
  if (!sums)
    return sums.takeError();
  auto products = readArray((name + ".products").str(), shape);
  if (!products)
    return products.takeError();
  bool fits =
      count->size() == 1 && count->front() >= 0 && sumsShape.size() == 2 &&
      shape.size() >= 2 && shape.take_front(2) == sumsShape &&
      shape.size() == (sumsShape[1] <= LayerStatistics::kMaxLength ? 3u : 2u) &&
      shape.back() == sumsShape[1];
  if (!fits)
    return llvm::createStringError(path + ": the arrays of '" + name +
                                   "' do not fit each other");
  result.count = int64_t(count->front());
  result.groups = sumsShape[0];
  result.length = sumsShape[1];
  result.sums = std::move(*sums);
  result.products = std::move(*products);
  return std::move(result);
}
