//===- NodeOrder.h - The order in which nodes are imported ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_NODEORDER_H
#define QUANTOPT_LIB_IMPORT_ONNX_NODEORDER_H

#include "onnx.pb.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

namespace quantopt::onnx {

struct NodeOrder {
  /// The nodes that outputs of the graph depend on, in file order as far as
  /// dependencies allow.
  SmallVector<const onnxfile::NodeProto *> nodes;
  /// The names that these nodes read and that are outputs of the graph.
  llvm::StringSet<> usedNames;
};

/// The name by which messages call a node.
std::string getNodeName(const onnxfile::NodeProto &node);

/// Orders the nodes of a graph. Fails for a value that is defined twice or
/// never, and for a cycle.
llvm::Expected<NodeOrder> orderNodes(const onnxfile::GraphProto &graph);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_NODEORDER_H
