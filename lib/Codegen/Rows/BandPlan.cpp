//===- BandPlan.cpp - Which rows a band of a chain computes ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/BandPlan.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <limits>
#include <numeric>

using namespace quantopt;

int64_t BandPlan::getStep(size_t stage) const {
  int64_t step = 0;
  for (const Band &band : bands)
    step = std::gcd(step, band.computed[stage].size());
  return step;
}

RowRange quantopt::getInputRows(const BandStage &stage, RowRange output) {
  auto clamp = [&](int64_t row) {
    return std::clamp<int64_t>(row, 0, stage.inputRows);
  };
  int64_t first = output.begin * stage.stride - stage.before;
  int64_t last = (output.end - 1) * stage.stride - stage.before;
  return {clamp(first), clamp(last + stage.extent)};
}

/// The rows of a link, padding included, that a reader needs for output rows.
static RowRange getReadRows(const BandLink &link, const BandReader &reader,
                            llvm::ArrayRef<BandStage> stages, RowRange output) {
  if (reader.isResidual)
    return {output.begin + link.before, output.end + link.before};
  return getInputRows(stages[reader.stage], output);
}

/// The rows of a link that a band's readers need, now or, of those that exist
/// by then, later.
static RowRange getHeldRows(const BandLink &link,
                            llvm::ArrayRef<BandStage> stages, const Band &band,
                            RowRange previous) {
  int64_t begin = link.getTotal(), end = previous.end;
  bool isRead = false;
  for (const BandReader &reader : link.readers) {
    RowRange output = band.computed[reader.stage];
    if (output.begin == stages[reader.stage].outputRows)
      continue;
    if (!output.empty())
      end = std::max(end, getReadRows(link, reader, stages, output).end);
    RowRange next = {output.begin, output.begin + 1};
    begin = std::min(begin, getReadRows(link, reader, stages, next).begin);
    isRead |= !output.empty();
  }
  return isRead ? RowRange{begin, std::max(begin, end)} : previous;
}

/// The band that computes `output` of the last stage, after the one before.
static Band planBand(llvm::ArrayRef<BandStage> stages,
                     llvm::ArrayRef<BandLink> links, RowRange output,
                     const Band *previous) {
  Band band;
  band.computed.resize(stages.size());
  band.held.resize(links.size());
  band.computed.back() = output;
  for (size_t i = links.size(); i-- > 0;) {
    int64_t done = previous ? previous->computed[i].end : 0;
    band.held[i] = getHeldRows(links[i], stages, band,
                               previous ? previous->held[i] : RowRange());
    auto getRow = [&](int64_t held) {
      return std::clamp<int64_t>(held - links[i].before, done, links[i].rows);
    };
    // Rows that strides leave out are not computed at all.
    int64_t first = getRow(band.held[i].begin);
    band.computed[i] = {first, std::max(first, getRow(band.held[i].end))};
  }
  return band;
}

/// The rows of a stage that can be computed once this many rows of a link are,
/// as if images went on behind their last rows.
static int64_t getReadyRows(const BandLink &link, const BandReader &reader,
                            llvm::ArrayRef<BandStage> stages,
                            int64_t computed) {
  if (reader.isResidual)
    return computed;
  // The last row that is read must be there.
  const BandStage &stage = stages[reader.stage];
  int64_t there =
      link.before + computed + stage.before - stage.extent - stage.delay;
  return there < 0 ? 0 : there / stage.stride + 1;
}

/// For each stage the end of the output rows that are computed when the first
/// stage gets to `end` and the others as far as they can.
static llvm::SmallVector<int64_t> getReadyEnds(llvm::ArrayRef<BandStage> stages,
                                               llvm::ArrayRef<BandLink> links,
                                               int64_t end) {
  llvm::SmallVector<int64_t> ends(stages.size(),
                                  std::numeric_limits<int64_t>::max());
  ends.front() = end;
  for (auto [i, link] : llvm::enumerate(links))
    for (const BandReader &reader : link.readers)
      ends[reader.stage] = std::min(
          ends[reader.stage], getReadyRows(link, reader, stages, ends[i]));
  return ends;
}

/// The band in which the stages get to `ends`, after the one before.
static Band planSteadyBand(llvm::ArrayRef<BandStage> stages,
                           llvm::ArrayRef<BandLink> links,
                           llvm::ArrayRef<int64_t> ends, const Band &previous) {
  Band band;
  band.computed.resize(stages.size());
  band.held.resize(links.size());
  for (size_t i = stages.size(); i-- > 0;) {
    int64_t done = previous.computed[i].end;
    int64_t end = std::clamp<int64_t>(ends[i], done, stages[i].outputRows);
    band.computed[i] = {done, end};
    if (i == links.size())
      continue;
    const BandLink &link = links[i];
    RowRange held = getHeldRows(link, stages, band, previous.held[i]);
    if (end == 0 && held == previous.held[i]) {
      band.held[i] = held;
      continue;
    }
    // What is computed stays until readers have passed it.
    int64_t begin = link.getTotal();
    for (const BandReader &reader : link.readers) {
      int64_t row = band.computed[reader.stage].begin;
      if (row < stages[reader.stage].outputRows)
        begin = std::min(
            begin, getReadRows(link, reader, stages, {row, row + 1}).begin);
    }
    begin = std::max(begin, previous.held[i].begin);
    band.held[i] = {begin, std::max({begin, held.end, end + link.before})};
    // Rows that strides leave out are not computed at all.
    int64_t first = std::clamp<int64_t>(begin - link.before, done, end);
    band.computed[i] = {first, end};
  }
  return band;
}

/// Bands of `rowsPerBand` rows of the first stage, in which others compute what
/// they can.
static BandPlan planSteadyBands(llvm::ArrayRef<BandStage> stages,
                                llvm::ArrayRef<BandLink> links,
                                int64_t rowsPerBand) {
  BandPlan plan;
  plan.steadyRows = rowsPerBand;
  plan.capacities.assign(links.size(), 0);
  Band previous;
  previous.computed.resize(stages.size());
  previous.held.resize(links.size());
  int64_t rows = stages.back().outputRows;
  for (int64_t end = rowsPerBand; previous.computed.back().end < rows;
       end += rowsPerBand) {
    previous = planSteadyBand(stages, links, getReadyEnds(stages, links, end),
                              previous);
    for (auto [capacity, held] : llvm::zip(plan.capacities, previous.held))
      capacity = std::max(capacity, held.size());
    plan.bands.push_back(previous);
  }
  return plan;
}

void quantopt::delayStages(llvm::MutableArrayRef<BandStage> stages,
                           llvm::ArrayRef<BandLink> links) {
  auto isAdded = [&](size_t stage) {
    return stage < links.size() &&
           llvm::all_of(links[stage].readers, [](const BandReader &reader) {
             return reader.isResidual;
           });
  };
  auto getEnd = [](const BandStage &stage) {
    return stage.extent - stage.before;
  };
  for (const BandLink &link : links)
    for (const BandReader &reader : link.readers) {
      if (reader.isResidual || !isAdded(reader.stage))
        continue;
      BandStage &stage = stages[reader.stage];
      for (const BandReader &other : link.readers) {
        const BandStage &beside = stages[other.stage];
        if (!other.isResidual && beside.stride == stage.stride &&
            beside.before >= stage.before)
          stage.delay = std::max(stage.delay, getEnd(beside) - getEnd(stage));
      }
    }
}

bool quantopt::isPassedOn(llvm::ArrayRef<BandStage> stages,
                          const BandLink &link, size_t producer,
                          const BandPlan &plan) {
  return llvm::all_of(plan.bands, [&](const Band &band) {
    return llvm::all_of(link.readers, [&](const BandReader &reader) {
      const BandStage &stage = stages[reader.stage];
      int64_t done = band.computed[reader.stage].end;
      int64_t next = reader.isResidual ? done + link.before
                                       : done * stage.stride - stage.before;
      return done == stage.outputRows ||
             next >= band.computed[producer].end + link.before;
    });
  });
}

BandPlan quantopt::planBands(llvm::ArrayRef<BandStage> stages,
                             llvm::ArrayRef<BandLink> links,
                             int64_t rowsPerBand, bool isSteady) {
  if (isSteady)
    return planSteadyBands(stages, links, rowsPerBand);
  BandPlan plan;
  plan.capacities.assign(links.size(), 0);
  int64_t rows = stages.back().outputRows;
  for (int64_t begin = 0; begin < rows; begin += rowsPerBand) {
    RowRange output = {begin, std::min(begin + rowsPerBand, rows)};
    const Band *previous = plan.bands.empty() ? nullptr : &plan.bands.back();
    Band band = planBand(stages, links, output, previous);
    for (auto [capacity, held] : llvm::zip(plan.capacities, band.held))
      capacity = std::max(capacity, held.size());
    plan.bands.push_back(std::move(band));
  }
  return plan;
}

//===----------------------------------------------------------------------===//
// Rows as functions of the band's number
//===----------------------------------------------------------------------===//

int64_t RowForm::evaluate(int64_t band) const {
  int64_t rows = limit;
  for (const Term &term : terms)
    rows = std::min(
        rows, std::max<int64_t>(0, rowsPerBand * (band + 1) + term.offset) /
                  term.divisor);
  return rows;
}

/// Adds a term, which may be never or always the least of those that have its
/// divisor.
static void addTerm(RowForm &form, RowForm::Term added) {
  for (RowForm::Term &term : form.terms)
    if (term.divisor == added.divisor) {
      term.offset = std::min(term.offset, added.offset);
      return;
    }
  form.terms.push_back(added);
}

/// The terms of `getReadyEnds`: floors of floors are floors.
static llvm::SmallVector<RowForm> makeRowForms(llvm::ArrayRef<BandStage> stages,
                                               llvm::ArrayRef<BandLink> links,
                                               int64_t rowsPerBand) {
  llvm::SmallVector<RowForm> forms;
  for (const BandStage &stage : stages)
    forms.push_back({rowsPerBand, stage.outputRows, {}});
  forms.front().terms.push_back({0, 1});
  for (auto [i, link] : llvm::enumerate(links))
    for (const BandReader &reader : link.readers) {
      const BandStage &stage = stages[reader.stage];
      for (RowForm::Term term : forms[i].terms) {
        if (!reader.isResidual) {
          int64_t missing = link.before + stage.before - stage.extent -
                            stage.delay + stage.stride;
          term.offset += missing * term.divisor;
          term.divisor *= stage.stride;
        }
        addTerm(forms[reader.stage], term);
      }
    }
  return forms;
}

namespace {
/// Follows the rows of a link through the bands as the forms have them.
struct LinkCheck {
  llvm::ArrayRef<BandStage> stages;
  llvm::ArrayRef<RowForm> forms;
  const BandLink &link;
  size_t producer;
  int64_t capacity;

  int64_t getFirst(int64_t band) const;
  bool isHeld(int64_t band, RowRange rows) const;
  bool isReadInTime(int64_t band, const BandReader &reader) const;
  bool check(int64_t numBands) const;
};
} // namespace

/// The row with which the buffer begins.
int64_t LinkCheck::getFirst(int64_t band) const {
  int64_t first = link.getTotal();
  for (const BandReader &reader : link.readers) {
    int64_t row = forms[reader.stage].evaluate(band - 1);
    const BandStage &stage = stages[reader.stage];
    first =
        std::min(first, reader.isResidual ? row + link.before
                                          : row * stage.stride - stage.before);
  }
  return first;
}

bool LinkCheck::isHeld(int64_t band, RowRange rows) const {
  int64_t first = getFirst(band);
  return first <= rows.begin && rows.end <= first + capacity;
}

/// Whether all that a reader computes in a band is there.
bool LinkCheck::isReadInTime(int64_t band, const BandReader &reader) const {
  const RowForm &form = forms[reader.stage];
  RowRange output = {form.evaluate(band - 1), form.evaluate(band)};
  if (output.empty())
    return true;
  const BandStage &stage = stages[reader.stage];
  RowRange read = {output.begin + link.before, output.end + link.before};
  if (!reader.isResidual)
    read = {output.begin * stage.stride - stage.before,
            (output.end - 1) * stage.stride - stage.before + stage.extent};
  int64_t done = forms[producer].evaluate(band);
  int64_t there = done == link.rows ? link.getTotal() : done + link.before;
  return read.begin >= 0 && read.end <= there && isHeld(band, read);
}

bool LinkCheck::check(int64_t numBands) const {
  for (int64_t band = 0; band < numBands; ++band) {
    RowRange written = {forms[producer].evaluate(band - 1),
                        forms[producer].evaluate(band)};
    if (!written.empty() &&
        !isHeld(band, {written.begin + link.before, written.end + link.before}))
      return false;
    if (!llvm::all_of(link.readers, [&](const BandReader &reader) {
          return isReadInTime(band, reader);
        }))
      return false;
  }
  return true;
}

std::optional<llvm::SmallVector<RowForm>>
quantopt::findRowForms(llvm::ArrayRef<BandStage> stages,
                       llvm::ArrayRef<BandLink> links, const BandPlan &plan,
                       int64_t rowsPerBand) {
  llvm::SmallVector<RowForm> forms = makeRowForms(stages, links, rowsPerBand);
  auto numBands = int64_t(plan.bands.size());
  for (auto [stage, form] : llvm::zip(stages, forms)) {
    int64_t last = (stage.outputRows - 1) * stage.stride - stage.before;
    if (stage.before > 0 || last + stage.extent > stage.inputRows)
      return std::nullopt;
    if (form.evaluate(-1) != 0 || form.evaluate(numBands - 1) != form.limit)
      return std::nullopt;
  }
  for (auto [i, link] : llvm::enumerate(links)) {
    LinkCheck check{stages, forms, link, i, plan.capacities[i]};
    if (!check.check(numBands))
      return std::nullopt;
  }
  for (auto [number, band] : llvm::enumerate(plan.bands))
    for (auto [form, rows] : llvm::zip(forms, band.computed))
      if (form.evaluate(int64_t(number)) - form.evaluate(int64_t(number) - 1) !=
          rows.size())
        return std::nullopt;
  return forms;
}
