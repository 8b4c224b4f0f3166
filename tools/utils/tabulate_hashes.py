#!/usr/bin/python3
"""Prints one hash of outputs for each network, and how many rows of targets give it.

usage: tabulate_hashes.py FOLDER [MODELS] [--only NAME,...] [--random KIND,...] [--first SEED]
                          [--count N] [--targets A,B,...] [--code-flags='...']

MODELS is a folder with the .tflite files of embedded.json, whose inputs and outputs stay
quantized; they are compiled with the rounding of their source. Random networks of each KIND
are made with N seeds. The rows are the interpreter and the targets of emulated.py: processor
levels of this machine, and emulators. Each row also passes the checks of check_targets.py:
objects need nothing and write nothing, memory around the arena stays, the stack keeps within
its bound. Exits with 1 when a row differs or fails, or no network was tried.
"""
import os

import check_targets
import emulated
import execution
import trials


def find_models(options):
    """(name, path, flags) of the networks; random ones are written on the way."""
    if options.models:
        for network in trials.find_networks(options.models, options.only):
            yield network["name"], network["file"], ["--rounding=source"]
    for kind in options.random.split(",") if options.random else []:
        for seed in range(options.first, options.first + options.count):
            name, path, samples = trials.write_random(kind, seed, options.folder)
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
            run = check_targets.run_row(row, model, None, options.code_flags.split())
            agree += run.result.outputs == model.expected
            problems += [f"{name}, {problem}" for problem in run.problems]
        except execution.Failure as failure:
            problems.append(f"{name}, {row.name}: {failure}")
    print(f"| {name} | `{check_targets.hash_of(model.expected)}` | {agree} of {len(rows) + 1} |",
          flush=True)
    return problems


def main():
    parser = trials.parser_of(__doc__)
    parser.add_argument("folder")
    parser.add_argument("models", nargs="?")
    parser.add_argument("--only")
    parser.add_argument("--targets")
    parser.add_argument("--code-flags", default="")
    trials.add_random(parser, default="")
    options = trials.parse(parser)
    rows = emulated.find_rows(options.targets and options.targets.split(","))
    print(f"Rows: the interpreter, {', '.join(row.name for row in rows)}\n")
    print("| network | hash | rows |\n|---|---|---|", flush=True)
    problems, count = [], 0
    for name, path, flags in find_models(options):
        count += 1
        problems += check(name, path, flags, options, rows)
    return trials.finish(problems, f"\n{count} networks, ") or not count


if __name__ == "__main__":
    trials.run(main)
