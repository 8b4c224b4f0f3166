"""Writes the network of train_demo.py as ONNX, the way PyTorch exports it."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Nodes and initializers under construction; names follow the modules."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.nodes = []
        self.used = {}

    def parameter(self, name):
        """The initializer `name`, added on first use."""
        self.used[name] = self.parameters[name]
        return name

    def node(self, kind, path, inputs, **attributes):
        """Adds a node named `path/kind` and returns the name of its result."""
        name = f"{path}/{kind}"
        count = sum(n.name == name or n.name.startswith(name + "_") for n in self.nodes)
        if count:
            name += f"_{count}"
        result = name + "_output_0"
        self.nodes.append(helper.make_node(kind, inputs, [result], name, **attributes))
        return result

    def conv_bn(self, module, path, x, relu):
        """Conv, BatchNormalization and perhaps Relu."""
        name = path.strip("/").replace("/", ".")
        conv = module.conv
        x = self.node(
            "Conv", path + "/conv", [x, self.parameter(name + ".conv.weight")],
            dilations=[1, 1], group=conv.groups, kernel_shape=list(conv.kernel_size),
            pads=list(conv.padding) * 2, strides=list(conv.stride))
        kinds = ("weight", "bias", "running_mean", "running_var")
        values = [self.parameter(f"{name}.bn.{kind}") for kind in kinds]
        x = self.node("BatchNormalization", path + "/bn", [x] + values,
                      epsilon=module.bn.eps, momentum=0.9)
        return self.node("Relu", path, [x]) if relu else x

    def block(self, module, path, x):
        """A Residual or a Separable."""
        first, second = module._modules
        y = self.conv_bn(module._modules[first], f"{path}/{first}", x, relu=True)
        y = self.conv_bn(module._modules[second], f"{path}/{second}", y, relu=False)
        if getattr(module, "skip", True):
            y = self.node("Add", path, [x, y])
        return self.node("Relu", path, [y])


def build(model):
    """The ModelProto of a trained Network."""
    parameters = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    graph = Graph(parameters)
    x = graph.node("Sub", "", ["input", graph.parameter("mean")])
    x = graph.node("Div", "", [x, graph.parameter("deviation")])
    x = graph.conv_bn(model.stem, "/stem", x, relu=True)
    x = graph.conv_bn(model.down, "/down", x, relu=True)
    for i, module in enumerate(model.blocks):
        x = graph.block(module, f"/blocks/{i}", x)
    x = graph.node("GlobalAveragePool", "/pool", [x])
    x = graph.node("Flatten", "/flatten", [x], axis=1)
    x = graph.node(
        "Gemm", "/classifier",
        [x, graph.parameter("classifier.weight"), graph.parameter("classifier.bias")],
        alpha=1.0, beta=1.0, transB=1)
    graph.nodes[-1].output[0] = "logits"
    proto = helper.make_graph(
        graph.nodes, "fashion_mnist",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(np.ascontiguousarray(v), k) for k, v in graph.used.items()])
    result = helper.make_model(
        proto, producer_name="train_demo.py", opset_imports=[helper.make_opsetid("", 13)])
    result.ir_version = 7
    return result


def write(model, path):
    """Checks the model and writes it."""
    proto = build(model)
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(proto, strict_mode=True))
    onnx.save(proto, path)
