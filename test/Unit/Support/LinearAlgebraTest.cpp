//===- LinearAlgebraTest.cpp - Tests of small dense matrices --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/LinearAlgebra.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace quantopt;

namespace {

/// A symmetric positive definite matrix without structure.
SquareMatrix makeMatrix(size_t size) {
  SquareMatrix matrix(size);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j)
      matrix.at(i, j) = std::cos(double(i * j)) + std::cos(double(i + j));
  SquareMatrix result(size);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j)
      result.at(i, j) =
          dotProduct(matrix.getRow(i), matrix.getRow(j)) + (i == j);
  return result;
}

/// The element (i, j) of U^T U.
double multiplyTransposed(const SquareMatrix &u, size_t i, size_t j) {
  double sum = 0;
  for (size_t k = 0; k < u.getSize(); ++k)
    sum += u.at(k, i) * u.at(k, j);
  return sum;
}

TEST(LinearAlgebraTest, cholesky_factor_gives_the_matrix_back) {
  for (size_t size : {1, 2, 5, 17}) {
    SquareMatrix matrix = makeMatrix(size), factor = matrix;
    ASSERT_TRUE(succeeded(factorizeCholesky(factor)));
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) {
        EXPECT_NEAR(multiplyTransposed(factor, i, j), matrix.at(i, j), 1e-9);
        if (j < i)
          EXPECT_EQ(factor.at(i, j), 0);
      }
  }
}

TEST(LinearAlgebraTest, factor_of_the_inverse_inverts) {
  for (size_t size : {1, 2, 5, 17}) {
    SquareMatrix matrix = makeMatrix(size), factor = matrix;
    ASSERT_TRUE(succeeded(factorizeInverse(factor)));
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) {
        double sum = 0;
        for (size_t k = 0; k < size; ++k)
          sum += matrix.at(i, k) * multiplyTransposed(factor, k, j);
        EXPECT_NEAR(sum, i == j, 1e-8);
        if (j < i)
          EXPECT_EQ(factor.at(i, j), 0);
      }
  }
}

TEST(LinearAlgebraTest, matrices_that_are_not_positive_are_refused) {
  SquareMatrix zero(3), negative(1), indefinite(2);
  negative.at(0, 0) = -1;
  indefinite.at(0, 0) = indefinite.at(1, 1) = 1;
  indefinite.at(0, 1) = indefinite.at(1, 0) = 2;
  EXPECT_TRUE(failed(factorizeCholesky(zero)));
  EXPECT_TRUE(failed(factorizeInverse(negative)));
  EXPECT_TRUE(failed(factorizeInverse(indefinite)));
}

TEST(LinearAlgebraTest, quadratic_form_of_a_known_matrix) {
  SquareMatrix matrix(2);
  matrix.at(0, 0) = 2;
  matrix.at(0, 1) = matrix.at(1, 0) = -1;
  matrix.at(1, 1) = 3;
  EXPECT_EQ(quadraticForm(matrix, {1.0, 2.0}), 2 - 4 + 12);
}

} // namespace
