#!/usr/bin/python3
"""Runs a model on every target, in emulators, and compares the outputs.

usage: check_targets.py FOLDER MODEL [--flags='...'] [--input X.npy ...] [--samples N]
                        [--targets A,B,...] [--code-flags='...'] [--budget NAME=N ...]
       check_targets.py FOLDER --random KIND [--first SEED] [--count N] [...]

Prints a table with a row for the interpreter and one for each target: a hash of
all outputs, the stack, the bytes of code and constants, and what the last
inference cost by the counting plugin. Exits with 1 when an output differs from
the interpreter's, when memory around the arena was written to, when an object
has undefined symbols or writable data, or when a target executed more
instructions than its budget.
"""
import dataclasses
import hashlib
import os

import numpy as np

import check_networks
import emulated
import execution
import trials

INTEGER_FLAGS = "--io=quantized --integer-only"


def hash_of(outputs):
    """A short hash of all outputs, in order."""
    digest = hashlib.sha256()
    for data in outputs:
        digest.update(data)
    return digest.hexdigest()[:16]


class Model:
    """A model after phase `fuse`, samples for its inputs and the interpreter's outputs."""

    def __init__(self, folder, path, flags, inputs, samples):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.module = os.path.join(folder, "fused.mlirbc")
        execution.run("quant-compile", path, *flags, "--compile-to=fuse", "-o", self.module)
        self.names, shapes, types, outputs = self._describe()
        rng = np.random.default_rng(1)
        self.inputs = []
        for i, (shape, dtype) in enumerate(zip(shapes, types)):
            if inputs:
                x = np.load(inputs[i])[:samples * shape[0]]
            elif np.issubdtype(dtype, np.floating):
                x = rng.standard_normal((samples * shape[0], *shape[1:]))
            else:
                info = np.iinfo(dtype)
                x = rng.integers(info.min, info.max, (samples * shape[0], *shape[1:]),
                                 endpoint=True)
            self.inputs.append(np.ascontiguousarray(x, dtype))
        self.expected = self._interpret(outputs)

    def _describe(self):
        """Names, shapes and types of the inputs and names of the outputs."""
        library = os.path.join(self.folder, "description")
        execution.run("quant-compile", self.module, "--cpu=x86-64", "-o", library)
        info = dict(line.split(": ", 1) for line in
                    execution.run(library, "--info").splitlines() if ": " in line)
        dtypes = {"f32": np.float32, "i8": np.int8, "ui8": np.uint8, "si8": np.int8,
                  "i16": np.int16, "i32": np.int32, "i64": np.int64, "i1": np.uint8}

        def fields(line):
            return dict(word.split("=", 1) for word in line.split())

        names, shapes, types = [], [], []
        for i in range(int(info["inputs"])):
            row = fields(info[f"input{i}"])
            names.append(row["name"])
            shapes.append([int(n) for n in row["shape"].split("x")])
            types.append(dtypes[row["type"]])
        return names, shapes, types, [fields(info[f"output{o}"])["name"]
                                      for o in range(int(info["outputs"]))]

    def _interpret(self, outputs):
        arguments = []
        for name, x in zip(self.names, self.inputs):
            path = os.path.join(self.folder, f"x{len(arguments)}.npy")
            np.save(path, x)
            arguments.append(f"--input={name}={path}")
        paths = [os.path.join(self.folder, f"y{o}.npy") for o in range(len(outputs))]
        arguments += [f"--output={name}={path}" for name, path in zip(outputs, paths)]
        execution.run("quant-run", self.module, "--interpret", *arguments)
        return [np.load(path).tobytes() for path in paths]


@dataclasses.dataclass
class Run:
    """A model's program on a row, what it gave, and what is wrong with it."""

    program: emulated.Program
    result: emulated.Result
    problems: list


def run_row(row, model, plugin, flags):
    """Runs a model on a row and checks its object, its outputs and its stack."""
    program = emulated.Program(row, os.path.join(model.folder, row.name), model.module,
                               model.inputs, flags)
    problems = emulated.check_object(program.object, row)
    result = program.run(plugin)
    if result.outputs != model.expected:
        wrong = sum(a != b for x, y in zip(result.outputs, model.expected)
                    for a, b in zip(x, y))
        problems.append(f"{wrong} bytes of the outputs differ from the interpreter's")
    bound = program.define("STACK_BYTES")
    if bound is None and not row.portable:
        problems.append("the header has no bound of the stack")
    elif bound is not None and bound < result.stack:
        problems.append(f"{result.stack} bytes of stack, more than the header's {bound}")
    return Run(program, result, [f"{row.name}: {problem}" for problem in problems])


def check_row(row, model, options, plugin):
    """The problems of a row, after its line of the table is printed."""
    run = run_row(row, model, plugin, options.code_flags.split())
    counts = run.result.counts
    print(f"{row.name:<16} {hash_of(run.result.outputs)} {run.result.stack:>6}"
          f" {run.program.image().flash:>8} {counts.get('instructions', ''):>12}"
          f" {counts.get('cycles', '') if row.board else '':>12}", flush=True)
    budget = dict(word.split("=") for word in options.budget).get(row.name)
    if budget and counts["instructions"] > int(budget):
        run.problems.append(f"{row.name}: {counts['instructions']} instructions, more than {budget}")
    return run.problems


def check_model(path, folder, flags, options, rows, plugin):
    """The problems of a model on all rows."""
    model = Model(folder, path, flags, options.input, options.samples)
    print(f"{os.path.basename(path)}\n{'target':<16} {'outputs':<16} {'stack':>6} {'flash':>8}"
          f" {'instructions':>12} {'cycles':>12}")
    print(f"{'interpreter':<16} {hash_of(model.expected)}", flush=True)
    problems = []
    for row in rows:
        try:
            problems += check_row(row, model, options, plugin)
        except execution.Failure as failure:
            problems.append(f"{row.name}: {failure}")
    return problems


def check_random(seed, options, rows, plugin):
    """The problems of a random network."""
    name, path, samples = trials.write_random(options.random, seed, options.folder)
    flags = ["--activations=static", f"--calibrate={samples}", *options.flags.split()]
    try:
        return check_model(path, os.path.dirname(path), flags, options, rows, plugin)
    except execution.Failure as failure:
        return [f"{name}: {failure}"]


def main():
    parser = trials.parser_of(__doc__)
    parser.add_argument("folder")
    parser.add_argument("model", nargs="?")
    parser.add_argument("--flags", default=INTEGER_FLAGS)
    parser.add_argument("--code-flags", default="")
    parser.add_argument("--input", action="append", default=[])
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--targets")
    parser.add_argument("--budget", action="append", default=[])
    trials.add_random(parser, choices=check_networks.KINDS)
    options = trials.parse(parser)
    rows = emulated.find_rows(options.targets and options.targets.split(","))
    plugin = emulated.build_plugin(options.folder)
    if not options.random:
        return trials.finish(check_model(options.model, options.folder, options.flags.split(),
                                         options, rows, plugin))
    return trials.finish([problem
                          for seed in range(options.first, options.first + options.count)
                          for problem in check_random(seed, options, rows, plugin)])


if __name__ == "__main__":
    trials.run(main)
