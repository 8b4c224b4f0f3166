#!/usr/bin/python3
"""Compares programs with ONNX Runtime on operators of models that are quantized already.

usage: check_qoperators.py DATA FOLDER COUNT

DATA has tools/ort-eval.js; PEERS names a folder with onnxruntime-node. Each of COUNT
seeds makes a model of every operator, with unsigned and with signed bytes. A result may
be 1 step of its scale from ONNX Runtime's; one in 1000 may be 2.
"""
import os
import sys

import numpy as np
import onnx

import execution
import onnx_graph

MICROSOFT = {"domain": "com.microsoft"}


class Model(onnx_graph.Graph):
    """One operator between QuantizeLinear and DequantizeLinear."""

    def __init__(self, seed, signed):
        super().__init__()
        self.rng = np.random.default_rng([seed, signed])
        self.byte = np.int8 if signed else np.uint8
        self.offset = 128 if signed else 0

    def parameters(self, scale):
        """Names of a scale and a zero point that is not in the middle."""
        zero = int(self.rng.integers(100, 156)) - self.offset
        return [self.constant(np.float32(scale)), self.constant(self.byte(zero))]

    def triple(self, name, shape, scale):
        """A float input, rounded, with its scale and zero point."""
        parameters = self.parameters(scale)
        self.inputs.append((name, shape))
        return [self.node("QuantizeLinear", [name, *parameters]), *parameters]

    def weight(self, shape, axis):
        """A constant with a scale for each slice along an axis."""
        values = self.rng.integers(-127, 128, shape).astype(np.int8)
        scales = (0.5 + self.rng.random(shape[axis])).astype("f4") / 128
        return [self.constant(values), self.constant(scales),
                self.constant(np.zeros(shape[axis], np.int8))]

    def bias(self, count):
        return self.constant(self.rng.integers(-2000, 2000, count).astype(np.int32))

    def write(self, path, body):
        self.inputs = []
        inputs, shape, scale, kind, attributes = body(self)
        parameters = self.parameters(scale)
        where = attributes.pop("result", len(inputs))
        if where is None:
            y = self.node(kind, inputs, **attributes)
            y = self.node("QuantizeLinear", [y, *parameters])
        else:
            y = self.node(kind, inputs[:where] + parameters + inputs[where:], **attributes)
        y = self.node("DequantizeLinear", [y, *parameters])
        model = self.build("operator", self.inputs, [(y, shape)], opset=21)
        model.ir_version = 10
        model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
        onnx.save(model, path)
        samples = self.rng.standard_normal((3, *self.inputs[0][1][1:])).astype("f4")
        samples[0] *= 5
        return samples, scale


def conv(m):
    x = m.triple("x", [1, 5, 9, 7], 0.03)
    return x + m.weight((8, 5, 3, 3), 0) + [m.bias(8)], [1, 8, 9, 7], 0.1, "QLinearConv", \
        dict(pads=[1] * 4, result=6)


def matmul(m):
    x = m.triple("x", [1, 6, 20], 0.03)
    return x + m.weight((20, 9), 1), [1, 6, 9], 0.1, "QLinearMatMul", {}


def gemm(m):
    x = m.triple("x", [1, 20], 0.03)
    return x + m.weight((9, 20), 0) + [m.bias(9)], [1, 9], 0.1, "QGemm", dict(transB=1, **MICROSOFT)


def blocks(m):
    """A matrix of 8 bits in blocks of 16 along its summed dimension."""
    m.inputs.append(("x", [1, 6, 32]))
    scales = m.constant((0.5 + m.rng.random((2, 9))).astype("f4") / 128)
    zeros = m.constant(m.rng.integers(-3, 4, (2, 9)).astype(np.int8))
    codes = m.constant(m.rng.integers(-127, 128, (32, 9)).astype(np.int8))
    weight = m.node("DequantizeLinear", [codes, scales, zeros], axis=0, block_size=16)
    return ["x", weight], [1, 6, 9], 0.1, "MatMul", dict(result=None)


def few_bits(zero_points):
    """A matrix of 4 bits in blocks of 32, the last of which has 8 elements."""
    def body(m):
        m.inputs.append(("x", [1, 6, 72]))
        operands = ["x", m.constant(m.rng.integers(0, 256, (9, 3, 16), np.uint8)),
                    m.constant((0.5 + m.rng.random(27)).astype("f4") / 8)]
        if zero_points:
            operands.append(m.constant(m.rng.integers(0, 256, 18, np.uint8)))
        return operands, [1, 6, 9], 0.1, "MatMulNBits", \
            dict(K=72, N=9, bits=4, block_size=32, result=None, **MICROSOFT)
    return body


def pair(kind, scale):
    def body(m):
        x = m.triple("x", [1, 5, 9, 7], 0.03)
        return x + x[:1] + m.parameters(0.05), [1, 5, 9, 7], scale, kind, dict(MICROSOFT)
    return body


def single(kind, scale, shape=(1, 5, 9, 7), **attributes):
    def body(m):
        return m.triple("x", [1, 5, 9, 7], 0.03), list(shape), scale, kind, \
            dict(**attributes, **MICROSOFT)
    return body


def concat(m):
    x = m.triple("x", [1, 5, 9, 7], 0.03)
    return x + x[:1] + m.parameters(0.05), [1, 10, 9, 7], 0.04, "QLinearConcat", \
        dict(axis=1, result=0, **MICROSOFT)


OPERATORS = {
    "QLinearConv": conv, "QLinearMatMul": matmul, "QGemm": gemm,
    "QLinearAdd": pair("QLinearAdd", 0.06), "QLinearMul": pair("QLinearMul", 0.1),
    "QLinearAveragePool": single("QLinearAveragePool", 0.02, (1, 5, 4, 3), kernel_shape=[3, 3],
                                 strides=[2, 2]),
    "QLinearGlobalAveragePool": single("QLinearGlobalAveragePool", 0.01, (1, 5, 1, 1)),
    "QLinearLeakyRelu": single("QLinearLeakyRelu", 0.03, alpha=0.1),
    "QLinearSigmoid": single("QLinearSigmoid", 1 / 256),
    "QLinearSoftmax": single("QLinearSoftmax", 1 / 256, axis=-1, opset=13),
    "QLinearConcat": concat, "blocks": blocks, "MatMulNBits": few_bits(False),
    "MatMulNBits with zero points": few_bits(True),
}


def compare(data, session, samples, scale):
    """The differences in steps, and what failed."""
    model, program = session.path("model.onnx"), session.path("program")
    x, ours, theirs = (session.path(n) for n in ("x.npy", "ours.npy", "theirs.npy"))
    np.save(x, samples)
    execution.run("quant-compile", model, "-o", program)
    execution.run(program, f"--input={x}", f"--output={ours}")
    execution.run("node", os.path.join(data, "tools", "ort-eval.js"), model, "--input", x,
                  "--output", theirs)
    found, expected = np.load(ours), np.load(theirs)
    return np.rint(np.abs(found - expected.reshape(found.shape)) / np.float32(scale))


def main():
    if len(sys.argv) != 4:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    data, folder, count = sys.argv[1:]
    session = execution.Session(folder)
    problems = 0
    for name, body in OPERATORS.items():
        steps = []
        for seed in range(int(count)):
            for signed in (False, True):
                samples, scale = Model(seed, signed).write(session.path("model.onnx"), body)
                try:
                    steps.append(compare(data, session, samples, scale).ravel())
                except execution.Failure as failure:
                    problems += 1
                    print(f"{name}, seed {seed}, {'s8' if signed else 'u8'}: {failure}")
        if not steps:
            continue
        steps = np.concatenate(steps)
        bad = steps.max() > 2 or np.mean(steps > 1) > 0.001
        problems += bad
        print(f"{name}: {len(steps)} values, {np.mean(steps == 0):.4f} equal, at most "
              f"{int(steps.max())} steps apart{' (too many)' if bad else ''}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
