"""Networks to measure, in ONNX: float, or with QuantizeLinear/DequantizeLinear pairs.

One description gives both forms, so that they can be compared. In the quantized form
activations are u8 per tensor, weights s8 per output channel and biases s32, as
quantization tools write them for x86. Weights are random and scales are chosen for
values of unit variance: speed does not depend on them.
"""
import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import onnx_graph


@dataclasses.dataclass
class Value:
    """A value of the network: the tensor's name, its shape without batch, and how its
    bytes stand for reals."""

    name: str
    shape: tuple
    scale: float = 0.0
    zero: int = 0


class Network(onnx_graph.Graph):
    """A network under construction; counts multiply-adds on the way."""

    def __init__(self, quantized, seed=0, bits=8):
        super().__init__()
        self.bits = bits
        self.quantized = quantized
        self.rng = np.random.default_rng(seed)
        self.inputs, self.outputs = [], []
        self.macs = self.weights = 0
        self.layers = []  # for engines without models, as bench-model takes them

    # Rounding points.

    def parameters(self, scale, zero):
        return [self.constant(np.float32(scale)), self.constant(np.uint8(zero))]

    def quantize(self, name, shape, low, high):
        """The value with a rounding point in the quantized form."""
        if not self.quantized:
            return Value(name, shape)
        scale = (high - low) / 255
        zero = int(round(-low / scale))
        name = self.node("QuantizeLinear", [name, *self.parameters(scale, zero)])
        return Value(name, shape, scale, zero)

    def real(self, value):
        """The tensor that holds the value as floats."""
        if not value.scale:
            return value.name
        parameters = self.parameters(value.scale, value.zero)
        return self.node("DequantizeLinear", [value.name, *parameters])

    def weight(self, array, axis):
        """A weight tensor and the scales of its channels."""
        self.weights += array.size
        if not self.quantized:
            return self.constant(array.astype(np.float32)), None
        others = tuple(i for i in range(array.ndim) if i != axis)
        scales = (np.abs(array).max(others) / 127 + 1e-12).astype(np.float32)
        shape = [-1 if i == axis else 1 for i in range(array.ndim)]
        values = np.clip(np.rint(array / scales.reshape(shape)), -127, 127)
        operands = [values.astype(np.int8), scales, np.zeros(len(scales), np.int8)]
        name = self.node("DequantizeLinear", [self.constant(o) for o in operands], axis=axis)
        return name, scales

    def bias(self, count, scale, scales):
        bias = self.rng.standard_normal(count) * 0.1
        if scales is None:
            return self.constant(bias.astype(np.float32))
        scales = (scale * scales).astype(np.float32)
        values = np.rint(bias / scales).astype(np.int32)
        operands = [values, scales, np.zeros(count, np.int32)]
        return self.node("DequantizeLinear", [self.constant(o) for o in operands], axis=0)

    # The border.

    def input(self, shape, channels_last=False):
        """An input: floats, or bytes in the quantized form when `channels_last`."""
        if not (channels_last and self.quantized):
            self.inputs.append(("x", TensorProto.FLOAT, shape))
            return self.quantize("x", shape, -4.0, 4.0)
        self.inputs.append(("x", TensorProto.UINT8, shape))
        if len(shape) == 2:
            return Value("x", tuple(shape), 8 / 255, 128)
        # Images are what an activation gives, as in front of most convolutions.
        x = Value("x", tuple(shape), 4 / 255, 0)
        *image, channels = shape
        name = self.node("Transpose", [self.real(x)], perm=[0, 3, 1, 2])
        return self.keep(name, x, (channels, *image))

    def output(self, value, channels_last=False):
        """An output: floats, or bytes when `channels_last` and quantized."""
        if channels_last and self.quantized:
            if len(value.shape) == 3:
                name = self.node("Transpose", [self.real(value)], perm=[0, 2, 3, 1])
                value = self.keep(name, value, (*value.shape[1:], value.shape[0]))
            self.outputs.append((value.name, TensorProto.UINT8, value.shape))
        else:
            self.outputs.append((self.real(value), TensorProto.FLOAT, value.shape))

    # Layers.

    def activate(self, name, shape, activation):
        if activation == "relu":
            return self.quantize(self.node("Relu", [name]), shape, 0.0, 4.0)
        if activation == "relu6":
            bounds = [self.constant(np.float32(v)) for v in (0, 6)]
            return self.quantize(self.node("Clip", [name, *bounds]), shape, 0.0, 6.0)
        return self.quantize(name, shape, -4.0, 4.0)

    def conv(self, x, outputs, kernel=1, stride=1, groups=1, activation=None, pads=None,
             dilation=1):
        inputs, *image = x.shape
        kernel = (kernel, kernel) if isinstance(kernel, int) else tuple(kernel)
        pads = pads or [dilation * (k - 1) // 2 for k in kernel] * 2
        size = [(length + pads[i] + pads[i + 2] - dilation * (kernel[i] - 1) - 1) // stride + 1
                for i, length in enumerate(image)]
        shape = (outputs, inputs // groups, *kernel)
        weight = self.rng.standard_normal(shape) * (2 / np.prod(shape[1:])) ** 0.5
        weight, scales = self.weight(weight, 0)
        self.macs += int(np.prod(shape) * np.prod(size))
        sizes = (*image, inputs, outputs, *kernel, stride, *pads, groups, dilation)
        self.layers.append("conv:" + ",".join(str(n) for n in sizes))
        operands = [self.real(x), weight, self.bias(outputs, x.scale, scales)]
        name = self.node("Conv", operands, kernel_shape=kernel, strides=[stride] * 2,
                         pads=pads, group=groups, dilations=[dilation] * 2)
        return self.activate(name, (outputs, *size), activation)

    def dense(self, x, outputs, activation=None):
        """A fully connected layer of a vector."""
        inputs = x.shape[-1]
        weight = self.rng.standard_normal((outputs, inputs)) * inputs ** -0.5
        weight, scales = self.weight(weight, 0)
        self.macs += inputs * outputs
        self.layers.append(f"dense:1,{inputs},{outputs},8")
        operands = [self.real(x), weight, self.bias(outputs, x.scale, scales)]
        name = self.node("Gemm", operands, transB=1)
        return self.activate(name, (outputs,), activation)

    def matmul(self, x, outputs):
        """A matrix product with a constant."""
        rows, inputs = x.shape
        weight = self.rng.standard_normal((inputs, outputs)) * inputs ** -0.5
        weight, _ = self.weight(weight, 1)
        self.macs += rows * inputs * outputs
        self.layers.append(f"dense:{rows},{inputs},{outputs},{self.bits}")
        return self.activate(self.node("MatMul", [self.real(x), weight]), (rows, outputs), None)

    def add(self, x, y, activation=None):
        name = self.node("Add", [self.real(x), self.real(y)])
        return self.activate(name, x.shape, activation)

    def concat(self, x, y):
        name = self.node("Concat", [self.real(x), self.real(y)], axis=1)
        return self.activate(name, (x.shape[0] + y.shape[0], *x.shape[1:]), None)

    def pool(self, x, kernel, stride, kind="MaxPool"):
        pad = (kernel - 1) // 2
        size = [(length + 2 * pad - kernel) // stride + 1 for length in x.shape[1:]]
        name = self.node(kind, [self.real(x)], kernel_shape=[kernel] * 2, strides=[stride] * 2,
                         pads=[pad] * 4)
        return self.keep(name, x, (x.shape[0], *size))

    def keep(self, name, x, shape):
        """A result that is rounded like its source."""
        if not x.scale:
            return Value(name, shape)
        name = self.node("QuantizeLinear", [name, *self.parameters(x.scale, x.zero)])
        return Value(name, shape, x.scale, x.zero)

    def classifier(self, x, classes):
        x = self.keep(self.node("GlobalAveragePool", [self.real(x)]), x, (x.shape[0], 1, 1))
        flat = self.keep(self.node("Flatten", [self.real(x)], axis=1), x, (x.shape[0],))
        return self.dense(flat, classes)

    def write(self, path):
        inputs, outputs = ([(name, self.full_shape(shape), element)
                            for name, element, shape in values]
                           for values in (self.inputs, self.outputs))
        onnx.save(self.build("benchmark", inputs, outputs), path)

    @staticmethod
    def full_shape(shape):
        """With the batch in front; matrices have none."""
        return list(shape) if len(shape) == 2 else [1, *shape]


# Whole networks.

def resnet50(g, x):
    """ResNet-50 v1.5 (the stride is in the 3x3 convolution)."""
    x = g.pool(g.conv(x, 64, 7, 2, activation="relu"), 3, 2)
    for width, blocks, first in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for i in range(blocks):
            stride = first if i == 0 else 1
            y = g.conv(x, width, activation="relu")
            y = g.conv(y, width, 3, stride, activation="relu")
            y = g.conv(y, 4 * width)
            if i == 0:
                x = g.conv(x, 4 * width, 1, stride)
            x = g.add(y, x, "relu")
    return g.classifier(x, 1000)


def mobilenetv2(g, x):
    """MobileNetV2 1.0."""
    x = g.conv(x, 32, 3, 2, activation="relu6")
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
              (6, 160, 3, 2), (6, 320, 1, 1))
    for expand, outputs, blocks, first in stages:
        for i in range(blocks):
            x = inverted_residual(g, x, expand, outputs, first if i == 0 else 1)
    return g.classifier(g.conv(x, 1280, activation="relu6"), 1000)


def inverted_residual(g, x, expand, outputs, stride, kernel=3):
    """Expansion, depthwise convolution and projection, added to the source if it fits."""
    wide = x.shape[0] * expand
    y = g.conv(x, wide, activation="relu6") if expand > 1 else x
    y = g.conv(y, wide, kernel, stride, wide, activation="relu6")
    y = g.conv(y, outputs)
    return g.add(y, x) if y.shape == x.shape else y


def resnet8(g, x):
    """ResNet-8 of MLPerf Tiny."""
    x = g.conv(x, 16, 3, activation="relu")
    for outputs, stride in ((16, 1), (32, 2), (64, 2)):
        y = g.conv(g.conv(x, outputs, 3, stride, activation="relu"), outputs, 3)
        x = g.add(y, g.conv(x, outputs, 1, stride) if stride > 1 else x, "relu")
    return g.classifier(x, 10)


def dscnn(g, x):
    """DS-CNN of MLPerf Tiny: keyword spotting."""
    x = g.conv(x, 64, (10, 4), 2, activation="relu", pads=[4, 1, 5, 1])
    for _ in range(4):
        x = g.conv(x, 64, 3, groups=64, activation="relu")
        x = g.conv(x, 64, activation="relu")
    return g.classifier(x, 12)


def autoencoder(g, x):
    """The anomaly detector of MLPerf Tiny."""
    for outputs in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = g.dense(x, outputs, "relu")
    return g.dense(x, 640)


NETWORKS = {
    "resnet50": (resnet50, (3, 224, 224)),
    "mobilenetv2": (mobilenetv2, (3, 224, 224)),
    "resnet8": (resnet8, (3, 32, 32)),
    "dscnn": (dscnn, (1, 49, 10)),
    "autoencoder": (autoencoder, (640,)),
}


def build(row, quantized):
    """The network of a row of rows.json (or of random_rows), as a `Network`."""
    g = Network(quantized, row.get("seed", 0), int(row.get("bits", 8)))
    family = row["family"]
    if family == "network":
        body, shape = NETWORKS[row["network"]]
        g.output(body(g, g.input(shape)))
    elif family == "random-network":
        random_network(g, row["seed"])
    elif family == "dense":
        x = g.input((row["m"], row["k"]), channels_last=True)
        g.output(g.matmul(x, row["n"]), channels_last=True)
    else:
        height, width = row["size"]
        x = g.input((height, width, row["inputs"]), channels_last=True)
        y = g.conv(x, row["outputs"], row["kernel"], row["stride"], row.get("groups", 1), "relu",
                   dilation=row.get("dilation", 1))
        g.output(y, channels_last=True)
    return g


def write_packed_product(row, network, path):
    """A row's product as ONNX Runtime's operator for weights of 4 bits in blocks of 32.

    Its input and output are called as the network's.
    """
    x, y = network.inputs[0][0], network.outputs[0][0]
    m, n, k = row["m"], row["n"], row["k"]
    rng = np.random.default_rng(0)
    blocks = -(-k // 32)
    weights = rng.integers(0, 256, (n, blocks, 16), np.uint8)
    scales = rng.random(n * blocks, np.float32) / 1024
    node = helper.make_node("MatMulNBits", [x, "w", "s"], [y], domain="com.microsoft",
                            K=k, N=n, bits=4, block_size=32, accuracy_level=4)
    graph = helper.make_graph(
        [node], "peer", [helper.make_tensor_value_info(x, TensorProto.FLOAT, [m, k])],
        [helper.make_tensor_value_info(y, TensorProto.FLOAT, [m, n])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(scales, "s")])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


# Random layers and networks.

def random_rows(count, first=0):
    """Rows of seeded random layers in no list, a third of each family."""
    makers = (random_conv, random_depthwise, random_dense)
    for seed in range(first, first + count):
        rng = np.random.default_rng([seed, 7])
        row = makers[seed % 3](rng)
        yield {"name": f"random-{seed}-{row['label']}", "seed": seed, **row}


def log_uniform(rng, low, high):
    return int(round(np.exp(rng.uniform(np.log(low), np.log(high)))))


def random_conv(rng):
    """1x1 to 5x5, stride 1 or 2, 1 to 64 MMAC."""
    while True:
        kernel = int(rng.choice([1, 1, 3, 3, 5]))
        stride = int(rng.choice([1, 1, 2]))
        size = [log_uniform(rng, 7, 112) for _ in range(2)]
        inputs, outputs = (log_uniform(rng, 8, 512) for _ in range(2))
        macs = size[0] * size[1] // stride ** 2 * kernel ** 2 * inputs * outputs
        if 1e6 <= macs <= 64e6 and inputs * outputs * kernel ** 2 <= 1 << 20:
            break
    label = f"conv{kernel}x{kernel}s{stride}-{size[0]}x{size[1]}x{inputs}-{outputs}"
    return dict(family="conv", size=size, inputs=inputs, outputs=outputs, kernel=kernel,
                stride=stride, label=label)


def random_depthwise(rng):
    """3x3 or 5x5, stride 1 or 2, 1 to 8 MMAC."""
    while True:
        kernel = int(rng.choice([3, 3, 5]))
        stride = int(rng.choice([1, 1, 2]))
        size = [log_uniform(rng, 7, 112) for _ in range(2)]
        channels = log_uniform(rng, 16, 960)
        macs = size[0] * size[1] // stride ** 2 * kernel ** 2 * channels
        if 1e6 <= macs <= 8e6:
            break
    label = f"depthwise{kernel}x{kernel}s{stride}-{size[0]}x{size[1]}x{channels}"
    return dict(family="depthwise", size=size, inputs=channels, outputs=channels,
                groups=channels, kernel=kernel, stride=stride, label=label)


def random_dense(rng):
    """Matrices of 1 to 64 MMAC with 4 rows or more."""
    while True:
        m, n, k = log_uniform(rng, 4, 1024), log_uniform(rng, 16, 2048), log_uniform(rng, 32, 2048)
        if 1e6 <= m * n * k <= 64e6 and n * k <= 1 << 20:
            break
    return dict(family="dense", m=m, n=n, k=k, label=f"dense-{m}x{n}x{k}")


def random_network(g, seed):
    """A plausible image classifier of 1 to 100 MMAC."""
    for attempt in range(100):
        g.__init__(g.quantized, [seed, attempt])
        grow_network(g)
        if 1e6 <= g.macs <= 100e6:
            return


def grow_network(g):
    """A network of random blocks."""
    rng = g.rng
    size = int(rng.choice([32, 48, 64, 96]))
    x = g.conv(g.input((3, size, size)), int(rng.choice([16, 24, 32])), 3,
               int(rng.choice([1, 2])) if size < 64 else 2, activation="relu")
    style = rng.choice(["residual", "bottleneck", "inverted", "separable", "plain"])
    blocks = int(rng.integers(4, 10))
    for i in range(blocks):
        shrink = i % 3 == 1 and x.shape[1] > 6
        x = random_block(g, x, style if rng.random() < 0.8 else "plain", shrink)
    g.output(g.classifier(x, int(rng.choice([10, 100, 200]))))


def random_block(g, x, style, shrink):
    """One block of the given style; halves the image when `shrink`."""
    rng, stride = g.rng, 2 if shrink else 1
    activation = "relu6" if style == "inverted" else "relu"
    width = x.shape[0]
    outputs = min(width * 2, 192) // 8 * 8 if shrink else width
    if style == "residual":
        y = g.conv(g.conv(x, outputs, 3, stride, activation=activation), outputs, 3)
        skip = x if y.shape == x.shape else g.conv(x, outputs, 1, stride)
        return g.add(y, skip, activation)
    if style == "bottleneck":
        y = g.conv(x, max(width // 2, 8), activation=activation)
        y = g.conv(g.conv(y, y.shape[0], 3, stride, activation=activation), outputs)
        skip = x if y.shape == x.shape else g.conv(x, outputs, 1, stride)
        return g.add(y, skip, activation)
    if style == "inverted":
        kernel = int(rng.choice([3, 3, 5]))
        return inverted_residual(g, x, int(rng.choice([3, 4, 6])), outputs, stride, kernel)
    if style == "separable":
        y = g.conv(x, width, 3, stride, width, activation=activation)
        return g.conv(y, outputs, activation=activation)
    if shrink and rng.random() < 0.5:
        x, stride = g.pool(x, 3, 2), 1
    return g.conv(x, outputs, 3, stride, activation=activation)
