#!/usr/bin/python3
"""Checks every format of weights with every granularity and scheme.

usage: check_formats.py FOLDER [--part 1/1] [--only F,F,...] [--cpu native] [--threads 1]

The formats, and what each can do, are what `quant-compile --list-formats` prints. A
combination that the list has is compiled for two networks and compared with the
interpreter byte for byte, before and after weights are packed; its module is saved and
read again; and the bytes that it takes are those that bits, scales and tables make. One of
the networks is pruned and compared without its zeros, too; weights that stay dense must say
why. Every other combination must be refused by name. `--part 2/5` takes every fifth
combination from the second one; all refusals are checked anyway.
"""
import argparse
import itertools
import json
import os
import re
import subprocess
import sys

import numpy as np
import onnx

import execution
from check_packed import Model, make_samples

# For numbers in granularities: with and without tails.
NUMBERS = {"axis": (1,), "rows": (3, 16), "block": (20, 64)}
SCHEMES = ("symmetric", "affine")
# Rows and columns of the weight whose bytes are counted: no tails.
ROWS, COLUMNS = 64, 1280
SCALE_BYTES = {"f16": 2, "f32": 4}
# Ways to leave out zeros; combinations take them in turn.
STORAGES = ("bitmask", "2:4", "smallest")


class Format:
    """A line of the list."""

    def __init__(self, line):
        self.name, bits, granularities, schemes, scales, products = line.split()
        self.bits = int(bits)
        self.granularities = [] if granularities == "-" else granularities.split(",")
        self.schemes = schemes.split(",")
        self.scales = [] if scales == "-" else scales.split(",")
        self.has_integers = products == "integer"

    def get_granularities(self):
        """All granularities with numbers for `N`; "" without scales."""
        result = []
        for pattern in self.granularities or [""]:
            kind = pattern.removesuffix("N")
            numbers = NUMBERS[kind] if kind != pattern else ("",)
            result += [f"{kind}{number}" for number in numbers]
        return list(dict.fromkeys(result))

    def has(self, granularity):
        return granularity in self.granularities or \
            granularity.rstrip("0123456789") + "N" in self.granularities


def read_formats():
    lines = execution.run("quant-compile", "--list-formats").splitlines()
    return [Format(line) for line in lines if not line.startswith("#")]


def make_networks(session):
    """Convolutions, and dense layers; with tails of blocks and panels."""
    convolutions, products = Model(0), Model(1)
    same = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    x = convolutions.conv("x", convolutions.weight(20, 12, 3, 3), **same)
    convolutions.conv(x, convolutions.weight(18, 10, 1, 1), groups=2)
    convolutions.conv("x", convolutions.weight(12, 1, 3, 3), groups=12, **same)
    flat = products.node("Flatten", ["x"], axis=1)
    x = products.gemm(flat, products.weight(33, 756))
    products.gemm(x, products.weight(16, 33), bias=False)
    paths = []
    for name, model in (("convolutions", convolutions), ("products", products)):
        paths.append(session.path(name + ".onnx"))
        model.save(paths[-1], 2)
    return paths


def make_weight(session):
    """A network of one dense layer."""
    weight = np.random.default_rng(2).standard_normal((ROWS, COLUMNS)).astype("<f4")
    path = session.path("weight.mlir")
    with open(path, "w") as file:
        file.write(f"""
func.func @main(%x: tensor<2x{COLUMNS}xf32>) -> tensor<2x{ROWS}xf32> {{
  %w = arith.constant dense<"0x{weight.tobytes().hex()}"> : tensor<{ROWS}x{COLUMNS}xf32>
  %0 = qnn.dense %x, %w : (tensor<2x{COLUMNS}xf32>, tensor<{ROWS}x{COLUMNS}xf32>)
    -> tensor<2x{ROWS}xf32>
  return %0 : tensor<2x{ROWS}xf32>
}}""")
    return path


def count_bytes(form, granularity, scheme, scales):
    """The bytes of the weight of `make_weight`: codes, scales or tables, zero points.

    Returns them without zero points that are all the same, and with them: code does not
    store those.
    """
    payload = ROWS * COLUMNS * form.bits // 8
    if not form.granularities:
        return payload, payload
    kind = granularity.rstrip("0123456789")
    number = int(granularity[len(kind):] or 1)
    parts = {"tensor": 1, "channel": ROWS, "axis": COLUMNS, "rows": -(-ROWS // number),
             "block": ROWS * -(-COLUMNS // number)}[kind]
    if form.name.startswith("palette"):
        payload += parts * 2 ** form.bits * 4
    elif form.name.startswith("mx"):
        payload += parts
    elif kind == "block" and scales == "double":
        payload += parts + (ROWS // 16) * -(-parts // ROWS // 16) * 4
    else:
        payload += parts * (SCALE_BYTES[scales or "f16"] if kind == "block" else 4)
    if kind == "tensor":
        return payload, payload
    if scheme == "affine":
        return payload + parts, payload + parts
    # The middle of an unsigned range.
    return payload, payload + parts * bool(re.fullmatch(r"u\d", form.name))


def get_flags(form, granularity, scheme, scales=""):
    flags = [f"--weights={form.name}"]
    flags += [f"--granularity={granularity}"] if granularity else []
    flags += [f"--scheme={scheme}"] if scheme != "symmetric" else []
    return flags + ([f"--scales={scales}"] if scales else [])


def check_refusal(model, form, flags):
    """A combination that the list does not have."""
    result = subprocess.run(["quant-compile", model, *flags, "--compile-to=select", "-o", "-"],
                            capture_output=True, text=True)
    message = result.stderr.strip()
    is_named = f"'{form.name}'" in message and "but got" in message
    # Floats have nothing to say more about.
    is_named |= form.name == "f32" and "needs '--weights' to say how" in message
    if result.returncode != 1 or not is_named:
        return [f"expected a refusal that names the format, but got exit code"
                f" {result.returncode}: {message[-200:]}"]
    return []


def check_bytes(session, model, flags, expected):
    """What the report says, against the formula and the sections of the object."""
    report, code = session.path("report.json"), session.path("weight.o")
    execution.run("quant-compile", model, *flags, "--emit=obj", "--cpu=native", "-o", code,
                  f"--report={report}")
    with open(report) as file:
        facts = json.load(file)
    problems = []
    bits = 8 * expected / (ROWS * COLUMNS)
    if abs(facts["effective_bits"] - bits) > 1e-9:
        problems.append(f"expected {bits} effective bits, but got {facts['effective_bits']}")
    sections = execution.run("llvm-readelf", "-SW", code)
    size = sum(int(line.split("]")[1].split()[4], 16) for line in sections.splitlines()
               if "]" in line and line.split("]")[1].split()[0].startswith(
                   (".rodata", ".data.rel.ro")))
    if size != facts["const_bytes"]:
        problems.append(f"the report says {facts['const_bytes']} bytes of constants, but"
                        f" sections have {size}")
    return problems, facts["weight_bytes"]


def check_reload(session, model, flags):
    """The quantized module is the same as bytecode, as text, and after both."""
    saved, text, again = (session.path(name) for name in ("a.mlirbc", "b.mlir", "c.mlir"))
    execution.run("quant-compile", model, *flags, "--compile-to=quantize", "-o", saved)
    execution.run("quant-opt", saved, "-o", text)
    execution.run("quant-opt", text, "-o", again)
    execution.run("quant-compile", model, *flags, "--compile-to=quantize", "-o", again + "2.mlir")
    execution.run("quant-opt", again + "2.mlir", "-o", again + "3.mlir")
    with open(text) as a, open(again) as b, open(again + "3.mlir") as c:
        same = a.read() == b.read() == c.read()
    return [] if same else ["the saved module differs when it is read again"]


def check_packed(session, cpu):
    """The interpreter's results with packed weights, against those before."""
    packed, found = session.path("packed.mlirbc"), session.path("packed.npy")
    execution.run("quant-compile", session.path("fused.mlirbc"), f"--cpu={cpu}",
                  "--compile-to=kernels", "-o", packed)
    session.interpret(packed, session.path("x.npy"), found)
    problem = execution.difference(found, session.path("expected.npy"))
    return [f"after 'kernels': {problem}"] if problem else []


def check_storage(session, network, flags, options, storage):
    """The problems of a pruned network without its zeros, and how many weights have none."""
    problems = session.compare(network, session.path("x.npy"), [*flags, "--prune=2:4"],
                               options.cpu.split(","), options.threads.split(","),
                               [f"--storage={storage}"])
    module = session.path("masked.mlir")
    said = execution.run("quant-compile", session.path("fused.mlirbc"), "--cpu=native",
                         f"--storage={storage}", "--compile-to=kernels", "-o", module, errors=True)
    with open(module) as file:
        masked = file.read().count("masked = true")
    stored, dense = (said.count(f"the weights {what}") for what in ("are stored as", "stay dense"))
    layers = sum(n.op_type in ("Conv", "Gemm") for n in onnx.load(network).graph.node)
    if masked != stored or stored + dense != layers:
        problems.append(f"of {layers} weights {stored} are said to be stored without zeros and"
                        f" {dense} to be dense, but {masked} have masks")
    return [f"--storage={storage}: {problem}" for problem in problems], stored


def check_combination(session, networks, weight, options, form, granularity, scheme, number):
    """One combination that the list has: problems, and weights stored without zeros."""
    problems, stored = [], 0
    activations = ["float"] + (["dynamic"] if form.has_integers else [])
    for network, kind in itertools.product(networks, activations):
        flags = get_flags(form, granularity, scheme) + [f"--activations={kind}"]
        problems += session.compare(network, session.path("x.npy"), flags,
                                    options.cpu.split(","), options.threads.split(","))
        problems += check_packed(session, options.cpu.split(",")[0])
    flags = get_flags(form, granularity, scheme)
    if form.name != "f32":
        # One of the networks and of the activations in turn.
        kind = activations[number // 2 % len(activations)]
        found, stored = check_storage(session, networks[number % 2],
                                      [*flags, f"--activations={kind}"], options,
                                      STORAGES[number % len(STORAGES)])
        problems += found
    if form.granularities or scheme == "symmetric":
        problems += check_reload(session, networks[0], flags)
    is_block = granularity.startswith("block")
    for scales in [""] + (form.scales if is_block else []):
        expected, module = count_bytes(form, granularity, scheme, scales)
        found, saved = check_bytes(session, weight, get_flags(form, granularity, scheme, scales),
                                   module)
        problems += found
        # Other granularities have no kernel that unpacks.
        is_packed = form.bits < 32 and not granularity.startswith("axis")
        is_whole = granularity in ("", "block64")
        # The table of the format itself may be there as well.
        if is_packed and is_whole and not expected <= saved <= expected + 64:
            problems.append(f"expected {expected} bytes of weights, but got {saved}")
    return problems, stored


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--only", default="")
    parser.add_argument("--cpu", default="native")
    parser.add_argument("--threads", default="1")
    options = parser.parse_args()
    session = execution.Session(options.folder)
    networks, weight = make_networks(session), make_weight(session)
    np.save(session.path("x.npy"), make_samples()[:4])
    formats = read_formats()
    universe = list(dict.fromkeys(g for form in formats for g in form.get_granularities()))
    first, step = (int(number) for number in options.part.split("/"))
    problems, legal, refused, stored = [], [], 0, 0
    for form, granularity, scheme in itertools.product(formats, universe, SCHEMES):
        if options.only and form.name not in options.only.split(","):
            continue
        named = f"{form.name} {granularity or '-'} {scheme}"
        is_known = form.has(granularity) if granularity else not form.granularities
        if is_known and scheme in form.schemes:
            legal.append((named, form, granularity, scheme))
        elif granularity or scheme not in form.schemes:
            refused += 1
            found = check_refusal(weight, form, get_flags(form, granularity, scheme))
            problems += [f"{named}: {problem}" for problem in found]
    chosen = legal[first - 1::step]
    for number, (named, form, granularity, scheme) in enumerate(chosen):
        try:
            found, count = check_combination(session, networks, weight, options, form, granularity,
                                             scheme, number)
            stored += count
        except execution.Failure as failure:
            found = [str(failure)]
        print(named, *found, sep="\n  ", flush=True)
        problems += [f"{named}: {problem}" for problem in found]
    print(*problems, f"{stored} weights without zeros",
          f"{len(chosen)} of {len(legal)} combinations, {refused} refusals,"
          f" {session.comparisons} comparisons, {len(problems)} problems", sep="\n")
    return 1 if problems or not chosen or not refused else 0


if __name__ == "__main__":
    sys.exit(main())
