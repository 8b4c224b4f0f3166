#!/usr/bin/python3
"""Checks that nothing but calibration data and numbers decides how weights are rounded.

usage: check_independence.py MODEL CALIBRATION FOLDER

MODEL is compiled with methods and searches where it lies, beside its evaluation data, and
then a copy with the names of graph, nodes and values exchanged for others, in a folder that
holds calibration data and nothing else. The quantized modules must be the same byte for
byte, but for the names.
"""
import os
import re
import shutil
import sys

import numpy as np
import onnx

import execution

COUNT = 40  # samples

CHOICES = (
    "--weights=i4 --method=mse+gptq+descent+bias --activations=static",
    "--weights=i8 --method=equalize+mse --granularity=tensor --activations=static",
    "--weights=palette3 --method=mse",
    "--activations=static16",
    "--max-drop=10 --search-formats=i8,i4 --activations=static",
)


def rename(source, target):
    """Writes the model with names that say nothing, in another order of the alphabet."""
    model = onnx.load(source)
    graph, names = model.graph, {}

    def name(old):
        return names.setdefault(old, f"v{9999 - len(names)}") if old else old

    graph.name = "other"
    for i, node in enumerate(graph.node):
        node.name = f"n{9999 - i}"
        node.input[:] = [name(n) for n in node.input]
        node.output[:] = [name(n) for n in node.output]
    for value in [*graph.initializer, *graph.input, *graph.output, *graph.value_info]:
        value.name = name(value.name)
    onnx.save(model, target)


def quantized(session, model, calibration, flags, name):
    """The text of the quantized module, without names."""
    path = session.path(name + ".mlir")
    execution.run("quant-compile", model, *flags.split(), f"--calibrate={calibration}",
                  "--compile-to=quantize", "--name=net", "-o", path)
    with open(path) as file:
        text = file.read()
    text = re.sub(r"^#loc.*\n", "", text, flags=re.M)
    return re.sub(r' loc\((?:"[^"]*"|[^()])*\)|\bname = "[^"]*"', "", text)


def main():
    if len(sys.argv) != 4:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    model, calibration, folder = sys.argv[1:]
    session, bad = execution.Session(folder), 0
    alone = session.path("alone")
    os.makedirs(alone, exist_ok=True)
    other, samples = os.path.join(alone, "x.onnx"), os.path.join(alone, "s.npy")
    rename(model, other)
    few = session.path("few.npy")
    np.save(few, np.load(calibration)[:COUNT])
    shutil.copy(few, samples)
    for flags in CHOICES:
        first = quantized(session, model, few, flags, "first")
        second = quantized(session, other, samples, flags, "second")
        same = first == second and "qnn.constant" in first
        print(f"{flags}: {'the same' if same else 'different'}")
        bad += not same
    print(f"{len(CHOICES)} choices, {bad} with differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
