//===- NodeOrder.cpp - The order in which nodes are imported --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeOrder.h"
#include <queue>

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::GraphProto;
using onnxfile::NodeProto;

namespace {
/// Which node defines a name; -1 for inputs and initializers.
using Definitions = llvm::StringMap<int>;
} // namespace

std::string quantopt::onnx::getNodeName(const NodeProto &node) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return "<unnamed>";
}

/// An error that names a node.
static llvm::Error makeError(const NodeProto &node, const Twine &what) {
  return llvm::createStringError("node '" + getNodeName(node) + "' (" +
                                 node.op_type() + ") " + what);
}

static llvm::Expected<Definitions> findDefinitions(const GraphProto &graph) {
  Definitions definitions;
  for (const auto &tensor : graph.initializer())
    definitions[tensor.name()] = -1;
  for (const auto &input : graph.input())
    definitions[input.name()] = -1;
  for (const auto &tensor : graph.sparse_initializer())
    definitions[tensor.values().name()] = -1;
  for (int i = 0; i < graph.node_size(); ++i)
    for (const std::string &name : graph.node(i).output())
      if (!name.empty() && !definitions.try_emplace(name, i).second)
        return makeError(graph.node(i),
                         "defines '" + name + "', which is defined already");
  return definitions;
}

/// Marks the nodes that outputs depend on and collects the names they read.
static llvm::Expected<SmallVector<bool>>
markLive(const GraphProto &graph, const Definitions &definitions,
         llvm::StringSet<> &usedNames) {
  SmallVector<bool> live(graph.node_size(), false);
  SmallVector<int> work;
  auto use = [&](const std::string &name) {
    usedNames.insert(name);
    auto definition = definitions.find(name);
    if (definition == definitions.end())
      return false;
    int node = definition->second;
    if (node >= 0 && !live[node]) {
      live[node] = true;
      work.push_back(node);
    }
    return true;
  };
  for (const auto &output : graph.output())
    if (!use(output.name()))
      return llvm::createStringError("output '" + output.name() +
                                     "' is not defined by any node");
  while (!work.empty()) {
    const NodeProto &node = graph.node(work.pop_back_val());
    for (const std::string &name : node.input())
      if (!name.empty() && !use(name))
        return makeError(node, "reads '" + name + "', which is not defined");
  }
  return live;
}

llvm::Expected<NodeOrder> quantopt::onnx::orderNodes(const GraphProto &graph) {
  llvm::Expected<Definitions> definitions = findDefinitions(graph);
  if (!definitions)
    return definitions.takeError();
  NodeOrder order;
  llvm::Expected<SmallVector<bool>> live =
      markLive(graph, *definitions, order.usedNames);
  if (!live)
    return live.takeError();
  // The ready node that stands first in the file comes next.
  SmallVector<int> missing(graph.node_size(), 0);
  SmallVector<SmallVector<int, 2>> users(graph.node_size());
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < graph.node_size(); ++i) {
    if (!(*live)[i])
      continue;
    for (const std::string &name : graph.node(i).input()) {
      int from = name.empty() ? -1 : definitions->lookup(name);
      if (from < 0)
        continue;
      users[from].push_back(i);
      ++missing[i];
    }
    if (missing[i] == 0)
      ready.push(i);
  }
  while (!ready.empty()) {
    int next = ready.top();
    ready.pop();
    missing[next] = -1;
    order.nodes.push_back(&graph.node(next));
    for (int user : users[next])
      if (--missing[user] == 0)
        ready.push(user);
  }
  for (int i = 0; i < graph.node_size(); ++i)
    if ((*live)[i] && missing[i] >= 0)
      return makeError(graph.node(i), "depends on its own result");
  return order;
}
