//===- StreamRows.cpp - Chains of kernels in bands of rows ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowChain.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
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
  for (KernelOp kernel : chain.kernels)
    if (Value weight = kernel.getWeight())
      bytes += getRowBytes(weight, 1);
  SmallVector<BandStage> stages = chain.getStages();
  KernelOp first = chain.kernels.front(), last = chain.kernels.back();
  int64_t inputRows = 0;
  for (const Band &band : plan.bands)
    if (!band.computed.front().empty())
      inputRows =
          std::max(inputRows,
                   getInputRows(stages.front(), band.computed.front()).size());
  bytes += inputRows * getRowBytes(first.getInput(), stages.front().inputRows);
  int64_t outputs = 1 + int64_t(last.getResiduals().size());
  return bytes + outputs * rowsPerBand *
                     getRowBytes(last.getInit(), stages.back().outputRows);
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

/// The positions of an image as a single row.
static Value flattenImage(OpBuilder &b, Location loc, Value image) {
  auto type = cast<MemRefType>(image.getType());
  ArrayRef<int64_t> shape = type.getShape();
  SmallVector<ReassociationIndices> all = {{0, 1, 2, 3}};
  Value line = memref::CollapseShapeOp::create(b, loc, image, all);
  return memref::ExpandShapeOp::create(
      b, loc, ArrayRef<int64_t>{1, 1, shape[0] * shape[1] * shape[2], shape[3]},
      line, all);
}

/// Part of a buffer of rank 4, along its second and third dimensions.
static Value getPart(OpBuilder &b, Location loc, Value value, RowRange rows,
                     RowRange columns) {
  ArrayRef<int64_t> shape = cast<MemRefType>(value.getType()).getShape();
  auto attrs = [&](ArrayRef<int64_t> values) {
    return llvm::map_to_vector(
        values, [&](int64_t v) { return OpFoldResult(b.getIndexAttr(v)); });
  };
  return memref::SubViewOp::create(
      b, loc, value, attrs({0, rows.begin, columns.begin, 0}),
      attrs({shape[0], rows.size(), columns.size(), shape[3]}),
      attrs({1, 1, 1, 1}));
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
/// Puts the bands of a chain in front of its last kernel.
class BandEmitter {
public:
  BandEmitter(const RowChain &chain, const BandPlan &plan)
      : chain(chain), plan(plan), stages(chain.getStages()),
        b(chain.kernels.back()) {}
  void run();

private:
  void createLines();
  void keepRows(size_t i, const Band &band, const Band &previous);
  void padRows(size_t i, const Band &band, int64_t done);
  void fill(size_t i, RowRange rows, RowRange columns);
  void emitKernel(size_t i, const Band &band);
  Value getInput(size_t i, const Band &band, RowRange rows);
  Value getOutput(size_t i, const Band &band, RowRange rows);

  const RowChain &chain;
  const BandPlan &plan;
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
    memref::AllocOp old = buffer.alloc;
    Location loc = old.getLoc();
    SmallVector<int64_t> shape(buffer.getType().getShape());
    shape[1] = plan.capacities[i];
    auto type = MemRefType::get(shape, buffer.getType().getElementType());
    lines.push_back(
        memref::AllocOp::create(b, loc, type, old.getAlignmentAttr()));
    bool isFlat = chain.isFlat(i) || chain.isFlat(i + 1);
    flatLines.push_back(isFlat ? flattenImage(b, loc, lines[i]) : Value());
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
  Location loc = KernelOp(chain.buffers[i].consumer).getLoc();
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
  const BandLink &rows = chain.buffers[i].rows;
  RowRange held = band.held[i];
  auto pad = [&](int64_t begin, int64_t end) {
    begin = std::max({begin, held.begin, done});
    end = std::max(begin, std::min(end, held.end));
    fill(i, {begin - held.begin, end - held.begin}, getAllColumns(lines[i]));
  };
  pad(0, rows.before);
  pad(rows.before + rows.rows, rows.getTotal());
}

Value BandEmitter::getInput(size_t i, const Band &band, RowRange rows) {
  KernelOp kernel = chain.kernels[i];
  Location loc = kernel.getLoc();
  RowRange input = getInputRows(stages[i], rows);
  bool isFlat = chain.isFlat(i);
  if (i == 0)
    return getRows(b, loc, kernel.getInput(), input, isFlat, chain.getWidth(0));
  int64_t first = band.held[i - 1].begin;
  return getRows(b, loc, isFlat ? flatLines[i - 1] : lines[i - 1],
                 {input.begin - first, input.end - first}, isFlat,
                 chain.buffers[i - 1].getNumColumns());
}

Value BandEmitter::getOutput(size_t i, const Band &band, RowRange rows) {
  KernelOp kernel = chain.kernels[i];
  Location loc = kernel.getLoc();
  bool isFlat = chain.isFlat(i);
  int64_t width = chain.getWidth(i);
  if (i == lines.size())
    return getRows(b, loc, kernel.getInit(), rows, isFlat, width);
  const RowBuffer &buffer = chain.buffers[i];
  int64_t up = band.held[i].begin - buffer.rows.before;
  RowRange place = {rows.begin - up, rows.end - up};
  if (isFlat)
    return getRows(b, loc, flatLines[i], place, true, width);
  return getPart(b, loc, lines[i], place, {buffer.left, buffer.left + width});
}

void BandEmitter::emitKernel(size_t i, const Band &band) {
  RowRange rows = band.computed[i];
  if (rows.empty())
    return;
  KernelOp kernel = chain.kernels[i];
  Value input = getInput(i, band, rows), output = getOutput(i, band, rows);
  SmallVector<Value> residuals;
  for (Value residual : kernel.getResiduals())
    residuals.push_back(getRows(b, kernel.getLoc(), residual, rows,
                                chain.isFlat(i), chain.getWidth(i)));
  auto part = cast<KernelOp>(b.clone(*kernel));
  part.getInputMutable().assign(input);
  part.getInitMutable().assign(output);
  part.getResidualsMutable().assign(residuals);
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
        cast<ShapedType>(kernel.getInput().getType()).getDimSize(1);
    int64_t pads[] = {
        std::max<int64_t>(0, (*zeros)[0] - read.begin), (*zeros)[1],
        std::max<int64_t>(0, read.end - height + (*zeros)[2]), (*zeros)[3]};
    part.setZeroPads(ArrayRef(pads));
  }
}

void BandEmitter::run() {
  createLines();
  const Band *previous = nullptr;
  for (const Band &band : plan.bands) {
    for (size_t i = 0; previous && i < lines.size(); ++i)
      keepRows(i, band, *previous);
    for (size_t i = 0; i < chain.kernels.size(); ++i) {
      if (i < lines.size())
        padRows(i, band, previous ? previous->held[i].end : 0);
      emitKernel(i, band);
    }
    previous = &band;
  }
}

/// Removes the kernels and buffers that bands replace.
static void eraseChain(const RowChain &chain) {
  SmallVector<Operation *> ops(chain.kernels.begin(), chain.kernels.end());
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
      int64_t cache =
          cacheBytes ? int64_t(cacheBytes) : getTargetLevel(func).cacheBytes;
      if (cache == 0)
        continue;
      for (const RowChain &chain :
           findRowChains(func.getBody().front(), cache)) {
        std::optional<BandPlan> plan = choosePlan(chain, cache / 4 * 3);
        if (!plan)
          continue;
        BandEmitter(chain, *plan).run();
        eraseChain(chain);
        ++numChains;
        numBands += plan->bands.size();
      }
    }
  }
};
} // namespace
