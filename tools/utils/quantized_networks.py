"""Writes random networks that are quantized already, as ONNX files.

Images go through convolutions with and without a rectifier, depthwise ones, sums of two
branches, an average and a dense layer, with unsigned or signed activations: as operators on
real numbers between QuantizeLinear and DequantizeLinear (`qdq`), or as operators on integers
(`qoperator`). Scales are such that integers use their range.
"""
import numpy as np
import onnx

import onnx_graph

FORMS = ("qdq", "qoperator")
# What random weights and activations deviate from 0 by, in steps.
SPREAD = 40


class Network(onnx_graph.Graph):
    """Values are tuples: the name of the integers, names of scale and zero point, the scale."""

    def __init__(self, seed, form, signed):
        super().__init__()
        self.rng = np.random.default_rng(seed)
        self.form = form
        self.byte = np.int8 if signed else np.uint8
        self.lowest = np.iinfo(self.byte).min

    def parameters(self, scale, rectified=False):
        """Names of a scale near this one and of a zero point, and the scale."""
        scale = np.float32(scale * self.rng.uniform(0.7, 1.4))
        zero = 0 if rectified else int(self.rng.integers(96, 160))
        return self.constant(scale), self.constant(self.byte(zero + self.lowest)), scale

    def real(self, value):
        return self.node("DequantizeLinear", value[:3])

    def integers(self, kind, inputs, parameters, domain="", **attributes):
        """An operator's result, rounded."""
        if self.form == "qdq":
            name = self.node(kind, inputs, **attributes)
            name = self.node("QuantizeLinear", [name, *parameters[:2]])
        else:
            name = self.node(kind, inputs, domain=domain, **attributes)
        return (name, *parameters)

    def contraction(self, x, shape, rectified=False, **attributes):
        """A convolution with this shape of weights, or a dense layer of two dimensions."""
        count, depth = shape[0], int(np.prod(shape[1:]))
        weights = np.clip(np.rint(self.rng.normal(0, SPREAD, shape)), -127, 127).astype(np.int8)
        scales = self.rng.uniform(0.5, 2, count).astype("f4") / 128
        bias = self.rng.normal(0, SPREAD * SPREAD, count).astype(np.int32)
        steps = x[3] * scales
        scale = float(np.sqrt(depth) * SPREAD * steps.mean())
        y = self.parameters(scale, rectified)
        w = [self.constant(weights), self.constant(scales),
             self.constant(np.zeros(count, np.int8))]
        conv = len(shape) == 4
        if self.form == "qoperator":
            inputs = [*x[:3], *w]
            if conv:
                inputs += [*y[:2], self.constant(bias)]
                return self.integers("QLinearConv", inputs, y, **attributes)
            return self.integers("QGemm", [*inputs, self.constant(bias), *y[:2]], y,
                                 "com.microsoft", transB=1)
        real_bias = self.node("DequantizeLinear", [
            self.constant(bias), self.constant(steps), self.constant(np.zeros(count, np.int32))],
            axis=0)
        inputs = [self.real(x), self.node("DequantizeLinear", w, axis=0), real_bias]
        if not conv:
            return self.integers("Gemm", inputs, y, transB=1)
        if not rectified:
            return self.integers("Conv", inputs, y, **attributes)
        return self.integers("Relu", [self.node("Conv", inputs, **attributes)], y)

    def add(self, a, b):
        y = self.parameters((a[3] + b[3]) * 0.7)
        if self.form == "qdq":
            return self.integers("Add", [self.real(a), self.real(b)], y)
        return self.integers("QLinearAdd", [*a[:3], *b[:3], *y[:2]], y, "com.microsoft")

    def average(self, x):
        y = self.parameters(x[3] / 4)
        if self.form == "qdq":
            return self.integers("GlobalAveragePool", [self.real(x)], y)
        return self.integers("QLinearGlobalAveragePool", [*x[:3], *y[:2]], y, "com.microsoft")

    def block(self, x, channels):
        """A residual block: the sum's operands have different scales."""
        wide = channels * int(self.rng.integers(1, 4))
        y = self.contraction(x, (wide, channels, 1, 1), rectified=True)
        y = self.contraction(y, (wide, 1, 3, 3), rectified=bool(self.rng.integers(2)),
                             group=wide, pads=[1] * 4)
        return self.add(x, self.contraction(y, (channels, wide, 1, 1)))

    def write(self, path):
        """Saves the network; returns the step of its output."""
        size, channels = int(self.rng.integers(20, 34)), int(self.rng.integers(9, 33))
        shape = [1, 3, size, size]
        parameters = self.parameters(1 / SPREAD)
        x = (self.node("QuantizeLinear", ["x", *parameters[:2]]), *parameters)
        x = self.contraction(x, (channels, 3, 3, 3), pads=[1] * 4)
        for _ in range(int(self.rng.integers(3, 6))):
            x = self.block(x, channels)
        result = [1, channels, size, size]
        if self.rng.integers(3) == 0:
            # What differs hardly shows behind an average.
            x = self.average(x)
            x = (self.node("Flatten", [x[0]]), *x[1:])
            x = self.contraction(x, (100, channels))
            result = [1, 100]
        model = self.build("network", [("x", shape)], [(self.real(x), result)])
        model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
        onnx.save(model, path)
        return x[3]
