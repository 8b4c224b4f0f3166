//===- StreamRows.cpp - Chains of kernels in bands of rows ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BandLoop.h"
#include "DelayFills.h"
#include "RowChain.h"
#include "SmallMemory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/MathExtras.h"

namespace quantopt {
#define GEN_PASS_DEF_STREAMROWS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using qvec::KernelOp;

//===----------------------------------------------------------------------===//
// Choice of bands
//===----------------------------------------------------------------------===//

/// Bands have a multiple of this many rows, as most tiles of depthwise kernels.
static constexpr int64_t kRowAlignment = 2;

/// Bytes that an operand has for each row of the kernel's image.
static int64_t getRowBytes(Value operand, int64_t rows) {
  auto type = cast<MemRefType>(operand.getType());
  return type.getNumElements() / rows *
         llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Bytes that a band of this plan goes through: line buffers, weights, and the
/// rows of what the chain reads and writes.
static int64_t getWorkingSet(const RowChain &chain, const BandPlan &plan,
                             int64_t rowsPerBand) {
  int64_t bytes = 0;
  for (auto [buffer, rows] : llvm::zip(chain.buffers, plan.capacities))
    bytes += rows * buffer.getRowBytes();
  for (RowOp op : chain.ops)
    if (KernelOp kernel = op.getKernel(); kernel && kernel.getWeight())
      bytes += getRowBytes(kernel.getWeight(), 1);
  SmallVector<BandStage> stages = chain.getStages();
  RowOp first = chain.ops.front(), last = chain.ops.back();
  int64_t inputRows = 0;
  for (const Band &band : plan.bands)
    if (!band.computed.front().empty())
      inputRows =
          std::max(inputRows,
                   getInputRows(stages.front(), band.computed.front()).size());
  bytes +=
      inputRows * getRowBytes(first.getInput().get(), stages.front().inputRows);
  if (last.isSum())
    return bytes + getSumsBytes(last.getKernel());
  int64_t outputs = 1 + int64_t(last.getResiduals().size());
  return bytes +
         outputs * rowsPerBand *
             getRowBytes(last.getInit().get(), stages.back().outputRows);
}

/// The plan with the fewest bands that stay within `budget`; none if nothing
/// does, or if a single band would.
static std::optional<BandPlan> choosePlan(const RowChain &chain,
                                          int64_t budget) {
  SmallVector<BandStage> stages = chain.getStages();
  SmallVector<BandLink> links = chain.getLinks();
  int64_t rows = stages.back().outputRows;
  for (int64_t count = 2; count * kRowAlignment <= rows; ++count) {
    int64_t rowsPerBand =
        llvm::alignTo(llvm::divideCeil(rows, count), kRowAlignment);
    BandPlan plan = planBands(stages, links, rowsPerBand);
    if (plan.bands.size() > 1 &&
        getWorkingSet(chain, plan, rowsPerBand) <= budget)
      return plan;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Views of rows
//===----------------------------------------------------------------------===//

/// Part of a buffer of rank 4.
static Value getBox(OpBuilder &b, Location loc, Value value,
                    ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
  auto attrs = [&](ArrayRef<int64_t> values) {
    return llvm::map_to_vector(
        values, [&](int64_t v) { return OpFoldResult(b.getIndexAttr(v)); });
  };
  return memref::SubViewOp::create(b, loc, value, attrs(offsets), attrs(sizes),
                                   attrs({1, 1, 1, 1}));
}

/// Part of a buffer of rank 4, along its second and third dimensions.
static Value getPart(OpBuilder &b, Location loc, Value value, RowRange rows,
                     RowRange columns) {
  ArrayRef<int64_t> shape = cast<MemRefType>(value.getType()).getShape();
  return getBox(b, loc, value, {0, rows.begin, columns.begin, 0},
                {shape[0], rows.size(), columns.size(), shape[3]});
}

/// Part of an image of rank 4 along one dimension.
static Value getSlice(OpBuilder &b, Location loc, Value image, unsigned dim,
                      RowRange range) {
  SmallVector<int64_t> offsets(4, 0);
  SmallVector<int64_t> sizes(cast<MemRefType>(image.getType()).getShape());
  offsets[dim] = range.begin;
  sizes[dim] = range.size();
  return getBox(b, loc, image, offsets, sizes);
}

static RowRange getAllColumns(Value value) {
  return {0, cast<MemRefType>(value.getType()).getDimSize(2)};
}

/// Rows of an image, which is a single row of positions if it is flat. Rows are
/// taken from a whole buffer first: they lie together there.
static Value getRows(OpBuilder &b, Location loc, Value image, RowRange rows,
                     bool isFlat, int64_t width) {
  if (isFlat)
    return getPart(b, loc, image, {0, 1},
                   {rows.begin * width, rows.end * width});
  auto part = image.getDefiningOp<memref::SubViewOp>();
  if (!part || !part.hasUnitStride() || part.getType().getRank() != 4 ||
      llvm::any_of(part.getStaticOffsets(), ShapedType::isDynamic) ||
      part.getStaticOffsets()[3] != 0 ||
      part.getType().getDimSize(3) != part.getSourceType().getDimSize(3))
    return getPart(b, loc, image, rows, getAllColumns(image));
  int64_t top = part.getStaticOffsets()[1], left = part.getStaticOffsets()[2];
  Value source = part.getSource();
  Value band = getPart(b, loc, source, {top + rows.begin, top + rows.end},
                       getAllColumns(source));
  return getPart(b, loc, band, {0, rows.size()},
                 {left, left + part.getType().getDimSize(2)});
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

namespace {
/// Puts the bands of a chain in front of its last op.
class BandEmitter {
public:
  /// With `isSplit` an op computes the same number of rows each time, so that
  /// its code is there once; an op may come several times in a band then.
  BandEmitter(const RowChain &chain, const BandPlan &plan, bool isSplit)
      : chain(chain), plan(plan), isSplit(isSplit), stages(chain.getStages()),
        b(chain.ops.back().getOperation()) {}
  void run();

private:
  void createLines();
  void keepRows(size_t i, const Band &band, const Band &previous);
  void padRows(size_t i, const Band &band, int64_t done);
  void fill(size_t i, RowRange rows, RowRange columns);
  void emitOp(size_t i, const Band &band, RowRange rows);
  void setWindow(KernelOp part, size_t i, RowRange rows);
  Value getInput(size_t i, const Band &band, RowRange rows);
  Value getResidual(size_t i, Value residual, const Band &band, RowRange rows);
  Value getOutput(size_t i, const Band &band, RowRange rows);

  const RowChain &chain;
  const BandPlan &plan;
  bool isSplit;
  SmallVector<BandStage> stages;
  OpBuilder b;
  /// Buffers of a few rows in the place of whole images; with their positions
  /// in a row where a kernel sees them so.
  SmallVector<Value> lines, flatLines;
};
} // namespace

void BandEmitter::fill(size_t i, RowRange rows, RowRange columns) {
  if (rows.empty() || columns.empty())
    return;
  linalg::FillOp old = chain.buffers[i].fills.front();
  Location loc = old.getLoc();
  Value part = getPart(b, loc, lines[i], rows, columns);
  linalg::FillOp::create(b, loc, old.getInputs()[0], part);
}

void BandEmitter::createLines() {
  for (auto [i, buffer] : llvm::enumerate(chain.buffers)) {
    auto [line, flat] = createLine(b, chain, i, plan.capacities[i]);
    lines.push_back(line);
    flatLines.push_back(flat);
    ArrayRef<int64_t> shape = cast<MemRefType>(line.getType()).getShape();
    // Padding at both sides stays when rows move up.
    fill(i, {0, shape[1]}, {0, buffer.left});
    fill(i, {0, shape[1]}, {shape[2] - buffer.right, shape[2]});
  }
}

/// Moves the rows that the band reads again to the top, as many at a time as
/// they move up.
void BandEmitter::keepRows(size_t i, const Band &band, const Band &previous) {
  int64_t up = band.held[i].begin - previous.held[i].begin;
  int64_t kept = previous.held[i].end - band.held[i].begin;
  if (up == 0)
    return;
  Location loc = chain.ops[i].getOperation()->getLoc();
  RowRange columns = getAllColumns(lines[i]);
  for (int64_t row = 0; row < kept; row += up) {
    int64_t end = std::min(row + up, kept);
    Value from = getPart(b, loc, lines[i], {row + up, end + up}, columns);
    Value to = getPart(b, loc, lines[i], {row, end}, columns);
    linalg::CopyOp::create(b, loc, from, to);
  }
}

/// Fills the rows of padding that the band holds and the one before did not.
void BandEmitter::padRows(size_t i, const Band &band, int64_t done) {
  const RowBuffer &buffer = chain.buffers[i];
  RowRange held = band.held[i];
  auto pad = [&](int64_t begin, int64_t end) {
    begin = std::max({begin, held.begin, done});
    end = std::max(begin, std::min(end, held.end));
    fill(i, {begin - held.begin, end - held.begin}, getAllColumns(lines[i]));
  };
  pad(0, buffer.before);
  pad(buffer.before + buffer.rows, buffer.getNumRows());
}

Value BandEmitter::getInput(size_t i, const Band &band, RowRange rows) {
  Value image = chain.ops[i].getInput().get();
  Location loc = image.getLoc();
  RowRange input = getInputRows(stages[i], rows);
  bool isFlat = chain.isFlat(i);
  std::optional<size_t> buffer = chain.findBuffer(image);
  if (unsigned dim = chain.ops[i].getInputRowDim(); dim != 1)
    return getSlice(b, loc, image, dim, input);
  if (!buffer)
    return getRows(b, loc, image, input, isFlat, chain.getWidth(i));
  int64_t first = band.held[*buffer].begin;
  if (const RowBuffer &padded = chain.buffers[*buffer]; chain.readsInside(i))
    return getPart(b, loc, lines[*buffer],
                   {input.begin - first, input.end - first},
                   {padded.left, padded.left + padded.getWidth()});
  return getRows(b, loc, isFlat ? flatLines[*buffer] : lines[*buffer],
                 {input.begin - first, input.end - first}, isFlat,
                 chain.buffers[*buffer].getNumColumns());
}

/// The rows of a residual: those of the output. Sums are there for all rows.
Value BandEmitter::getResidual(size_t i, Value residual, const Band &band,
                               RowRange rows) {
  if (chain.ops[i].isSum())
    return residual;
  Location loc = residual.getLoc();
  bool isFlat = chain.isFlat(i);
  std::optional<size_t> number = chain.findBuffer(residual);
  if (!number)
    return getRows(b, loc, residual, rows, isFlat, chain.getWidth(i));
  const RowBuffer &buffer = chain.buffers[*number];
  int64_t up = band.held[*number].begin - buffer.before;
  RowRange place = {rows.begin - up, rows.end - up};
  if (isFlat)
    return getRows(b, loc, flatLines[*number], place, true, buffer.getWidth());
  return getPart(b, loc, lines[*number], place,
                 {buffer.left, buffer.left + buffer.getWidth()});
}

Value BandEmitter::getOutput(size_t i, const Band &band, RowRange rows) {
  if (chain.ops[i].isSum())
    return chain.ops[i].getInit().get();
  Location loc = chain.ops[i].getOperation()->getLoc();
  bool isFlat = chain.isFlat(i);
  int64_t width = chain.getWidth(i);
  if (i == lines.size())
    return getRows(b, loc, chain.ops[i].getInit().get(), rows, isFlat, width);
  const RowBuffer &buffer = chain.buffers[i];
  int64_t up = band.held[i].begin - buffer.before;
  RowRange place = {rows.begin - up, rows.end - up};
  if (isFlat)
    return getRows(b, loc, flatLines[i], place, true, width);
  return getPart(b, loc, lines[i], place, {buffer.left, buffer.left + width});
}

/// Gives a kernel that computes some rows the padding that these have.
void BandEmitter::setWindow(KernelOp part, size_t i, RowRange rows) {
  if (chain.ops[i].isSum())
    return setSummedRows(part, rows.size());
  qnn::WindowAttr window = part.getWindow();
  SmallVector<int64_t> pads(window.getPads());
  const BandStage &stage = stages[i];
  int64_t first = rows.begin * stage.stride - stage.before;
  int64_t end = (rows.end - 1) * stage.stride - stage.before + stage.extent;
  pads[0] = std::max<int64_t>(0, -first);
  pads[2] = std::max<int64_t>(0, end - stage.inputRows);
  part.setWindowAttr(qnn::WindowAttr::get(part.getContext(), window.getKernel(),
                                          window.getStrides(),
                                          window.getDilations(), pads));
  if (auto zeros = part.getZeroPads()) {
    RowRange read = getInputRows(stage, rows);
    int64_t height =
        cast<ShapedType>(chain.ops[i].getInput().get().getType()).getDimSize(1);
    int64_t pads[] = {
        std::max<int64_t>(0, (*zeros)[0] - read.begin), (*zeros)[1],
        std::max<int64_t>(0, read.end - height + (*zeros)[2]), (*zeros)[3]};
    part.setZeroPads(ArrayRef(pads));
  }
}

void BandEmitter::emitOp(size_t i, const Band &band, RowRange rows) {
  RowOp op = chain.ops[i];
  Value input = getInput(i, band, rows), output = getOutput(i, band, rows);
  SmallVector<Value> residuals;
  for (OpOperand *residual : op.getResiduals())
    residuals.push_back(getResidual(i, residual->get(), band, rows));
  RowOp part = op.clone(b, input, output, residuals);
  if (KernelOp kernel = part.getKernel())
    setWindow(kernel, i, rows);
}

void BandEmitter::run() {
  createLines();
  const Band *previous = nullptr;
  for (const Band &band : plan.bands) {
    for (size_t i = 0; previous && i < lines.size(); ++i)
      keepRows(i, band, *previous);
    for (size_t i = 0; i < chain.ops.size(); ++i) {
      if (i < lines.size())
        padRows(i, band, previous ? previous->held[i].end : 0);
      int64_t step = isSplit ? plan.getStep(i) : band.computed[i].size();
      for (int64_t row = band.computed[i].begin; row < band.computed[i].end;
           row += step)
        emitOp(i, band, {row, row + step});
    }
    previous = &band;
  }
}

/// Removes the kernels and buffers that bands replace.
static void eraseChain(const RowChain &chain) {
  SmallVector<Operation *> ops;
  for (RowOp op : chain.ops)
    ops.push_back(op.getOperation());
  for (const RowBuffer &buffer : chain.buffers)
    ops.append(buffer.fills.begin(), buffer.fills.end());
  SmallVector<Value> operands;
  for (Operation *op : ops) {
    operands.append(op->operand_begin(), op->operand_end());
    op->erase();
  }
  // Views, users first, and what they are views of.
  while (!operands.empty()) {
    Operation *producer = operands.pop_back_val().getDefiningOp();
    if (!producer || !producer->use_empty() ||
        !(isa<memref::AllocOp>(producer) || isOpTriviallyDead(producer)))
      continue;
    llvm::erase_if(operands,
                   [&](Value v) { return v.getDefiningOp() == producer; });
    operands.append(producer->operand_begin(), producer->operand_end());
    producer->erase();
  }
}

namespace {
struct StreamRowsPass : public quantopt::impl::StreamRowsBase<StreamRowsPass> {
  using StreamRowsBase::StreamRowsBase;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      const TargetLevel &level = getTargetLevel(func);
      int64_t cache = cacheBytes ? int64_t(cacheBytes) : level.cacheBytes;
      if (cacheBytes == 0 && level.hasSmallMemory())
        streamSmall(func.getBody().front());
      if (cache <= 0)
        continue;
      for (RowChain &chain : findRowChains(func.getBody().front(), cache)) {
        std::optional<BandPlan> plan = choosePlan(chain, cache / 4 * 3);
        if (!plan)
          continue;
        chain.splitSum();
        stream(chain, *plan, /*isSplit=*/false);
      }
    }
  }

private:
  /// How many arguments are inputs, where they are parts of the arena.
  std::optional<size_t> countInputs() {
    if (!ioInArena)
      return std::nullopt;
    auto inputs = getOperation()->getAttrOfType<ArrayAttr>(
        qvec::QVecDialect::getInputsAttrName());
    return inputs ? inputs.size() : 0;
  }

  void streamSmall(Block &block) {
    delayFills(block);
    for (auto &[chain, plan] : planSmallMemory(block, countInputs()))
      streamSmall(chain, plan);
  }

  /// Code of which little is left counts as well.
  void streamSmall(RowChain &chain, const BandPlan &plan) {
    chain.splitSum();
    if (failed(emitBandLoop(chain, plan)))
      return stream(chain, plan, /*isSplit=*/true);
    finish(chain, plan);
  }

  void stream(const RowChain &chain, const BandPlan &plan, bool isSplit) {
    BandEmitter(chain, plan, isSplit).run();
    finish(chain, plan);
  }

  void finish(const RowChain &chain, const BandPlan &plan) {
    eraseChain(chain);
    ++numChains;
    numBands += plan.bands.size();
  }
};
} // namespace
