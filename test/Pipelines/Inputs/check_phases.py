"""Takes networks through the phases and compares what they compute.

usage: check_phases.py UTILS FOLDER blocks|random FIRST COUNT

After `prepare` a network computes the same up to the order of float operations;
after `fuse` the same integers as its form with rounding points, up to the
rounding of the parameters; and no op but a softmax stays float.
"""
import os
import re
import sys

sys.path.insert(0, sys.argv[1])
import block_networks  # noqa: E402
import execution  # noqa: E402
import numpy as np  # noqa: E402
import random_networks  # noqa: E402


def sqnr(model, samples, reference):
    """Signal to noise of the model against another one, in dB."""
    text = execution.run("quant-run", "--interpret", model, "--input", samples,
                         f"--compare={reference}")
    return float(re.search(r"sqnr_db: (\S+)", text).group(1))


def write(kind, number, path):
    """Writes a network; returns its name and samples."""
    if kind == "random":
        return f"seed {number}", random_networks.write(number, path)[0]
    block = block_networks.BLOCKS[number]
    return block.__name__, block_networks.write(block, path)


def check(kind, number, folder):
    """The problems of one network, with its name."""
    path = lambda name: os.path.join(folder, name)  # noqa: E731
    network, samples = write(kind, number, path("model.onnx"))
    np.save(path("x.npy"), samples)
    run = execution.run
    run("quant-translate", "--import-onnx", path("model.onnx"), "-o", path("import.mlirbc"))
    run("quant-opt", "--prepare-pipeline", path("import.mlirbc"), "-o", path("prepare.mlir"))
    run("quant-run", "--interpret", path("prepare.mlir"), "--input", path("x.npy"),
        f"--write-ranges={path('table.json')}")
    run("quant-opt", f"--calibrate-pipeline=table={path('table.json')}", "--select-pipeline",
        "--quantize-pipeline=activations=true", path("prepare.mlir"), "-o", path("quantize.mlir"))
    run("quant-opt", "--fuse-pipeline=emit-remarks=false", path("quantize.mlir"),
        "-o", path("fuse.mlir"))
    problems = []
    for phase, reference, least in (("prepare", "import.mlirbc", 100),
                                    ("fuse", "quantize.mlir", 35),
                                    ("fuse", "prepare.mlir", 20)):
        found = sqnr(path(phase + ".mlir"), path("x.npy"), path(reference))
        if found < least:
            problems.append(f"{phase} against {reference}: {found} dB, expected {least}")
    with open(path("fuse.mlir")) as file:
        problems += [f"stays float: {op}"
                     for op in re.findall(r"(qnn\.\w+).*qnn\.reason", file.read())
                     if op != "qnn.softmax"]
    return [f"{network}: {problem}" for problem in problems]


def main():
    _, _, folder, kind, first, count = sys.argv
    os.makedirs(folder, exist_ok=True)
    failed = 0
    for number in range(int(first), int(first) + int(count)):
        problems = check(kind, number, folder)
        failed += bool(problems)
        print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{int(count) - failed} networks agree, {failed} differ")


main()
