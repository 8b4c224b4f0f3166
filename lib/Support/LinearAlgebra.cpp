//===- LinearAlgebra.cpp - Small dense matrices ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/LinearAlgebra.h"
#include <algorithm>
#include <cmath>

using namespace quantopt;

void quantopt::addScaled(MutableArrayRef<double> target, double factor,
                         ArrayRef<double> source) {
  double *to = target.data();
  const double *from = source.data();
  for (size_t i = 0, size = source.size(); i < size; ++i)
    to[i] += factor * from[i];
}

double quantopt::dotProduct(ArrayRef<double> a, ArrayRef<double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

double quantopt::quadraticForm(const SquareMatrix &matrix, ArrayRef<double> x) {
  std::vector<double> product(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    if (x[i] != 0)
      addScaled(product, x[i], matrix.getRow(i));
  return dotProduct(product, x);
}

LogicalResult quantopt::factorizeCholesky(SquareMatrix &matrix) {
  size_t size = matrix.getSize();
  for (size_t k = 0; k < size; ++k) {
    MutableArrayRef<double> row = matrix.getRow(k);
    double pivot = row[k];
    if (!(pivot > 0) || !std::isfinite(pivot))
      return failure();
    double root = std::sqrt(pivot);
    for (size_t j = k; j < size; ++j)
      row[j] /= root;
    for (size_t i = k + 1; i < size; ++i)
      addScaled(matrix.getRow(i).drop_front(i), -row[i], row.drop_front(i));
    std::fill_n(row.begin(), k, 0.0);
  }
  return success();
}

void quantopt::invertUpperTriangle(SquareMatrix &matrix) {
  size_t size = matrix.getSize();
  std::vector<double> row(size);
  for (size_t i = size; i-- > 0;) {
    MutableArrayRef<double> result = matrix.getRow(i);
    std::copy(result.begin(), result.end(), row.begin());
    std::fill(result.begin() + i, result.end(), 0.0);
    result[i] = 1;
    for (size_t k = i + 1; k < size; ++k)
      addScaled(result.drop_front(k), -row[k], matrix.getRow(k).drop_front(k));
    for (size_t j = i; j < size; ++j)
      result[j] /= row[i];
  }
}

LogicalResult quantopt::factorizeInverse(SquareMatrix &matrix) {
  // With J the reversal of the order and J A J = C^T C: A = R R^T, where
  // R = J C^T J is upper triangular, and U = R^-1 = J C^-T J.
  size_t size = matrix.getSize();
  std::reverse(matrix.getElements().begin(), matrix.getElements().end());
  if (failed(factorizeCholesky(matrix)))
    return failure();
  invertUpperTriangle(matrix);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = i; j < size - 1 - i; ++j) {
      // Mirror along the other diagonal.
      std::swap(matrix.at(i, j), matrix.at(size - 1 - j, size - 1 - i));
    }
  return success();
}
