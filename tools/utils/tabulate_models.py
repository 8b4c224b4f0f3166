#!/usr/bin/python3
"""Tables accuracy, bytes and time of models in all formats and with all methods.

usage: tabulate_models.py DATA FOLDER [--models A,B] [--weights X,Y] [--methods M,N]
                          [--activations A,B] [--seconds S]

DATA and the models are those of check_models.py. Compiles each model with each way to
store weights, each method and each kind of activations, for this processor, and prints a
Markdown table: top-1 of the labelled samples, how many points that is above the float
network's, bytes of the weights with their scales, bits per weight, and the least time
of a run relative to the float network's, measured directly before. A format may be
followed by '/' and a granularity. Activations stay float with formats that have no
products of integers, and 16 bits (`static16`) are for weights with a scale per tensor or
channel; methods other than `rtn` are for integers of fewer than 8 bits, and `equalize` for
all integers. FOLDER keeps what was measured in results.json; a second run goes on from
there.
"""
import argparse
import itertools
import json
import os
import sys

from check_models import FILES, Model, value
from execution import Failure, run

HEADER = ("| network | weights | activations | method | top-1 | points | weight bytes | bits |"
          " time |\n|---|---|---|---|---|---|---|---|---|")


class Table:
    """The results so far, kept in a file."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "results.json")
        self.results = {}
        if os.path.exists(self.path):
            with open(self.path) as file:
                self.results = json.load(file)

    def get(self, key, measure):
        """A result, measured unless it is known."""
        if key not in self.results:
            self.results[key] = measure()
            with open(self.path + ".new", "w") as file:
                json.dump(self.results, file, indent=1)
            os.replace(self.path + ".new", self.path)
        return self.results[key]


def list_formats():
    """{name: (bits, whether integers can be multiplied, granularity)}"""
    rows = [line.split() for line in run("quant-compile", "--list-formats").splitlines()[1:]]
    return {row[0]: (int(row[1]), row[-1] == "integer", row[2].split(",")[0]) for row in rows}


def combinations(options, formats):
    """(weights, activations, method) of each row; the float network is the first."""
    yield "f32", "float", "rtn"
    for weights in options.weights:
        name, _, granularity = weights.partition("/")
        bits, integer, default = formats[name]
        has_blocks = (granularity or default).startswith("block")
        for activations, method in itertools.product(options.activations, options.methods):
            is_possible = activations == "float" or integer and not (
                activations == "static16" and has_blocks)
            is_useful = method == "rtn" or integer and (bits < 8 or "equalize" in method)
            if is_possible and is_useful:
                yield weights, activations, method


def flags_of(weights, activations, method):
    name, _, granularity = weights.partition("/")
    flags = [f"--weights={name}", f"--activations={activations}"]
    flags += [f"--granularity={granularity}"] * bool(granularity)
    return " ".join(flags + [f"--method={method}"] * (method != "rtn"))


def measure(model, choice, seconds):
    """The figures of one row."""
    report = model.session.path("report.json")
    library = model.compile("table.so", *model.flags(flags_of(*choice)), "--cpu=native",
                            "--emit=shared", f"--report={report}")
    x, y = model.file("eval_x"), model.file("eval_y")
    text = run("quant-run", library, "--input", x, f"--labels={y}")
    plain = model.session.path("float.so")
    if not os.path.exists(plain):
        model.compile("float.so", "--cpu=native", "--emit=shared")
    times = [value(run("quant-run", one, "--input", x, f"--bench={seconds}"), "min_us")
             for one in (plain, library)]
    with open(report) as file:
        facts = json.load(file)
    return {"top1": 100 * value(text, "top1"), "n": value(text, "n"),
            "bytes": facts["weight_bytes"], "bits": facts["effective_bits"],
            "time": times[1] / times[0]}


def row(name, choice, result, base):
    weights, activations, method = choice
    return (f"| {name} | {weights} | {activations} | {method} | {result['top1']:.2f} |"
            f" {result['top1'] - base['top1']:+.2f} | {result['bytes']} |"
            f" {result['bits']:.2f} | {result['time']:.2f} |")


def parse(arguments):
    usage = __doc__.split("usage: ")[1].split("\n\n")[0]
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("data")
    parser.add_argument("folder")
    split = dict(type=lambda text: text.split(","))
    parser.add_argument("--models", default=["resnet8", "dscnn", "mnist", "squeezenet"], **split)
    parser.add_argument("--weights", default=["f16", "i8", "u8", "i4", "nf4", "i3", "i2"], **split)
    parser.add_argument("--methods", default=["rtn", "mse", "gptq", "gptq+bias"], **split)
    parser.add_argument("--activations", default=["float", "dynamic", "static"], **split)
    parser.add_argument("--seconds", type=float, default=0.3)
    options = parser.parse_args(arguments)
    unknown = [name for name in options.models if name not in FILES and name != "demo"]
    if unknown:
        parser.error(f"unknown model '{unknown[0]}'")
    return options


def main():
    options = parse(sys.argv[1:])
    os.makedirs(options.folder, exist_ok=True)
    table, formats = Table(options.folder), list_formats()
    unknown = [name for name in options.weights if name.split("/")[0] not in formats]
    if unknown:
        print(f"tabulate_models.py: error: unknown format '{unknown[0]}'", file=sys.stderr)
        return 1
    print(HEADER, flush=True)
    failures = 0
    for name in options.models:
        model = Model(options.data, os.path.join(options.folder, name), name)
        base = None
        for choice in combinations(options, formats):
            try:
                result = table.get(" ".join((name, *choice)),
                                   lambda: measure(model, choice, options.seconds))
            except Failure as failure:
                failures += 1
                print(f"{name} {' '.join(choice)}: {failure}", file=sys.stderr)
                if base is None:
                    break
                continue
            base = base or result
            print(row(name, choice, result, base), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
