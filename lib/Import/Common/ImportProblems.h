//===- ImportProblems.h - Why an operator cannot be imported ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_COMMON_IMPORTPROBLEMS_H
#define QUANTOPT_LIB_IMPORT_COMMON_IMPORTPROBLEMS_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/Twine.h"
#include <string>

namespace quantopt {

/// What a handler returns after it has said why it cannot go on.
struct Refusal {
  operator LogicalResult() const { return failure(); }
  template <typename T> operator FailureOr<T>() const { return failure(); }
};

/// What is wrong with one operator; of each kind the first counts.
class ImportProblems {
public:
  /// The operator contradicts the format or itself.
  Refusal malformed(const Twine &message) {
    if (problem.empty())
      problem = message.str();
    return {};
  }
  /// The operator is fine but the importer cannot take it.
  Refusal unsupported(const Twine &reason) {
    if (obstacle.empty())
      obstacle = reason.str();
    return {};
  }
  /// The operator does not have between `low` and `high` inputs.
  Refusal wrongInputs(unsigned low, unsigned high, unsigned found) {
    return malformed("expected " + Twine(low) +
                     (low == high ? Twine() : " to " + Twine(high)) +
                     " inputs, but got " + Twine(found));
  }

  bool isMalformed() const { return !problem.empty(); }
  StringRef getProblem() const { return problem; }
  bool isUnsupported() const { return !obstacle.empty(); }
  StringRef getObstacle() const { return obstacle; }

private:
  std::string problem, obstacle;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_IMPORT_COMMON_IMPORTPROBLEMS_H
