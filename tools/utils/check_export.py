#!/usr/bin/python3
"""Compares quantized models with what is exported of them.

usage: check_export.py MODEL CALIBRATION SAMPLES FOLDER [DATA]

MODEL is compiled with several formats of weights, with float and with static activations,
and exported as ONNX with the same options. The program of the exported file, and with
DATA, which has tools/ort-eval.js, and PEERS ONNX Runtime, must be at most one step of the
last rounding away from the program of MODEL; one value in 1000 may be two. What stays
float may differ by 1e-4 of the largest number.
"""
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper

import execution

FORMATS = (
    ("i8",), ("i8", "--granularity=tensor"), ("u8", "--scheme=affine"),
    ("i4", "--granularity=channel"), ("i4", "--granularity=block32"),
    ("u4", "--scheme=affine", "--granularity=block16"), ("f16",),
)
# Enough results for one in 1000 to be a number.
COUNT = 500


def last_step(path):
    """The scale of the last DequantizeLinear in front of the output, or None."""
    graph = onnx.load(path).graph
    values = {t.name: t for t in graph.initializer}
    producers = {name: n for n in graph.node for name in n.output}
    name = graph.output[0].name
    while name in producers:
        node = producers[name]
        if node.op_type == "DequantizeLinear":
            return float(numpy_helper.to_array(values[node.input[1]]))
        if node.op_type not in ("Identity", "Reshape", "Transpose"):
            return None
        name = node.input[0]
    return None


def distance(found, expected, step):
    """What is wrong with a result, or None."""
    if found.size != expected.size:
        return f"{found.shape} instead of {expected.shape}"
    error = np.abs(found.reshape(expected.shape) - expected)
    if step is None:
        worst = error.max() / np.abs(expected).max()
        return None if worst <= 1e-4 else f"{worst:.2e} of the largest number away"
    steps = np.rint(error / step)
    if steps.max() <= 2 and np.mean(steps > 1) <= 0.001:
        return None
    return f"at most {int(steps.max())} steps away, {np.mean(steps > 1):.4f} of them above 1"


def check(session, model, samples, flags, data):
    """The problems of one set of flags."""
    exported, program = session.path("exported.onnx"), session.path("program")
    ours, again, theirs = (session.path(n) for n in ("ours.npy", "again.npy", "theirs.npy"))
    execution.run("quant-compile", model, *flags, "--cpu=native", "-o", program)
    execution.run(program, f"--input={samples}", f"--output={ours}")
    execution.run("quant-compile", model, *flags, "--emit=onnx", "-o", exported)
    execution.run("quant-compile", exported, "--cpu=native", "-o", program)
    execution.run(program, f"--input={samples}", f"--output={again}")
    step, expected = last_step(exported), np.load(ours)
    static = "--activations=static" in flags
    problems = []
    if static and step is None:
        problems.append("no rounding in front of the output")
    problem = distance(np.load(again), expected, step)
    if problem:
        problems.append(f"imported again: {problem}")
    if data:
        execution.run("node", os.path.join(data, "tools", "ort-eval.js"), exported,
                      "--input", samples, "--output", theirs)
        problem = distance(np.load(theirs), expected, step)
        if problem:
            problems.append(f"ONNX Runtime: {problem}")
    return problems


def main():
    if len(sys.argv) not in (5, 6):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    model, calibration, samples, folder, *data = sys.argv[1:]
    session, bad, count = execution.Session(folder), 0, 0
    few = session.path("samples.npy")
    np.save(few, np.load(samples)[:COUNT].astype(np.float32))
    for weights, *more in FORMATS:
        for static in (False, True):
            if static and weights == "f16":
                continue
            flags = [f"--weights={weights}", *more]
            if static:
                flags += ["--activations=static", f"--calibrate={calibration}"]
            try:
                problems = check(session, model, few, flags, data and data[0])
            except execution.Failure as failure:
                problems = [str(failure)]
            count += 1
            for problem in problems:
                print(f"{' '.join(flags)}: {problem}")
            bad += bool(problems)
    print(f"{count} models exported, {bad} with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
