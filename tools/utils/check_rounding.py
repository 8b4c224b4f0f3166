#!/usr/bin/python3
"""Compares the integers of quantized networks with ONNX Runtime's.

usage: check_rounding.py PEERS FOLDER COUNT
       check_rounding.py PEERS FOLDER MODEL.onnx ...

PEERS has onnxruntime-node. COUNT stands for so many random networks of each form (see
quantized_networks.py), all of whose outputs must be those of ONNX Runtime. Networks with
signed activations between QuantizeLinear and DequantizeLinear are only listed: it computes
them partly in floats. With `--rounding=nearest` some outputs must differ, or the comparison
says nothing. For models of one output that is dequantized at the end it is printed how far
outputs are apart.
"""
import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper

import execution
import quantized_networks

SAMPLES = 4


class Engine:
    """Runs a model in ONNX Runtime and in programs of ours, on the same inputs."""

    def __init__(self, peers, session, model):
        self.session, self.model = session, model
        graph = onnx.load(model).graph
        self.input, self.output = graph.input[0].name, graph.output[0].name
        here = os.path.dirname(os.path.abspath(__file__))
        execution.run("node", os.path.join(here, "ort_run.js"), peers, model,
                      session.path("peer"), SAMPLES, -2.5, 2.5)
        self.expected = np.load(self.file(self.output))

    def file(self, name):
        name = "".join(c if c.isalnum() else "_" for c in name)
        return self.session.path(os.path.join("peer", name + ".npy"))

    def steps(self, scale, *flags):
        """How many steps of the output apart each value is."""
        program, found = self.session.path("program"), self.session.path("found.npy")
        execution.run("quant-compile", self.model, "--cpu=native", *flags, "-o", program)
        execution.run(program, f"--input={self.file(self.input)}", f"--output={found}")
        values = np.load(found)
        return np.rint(np.abs(values - self.expected.reshape(values.shape)) / scale)


def describe(steps):
    return (f"{steps.size} values, {100 * np.mean(steps == 0):.2f} % equal, "
            f"{100 * np.mean(steps <= 1):.2f} % at most 1 step apart, largest {steps.max():.0f}")


def check_networks(peers, folder, count):
    """Whether random networks give the same outputs."""
    session = execution.Session(folder)
    model = session.path("model.onnx")
    passed, nearest = True, []
    for form in quantized_networks.FORMS:
        for signed in (False, True):
            steps = []
            for seed in range(count):
                scale = quantized_networks.Network(seed, form, signed).write(model)
                engine = Engine(peers, session, model)
                steps.append(engine.steps(scale).ravel())
                nearest.append(engine.steps(scale, "--rounding=nearest").ravel())
            steps = np.concatenate(steps)
            passed &= steps.max() == 0 or (signed and form == "qdq")
            print(f"{form} {'s8' if signed else 'u8'}: {describe(steps)}", flush=True)
    nearest = np.concatenate(nearest)
    print(f"nearest: {describe(nearest)}")
    return passed and nearest.max() > 0


def get_output_scale(model):
    """The step of a model's output."""
    graph = onnx.load(model).graph
    last = next(n for n in graph.node if graph.output[0].name in n.output)
    constants = {t.name: t for t in graph.initializer}
    return float(numpy_helper.to_array(constants[last.input[1]]))


def main():
    if len(sys.argv) < 4:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    peers, folder, *models = sys.argv[1:]
    if models[0].isdigit():
        passed = check_networks(peers, folder, int(models[0]))
        print("every network agrees" if passed else "some networks do not agree")
        return 0 if passed else 1
    for model in models:
        engine = Engine(peers, execution.Session(folder), model)
        scale = get_output_scale(model)
        for flags in ([], ["--rounding=nearest"]):
            print(f"{os.path.basename(model)} {' '.join(flags)}: "
                  f"{describe(engine.steps(scale, *flags))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
