//===- ScalarizeVectors.cpp - One value for each lane ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Vectors become as many scalars. Ops that only move lanes vanish, those that
/// compute on them are repeated.
///
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/DialectConversion.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {
#define GEN_PASS_DEF_SCALARIZEVECTORS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

using LaneBuilder = mlir::ImplicitLocOpBuilder;
/// The lanes of each operand; one for what is no vector.
using Operands = ArrayRef<ValueRange>;
using Lanes = SmallVector<Value>;

/// The number of lanes of a vector of rank 1, 0 for other types.
static int64_t countLanes(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  bool isPlain = vector && vector.getRank() == 1 && !vector.isScalable();
  return isPlain ? vector.getNumElements() : 0;
}

static Type getElement(Value vector) {
  return getElementTypeOrSelf(vector.getType());
}

//===----------------------------------------------------------------------===//
// Ops that move lanes: makeLanes(op) is empty for a form without rule
//===----------------------------------------------------------------------===//

static Lanes makeLanes(arith::ConstantOp op, Operands, LaneBuilder &b) {
  Lanes lanes;
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!elements)
    return lanes;
  for (Attribute element : elements.getValues<Attribute>())
    lanes.push_back(arith::ConstantOp::create(b, cast<TypedAttr>(element)));
  return lanes;
}

static Lanes makeLanes(vector::BroadcastOp op, Operands operands,
                       LaneBuilder &) {
  if (operands[0].size() != 1)
    return {};
  return Lanes(countLanes(op.getType()), operands[0].front());
}

static Lanes makeLanes(vector::ShuffleOp op, Operands operands,
                       LaneBuilder &b) {
  Lanes both(operands[0]), lanes;
  llvm::append_range(both, operands[1]);
  for (int64_t lane : op.getMask()) {
    // Any value will do.
    if (lane == vector::ShuffleOp::kPoisonIndex)
      lane = 0;
    lanes.push_back(both[lane]);
  }
  return lanes;
}

static Lanes makeLanes(vector::ExtractOp op, Operands operands, LaneBuilder &) {
  if (op.hasDynamicPosition() || op.getStaticPosition().size() != 1)
    return {};
  return {operands[0][op.getStaticPosition().front()]};
}

static Lanes makeLanes(vector::InsertOp op, Operands operands, LaneBuilder &) {
  if (op.hasDynamicPosition() || op.getStaticPosition().size() != 1)
    return {};
  Lanes lanes(operands[1]);
  lanes[op.getStaticPosition().front()] = operands[0].front();
  return lanes;
}

/// A number of an attribute of a slice of rank 1.
static int64_t getNumber(ArrayAttr numbers) {
  return cast<IntegerAttr>(numbers[0]).getInt();
}

static Lanes makeLanes(vector::ExtractStridedSliceOp op, Operands operands,
                       LaneBuilder &) {
  return Lanes(
      operands[0].slice(getNumber(op.getOffsets()), getNumber(op.getSizes())));
}

static Lanes makeLanes(vector::InsertStridedSliceOp op, Operands operands,
                       LaneBuilder &) {
  Lanes lanes(operands[1]);
  llvm::copy(operands[0], lanes.begin() + getNumber(op.getOffsets()));
  return lanes;
}

static Lanes makeLanes(vector::FromElementsOp, Operands operands,
                       LaneBuilder &) {
  Lanes lanes;
  for (ValueRange operand : operands)
    lanes.push_back(operand.front());
  return lanes;
}

static Lanes makeLanes(vector::StepOp op, Operands, LaneBuilder &b) {
  Lanes lanes;
  for (int64_t i = 0; i < countLanes(op.getType()); ++i)
    lanes.push_back(arith::ConstantIndexOp::create(b, i));
  return lanes;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Indices of an element that lies `lane` behind others.
static Lanes advance(LaneBuilder &b, ValueRange indices, Value lane) {
  Lanes result(indices);
  result.back() = arith::AddIOp::create(b, result.back(), lane);
  return result;
}

static Lanes advance(LaneBuilder &b, ValueRange indices, int64_t lane) {
  return advance(b, indices, arith::ConstantIndexOp::create(b, lane));
}

static Lanes makeLanes(vector::LoadOp op, Operands, LaneBuilder &b) {
  Lanes lanes;
  for (int64_t i = 0; i < countLanes(op.getType()); ++i)
    lanes.push_back(memref::LoadOp::create(b, op.getBase(),
                                           advance(b, op.getIndices(), i)));
  return lanes;
}

/// Loads an element if the mask is set, else gives what stands in for it.
static Value loadMasked(LaneBuilder &b, Value mask, Value base,
                        ValueRange indices, Value other) {
  auto branch = scf::IfOp::create(b, other.getType(), mask, /*addThen=*/true,
                                  /*addElse=*/true);
  mlir::OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(branch.thenBlock());
  scf::YieldOp::create(b, Value(memref::LoadOp::create(b, base, indices)));
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, other);
  return branch.getResult(0);
}

static Lanes makeLanes(vector::MaskedLoadOp op, Operands operands,
                       LaneBuilder &b) {
  ValueRange mask = operands[operands.size() - 2], other = operands.back();
  Lanes lanes;
  for (int64_t i = 0; i < countLanes(op.getType()); ++i)
    lanes.push_back(loadMasked(b, mask[i], op.getBase(),
                               advance(b, op.getIndices(), i), other[i]));
  return lanes;
}

static Lanes makeLanes(vector::GatherOp op, Operands operands, LaneBuilder &b) {
  size_t count = operands.size();
  ValueRange at = operands[count - 3], mask = operands[count - 2],
             other = operands.back();
  Lanes lanes;
  for (size_t i = 0; i < other.size(); ++i) {
    Value lane = at[i];
    if (!lane.getType().isIndex())
      lane = arith::IndexCastOp::create(b, b.getIndexType(), lane);
    lanes.push_back(loadMasked(b, mask[i], op.getBase(),
                               advance(b, op.getOffsets(), lane), other[i]));
  }
  return lanes;
}

static void storeLanes(vector::StoreOp op, Operands operands, LaneBuilder &b) {
  for (auto [i, lane] : llvm::enumerate(operands[0]))
    memref::StoreOp::create(b, lane, op.getBase(),
                            advance(b, op.getIndices(), int64_t(i)));
}

static void storeLanes(vector::MaskedStoreOp op, Operands operands,
                       LaneBuilder &b) {
  ValueRange mask = operands[operands.size() - 2];
  for (auto [i, lane] : llvm::enumerate(operands.back())) {
    auto branch = scf::IfOp::create(b, mask[i], /*withElseRegion=*/false);
    mlir::OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    memref::StoreOp::create(b, lane, op.getBase(),
                            advance(b, op.getIndices(), int64_t(i)));
  }
}

//===----------------------------------------------------------------------===//
// Ops that compute across lanes
//===----------------------------------------------------------------------===//

/// The bits of a value under an integer or float type of the same width.
static Value castBits(LaneBuilder &b, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return arith::BitcastOp::create(b, type, value);
}

/// Lane 0 of the narrower elements has the lowest bits.
static Lanes makeLanes(vector::BitCastOp op, Operands operands,
                       LaneBuilder &b) {
  Type from = getElement(op.getSource()), to = getElement(op.getResult());
  if (!from.isIntOrFloat() || !to.isIntOrFloat())
    return {};
  int64_t fromBits = from.getIntOrFloatBitWidth(),
          toBits = to.getIntOrFloatBitWidth();
  Type source = b.getIntegerType(fromBits), result = b.getIntegerType(toBits);
  auto shift = [&](Type type, int64_t count) {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, count));
  };
  Lanes lanes;
  for (size_t i = 0; i < operands[0].size();) {
    Value bits = castBits(b, operands[0][i++], source);
    if (fromBits == toBits) {
      lanes.push_back(castBits(b, bits, to));
    } else if (fromBits < toBits) {
      Value whole = arith::ExtUIOp::create(b, result, bits);
      for (int64_t at = fromBits; at < toBits; at += fromBits) {
        Value part = arith::ExtUIOp::create(
            b, result, castBits(b, operands[0][i++], source));
        part = arith::ShLIOp::create(b, part, shift(result, at));
        whole = arith::OrIOp::create(b, whole, part);
      }
      lanes.push_back(castBits(b, whole, to));
    } else {
      for (int64_t at = 0; at < fromBits; at += toBits) {
        Value part = arith::ShRUIOp::create(b, bits, shift(source, at));
        part = arith::TruncIOp::create(b, result, part);
        lanes.push_back(castBits(b, part, to));
      }
    }
  }
  return lanes;
}

/// From the first lane to the last, as without leave to reassociate.
static Lanes makeLanes(vector::ReductionOp op, Operands operands,
                       LaneBuilder &b) {
  Lanes parts;
  if (op.getAcc())
    parts.push_back(op.getAcc());
  llvm::append_range(parts, operands[0]);
  Value result = parts.front();
  for (Value part : llvm::drop_begin(parts))
    result = vector::makeArithReduction(b, b.getLoc(), op.getKind(), result,
                                        part, op.getFastmathAttr());
  return {result};
}

/// Adds `group` products of neighbouring lanes to each sum.
static Lanes addProducts(Operands operands, bool unsignedLhs, LaneBuilder &b) {
  ValueRange sums = operands[0], lhs = operands[1], rhs = operands[2];
  size_t group = lhs.size() / sums.size();
  Type i32 = b.getI32Type();
  Lanes lanes(sums);
  for (size_t i = 0; i < lhs.size(); ++i) {
    Value x = unsignedLhs ? Value(arith::ExtUIOp::create(b, i32, lhs[i]))
                          : Value(arith::ExtSIOp::create(b, i32, lhs[i]));
    Value y = arith::ExtSIOp::create(b, i32, rhs[i]);
    Value &sum = lanes[i / group];
    sum = arith::AddIOp::create(b, sum, arith::MulIOp::create(b, x, y));
  }
  return lanes;
}

static Lanes makeLanes(qvec::Dot4Op op, Operands operands, LaneBuilder &b) {
  return addProducts(operands, op.getUnsignedLhs(), b);
}

static Lanes makeLanes(qvec::Dot2Op, Operands operands, LaneBuilder &b) {
  return addProducts(operands, /*unsignedLhs=*/false, b);
}

static Lanes makeLanes(qvec::ReduceDotOp, Operands operands, LaneBuilder &b) {
  return addProducts(operands, /*unsignedLhs=*/false, b);
}

static Lanes makeLanes(qvec::UnpackOp op, Operands operands, LaneBuilder &b) {
  Type type = getElement(op.getPacked());
  auto constant = [&](int64_t value) {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  };
  Value bit = constant(op.getBit());
  Value mask = constant((int64_t(1) << op.getWidth()) - 1);
  Lanes lanes;
  for (Value packed : operands[0]) {
    Value moved = arith::ShRUIOp::create(b, packed, bit);
    lanes.push_back(arith::AndIOp::create(b, moved, mask));
  }
  return lanes;
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
/// Replaces an op by what `makeLanes` makes of it.
template <typename OpT> struct LanesPattern : public OpConversionPattern<OpT> {
  using OpConversionPattern<OpT>::OpConversionPattern;
  using typename OpConversionPattern<OpT>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(OpT op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    LaneBuilder b(op.getLoc(), rewriter);
    Lanes lanes = makeLanes(op, Operands(adaptor.getOperands()), b);
    if (lanes.empty())
      return rewriter.notifyMatchFailure(op, "no rule for this form");
    rewriter.replaceOpWithMultiple(op, {lanes});
    return success();
  }
};

/// Replaces a store by one of each lane.
template <typename OpT> struct StorePattern : public OpConversionPattern<OpT> {
  using OpConversionPattern<OpT>::OpConversionPattern;
  using typename OpConversionPattern<OpT>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(OpT op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    LaneBuilder b(op.getLoc(), rewriter);
    storeLanes(op, Operands(adaptor.getOperands()), b);
    rewriter.eraseOp(op);
    return success();
  }
};

/// Repeats an op that computes lane by lane.
struct ElementwisePattern : public ConversionPattern {
  ElementwisePattern(const TypeConverter &converter, MLIRContext *context)
      : ConversionPattern(converter, MatchAnyOpTypeTag(), /*benefit=*/1,
                          context) {}

  LogicalResult
  matchAndRewrite(Operation *op, Operands operands,
                  ConversionPatternRewriter &rewriter) const override {
    if (!OpTrait::hasElementwiseMappableTraits(op) || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "is not element by element");
    Type type = op->getResult(0).getType();
    Lanes lanes;
    for (int64_t i = 0; i < countLanes(type); ++i) {
      Lanes parts;
      for (ValueRange operand : operands)
        parts.push_back(operand.size() == 1 ? operand.front() : operand[i]);
      Operation *lane =
          rewriter.create(op->getLoc(), op->getName().getIdentifier(), parts,
                          getElementTypeOrSelf(type), op->getAttrs());
      lanes.push_back(lane->getResult(0));
    }
    rewriter.replaceOpWithMultiple(op, {lanes});
    return success();
  }
};

struct ScalarizeVectorsPass
    : public quantopt::impl::ScalarizeVectorsBase<ScalarizeVectorsPass> {
  void runOnOperation() override;
};
} // namespace

/// Adds the pattern of each op in the list.
template <template <typename> class Pattern, typename... Ops>
static void addPatterns(const TypeConverter &converter,
                        mlir::RewritePatternSet &patterns) {
  (patterns.add<Pattern<Ops>>(converter, patterns.getContext()), ...);
}

void ScalarizeVectorsPass::runOnOperation() {
  // Hints, whose addresses would stay as dead code.
  getOperation().walk([](memref::PrefetchOp op) { op.erase(); });
  MLIRContext *context = &getContext();
  TypeConverter converter;
  converter.addConversion([](Type type) { return type; });
  converter.addConversion(
      [](VectorType type,
         SmallVectorImpl<Type> &lanes) -> std::optional<LogicalResult> {
        if (countLanes(type) == 0)
          return failure();
        lanes.append(countLanes(type), type.getElementType());
        return success();
      });
  mlir::RewritePatternSet patterns(context);
  mlir::ConversionTarget target(*context);
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);
  patterns.add<ElementwisePattern>(converter, context);
  addPatterns<LanesPattern, arith::ConstantOp, qvec::Dot2Op, qvec::Dot4Op,
              qvec::ReduceDotOp, qvec::UnpackOp, vector::BitCastOp,
              vector::BroadcastOp, vector::ExtractOp,
              vector::ExtractStridedSliceOp, vector::FromElementsOp,
              vector::GatherOp, vector::InsertOp, vector::InsertStridedSliceOp,
              vector::LoadOp, vector::MaskedLoadOp, vector::ReductionOp,
              vector::ShuffleOp, vector::StepOp>(converter, patterns);
  addPatterns<StorePattern, vector::StoreOp, vector::MaskedStoreOp>(converter,
                                                                    patterns);
  target.markUnknownOpDynamicallyLegal([](Operation *op) {
    auto isVector = [](Type type) { return isa<VectorType>(type); };
    return llvm::none_of(op->getOperandTypes(), isVector) &&
           llvm::none_of(op->getResultTypes(), isVector);
  });
  if (failed(mlir::applyPartialConversion(getOperation(), target,
                                          std::move(patterns))))
    signalPassFailure();
}
