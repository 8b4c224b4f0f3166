#!/usr/bin/python3
"""Checks what becomes of zeros in weights.

usage: check_pruning.py FOLDER
       check_pruning.py storage FOLDER CPU,... [all]
       check_pruning.py channels FOLDER RATIO MODEL

Zeros of a pruned network must stay zeros in each format that contains 0. A network with
channels that are zero as a whole must give the results of the network with them, and
have fewer weights; `channels` makes RATIO of each convolution's channels zero, the smallest
ones, and prints what is left of MODEL's weights. Weights that are stored without zeros must give the bytes that dense
ones give, on each level of processors and in the interpreter, and take fewer bytes; with
`all` each format does with each storage and CPU, otherwise with one of them in turn.
"""
import json
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper

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


def pruned_network(path):
    """Convolutions with tails of all kinds, in groups too, and a dense layer, of which 60 %
    of the weights are zero, two of four at least."""
    rng = np.random.default_rng(11)

    def weights(*shape):
        w = rng.standard_normal(shape).astype("f4")
        # Neighbours in the order rows, columns, channels.
        order = np.moveaxis(w, 1, -1) if w.ndim == 4 else w
        rows = np.ascontiguousarray(order).reshape(shape[0], -1)
        for row in rows:
            for at in range(0, len(row), 4):
                part = row[at:at + 4]
                part[np.argsort(abs(part))[:max(0, len(part) - 2)]] = 0
        rows[rng.random(rows.shape) < 0.2] = 0
        back = rows.reshape(order.shape)
        return np.ascontiguousarray(np.moveaxis(back, -1, 1) if w.ndim == 4 else back)

    g = onnx_graph.Graph()
    y = g.node("Conv", ["x", g.constant(weights(20, 5, 3, 3)), g.constant(np.ones(20, "f4"))],
               pads=[1] * 4)
    y = g.node("Relu", [y])
    y = g.node("Conv", [y, g.constant(weights(24, 10, 3, 3)), g.constant(np.zeros(24, "f4"))],
               group=2, strides=[2, 2])
    y = g.node("Conv", [g.node("Relu", [y]), g.constant(weights(70, 24, 1, 1))])
    y = g.node("Flatten", [g.node("GlobalAveragePool", [y])])
    y = g.node("Gemm", [y, g.constant(weights(10, 70))], transB=1)
    onnx.save(g.build("pruned", [("x", [1, 5, 9, 9])], [(y, [1, 10])]), path)
    return rng.standard_normal((3, 5, 9, 9)).astype("f4")


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


def prune_channels(source, target, ratio):
    """Writes a model whose smallest channels are zero."""
    model = onnx.load(source)
    constants = {t.name: t for t in model.graph.initializer}

    def clear(name, rows):
        values = numpy_helper.to_array(constants[name]).copy()
        values[rows] = 0
        constants[name].CopyFrom(numpy_helper.from_array(values, name))

    for node in model.graph.node:
        if node.op_type != "Conv":
            continue
        weight = numpy_helper.to_array(constants[node.input[1]])
        sizes = np.abs(weight).reshape(len(weight), -1).sum(1)
        rows = np.argsort(sizes, kind="stable")[:int(ratio * len(weight))]
        for name in node.input[1:]:
            clear(name, rows)
    onnx.save(model, target)


def check_model_channels(session, ratio, source):
    """A real model without the channels that are zero, against the interpreter with them."""
    model, module, program = (session.path(n) for n in ("model.onnx", "dense.mlirbc", "program"))
    x, dense, found = (session.path(n) for n in ("x.npy", "dense.npy", "found.npy"))
    prune_channels(source, model, float(ratio))
    shape = [max(1, d.dim_value) for d in onnx.load(model).graph.input[0].type.tensor_type.shape.dim]
    np.save(x, np.random.default_rng(3).standard_normal([3] + shape[1:]).astype("f4"))
    execution.run("quant-translate", "--import-onnx", model, "-o", module)
    session.interpret(module, x, dense)
    execution.run("quant-compile", model, "--cpu=native", "-o", program)
    execution.run(program, f"--input={x}", f"--output={found}")
    before, after = (sum(elements for elements, _, _ in report(session, m).values())
                     for m in (source, model))
    a, b = np.load(found), np.load(dense)
    worst = np.abs(a - b).max() / np.abs(b).max()
    print(f"{before} weights, {after} left; {worst:.1e} of the largest number away")
    if worst > 1e-6:
        yield "the results are others"
    if after >= before:
        yield "no weight has gone"


STORED = ("i8", "i8 --activations=dynamic", "i8 --granularity=tensor --activations=static",
          "i4 --activations=dynamic", "i4 --granularity=channel --activations=static",
          "u4 --scheme=affine", "i3", "i5 --granularity=channel --activations=static")


def check_storage(session, model, choices):
    """The network's outputs and the exact bytes of its weights, for each format with the
    (storage, cpu) that `choices` gives for its number."""
    x, dense, found = (session.path(n) for n in ("x.npy", "dense.npy", "found.npy"))
    np.save(x, pruned_network(model))

    def compile(cpu, storage, *flags):
        program, path = session.path("program"), session.path("report.json")
        execution.run("quant-compile", model, f"--cpu={cpu}", f"--storage={storage}", *flags,
                      f"--report={path}", "-o", program)
        return program, json.load(open(path))

    for number, form in enumerate(STORED):
        flags = f"--weights={form}".split()
        flags += [f"--calibrate={x}"] * ("static" in form)
        program, facts = compile("native", "dense", *flags)
        execution.run(program, f"--input={x}", f"--output={dense}")
        for storage, cpu in choices(number):
            program, masked = compile(cpu, storage, *flags)
            what = f"--weights={form} --storage={storage} --cpu={cpu}"
            if not execution.can_run(program):
                continue
            for threads in (1, 2):
                execution.run(program, f"--input={x}", f"--output={found}",
                              f"--threads={threads}")
                if difference := execution.difference(found, dense):
                    yield f"{what}: {difference}"
            stored = [l for l in masked["layers"] if l.get("storage") == storage]
            if len(stored) != 4:
                yield f"{what}: {len(stored)} of 4 layers are stored like that"
            # Without the table of permutations that some levels need, which layers share.
            size = sum(layer["bytes"] for layer in masked["layers"])
            if "i3" not in form and size >= facts["weight_bytes"]:
                yield f"{what}: {size} bytes, dense {facts['weight_bytes']}"
            bits = 8 * size / sum(layer["elements"] for layer in masked["layers"])
            if abs(masked["effective_bits"] - bits) > 1e-9:
                yield f"{what}: {masked['effective_bits']} effective bits, layers have {bits}"
            module = session.path("kernels.mlirbc")
            execution.run("quant-compile", model, "--cpu=native", f"--storage={storage}", *flags,
                          "--compile-to=kernels", "-o", module)
            session.interpret(module, x, found)
            if difference := execution.difference(found, dense):
                yield f"{what}, interpreted: {difference}"


def main():
    if len(sys.argv) >= 4 and sys.argv[1] == "storage":
        session = execution.Session(sys.argv[2])
        pairs = [(s, cpu) for cpu in sys.argv[3].split(",") for s in ("bitmask", "2:4")]
        takes_all = sys.argv[4:] == ["all"]
        problems = list(check_storage(
            session, session.path("model.onnx"),
            lambda number: pairs if takes_all else [pairs[number % len(pairs)]]))
        print("\n".join(problems + [f"{len(STORED)} formats, {len(problems)} problems"]))
        return 1 if problems else 0
    if len(sys.argv) == 5 and sys.argv[1] == "channels":
        problems = list(check_model_channels(execution.Session(sys.argv[2]), *sys.argv[3:]))
        print("\n".join(problems + [f"{len(problems)} problems"]))
        return 1 if problems else 0
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
