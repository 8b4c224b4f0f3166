"""Random convolutions of many channels in ONNX, the same ones for the same seed.

Runs of summed elements, rows and channels lie around the sizes of tiles: 64 bytes, 16
and 32 positions, 16 and 32 channels. One in three adds its input.
"""
import depthwise_networks

CHANNELS = (16, 24, 31, 32, 33, 40, 48, 64, 68, 72, 96, 100)
WIDTHS = (3, 8, 15, 16, 17, 25, 31, 32, 33, 49)


class Network(depthwise_networks.Network):
    """A chain of one or two; `shape` is that of the last value, without batch."""

    def __init__(self, seed):
        super().__init__(seed)
        self.shape = self.input_shape = (self.pick(*CHANNELS), self.pick(1, 2, 3),
                                         self.pick(*WIDTHS))

    def layer(self, x):
        inputs = self.shape[0]
        groups = 2 if inputs % 2 == 0 and self.pick(True, False, False) else 1
        if self.pick(True, False, False):
            same = dict(kernel_shape=(1, 3), strides=(1, 1), dilations=(1, 1), pads=(0, 1, 0, 1))
            y = self.node("Add", [self.convolve(x, inputs, groups, same), x])
            return self.activation(y)
        window, size = self.window()
        outputs = groups * self.pick(*CHANNELS[:8])
        y = self.convolve(x, outputs, groups, window)
        self.shape = (outputs, *size)
        return self.activation(y)


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    return depthwise_networks.random_networks.write_network(Network(seed), path)
