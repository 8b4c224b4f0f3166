#!/usr/bin/python3
"""Compares the interpreter's float outputs with ONNX Runtime's.

usage: check_onnxruntime.py DATA FOLDER networks COUNT
       check_onnxruntime.py DATA FOLDER NAME SAMPLES

DATA has tools/ort-eval.js and models; PEERS names a folder with onnxruntime-node.
`networks` stands for random networks, NAME for a model of check_models.py. The
largest difference of an output must be at most 1e-4 of its largest value.
"""
import os
import sys

import numpy as np

import check_models
import execution
import random_networks

LIMIT = 1e-4


def compare(data, session, model, x):
    """The largest relative difference over all samples."""
    module = session.path("model.mlirbc")
    ours, theirs = session.path("ours.npy"), session.path("theirs.npy")
    execution.run("quant-translate", "--import-onnx", model, "-o", module)
    session.interpret(module, x, ours)
    execution.run("node", os.path.join(data, "tools", "ort-eval.js"), model,
                  "--input", x, "--output", theirs)
    found = np.load(ours)
    expected = np.load(theirs).reshape(found.shape)
    worst = 0.0
    for a, b in zip(found, expected):
        error = np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)
        worst = max(worst, error if np.isfinite(error) else np.inf)
    return worst


def cases(data, folder, name, count):
    """(label, session, model, inputs) of everything to compare."""
    if name != "networks":
        model = check_models.Model(data, folder, name)
        x = model.session.path("x.npy")
        np.save(x, np.load(model.file("eval_x"))[:count].astype(np.float32))
        yield name, model.session, model.onnx, x
        return
    session = execution.Session(folder)
    model, x = session.path("model.onnx"), session.path("x.npy")
    for seed in range(count):
        _, samples = random_networks.write(seed, model)
        np.save(x, samples)
        yield f"network {seed}", session, model, x


def main():
    if len(sys.argv) != 5:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    data, folder, name, count = sys.argv[1:]
    worst, number, passed = 0.0, 0, True
    for label, session, model, x in cases(data, folder, name, int(count)):
        try:
            error = compare(data, session, model, x)
        except execution.Failure as failure:
            print(f"{label}: {failure}")
            passed = False
            continue
        number += 1
        worst = max(worst, error)
        if error > LIMIT:
            print(f"{label}: outputs differ by {error:.2e} of the largest")
            passed = False
    print(f"{number} models, largest difference {worst:.2e}")
    return 0 if passed and number else 1


if __name__ == "__main__":
    sys.exit(main())
