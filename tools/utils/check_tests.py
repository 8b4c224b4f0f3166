#!/usr/bin/python3
"""Checks that tests name every operation and pass and enough of them test errors.

usage: check_tests.py ROOT

Reads the TableGen files below include and the lit tests below test. Prints each
operation and pass that no test names, and exits with 1 if there is one or if fewer
than a quarter of the files test diagnostics.
"""
import os
import re
import sys

OPERATION = re.compile(r'^def \w+ *: *(\w+?)_\w*Op<"(\w+)"', re.M)
PASS = re.compile(r'^def \w+ *: *\w*Pass<\s*"([\w-]+)"', re.M)
DIAGNOSTICS = re.compile(r"-verify-diagnostics|RUN:.*\bnot (?:%|quant-)")


def read_all(root, top, extensions):
    """(path, text) of each file below a folder."""
    for folder, folders, files in os.walk(os.path.join(root, top)):
        folders[:] = sorted(f for f in folders if f not in ("Data", "Inputs"))
        for name in sorted(files):
            if name.endswith(extensions):
                path = os.path.join(folder, name)
                with open(path) as file:
                    yield os.path.relpath(path, root), file.read()


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_tests.py ROOT", file=sys.stderr)
        return 1
    tests = dict(read_all(sys.argv[1], "test", (".mlir", ".test")))
    everything = "\n".join(tests.values())
    problems = []
    for path, text in read_all(sys.argv[1], "include", (".td",)):
        for dialect, name in OPERATION.findall(text):
            if not re.search(rf"\b{dialect.lower()}\.{name}\b", everything):
                problems.append(f"{path}: no test names operation '{dialect.lower()}.{name}'")
        for flag in PASS.findall(text):
            if not re.search(rf"{flag}(?![\w-])", everything):
                problems.append(f"{path}: no test names pass '{flag}'")
    errors = [path for path, text in tests.items() if DIAGNOSTICS.search(text)]
    if 4 * len(errors) < len(tests):
        problems.append(
            f"test: expected at least a quarter of {len(tests)} files to test diagnostics,"
            f" but got {len(errors)}")
    print("\n".join(problems + [f"{len(tests)} test files, {len(problems)} problems"]))
    return 1 if problems or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
