#!/usr/bin/python3
"""Runs the ONNX node tests through the importer and the interpreter.

usage: run_node_tests.py [--only=SUBSTRING] [--list] [--compile [--once]] FOLDER_OR_ARCHIVE ...

Each argument is a folder with one folder per case (model.onnx, test_data_set_N) or a
.tar.xz of such a folder. quant-translate and quant-run must be on PATH.

A case whose operators are all in the support table must either give the expected
outputs or be refused for one of the documented LIMITS; any other case must be refused
with the names of its operators. Inputs that the table wants as constants (shapes,
indices, quantization parameters, statistics) become initializers, since the cases feed
everything as inputs; then all inputs but the first become initializers, which tests the
handling of constants. A case refused that way passes "at import" if it gives the
expected outputs when all inputs are initializers. With --compile, code for each level
of this machine must give what the interpreter gives, on these and on other inputs,
byte for byte; with --once, only for the first cases, by name, that compile each
operator. Prints counts and every failure; exits with 1 if there is one.
"""
import collections
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper, version_converter

RTOL = 1e-3
# Absolute tolerance; an ulp of the largest number that cases sum up.
ATOL = 1e-5

# Operand positions that must be known at import.
PARAMETERS = {
    "BatchNormalization": range(1, 5), "DequantizeLinear": (1, 2), "Dropout": (1, 2),
    "Expand": (1,), "Gather": (1,), "Pad": (1, 2, 3), "Pow": (1,),
    "QLinearConv": range(1, 9), "QLinearMatMul": (1, 2, 4, 5, 6, 7),
    "QuantizeLinear": (1, 2), "Reshape": (1,), "Resize": (1, 2, 3),
    "Slice": range(1, 5), "Split": (1,), "Squeeze": (1,), "Tile": (1,),
    "Unsqueeze": (1,), "Upsample": (1,), "Where": (0,),
}

# Category -> message of the importer. A refusal that fits none is a failure.
LIMITS = (
    ("element type of an input", r"\(input\): element type|\(input\): is not a dense tensor"),
    ("integers computed at run time",
     r"integer input of the model|quantized integers|constant of element type|"
     r"conversion of a value|conversion to \w+ at run time|conversion to \w+$|"
     r"32-bit sums"),
    ("integer result", r"\(output\): integers that are known at import"),
    ("strings, sparse and small floats as constants",
     r"a constant that is not a dense tensor|\(initializer\): element type|storage type|"
     r"is not supported$|element type \w+$"),
    ("more than two spatial dimensions", r"\d-d (convolution|pooling)"),
    ("windows in padding", r"padding as large as the window"),
    ("indices of maxima, masks and statistics", r"its output \d is used|training mode"),
    ("exponents", r"exponent"),
    ("cubic and antialiased resizing", r"mode 'cubic'|antialias|extrapolation"),
    ("quantization per axis or block of an activation",
     r"scales per (axis|block)"),
    ("operands computed at run time", r"not known at import|not integers known"),
    ("empty tensors", r"without elements|has no elements"),
    ("fmod", r"\bfmod\b"),
    ("a scale of zero", r"not a positive normal number"),
)


def upgrade(model):
    """The model in operator set 13 if it is older than 7, which the importer refuses
    and refers to this converter."""
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    if not versions or versions[0] >= 7:
        return model
    try:
        return version_converter.convert_version(model, 13)
    except Exception:  # operators that the converter does not know
        return model


def read_table():
    """Operator -> first operator set, from the tool's own table."""
    text = subprocess.run(["quant-translate", "--onnx-support-table"], check=True,
                          capture_output=True, text=True).stdout
    rows = re.findall(r"^\| ([A-Z]\w+) \| (\d*) \|", text, re.M)
    newest = int(re.search(r"Operator sets \d+ to (\d+)", text).group(1))
    return {name: int(since or 7) for name, since in rows}, newest


def find_cases(roots):
    """The folders of all cases."""
    found = []
    for root in roots:
        found += glob.glob(os.path.join(root, "**", "model.onnx"), recursive=True)
    return sorted(os.path.dirname(path) for path in found)


def read_tensor(path):
    """The array in a TensorProto file, or None for another kind of value."""
    tensor = onnx.TensorProto()
    try:
        with open(path, "rb") as file:
            tensor.ParseFromString(file.read())
        return numpy_helper.to_array(tensor), tensor
    except Exception:  # sequences, optionals and types that numpy lacks
        return None, None


def bake(model, values, which):
    """A copy of the model in which inputs of some positions are initializers."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    kept = [info for i, info in enumerate(model.graph.input) if i not in which]
    for i in which:
        array, tensor = values[i]
        tensor.name = model.graph.input[i].name
        result.graph.initializer.append(tensor)
    del result.graph.input[:]
    result.graph.input.extend(kept)
    return result


def with_float_outputs(model):
    """A copy of the model whose integer outputs are converted to float."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    for info in result.graph.output:
        kind = info.type.tensor_type
        if kind.elem_type == onnx.TensorProto.FLOAT:
            continue
        kind.elem_type = onnx.TensorProto.FLOAT
        name = info.name
        info.name = name + "_as_float"
        result.graph.node.append(
            onnx.helper.make_node("Cast", [name], [info.name], to=onnx.TensorProto.FLOAT))
    return result


def wanted_constants(model):
    """Positions of graph inputs that some operator wants as a constant."""
    names = {info.name: i for i, info in enumerate(model.graph.input)}
    wanted = set()
    for node in model.graph.node:
        for position in PARAMETERS.get(node.op_type, ()):
            if position < len(node.input) and node.input[position] in names:
                wanted.add(names[node.input[position]])
    # Shapes and indices travel through other operators, too.
    for name, i in names.items():
        kind = model.graph.input[i].type.tensor_type.elem_type
        if i > 0 and kind in (onnx.TensorProto.INT64, onnx.TensorProto.BOOL):
            wanted.add(i)
    return wanted


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace")


def compare(expected, found):
    """Why two arrays differ, or None."""
    if expected.shape != found.shape:
        return f"expected shape {expected.shape}, but got {found.shape}"
    if expected.dtype.kind in "iub":
        wrong = int(np.sum(expected.astype(np.int64) != found.astype(np.int64)))
        return f"{wrong} integers differ" if wrong else None
    close = np.isclose(found, expected, RTOL, ATOL, equal_nan=True)
    if close.all():
        return None
    worst = np.nanmax(np.abs(found.astype(np.float64) - expected))
    return f"{int((~close).sum())} of {close.size} elements differ, by up to {worst:g}"


class Case:
    """One case: its folder, model and verdict."""

    def __init__(self, folder, table, newest, compiled=False):
        self.name = os.path.basename(folder)
        self.compiled = compiled
        self.has_code = False
        self.folder = folder
        path = os.path.join(folder, "model.onnx")
        self.model = upgrade(onnx.load(path, load_external_data=False))
        # Old writers list initializers as inputs, too.
        known = {tensor.name for tensor in self.model.graph.initializer}
        for info in [i for i in self.model.graph.input if i.name in known]:
            self.model.graph.input.remove(info)
        self.verdict, self.detail = self.evaluate(table, newest)

    def operators(self):
        return {node.op_type for node in self.model.graph.node}

    def evaluate(self, table, newest):
        opset = max([o.version for o in self.model.opset_import if o.domain in ("", "ai.onnx")]
                    or [0])
        foreign = {n.op_type for n in self.model.graph.node if n.domain not in ("", "ai.onnx")}
        unknown = (self.operators() - set(table)) | foreign
        with tempfile.TemporaryDirectory() as scratch:
            if unknown or opset < 7 or opset > newest:
                return self.expect_refusal(scratch, unknown)
            return self.run_data_sets(scratch)

    def expect_refusal(self, scratch, unknown):
        path = os.path.join(scratch, "model.onnx")
        onnx.save(self.model, path)
        done = run("quant-translate", "--import-onnx", path, "-o", os.devnull)
        if done.returncode != 1:
            return "failed", f"exit {done.returncode} instead of a refusal"
        if re.search(r"operator set \d+ is (too old|newer)", done.stderr):
            return "operator set", done.stderr
        if not any(name in done.stderr for name in unknown):
            return "failed", f"refusal without an operator's name: {done.stderr.strip()}"
        return "unknown operator", done.stderr

    def run_data_sets(self, scratch):
        verdict = ("failed", "no data")
        for data in sorted(glob.glob(os.path.join(self.folder, "test_data_set_*"))):
            values = [read_tensor(os.path.join(data, f"input_{i}.pb"))
                      for i in range(len(self.model.graph.input))]
            results = [read_tensor(os.path.join(data, f"output_{i}.pb"))
                       for i in range(len(self.model.graph.output))]
            outputs = [array for array, _ in results]
            few = wanted_constants(self.model)
            variants = [few, set(range(1, len(values))) | few]
            for which in variants[:1] if variants[0] == variants[1] else variants:
                if any(values[i][1] is None for i in which):
                    which = set()
                verdict = self.run_variant(scratch, self.model, values, outputs, which)
                if verdict[0] == "failed":
                    return verdict
            if verdict[0] != "passed" and self.matches(values, results):
                folded = self.run_folded(scratch, values, outputs)
                if folded[0] in ("passed", "failed"):
                    return folded
        return verdict

    def matches(self, values, results):
        """Whether all data has the types that the model declares; a few cases of the
        distribution do not."""
        infos = [*self.model.graph.input, *self.model.graph.output]
        return all(tensor is not None and tensor.data_type == info.type.tensor_type.elem_type
                   for info, (_, tensor) in zip(infos, values + results))

    def run_folded(self, scratch, values, outputs):
        """With all inputs known, integer outputs seen through a conversion."""
        model = with_float_outputs(self.model)
        with np.errstate(over="ignore"):
            floats = [o.astype(np.float32) for o in outputs]
        verdict, detail = self.run_variant(scratch, model, values, floats,
                                           set(range(len(values))))
        return ("passed" if verdict == "passed" else verdict), detail or "at import"

    def classify_refusal(self, message):
        """The category of the first reason in the importer's list."""
        lines = [line for line in message.splitlines() if line.startswith("  ")]
        for line in lines:
            for category, pattern in LIMITS:
                if re.search(pattern, line):
                    return category, line
        return "failed", "refused for no documented reason: " + " ".join(lines)

    def run_variant(self, scratch, model, values, outputs, which):
        path = os.path.join(scratch, "model.onnx")
        onnx.save(bake(model, values, which), path)
        command = ["quant-run", path, "--interpret"]
        for i, info in enumerate(model.graph.input):
            if i in which:
                continue
            file = os.path.join(scratch, f"in{i}.npy")
            np.save(file, values[i][0])
            command.append(f"--input={info.name}={file}")
        files = {}
        for i, info in enumerate(model.graph.output):
            files[i] = os.path.join(scratch, f"out{i}.npy")
            command.append(f"--output={info.name}={files[i]}")
        done = run(*command)
        if done.returncode == 1 and "uses what is not supported" in done.stderr:
            return self.classify_refusal(done.stderr)
        if done.returncode != 0:
            return "failed", f"exit {done.returncode}: {done.stderr.strip()[-300:]}"
        for i, file in files.items():
            problem = compare(outputs[i], np.load(file))
            if problem:
                return "failed", f"output {i} (constants {sorted(which)}): {problem}"
        if self.compiled and len(which) < len(model.graph.input):
            done = run("quant-compile", path, "--verify-codegen", "--emit=shared",
                       "-o", os.path.join(scratch, "model.so"))
            if done.returncode != 0:
                return "failed", f"compiler's exit {done.returncode}: {done.stderr.strip()}"
            self.has_code = True
        return "passed", ""


def unpack(roots, scratch):
    """Replaces archives by folders."""
    for i, root in enumerate(roots):
        if not os.path.isfile(root):
            yield root
            continue
        with tarfile.open(root) as archive:
            archive.extractall(os.path.join(scratch, str(i)))
        yield os.path.join(scratch, str(i))


def compile_once(folders, table, run_all):
    """Cases in rounds, until each operator of the table has code or no case is left that
    has one without; the same cases however many run at a time."""
    names = {f: {n.op_type for n in onnx.load(os.path.join(f, "model.onnx"),
                                              load_external_data=False).graph.node}
             for f in folders}
    folders = [f for f in folders if names[f] <= set(table)]
    cases, covered = [], set()
    while True:
        chosen, planned = [], set(covered)
        for folder in folders:
            if not names[folder] <= planned:
                chosen.append(folder)
                planned |= names[folder]
        if not chosen:
            return cases
        folders = [f for f in folders if f not in chosen]
        cases += run_all(chosen)
        covered = set().union(*(case.operators() for case in cases if case.has_code))


def report(cases, show_all):
    counts = collections.Counter(case.verdict for case in cases)
    for case in cases:
        if case.verdict == "failed" or show_all:
            print(f"{case.verdict}: {case.name}: {case.detail.strip()}")
    for category, _ in LIMITS:
        if counts[category]:
            print(f"refused, {category}: {counts[category]}")
    for category in ("unknown operator", "operator set"):
        print(f"refused, {category}: {counts[category]}")
    exercised = set()
    for case in cases:
        if case.verdict == "passed":
            exercised |= case.operators()
    with_code = set().union(*(case.operators() for case in cases if case.has_code))
    if with_code:
        print(f"operators with code: {len(with_code)}")
    at_import = sum(case.detail == "at import" for case in cases)
    print(f"passed at import: {at_import}")
    print(f"operators in passed cases: {len(exercised)}")
    print(f"cases: {len(cases)} passed: {counts['passed']} failed: {counts['failed']}")
    return 1 if counts["failed"] or not counts["passed"] else 0


def main():
    arguments = sys.argv[1:]
    flags = [a for a in arguments if a.startswith("--")]
    roots = [a for a in arguments if not a.startswith("--")]
    only = [f.split("=", 1)[1] for f in flags if f.startswith("--only=")]
    if not roots:
        print(__doc__, file=sys.stderr)
        return 1
    table, newest = read_table()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [f for f in find_cases(unpack(roots, scratch))
                   if all(text in f for text in only)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            compiled = "--compile" in flags

            def run_all(chosen):
                return list(pool.map(lambda f: Case(f, table, newest, compiled), chosen))

            cases = (compile_once(folders, table, run_all) if "--once" in flags
                     else run_all(folders))
        return report(cases, "--list" in flags)


if __name__ == "__main__":
    sys.exit(main())
