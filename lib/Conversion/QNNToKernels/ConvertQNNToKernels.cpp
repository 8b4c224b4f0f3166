//===- ConvertQNNToKernels.cpp - Lower qnn ops to kernels -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionView.h"
#include "Lowerings.h"
#include "WeightStorage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "quant-opt/Conversion/QNNToKernels/Passes.h"

namespace quantopt {
#define GEN_PASS_DEF_CONVERTQNNTOKERNELS
#include "quant-opt/Conversion/QNNToKernels/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// What is added to a raw 8-bit integer at the model's border to get the stored
/// form.
static int64_t getBorderDelta(const LoweringState &state, Type element) {
  auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(element);
  Type storage = quantized ? quantized.getStorageType() : element;
  auto integer = dyn_cast<IntegerType>(storage);
  if (!integer || integer.getWidth() != 8)
    return 0;
  return state.target.getActivationOffset() - (integer.isUnsigned() ? 128 : 0);
}

/// `destination[i] = tensor[i] + delta` on bytes.
static Value addDelta(LoweringState &state, Value tensor, Value destination,
                      int64_t delta, Location loc) {
  OpBuilder &b = state.builder;
  if (delta == 0)
    return linalg::CopyOp::create(b, loc, tensor, destination).getResult(0);
  unsigned rank = cast<RankedTensorType>(tensor.getType()).getRank();
  AffineMap map = AffineMap::getMultiDimIdentityMap(rank, b.getContext());
  SmallVector<utils::IteratorType> kinds(rank, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, destination.getType(), tensor, destination,
      ArrayRef<AffineMap>{map, map}, kinds,
      [&](OpBuilder &in, Location l, ValueRange args) {
        Value c = arith::ConstantOp::create(in, l,
                                            in.getI8IntegerAttr(int8_t(delta)));
        linalg::YieldOp::create(
            in, l, arith::AddIOp::create(in, l, args[0], c).getResult());
      });
  return generic.getResult(0);
}

/// Whether all that reads the bytes are products that read no further than
/// their ends: other kernels may read a few bytes more.
static bool isReadExactly(const LoweringState &state, Value value) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (isa<qnn::StorageCastOp>(user))
      return isReadExactly(state, user->getResult(0));
    if (!isa<qnn::ContractionOpInterface>(user) || !isKernelRoot(user))
      return false;
    ContractionView view = getContractionView(user);
    return view.isInteger() && !view.isDepthwise() &&
           !isPackedContraction(state.target, view) && !state.getMasks(user) &&
           view.weightShape[3] % view.getLongestStep(state.target) == 0;
  });
}

/// Gives the function plain storage types and lowers its arguments.
static void lowerArguments(LoweringState &state, func::FuncOp func) {
  Location loc = func.getLoc();
  for (BlockArgument argument : func.getArguments()) {
    Type original = argument.getType();
    Type element = cast<RankedTensorType>(original).getElementType();
    RankedTensorType plain = state.getLoweredType(original);
    // Uses by qnn ops go through the state; the argument itself is only read
    // here.
    unsigned bits = plain.getElementTypeBitWidth();
    if (!plain.getElementType().isInteger() || (bits != 8 && bits != 16)) {
      state.setView(argument, argument, loc);
      continue;
    }
    int64_t delta = getBorderDelta(state, element);
    bool inPlace = delta == 0 && !state.hasPads(argument) &&
                   isReadExactly(state, argument);
    Value raw =
        UnrealizedConversionCastOp::create(state.builder, loc, plain, argument)
            .getResult(0);
    if (inPlace) {
      state.setView(argument, raw, loc);
      continue;
    }
    Value destination = state.getDestination(argument, loc);
    Value stored = addDelta(state, raw, destination, delta, loc);
    state.set(argument, stored, loc);
  }
}

static void lowerReturn(LoweringState &state, func::ReturnOp op) {
  Location loc = op.getLoc();
  SmallVector<Value> results;
  for (Value value : op.getOperands()) {
    Type element = cast<RankedTensorType>(value.getType()).getElementType();
    Value lowered = state.get(value, loc);
    int64_t delta = getBorderDelta(state, element);
    if (delta != 0) {
      Value out = state.empty(state.getLoweredType(value.getType()), loc);
      lowered = addDelta(state, lowered, out, -delta, loc);
    }
    results.push_back(lowered);
  }
  func::ReturnOp::create(state.builder, loc, results);
}

/// Whether a constant is a weight everywhere: those are packed, not stored.
static bool isWeightOnly(Operation *op) {
  return llvm::all_of(op->getUses(), [](OpOperand &use) {
    auto contraction = dyn_cast<qnn::ContractionOpInterface>(use.getOwner());
    return contraction && isKernelRoot(use.getOwner()) &&
           &contraction.getWeightOperand() == &use;
  });
}

/// Replaces the real values of quantized constants that are no weights by float
/// constants.
static void expandConstants(Block &body) {
  for (qnn::DequantizeOp op :
       llvm::make_early_inc_range(body.getOps<qnn::DequantizeOp>())) {
    auto constant = op.getInput().getDefiningOp<qnn::ConstantOp>();
    if (!constant)
      continue;
    op.emitRemark("a constant of type ")
        << constant.getType() << " that is not the weight of a kernel is "
        << "expanded to f32";
    OpBuilder b(op);
    auto values =
        DenseElementsAttr::get(cast<RankedTensorType>(op.getType()),
                               ArrayRef(qnn::dequantizeConstant(constant)));
    op.replaceAllUsesWith(
        arith::ConstantOp::create(b, op.getLoc(), values).getResult());
    op.erase();
  }
}

/// Records a quantized constant whose integers are used as such.
static LogicalResult lowerQuantized(LoweringState &state, qnn::ConstantOp op) {
  if (isWeightOnly(op))
    return success();
  Type element = cast<RankedTensorType>(op.getType()).getElementType();
  auto affine = dyn_cast<qnn::AffineType>(element);
  auto payload = dyn_cast<DenseElementsAttr>(op.getPayload());
  Type plain = state.builder.getI8Type();
  if (!affine || !payload ||
      affine.getStorageType().getIntOrFloatBitWidth() != 8)
    return op.emitOpError("expected a weight, 8-bit integers of one scale, or "
                          "a 'qnn.dequantize' as the only user");
  int64_t delta = getBorderDelta(state, element);
  auto stored =
      cast<DenseElementsAttr>(payload.mapValues(plain, [&](const APInt &value) {
        return value + APInt(8, uint64_t(delta) & 0xff);
      }));
  state.setView(op, state.constant(stored, op.getLoc()), op.getLoc());
  return success();
}

/// Records a tensor constant; bytes are brought to the stored form of
/// activations, as which a constant may be used.
static void lowerConstant(LoweringState &state, arith::ConstantOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  auto attr = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!type || isWeightOnly(op))
    return;
  int64_t delta = getBorderDelta(state, type.getElementType());
  if (!attr || delta == 0) {
    state.setView(op, state.builder.clone(*op)->getResult(0), op.getLoc());
    return;
  }
  auto stored = cast<DenseElementsAttr>(
      attr.mapValues(type.getElementType(), [&](const APInt &value) {
        return value + APInt(8, uint64_t(delta) & 0xff);
      }));
  state.setView(op, state.constant(stored, op.getLoc()), op.getLoc());
}

/// Whether the group only says how its bytes are called.
static bool isAlias(const FusionGroup &group) {
  return isa<qnn::StorageCastOp>(group.root) && !group.transpose &&
         llvm::all_of(group.steps, llvm::IsaPred<qnn::StorageCastOp>);
}

static LogicalResult
lowerOp(LoweringState &state, Operation &op,
        const llvm::MapVector<Operation *, FusionGroup> &groups) {
  auto found = groups.find(&op);
  if (found != groups.end()) {
    const FusionGroup &group = found->second;
    if (isAlias(group))
      return success();
    FastMath::Scope scope(state.fastMath, group.root);
    if (isa<qnn::ContractionOpInterface>(group.root))
      return lowerContraction(state, group);
    if (isKernelRoot(group.root))
      return lowerPool(state, group);
    return lowerLoopGroup(state, group);
  }
  FastMath::Scope scope(state.fastMath, &op);
  if (auto quantize = dyn_cast<qnn::QuantizeDynamicOp>(op))
    return lowerQuantizeDynamic(state, quantize);
  if (isa<qnn::ContractionOpInterface>(op))
    return lowerRuntimeContraction(state, &op);
  if (isa<qnn::SoftmaxOp, qnn::SoftmaxLookupOp, qnn::SoftmaxFixedPointOp,
          qnn::ReduceOp, qnn::MatmulOp>(op))
    return lowerReduction(state, &op);
  return lowerMovement(state, &op);
}

/// The ops that are the interior or the root of a group lowered at its tail.
static llvm::DenseSet<Operation *>
getInteriorOps(const llvm::MapVector<Operation *, FusionGroup> &groups) {
  llvm::DenseSet<Operation *> interior;
  for (const auto &[tail, group] : groups) {
    if (group.root != tail)
      interior.insert(group.root);
    for (Operation *step : group.steps)
      if (step != tail)
        interior.insert(step);
  }
  return interior;
}

static LogicalResult lowerFunction(func::FuncOp func, bool allowFastMath,
                                   WeightStorage storage) {
  Block &body = func.getBody().front();
  LoweringState state(func, getTargetLevel(func), allowFastMath);
  expandConstants(body);
  for (auto op : body.getOps<qnn::ContractionOpInterface>()) {
    if (!isKernelRoot(op))
      continue;
    if (auto masks = chooseMasks(getContractionView(op), storage))
      state.setMasks(op, *masks);
    else if (storage != WeightStorage::Smallest)
      widenWeight(state.target, op);
  }
  auto groups = findFusionGroups(body);
  llvm::DenseSet<Operation *> interior = getInteriorOps(groups);
  SmallVector<Operation *> old;
  for (Operation &op : body) {
    planPads(state, &op);
    old.push_back(&op);
  }
  state.builder.setInsertionPointToEnd(&body);
  lowerArguments(state, func);
  for (Operation *op : old) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      lowerConstant(state, constant);
      continue;
    }
    if (auto constant = dyn_cast<qnn::ConstantOp>(op)) {
      if (failed(lowerQuantized(state, constant)))
        return failure();
      continue;
    }
    if (interior.contains(op))
      continue;
    if (auto ret = dyn_cast<func::ReturnOp>(op)) {
      lowerReturn(state, ret);
      continue;
    }
    if (failed(lowerOp(state, *op, groups)))
      return failure();
  }
  for (Operation *op : llvm::reverse(old))
    op->erase();
  return success();
}

/// Whether a level of the module expands several codes at once. All levels
/// share the weights.
static bool canExpand(ModuleOp module) {
  return llvm::any_of(module.getOps<func::FuncOp>(), [](func::FuncOp func) {
    return getExpandLanes(getTargetLevel(func)) > 1;
  });
}

/// Changes the signature to plain storage types.
static void retypeSignature(func::FuncOp func) {
  Block &body = func.getBody().front();
  auto plain = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    Type element = tensor.getElementType();
    if (auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(element))
      element = quantized.getStorageType();
    if (auto integer = dyn_cast<IntegerType>(element))
      element = IntegerType::get(type.getContext(), integer.getWidth());
    return RankedTensorType::get(tensor.getShape(), element);
  };
  SmallVector<Type> inputs, results;
  for (BlockArgument argument : body.getArguments()) {
    argument.setType(plain(argument.getType()));
    inputs.push_back(argument.getType());
    for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
      if (auto cast = dyn_cast<UnrealizedConversionCastOp>(user)) {
        cast.getResult(0).replaceAllUsesWith(argument);
        cast.erase();
      }
  }
  for (Type type : func.getResultTypes())
    results.push_back(plain(type));
  func.setType(FunctionType::get(func.getContext(), inputs, results));
}

/// Describes arguments or results: name and model type.
static ArrayAttr describe(func::FuncOp func, bool inputs) {
  Builder b(func.getContext());
  SmallVector<Attribute> entries;
  TypeRange types = inputs ? TypeRange(func.getArgumentTypes())
                           : TypeRange(func.getResultTypes());
  StringRef nameAttr = qnn::QNNDialect::getNameAttrName();
  for (auto [i, type] : llvm::enumerate(types)) {
    auto name = inputs ? func.getArgAttrOfType<StringAttr>(i, nameAttr)
                       : func.getResultAttrOfType<StringAttr>(i, nameAttr);
    if (!name)
      name = b.getStringAttr((inputs ? "input" : "output") + Twine(i));
    entries.push_back(
        b.getDictionaryAttr({b.getNamedAttr("name", name),
                             b.getNamedAttr("type", TypeAttr::get(type))}));
  }
  return b.getArrayAttr(entries);
}

/// Counts ops that compute with floats.
static int64_t countFloatOps(func::FuncOp func) {
  int64_t count = 0;
  auto isFloat = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.getElementType().isF32();
  };
  func.walk([&](Operation *op) {
    if (!isa<qnn::QNNDialect>(op->getDialect()))
      return;
    count += llvm::any_of(op->getOperandTypes(), isFloat) ||
             llvm::any_of(op->getResultTypes(), isFloat);
  });
  return count;
}

/// Everything the lowering relies on, checked up front.
static LogicalResult checkFunction(func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return func.emitOpError("expected one block");
  auto check = [&](Type type) -> LogicalResult {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && tensor.hasStaticShape())
      return success();
    return func.emitOpError("expected ranked tensors of static shape at the "
                            "model's border, but got ")
           << type;
  };
  for (Type type : func.getArgumentTypes())
    if (failed(check(type)))
      return failure();
  for (Type type : func.getResultTypes())
    if (failed(check(type)))
      return failure();
  return success();
}

namespace {
struct ConvertQNNToKernelsPass
    : public quantopt::impl::ConvertQNNToKernelsBase<ConvertQNNToKernelsPass> {
  using Base::Base;
  void runOnOperation() override {
    ModuleOp module = getOperation();
    Builder b(&getContext());
    if (floatMode != "strict" && floatMode != "fast") {
      module.emitError("expected 'float' to be strict or fast, but got '")
          << floatMode << "'";
      return signalPassFailure();
    }
    auto stored = parseWeightStorage(storage);
    if (!stored) {
      module.emitError("expected 'storage' to be ")
          << getWeightStorageNames() << ", but got '" << storage << "'";
      return signalPassFailure();
    }
    // Code by code an expansion takes many times what a product does.
    if (*stored == WeightStorage::Auto && !canExpand(module))
      stored = WeightStorage::Dense;
    if (floatMode == "fast")
      module->setAttr(qvec::QVecDialect::getFastFloatAttrName(),
                      b.getUnitAttr());
    for (func::FuncOp func : module.getOps<func::FuncOp>()) {
      if (func.isExternal())
        continue;
      if (failed(checkFunction(func)))
        return signalPassFailure();
      module->setAttr(qvec::QVecDialect::getInputsAttrName(),
                      describe(func, /*inputs=*/true));
      module->setAttr(qvec::QVecDialect::getOutputsAttrName(),
                      describe(func, /*inputs=*/false));
      module->setAttr(qvec::QVecDialect::getFloatOpsAttrName(),
                      b.getI64IntegerAttr(countFloatOps(func)));
      if (failed(lowerFunction(func, floatMode == "fast", *stored)))
        return signalPassFailure();
      retypeSignature(func);
      func.walk([&](Operation *op) {
        auto kernel = dyn_cast<qvec::KernelOp>(op);
        numKernels += bool(kernel);
        numMasked +=
            kernel && kernel.getPacking() && kernel.getPacking()->getMasked();
        numLoops += isa<linalg::LinalgOp>(op);
      });
    }
  }
};
} // namespace
