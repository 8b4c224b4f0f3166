#!/usr/bin/python3
"""Compares programs with what ONNX says about dynamically quantized products.

usage: check_integer_products.py FOLDER COUNT [DATA]

COUNT seeds make a model of each kind of product, as tools for dynamic quantization write
them. A program must give the interpreter's bytes, and come within 1e-6 of the largest
result of numpy's integers; with DATA, which has tools/ort-eval.js, and PEERS, a folder
with onnxruntime-node, within 1e-5 of ONNX Runtime's for 999 of 1000 values.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto

import execution
import onnx_graph

MICROSOFT = {"domain": "com.microsoft"}
CPUS = ("native", "x86-64-v3", "x86-64")


def quantize(x):
    """DynamicQuantizeLinear: integers minus the zero point, and the scale."""
    low, high = min(x.min(), np.float32(0)), max(x.max(), np.float32(0))
    scale = np.float32((high - low) / np.float32(255)) if high > low else np.float32(1)
    zero = np.rint(np.clip(np.float32(-low / scale), 0, 255))
    return (np.clip(np.rint(x / scale) + zero, 0, 255) - zero).astype(np.int64), scale


def convolve(x, w, pads, stride, groups):
    """Integer convolution, N x C x H x W."""
    x = np.pad(x, ((0, 0), (0, 0), (pads, pads), (pads, pads)))
    n, c, h, _ = x.shape
    o, i, k, _ = w.shape
    size = (h - k) // stride + 1
    y = np.zeros((n, o, size, size), np.int64)
    for q in range(o):
        first = q // (o // groups) * i
        for a in range(size):
            for b in range(size):
                at = x[:, first:first + i, a * stride:a * stride + k, b * stride:b * stride + k]
                y[:, q, a, b] = (at * w[q]).sum((1, 2, 3))
    return y


class Model(onnx_graph.Graph):
    """A model and a function that computes its result."""

    def __init__(self, seed):
        super().__init__()
        self.rng = np.random.default_rng(seed)

    def dynamic(self, name):
        return self.node("DynamicQuantizeLinear", [name], 3)

    def weight(self, shape, zeros):
        """Integers with their zero points: signed around 0, or unsigned."""
        if np.all(np.asarray(zeros) == 0):
            values = self.rng.integers(-127, 128, shape).astype(np.int8)
            return values, np.zeros_like(zeros, np.int8)
        return self.rng.integers(0, 256, shape).astype(np.uint8), np.asarray(zeros, np.uint8)

    def scaled(self, sums, x_scale, scales):
        """The sums as floats, times both scales."""
        factor = self.node("Mul", [x_scale, self.constant(scales)])
        real = self.node("Cast", [sums], to=TensorProto.FLOAT)
        return self.node("Mul", [real, factor])

    def matmul(self, name, shape, columns, zeros, bias=True):
        """A MatMulInteger behind `name`; its result's name and function."""
        values, zeros = self.weight((shape[-1], columns), zeros)
        scales = np.float32(0.5 + self.rng.random(zeros.shape)) / np.float32(64)
        q, s, z = self.dynamic(name)
        sums = self.node("MatMulInteger", [q, self.constant(values), z, self.constant(zeros)])
        y = self.scaled(sums, s, scales)
        offset = self.rng.standard_normal(columns).astype("f4")
        if bias:
            y = self.node("Add", [y, self.constant(offset)])

        def compute(x):
            integers, scale = quantize(x)
            result = (integers @ (values.astype(np.int64) - zeros)) * (scale * scales)
            return (result + offset if bias else result).astype("f4")
        return y, compute

    def conv(self, name, channels, outputs, zeros, pads=1, stride=1, groups=1, kernel=3):
        values, zeros = self.weight((outputs, channels // groups, kernel, kernel), zeros)
        scales = np.float32(0.02) if zeros.ndim == 0 else \
            (0.5 + self.rng.random((outputs, 1, 1))).astype("f4") / 64
        q, s, z = self.dynamic(name)
        sums = self.node("ConvInteger", [q, self.constant(values), z, self.constant(zeros)],
                         pads=[pads] * 4, strides=[stride] * 2, group=groups)
        offset = self.rng.standard_normal((1, outputs, 1, 1)).astype("f4")
        y = self.node("Add", [self.scaled(sums, s, scales), self.constant(offset)])

        def compute(x):
            integers, scale = quantize(x)
            centred = values.astype(np.int64) - zeros.reshape(-1, 1, 1, 1)
            y = convolve(integers, centred, pads, stride, groups)
            return (y * (scale * scales) + offset).astype("f4")
        return y, compute


def matmul(zeros, columns=9):
    def body(m):
        y, compute = m.matmul("x", [1, 5, 40], columns, zeros)
        return [1, 5, 40], y, compute
    return body


def layers(m):
    """Two layers: the second quantizes what a Relu leaves."""
    y, first = m.matmul("x", [1, 5, 40], 24, np.zeros(24))
    y, second = m.matmul(m.node("Relu", [y]), [1, 5, 24], 7, np.int64(120), bias=False)
    return [1, 5, 40], y, lambda x: second(np.maximum(first(x), 0))


def conv(zeros, channels=6, outputs=8, **options):
    def body(m):
        y, compute = m.conv("x", channels, outputs, zeros, **options)
        return [1, channels, 9, 9], y, compute
    return body


def chain(m):
    """Convolutions of one image by two windows, then one of their sum."""
    y, first = m.conv("x", 4, 8, np.int64(0))
    z, second = m.conv("x", 4, 8, np.int64(0), pads=0, kernel=1)
    w, third = m.conv(m.node("Relu", [m.node("Add", [y, z])]), 8, 5, np.int64(0), stride=2)
    return [1, 4, 9, 9], w, lambda x: third(np.maximum(first(x) + second(x), 0))


def microsoft(kind):
    def body(m):
        values, zeros = m.weight((40, 9), np.full(9, 131))
        scales = (0.5 + m.rng.random(9)).astype("f4") / 64
        offset = m.rng.standard_normal(9).astype("f4")
        b, s, z, o = map(m.constant, (values, scales, zeros, offset))
        if kind == "DynamicQuantizeMatMul":
            y = m.node(kind, ["x", b, s, z, o], **MICROSOFT)
        else:
            q, xs, xz = m.dynamic("x")
            y = m.node(kind, [q, b, xs, s, xz, z, o], **MICROSOFT)

        def compute(x):
            integers, scale = quantize(x)
            return ((integers @ (values.astype(np.int64) - zeros)) * (scale * scales)
                    + offset).astype("f4")
        return [1, 5, 40], y, compute
    return body


def unscaled(m):
    """Sums that are only converted."""
    values, zeros = m.weight((40, 9), np.full(9, 3))
    q, _, z = m.dynamic("x")
    sums = m.node("MatMulInteger", [q, m.constant(values), z, m.constant(zeros)])
    y = m.node("Cast", [sums], to=TensorProto.FLOAT)
    return [1, 5, 40], y, lambda x: (quantize(x)[0] @ (values.astype(np.int64) - zeros)).astype("f4")


def two_sides(m):
    """Both operands are quantized at run time."""
    t = m.node("Transpose", ["x"], perm=[0, 2, 1])
    (q, s, z), (p, r, y) = m.dynamic("x"), m.dynamic(t)
    sums = m.node("MatMulInteger", [q, p, z, y])
    real = m.node("Cast", [sums], to=TensorProto.FLOAT)
    result = m.node("Mul", [real, m.node("Mul", [s, r])])

    def compute(x):
        (a, u), (b, v) = quantize(x), quantize(np.ascontiguousarray(x.swapaxes(1, 2)))
        return ((a @ b) * (u * v)).astype("f4")
    return [1, 5, 40], result, compute


KINDS = {
    "MatMulInteger": matmul(np.zeros(9)), "MatMulInteger u8": matmul(np.int64(100)),
    "MatMulInteger zero points": matmul(np.arange(90, 99) * 1), "layers": layers,
    "ConvInteger": conv(np.int64(0)), "ConvInteger u8": conv(np.int64(117), pads=2, stride=2),
    "ConvInteger axis": conv(np.arange(120, 128), kernel=1, pads=0),
    "ConvInteger groups": conv(np.int64(0), groups=6, outputs=6), "chain": chain,
    "DynamicQuantizeMatMul": microsoft("DynamicQuantizeMatMul"),
    "MatMulIntegerToFloat": microsoft("MatMulIntegerToFloat"),
    "unscaled": unscaled, "two sides": two_sides,
}
# Zero points of channels are not supported there.
UNKNOWN_TO_ONNXRUNTIME = {"ConvInteger axis"}


def write(body, seed, path):
    """Writes a model; returns samples and the results that ONNX defines."""
    m = Model(seed)
    shape, y, compute = body(m)
    samples = m.rng.standard_normal((4, *shape)).astype("f4")
    samples[1] = np.abs(samples[1])
    samples[2] = 0
    samples[3] -= 3
    expected = np.stack([compute(x) for x in samples])
    model = m.build("product", [("x", shape)], [(y, list(expected.shape[1:]))], opset=13)
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, path)
    return samples.reshape(-1, *shape[1:]), expected


def check(session, name, seed, data):
    """What is wrong with the program of one model."""
    model, x = session.path("model.onnx"), session.path("x.npy")
    samples, expected = write(KINDS[name], seed, model)
    np.save(x, samples)
    problems = session.compare(model, x, (), CPUS, (1, 2))
    found = np.load(session.path("expected.npy")).reshape(expected.shape)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    if not error <= 1e-6:
        problems.append(f"{error:.2e} away from numpy's integers")
    if data and name not in UNKNOWN_TO_ONNXRUNTIME:
        theirs = session.path("theirs.npy")
        execution.run("node", os.path.join(data, "tools", "ort-eval.js"), model, "--input", x,
                      "--output", theirs)
        other = np.load(theirs).reshape(expected.shape)
        apart = np.abs(found - other) > 1e-5 * np.abs(other).max()
        if apart.mean() > 0.001:
            problems.append(f"{apart.mean():.4f} of ONNX Runtime's values are different")
    return problems


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    folder, count, *data = sys.argv[1:]
    session, bad = execution.Session(folder), 0
    for name in KINDS:
        for seed in range(int(count)):
            try:
                problems = check(session, name, seed, data and data[0])
            except execution.Failure as failure:
                problems = [str(failure)]
            for problem in problems:
                print(f"{name}, seed {seed}: {problem}")
            bad += bool(problems)
    print(f"{len(KINDS)} kinds, {session.comparisons} comparisons, {bad} models with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
