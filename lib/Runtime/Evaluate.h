//===- Evaluate.h - Running a model on files --------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_RUNTIME_EVALUATE_H
#define QUANTOPT_LIB_RUNTIME_EVALUATE_H

#include "Options.h"

/// Runs the session on all samples of the input files and writes the outputs.
int qo_evaluate(qo_session *session, const Options *options, qo_error *error);

/// Fills the session's inputs with the first batch of the input files, or with
/// the self-test's values when no file is given.
int qo_load_first(qo_session *session, const Options *options, qo_error *error);

#endif // QUANTOPT_LIB_RUNTIME_EVALUATE_H
