#!/usr/bin/python3
"""Compiles random networks and compares them with the interpreter, byte for byte.

usage: check_networks.py FOLDER [--first SEED] [--count N] [--cpu A,B,...]
                         [--threads 1,2] [--flags='...'] [--code-flags='...'] [--keep]
                         [--kind convolutions|depthwise|chains|loops|wide|dense]

Seeds alternate between static int8 and float unless --flags are given. A network
that fails is left in FOLDER with the commands to repeat it.
"""
import argparse
import os
import shutil
import sys

import numpy as np

import chain_networks
import dense_networks
import depthwise_networks
import execution
import loop_networks
import random_networks
import wide_networks

KINDS = {"convolutions": random_networks, "depthwise": depthwise_networks,
         "chains": chain_networks, "loops": loop_networks,
         "wide": wide_networks, "dense": dense_networks}


def check(seed, options):
    """The problems of one network and the number of comparisons."""
    folder = os.path.join(options.folder, f"network-{seed}")
    shutil.rmtree(folder, ignore_errors=True)
    session = execution.Session(folder)
    model, calib, x = (session.path(n) for n in ("model.onnx", "calib.npy", "x.npy"))
    calibration, samples = KINDS[options.kind].write(seed, model)
    np.save(calib, calibration)
    np.save(x, samples)
    flags = options.flags.split() if options.flags is not None else [
        "--activations=static"] if seed % 4 != 3 else []
    if any(flag.startswith("--activations=static") for flag in flags):
        flags = flags + [f"--calibrate={calib}"]
    try:
        problems = session.compare(
            model, x, flags, options.cpu.split(","), options.threads.split(","),
            options.code_flags.split())
    except execution.Failure as failure:
        problems = [str(failure)]
    if not problems and not options.keep:
        shutil.rmtree(folder)
    return [f"network {seed} ({' '.join(flags[:1]) or 'float'}): {p}" for p in problems], \
        session.comparisons


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--threads", default="1")
    parser.add_argument("--flags")
    parser.add_argument("--code-flags", default="")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--kind", choices=KINDS, default="convolutions")
    options = parser.parse_args()
    problems, comparisons = [], 0
    for seed in range(options.first, options.first + options.count):
        found, count = check(seed, options)
        problems += found
        comparisons += count
        for problem in found:
            print(problem, flush=True)
    print(f"{options.count} networks, {comparisons} comparisons, {len(problems)} problems")
    return 1 if problems or not comparisons else 0


if __name__ == "__main__":
    sys.exit(main())
