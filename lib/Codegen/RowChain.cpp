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

/// Whether a kernel makes one smaller pixel of each pixel: no rows are kept for
/// it, and what it leaves takes less space.
static bool isProjection(KernelOp kernel) {
  qnn::WindowAttr window = kernel.getWindow();
  auto getBytes = [](Value value) {
    auto type = cast<MemRefType>(value.getType());
    return type.getNumElements() * type.getElementTypeBitWidth();
  };
  return window.getExtent(0) == 1 && window.getExtent(1) == 1 &&
         window.getStrides()[0] == 1 && window.getStrides()[1] == 1 &&
         getBytes(kernel.getInit()) < getBytes(kernel.getInput());
}

/// Whether a kernel computes each row on its own, with nothing that depends on
/// which row it is.
static bool isStreamable(KernelOp kernel) {
  using Kind = qvec::KernelKind;
  if (!llvm::is_contained(
          {Kind::Contraction, Kind::Packed, Kind::Depthwise, Kind::PoolMax},
          kernel.getKind()))
    return false;
  return kernel.getCountParams().empty() &&
         llvm::all_of(kernel.getRowParams(), [](Value param) {
           return cast<ShapedType>(param.getType()).getNumElements() == 1;
         });
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
  Value written = buffer.producer.getInit();
  buffer.rows = {0, shape[1], 0};
  if (auto part = written.getDefiningOp<memref::SubViewOp>()) {
    ArrayRef<int64_t> offsets = part.getStaticOffsets();
    ArrayRef<int64_t> sizes = part.getStaticSizes();
    if (part.getSource() != buffer.alloc || !part.hasUnitStride() ||
        part.getType().getRank() != 4 ||
        llvm::any_of(offsets, ShapedType::isDynamic) || offsets[3] != 0 ||
        sizes[3] != shape[3])
      return failure();
    buffer.rows = {offsets[1], sizes[1], shape[1] - offsets[1] - sizes[1]};
    buffer.left = offsets[2];
    buffer.right = shape[2] - offsets[2] - sizes[2];
  }
  bool isPadded = buffer.rows.getTotal() != buffer.rows.rows ||
                  buffer.left != 0 || buffer.right != 0;
  if (isPadded == buffer.fills.empty())
    return failure();
  return success(isImage(buffer.producer.getOutputShape(), buffer.rows.rows,
                         buffer.getWidth()));
}

/// Whether the consumer reads the whole buffer.
static bool readsWhole(const RowBuffer &buffer) {
  KernelOp consumer = buffer.consumer;
  memref::AllocOp alloc = buffer.alloc;
  for (Value value = consumer.getInput(); value != alloc.getResult();
       value = value.getDefiningOp<ViewLikeOpInterface>().getViewSource())
    if (!isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp>(
            value.getDefiningOp()))
      return false;
  auto input = cast<MemRefType>(consumer.getInput().getType());
  return isImage(input.getShape(), buffer.rows.getTotal(),
                 buffer.getNumColumns());
}

std::optional<RowBuffer> quantopt::matchRowBuffer(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  if (type.getRank() != 4 || !type.hasStaticShape() ||
      !type.getLayout().isIdentity() || type.getDimSize(0) != 1)
    return std::nullopt;
  RowBuffer buffer;
  buffer.alloc = alloc;
  for (OpOperand *access : getAccesses(alloc)) {
    Operation *op = access->getOwner();
    auto kernel = dyn_cast<KernelOp>(op);
    if (auto fill = dyn_cast<linalg::FillOp>(op))
      buffer.fills.push_back(fill);
    else if (kernel && access == &kernel.getInitMutable() && !buffer.producer)
      buffer.producer = kernel;
    else if (kernel && access == &kernel.getInputMutable() && !buffer.consumer)
      buffer.consumer = kernel;
    else
      return std::nullopt;
  }
  if (!buffer.producer || !buffer.consumer || !isStreamable(buffer.producer) ||
      !isStreamable(buffer.consumer) || failed(matchPadding(buffer)) ||
      !readsWhole(buffer))
    return std::nullopt;
  for (linalg::FillOp fill : buffer.fills)
    if (fill.getInputs()[0] != buffer.fills.front().getInputs()[0])
      return std::nullopt;
  return buffer;
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

bool RowChain::isFlat(size_t kernel) const {
  const RowBuffer &beside = buffers[kernel == 0 ? 0 : kernel - 1];
  int64_t rows = kernel == 0 ? beside.rows.rows : beside.rows.getTotal();
  KernelOp op = kernels[kernel];
  int64_t seen = kernel == 0
                     ? op.getOutputShape()[1]
                     : cast<MemRefType>(op.getInput().getType()).getDimSize(1);
  return rows != 1 && seen == 1;
}

int64_t RowChain::getWidth(size_t kernel) const {
  if (kernel < buffers.size())
    return buffers[kernel].getWidth();
  if (isFlat(kernel))
    return buffers.back().getNumColumns();
  KernelOp op = kernels.back();
  return op.getOutputShape()[2];
}

SmallVector<BandLink> RowChain::getLinks() const {
  return llvm::map_to_vector(
      buffers, [](const RowBuffer &buffer) { return buffer.rows; });
}

SmallVector<BandStage> RowChain::getStages() const {
  SmallVector<BandStage> stages;
  for (auto [i, kernel] : llvm::enumerate(kernels)) {
    KernelOp op = kernel;
    qnn::WindowAttr window = op.getWindow();
    auto input = cast<MemRefType>(op.getInput().getType());
    BandStage stage = {input.getDimSize(1), op.getOutputShape()[1],
                       window.getExtent(0), window.getStrides()[0],
                       window.getPads()[0]};
    if (isFlat(i))
      stage.inputRows = stage.outputRows = op.getOutputShape()[2] / getWidth(i);
    stages.push_back(stage);
  }
  return stages;
}

/// Whether what the chain's kernels but the last read stays as it is until the
/// last one.
static bool canMoveToLast(const RowChain &chain) {
  llvm::DenseSet<Value> read;
  llvm::DenseSet<Operation *> own;
  for (const RowBuffer &buffer : chain.buffers)
    own.insert(buffer.fills.begin(), buffer.fills.end());
  for (KernelOp kernel : chain.kernels) {
    own.insert(kernel);
    if (kernel != chain.kernels.back())
      for (Value operand : kernel->getOperands())
        read.insert(getViewedBuffer(operand));
  }
  KernelOp last = chain.kernels.back();
  if (read.contains(getViewedBuffer(last.getInit())))
    return false;
  for (Operation *op = chain.kernels.front(); op != last;
       op = op->getNextNode()) {
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

SmallVector<RowChain> quantopt::findRowChains(Block &block, int64_t bytes) {
  llvm::MapVector<Operation *, RowBuffer> byProducer;
  llvm::DenseSet<Operation *> isConsumer;
  for (auto alloc : block.getOps<memref::AllocOp>())
    if (std::optional<RowBuffer> buffer = matchRowBuffer(alloc)) {
      byProducer.insert({buffer->producer, *buffer});
      if (buffer->getBytes() > bytes)
        isConsumer.insert(buffer->consumer);
    }
  SmallVector<RowChain> chains;
  llvm::DenseSet<Operation *> taken;
  for (auto &[first, buffer] : byProducer) {
    // Chains start where no large buffer comes before.
    if (buffer.getBytes() <= bytes || isConsumer.contains(first) ||
        taken.contains(first))
      continue;
    RowChain chain;
    chain.kernels.push_back(buffer.producer);
    for (auto it = byProducer.find(first); it != byProducer.end();
         it = byProducer.find(chain.kernels.back())) {
      const RowBuffer &next = it->second;
      if (next.getBytes() <= bytes && !isProjection(next.consumer))
        break;
      chain.buffers.push_back(next);
      chain.kernels.push_back(next.consumer);
    }
    taken.insert(chain.kernels.begin(), chain.kernels.end());
    if (canMoveToLast(chain))
      chains.push_back(std::move(chain));
  }
  return chains;
}
