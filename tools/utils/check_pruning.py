#!/usr/bin/python3
"""Checks what becomes of zeros in weights.

usage: check_pruning.py FOLDER

Zeros of a pruned network must stay zeros in each format that contains 0. A network with
channels that are zero as a whole must give the results of the network with them, and
have fewer weights.
"""
import json
import os
import sys

import numpy as np
import onnx

import execution
import onnx_graph

FORMATS = ("i8", "u8 --scheme=affine", "i4", "u4 --scheme=affine", "i3", "i2", "ternary",
           "nf4", "f8e4m3", "f8e5m2", "mxfp8", "mxfp6", "mxfp4", "mxint8", "f16", "bf16")


def network(path, zero, bias):
    """Two convolutions and a dense layer; `zero` channels of the first have no weights and
    the given bias."""
    rng = np.random.default_rng(7)
    g = onnx_graph.Graph()
    weights = rng.standard_normal((8, 3, 3, 3)).astype("f4")
    offsets = rng.standard_normal(8).astype("f4")
    weights[list(zero)], offsets[list(zero)] = 0, bias
    y = g.node("Conv", ["x", g.constant(weights), g.constant(offsets)], pads=[1] * 4)
    y = g.node("Relu", [y])
    second = rng.standard_normal((6, 8, 3, 3)).astype("f4")
    y = g.node("Conv", [y, g.constant(second), g.constant(np.zeros(6, "f4"))])
    y = g.node("Flatten", [g.node("GlobalAveragePool", [g.node("Relu", [y])])])
    y = g.node("Gemm", [y, g.constant(rng.standard_normal((4, 6)).astype("f4"))], transB=1)
    onnx.save(g.build("zeros", [("x", [1, 3, 7, 7])], [(y, [1, 4])]), path)
    return rng.standard_normal((5, 3, 7, 7)).astype("f4")


def report(session, model, *flags):
    """The layers' elements, zeros and bytes, by name."""
    path, output = session.path("report.json"), session.path("net.o")
    execution.run("quant-compile", model, *flags, "--cpu=native", "--emit=obj",
                  f"--report={path}", "-o", output)
    layers = json.load(open(path))["layers"]
    return {l["name"]: (l["elements"], l["zeros"], l["bytes"]) for l in layers}


def check_formats(session, model):
    for prune, part in (("0.6", 0.6), ("2:4", 0.5)):
        for form in FORMATS:
            layers = report(session, model, f"--prune={prune}",
                            *f"--weights={form}".split())
            for name, (elements, zeros, _) in layers.items():
                # Rows of 6 and 27 weights have a rest of two or three.
                least = int(part * elements) if prune == "0.6" else elements * 4 // 10 - 12
                if zeros < least:
                    yield f"--prune={prune} --weights={form}: {name} has {zeros} zeros " \
                          f"of {elements}, expected {least}"


def check_channels(session, model):
    for bias, exact in ((0, True), (-2, True), (0.75, False)):
        samples = network(model, (1, 4, 5), bias)
        x, dense, found = (session.path(n) for n in ("x.npy", "dense.npy", "found.npy"))
        np.save(x, samples)
        module = session.path("import.mlirbc")
        execution.run("quant-translate", "--import-onnx", model, "-o", module)
        session.interpret(module, x, dense)
        program = session.path("program")
        execution.run("quant-compile", model, "--cpu=native", "-o", program)
        execution.run(program, f"--input={x}", f"--output={found}")
        a, b = np.load(found), np.load(dense)
        if exact and not np.array_equal(a, b):
            yield f"bias {bias}: {np.abs(a - b).max()} away from the dense network"
        if not np.allclose(a, b, rtol=1e-5, atol=1e-6 * np.abs(b).max()):
            yield f"bias {bias}: {np.abs(a - b).max()} away"
        sizes = [elements for elements, _, _ in report(session, model, "--weights=f16").values()]
        expected = [5 * 27, 6 * 5 * 9, 24]
        # A constant other than 0 stays where padding or corners see it: this window has none.
        if sorted(sizes) != sorted(expected):
            yield f"bias {bias}: weights of {sizes} elements instead of {expected}"


def main():
    if len(sys.argv) != 2:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    session = execution.Session(sys.argv[1])
    model, bad = session.path("model.onnx"), 0
    network(model, (), 0)
    for check in (check_formats, check_channels):
        try:
            for problem in check(session, model):
                print(problem)
                bad += 1
        except execution.Failure as failure:
            print(failure)
            bad += 1
    print(f"{len(FORMATS)} formats, {bad} problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
