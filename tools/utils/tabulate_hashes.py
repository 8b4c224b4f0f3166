#!/usr/bin/python3
"""Prints one hash of outputs for each network, and how many rows of targets give it.

usage: tabulate_hashes.py FOLDER [MODELS] [--only NAME,...] [--random KIND,...] [--first SEED]
                          [--count N] [--targets A,B,...]

MODELS is a folder with the .tflite files of embedded.json, whose inputs and outputs stay
quantized; they are compiled with the rounding of their source. Random networks of each KIND
are made with N seeds. The rows are the interpreter and the targets of emulated.py: processor
levels of this machine, and emulators. Each row also passes the checks of check_targets.py:
objects need nothing and write nothing, memory around the arena stays, the stack keeps within
its bound. Exits with 1 when a row differs or fails, or no network was tried.
"""
import argparse
import json
import os
import sys

import numpy as np

import check_networks
import check_targets
import emulated
import execution

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "embedded.json")


def given_models(options):
    """(name, path, flags) of the networks in a folder."""
    if not options.models:
        return
    with open(DATA, encoding="utf-8") as file:
        networks = json.load(file)["networks"]
    for network in networks:
        if not options.only or network["name"] in options.only.split(","):
            yield (network["name"], os.path.join(options.models, network["file"]),
                   ["--rounding=source"])


def random_models(options):
    """(name, path, flags) of random networks, which are written on the way."""
    for kind in options.random.split(",") if options.random else []:
        for seed in range(options.first, options.first + options.count):
            name = f"{kind}-{seed}"
            folder = os.path.join(options.folder, name)
            os.makedirs(folder, exist_ok=True)
            path, samples = (os.path.join(folder, file) for file in ("model.onnx", "calib.npy"))
            calibration, _ = check_networks.KINDS[kind].write(seed, path)
            np.save(samples, calibration)
            yield name, path, ["--activations=static", f"--calibrate={samples}"]


def check(name, path, flags, options, rows):
    """Prints the line of a network; returns its problems."""
    try:
        model = check_targets.Model(
            os.path.join(options.folder, name), path,
            [*check_targets.INTEGER_FLAGS.split(), *flags], [], 1)
    except execution.Failure as failure:
        return [f"{name}: {failure}"]
    problems, agree = [], 1
    for row in rows:
        try:
            run = check_targets.run_row(row, model, None, [])
            agree += run.result.outputs == model.expected
            problems += [f"{name}, {problem}" for problem in run.problems]
        except execution.Failure as failure:
            problems.append(f"{name}, {row.name}: {failure}")
    print(f"| {name} | `{check_targets.hash_of(model.expected)}` | {agree} of {len(rows) + 1} |",
          flush=True)
    return problems


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("models", nargs="?")
    parser.add_argument("--only")
    parser.add_argument("--random", default="")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--targets")
    options = parser.parse_args()
    options.folder = os.path.abspath(options.folder)
    rows = emulated.find_rows(options.targets and options.targets.split(","))
    print(f"Rows: the interpreter, {', '.join(row.name for row in rows)}\n")
    print("| network | hash | rows |\n|---|---|---|", flush=True)
    problems, count = [], 0
    for models in (given_models(options), random_models(options)):
        for name, path, flags in models:
            count += 1
            problems += check(name, path, flags, options, rows)
    for problem in problems:
        print(problem)
    print(f"\n{count} networks, {len(problems)} problems")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except execution.Failure as failure:
        sys.exit(str(failure))
