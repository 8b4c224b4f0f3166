#!/usr/bin/python3
"""Counts what lit ran and says why tests were skipped.

usage: summarize_tests.py RESULTS.json LIT.log

RESULTS.json is written by `lit -o`, LIT.log is what lit printed. The last line
is `N passed, N failed, N skipped`. Exit code 1 when a test failed or none ran.
"""
import collections
import json
import os
import re
import sys

import test_features

PASSED = {"PASS", "FLAKYPASS", "XFAIL"}
SKIPPED = {"UNSUPPORTED", "SKIPPED"}


def reasons(output):
    """Why lit did not run a test, from the features that it names."""
    match = re.search(r"unavailable features: (.*)", output)
    if match:
        return [test_features.reason(name.strip(" '")) for name in match.group(1).split(",")]
    match = re.search(r"unsupported with the following features: (.*)", output)
    if match:
        return [f"not for {match.group(1)}"]
    return [output.strip().split("\n")[0] or "no reason given"]


def skipped_units(log):
    """How many unit tests skipped themselves; lit keeps them out of its file."""
    match = re.search(r"^ *Skipped *: *(\d+)", log, re.M)
    return int(match.group(1)) if match else 0


def main():
    results, log = sys.argv[1:]
    if not os.path.exists(results):
        print("lit wrote no results, so no test ran", file=sys.stderr)
        return 1
    with open(results) as file:
        tests = json.load(file)["tests"]
    with open(log, errors="replace") as file:
        units = skipped_units(file.read())

    failed = [t["name"] for t in tests if t["code"] not in PASSED | SKIPPED]
    skipped = [t for t in tests if t["code"] in SKIPPED]
    why = collections.defaultdict(list)
    for test in skipped:
        for reason in reasons(test.get("output", "")):
            why[reason].append(test["name"])
    for reason in sorted(why):
        print(f"skipped: {reason}:")
        for name in sorted(why[reason]):
            print(f"  {name}")
    if units:
        print(f"skipped: {units} unit tests asked for it (GTEST_SKIP)")
    for name in sorted(failed):
        print(f"failed: {name}")
    passed = len(tests) - len(failed) - len(skipped)
    if passed + len(failed) == 0:
        print("no test ran", file=sys.stderr)
    print(f"{passed} passed, {len(failed)} failed, {len(skipped) + units} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
