#!/usr/bin/python3
"""Checks what a report says about layers, and that a page holds the same.

usage: check_report.py REPORT.json [PAGE.html]

Prints the number of layers and those whose outputs were measured.
"""
import json
import re
import sys


def worst(layer):
    for key in ("sqnr_local", "sqnr_local_weight", "sqnr_weight"):
        if key in layer:
            return layer[key]
    return float("inf")


def problems(report):
    layers = report["layers"]
    if report["schema_version"] != 1:
        yield "another version"
    if [worst(l) for l in layers] != sorted(worst(l) for l in layers):
        yield "layers are not sorted by what they lose"
    elements = sum(l["elements"] for l in layers)
    bits = 8 * sum(l["bytes"] for l in layers) / elements
    if any(l["format"] != "f32" for l in layers) and abs(bits - report["effective_bits"]) > 1e-9:
        yield f"effective_bits is {report['effective_bits']}, but layers have {bits}"
    for l in layers:
        if sum(l["weights"]["counts"]) != l["elements"]:
            yield f"{l['name']}: the histogram does not hold all weights"
        if abs(l["bits"] - 8 * l["bytes"] / l["elements"]) > 1e-9:
            yield f"{l['name']}: bits do not fit bytes"
        if report["samples"] and not ("sqnr_cumulative" in l and sum(l["inputs"]["counts"])):
            yield f"{l['name']}: was not measured"
    excluded = [w["name"] for w in report["exclusion_config"]["weights"]]
    known = sum(worst(l) != float("inf") for l in layers)
    if len(excluded) != -(-known // 10):
        yield f"{len(excluded)} of {known} layers are excluded instead of a tenth"
    if excluded != [l["name"] for l in layers[:len(excluded)]]:
        yield "other layers than the worst are excluded"


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    report = json.load(open(sys.argv[1]))
    found = list(problems(report))
    if len(sys.argv) == 3:
        page = open(sys.argv[2]).read()
        data = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.S)
        if json.loads(data[1]) != report:
            found.append("the page holds another report")
        # A namespace is a name and is not loaded.
        if re.search(r"\b(?:src|href)=|url\(|@import", page) or \
                set(re.findall(r"https?://[^\s\"']*", page)) != {"http://www.w3.org/2000/svg"}:
            found.append("the page refers to something outside of it")
    for problem in found:
        print(problem)
    measured = sum("sqnr_cumulative" in l for l in report["layers"])
    print(f"{len(report['layers'])} layers, {measured} measured")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
