"""Writes the small TFLite models of the import tests.

A test is a Python program: `# RUN: %python %s %t` calls it with a prefix, and each
`show(NAME, ...)` writes PREFIX.NAME.tflite, imports it and prints what the tool says.
"""
import subprocess
import sys

import numpy as np

from tflite_file import Network, Operator, Tensor, write

PREFIX = sys.argv[1]
# Parameters of quantized activations in the tests: scale and zero point.
PARAMETERS = (0.5, 3)


def ints(*values):
    """A vector of int32."""
    return np.array(values, np.int32)


def ramp(*shape, dtype=np.float32):
    """1, 2, 3, ... in a shape."""
    return np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape).astype(dtype)


def single(kind, inputs, shape, quantized=False, results=1, **options):
    """A network of one operator.

    Inputs are shapes of inputs of the model, or constants: an array, or (array, scales, axis).
    """
    net, indices = Network(), []
    parameters = PARAMETERS if quantized else (None, 0)
    form = "int8" if quantized else "float32"
    for value in inputs:
        if value is None:
            indices.append(-1)
        elif isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
            data, scale, axis = value
            indices.append(net.constant(f"c{len(indices)}", data, scale, 0, axis))
        elif isinstance(value, np.ndarray):
            indices.append(net.constant(f"c{len(indices)}", value))
        else:
            net.inputs.append(net.add(Tensor(f"x{len(indices)}", tuple(value), form, *parameters)))
            indices.append(net.inputs[-1])
    shapes = [shape] if results == 1 else shape
    net.outputs = [net.add(Tensor("y" if i == 0 else f"y{i}", tuple(s), form, *parameters))
                   for i, s in enumerate(shapes)]
    net.operators.append(Operator(kind, indices, list(net.outputs), options))
    return net


def store(name, content):
    """Writes a file, given as a network or as bytes; returns its path."""
    path = f"{PREFIX}.{name}.tflite"
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else write(content))
    return path


def run(*command):
    """What a tool prints; its exit code too unless that is 0."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
    code = f"exit {done.returncode}\n" if done.returncode else ""
    return done.stdout + done.stderr.replace(PREFIX, "PREFIX") + code


def show(name, content):
    """Imports a model and prints `CASE name` and what the tool says."""
    path = store(name, content)
    print(f"CASE {name}\n{run('quant-translate', '--import-tflite', path)}", flush=True)
