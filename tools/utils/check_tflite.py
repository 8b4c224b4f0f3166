#!/usr/bin/python3
"""Compiles random TFLite networks with the rounding of TFLite and compares every byte.

usage: check_tflite.py FOLDER [--first SEED] [--count N] [--cpu A,B,...] [--targets A,B,...]
                       [--keep]

The expected bytes are those of tflite_reference.py; the interpreter and compiled code for
each level must both give them, and code for each of the targets of emulated.py. With the
default rounding both agree with each other. A network that fails is left in FOLDER.
"""
import argparse
import os
import shutil
import sys

import numpy as np

import check_targets
import emulated
import execution
import tflite_file
import tflite_networks
import tflite_reference


def check_rows(model, x, session, rows):
    """The problems of a network on targets."""
    fused = check_targets.Model(
        session.path("targets"), model,
        [*check_targets.INTEGER_FLAGS.split(), "--rounding=source"], [x], 2)
    return [problem for row in rows
            for problem in check_targets.run_row(row, fused, None, []).problems]


def check(seed, options, rows):
    """The problems of one network."""
    folder = os.path.join(options.folder, f"network-{seed}")
    shutil.rmtree(folder, ignore_errors=True)
    session = execution.Session(folder)
    network, samples = tflite_networks.build(seed)
    model, x = session.path("model.tflite"), session.path("x.npy")
    tflite_file.save(network, model)
    np.save(x, samples)
    expected = tflite_reference.evaluate(network, samples)
    problems = []
    try:
        problems += session.compare(model, x, ["--rounding=source", "--integer-only"],
                                    options.cpu.split(","), ["1"])
        np.save(session.path("reference.npy"), expected)
        problem = execution.difference(session.path("expected.npy"), session.path("reference.npy"))
        problems += [f"the interpreter and TFLite: {problem}"] if problem else []
        problems += session.compare(model, x, ["--integer-only"], options.cpu.split(","), ["1"])
        if rows:
            problems += check_rows(model, x, session, rows)
    except execution.Failure as failure:
        problems.append(str(failure))
    if not problems and not options.keep:
        shutil.rmtree(folder)
    return [f"network {seed}: {problem}" for problem in problems]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--targets")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    rows = emulated.find_rows(options.targets.split(",")) if options.targets else []
    problems = []
    for seed in range(options.first, options.first + options.count):
        found = check(seed, options, rows)
        problems += found
        for problem in found:
            print(problem, flush=True)
    print(f"{options.count} networks, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
