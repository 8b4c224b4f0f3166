//===- Structure.cpp - Operators that rearrange whole tensors -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;

/// Sets the only result, if there is one.
static LogicalResult setOnly(NodeImporter &op, FailureOr<ImportValue> value) {
  return failed(value) ? failure() : op.setResult(0, std::move(*value));
}

static LogicalResult importIdentity(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  return op.setResult(0, op.getInput(0));
}

static LogicalResult importDropout(NodeImporter &op) {
  if (failed(op.expectInputs(1, 3)))
    return failure();
  if (op.hasInput(2)) {
    FailureOr<HostTensor> training = op.getHost(2, "training_mode");
    if (failed(training))
      return failure();
    if (training->getNumElements() > 0 && training->getInt(0) != 0)
      return op.unsupported("training mode");
  }
  return op.setResult(0, op.getInput(0));
}

static LogicalResult importTranspose(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  SmallVector<int64_t> reversed;
  for (int64_t i = op.getRank(0) - 1; i >= 0; --i)
    reversed.push_back(i);
  return setOnly(op,
                 op.transpose(op.getInput(0), op.getInts("perm", reversed)));
}

static LogicalResult importReshape(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> given = op.getHostInts(1, "the shape");
  if (failed(given))
    return failure();
  bool copyZeros = op.getInt("allowzero", 0) == 0;
  ArrayRef<int64_t> source = op.getShape(0);
  SmallVector<int64_t> shape = *given;
  int64_t open = -1, known = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && copyZeros && i < source.size())
      shape[i] = source[i];
    if (shape[i] == -1 && open < 0)
      open = i;
    else if (shape[i] < 0 || shape[i] > (int64_t(1) << 40) / known)
      return op.malformed("expected a shape with at most one -1, but got " +
                          formatShape(*given));
    else if (shape[i] > 0)
      known *= shape[i];
  }
  if (open >= 0)
    shape[open] = *getNumElements(source) / known;
  return setOnly(op, op.reshape(op.getInput(0), shape));
}

static LogicalResult importFlatten(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  int64_t rank = op.getRank(0), declared = op.getInt("axis", 1);
  FailureOr<int64_t> axis =
      declared == rank ? rank : op.normalizeAxis(declared, rank);
  if (failed(axis))
    return failure();
  int64_t outer = 1, inner = 1;
  for (auto [i, size] : llvm::enumerate(op.getShape(0)))
    (int64_t(i) < *axis ? outer : inner) *= size;
  return setOnly(op, op.reshape(op.getInput(0), {outer, inner}));
}

/// The axes of Squeeze and Unsqueeze; nothing when they are left out.
static FailureOr<std::optional<SmallVector<int64_t>>>
readAxes(NodeImporter &op) {
  std::optional<SmallVector<int64_t>> axes;
  if (op.getOpset() < 13) {
    if (op.hasAttribute("axes"))
      axes = op.getInts("axes");
    return axes;
  }
  if (!op.hasInput(1))
    return axes;
  FailureOr<SmallVector<int64_t>> given = op.getHostInts(1, "axes");
  if (failed(given))
    return failure();
  axes = std::move(*given);
  return axes;
}

static LogicalResult importSqueeze(NodeImporter &op) {
  if (failed(op.expectInputs(1, op.getOpset() < 13 ? 1 : 2)))
    return failure();
  FailureOr<std::optional<SmallVector<int64_t>>> given = readAxes(op);
  if (failed(given))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = SmallVector<int64_t>();
  if (*given)
    axes = op.normalizeAxes(**given, op.getRank(0));
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(op.getShape(0))) {
    bool drop = *given ? llvm::is_contained(*axes, int64_t(i)) : size == 1;
    if (drop && size != 1)
      return op.malformed("cannot drop dimension " + Twine(i) + " of " +
                          formatShape(op.getShape(0)));
    if (!drop)
      shape.push_back(size);
  }
  return setOnly(op, op.reshape(op.getInput(0), shape));
}

static LogicalResult importUnsqueeze(NodeImporter &op) {
  if (failed(op.expectInputs(1, op.getOpset() < 13 ? 1 : 2)))
    return failure();
  FailureOr<std::optional<SmallVector<int64_t>>> given = readAxes(op);
  if (failed(given))
    return failure();
  if (!*given)
    return op.malformed("expected axes");
  FailureOr<SmallVector<int64_t>> axes =
      op.normalizeAxes(**given, op.getRank(0) + (*given)->size());
  if (failed(axes))
    return failure();
  // Ascending, so that each axis counts the ones before it.
  SmallVector<int64_t> shape(op.getShape(0));
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return setOnly(op, op.reshape(op.getInput(0), shape));
}

static LogicalResult importExpand(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> given = op.getHostInts(1, "the shape");
  if (failed(given))
    return failure();
  FailureOr<SmallVector<int64_t>> shape =
      op.broadcastShapes(op.getShape(0), *given);
  if (failed(shape))
    return failure();
  return setOnly(op, op.broadcast(op.getInput(0), *shape));
}

static LogicalResult importConcat(NodeImporter &op) {
  if (failed(op.expectInputs(1, op.getNumInputs())))
    return failure();
  SmallVector<ImportValue> parts;
  for (unsigned i = 0; i < op.getNumInputs(); ++i) {
    if (!op.hasInput(i))
      return op.malformed("input " + Twine(i) + " is left out");
    parts.push_back(op.getInput(i));
  }
  if (!op.hasAttribute("axis"))
    return op.malformed("expected the attribute 'axis'");
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getInt("axis", 0), op.getRank(0));
  if (failed(axis))
    return failure();
  return setOnly(op, op.concat(parts, *axis));
}

//===----------------------------------------------------------------------===//
// Blocks of space and depth
//===----------------------------------------------------------------------===//

/// Reshapes, transposes and reshapes again.
static LogicalResult shuffle(NodeImporter &op, ArrayRef<int64_t> first,
                             ArrayRef<int64_t> permutation,
                             ArrayRef<int64_t> last) {
  FailureOr<ImportValue> value = op.reshape(op.getInput(0), first);
  if (succeeded(value))
    value = op.transpose(*value, permutation);
  if (succeeded(value))
    value = op.reshape(*value, last);
  return setOnly(op, std::move(value));
}

/// The block size of an operator on N x C x H x W.
static FailureOr<int64_t> readBlock(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  int64_t block = op.getInt("blocksize", 0);
  if (op.getRank(0) == 4 && block > 0 && block < (1 << 15))
    return block;
  return op.malformed("expected an input of rank 4 and a positive blocksize, "
                      "but got " +
                      formatShape(op.getShape(0)) + " and " + Twine(block));
}

static LogicalResult importDepthToSpace(NodeImporter &op) {
  std::string mode = op.getString("mode", "DCR");
  FailureOr<int64_t> block = readBlock(op);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> s = op.getShape(0);
  if (s[1] % (b * b) != 0)
    return op.malformed("blocksize " + Twine(b) + " does not divide " +
                        Twine(s[1]) + " channels");
  int64_t depth = s[1] / (b * b);
  SmallVector<int64_t> last = {s[0], depth, s[2] * b, s[3] * b};
  if (mode == "DCR")
    return shuffle(op, {s[0], b, b, depth, s[2], s[3]}, {0, 3, 4, 1, 5, 2},
                   last);
  if (mode == "CRD")
    return shuffle(op, {s[0], depth, b, b, s[2], s[3]}, {0, 1, 4, 2, 5, 3},
                   last);
  return op.malformed("expected mode 'DCR' or 'CRD', but got '" + mode + "'");
}

static LogicalResult importSpaceToDepth(NodeImporter &op) {
  FailureOr<int64_t> block = readBlock(op);
  if (failed(block))
    return failure();
  int64_t b = *block;
  ArrayRef<int64_t> s = op.getShape(0);
  if (s[2] % b != 0 || s[3] % b != 0)
    return op.malformed("blocksize " + Twine(b) + " does not divide " +
                        formatShape(s));
  return shuffle(op, {s[0], s[1], s[2] / b, b, s[3] / b, b}, {0, 3, 5, 1, 2, 4},
                 {s[0], s[1] * b * b, s[2] / b, s[3] / b});
}

ArrayRef<OpRow> quantopt::onnx::getStructureOps() {
  static const OpRow rows[] = {
      {"Concat", 7, importConcat},
      {"DepthToSpace", 7, importDepthToSpace},
      {"Dropout", 7, importDropout, "inference; no mask"},
      {"Expand", 8, importExpand, "shape a constant"},
      {"Flatten", 7, importFlatten},
      {"Identity", 7, importIdentity},
      {"Reshape", 7, importReshape, "shape a constant"},
      {"SpaceToDepth", 7, importSpaceToDepth},
      {"Squeeze", 7, importSqueeze, "axes a constant"},
      {"Transpose", 7, importTranspose},
      {"Unsqueeze", 7, importUnsqueeze, "axes a constant"},
  };
  return rows;
}
