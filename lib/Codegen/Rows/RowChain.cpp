//===- RowChain.cpp - Kernels that hand rows to each other ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowChain.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/MapVector.h"

using namespace quantopt;
using qvec::KernelOp;

/// The part of a cache that an image may take that a loop makes of another one:
/// the loop does little but read and write memory.
static constexpr int64_t kLoopFraction = 8;

Value quantopt::getViewedBuffer(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
    value = view.getViewSource();
  return value;
}

int64_t RowBuffer::getRowBytes() const {
  MemRefType type = getType();
  return type.getDimSize(2) * type.getDimSize(3) *
         llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

OpOperand &RowOp::getInput() const {
  if (KernelOp kernel = getKernel())
    return kernel.getInputMutable();
  return *cast<linalg::LinalgOp>(op).getDpsInputOperand(0);
}

OpOperand &RowOp::getInit() const {
  if (KernelOp kernel = getKernel())
    return kernel.getInitMutable();
  return *cast<linalg::LinalgOp>(op).getDpsInitOperand(0);
}

SmallVector<OpOperand *> RowOp::getResiduals() const {
  SmallVector<OpOperand *> residuals;
  if (KernelOp kernel = getKernel())
    for (OpOperand &residual : kernel.getResidualsMutable())
      residuals.push_back(&residual);
  return residuals;
}

RowOp RowOp::clone(OpBuilder &b, Value input, Value init,
                   ValueRange residuals) const {
  RowOp copy(b.clone(*op));
  copy.getInput().set(input);
  copy.getInit().set(init);
  for (auto [operand, value] : llvm::zip(copy.getResiduals(), residuals))
    operand->set(value);
  return copy;
}

ArrayRef<int64_t> RowOp::getOutputShape() const {
  return cast<MemRefType>(getInit().get().getType()).getShape();
}

unsigned RowOp::getInputRowDim() const {
  auto loop = dyn_cast<linalg::GenericOp>(op);
  if (!loop)
    return 1;
  AffineMap map = loop.getMatchingIndexingMap(loop.getDpsInputOperand(0));
  return *map.getResultPosition(getAffineDimExpr(1, op->getContext()));
}

BandStage RowOp::getStage() const {
  int64_t inputRows =
      cast<MemRefType>(getInput().get().getType()).getDimSize(getInputRowDim());
  BandStage stage = {inputRows, getOutputShape()[1], 1, 1, 0};
  if (isSum())
    stage.outputRows = inputRows;
  else if (KernelOp kernel = getKernel()) {
    qnn::WindowAttr window = kernel.getWindow();
    stage.extent = window.getExtent(0);
    stage.stride = window.getStrides()[0];
    stage.before = window.getPads()[0];
  }
  return stage;
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// The reads and writes of a buffer through views.
static SmallVector<OpOperand *> getAccesses(Value buffer) {
  SmallVector<OpOperand *> accesses;
  SmallVector<Value> worklist = {buffer};
  while (!worklist.empty())
    for (OpOperand &use : worklist.pop_back_val().getUses()) {
      if (isa<ViewLikeOpInterface>(use.getOwner()))
        worklist.push_back(use.getOwner()->getResult(0));
      else
        accesses.push_back(&use);
    }
  return accesses;
}

/// Whether a kernel makes a pixel of each pixel.
static bool readsPixels(KernelOp kernel) {
  qnn::WindowAttr window = kernel.getWindow();
  return window.getExtent(0) == 1 && window.getExtent(1) == 1 &&
         window.getStrides()[0] == 1 && window.getStrides()[1] == 1 &&
         llvm::all_of(window.getPads(), [](int64_t pad) { return pad == 0; });
}

/// Whether a kernel makes one smaller pixel of each pixel: no rows are kept for
/// it, and what it leaves takes less space.
static bool isProjection(KernelOp kernel) {
  auto getBytes = [](Value value) {
    auto type = cast<MemRefType>(value.getType());
    return type.getNumElements() * type.getElementTypeBitWidth();
  };
  return readsPixels(kernel) &&
         getBytes(kernel.getInit()) < getBytes(kernel.getInput());
}

/// Whether a loop computes each element of an image from one of another image.
/// Images within the function have the dimensions in the same order.
static bool isElementwise(linalg::GenericOp loop) {
  if (loop.getNumDpsInputs() != 1 || loop.getNumDpsInits() != 1 ||
      loop.getNumLoops() != 4 || loop.getNumParallelLoops() != 4 ||
      loop.hasIndexSemantics())
    return false;
  OpOperand *input = loop.getDpsInputOperand(0),
            *init = loop.getDpsInitOperand(0);
  AffineMap read = loop.getMatchingIndexingMap(input);
  return loop.getStaticLoopRanges().front() == 1 &&
         !loop.payloadUsesValueFromOperand(init) &&
         loop.getMatchingIndexingMap(init).isIdentity() &&
         (read.isIdentity() ||
          (read.isPermutation() && isa<BlockArgument>(input->get())));
}

/// Whether a kernel computes rows that do not depend on which row they are, or
/// adds rows.
static bool isRowKernel(KernelOp kernel) {
  using Kind = qvec::KernelKind;
  if (!llvm::all_of(kernel.getRowParams(), [](Value param) {
        return cast<ShapedType>(param.getType()).getNumElements() == 1;
      }))
    return false;
  switch (kernel.getKind()) {
  case Kind::Contraction:
  case Kind::Packed:
  case Kind::Depthwise:
  case Kind::PoolMax:
    return true;
  case Kind::PoolSum:
    // How many positions of a window count must not depend on the row.
    return sumsColumns(kernel) ? canSplitSum(kernel)
                               : kernel.getWindow().getPads()[0] == 0 &&
                                     kernel.getWindow().getPads()[2] == 0;
  case Kind::RowMax:
  case Kind::RowRange:
    return false;
  }
  llvm_unreachable("unknown kind of kernel");
}

bool quantopt::isStreamable(Operation *op) {
  if (auto loop = dyn_cast<linalg::GenericOp>(op))
    return isElementwise(loop);
  if (auto copy = dyn_cast<linalg::CopyOp>(op)) {
    auto type = dyn_cast<MemRefType>(copy.getInputs()[0].getType());
    return type && type.getRank() == 4 && type.getDimSize(0) == 1;
  }
  auto kernel = dyn_cast<KernelOp>(op);
  return kernel && isRowKernel(kernel);
}

/// Whether `shape` is that of an image of this size, or of its positions in one
/// row.
static bool isImage(ArrayRef<int64_t> shape, int64_t rows, int64_t columns) {
  return shape[0] == 1 && ((shape[1] == rows && shape[2] == columns) ||
                           (shape[1] == 1 && shape[2] == rows * columns));
}

/// Finds the padding around the part that the producer writes.
static LogicalResult matchPadding(RowBuffer &buffer) {
  ArrayRef<int64_t> shape = buffer.getType().getShape();
  Value written = buffer.producer.getInit().get();
  buffer.rows = shape[1];
  if (auto part = written.getDefiningOp<memref::SubViewOp>()) {
    ArrayRef<int64_t> offsets = part.getStaticOffsets();
    ArrayRef<int64_t> sizes = part.getStaticSizes();
    if (part.getSource() != buffer.alloc || !part.hasUnitStride() ||
        part.getType().getRank() != 4 ||
        llvm::any_of(offsets, ShapedType::isDynamic) || offsets[3] != 0 ||
        sizes[3] != shape[3])
      return failure();
    buffer.before = offsets[1];
    buffer.rows = sizes[1];
    buffer.after = shape[1] - offsets[1] - sizes[1];
    buffer.left = offsets[2];
    buffer.right = shape[2] - offsets[2] - sizes[2];
  }
  bool isPadded = buffer.getNumRows() != buffer.rows || buffer.left != 0 ||
                  buffer.right != 0;
  if (isPadded == buffer.fills.empty())
    return failure();
  return success(isImage(buffer.producer.getOutputShape(), buffer.rows,
                         buffer.getWidth()));
}

/// Whether an op reads the whole buffer as its input.
static bool readsWhole(const RowBuffer &buffer, RowOp reader) {
  memref::AllocOp alloc = buffer.alloc;
  for (Value value = reader.getInput().get(); value != alloc.getResult();
       value = value.getDefiningOp<ViewLikeOpInterface>().getViewSource())
    if (!isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp>(
            value.getDefiningOp()))
      return false;
  auto input = cast<MemRefType>(reader.getInput().get().getType());
  return isImage(input.getShape(), buffer.getNumRows(), buffer.getNumColumns());
}

/// Whether a kernel sees all positions of several rows as one row, in which its
/// window reaches from row to row.
static bool joinsRows(const RowBuffer &buffer, RowOp reader) {
  auto input = cast<MemRefType>(reader.getInput().get().getType());
  KernelOp kernel = reader.getKernel();
  return kernel && !readsPixels(kernel) && input.getDimSize(1) == 1 &&
         buffer.rows != 1;
}

/// Whether an op reads what lies inside of the padding, at the places of its
/// output: as a residual, or through a window that is not padded.
static bool readsInside(const RowBuffer &buffer, Value value) {
  auto type = cast<MemRefType>(value.getType());
  if (!isImage(type.getShape(), buffer.rows, buffer.getWidth()))
    return false;
  Value written = buffer.producer.getInit().get();
  while (value != written) {
    Operation *view = value.getDefiningOp();
    if (!isa_and_nonnull<memref::CastOp, memref::CollapseShapeOp,
                         memref::ExpandShapeOp>(view))
      return false;
    value = view->getOperand(0);
  }
  return true;
}

/// Adds an access of the buffer by an op; false for one that is none of rows.
static bool addAccess(RowBuffer &buffer, OpOperand &access) {
  Operation *op = access.getOwner();
  if (auto fill = dyn_cast<linalg::FillOp>(op)) {
    buffer.fills.push_back(fill);
    return true;
  }
  if (!isStreamable(op))
    return false;
  RowOp row(op);
  if (&access == &row.getInit()) {
    bool isFirst = !buffer.producer;
    buffer.producer = row;
    return isFirst && !row.isSum();
  }
  bool isInput = &access == &row.getInput();
  if (!isInput && !llvm::is_contained(row.getResiduals(), &access))
    return false;
  buffer.readers.push_back({row, !isInput});
  return true;
}

std::optional<RowBuffer> quantopt::matchRowBuffer(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  if (type.getRank() != 4 || !type.hasStaticShape() ||
      !type.getLayout().isIdentity() || type.getDimSize(0) != 1)
    return std::nullopt;
  RowBuffer buffer;
  buffer.alloc = alloc;
  for (OpOperand *access : getAccesses(alloc))
    if (!addAccess(buffer, *access))
      return std::nullopt;
  if (!buffer.producer || buffer.readers.empty() ||
      failed(matchPadding(buffer)))
    return std::nullopt;
  for (RowReader &reader : buffer.readers) {
    if (!reader.isResidual) {
      if (joinsRows(buffer, reader.op))
        return std::nullopt;
      if (readsWhole(buffer, reader.op))
        continue;
      reader.isInside = true;
      if (!readsInside(buffer, reader.op.getInput().get()))
        return std::nullopt;
      continue;
    }
    for (OpOperand *residual : reader.op.getResiduals())
      if (getViewedBuffer(residual->get()) == alloc.getResult() &&
          !readsInside(buffer, residual->get()))
        return std::nullopt;
  }
  for (linalg::FillOp fill : buffer.fills)
    if (fill.getInputs()[0] != buffer.fills.front().getInputs()[0])
      return std::nullopt;
  return buffer;
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

std::optional<size_t> RowChain::findBuffer(Value value) const {
  Value viewed = getViewedBuffer(value);
  for (auto [i, buffer] : llvm::enumerate(buffers)) {
    memref::AllocOp alloc = buffer.alloc;
    if (alloc.getResult() == viewed)
      return i;
  }
  return std::nullopt;
}

bool RowChain::readsInside(size_t i) const {
  std::optional<size_t> number = findBuffer(ops[i].getInput().get());
  return number &&
         llvm::any_of(buffers[*number].readers, [&](const RowReader &reader) {
           return reader.isInside && reader.op == ops[i];
         });
}

bool RowChain::isFlat(size_t i) const {
  RowOp op = ops[i];
  if (std::optional<size_t> input = findBuffer(op.getInput().get())) {
    int64_t seen =
        cast<MemRefType>(op.getInput().get().getType()).getDimSize(1);
    return buffers[*input].getNumRows() != 1 && seen == 1;
  }
  // The first op, or one that reads another image: its own rows are known.
  return i < buffers.size() && buffers[i].rows != 1 &&
         op.getOutputShape()[1] == 1;
}

int64_t RowChain::getWidth(size_t i) const {
  if (i < buffers.size())
    return buffers[i].getWidth();
  if (isFlat(i))
    return buffers[*findBuffer(ops[i].getInput().get())].getNumColumns();
  return ops[i].getOutputShape()[2];
}

void RowChain::splitSum() {
  RowOp old = ops.back();
  if (!old.isSum())
    return;
  RowOp adding(quantopt::splitSum(old.getKernel()));
  ops.back() = adding;
  for (RowBuffer &buffer : buffers)
    for (RowReader &reader : buffer.readers)
      if (reader.op == old)
        reader.op = adding;
}

SmallVector<BandLink> RowChain::getLinks() const {
  SmallVector<BandLink> links;
  for (const RowBuffer &buffer : buffers) {
    BandLink link{buffer.before, buffer.rows, buffer.after, {}};
    for (const RowReader &reader : buffer.readers)
      link.readers.push_back({size_t(llvm::find(ops, reader.op) - ops.begin()),
                              reader.isResidual});
    links.push_back(std::move(link));
  }
  return links;
}

SmallVector<BandStage> RowChain::getStages() const {
  SmallVector<BandStage> stages;
  for (auto [i, op] : llvm::enumerate(ops)) {
    BandStage stage = op.getStage();
    if (isFlat(i))
      stage.inputRows = stage.outputRows = op.getOutputShape()[2] / getWidth(i);
    if (readsInside(i)) {
      const RowBuffer &buffer = buffers[*findBuffer(op.getInput().get())];
      stage.inputRows = buffer.getNumRows();
      stage.before -= buffer.before;
    }
    stages.push_back(stage);
  }
  delayStages(stages, getLinks());
  return stages;
}

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

std::pair<Value, Value> quantopt::createLine(OpBuilder &b,
                                             const RowChain &chain, size_t i,
                                             int64_t rows, Value line) {
  const RowBuffer &buffer = chain.buffers[i];
  memref::AllocOp old = buffer.alloc;
  SmallVector<int64_t> shape(buffer.getType().getShape());
  shape[1] = rows;
  auto type = MemRefType::get(shape, buffer.getType().getElementType());
  if (!line)
    line =
        memref::AllocOp::create(b, old.getLoc(), type, old.getAlignmentAttr());
  bool isFlat = chain.isFlat(i);
  for (const RowReader &reader : buffer.readers)
    isFlat |=
        chain.isFlat(llvm::find(chain.ops, reader.op) - chain.ops.begin());
  return {line, isFlat ? flattenImage(b, old.getLoc(), line) : Value()};
}

/// Whether what the chain's ops but the last read stays as it is until the last
/// one.
static bool canMoveToLast(const RowChain &chain) {
  llvm::DenseSet<Value> read;
  llvm::DenseSet<Operation *> own;
  for (const RowBuffer &buffer : chain.buffers)
    own.insert(buffer.fills.begin(), buffer.fills.end());
  for (RowOp op : chain.ops) {
    own.insert(op.getOperation());
    if (!(op == chain.ops.back()))
      for (Value operand : op.getOperation()->getOperands())
        read.insert(getViewedBuffer(operand));
  }
  RowOp last = chain.ops.back();
  if (read.contains(getViewedBuffer(last.getInit().get())))
    return false;
  for (Operation *op = chain.ops.front().getOperation();
       op != last.getOperation(); op = op->getNextNode()) {
    if (own.contains(op) || isMemoryEffectFree(op))
      continue;
    for (Value operand : op->getOperands())
      if (isa<MemRefType>(operand.getType()) &&
          read.contains(getViewedBuffer(operand)) &&
          !hasSingleEffect<MemoryEffects::Read>(op, operand))
        return false;
  }
  return true;
}

/// Whether a link's image is not to go through memory as a whole.
static bool isLarge(const RowBuffer &link, int64_t bytes) {
  return link.getBytes() >
         (link.producer.getKernel() ? bytes : bytes / kLoopFraction);
}

std::vector<RowChain> quantopt::findRowChains(Block &block, int64_t bytes) {
  llvm::MapVector<Operation *, RowBuffer> byProducer;
  llvm::DenseSet<Operation *> isConsumer;
  auto getReader = [](const RowBuffer &buffer) {
    return buffer.readers.front().op;
  };
  for (auto alloc : block.getOps<memref::AllocOp>()) {
    std::optional<RowBuffer> buffer = matchRowBuffer(alloc);
    if (!buffer || !buffer->isChainLink())
      continue;
    byProducer.insert({buffer->producer.getOperation(), *buffer});
    if (isLarge(*buffer, bytes))
      isConsumer.insert(getReader(*buffer).getOperation());
  }
  std::vector<RowChain> chains;
  llvm::DenseSet<Operation *> taken;
  for (auto &[first, buffer] : byProducer) {
    // Chains start where no large buffer comes before.
    if (!isLarge(buffer, bytes) || isConsumer.contains(first) ||
        taken.contains(first))
      continue;
    RowChain chain;
    chain.ops.push_back(buffer.producer);
    for (auto it = byProducer.find(first); it != byProducer.end();
         it = byProducer.find(chain.ops.back().getOperation())) {
      const RowBuffer &next = it->second;
      if (!isLarge(next, bytes) && !isProjection(getReader(next).getKernel()))
        break;
      chain.buffers.push_back(next);
      chain.ops.push_back(getReader(next));
    }
    for (RowOp op : chain.ops)
      taken.insert(op.getOperation());
    if (canMoveToLast(chain))
      chains.push_back(std::move(chain));
  }
  return chains;
}
