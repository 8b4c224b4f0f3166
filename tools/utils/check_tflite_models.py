#!/usr/bin/python3
"""Compares TFLite networks with the outputs that TFLite Micro gave for them.

usage: check_tflite_models.py MODELS FOLDER [--cpu A,B,...] [--only NAME]

MODELS holds NAME.tflite and golden/NAME_x.npy, golden/NAME_y.npy. With the rounding of the
source, the interpreter and compiled code give every byte. How many bytes the default
rounding gives is printed beside it.
"""
import argparse
import glob
import os
import sys

import numpy as np

import execution


def check(model, golden, session, cpus):
    """The problems of one network."""
    x, y = (f"{golden}_{part}.npy" for part in "xy")
    problems = session.compare(model, x, ["--rounding=source"], cpus, ["1", "2"])
    expected, found = np.load(y), np.load(session.path("expected.npy"))
    if expected.reshape(found.shape).tobytes() != found.tobytes():
        problems.append(f"{(expected.reshape(found.shape) != found).sum()} of {found.size} bytes are "
                        "not TFLite's")
    nearest = session.path("nearest.npy")
    execution.run("quant-run", model, f"--input={x}", f"--output={nearest}")
    equal = (np.load(nearest) == found).mean()
    print(f"{os.path.basename(model)}: {found.size} bytes; default rounding: {equal:.1%} of them")
    return problems


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("models")
    parser.add_argument("folder")
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--only")
    options = parser.parse_args()
    problems, count = [], 0
    for x in sorted(glob.glob(os.path.join(options.models, "golden", "*_x.npy"))):
        name = os.path.basename(x)[: -len("_x.npy")]
        if options.only not in (None, name):
            continue
        session = execution.Session(os.path.join(options.folder, name))
        count += 1
        try:
            found = check(os.path.join(options.models, f"{name}.tflite"), x[: -len("_x.npy")], session,
                          options.cpu.split(","))
        except execution.Failure as failure:
            found = [str(failure)]
        problems += [f"{name}: {problem}" for problem in found]
        for problem in found:
            print(f"{name}: {problem}", flush=True)
    print(f"{count} networks, {len(problems)} problems")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
