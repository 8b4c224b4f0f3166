"""An ONNX graph under construction: what the writers of networks share."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Nodes and constants, numbered in the order in which they are added."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, array):
        """Adds an initializer; returns its name."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, kind, inputs, count=1, **attributes):
        """Adds a node; returns the name of its result, or those of `count` results."""
        name = f"{kind}_{len(self.nodes)}"
        names = [name] if count == 1 else [f"{name}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(kind, inputs, names, name, **attributes))
        return name if count == 1 else names

    def build(self, name, inputs, outputs, opset=13):
        """The model; inputs and outputs are (name, shape) or (name, shape, type)."""
        infos = [[helper.make_tensor_value_info(n, *(kind or [TensorProto.FLOAT]), shape)
                  for n, shape, *kind in values] for values in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, name, *infos, self.constants)
        result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        result.ir_version = 8
        return result
