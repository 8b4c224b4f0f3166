//===- BandLoop.cpp - Bands of rows in a loop -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BandLoop.h"
#include "SharedLines.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using qvec::KernelOp;

namespace {
/// Emits the loop. Numbers of rows are values of type `index`.
class BandLoopEmitter {
public:
  BandLoopEmitter(const RowChain &chain, const BandPlan &plan,
                  ArrayRef<RowForm> forms)
      : chain(chain), plan(plan), forms(forms), stages(chain.getStages()),
        links(chain.getLinks()), places(placeLines(chain, plan)),
        b(chain.ops.back().getOperation()),
        loc(b.getInsertionPoint()->getLoc()) {}
  void run();

private:
  void createLines();
  int64_t getFirstBand(size_t i) const;
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  }
  Value add(Value value, int64_t addend);
  Value mul(Value value, int64_t factor);
  Value emitForm(const RowForm &form, Value band);
  SmallVector<Value> emitFirsts(ArrayRef<Value> computed);
  void forRows(Value begin, Value end, int64_t step,
               function_ref<void(Value)> body);
  void ifTrue(arith::CmpIPredicate predicate, Value x, Value y,
              function_ref<void()> body);
  Value getPadding(size_t i) const;
  void emitFill(size_t i, Value row);
  void startLine(size_t i, Value band);
  void padAfter(size_t i);
  bool isOnce(size_t i) const;
  bool movesWithReader(size_t i) const;
  void moveRows(size_t i, Value up);
  void moveRows(size_t i, int64_t up);
  void moveUp(size_t i, Value next);
  void moveRead(size_t i);
  void emitRows(size_t i);
  void emitOp(size_t i, Value row);
  Value getRows(Value image, Value first, int64_t count, bool isFlat,
                int64_t width);
  Value getColumns(Value image, Value first, int64_t count, int64_t left,
                   int64_t width);
  Value getInside(size_t i, Value first, int64_t count, bool isFlat);
  Value getInput(size_t i, Value row);
  Value getResidual(size_t i, Value residual, Value row);
  Value getOutput(size_t i, Value row);

  const RowChain &chain;
  const BandPlan &plan;
  ArrayRef<RowForm> forms;
  SmallVector<BandStage> stages;
  SmallVector<BandLink> links;
  SmallVector<LinePlace> places;
  OpBuilder b;
  Location loc;
  /// Buffers of a few rows in the place of whole images.
  SmallVector<Value> lines, flatLines;
  /// Rows that are computed before and after the band, of each stage, and the
  /// first row of each buffer.
  SmallVector<Value> before, after, firsts;
};
} // namespace

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value BandLoopEmitter::add(Value value, int64_t addend) {
  return addend == 0 ? value
                     : arith::AddIOp::create(b, loc, value, index(addend));
}

Value BandLoopEmitter::mul(Value value, int64_t factor) {
  return factor == 1 ? value
                     : arith::MulIOp::create(b, loc, value, index(factor));
}

Value BandLoopEmitter::emitForm(const RowForm &form, Value band) {
  Value rows = index(form.limit);
  for (const RowForm::Term &term : form.terms) {
    int64_t factor = form.rowsPerBand, offset = factor + term.offset;
    // Without a division if it has no rest in one band and not in another.
    bool isDivided = factor % term.divisor != 0;
    if (!isDivided) {
      factor /= term.divisor;
      offset = llvm::divideFloorSigned(offset, term.divisor);
    }
    Value value = add(mul(band, factor), offset);
    value = arith::MaxSIOp::create(b, loc, value, index(0));
    if (isDivided)
      value = arith::DivUIOp::create(b, loc, value, index(term.divisor));
    rows = arith::MinSIOp::create(b, loc, rows, value);
  }
  return rows;
}

/// The first rows of the buffers when so many rows of each stage are computed.
SmallVector<Value> BandLoopEmitter::emitFirsts(ArrayRef<Value> computed) {
  SmallVector<Value> result;
  for (auto [link, place] : llvm::zip(links, places)) {
    // Rows in the place of others are counted like them.
    Value first = place.isSummand ? result[*place.other] : Value();
    if (first) {
      result.push_back(first);
      continue;
    }
    for (const BandReader &reader : link.readers) {
      const BandStage &stage = stages[reader.stage];
      Value row = computed[reader.stage];
      row = reader.isResidual ? add(row, link.before)
                              : add(mul(row, stage.stride), -stage.before);
      first = first ? arith::MinSIOp::create(b, loc, first, row) : row;
    }
    result.push_back(first);
  }
  return result;
}

/// The band in which an op computes its first row.
int64_t BandLoopEmitter::getFirstBand(size_t i) const {
  return llvm::find_if(
             plan.bands,
             [&](const Band &band) { return !band.computed[i].empty(); }) -
         plan.bands.begin();
}

/// Whether a band has one step of an op or none.
bool BandLoopEmitter::isOnce(size_t i) const {
  return llvm::all_of(plan.bands, [&](const Band &band) {
    return band.computed[i].size() <= plan.getStep(i);
  });
}

/// Whether the rows of a line buffer move whenever its only reader has computed
/// a row, always by as many.
bool BandLoopEmitter::movesWithReader(size_t i) const {
  ArrayRef<BandReader> readers = links[i].readers;
  return !places[i].isSummand && readers.size() == 1 &&
         !readers.front().isResidual && isOnce(readers.front().stage);
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

void BandLoopEmitter::forRows(Value begin, Value end, int64_t step,
                              function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(b, loc, begin, end, index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void BandLoopEmitter::ifTrue(arith::CmpIPredicate predicate, Value x, Value y,
                             function_ref<void()> body) {
  Value condition = arith::CmpIOp::create(b, loc, predicate, x, y);
  auto branch = scf::IfOp::create(b, loc, condition, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  body();
}

//===----------------------------------------------------------------------===//
// Rows of images
//===----------------------------------------------------------------------===//

/// Part of a buffer of rank 4, along its second and third dimensions.
static Value getPart(OpBuilder &b, Location loc, Value value, OpFoldResult row,
                     int64_t rows, OpFoldResult column, int64_t columns) {
  ArrayRef<int64_t> shape = cast<MemRefType>(value.getType()).getShape();
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  SmallVector<OpFoldResult> sizes = {
      b.getIndexAttr(shape[0]), b.getIndexAttr(rows), b.getIndexAttr(columns),
      b.getIndexAttr(shape[3])};
  return memref::SubViewOp::create(
      b, loc, value, ArrayRef<OpFoldResult>{zero, row, column, zero}, sizes,
      SmallVector<OpFoldResult>(4, one));
}

/// Rows of an image; those of the positions of a flat one.
Value BandLoopEmitter::getRows(Value image, Value first, int64_t count,
                               bool isFlat, int64_t width) {
  if (isFlat)
    return getPart(b, loc, image, b.getIndexAttr(0), 1, mul(first, width),
                   count * width);
  int64_t columns = cast<MemRefType>(image.getType()).getDimSize(2);
  return getPart(b, loc, image, first, count, b.getIndexAttr(0), columns);
}

/// Rows of an image without columns of padding. Rows that lie together become
/// one view first.
Value BandLoopEmitter::getColumns(Value image, Value first, int64_t count,
                                  int64_t left, int64_t width) {
  OpFoldResult column = b.getIndexAttr(left);
  if (count == 1)
    return getPart(b, loc, image, first, 1, column, width);
  Value rows = getRows(image, first, count, false, 0);
  if (width == cast<MemRefType>(image.getType()).getDimSize(2))
    return rows;
  return getPart(b, loc, rows, b.getIndexAttr(0), count, column, width);
}

/// Rows of a line buffer, from a place in it on, without columns of padding.
Value BandLoopEmitter::getInside(size_t i, Value first, int64_t count,
                                 bool isFlat) {
  const RowBuffer &buffer = chain.buffers[i];
  int64_t width = buffer.getWidth();
  return isFlat ? getRows(flatLines[i], first, count, true, width)
                : getColumns(lines[i], first, count, buffer.left, width);
}

/// The image without casts.
static Value skipCasts(Value image) {
  while (auto cast = image.getDefiningOp<memref::CastOp>())
    image = cast.getSource();
  return image;
}

/// The part inside of the padding of an allocation that an image is, or null.
static memref::SubViewOp getPaddedPart(Value image) {
  auto part = image.getDefiningOp<memref::SubViewOp>();
  if (!part || !part.getSource().getDefiningOp<memref::AllocOp>() ||
      !part.getSourceType().getLayout().isIdentity() || !part.hasUnitStride() ||
      part.getType().getRank() != 4 || part.getSourceType().getRank() != 4 ||
      llvm::any_of(part.getStaticOffsets(), ShapedType::isDynamic) ||
      part.getType().getDimSize(0) != part.getSourceType().getDimSize(0) ||
      part.getType().getDimSize(3) != part.getSourceType().getDimSize(3))
    return {};
  return part;
}

Value BandLoopEmitter::getInput(size_t i, Value row) {
  Value image = skipCasts(chain.ops[i].getInput().get());
  const BandStage &stage = stages[i];
  int64_t count = (plan.getStep(i) - 1) * stage.stride + stage.extent;
  Value first = add(mul(row, stage.stride), -stage.before);
  bool isFlat = chain.isFlat(i);
  std::optional<size_t> number = chain.findBuffer(image);
  if (!number)
    return getRows(image, first, count, isFlat, chain.getWidth(i));
  first = arith::SubIOp::create(b, loc, first, firsts[*number]);
  if (chain.readsInside(i))
    return getInside(*number, first, count, false);
  return getRows(isFlat ? flatLines[*number] : lines[*number], first, count,
                 isFlat, chain.buffers[*number].getNumColumns());
}

/// The rows of a residual: those of the output. Sums are there for all rows.
Value BandLoopEmitter::getResidual(size_t i, Value residual, Value row) {
  if (chain.ops[i].isSum())
    return residual;
  bool isFlat = chain.isFlat(i);
  std::optional<size_t> number = chain.findBuffer(residual);
  if (!number)
    return getRows(residual, row, plan.getStep(i), isFlat, chain.getWidth(i));
  Value place = arith::SubIOp::create(
      b, loc, add(row, chain.buffers[*number].before), firsts[*number]);
  return getInside(*number, place, plan.getStep(i), isFlat);
}

Value BandLoopEmitter::getOutput(size_t i, Value row) {
  if (chain.ops[i].isSum())
    return chain.ops[i].getInit().get();
  bool isFlat = chain.isFlat(i);
  if (i == lines.size()) {
    Value image = chain.ops[i].getInit().get();
    if (memref::SubViewOp part = getPaddedPart(image))
      return getColumns(part.getSource(), add(row, part.getStaticOffsets()[1]),
                        plan.getStep(i), part.getStaticOffsets()[2],
                        part.getType().getDimSize(2));
    return getRows(image, row, plan.getStep(i), isFlat, chain.getWidth(i));
  }
  Value place = arith::SubIOp::create(b, loc, add(row, chain.buffers[i].before),
                                      firsts[i]);
  return getInside(i, place, plan.getStep(i), isFlat);
}

//===----------------------------------------------------------------------===//
// The body of the loop
//===----------------------------------------------------------------------===//

void BandLoopEmitter::createLines() {
  for (auto [i, place] : llvm::enumerate(places)) {
    size_t owner = place.other.value_or(i);
    auto [line, flat] = createLine(b, chain, i, plan.capacities[owner],
                                   place.other ? lines[owner] : Value());
    lines.push_back(line);
    flatLines.push_back(flat);
  }
}

/// What a line buffer is padded with.
Value BandLoopEmitter::getPadding(size_t i) const {
  return linalg::FillOp(chain.buffers[i].fills.front()).getInputs()[0];
}

/// Fills a row of a line buffer with its padding.
void BandLoopEmitter::emitFill(size_t i, Value row) {
  int64_t columns = chain.buffers[i].getNumColumns();
  Value part = getRows(lines[i], row, 1, false, columns);
  linalg::FillOp::create(b, loc, getPadding(i), part);
}

/// Fills a line buffer before its first row is computed. Padding at both sides
/// stays when rows move up.
void BandLoopEmitter::startLine(size_t i, Value band) {
  if (chain.buffers[i].fills.empty())
    return;
  ifTrue(arith::CmpIPredicate::eq, band, index(getFirstBand(i)),
         [&] { linalg::FillOp::create(b, loc, getPadding(i), lines[i]); });
}

/// Fills what is behind the last row of an image that is there.
void BandLoopEmitter::padAfter(size_t i) {
  const RowBuffer &buffer = chain.buffers[i];
  if (buffer.after == 0)
    return;
  ifTrue(arith::CmpIPredicate::eq, after[i], index(buffer.rows), [&] {
    Value begin = arith::SubIOp::create(
        b, loc, index(buffer.before + buffer.rows), firsts[i]);
    Value end = arith::MinSIOp::create(b, loc, add(begin, buffer.after),
                                       index(plan.capacities[i]));
    forRows(begin, end, 1, [&](Value row) { emitFill(i, row); });
  });
}

/// Moves the rows of a line buffer up, those that no row has been written to
/// yet as well. Each row is written before it would be read in its new place.
void BandLoopEmitter::moveRows(size_t i, Value up) {
  forRows(up, index(plan.capacities[i]), 1, [&](Value row) {
    int64_t columns = chain.buffers[i].getNumColumns();
    Value from = getRows(lines[i], row, 1, false, columns);
    Value place = arith::SubIOp::create(b, loc, row, up);
    Value to = getRows(lines[i], place, 1, false, columns);
    linalg::CopyOp::create(b, loc, from, to);
  });
}

/// The same by a number of rows that is known: as many at a time.
void BandLoopEmitter::moveRows(size_t i, int64_t up) {
  int64_t columns = chain.buffers[i].getNumColumns();
  int64_t kept = plan.capacities[i] - up;
  int64_t full = kept / up * up;
  auto move = [&](Value row, int64_t count) {
    Value from = getRows(lines[i], add(row, up), count, false, columns);
    Value to = getRows(lines[i], row, count, false, columns);
    linalg::CopyOp::create(b, loc, from, to);
  };
  if (full > 0)
    forRows(index(0), index(full), up, [&](Value row) { move(row, up); });
  if (kept > full)
    move(index(full), kept - full);
}

/// Moves what the next band reads to the top of a line buffer.
void BandLoopEmitter::moveUp(size_t i, Value next) {
  if (places[i].isSummand || movesWithReader(i))
    return;
  Value up = arith::SubIOp::create(b, loc, next, firsts[i]);
  ifTrue(arith::CmpIPredicate::ne, up, index(0), [&] { moveRows(i, up); });
}

/// Moves what the op that has just computed a row reads again.
void BandLoopEmitter::moveRead(size_t i) {
  std::optional<size_t> number =
      chain.findBuffer(chain.ops[i].getInput().get());
  int64_t up = plan.getStep(i) * stages[i].stride;
  if (number && movesWithReader(*number) && up < plan.capacities[*number])
    moveRows(*number, up);
}

/// Makes a kernel one for any row, and kernels equal that do the same for a few
/// rows.
static void makeUniform(KernelOp kernel) {
  // Products with rows of zeros are computed like others.
  if (std::optional<ArrayRef<int64_t>> zeros = kernel.getZeroPads())
    kernel.setZeroPads(ArrayRef<int64_t>{0, (*zeros)[1], 0, (*zeros)[3]});
  qvec::StrategyAttr old = kernel.getStrategyAttr();
  if (!old)
    return;
  // All rows fit what is near: paired strategies make words of an item's input
  // once, others load an item's weights once.
  ArrayRef<int64_t> shape =
      cast<MemRefType>(kernel.getInit().getType()).getShape();
  int64_t pass = old.getPaired() ? 1
                 : shape[1] != 1 ? shape[1]
                                 : llvm::divideCeil(shape[2], old.getRows());
  kernel.setStrategyAttr(qvec::StrategyAttr::get(
      kernel.getContext(), old.getRows(), old.getVectors(), old.getLanes(),
      old.getGroup(), old.getMergeTaps(), pass, old.getSteps(), old.getPaired(),
      old.getJoined(), old.getGathered()));
}

void BandLoopEmitter::emitOp(size_t i, Value row) {
  RowOp op = chain.ops[i];
  Value input = getInput(i, row), output = getOutput(i, row);
  SmallVector<Value> residuals;
  for (OpOperand *residual : op.getResiduals())
    residuals.push_back(getResidual(i, residual->get(), row));
  RowOp part = op.clone(b, input, output, residuals);
  if (op.isSum())
    setSummedRows(part.getKernel(), plan.getStep(i));
  else if (KernelOp kernel = part.getKernel())
    makeUniform(kernel);
  part.getOperation()->setAttr(qvec::QVecDialect::getCountAttrName(),
                               b.getI64IntegerAttr(llvm::divideCeil(
                                   stages[i].outputRows, plan.getStep(i))));
}

/// Computes the band's rows of an op.
void BandLoopEmitter::emitRows(size_t i) {
  if (!isOnce(i))
    return forRows(before[i], after[i], plan.getStep(i),
                   [&](Value row) { emitOp(i, row); });
  ifTrue(arith::CmpIPredicate::ne, before[i], after[i], [&] {
    emitOp(i, before[i]);
    moveRead(i);
  });
}

void BandLoopEmitter::run() {
  createLines();
  auto loop = scf::ForOp::create(b, loc, index(0),
                                 index(int64_t(plan.bands.size())), index(1));
  b.setInsertionPointToStart(loop.getBody());
  Value band = loop.getInductionVar();
  Value last = add(band, -1);
  for (const RowForm &form : forms) {
    before.push_back(emitForm(form, last));
    after.push_back(emitForm(form, band));
  }
  firsts = emitFirsts(before);
  for (size_t i = 0; i < chain.ops.size(); ++i) {
    if (i < lines.size())
      startLine(i, band);
    emitRows(i);
    if (i < lines.size())
      padAfter(i);
  }
  SmallVector<Value> next = emitFirsts(after);
  for (size_t i = 0; i < lines.size(); ++i)
    moveUp(i, next[i]);
}

/// Whether code can find rows of an image by their number: all of the image
/// lies together, and is bytes where it is an argument.
static bool hasPlainRows(Value image) {
  image = skipCasts(image);
  auto type = cast<MemRefType>(image.getType());
  Value buffer = getViewedBuffer(image);
  return type.getRank() == 4 && type.getLayout().isIdentity() &&
         (buffer.getDefiningOp<memref::AllocOp>() ||
          (isa<BlockArgument>(buffer) && type.getElementType().isInteger(8)));
}

/// Whether all rows that a chain reads and writes outside of it are plain.
static bool hasPlainImages(const RowChain &chain) {
  for (auto [i, op] : llvm::enumerate(chain.ops)) {
    if (op.getInputRowDim() != 1)
      return false;
    SmallVector<OpOperand *> images = op.getResiduals();
    images.push_back(&RowOp(op).getInput());
    for (OpOperand *image : images)
      if (!chain.findBuffer(image->get()) && !hasPlainRows(image->get()))
        return false;
    Value result = op.getInit().get();
    if (i == chain.buffers.size() && !hasPlainRows(result) &&
        !getPaddedPart(result))
      return false;
  }
  return true;
}

LogicalResult quantopt::emitBandLoop(const RowChain &chain,
                                     const BandPlan &plan) {
  std::optional<SmallVector<RowForm>> forms =
      plan.steadyRows == 0 || !hasPlainImages(chain)
          ? std::nullopt
          : findRowForms(chain.getStages(), chain.getLinks(), plan,
                         plan.steadyRows);
  if (!forms)
    return failure();
  BandLoopEmitter(chain, plan, *forms).run();
  return success();
}
