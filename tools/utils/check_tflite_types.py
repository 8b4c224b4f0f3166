#!/usr/bin/python3
"""Compiles random TFLite networks whose activations are UINT8 or INT16.

usage: check_tflite_types.py FOLDER TYPE [--first SEED] [--count N] [--cpu A,B,...]

With TYPE `uint8` weights have one scale and a zero point, and up to 9 bits without it. With
the rounding of TFLite the interpreter and compiled code give the bytes of
tflite_reference.py, on integers alone; with the default one they agree with each other and
are near to those. With TYPE `int16` they agree with each other, and are near to the same
network in floats. A network that fails is left in FOLDER.
"""
import os
import shutil
import sys

import numpy as np

import execution
import tflite_file
import tflite_networks
import tflite_reference
import tflite_types
import trials

# Real numbers that INT16 stands for are the floats up to this part of them, in dB.
LEAST_SNR = 45
# What layers make of differences of one step in front of them, on average.
MOST_STEPS = 1
# Steps of INT16 leave room for this multiple of the range of 8 bits.
ROOM = 16


def check_unsigned(session, seed, cpus):
    """The problems of a network with UINT8."""
    network, samples = tflite_networks.build_old(seed)
    expected = tflite_reference.evaluate(network, samples).astype(np.int64) + 128
    model, x = session.path("model.tflite"), session.path("x.npy")
    tflite_file.save(tflite_types.to_unsigned(network), model)
    np.save(x, (samples.astype(np.int64) + 128).astype(np.uint8))
    problems = session.compare(model, x, ["--rounding=source", "--integer-only"], cpus, ["1"])
    found = np.load(session.path("expected.npy"))
    wrong = (found != expected.reshape(found.shape)).sum()
    problems += [f"{wrong} of {found.size} bytes are not TFLite's"] if wrong else []
    problems += session.compare(model, x, [], cpus, ["1"])
    distance = np.abs(np.load(session.path("expected.npy")) - expected.reshape(found.shape)).mean()
    if distance > MOST_STEPS:
        problems.append(f"bytes differ by {distance:.2f} on average")
    return problems


def check_wide(session, seed, cpus):
    """The problems of a network with INT16."""
    network, samples = tflite_networks.build(seed)
    wide = tflite_types.to_wide(network, ROOM)
    model, real, x = (session.path(n) for n in ("model.tflite", "float.tflite", "x.npy"))
    tflite_file.save(wide, model)
    tflite_file.save(tflite_types.to_float(network), real)
    start, output = network.tensors[network.inputs[0]], wide.tensors[wide.outputs[0]]
    centered = samples.astype(np.int64) - start.zero
    np.save(x, (256 // ROOM * centered).astype(np.int16))
    problems = session.compare(model, x, [], cpus, ["1"])
    np.save(session.path("real.npy"), (centered * np.float64(start.scale)).astype(np.float32))
    execution.run("quant-run", real, f"--input={session.path('real.npy')}",
                  f"--output={session.path('y.npy')}")
    y = np.load(session.path("y.npy")).astype(np.float64)
    error = np.load(session.path("expected.npy")) * np.float64(output.scale) - y
    snr = 10 * np.log10((y ** 2).sum() / max((error ** 2).sum(), 1e-30))
    return problems + ([f"only {snr:.1f} dB from floats"] if snr < LEAST_SNR else [])


CHECKS = {"uint8": check_unsigned, "int16": check_wide}


def check(seed, options):
    """The problems of one network."""
    folder = os.path.join(options.folder, f"{options.type}-{seed}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        problems = CHECKS[options.type](execution.Session(folder), seed, options.cpu.split(","))
    except execution.Failure as failure:
        problems = [str(failure)]
    if not problems:
        shutil.rmtree(folder)
    return [f"network {seed}: {problem}" for problem in problems]


def main():
    parser = trials.parser_of(__doc__)
    parser.add_argument("folder")
    parser.add_argument("type", choices=CHECKS)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--cpu", default="native")
    options = trials.parse(parser)
    problems = [problem for seed in range(options.first, options.first + options.count)
                for problem in check(seed, options)]
    return trials.finish(problems, f"{options.count} networks, ")


if __name__ == "__main__":
    trials.run(main)
