"""Random small convolutional networks in ONNX, the same ones for the same seed.

They are awkward on purpose: prime channel counts, odd sizes, asymmetric pads,
strides up to 3, dilation, groups, residuals, several consumers of one value.
"""
import numpy as np
import onnx

import onnx_graph

CHANNELS = (1, 2, 3, 5, 7, 8, 11, 13, 16, 17, 19, 23, 31)
SIZES = (5, 7, 8, 9, 11, 13, 16, 17)


class Network(onnx_graph.Graph):
    """A network under construction; `shape` is that of the last value, without batch."""

    def __init__(self, seed):
        super().__init__()
        self.rng = np.random.default_rng(seed)
        channels = int(self.rng.choice(CHANNELS[:5]))
        self.shape = (channels, *(int(v) for v in self.rng.choice(SIZES, 2)))
        self.input_shape = self.shape

    def pick(self, *values):
        return values[self.rng.integers(len(values))]

    def window(self, limit):
        """Kernel, strides, dilations and pads that fit the last value, and its new size."""
        kernel, strides, dilations, begin, end, size = [], [], [], [], [], []
        for length in self.shape[1:]:
            k, d = self.pick(1, 2, 3, 3, limit), self.pick(1, 1, 2)
            extent = (k - 1) * d + 1
            before, after = (int(v) for v in self.rng.integers(0, extent, 2))
            if length + before + after < extent:
                k, d, extent, before, after = 1, 1, 1, 0, 0
            stride = self.pick(1, 1, 1, 2, 3)
            kernel.append(k)
            dilations.append(d)
            strides.append(stride)
            begin.append(before)
            end.append(after)
            size.append((length + before + after - extent) // stride + 1)
        return dict(kernel_shape=kernel, strides=strides, dilations=dilations,
                    pads=begin + end), size

    def activation(self, x):
        kind = self.pick("Relu", "Relu", "Clip", "LeakyRelu", "HardSigmoid", "Sigmoid", None)
        if kind == "Clip":
            return self.node(kind, [x, self.constant(np.float32(0)), self.constant(np.float32(6))])
        return self.node(kind, [x]) if kind else x

    def convolve(self, x, outputs, groups, window):
        inputs = self.shape[0]
        shape = (outputs, inputs // groups, *window["kernel_shape"])
        deviation = (2 / np.prod(shape[1:])) ** 0.5
        operands = [x, self.constant((self.rng.standard_normal(shape) * deviation).astype("f4"))]
        if self.pick(True, True, False):
            bias = self.rng.standard_normal(outputs).astype("f4") / 10
            operands.append(self.constant(bias))
        return self.node("Conv", operands, group=groups, **window)

    def batch_norm(self, x):
        n = self.shape[0]
        values = [1 + self.rng.random(n), self.rng.standard_normal(n) / 10,
                  self.rng.standard_normal(n) / 10, 0.5 + self.rng.random(n)]
        return self.node("BatchNormalization", [x] + [self.constant(v.astype("f4")) for v in values])

    def conv_block(self, x):
        """Convolution of any kind, perhaps batch normalization, perhaps an activation."""
        inputs = self.shape[0]
        outputs = int(self.rng.choice(CHANNELS))
        groups = 1
        kind = self.pick("full", "full", "depthwise", "grouped")
        if kind == "depthwise":
            groups, outputs = inputs, inputs * self.pick(1, 1, 2)
        elif kind == "grouped":
            groups = self.pick(*[g for g in range(1, inputs + 1) if inputs % g == 0])
            outputs = groups * self.pick(1, 2, 3)
        window, size = self.window(5)
        y = self.convolve(x, outputs, groups, window)
        self.shape = (outputs, *size)
        if self.pick(True, False):
            y = self.batch_norm(y)
        return self.activation(y)

    def residual(self, x):
        """x + convolution(x)."""
        same = dict(kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1] * 4)
        y = self.activation(self.convolve(x, self.shape[0], 1, same))
        y = self.node("Add", self.pick([x, y], [y, x]))
        return self.activation(y)

    def pool(self, x):
        kind = self.pick("MaxPool", "AveragePool")
        window, size = self.window(3)
        # ONNX Runtime takes no pads as large as a pool's kernel.
        if any(p >= window["kernel_shape"][i % 2] for i, p in enumerate(window["pads"])):
            return x
        # ONNX averages have no dilation before opset 19.
        if kind == "AveragePool":
            if window["dilations"] != [1, 1]:
                return x
            del window["dilations"]
            window["count_include_pad"] = self.pick(0, 1)
        self.shape = (self.shape[0], *size)
        return self.node(kind, [x], **window)

    def concat(self, x):
        """Two branches of the same value, joined."""
        shape = self.shape
        one = dict(kernel_shape=[1, 1], strides=[1, 1], dilations=[1, 1], pads=[0] * 4)
        outputs = int(self.rng.choice(CHANNELS[:7]))
        y = self.activation(self.convolve(x, outputs, 1, one))
        self.shape = (shape[0] + outputs, *shape[1:])
        return self.node("Concat", self.pick([x, y], [y, x]), axis=1)

    def head(self, x):
        """Pooled or flattened, a dense layer, perhaps softmax."""
        if self.pick(True, True, False):
            x = self.node("GlobalAveragePool", [x])
            inputs = self.shape[0]
        else:
            inputs = int(np.prod(self.shape))
        x = self.node("Flatten", [x], axis=1)
        outputs = self.pick(1, 2, 7, 10, 33)
        weight = self.rng.standard_normal((outputs, inputs)) * inputs ** -0.5
        bias = self.rng.standard_normal(outputs) / 10
        x = self.node("Gemm", [x, self.constant(weight.astype("f4")),
                               self.constant(bias.astype("f4"))], transB=1)
        self.shape = (outputs,)
        return self.node("Softmax", [x], axis=1) if self.pick(True, False) else x

    def body(self, x):
        """All layers."""
        blocks = [self.conv_block, self.conv_block, self.residual, self.pool, self.concat]
        for _ in range(self.rng.integers(2, 6)):
            x = self.pick(*blocks)(x)
        if self.pick(True, True, False):
            x = self.head(x)
        if x == "x":
            x = self.conv_block(x)
        return x

    def model(self):
        """The whole network."""
        x = self.body("x")
        return self.build("random", [("x", [1, *self.input_shape])], [(x, [1, *self.shape])])


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    return write_network(Network(seed), path)


def write_network(network, path):
    """Writes a network; returns samples to calibrate and to compare with.

    The latter hold ordinary values, the ends of what was calibrated, values far
    beyond, ties and zeros.
    """
    model = network.model()
    onnx.checker.check_model(model)
    onnx.save(model, path)
    shape = network.input_shape
    calibration = network.rng.standard_normal((4, *shape)).astype("f4")
    low, high = calibration.min(), calibration.max()
    step = (high - low) / 255
    ties = (network.rng.integers(-128, 128, shape) + 0.5) * step
    samples = [network.rng.standard_normal(shape), np.full(shape, low), np.full(shape, high),
               network.rng.standard_normal(shape) * 1e6, ties, np.zeros(shape)]
    return calibration, np.stack(samples).astype("f4")
