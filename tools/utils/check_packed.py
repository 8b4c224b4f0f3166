#!/usr/bin/python3
"""Compares layers with packed weights with the interpreter, byte for byte.

usage: check_packed.py FOLDER --formats=F,F,... [--activations=dynamic]
                       [--batch 2]
                       [--cpu A,B,...] [--threads 1,2]

One model has all corners of the kernels: tails of blocks, of steps and of panels,
windows, strides, dilations, groups, single and many rows, weights that are 0, large and
small. It is compiled for each format F: a type of weights, then `:affine` for zero
points, then `:` and the granularity if it is not the default.
"""
import argparse
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import execution

SHAPE = (12, 9, 7)  # channels, height, width


class Model:
    """A model whose result is the results of all layers, one after the other."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes = []
        self.constants = []
        self.parts = []

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, kind, inputs, **attributes):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def weight(self, *shape, scale=1.0):
        values = self.rng.standard_normal(shape) * scale / np.prod(shape[1:]) ** 0.5
        return values.astype("f4")

    def show(self, x):
        """Makes a value part of the result."""
        self.parts.append(self.node("Flatten", [x], axis=1))
        return x

    def conv(self, x, weight, groups=1, bias=True, **window):
        operands = [x, self.constant(weight)]
        if bias:
            operands.append(self.constant(self.weight(len(weight))))
        return self.show(self.node("Conv", operands, group=groups, **window))

    def gemm(self, x, weight, bias=True):
        operands = [x, self.constant(weight)]
        if bias:
            operands.append(self.constant(self.weight(len(weight))))
        return self.show(self.node("Gemm", operands, transB=1))

    def save(self, path, batch):
        result = self.node("Concat", self.parts, axis=1)
        graph = helper.make_graph(
            self.nodes, "packed",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, *SHAPE])],
            [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)], self.constants)
        opset = [helper.make_opsetid("", 17)]
        onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)


def add_windows(model):
    """Convolutions."""
    channels = SHAPE[0]
    same = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    model.conv("x", model.weight(20, channels, 1, 1))
    positive = model.node("Relu", [model.conv("x", model.weight(17, channels, 3, 3), **same)])
    model.conv(positive, model.weight(33, 17, 1, 1), bias=False, strides=[2, 1])
    model.conv(positive, model.weight(5, 17, 2, 3), pads=[0, 1, 1, 0], strides=[1, 2])
    model.conv("x", model.weight(10, channels // 2, 3, 3), groups=2, dilations=[2, 1])
    model.conv("x", model.weight(10, channels, 3, 3), dilations=[2, 1])
    model.conv("x", model.weight(8, channels // 4, 3, 3), groups=4, **same)
    model.conv("x", model.weight(36, channels // 2, 1, 1), groups=2)
    model.conv("x", model.weight(channels, 1, 3, 3), groups=channels, **same)


def add_products(model):
    """Dense layers with one row per sample, and with many."""
    flat = model.node("Flatten", ["x"], axis=1)
    size = int(np.prod(SHAPE))
    odd = model.gemm(flat, model.weight(37, size))
    even = model.gemm(flat, model.weight(64, size))
    model.gemm(even, model.weight(150, 64))
    model.gemm(odd, model.weight(131, 37))
    model.gemm(odd, model.weight(3, 37), bias=False)
    special = model.weight(18, 37)
    special[0] = 0
    special[1, 1:] = 0
    special[2] *= np.float32(1e-30)
    model.gemm(odd, special)
    special = model.weight(18, 37)
    special[3, 5] = 1e9
    model.gemm(odd, special)
    rows = model.node("Reshape", ["x", model.constant(np.int64([-1, 54, 14]))])
    wide = model.show(model.node("MatMul", [rows, model.constant(model.weight(14, 150))]))
    model.show(model.node("MatMul", [wide, model.constant(model.weight(150, 70))]))


def make_samples():
    """Ordinary numbers, zeros, and one sample with extreme ones."""
    samples = np.random.default_rng(1).standard_normal((6, *SHAPE)).astype("f4")
    samples[2] = 0
    samples[3, :, ::2] *= 1e6
    samples[4, 0, 0, 0] = 1e20
    return samples


def get_flags(weights, activations, calibration):
    """quant-compile's flags for a format."""
    kind, *details = weights.split(":")
    flags = [f"--weights={kind}", f"--activations={activations}"]
    for detail in details:
        flags.append("--scheme=affine" if detail == "affine" else f"--granularity={detail}")
    if activations == "static":
        flags.append(f"--calibrate={calibration}")
    return flags


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--formats", required=True)
    parser.add_argument("--activations", default="dynamic")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--threads", default="1")
    options = parser.parse_args()
    session = execution.Session(options.folder)
    path, inputs = session.path("model.onnx"), session.path("x.npy")
    model = Model(0)
    add_windows(model)
    add_products(model)
    model.save(path, options.batch)
    np.save(inputs, make_samples())
    problems = []
    for weights in options.formats.split(","):
        flags = get_flags(weights, options.activations, inputs)
        try:
            found = session.compare(path, inputs, flags, options.cpu.split(","),
                                    options.threads.split(","))
        except execution.Failure as failure:
            found = [str(failure)]
        problems += [f"{weights}: {problem}" for problem in found]
    print(*problems, f"{session.comparisons} comparisons, {len(problems)} problems", sep="\n")
    return 1 if problems or not session.comparisons else 0


if __name__ == "__main__":
    sys.exit(main())
