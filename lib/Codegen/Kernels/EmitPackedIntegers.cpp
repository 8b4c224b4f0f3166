//===- EmitPackedIntegers.cpp - Integer products of packed weights --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The sum of `(x - zx) * (q - zq)` over a block is made of products of bytes
/// in one of three forms:
///
/// * Centred: `q - zq` is a signed byte: `sum x * (q - zq)`, minus `sum zx * (q
///   - zq)`, which is made like one more row.
/// * Codes: `q` is the unsigned factor and `x - zx` a signed byte: `sum q * (x
/// -
///   zx)`, minus `zq * sum (x - zx)`, which is made like one more vector of
///   channels. Better for few rows.
/// * Bytes: `q` has 8 bits and a zero point: `sum x * q`, minus `sum zx * q`,
///   minus `zq * (sum x - zx)`.
///
//===----------------------------------------------------------------------===//

#include "EmitPacked.h"

using namespace quantopt;

/// Fewer sums than this at a time leave multipliers idle that add four products
/// in one instruction.
static constexpr int64_t kEnoughChains = 8;

IntegerSums::IntegerSums(PackedEmitter &emitter, const PackedTile &tile)
    : p(emitter), e(emitter.e), tile(tile), rows(tile.at.rows),
      slots(tile.getNumSlots()),
      inputZeroPoint(int32_t(e.kernel.getInputZeroPoint())), form(chooseForm()),
      leavesInPlace(canLeaveInPlace()),
      chains(leavesInPlace || rows * slots < kEnoughChains ? 2 : 1),
      isPrepared(form == Form::Codes && bool(p.row)),
      usesCorrections(form != Form::Codes && inputZeroPoint != 0),
      usesInputSums(form != Form::Centred && !isPrepared) {}

IntegerSums::Form IntegerSums::chooseForm() const {
  qvec::PackingAttr packing = p.weights.packing;
  if (p.weights.isSigned())
    return packing.getZeroPoints() || packing.getZeroPoint() != 0
               ? Form::Bytes
               : Form::Centred;
  int64_t middle = e.kernel.getUnsignedInput() ? 128 : 0;
  return inputZeroPoint == middle && rows < slots ? Form::Codes : Form::Centred;
}

bool IntegerSums::canLeaveInPlace() const {
  const PackedLayout &layout = p.weights.layout;
  // |x| <= 128, codes up to 15, 16 times as large.
  int64_t largest = std::min(layout.block, layout.depth) * 128 * 15 * 16;
  return form == Form::Codes && layout.planes.size() == 1 &&
         layout.planes[0].width == 4 && layout.planes[0].bit == 0 &&
         largest <= INT32_MAX;
}

SmallVector<Value> IntegerSums::Sums::flatten() const {
  SmallVector<Value> values(products);
  llvm::append_range(values, corrections);
  llvm::append_range(values, inputs);
  return values;
}

IntegerSums::Sums IntegerSums::fromValues(ValueRange values) const {
  Sums sums;
  sums.products = llvm::to_vector(values.take_front(chains * rows * slots));
  values = values.drop_front(sums.products.size());
  if (usesCorrections) {
    sums.corrections = llvm::to_vector(values.take_front(slots));
    values = values.drop_front(slots);
  }
  sums.inputs = llvm::to_vector(values);
  return sums;
}

IntegerSums::Sums IntegerSums::start() {
  Value zero = e.splat(e.b.getI32IntegerAttr(0), p.lanes);
  Sums sums;
  sums.products.assign(chains * rows * slots, zero);
  sums.corrections.assign(usesCorrections ? slots : 0, zero);
  sums.inputs.assign(usesInputSums ? rows : 0, zero);
  return sums;
}

/// Bytes of all channels: this value for the first `valid` codes of a step, 0
/// for the others.
Value IntegerSums::fillStep(int64_t value, int64_t valid) {
  SmallVector<int8_t> bytes;
  for (int64_t i = 0; i < p.lanes * PackedLayout::kStep; ++i)
    bytes.push_back(int8_t(i % PackedLayout::kStep < valid ? value : 0));
  auto type = VectorType::get({int64_t(bytes.size())}, e.b.getI8Type());
  return arith::ConstantOp::create(
      e.b, e.loc, DenseElementsAttr::get(type, ArrayRef<int8_t>(bytes)));
}

/// Adds four products per channel.
Value IntegerSums::dot(Value sum, Value lhs, Value rhs, bool isUnsigned) {
  return qvec::Dot4Op::create(e.b, e.loc, sum.getType(), sum, lhs, rhs,
                              isUnsigned);
}

/// The four elements of each row that a step multiplies, repeated. They are
/// signed as factors of codes, and 0 after the first `valid` where the codes
/// there are not.
SmallVector<Value> IntegerSums::broadcastRows(Value chunk, int64_t code,
                                              int64_t valid) {
  OpBuilder &b = e.b;
  int64_t bytes = p.lanes * PackedLayout::kStep;
  auto word = VectorType::get({1}, b.getI32Type());
  auto type = VectorType::get({bytes}, b.getI8Type());
  Value offset = p.input.getOffset(tile.input, chunk, code);
  const FlatBuffer &source = isPrepared ? p.row.elements : e.input;
  SmallVector<Value> result;
  for (int64_t row = 0; row < rows; ++row) {
    Value at = e.add(offset, row * p.input.getRowStride());
    Value quad = vector::BitCastOp::create(
        b, e.loc, word, e.load(source, at, PackedLayout::kStep));
    Value scalar =
        vector::ExtractOp::create(b, e.loc, quad, ArrayRef<int64_t>{0});
    Value x =
        vector::BitCastOp::create(b, e.loc, type, e.broadcast(scalar, p.lanes));
    if (form == Form::Codes && !isPrepared && e.kernel.getUnsignedInput())
      x = arith::XOrIOp::create(b, e.loc, x,
                                fillStep(-128, PackedLayout::kStep));
    if (form != Form::Centred && valid < PackedLayout::kStep)
      x = arith::AndIOp::create(b, e.loc, x, fillStep(-1, valid));
    result.push_back(x);
  }
  return result;
}

/// Adds a step of each row to the sums of the input.
void IntegerSums::addInputs(ArrayRef<Value> x, Sums &sums) {
  Value ones = fillStep(1, PackedLayout::kStep);
  bool isUnsigned = form == Form::Bytes && e.kernel.getUnsignedInput();
  for (int64_t row = 0; row < rows; ++row)
    sums.inputs[row] = form == Form::Codes
                           ? dot(sums.inputs[row], ones, x[row], true)
                           : dot(sums.inputs[row], x[row], ones, isUnsigned);
}

void IntegerSums::addChunk(Value block, Value chunk, int64_t codes,
                           Sums &sums) {
  SmallVector<ChunkReader> readers;
  SmallVector<Value> zeroPoints;
  bool subtracts = form == Form::Centred && !p.weights.isSigned();
  for (const PanelChannels &slot : tile.slots) {
    readers.emplace_back(p.weights, slot, chunk, codes);
    if (subtracts)
      zeroPoints.push_back(p.weights.loadZeroPointBytes(slot, block));
  }
  bool isUnsigned = e.kernel.getUnsignedInput();
  for (int64_t code = 0; code < codes; code += PackedLayout::kStep) {
    int64_t step = code / PackedLayout::kStep;
    int64_t valid = std::min(PackedLayout::kStep, codes - code);
    SmallVector<Value> x = broadcastRows(chunk, code, valid);
    for (int64_t slot = 0; slot < slots; ++slot) {
      Value w = leavesInPlace ? readers[slot].getStepInPlace(step)
                              : readers[slot].getStep(step);
      if (subtracts)
        w = arith::SubIOp::create(e.b, e.loc, w, zeroPoints[slot]);
      // No code of such weights stands for 0.
      if (subtracts && p.weights.packing.getShift() != 0 &&
          valid < PackedLayout::kStep)
        w = arith::AndIOp::create(e.b, e.loc, w, fillStep(-1, valid));
      for (int64_t row = 0; row < rows; ++row) {
        int64_t chain = step % chains;
        Value &sum = sums.products[(chain * rows + row) * slots + slot];
        sum = form == Form::Codes ? dot(sum, w, x[row], true)
                                  : dot(sum, x[row], w, isUnsigned);
      }
      if (usesCorrections)
        sums.corrections[slot] =
            dot(sums.corrections[slot], fillStep(inputZeroPoint, valid), w,
                isUnsigned);
    }
    if (usesInputSums)
      addInputs(x, sums);
  }
}

/// The products of a row and slot, without those of the input's zero point.
Value IntegerSums::joinChains(int64_t row, int64_t slot, const Sums &sums) {
  Value sum = sums.products[row * slots + slot];
  for (int64_t chain = 1; chain < chains; ++chain) {
    Value other = sums.products[(chain * rows + row) * slots + slot];
    if (leavesInPlace)
      other = arith::ShRSIOp::create(
          e.b, e.loc, other, e.splat(e.b.getI32IntegerAttr(4), p.lanes));
    sum = arith::AddIOp::create(e.b, e.loc, sum, other);
  }
  if (usesCorrections)
    sum = arith::SubIOp::create(e.b, e.loc, sum, sums.corrections[slot]);
  return sum;
}

/// The sum of a row's real input over a block.
Value IntegerSums::getInputSum(Value block, int64_t size, int64_t row,
                               const Sums &sums) {
  if (isPrepared)
    return e.broadcast(e.loadScalar(p.row.sums, block), p.lanes);
  Value sum = sums.inputs[row];
  if (form == Form::Codes)
    return sum;
  return arith::SubIOp::create(
      e.b, e.loc, sum,
      e.splat(e.b.getI32IntegerAttr(inputZeroPoint * size), p.lanes));
}

SmallVector<Value> IntegerSums::finish(Value block, int64_t size,
                                       const Sums &sums) {
  OpBuilder &b = e.b;
  SmallVector<Value> zeroPoints, result;
  bool subtracts = form != Form::Centred;
  if (subtracts)
    for (const PanelChannels &slot : tile.slots)
      zeroPoints.push_back(p.weights.loadZeroPoints(slot, block));
  for (int64_t row = 0; row < rows; ++row) {
    Value inputSum;
    if (subtracts)
      inputSum = getInputSum(block, size, row, sums);
    for (int64_t slot = 0; slot < slots; ++slot) {
      Value sum = joinChains(row, slot, sums);
      if (subtracts)
        sum = arith::SubIOp::create(
            b, e.loc, sum,
            arith::MulIOp::create(b, e.loc, zeroPoints[slot], inputSum));
      result.push_back(sum);
    }
  }
  return result;
}

SmallVector<Value> IntegerSums::sumBlock(Value block, int64_t size) {
  SmallVector<Value> values =
      p.forChunks(block, size, start().flatten(),
                  [&](Value chunk, int64_t codes, ValueRange before) {
                    Sums sums = fromValues(before);
                    addChunk(block, chunk, codes, sums);
                    return sums.flatten();
                  });
  return finish(block, size, fromValues(values));
}

SmallVector<Value> IntegerSums::run() {
  OpBuilder &b = e.b;
  SmallVector<Value> bias = p.loadBias(tile), acc;
  if (!p.weights.packing.hasScales()) {
    // One block: all of a channel.
    acc = sumBlock(e.index(0), p.weights.layout.depth);
    for (auto [i, sum] : llvm::enumerate(acc))
      sum = arith::AddIOp::create(b, e.loc, sum, bias[i % bias.size()]);
    return acc;
  }
  auto real = VectorType::get({p.lanes}, b.getF32Type());
  for (int64_t row = 0; row < rows; ++row)
    llvm::append_range(acc, bias);
  return p.forBlocks(acc, [&](Value block, int64_t size, ValueRange before) {
    SmallVector<Value> sums = sumBlock(block, size), scales, after;
    for (const PanelChannels &slot : tile.slots)
      scales.push_back(p.weights.loadScales(slot, block));
    for (auto [i, sum] : llvm::enumerate(sums)) {
      Value f = arith::SIToFPOp::create(b, e.loc, real, sum);
      after.push_back(e.fma(f, scales[i % scales.size()], before[i]));
    }
    return after;
  });
}
