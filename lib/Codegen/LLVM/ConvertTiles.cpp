//===- ConvertTiles.cpp - Products of tiles -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Tiles are vectors of two dimensions until here. With tile instructions they
/// become values of an opaque type, which loops carry in registers; without,
/// each row is a vector of its own.
///
//===----------------------------------------------------------------------===//

#include "ConvertTiles.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;

//===----------------------------------------------------------------------===//
// Tile instructions
//===----------------------------------------------------------------------===//

static Value constant(OpBuilder &b, Location loc, int64_t value,
                      unsigned bits) {
  return LLVM::ConstantOp::create(b, loc, b.getIntegerType(bits), value);
}

/// The rows of a tile and the bytes of one, as intrinsics take them.
static SmallVector<Value> getSize(OpBuilder &b, Location loc, Type type) {
  auto tile = cast<VectorType>(type);
  int64_t bytes = tile.getDimSize(1) * tile.getElementTypeBitWidth() / 8;
  return {constant(b, loc, tile.getDimSize(0), 16),
          constant(b, loc, bytes, 16)};
}

/// The operands that say which rows in memory a tile has.
static SmallVector<Value> getRows(OpBuilder &b, Location loc, Type tile,
                                  Value memory, Value offset, int64_t stride) {
  auto type = cast<MemRefType>(memory.getType());
  LLVMTypeConverter converter(b.getContext());
  Value descriptor = UnrealizedConversionCastOp::create(
                         b, loc, converter.convertType(type), memory)
                         .getResult(0);
  Value at = arith::IndexCastOp::create(b, loc, b.getI64Type(), offset);
  SmallVector<Value> operands = getSize(b, loc, tile);
  operands.push_back(
      LLVM::getStridedElementPtr(b, loc, converter, type, descriptor, at));
  operands.push_back(
      constant(b, loc, stride * type.getElementTypeBitWidth() / 8, 64));
  return operands;
}

namespace {
/// What the patterns share: names, and the type of a tile.
template <typename Op> struct TilePattern : public OpConversionPattern<Op> {
  TilePattern(const TypeConverter &converter, MLIRContext *context,
              const TileIntrinsics &names, Type tile)
      : OpConversionPattern<Op>(converter, context), names(names), tile(tile) {}

  /// A call that makes a tile.
  Value call(OpBuilder &b, Location loc, StringRef name,
             ValueRange operands) const {
    return LLVM::CallIntrinsicOp::create(b, loc, tile, b.getStringAttr(name),
                                         operands)
        .getResult(0);
  }

  TileIntrinsics names;
  Type tile;
};

struct LoadPattern : public TilePattern<qvec::TileLoadOp> {
  using TilePattern::TilePattern;
  LogicalResult
  matchAndRewrite(qvec::TileLoadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> rows =
        getRows(rewriter, op.getLoc(), op.getTile().getType(), op.getSource(),
                adaptor.getOffset(), op.getStride());
    rewriter.replaceOp(op, call(rewriter, op.getLoc(), names.load, rows));
    return success();
  }
};

struct StorePattern : public TilePattern<qvec::TileStoreOp> {
  using TilePattern::TilePattern;
  LogicalResult
  matchAndRewrite(qvec::TileStoreOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> operands =
        getRows(rewriter, op.getLoc(), op.getTile().getType(),
                op.getDestination(), adaptor.getOffset(), op.getStride());
    operands.push_back(adaptor.getTile());
    rewriter.replaceOpWithNewOp<LLVM::CallIntrinsicOp>(
        op, rewriter.getStringAttr(names.store), operands);
    return success();
  }
};

struct MmaPattern : public TilePattern<qvec::TileMmaOp> {
  using TilePattern::TilePattern;
  LogicalResult
  matchAndRewrite(qvec::TileMmaOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SmallVector<Value> operands = getSize(rewriter, loc, op.getType());
    operands.push_back(getSize(rewriter, loc, op.getLhs().getType())[1]);
    llvm::append_range(operands, adaptor.getOperands());
    StringRef name =
        op.getUnsignedLhs() ? names.multiplyUnsigned : names.multiplySigned;
    rewriter.replaceOp(op, call(rewriter, loc, name, operands));
    return success();
  }
};
} // namespace

/// Makes instructions of the tile ops of a function, and opaque values of the
/// tiles that its loops carry.
static LogicalResult convertToInstructions(func::FuncOp func,
                                           const TileIntrinsics &names) {
  MLIRContext *context = func.getContext();
  Type tile = parseType(names.type, context);
  TypeConverter converter;
  converter.addConversion([](Type type) { return type; });
  // Other vectors have one dimension.
  converter.addConversion([=](VectorType type) -> std::optional<Type> {
    if (type.getRank() == 2)
      return tile;
    return std::nullopt;
  });
  RewritePatternSet patterns(context);
  patterns.add<LoadPattern, StorePattern, MmaPattern>(converter, context, names,
                                                      tile);
  ConversionTarget target(*context);
  target.addIllegalOp<qvec::TileLoadOp, qvec::TileStoreOp, qvec::TileMmaOp>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);
  return applyPartialConversion(func, target, std::move(patterns));
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

/// Replaces `op`, with each row loaded as a vector.
static Value lowerLoad(OpBuilder &b, qvec::TileLoadOp op) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getTile().getType());
  auto row = VectorType::get({type.getDimSize(1)}, type.getElementType());
  Value tile = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  for (int64_t m = 0; m < type.getDimSize(0); ++m) {
    Value distance =
        arith::ConstantIndexOp::create(b, loc, m * int64_t(op.getStride()));
    Value at = arith::AddIOp::create(b, loc, op.getOffset(), distance);
    Value loaded = vector::LoadOp::create(b, loc, row, op.getSource(), at);
    tile = vector::InsertOp::create(b, loc, loaded, tile, m);
  }
  return tile;
}

static void lowerStore(OpBuilder &b, qvec::TileStoreOp op) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getTile().getType());
  for (int64_t m = 0; m < type.getDimSize(0); ++m) {
    Value distance =
        arith::ConstantIndexOp::create(b, loc, m * int64_t(op.getStride()));
    Value at = arith::AddIOp::create(b, loc, op.getOffset(), distance);
    Value row = vector::ExtractOp::create(b, loc, op.getTile(), m);
    vector::StoreOp::create(b, loc, row, op.getDestination(), at);
  }
}

/// Part of a vector.
static Value slice(OpBuilder &b, Location loc, Value vector, int64_t first,
                   int64_t size) {
  return vector::ExtractStridedSliceOp::create(
      b, loc, vector, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{size},
      ArrayRef<int64_t>{1});
}

/// The four bytes of a row from `first`, for each of `lanes` lanes.
static Value repeatStep(OpBuilder &b, Location loc, Value row, int64_t first,
                        int64_t lanes) {
  auto one = VectorType::get({1}, b.getI32Type());
  Value word =
      vector::BitCastOp::create(b, loc, one, slice(b, loc, row, first, 4));
  Value words = vector::BroadcastOp::create(
      b, loc, VectorType::get({lanes}, b.getI32Type()),
      vector::ExtractOp::create(b, loc, word, 0));
  return vector::BitCastOp::create(
      b, loc, VectorType::get({4 * lanes}, b.getI8Type()), words);
}

/// A dot product of each row of sums, in vectors of at most `most` lanes, and
/// each row of the second factor.
static Value lowerMma(OpBuilder &b, qvec::TileMmaOp op, int64_t most) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getType());
  int64_t steps = cast<VectorType>(op.getRhs().getType()).getDimSize(0);
  int64_t columns = type.getDimSize(1);
  int64_t lanes = columns % most == 0 ? most : columns;
  Value result = op.getAcc();
  for (int64_t m = 0; m < type.getDimSize(0); ++m) {
    Value sums = vector::ExtractOp::create(b, loc, op.getAcc(), m);
    Value x = vector::ExtractOp::create(b, loc, op.getLhs(), m);
    for (int64_t n = 0; n < columns; n += lanes) {
      Value sum = slice(b, loc, sums, n, lanes);
      for (int64_t k = 0; k < steps; ++k) {
        Value w = vector::ExtractOp::create(b, loc, op.getRhs(), k);
        sum = qvec::Dot4Op::create(
            b, loc, sum.getType(), sum, repeatStep(b, loc, x, 4 * k, lanes),
            slice(b, loc, w, 4 * n, 4 * lanes), op.getUnsignedLhs());
      }
      sums = vector::InsertStridedSliceOp::create(
          b, loc, sum, sums, ArrayRef<int64_t>{n}, ArrayRef<int64_t>{1});
    }
    result = vector::InsertOp::create(b, loc, sums, result, m);
  }
  return result;
}

/// Makes vectors and dot products of the tile ops of a function.
static void convertToVectors(func::FuncOp func, int64_t lanes) {
  SmallVector<Operation *> ops;
  func.walk([&](Operation *op) {
    if (isa<qvec::TileLoadOp, qvec::TileStoreOp, qvec::TileMmaOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    OpBuilder b(op);
    if (auto load = dyn_cast<qvec::TileLoadOp>(op))
      load.replaceAllUsesWith(lowerLoad(b, load));
    else if (auto mma = dyn_cast<qvec::TileMmaOp>(op))
      mma.replaceAllUsesWith(lowerMma(b, mma, lanes));
    else
      lowerStore(b, cast<qvec::TileStoreOp>(op));
    op->erase();
  }
}

LogicalResult quantopt::convertTiles(ModuleOp module) {
  for (auto func : module.getOps<func::FuncOp>()) {
    std::optional<TileIntrinsics> names = getTileIntrinsics(func);
    if (!names)
      convertToVectors(func, getTargetLevel(func).getLanes());
    else if (failed(convertToInstructions(func, *names)))
      return failure();
  }
  return success();
}
