"""Random networks of dense layers in ONNX, the same ones for the same seed.

Layers have from one to some hundred inputs and outputs, around the sizes of vectors and
panels; some add their input, and some are followed by an activation.
"""
import random_networks

SIZES = (1, 2, 3, 5, 8, 13, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100, 128, 129, 200)


class Network(random_networks.Network):
    """A chain; `shape` is that of the last value, without batch."""

    def __init__(self, seed):
        super().__init__([seed, 4])
        self.shape = self.input_shape = (self.pick(*SIZES),)

    def dense(self, x, outputs):
        inputs = self.shape[0]
        weight = self.rng.standard_normal((outputs, inputs)) * inputs ** -0.5
        operands = [x, self.constant(weight.astype("f4"))]
        if self.pick(True, True, False):
            operands.append(self.constant((self.rng.standard_normal(outputs) / 10).astype("f4")))
        self.shape = (outputs,)
        return self.node("Gemm", operands, transB=1)

    def layer(self, x):
        """A dense layer, perhaps with its input added, perhaps an activation."""
        if self.pick(True, False, False):
            return self.activation(self.node("Add", [self.dense(x, self.shape[0]), x]))
        return self.activation(self.dense(x, self.pick(*SIZES)))

    def body(self, x):
        for _ in range(self.pick(2, 3, 4, 5)):
            x = self.layer(x)
        return self.node("Softmax", [x], axis=1) if self.pick(True, False, False) else x


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    return random_networks.write_network(Network(seed), path)
