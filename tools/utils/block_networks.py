"""Small ONNX networks of the blocks that published architectures consist of."""
import numpy as np
import onnx

import onnx_graph

INPUT_SHAPE = (3, 16, 16)


class Builder(onnx_graph.Graph):
    """A graph under construction with weights of a fixed seed."""

    def __init__(self):
        super().__init__()
        self.rng = np.random.default_rng(0)

    def floats(self, *values):
        return self.constant(np.array(values, dtype="f4"))

    def integers(self, *values):
        return self.constant(np.array(values, dtype="i8"))

    def scalar(self, value):
        return self.constant(np.float32(value))

    def normal(self, *shape, deviation=1.0):
        return self.constant((self.rng.standard_normal(shape) * deviation).astype("f4"))

    def op(self, kind, *inputs, outputs=1, **attributes):
        return self.node(kind, inputs, outputs, **attributes)

    def conv(self, x, inputs, outputs, kernel=3, groups=1, stride=1, pad=None):
        fan = inputs // groups * kernel * kernel
        weight = self.normal(outputs, inputs // groups, kernel, kernel,
                             deviation=(2 / fan) ** 0.5)
        return self.op("Conv", x, weight, self.normal(outputs, deviation=0.1), group=groups,
                       strides=[stride] * 2, pads=[kernel // 2 if pad is None else pad] * 4)

    def batch_norm(self, x, n):
        values = (1 + self.rng.random(n), self.rng.standard_normal(n) / 10,
                  self.rng.standard_normal(n) / 10, 0.5 + self.rng.random(n))
        return self.op("BatchNormalization", x, *(self.constant(v.astype("f4")) for v in values))

    def relu(self, x):
        return self.op("Relu", x)

    def gemm(self, x, inputs, outputs):
        return self.op("Gemm", x, self.normal(inputs, outputs, deviation=inputs ** -0.5),
                       self.normal(outputs, deviation=0.1))


def mobilenet_v3(g, x):
    """Hard swish, depthwise, squeeze and excitation, residual."""
    x = g.op("HardSwish", g.conv(x, 3, 16, stride=2))
    y = g.op("HardSwish", g.conv(x, 16, 16, groups=16))
    gate = g.relu(g.conv(g.op("GlobalAveragePool", y), 16, 4, 1))
    gate = g.op("HardSigmoid", g.conv(gate, 4, 16, 1), alpha=1 / 6, beta=0.5)
    return g.op("Add", x, g.conv(g.op("Mul", y, gate), 16, 16, 1))


def silu(g, x):
    x = g.conv(x, 3, 16)
    return g.conv(g.op("Mul", x, g.op("Sigmoid", x)), 16, 8, 1)


def shuffle(g, x):
    """Split, concat, channel shuffle, grouped convolution."""
    x = g.relu(g.conv(x, 3, 16))
    a, b = g.op("Split", x, outputs=2, axis=1)
    x = g.op("Concat", a, g.relu(g.conv(b, 8, 8, 1)), axis=1)
    x = g.op("Reshape", x, g.integers(1, 2, 8, 16, 16))
    x = g.op("Reshape", g.op("Transpose", x, perm=[0, 2, 1, 3, 4]), g.integers(1, 16, 16, 16))
    return g.conv(x, 16, 8, groups=8)


def preactivation(g, x):
    """Batch normalization in front of padded convolutions, residuals."""
    x = g.conv(x, 3, 16)
    for _ in range(2):
        x = g.op("Add", x, g.conv(g.relu(g.batch_norm(x, 16)), 16, 16))
    return g.relu(g.batch_norm(x, 16))


def dense_blocks(g, x):
    """Concats of everything before, then a classifier."""
    x, channels = g.conv(x, 3, 8), 8
    for _ in range(3):
        y = g.conv(g.relu(g.batch_norm(x, channels)), channels, 4)
        x, channels = g.op("Concat", x, y, axis=1), channels + 4
    x = g.op("GlobalAveragePool", g.relu(g.batch_norm(x, channels)))
    return g.gemm(g.op("Flatten", x), channels, 10)


def leaky(g, x):
    x = g.op("LeakyRelu", g.conv(x, 3, 8), alpha=0.1)
    slope = g.constant((g.rng.random((8, 1, 1)) / 2).astype("f4"))
    return g.conv(g.op("PRelu", g.conv(x, 8, 8), slope), 8, 8)


def resize_nearest(g, x):
    x = g.op("Resize", g.relu(g.conv(x, 3, 8)), "", g.floats(1, 1, 2, 2), mode="nearest",
             coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return g.conv(x, 8, 4)


def flattened(g, x):
    """An image with more than one position in front of a dense layer."""
    x = g.op("MaxPool", g.relu(g.conv(x, 3, 8)), kernel_shape=[2, 2], strides=[2, 2])
    x = g.op("MatMul", g.op("Flatten", x), g.normal(512, 16, deviation=0.05))
    return g.gemm(g.relu(g.op("Add", x, g.normal(16))), 16, 10)


def sequence(g, x):
    """Convolutions over one dimension."""
    x = g.op("Reshape", x, g.integers(1, 3, 256))
    x = g.op("Conv", x, g.normal(8, 3, 5, deviation=0.3), pads=[2, 2])
    x = g.op("MaxPool", g.relu(g.batch_norm(x, 8)), kernel_shape=[2], strides=[2])
    return g.relu(g.op("Conv", x, g.normal(8, 8, 3, deviation=0.3), pads=[1, 1]))


def normalized_input(g, x):
    def planes(*values):
        return g.constant(np.array(values, dtype="f4").reshape(1, 3, 1, 1))
    x = g.op("Div", g.op("Sub", x, planes(0.1, 0.2, 0.3)), planes(0.5, 0.6, 0.7))
    x = g.op("ReduceMean", g.relu(g.conv(x, 3, 8)), axes=[2, 3], keepdims=0)
    return g.gemm(x, 8, 10)


def padded(g, x):
    """Explicit padding in front of convolutions and pools."""
    border = g.integers(0, 0, 1, 1, 0, 0, 1, 1)
    x = g.relu(g.conv(g.op("Pad", x, border), 3, 8, pad=0))
    x = g.op("MaxPool", g.op("Pad", x, border), kernel_shape=[3, 3], strides=[2, 2])
    x = g.op("Clip", g.conv(x, 8, 8), g.scalar(0), g.scalar(6))
    return g.op("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])


def gelu(g, x):
    """GELU as exporters write it, with the error function."""
    x = g.gemm(g.op("Flatten", x), 768, 32)
    e = g.op("Add", g.op("Erf", g.op("Div", x, g.scalar(2 ** 0.5))), g.scalar(1))
    return g.gemm(g.op("Mul", g.op("Mul", x, e), g.scalar(0.5)), 32, 10)


def upsampled(g, x):
    """An encoder and a decoder with transposed convolutions."""
    x = g.relu(g.conv(x, 3, 8, stride=2))
    x = g.op("ConvTranspose", x, g.normal(8, 6, 3, 3, deviation=0.2), g.normal(6), strides=[2, 2],
             pads=[1, 1, 1, 1], output_padding=[1, 1])
    return g.op("ConvTranspose", g.relu(x), g.normal(6, 2, 2, 2, deviation=0.3), strides=[2, 2],
                group=2)


def volume(g, x):
    """Convolutions and pools over three dimensions."""
    x = g.op("Reshape", x, g.integers(1, 3, 4, 8, 8))
    x = g.op("Conv", x, g.normal(8, 3, 3, 3, 3, deviation=0.2), g.normal(8), pads=[1] * 6)
    x = g.op("MaxPool", g.relu(x), kernel_shape=[2, 2, 2], strides=[2, 2, 2])
    x = g.relu(g.op("Conv", x, g.normal(4, 4, 2, 3, 3, deviation=0.2), group=2, strides=[1, 2, 2]))
    return g.op("AveragePool", x, kernel_shape=[1, 1, 1])


BLOCKS = (mobilenet_v3, silu, shuffle, preactivation, dense_blocks, leaky, resize_nearest,
          flattened, sequence, normalized_input, padded, gelu, upsampled, volume)


def write(block, path):
    """Writes the network of a block; returns samples."""
    builder = Builder()
    result = block(builder, "x")
    opset = 14 if any(n.op_type == "HardSwish" for n in builder.nodes) else 13
    model = builder.build(block.__name__, [("x", (1, *INPUT_SHAPE))], [(result, None)], opset)
    onnx.save(onnx.shape_inference.infer_shapes(model), path)
    return builder.rng.standard_normal((8, *INPUT_SHAPE)).astype("f4")
