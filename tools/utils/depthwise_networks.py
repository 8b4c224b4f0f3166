"""Random chains of depthwise convolutions in ONNX, the same ones for the same seed.

Kernels of 1 to 7 elements that need not be square, strides, dilations, pads, several
outputs per channel, residuals, and channel counts around the sizes of vectors.
"""
import random_networks

CHANNELS = (1, 2, 3, 5, 8, 12, 15, 16, 17, 23, 24, 31, 32, 33, 40, 48, 49, 63, 64, 65, 72, 80,
            95, 96, 100, 112, 127, 128, 130)


class Network(random_networks.Network):
    """A chain; `shape` is that of the last value, without batch."""

    def __init__(self, seed):
        super().__init__([seed, 2])
        size = self.rng.integers(3, 20, 2)
        self.shape = self.input_shape = (self.pick(*CHANNELS), *(int(n) for n in size))

    def window(self):
        """Kernel, strides, dilations and pads that fit the last value, and its new size."""
        axes = []
        for length in self.shape[1:]:
            kernel, dilation = self.pick(1, 2, 3, 3, 4, 5, 6, 7), self.pick(1, 1, 2, 3)
            stride = self.pick(1, 1, 2, 3)
            extent = (kernel - 1) * dilation + 1
            before, after = (int(n) for n in self.rng.integers(0, min(extent, 4), 2))
            after = max(after, extent - length - before)
            size = (length + before + after - extent) // stride + 1
            axes.append((kernel, stride, dilation, before, after, size))
        kernel, strides, dilations, begin, end, size = zip(*axes)
        return dict(kernel_shape=kernel, strides=strides, dilations=dilations,
                    pads=begin + end), size

    def layer(self, x):
        """A depthwise convolution, perhaps with another added, perhaps an activation."""
        inputs = self.shape[0]
        window, size = self.window()
        outputs = inputs * (self.pick(1, 1, 1, 2, 3, 4, 8) if inputs < 70 else 1)
        y = self.convolve(x, outputs, inputs, window)
        if self.pick(True, False, False):
            y = self.node("Add", [self.convolve(x, outputs, inputs, window), y])
        self.shape = (outputs, *size)
        return self.activation(y)

    def body(self, x):
        for _ in range(self.pick(1, 2, 3)):
            x = self.layer(x)
        return x


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    return random_networks.write_network(Network(seed), path)
