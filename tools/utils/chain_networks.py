"""Random chains of windows over tall images in ONNX, the same ones for the same seed.

Expansions, depthwise and full convolutions, maxima and projections follow each other,
with any padding, stride and dilation; some end in a residual, some in a block that
halves the image, some in an average of all positions. With a small `--cache-bytes` they are computed in bands of rows.
"""
import depthwise_networks
import random_networks


class Network(depthwise_networks.Network):
    """A chain; `shape` is that of the last value, without batch."""

    def __init__(self, seed):
        random_networks.Network.__init__(self, [seed, 3])
        self.shape = self.input_shape = (self.pick(3, 8, 16, 17), int(self.rng.integers(40, 90)),
                                         int(self.rng.integers(12, 32)))

    def pointwise(self, x, outputs):
        one = dict(kernel_shape=[1, 1], strides=[1, 1], dilations=[1, 1], pads=[0] * 4)
        y = self.convolve(x, outputs, 1, one)
        self.shape = (outputs, *self.shape[1:])
        return y

    def layer(self, x):
        """One op that reads a window."""
        kind = self.pick("expand", "full", "depthwise", "depthwise", "maximum")
        inputs = self.shape[0]
        if kind == "expand":
            return self.activation(self.pointwise(x, inputs * self.pick(1, 2)))
        window, size = self.window()
        if kind == "maximum":
            pads = zip(window["pads"], window["kernel_shape"] * 2)
            if any(pad >= kernel for pad, kernel in pads):
                return x
            y = self.node("MaxPool", [x], **window)
        else:
            groups = inputs if kind == "depthwise" else 1
            y = self.activation(self.convolve(x, inputs, groups, window))
        self.shape = (inputs, *size)
        return y

    def block(self, x):
        """Expands, moves a window, projects, and adds what it read."""
        shape = self.shape
        same = dict(kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1] * 4)
        y = self.activation(self.pointwise(x, shape[0] * 3))
        y = self.activation(self.convolve(y, shape[0] * 3, shape[0] * 3, same))
        return self.node("Add", [self.pointwise(y, shape[0]), x])

    def halve(self, x):
        """Two windows, the first of which halves the image, and a projection to add."""
        inputs, rows, columns = self.shape
        outputs = inputs * self.pick(1, 2)
        halved = dict(strides=[2, 2], dilations=[1, 1])
        y = self.convolve(x, outputs, 1, dict(kernel_shape=[3, 3], pads=[1] * 4, **halved))
        shortcut = self.convolve(x, outputs, 1, dict(kernel_shape=[1, 1], pads=[0] * 4, **halved))
        self.shape = (outputs, (rows + 1) // 2, (columns + 1) // 2)
        same = dict(kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1] * 4)
        y = self.convolve(self.activation(y), outputs, 1, same)
        return self.node("Add", [y, shortcut])

    def body(self, x):
        for _ in range(self.pick(2, 3, 4)):
            x = self.pick(self.layer, self.block)(x)
            if self.shape[1] < 8:
                break
        if self.pick(True, False):
            x = self.halve(x)
        if self.pick(True, False):
            x = self.node("GlobalAveragePool", [x])
            self.shape = (self.shape[0], 1, 1)
        return x


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    return random_networks.write_network(Network(seed), path)
