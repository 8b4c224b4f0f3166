//===- BandPlan.h - Which rows a band of a chain computes -------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Sliding windows that read what ones before them compute need not compute
/// whole images: a band of the last op's rows needs a band of rows of each op
/// before. Bands follow each other from top to
/// bottom, so that every row is computed once; rows that the next band reads
/// again are kept.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CODEGEN_BANDPLAN_H
#define QUANTOPT_CODEGEN_BANDPLAN_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>

namespace quantopt {

/// Rows [begin, end).
struct RowRange {
  int64_t begin = 0, end = 0;

  int64_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool operator==(const RowRange &other) const {
    return begin == other.begin && end == other.end;
  }
};

/// An op of a chain. Output row `r` reads the `extent` input rows from
/// `stride * r - before`, of which only those in [0, inputRows) exist.
struct BandStage {
  int64_t inputRows, outputRows;
  int64_t extent, stride;
  int64_t before;
  /// Rows behind those that it reads which a steady plan waits for.
  int64_t delay = 0;
};

/// Who reads what an op computes: through its window, or the row of the same
/// number.
struct BandReader {
  size_t stage;
  bool isResidual;
};

/// What an op hands to later ones: its rows with rows of padding before and
/// after them, which are read like the others.
struct BandLink {
  int64_t before, rows, after;
  llvm::SmallVector<BandReader> readers;

  int64_t getTotal() const { return before + rows + after; }
};

/// The part of a chain that is computed at a time.
struct Band {
  /// New output rows of each stage; may be empty.
  llvm::SmallVector<RowRange> computed;
  /// Rows, padding included, that each link's buffer holds.
  llvm::SmallVector<RowRange> held;
};

struct BandPlan {
  /// Of the first stage if the plan is steady, else 0.
  int64_t steadyRows = 0;
  llvm::SmallVector<Band> bands;
  /// The most rows that each link's buffer holds.
  llvm::SmallVector<int64_t> capacities;

  /// The largest number of rows that divides what each band computes of a
  /// stage.
  int64_t getStep(size_t stage) const;
};

/// The input rows that exist among those that output rows read.
RowRange getInputRows(const BandStage &stage, RowRange output);

/// Lets stages wait whose rows are only added to later ones: until another
/// reader of the same rows computes the row of the same number. Up to then the
/// rows are there anyway, and fewer results have to be kept.
void delayStages(llvm::MutableArrayRef<BandStage> stages,
                 llvm::ArrayRef<BandLink> links);

/// Whether nothing of a link is kept from one band to the next one.
bool isPassedOn(llvm::ArrayRef<BandStage> stages, const BandLink &link,
                size_t producer, const BandPlan &plan);

/// Cuts the output rows of the last stage into bands of `rowsPerBand`, the last
/// of which may have fewer. There is one link less than stages, each what the
/// stage of its number computes; readers come later. The input rows of a stage
/// are those of the link that it reads, padding included. When the plan is
/// `isSteady`, the first stage is cut so instead, and others compute what they
/// can: buffers hold few rows also where strides make later images smaller.
BandPlan planBands(llvm::ArrayRef<BandStage> stages,
                   llvm::ArrayRef<BandLink> links, int64_t rowsPerBand,
                   bool isSteady = false);

/// How many rows of a stage are computed once band `b` of a steady plan is, for
/// any `b` from -1 on: the least of its terms
/// `max(0, rowsPerBand * (b + 1) + offset) / divisor`, and `limit` at most.
struct RowForm {
  struct Term {
    int64_t offset, divisor;
  };
  int64_t rowsPerBand, limit;
  llvm::SmallVector<Term> terms;

  int64_t evaluate(int64_t band) const;
};

/// A form for each stage of a steady plan with `rowsPerBand`, with which code
/// can find the rows of a band from its number:
///   stage `i` computes [ends[i](b - 1), ends[i](b)) in band `b`;
///   a link's buffer begins with the first row that a reader `r`, of those that
///   ends[r](b - 1) rows are computed of, reads next;
///   padding after the image is there as soon as all of the image is.
/// Nothing when that is not what the plan's bands and buffers are, or when a
/// window reaches out of what it reads.
std::optional<llvm::SmallVector<RowForm>>
findRowForms(llvm::ArrayRef<BandStage> stages, llvm::ArrayRef<BandLink> links,
             const BandPlan &plan, int64_t rowsPerBand);

} // namespace quantopt

#endif // QUANTOPT_CODEGEN_BANDPLAN_H
