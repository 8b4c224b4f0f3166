"""Random full-int8 TFLite networks, with scales that fit what their layers compute."""
import numpy as np

import tflite_reference
from tflite_file import Network, Operator, Tensor


class Builder:
    """A network that grows at its end, together with values of some samples."""

    def __init__(self, seed, size=None, channels=None, is_old=False):
        self.random, self.is_old = np.random.default_rng(seed), is_old
        r = self.random
        self.net, self.values = Network(), {}
        size = size or (int(r.integers(5, 12)), int(r.integers(5, 12)))
        self.shape = (1, *size, channels or int(r.integers(1, 6)))
        self.last = self.net.add(Tensor("input", self.shape, "int8",
                                        np.float32(np.exp(r.uniform(-5, -1))),
                                        int(r.integers(-128, 128))))
        self.net.inputs = [self.last]
        self.samples = r.integers(-128, 128, (6, *self.shape[1:])).astype(np.int8)
        self.values[self.last] = self.samples

    def tensor(self, index=None):
        return self.net.tensors[self.last if index is None else index]

    def zero(self, activation=0):
        """A zero point; with an activation function one that leaves it a range."""
        low, high = (-128, -64) if activation in (1, 3) else (-90, 91)
        return int(self.random.choice((low, int(self.random.integers(low, high)))))

    def constant(self, data, scale=None, axis=0):
        index = self.net.constant(f"constant_{len(self.net.tensors)}", data, scale, 0, axis)
        self.values[index] = data
        return index

    def append(self, kind, inputs, shape, scale, zero, **options):
        """Adds an operator; a scale of None is chosen so that results use their range."""
        index = self.net.add(Tensor(f"{kind.lower()}_{len(self.net.operators)}", tuple(shape),
                                    "int8", scale, zero))
        op = Operator(kind, list(inputs), [index], options)
        self.net.operators.append(op)
        if scale is None:
            self.choose_scale(op)
        tflite_reference.run(self.net, op, self.values)
        self.last, self.shape = index, tuple(shape)
        return index

    def choose_scale(self, op):
        """The scale with which the larger half of the results is still inside."""
        tensor = self.net.tensors[op.outputs[0]]
        scale = np.float32(2.0**-20)
        for _ in range(60):
            tensor.scale = scale
            tflite_reference.run(self.net, op, self.values)
            result = self.values[op.outputs[0]].astype(int)
            if np.abs(result - tensor.zero).max() < 100 or \
                    np.isin(result, (-128, 127)).mean() < 0.1:
                break
            scale = np.float32(scale * 1.7)

    # -- layers

    def weights(self, shape, channels, axis, one_scale):
        r = self.random
        if self.is_old:  # one scale, and a zero point anywhere between the integers
            low, one_scale = -int(r.choice((0, 90, 120, 128, 135, 170, 255))), True
            middle = min(max(0, low + 64), low + 191)
            data = np.clip(np.round(r.normal(middle, 80, shape)), low, low + 255).astype(np.int16)
        else:
            data = np.clip(np.round(r.normal(0, 50, shape)), -127, 127).astype(np.int8)
        scales = np.exp(r.uniform(-7, -4, 1 if one_scale else channels)).astype(np.float32)
        weight = self.constant(data, scales[0] if one_scale else scales, axis)
        bias = r.integers(-2000, 2000, channels).astype(np.int32)
        steps = np.float32(self.tensor().scale) * scales
        return weight, self.constant(bias, steps[0] if one_scale else steps)

    def conv(self, channels=None, activation=None, stride=None, padding=None):
        r = self.random
        channels = channels or int(r.integers(1, 20))
        kernel = int(r.integers(1, 4)), int(r.integers(1, 4))
        stride = stride or int(r.integers(1, 3))
        padding = int(r.integers(0, 2)) if padding is None else padding
        if min(self.shape[1] - kernel[0], self.shape[2] - kernel[1]) < 0:
            padding = 0
        shape = [tflite_reference.window(self.shape[1 + d], kernel[d], stride, 1, padding)[0]
                 for d in (0, 1)]
        pair = self.weights((channels, *kernel, self.shape[3]), channels, 0, r.random() < 0.3)
        function = self.activation(activation)
        self.append("CONV_2D", [self.last, *pair], (1, *shape, channels), None,
                    self.zero(function), padding=padding, stride_w=stride, stride_h=stride,
                    activation=function, dilation_w=1, dilation_h=1)

    def activation(self, given=None):
        often_rectified = self.random.choice((0, 1, 2, 3), p=(0.5, 0.3, 0.05, 0.15))
        return int(often_rectified) if given is None else given

    def depthwise(self):
        r = self.random
        times = int(r.integers(1, 3))
        kernel = int(r.integers(1, 4)), int(r.integers(1, 4))
        stride, dilation = int(r.integers(1, 3)), int(r.integers(1, 3))
        if stride == 2:
            dilation = 1
        shape = [tflite_reference.window(self.shape[1 + d], kernel[d], stride, dilation, 0)[0]
                 for d in (0, 1)]
        channels, function = self.shape[3] * times, self.activation()
        pair = self.weights((1, *kernel, channels), channels, 3, r.random() < 0.2)
        self.append("DEPTHWISE_CONV_2D", [self.last, *pair], (1, *shape, channels), None,
                    self.zero(function), padding=0, stride_w=stride, stride_h=stride,
                    multiplier=times, activation=function, dilation_w=dilation,
                    dilation_h=dilation)

    def transpose_conv(self):
        r = self.random
        stride, kernel, channels = int(r.integers(1, 3)), int(r.integers(2, 4)), int(r.integers(1, 6))
        shape = [n * stride for n in self.shape[1:3]]
        size = self.constant(np.array([1, *shape, channels], np.int32))
        weight, bias = self.weights((channels, kernel, kernel, self.shape[3]), channels, 0, False)
        self.append("TRANSPOSE_CONV", [size, weight, self.last, bias], (1, *shape, channels), None,
                    self.zero(), padding=0, stride_w=stride, stride_h=stride, activation=0)

    def residual(self, kind=None):
        """The sum, difference or product of a convolution and its input."""
        start = self.last
        self.conv(self.shape[3], stride=1, padding=0)
        kind = kind or str(self.random.choice(("ADD", "ADD", "SUB", "MUL")))
        function = self.activation()
        self.append(kind, [start, self.last], self.shape, None, self.zero(function),
                    activation=function)

    def extreme(self):
        """The larger or smaller of a value and a convolution of it, of one type."""
        start, own = self.last, self.tensor()
        self.conv(self.shape[3], stride=1, padding=0)
        self.append("QUANTIZE", [self.last], self.shape, own.scale, own.zero)
        kind = str(self.random.choice(("MAXIMUM", "MINIMUM")))
        self.append(kind, [start, self.last], self.shape, own.scale, own.zero)

    def prelu(self):
        """A slope for each channel, of either sign."""
        data = self.random.integers(-128, 128, (1, 1, self.shape[3])).astype(np.int8)
        scale = np.float32(np.exp(self.random.uniform(-7, -4)))
        slope = self.net.constant(f"slope_{len(self.net.tensors)}", data, scale,
                                  int(self.random.integers(-40, 40)))
        self.values[slope] = data
        self.append("PRELU", [self.last, slope], self.shape, None, self.zero())

    def pool(self):
        kind = str(self.random.choice(("AVERAGE_POOL_2D", "MAX_POOL_2D")))
        size, stride = int(self.random.integers(2, 4)), int(self.random.integers(1, 3))
        shape = [tflite_reference.window(self.shape[1 + d], size, stride, 1, 0)[0] for d in (0, 1)]
        own = self.tensor()
        self.append(kind, [self.last], (1, *shape, self.shape[3]), own.scale, own.zero, padding=0,
                    stride_w=stride, stride_h=stride, width=size, height=size, activation=0)

    def function(self):
        kind = str(self.random.choice(("LOGISTIC", "TANH", "LEAKY_RELU", "HARD_SWISH", "RELU",
                                       "QUANTIZE")))
        scale, zero, options = None, self.zero(1 if kind == "RELU" else 0), {}
        if kind == "LOGISTIC":
            scale, zero = np.float32(1 / 256), -128
        elif kind == "TANH":
            scale, zero = np.float32(1 / 128), 0
        elif kind == "LEAKY_RELU":
            options = {"alpha": float(np.float32(self.random.uniform(-0.2, 0.9)))}
        elif kind == "HARD_SWISH":  # its kernel wants a scale that is not much smaller
            scale = np.float32(self.tensor().scale * self.random.uniform(0.3, 1))
        self.append(kind, [self.last], self.shape, scale, zero, **options)

    def resize(self):
        """To any size, in the three ways to place elements."""
        sizes = [int(self.random.integers(1, min(2 * n + 2, 16))) for n in self.shape[1:3]]
        align, half = ((0, 0), (1, 0), (0, 1))[int(self.random.integers(3))]
        own = self.tensor()
        self.append("RESIZE_BILINEAR", [self.last, self.constant(np.array(sizes, np.int32))],
                    (1, *sizes, self.shape[3]), own.scale, own.zero, align=align, half=half)

    def product(self):
        """The product with a convolution's result, row by row, or with a constant."""
        start, (_, height, width, channels) = self.last, self.shape
        kind, columns = int(self.random.integers(3)), int(self.random.integers(1, 20))
        if kind == 0:
            data = self.random.integers(-128, 128, (channels, columns)).astype(np.int8)
            other = self.net.constant(f"matrix_{len(self.net.tensors)}", data, np.float32(0.01),
                                      int(self.random.choice((0, 7))))
            self.values[other] = data
            shape = (1, height, width, columns)
        else:
            self.conv(channels if kind == 1 else columns, stride=1, padding=0)
            other = self.last
            shape = (1, height, *((width, width) if kind == 1 else (channels, columns)))
        self.append("BATCH_MATMUL", [start, other], shape, None, self.zero(),
                    adj_x=int(kind == 2), adj_y=int(kind == 1))

    def pad(self):
        amounts = np.zeros((4, 2), np.int32)
        amounts[1:3] = self.random.integers(0, 3, (2, 2))
        shape = [n + int(a.sum()) for n, a in zip(self.shape, amounts)]
        own = self.tensor()
        self.append("PAD", [self.last, self.constant(amounts)], shape, own.scale, own.zero)

    def concat(self):
        start, own = self.last, self.tensor()
        self.conv(int(self.random.integers(1, 6)), stride=1, padding=0)
        self.append("QUANTIZE", [self.last], self.shape, own.scale, own.zero)
        self.append("CONCATENATION", [start, self.last],
                    (*self.shape[:3], self.shape[3] + own.shape[3]), own.scale, own.zero, axis=3)

    def head(self, classes, softmax=True):
        """Mean or flattening, a dense layer and softmax."""
        if self.random.random() < 0.5:
            axes = self.constant(np.array([1, 2], np.int32))
            self.append("MEAN", [self.last, axes], (1, self.shape[3]), None, self.zero(), keep=0)
        else:
            self.flatten()
        self.dense(classes)
        if softmax:
            self.append("SOFTMAX", [self.last], self.shape, np.float32(1 / 256), -128, beta=1.0)

    def flatten(self):
        own, count = self.tensor(), int(np.prod(self.shape))
        target = self.constant(np.array([-1, count], np.int32))
        self.append("RESHAPE", [self.last, target], (1, count), own.scale, own.zero)

    def dense(self, classes):
        pair = self.weights((classes, self.shape[1]), classes, 0, self.random.random() < 0.6)
        self.append("FULLY_CONNECTED", [self.last, *pair], (1, classes), None, self.zero(),
                    activation=0)

    def finish(self):
        self.net.outputs = [self.last]
        return self.net


def build(seed):
    """A network and samples for it."""
    builder = Builder(seed)
    layers = (builder.conv, builder.depthwise, builder.residual, builder.residual, builder.pool,
              builder.function, builder.function, builder.pad, builder.concat, builder.transpose_conv,
              builder.extreme, builder.prelu, builder.resize, builder.product)
    builder.conv()
    for _ in range(int(builder.random.integers(2, 7))):
        layers[int(builder.random.integers(len(layers)))]()
    # Softmax and dense layers hide differences in front of them.
    ending = builder.random.random()
    if ending < 0.7:
        builder.head(int(builder.random.integers(2, 12)), ending < 0.35)
    return builder.finish(), builder.samples


def build_old(seed):
    """A network whose weights have one scale and may have 9 bits, of operators whose results
    do not depend on where integers begin."""
    builder = Builder(seed, is_old=True)
    layers = (builder.conv, builder.depthwise, builder.residual, builder.pad, builder.concat,
              builder.transpose_conv, builder.extreme, builder.prelu)
    builder.conv()
    for _ in range(int(builder.random.integers(2, 6))):
        layers[int(builder.random.integers(len(layers)))]()
    if builder.random.random() < 0.5:
        builder.flatten()
        builder.dense(int(builder.random.integers(2, 12)))
    return builder.finish(), builder.samples


def build_demo():
    """The small model for users: 12x12 images, three layers and a softmax."""
    builder = Builder(6, (12, 12), 1)
    builder.conv(8, activation=1, stride=2)
    builder.residual("ADD")
    builder.depthwise()
    builder.head(4)
    return builder.finish(), builder.samples
