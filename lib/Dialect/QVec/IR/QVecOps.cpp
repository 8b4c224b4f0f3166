//===- QVecOps.cpp - Operations of the qvec dialect -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"
#include "quant-opt/Dialect/QVec/Utils/LayerAttributes.h"
#include "quant-opt/Dialect/QVec/Utils/MaskedPanels.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::qvec;

#include "quant-opt/Dialect/QVec/IR/QVecDialect.cpp.inc"
#include "quant-opt/Dialect/QVec/IR/QVecEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "quant-opt/Dialect/QVec/IR/QVecAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "quant-opt/Dialect/QVec/IR/QVecOps.cpp.inc"

void QVecDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "quant-opt/Dialect/QVec/IR/QVecOps.cpp.inc"
      >();
}

void QVecDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "quant-opt/Dialect/QVec/IR/QVecAttrs.cpp.inc"
      >();
}

LogicalResult QVecDialect::verifyOperationAttribute(Operation *op,
                                                    NamedAttribute attr) {
  StringRef name = attr.getName();
  Attribute value = attr.getValue();
  bool ok = false;
  if (name == getTargetAttrName())
    ok = isa<TargetAttr>(value);
  else if (name == getLayerAttrName())
    ok = isa<StringAttr>(value);
  else if (name == getCountAttrName() || name == kCommonStepsAttrName ||
           name == getArenaBytesAttrName() ||
           name == getArenaBoundBytesAttrName() ||
           name == getFloatOpsAttrName())
    ok = isa<IntegerAttr>(value);
  else if (name == getInputsAttrName() || name == getOutputsAttrName())
    ok = isa<ArrayAttr>(value);
  else if (name == getFastFloatAttrName() || name == kCommonRestAttrName)
    ok = isa<UnitAttr>(value);
  if (ok)
    return success();
  return op->emitOpError("has an unknown or ill-typed attribute '")
         << name << "': " << value;
}

/// Code for the results of a step is emitted without loops: for more of them it
/// would take for ever.
static constexpr int64_t kTileLimit = 4096;

static bool isTile(ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (int64_t size : sizes) {
    if (size < 1 || size > kTileLimit)
      return false;
    count *= size;
  }
  return count <= kTileLimit;
}

LogicalResult StrategyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   int64_t rows, int64_t vectors, int64_t lanes,
                                   int64_t group, bool mergeTaps, int64_t pass,
                                   int64_t steps, bool paired, bool joined,
                                   bool gathered) {
  if (!isTile({rows, vectors, lanes}) || pass < 1) // (C1)
    return emitError() << "expected positive rows, vectors, lanes and pass, "
                       << "and at most " << kTileLimit << " results";
  bool isKnown = group == 1 || group == 2 || group == 4 ||
                 (group == 8 && lanes == 4 && steps == 1) ||
                 (group == 16 && lanes == 1);
  if (!isKnown) // (C2)
    return emitError() << "expected a group of 1, 2 or 4, of 8 with four lanes "
                          "and one step, or of 16 with one lane, but got "
                       << group << " with " << lanes << " lanes and " << steps
                       << " steps";
  if (steps < 1 || steps > kTileRows) // (C3)
    return emitError() << "expected steps in [1, " << kTileRows << "], but got "
                       << steps;
  if (paired &&
      (group != 2 || lanes != 1 || vectors % 2 != 0 || steps != 1)) // (C4)
    return emitError() << "expected a paired strategy to have the group 2, one "
                          "lane, an even number of vectors and one step";
  if (joined && !paired && group != 16)
    return emitError() << "expected a joined strategy to be paired or to have "
                          "the group 16";
  if (gathered && (group != 16 || rows != 1 || steps != 1 || mergeTaps)) // (C5)
    return emitError() << "expected a gathered strategy to have the group 16, "
                          "one row, one step and no merged taps";
  return success();
}

/// Whether scales of packed weights may have this type.
static bool isScaleType(Type type) {
  return type.isF16() || type.isF32() || type.isUnsignedInteger(8) ||
         isa<Float8E8M0FNUType, NoneType>(type);
}

/// (C5): floats whose bits become those of an `f16` by shifts.
static bool isSmallFloat(Type type, int64_t bits) {
  auto format = dyn_cast<FloatType>(type);
  if (!format || int64_t(format.getWidth()) != bits)
    return false;
  int64_t exponentBits = bits - int64_t(format.getFPMantissaWidth());
  return exponentBits >= 1 && exponentBits <= 5;
}

LogicalResult PackingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  int64_t bits, int64_t block, int64_t chunk,
                                  Type scale, int64_t zeroPoint,
                                  bool zeroPoints, int64_t shift, Type values,
                                  int64_t tableRows, bool masked,
                                  bool twoOfFour) {
  if ((bits < 1 || bits > 8) && bits != 16) // (C1)
    return emitError() << "expected codes of 1 to 8 or 16 bits, but got "
                       << bits;
  if (shift < 0 || (shift != 0 && bits + shift > 8)) // (C1)
    return emitError() << "expected a shift within 8 bits, but got " << shift;
  if (block < 0 || chunk < 1 || block % chunk != 0) // (C2)
    return emitError() << "expected a positive chunk that divides the block "
                       << block << ", but got " << chunk;
  if (!isScaleType(scale)) // (C3)
    return emitError() << "expected scales of type f16, f32, f8E8M0FNU, ui8 or "
                          "none, but got "
                       << scale;
  bool isSigned = bits == 8 && !values && tableRows == 0;
  int64_t min = isSigned ? -128 : 0;
  int64_t max = isSigned ? 127 : (int64_t(1) << (bits + shift)) - 1;
  if (zeroPoint < min || zeroPoint > max) // (C4)
    return emitError() << "expected a zero point in [" << min << ", " << max
                       << "], but got " << zeroPoint;
  if (values && !isSmallFloat(values, bits)) // (C5)
    return emitError() << "expected values of a float type of " << bits
                       << " bits with at most 5 bits of exponent, but got "
                       << values;
  bool hasZero = zeroPoints || zeroPoint != 0;
  if (tableRows < 0 ||
      int(hasZero) + int(bool(values)) + int(tableRows != 0) > 1) // (C6)
    return emitError() << "expected one of zero points, values and tableRows";
  bool isPlain = bits >= 2 && bits <= 8 && shift == 0 && !hasZero && !values &&
                 tableRows == 0;
  if ((masked && !isPlain) || (twoOfFour && !masked)) // (C7)
    return emitError() << "expected masked codes to be integers of 2 to 8 bits "
                          "without shift and zero points, and 2:4 ones to "
                          "be masked";
  return success();
}

PackingAttr PackingAttr::getExpanded() const {
  if (!getMasked())
    return *this;
  return get(getContext(), /*bits=*/8, getBlock(), getChunk(), getScale(),
             /*zeroPoint=*/0, /*zeroPoints=*/false, /*shift=*/0,
             /*values=*/Type(), /*tableRows=*/0, /*masked=*/false,
             /*twoOfFour=*/false);
}

LogicalResult
DepthwiseStrategyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              int64_t axis, int64_t outputs, int64_t columns,
                              int64_t pixels, int64_t lanes, int64_t group,
                              bool channelsOuter) {
  if (axis != 0 && axis != 1) // (C1)
    return emitError() << "expected axis 0 or 1, but got " << axis;
  if (!isTile({outputs, columns, pixels})) // (C2)
    return emitError() << "expected positive outputs, columns and pixels, "
                       << "and at most " << kTileLimit << " results";
  if (group != 1 && group != 2 && group != 4) // (C3)
    return emitError() << "expected a group of 1, 2 or 4, but got " << group;
  if (lanes != 1 && lanes != 4 && lanes != 8 && lanes != 16) // (C4)
    return emitError() << "expected 1, 4, 8 or 16 lanes, but got " << lanes;
  if (pixels != 1 && ((axis == 1 && outputs != 1) || channelsOuter)) // (C5)
    return emitError()
           << "expected one pixel with several outputs along axis 1 "
              "or with channelsOuter, but got "
           << pixels;
  return success();
}

void YieldOp::build(OpBuilder &, OperationState &) {}

//===----------------------------------------------------------------------===//
// KernelOp
//===----------------------------------------------------------------------===//

void KernelOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  if (isa<TensorType>(getInit().getType()))
    return;
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    bool isInit = &operand == &getInitMutable();
    if (isInit)
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

/// (C3): the epilogue's arguments and result.
static LogicalResult verifyEpilogue(KernelOp op) {
  Block &block = op.getEpilogue().front();
  SmallVector<Type> expected = {op.getAccumulatorType()};
  auto append = [&](ValueRange values) {
    for (Value value : values)
      expected.push_back(getElementTypeOrSelf(value.getType()));
  };
  append(op.getChannelParams());
  append(op.getRowParams());
  append(op.getCountParams());
  append(op.getResiduals());
  if (TypeRange(block.getArgumentTypes()) != TypeRange(expected)) {
    InFlightDiagnostic diag = op.emitOpError("expected epilogue arguments (");
    llvm::interleaveComma(expected, diag);
    diag << "), but got (";
    llvm::interleaveComma(block.getArgumentTypes(), diag);
    return diag << ")";
  }
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  Type element = getElementTypeOrSelf(op.getInit().getType());
  if (!yield || !yield.getValue() || yield.getValue().getType() != element)
    return op.emitOpError("expected the epilogue to yield a value of type ")
           << element << ", the element type of init";
  return success();
}

/// (C5): positions are divided evenly among the elements.
static LogicalResult verifyRowParams(KernelOp op, ShapedType init) {
  int64_t positions = ShapedType::getNumElements(init.getShape().drop_back());
  for (Value param : op.getRowParams()) {
    auto type = cast<ShapedType>(param.getType());
    int64_t count = type.getNumElements();
    if (count == 0 || positions % count != 0)
      return op.emitOpError("expected row parameters whose number of elements "
                            "divides the ")
             << positions << " positions of init, but got " << type;
  }
  return success();
}

bool KernelOp::hasGroupedTaps() {
  return getKind() == KernelKind::Depthwise &&
         getDepthwiseStrategy()->getGroup() != 1;
}

int64_t KernelOp::getNumParts() {
  int64_t channels = getOutputShape().back();
  return getKind() == KernelKind::RowRange ? channels / 2 : channels;
}

int64_t KernelOp::getPartLength() {
  auto input = cast<ShapedType>(getInput().getType());
  return llvm::alignTo(llvm::divideCeil(input.getShape().back(), getNumParts()),
                       64);
}

/// (C6): the geometry of `row_max` and `row_range`.
static LogicalResult verifyRowMax(KernelOp op, ShapedType input,
                                  ShapedType init) {
  bool isRange = op.getKind() == KernelKind::RowRange;
  if (op.getKind() != KernelKind::RowMax && !isRange)
    return success();
  int64_t channels = init.getShape().back();
  if (isRange && (channels == 0 || channels % 2 != 0))
    return op.emitOpError("expected two channels for each part, but got ")
           << init;
  int64_t parts = op.getNumParts();
  if (!input.getElementType().isF32() ||
      input.getShape().drop_back() != init.getShape().drop_back() ||
      (parts - 1) * op.getPartLength() >= input.getShape().back())
    return op.emitOpError("expected an f32 input with init's positions and at "
                          "least one element for each part, but got ")
           << input << " for " << init;
  return success();
}

/// (C7): the size of masked weights depends on the masks, unless it is 2:4.
static LogicalResult verifyMasked(KernelOp op, const MaskedLayout &layout,
                                  ShapedType weight) {
  int64_t least = layout.getLeastBytes();
  if (weight.getElementType().isInteger(8) && weight.getRank() == 2 &&
      weight.getDimSize(0) == 1 && weight.getDimSize(1) >= least &&
      (!layout.twoOfFour || weight.getDimSize(1) == least))
    return success();
  return op.emitOpError("expected a weight of 1 row of ")
         << (layout.twoOfFour ? "" : "at least ") << least << " bytes, but got "
         << weight;
}

/// (C7): packed weights have the size that their packing gives.
static LogicalResult verifyPacked(KernelOp op, ShapedType init) {
  if (op.getKind() != KernelKind::Packed)
    return success();
  if (!op.getWeight() || !op.getStrategy() || !op.getPacking())
    return op.emitOpError("expected a weight, a strategy and a packing");
  int64_t groups = op.getGroups();
  int64_t panels =
      groups * llvm::divideCeil(init.getShape()[3] / groups, kPanelWidth);
  PackedLayout layout(op);
  SmallVector<int64_t> shape = {panels, layout.getPanelBytes()};
  auto weight = cast<ShapedType>(op.getWeight().getType());
  if (op.getPacking()->getMasked())
    return verifyMasked(
        op, MaskedLayout(*op.getPacking(), layout.depth, panels), weight);
  if (!weight.getElementType().isInteger(8) ||
      weight.getShape() != ArrayRef(shape))
    return op.emitOpError("expected a weight of ")
           << panels << " panels of " << shape[1] << " bytes, but got "
           << weight;
  PackingAttr packing = *op.getPacking();
  bool isFloat = getElementTypeOrSelf(op.getInput().getType()).isF32();
  if (!isFloat && !(packing.hasIntegers() && packing.getBits() <= 8)) // (C12)
    return op.emitOpError("expected codes that stand for integers of at most "
                          "8 bits with an integer input, but got ")
           << packing;
  return success();
}

/// (C15): weights of 4 bits that share bytes in a contraction.
static LogicalResult verifyHalves(KernelOp op) {
  if (!op.getPacking() || op.getKind() == KernelKind::Packed) {
    std::optional<StrategyAttr> strategy = op.getStrategy();
    if (strategy && strategy->getJoined() && !strategy->getPaired())
      return op.emitOpError("expected a packing with a strategy that is joined "
                            "and not paired");
    return success();
  }
  PackingAttr packing = *op.getPacking();
  StrategyAttr strategy = op.getStrategy() ? *op.getStrategy() : StrategyAttr();
  bool fits = op.getKind() == KernelKind::Contraction &&
              (strategy.getJoined() || !strategy.getPaired()) &&
              op.getAccumulatorType().isInteger(32) && !op.getUnsignedInput();
  auto weight =
      fits ? cast<ShapedType>(op.getWeight().getType()) : ShapedType();
  int64_t lane =
      fits ? kPanelWidth * strategy.getGroup() * getStoredSteps(op) / 2 : 0;
  if (fits && packing.getBits() == 4 && !packing.hasScales() &&
      packing.hasIntegers() && packing.getBlock() == 0 &&
      !packing.getMasked() && weight.getElementType().isInteger(8) &&
      weight.getRank() == 4 && weight.getDimSize(3) == lane)
    return success();
  return op.emitOpError("expected a packing without scales or blocks, of 4 "
                        "bits, and half of the bytes, of a contraction of "
                        "signed bytes that is joined if it is paired, but got ")
         << packing;
}

/// (C11): the tables of a packed kernel.
static LogicalResult verifyTables(KernelOp op, ShapedType init) {
  int64_t tableRows = op.getPacking() ? op.getPacking()->getTableRows() : 0;
  if (tableRows == 0 && !op.getTables())
    return success();
  int64_t tables =
      llvm::divideCeil(init.getShape()[3], std::max<int64_t>(1, tableRows));
  SmallVector<int64_t> shape = {
      tables, op.getPacking() ? int64_t(1) << op.getPacking()->getBits() : 0};
  auto type = op.getTables() ? cast<ShapedType>(op.getTables().getType())
                             : ShapedType();
  if (tableRows != 0 && type && type.getElementType().isF32() &&
      type.getShape() == ArrayRef(shape))
    return success();
  return op.emitOpError("expected ")
         << (tableRows ? tables : 0) << " tables of " << shape[1]
         << " entries of type f32 for its packing";
}

/// (C8): the layout of a depthwise kernel of bytes.
static LogicalResult verifyDepthwiseWeight(KernelOp op) {
  if (!op.hasGroupedTaps())
    return success();
  auto type = cast<ShapedType>(op.getWeight().getType());
  DepthwiseStrategyAttr strategy = *op.getDepthwiseStrategy();
  SmallVector<int64_t> expected =
      getDepthwiseWeightShape(op.getOutputShape()[3], op.getWindow(), strategy);
  if (type.getShape() == ArrayRef(expected))
    return success();
  InFlightDiagnostic diag = op.emitOpError("expected a weight of shape ");
  llvm::interleave(expected, diag, "x");
  return diag << " for its window and depthwise strategy, but got " << type;
}

/// (C9) and (C10): what a contraction's strategy may say.
static LogicalResult verifyStrategy(KernelOp op, ShapedType input) {
  if (op.getKind() != KernelKind::Contraction &&
      op.getKind() != KernelKind::Packed)
    return success();
  StrategyAttr strategy = *op.getStrategy();
  Type element = input.getElementType();
  bool isBytes = element.isInteger(8);
  int64_t steps = strategy.getSteps();
  int64_t group = 32 / element.getIntOrFloatBitWidth();
  if (isBytes && op.getKind() == KernelKind::Contraction)
    group = strategy.getGroup();
  if (strategy.getGroup() != group) // (C9)
    return op.emitOpError("expected a contraction of ")
           << input.getElementType() << " in groups of " << group
           << ", but got " << strategy.getGroup();
  if (group == 8 && !op.getAccumulatorType().isInteger(32))
    return op.emitOpError("expected sums of i32 with groups of 8, but got ")
           << op.getAccumulatorType();
  if (steps == 1)
    return success();
  if (op.getKind() != KernelKind::Contraction || !isBytes ||
      strategy.getLanes() != kPanelWidth ||
      cast<ShapedType>(op.getWeight().getType()).getDimSize(2) % steps != 0)
    return op.emitOpError("expected several steps at a time only of a "
                          "contraction of bytes, in vectors of ")
           << kPanelWidth << " lanes, with a multiple of " << steps
           << " steps, but got " << op.getWeight().getType() << " and "
           << strategy.getLanes() << " lanes"; // (C10)
  return success();
}

/// (C14): what is summed in pairs of words.
static LogicalResult verifyPairs(KernelOp op, ShapedType input) {
  auto strategy = op.getStrategy();
  if (!strategy || !strategy->getPaired() ||
      (op.getKind() == KernelKind::Contraction &&
       input.getElementType().isInteger(8) &&
       op.getAccumulatorType().isInteger(32) && !op.getUnsignedInput()))
    return success();
  return op.emitOpError("expected pairs of words only of a contraction of "
                        "signed bytes with sums of 32 bits, but got ")
         << input << " and " << op.getAccumulatorType();
}

/// (C13): which products may be left out.
static LogicalResult verifyZeroPads(KernelOp op, ShapedType input) {
  auto pads = op.getZeroPads();
  if (!pads)
    return success();
  if (op.getKind() != KernelKind::Contraction ||
      !input.getElementType().isInteger())
    return op.emitOpError("expected zero pads of a contraction of integers "
                          "only, but got ")
           << input;
  bool fits = pads->size() == 4 &&
              llvm::all_of(*pads, [](int64_t pad) { return pad >= 0; });
  if (!fits || (*pads)[0] > input.getDimSize(1) - (*pads)[2] ||
      (*pads)[1] > input.getDimSize(2) - (*pads)[3])
    return op.emitOpError("expected as zero pads [top, left, bottom, right] in "
                          "the input ")
           << input << ", but got [" << *pads << "]";
  return success();
}

LogicalResult KernelOp::verify() {
  auto input = cast<ShapedType>(getInput().getType());
  auto init = cast<ShapedType>(getInit().getType());
  if (input.getRank() != 4 || init.getRank() != 4) // (C1)
    return emitOpError("expected input and init of rank 4, but got ")
           << input << " and " << init;
  if (getKind() == KernelKind::Contraction &&
      (!getWeight() || !getStrategy())) // (C2)
    return emitOpError("expected a weight and a strategy");
  if (getKind() == KernelKind::Depthwise &&
      (!getWeight() || !getDepthwiseStrategy())) // (C2)
    return emitOpError("expected a weight and a depthwise strategy");
  if (getEpilogue().front().getNumArguments() == 0)
    return emitOpError("expected the accumulator as the epilogue's first "
                       "argument");
  if (failed(verifyEpilogue(*this))) // (C3)
    return failure();
  for (Value residual : getResiduals()) // (C4)
    if (cast<ShapedType>(residual.getType()).getShape() != init.getShape())
      return emitOpError("expected residuals of init's shape, but got ")
             << residual.getType() << " for " << init;
  if (failed(verifyRowParams(*this, init)) ||   // (C5)
      failed(verifyRowMax(*this, input, init))) // (C6)
    return failure();
  if (failed(verifyPacked(*this, init)) ||    // (C7), (C12)
      failed(verifyStrategy(*this, input)) || // (C9), (C10)
      failed(verifyTables(*this, init)) ||    // (C11)
      failed(verifyHalves(*this)) ||          // (C15)
      failed(verifyZeroPads(*this, input)) || // (C13)
      failed(verifyPairs(*this, input)))      // (C14)
    return failure();
  return verifyDepthwiseWeight(*this); // (C8)
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// (C1): as many factors as lanes times products per lane.
static LogicalResult verifyDot(Operation *op, int64_t perLane) {
  int64_t lanes = cast<VectorType>(op->getOperand(0).getType()).getDimSize(0);
  int64_t factors = cast<VectorType>(op->getOperand(1).getType()).getDimSize(0);
  if (factors == lanes * perLane)
    return success();
  return op->emitOpError("expected ") << lanes * perLane << " factors for "
                                      << lanes << " lanes, but got " << factors;
}

LogicalResult Dot4Op::verify() { return verifyDot(*this, 4); }

LogicalResult Dot2Op::verify() { return verifyDot(*this, 2); }

/// (C1): as many factors, and lanes, as the instruction has.
static LogicalResult verifyDotSize(Operation *op, int64_t size, int64_t count,
                                   StringRef text) {
  int64_t lanes = cast<VectorType>(op->getOperand(0).getType()).getDimSize(0);
  int64_t factors = cast<VectorType>(op->getOperand(1).getType()).getDimSize(0);
  if (lanes == count && factors == size)
    return success();
  return op->emitOpError("expected ")
         << size << " factors for " << text << ", but got " << factors
         << " for " << lanes;
}

LogicalResult MmlaOp::verify() {
  return verifyDotSize(*this, 16, 4, "4 lanes");
}

LogicalResult AlternateBytesOp::verify() {
  int64_t bytes = cast<VectorType>(getBytes().getType()).getDimSize(0);
  int64_t words = cast<VectorType>(getType()).getDimSize(0);
  if (bytes != 2 * words) // (C1)
    return emitOpError("expected ") << 2 * words << " bytes for " << words
                                    << " words, but got " << bytes;
  return success();
}

LogicalResult ReduceDotOp::verify() {
  return verifyDotSize(*this, 16, 1, "one lane");
}

LogicalResult MultiplyHighOp::verify() {
  if (getShift() != 31 && getShift() != 32) // (C1)
    return emitOpError("expected a shift of 31 or 32, but got ")
           << int32_t(getShift());
  return success();
}

/// (C1) of ops on tiles: rows, and bytes of a row.
static LogicalResult verifyTile(Operation *op, Type type) {
  auto tile = cast<VectorType>(type);
  int64_t bits = tile.getDimSize(1) * tile.getElementTypeBitWidth();
  if (tile.getDimSize(0) <= kTileRows && bits <= 8 * kTileRowBytes &&
      bits % 32 == 0)
    return success();
  return op->emitOpError("expected tiles of at most ")
         << kTileRows << " rows of at most " << kTileRowBytes
         << " bytes, in whole 32-bit words, but got " << type;
}

/// The constraints of moving a tile from or to memory.
static LogicalResult verifyTileMove(Operation *op, Type tile, Type memory,
                                    int64_t stride) {
  if (failed(verifyTile(op, tile))) // (C1)
    return failure();
  if (getElementTypeOrSelf(tile) != getElementTypeOrSelf(memory) ||
      stride < 0) // (C2)
    return op->emitOpError("expected elements of one type and a stride that is "
                           "not negative, but got ")
           << tile << ", " << memory << " and " << stride;
  return success();
}

LogicalResult TileLoadOp::verify() {
  return verifyTileMove(*this, getTile().getType(), getSource().getType(),
                        getStride());
}

LogicalResult TileStoreOp::verify() {
  return verifyTileMove(*this, getTile().getType(), getDestination().getType(),
                        getStride());
}

LogicalResult TileMmaOp::verify() {
  for (Type type : getOperandTypes()) // (C1)
    if (failed(verifyTile(*this, type)))
      return failure();
  ArrayRef<int64_t> acc = cast<VectorType>(getAcc().getType()).getShape();
  ArrayRef<int64_t> lhs = cast<VectorType>(getLhs().getType()).getShape();
  ArrayRef<int64_t> rhs = cast<VectorType>(getRhs().getType()).getShape();
  if (lhs[0] != acc[0] || lhs[1] != 4 * rhs[0] || rhs[1] != 4 * acc[1]) // (C2)
    return emitOpError("expected factors of M x 4K and K x 4N for sums of M x "
                       "N, but got ")
           << getLhs().getType() << " and " << getRhs().getType() << " for "
           << getAcc().getType();
  return success();
}

LogicalResult RescaleAddOp::verify() {
  for (uint32_t multiplier : {getLhsMultiplier(), getRhsMultiplier()})
    if (!llvm::isInt<24>(int32_t(multiplier))) // (C1)
      return emitOpError("expected multipliers of 24 bits, but got ")
             << int32_t(multiplier);
  if (getShift() > 31) // (C2)
    return emitOpError("expected a shift in [0, 31], but got ")
           << int32_t(getShift());
  return success();
}

LogicalResult LookupOp::verify() {
  if (getTable().size() != 256) // (C1)
    return emitOpError("expected a table of 256 entries, but got ")
           << getTable().size();
  return success();
}

LogicalResult UnpackOp::verify() {
  int64_t bits = getElementTypeOrSelf(getType()).getIntOrFloatBitWidth();
  int64_t bit = getBit(), width = getWidth();
  if (bit < 0 || width < 1 || bit + width > bits) // (C1)
    return emitOpError("expected bits within elements of ")
           << bits << " bits, but got " << width << " from " << bit;
  return success();
}

LogicalResult ExpandOp::verify() {
  auto mask = cast<VectorType>(getMask().getType());
  if (mask.getShape() != cast<VectorType>(getType()).getShape()) // (C1)
    return emitOpError("expected as many elements of the mask as lanes, but "
                       "got ")
           << mask << " for " << getType();
  return success();
}

LogicalResult PickOp::verify() {
  auto table = cast<VectorType>(getTable().getType());
  auto index = cast<VectorType>(getIndex().getType());
  if (table.getDimSize(0) != 8 && table.getDimSize(0) != 16) // (C1)
    return emitOpError("expected a table of 8 or 16 entries, but got ")
           << table;
  if (cast<VectorType>(getType()).getShape() != index.getShape()) // (C2)
    return emitOpError("expected as many results as indices, but got ")
           << getType() << " for " << index;
  return success();
}
