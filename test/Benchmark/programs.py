#!/usr/bin/python3
"""Measures what one waits for besides the network itself: compiling it and starting it.

usage: programs.py OUT [--build DIR] [--rows GLOB,...] [--runs N]

Compiles the networks of rows.json that a GLOB matches to executables with all levels.
OUT gets programs.json. The columns: seconds until the executable is there, and of all
cores together; bytes of the shared library, of its weights, and their ratio; milliseconds
from starting the program to its results in a file without one run of the network, and of
a program that does nothing. Times are of the world's clock, so the machine should be idle;
they are the medians of N runs (compiling: one).
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

from bench import HERE, Failure, matching
import networks

COMPILE_GOAL, TINY_GOAL, TINY_WEIGHTS = 20, 3, 1 << 20  # seconds; bytes of weights
SIZE_GOAL, START_GOAL = 3, 5  # of the weights, for tiny networks; milliseconds
HEADER = f"{'row':<14} {'compile s':>9} {'all cores':>9} {'bytes':>10} {'weights':>10}" \
         f" {'ratio':>6} {'start ms':>8} {'empty':>6}  missed"


def timed(command):
    """Runs a command; its seconds and its output."""
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if result.returncode:
        raise Failure((result.stderr.splitlines() or ["no message"])[0])
    return seconds, result.stdout


def median_ms(command, runs):
    return 1000 * statistics.median(timed(command)[0] for _ in range(runs))


def measure(row, options):
    """The figures of one row."""
    network = networks.build(row, True)
    path = os.path.join(options.out, row["name"])
    network.write(path + ".onnx")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    compiler = os.path.join(options.build, "bin", "quant-compile")
    seconds, _ = timed([compiler, path + ".onnx", "-o", path])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    library = path + ".so"
    timed([compiler, path + ".onnx", "--emit=shared", "-o", library])
    facts = dict(line.split(": ", 1) for line in timed([path, "--info"])[1].splitlines())
    shape = facts["input0"].split("shape=")[1].split()[0].split("x")
    np.save(path + ".npy", np.zeros([int(n) for n in shape], np.float32))
    command = [path, "--input", path + ".npy", "--output", path + ".out.npy"]
    run_ms = float(timed([path, "--bench=0.5"])[1].split()[1]) / 1000
    result = dict(
        name=row["name"], compile_s=seconds, compile_cpu_s=after.ru_utime - before.ru_utime,
        bytes=os.path.getsize(library), weight_bytes=int(facts["weight_bytes"]),
        start_ms=median_ms(command, options.runs) - run_ms,
        empty_ms=median_ms(["true"], options.runs))
    for suffix in ("", ".so", ".onnx", ".npy", ".out.npy"):
        os.remove(path + suffix)
    return result


def missed(result):
    """The goals that a result misses."""
    tiny = result["weight_bytes"] < TINY_WEIGHTS
    goals = [("compile", result["compile_s"] <= (TINY_GOAL if tiny else COMPILE_GOAL)),
             ("size", not tiny or result["bytes"] <= SIZE_GOAL * result["weight_bytes"]),
             ("start", result["start_ms"] <= START_GOAL)]
    return [name for name, met in goals if not met]


def line(r):
    return (f"{r['name']:<14} {r['compile_s']:>9.2f} {r['compile_cpu_s']:>9.2f} {r['bytes']:>10}"
            f" {r['weight_bytes']:>10} {r['bytes'] / r['weight_bytes']:>6.2f}"
            f" {r['start_ms']:>8.2f} {r['empty_ms']:>6.2f}  {' '.join(missed(r))}").rstrip()


def main():
    usage = __doc__.split("usage: ")[1].split("\n\n")[0]
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("out")
    parser.add_argument("--build", default=os.path.join(HERE, "..", "..", "build"))
    parser.add_argument("--rows", default="*")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    results = []
    try:
        rows = [row for row in matching(options.rows)
                if row["family"] == "network" and row.get("types") != "f32"]
        print(HEADER, flush=True)
        for row in rows:
            results.append(measure(row, options))
            print(line(results[-1]), flush=True)
    except Failure as failure:
        print(f"programs.py: error: {failure}", file=sys.stderr)
        return 1
    with open(os.path.join(options.out, "programs.json"), "w") as file:
        json.dump(results, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
