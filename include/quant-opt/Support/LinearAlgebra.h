//===- LinearAlgebra.h - Small dense matrices -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What the methods that round weights need. Every result is a fixed sequence
/// of binary64 operations without contraction: the same bits on every host.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_LINEARALGEBRA_H
#define QUANTOPT_SUPPORT_LINEARALGEBRA_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace quantopt {

/// A square matrix in row-major order.
class SquareMatrix {
public:
  SquareMatrix() = default;
  explicit SquareMatrix(size_t size) : size(size), elements(size * size) {}

  size_t getSize() const { return size; }
  double &at(size_t row, size_t column) {
    return elements[row * size + column];
  }
  double at(size_t row, size_t column) const {
    return elements[row * size + column];
  }
  ArrayRef<double> getRow(size_t row) const {
    return ArrayRef(elements).slice(row * size, size);
  }
  MutableArrayRef<double> getRow(size_t row) {
    return MutableArrayRef(elements).slice(row * size, size);
  }
  ArrayRef<double> getElements() const { return elements; }
  MutableArrayRef<double> getElements() { return elements; }

private:
  size_t size = 0;
  std::vector<double> elements;
};

/// target += factor * source.
void addScaled(MutableArrayRef<double> target, double factor,
               ArrayRef<double> source);

/// Sum of products, in ascending order.
double dotProduct(ArrayRef<double> a, ArrayRef<double> b);

/// x^T A x for a symmetric matrix.
double quadraticForm(const SquareMatrix &matrix, ArrayRef<double> x);

/// Replaces a symmetric matrix A by the upper triangular U with U^T U = A
/// (zeros below the diagonal); only the upper half is read. Fails, with the
/// matrix spoilt, when it is not positive definite.
LogicalResult factorizeCholesky(SquareMatrix &matrix);

/// Replaces an upper triangular matrix without zeros on its diagonal by its
/// inverse.
void invertUpperTriangle(SquareMatrix &matrix);

/// Replaces a symmetric positive definite matrix A by the upper triangular U
/// with U^T U = A^-1. Fails like `factorizeCholesky`.
LogicalResult factorizeInverse(SquareMatrix &matrix);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_LINEARALGEBRA_H
