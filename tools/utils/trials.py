"""What programs share that try networks on targets: which networks, and how they end."""
import argparse
import json
import os
import sys

import numpy as np

import check_networks
import execution

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "embedded.json")


def parser_of(doc):
    """A parser whose usage is that of a program's description."""
    return argparse.ArgumentParser(usage=doc.split("usage: ")[1].split("\n\n")[0])


def add_random(parser, **kinds):
    """Arguments for random networks."""
    parser.add_argument("--random", **kinds)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)


def parse(parser):
    """The arguments; the folder exists."""
    options = parser.parse_args()
    options.folder = os.path.abspath(options.folder)
    os.makedirs(options.folder, exist_ok=True)
    return options


def find_networks(models, only):
    """What to try: rows of embedded.json, with the paths of their files, or one model."""
    if os.path.isfile(models):
        return [{"name": os.path.splitext(os.path.basename(models))[0], "file": models}]
    with open(DATA, encoding="utf-8") as file:
        networks = json.load(file)["networks"]
    return [{**network, "file": os.path.join(models, network["file"])}
            for network in networks if not only or network["name"] in only.split(",")]


def write_random(kind, seed, folder):
    """Writes a random network; returns its name, its path and a file of samples."""
    name = f"{kind}-{seed}"
    folder = os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    path, samples = (os.path.join(folder, file) for file in (f"{name}.onnx", "calib.npy"))
    calibration, _ = check_networks.KINDS[kind].write(seed, path)
    np.save(samples, calibration)
    return name, path, samples


def finish(problems, summary=""):
    """Prints what is wrong; returns the exit code."""
    for problem in problems:
        print(problem)
    print(f"{summary}{len(problems)} problems")
    return 1 if problems else 0


def run(main):
    """Runs a program; a failure ends it with a message."""
    try:
        sys.exit(main())
    except execution.Failure as failure:
        sys.exit(str(failure))
