"""Writes the small ONNX models of the import tests.

A test is a Python program: `# RUN: %python %s %t` calls it with a prefix, and each
`save(NAME, ...)` writes PREFIX.NAME.onnx.
"""
import os
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PREFIX = sys.argv[1]
TYPES = {
    "float": TensorProto.FLOAT,
    "double": TensorProto.DOUBLE,
    "int64": TensorProto.INT64,
    "int8": TensorProto.INT8,
    "uint8": TensorProto.UINT8,
}
node = helper.make_node


def ramp(*shape, dtype=np.float32):
    """1, 2, 3, ... in a shape."""
    return np.arange(1, np.prod(shape, dtype=int) + 1).reshape(shape).astype(dtype)


def ints(*values):
    """A vector of int64."""
    return np.array(values, np.int64)


def floats(*values):
    """A vector of float32."""
    return np.array(values, np.float32)


def value(name, shape, kind="float"):
    """The description of an input or output; strings are symbolic dimensions."""
    return helper.make_tensor_value_info(name, TYPES[kind], shape)


def make(nodes, inputs, constants=None, outputs=("y",), opset=13):
    """A model. `inputs` maps names to shapes or to (shape, type)."""
    infos = [
        value(name, *(shape if isinstance(shape, tuple) else (shape,)))
        for name, shape in inputs.items()
    ]
    tensors = [numpy_helper.from_array(v, k) for k, v in (constants or {}).items()]
    results = [helper.make_empty_tensor_value_info(name) for name in outputs]
    graph = helper.make_graph(nodes, "g", infos, results, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    return model


def write(name, model):
    """Writes a model that has been changed after `make`."""
    with open(f"{PREFIX}.{name}.onnx", "wb") as file:
        file.write(model.SerializeToString())


def save(name, *arguments, **options):
    """Makes and writes a model."""
    write(name, make(*arguments, **options))


def single(name, kind, inputs, constants=None, opset=13, results=1, **attributes):
    """Writes a model of one node whose inputs are `inputs`, then `constants`."""
    names = list(inputs) + list(constants or {})
    outputs = ["y", "z", "w"][:results]
    save(name, [node(kind, names, outputs, name=f"the_{name}", **attributes)],
         inputs, constants, outputs=outputs, opset=opset)


def show(name, *arguments, **options):
    """Makes a model, imports it and prints `CASE name` and what the tool says."""
    save(name, *arguments, **options)
    report(name)


def show_single(name, *arguments, **attributes):
    """The same for a model of one node."""
    single(name, *arguments, **attributes)
    report(name)


def report(name, *flags):
    """Imports a written model and prints the result."""
    command = ["quant-translate", "--import-onnx", f"{PREFIX}.{name}.onnx", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    print(f"CASE {name} exit {done.returncode}\n{done.stderr}{done.stdout}")
