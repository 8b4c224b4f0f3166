#!/usr/bin/python3
"""Prints what networks cost on microcontrollers, beside TFLM + CMSIS-NN and our goals.

usage: tabulate_embedded.py MODEL|MODELS FOLDER [--targets A,B] [--rounding=R,...] [--only NAME,...]
                            [--code-flags='...'] [--json FILE]

MODELS is a folder with the .tflite files that embedded.json names, with what the peer needs
for each; of a single MODEL only what it costs is known.
Outputs are compared with the interpreter's on the way. Cycles and instructions are those
of one inference by the counting plugin; flash is the code and constants of a linked image
without its start-up code; RAM is the arena, variables, inputs, outputs, and the stack that
was used; `static` is the same without the stack. Inputs and outputs are parts of the arena
(--io-in-arena). Exits with 1 when outputs differ or a check of check_targets.py fails.
"""
import json
import os

import check_targets
import emulated
import trials

FIGURES = ("cycles", "instructions", "flash", "ram")
HEADER = ["network", "processor", "rounding", *FIGURES, "static", "arena", "stack"]
FLAGS = ["--io-in-arena"]


def measure(row, model, plugin, flags):
    """The figures of a model on a row, and its problems."""
    found = check_targets.run_row(row, model, plugin, flags)
    image, result = found.program.image(), found.result
    return {
        "cycles": result.counts["cycles"], "instructions": result.counts["instructions"],
        "flash": image.flash, "ram": image.ram + result.stack, "static": image.ram,
        "arena": found.program.define("ARENA_BYTES"), "stack": result.stack,
    }, found.problems


def cell(name, found, limits, limit_name=None):
    """A figure, and in parentheses what the peer needs and the goal."""
    text = f"{found[name]:,}"
    beside = []
    for kind in ("peer", "goal"):
        limit = limits.get(kind, {}).get(limit_name or name)
        if limit:
            beside.append(f"{kind} {limit:,}{'' if found[name] <= limit else ' **above**'}")
    return text + (f" ({', '.join(beside)})" if beside else "")


def print_table(table):
    print("| " + " | ".join(HEADER) + " |")
    print("|" + "---|" * len(HEADER))
    for network, target, rounding, found, limits in table:
        cells = [network, target, rounding, *(cell(name, found, limits) for name in FIGURES),
                 cell("static", found, limits, "ram"), f"{found['arena']:,}",
                 f"{found['stack']:,}"]
        print("| " + " | ".join(cells) + " |")


def summarize(table, kind):
    """How many figures are not above those of the peer or the goal."""
    pairs = [(found[name], limits[kind][name]) for *_, found, limits in table
             for name in FIGURES if name in limits.get(kind, {})]
    if pairs:
        print(f"{sum(a <= b for a, b in pairs)} of {len(pairs)} figures are within the {kind}'s")


def main():
    parser = trials.parser_of(__doc__)
    parser.add_argument("models")
    parser.add_argument("folder")
    parser.add_argument("--targets", default="cortex-m4,cortex-m55")
    parser.add_argument("--rounding", default="nearest,source")
    parser.add_argument("--only")
    parser.add_argument("--code-flags", default="")
    parser.add_argument("--json")
    options = trials.parse(parser)
    networks = trials.find_networks(options.models, options.only)
    rows = emulated.find_rows(options.targets.split(","))
    plugin = emulated.build_plugin(options.folder)
    table, problems = [], []
    for network in networks:
        for rounding in options.rounding.split(","):
            model = check_targets.Model(
                os.path.join(options.folder, f"{network['name']}-{rounding}"),
                network["file"],
                [*check_targets.INTEGER_FLAGS.split(), f"--rounding={rounding}"], [], 1)
            for row in rows:
                found, wrong = measure(row, model, plugin,
                                       [*FLAGS, *options.code_flags.split()])
                problems += [f"{network['name']}, {problem}" for problem in wrong]
                table.append((network["name"], row.name, rounding, found,
                              network.get(row.name, {})))
    print_table(table)
    for kind in ("peer", "goal"):
        summarize(table, kind)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([[*names, found] for *names, found, _ in table], file, indent=1)
    return trials.finish(problems) or not table


if __name__ == "__main__":
    trials.run(main)
