#!/usr/bin/python3
"""Checks that quantization changes the selected weights and nothing else.

usage: check_constants.py FOLDER [MODEL ...]

Takes a network with biases, a weight that two layers share, constants of other ops,
shapes, indices and weights that are integers already, and each MODEL. The module after
phase `quantize` must be that after `select` but for the selected weights: each of them,
shared ones once, has become a quantized constant, and what else is new rounds or comes
back from it. All other lines, each with its attributes, types and the bytes of its
constant, must be the same: their hashes are compared, and printed. Where weights stay
floats, nothing changes but attributes: phase, decisions and bits.
"""
import collections
import hashlib
import re
import sys

import numpy as np
import onnx

import execution
import onnx_graph

CHOICES = ("--weights=f16", "--weights=i8", "--weights=i4", "--weights=nf4",
           "--weights=palette4", "--weights=u3 --scheme=affine", "--activations=dynamic",
           "--weights=i8 --exclude=@first", "--weights=i2 --min-elements=100")
NEW = {"qnn.constant", "qnn.dequantize", "qnn.quantize_dynamic", "qnn.dequantize_dynamic"}


def make_network(path):
    """One of everything."""
    rng = np.random.default_rng(5)
    g = onnx_graph.Graph()

    def numbers(*shape):
        return g.constant(rng.standard_normal(shape).astype("f4"))

    y = g.node("Conv", ["x", numbers(8, 3, 3, 3), numbers(8)], pads=[1] * 4)
    y = g.node("Mul", [g.node("Relu", [y]), numbers(1, 8, 1, 1)])
    y = g.node("Conv", [y, numbers(8, 1, 3, 3), numbers(8)], group=8, pads=[1] * 4)
    # Integers already: not selected.
    codes = g.constant(rng.integers(-127, 128, (6, 8, 1, 1)).astype("i1"))
    scales = g.constant(rng.uniform(0.01, 0.02, 6).astype("f4"))
    zeros = g.constant(np.zeros(6, "i1"))
    y = g.node("Conv", [y, g.node("DequantizeLinear", [codes, scales, zeros], axis=0),
                        numbers(6)])
    y = g.node("Gather", [y, g.constant(np.array([3, 0, 2, 5], "i8"))], axis=1)
    y = g.node("Reshape", [y, g.constant(np.array([1, 16, 16], "i8"))])
    # Both operands change from run to run.
    y = g.node("MatMul", [y, g.node("Transpose", [y], perm=[0, 2, 1])])
    y = g.node("Pad", [y, g.constant(np.array([0, 0, 1, 0, 0, -1], "i8"))])
    tied, bias = numbers(16, 16), numbers(16)
    y = g.node("Reshape", [y, g.constant(np.array([16, 16], "i8"))])
    for _ in range(2):
        y = g.node("Gemm", [y, tied, bias], transB=1)
    onnx.save(g.build("constants", [("x", [1, 3, 8, 8])], [(y, [16, 16])]), path)
    return path


def read_lines(path):
    """[(operation, line without names of values and locations, its operands, its result)]"""
    lines = []
    text = execution.run("quant-opt", path, "--mlir-elide-resource-strings-if-larger=99999999",
                         "-o", "-")
    for line in text.splitlines():
        line = re.sub(r" loc\(.*\)$", "", line.strip())
        match = re.match(r"(?:%(\S+) = )?([a-z]+\.\w+|return)\b(.*)", line)
        if not match:
            continue
        result, operation, rest = match.groups()
        operands = re.findall(r"%([\w#]+)", rest)
        lines.append((operation, operation + re.sub(r"%[\w#]+(:\d+)?", "%", rest), operands,
                      (result or "").split(",")[0].split(":")[0]))
    return lines


def selected_weights(lines):
    """The lines of the constants that are to be quantized, by name."""
    constants = {result: line for operation, line, _, result in lines
                 if operation == "arith.constant"}
    weights = {}
    for _, line, operands, _ in lines:
        scheme = re.search(r"#qnn\.scheme<(.*?)[,>]", line)
        if scheme and scheme.group(1) != "f32" and operands[1] in constants:
            weights[operands[1]] = constants[operands[1]]
    return weights


def digest(lines):
    return hashlib.sha256("\n".join(sorted(lines.elements())).encode()).hexdigest()[:16]


def check(session, model, flags):
    """The problems of one choice."""
    before, after = session.path("select.mlir"), session.path("quantize.mlir")
    for phase, path in (("select", before), ("quantize", after)):
        execution.run("quant-compile", model, *flags.split(), f"--compile-to={phase}", "-o", path)
    old, new = read_lines(before), read_lines(after)
    weights = selected_weights(old)
    kept = collections.Counter(line for _, line, _, _ in old)
    kept.subtract(weights.values())
    # The module's weights that were constants of integers before are in both.
    extra = collections.Counter(line for _, line, _, _ in new) - +kept
    found = collections.Counter(line for _, line, _, _ in new) - extra
    problems = [f"unexpected: {line[:200]}" for line in extra if line.split(" ")[0] not in NEW]
    made = sum(n for line, n in extra.items() if line.startswith("qnn.constant "))
    if made != len(weights) or not weights:
        problems.append(f"{made} quantized constants of {len(weights)} selected weights")
    if digest(+kept) != digest(found):
        problems += [f"gone: {line[:200]}" for line in +kept - found]
    constants = sum(n for line, n in found.items() if "constant " in line.split("{")[0])
    print(f"{flags}: {len(weights)} weights, {constants} other constants, {digest(found)}")
    return problems


def check_floats(session, model):
    """The problems of a module whose weights stay floats."""
    texts = []
    for phase in ("prepare", "quantize"):
        path = session.path("floats.mlir")
        execution.run("quant-compile", model, "--weights=f32", f"--compile-to={phase}", "-o", path)
        text = execution.run("quant-opt", path, "-o", "-")
        text, decisions = re.subn(
            r'(, )?qnn\.(phase = "\w+"|effective_bits = \S+ : f64'
            r'|scheme = #qnn\.scheme<f32, "default">)', "", text)
        text = text.replace("{, ", "{").replace(" {}", "")
        texts.append(text)
    changed = set(texts[0].splitlines()) ^ set(texts[1].splitlines())
    print(f"--weights=f32: {decisions} attributes,"
          f" {hashlib.sha256(texts[1].encode()).hexdigest()[:16]}")
    return [f"changed: {line[:200]}" for line in changed]


def main():
    if len(sys.argv) < 2:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    session = execution.Session(sys.argv[1])
    models = [make_network(session.path("constants.onnx")), *sys.argv[2:]]
    bad = 0
    for model in models:
        for flags in ("--weights=f32", *CHOICES):
            try:
                problems = (check(session, model, flags) if flags in CHOICES
                            else check_floats(session, model))
            except execution.Failure as failure:
                problems = [str(failure)]
            for problem in problems:
                print(f"  {problem}")
            bad += bool(problems)
    print(f"{len(models) * (len(CHOICES) + 1)} modules, {bad} with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
