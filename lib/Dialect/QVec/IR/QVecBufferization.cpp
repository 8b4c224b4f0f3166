//===- QVecBufferization.cpp - Bufferization of qvec.kernel ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

using namespace quantopt;
using namespace quantopt::qvec;
using namespace mlir::bufferization;

namespace {
/// A kernel writes every element of its destination and never reads it.
struct KernelOpBufferization
    : public DstBufferizableOpInterfaceExternalModel<KernelOpBufferization,
                                                     KernelOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return &operand != &cast<KernelOp>(op).getInitMutable();
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto kernel = cast<KernelOp>(op);
    SmallVector<Value> buffers;
    for (Value operand : kernel->getOperands()) {
      if (!isa<TensorType>(operand.getType())) {
        buffers.push_back(operand);
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      buffers.push_back(*buffer);
    }
    rewriter.setInsertionPoint(op);
    OperationState newState(op->getLoc(), op->getName(), buffers, TypeRange{},
                            llvm::to_vector(op->getDiscardableAttrs()));
    newState.propertiesAttr = op->getPropertiesAsAttribute();
    newState.addRegion();
    Operation *result = rewriter.create(newState);
    result->getRegion(0).takeBody(op->getRegion(0));
    Value init = cast<KernelOp>(result).getInit();
    replaceOpWithBufferizedValues(rewriter, op, init);
    return success();
  }
};
} // namespace

void qvec::registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, QVecDialect *) {
    KernelOp::attachInterface<KernelOpBufferization>(*context);
  });
}
