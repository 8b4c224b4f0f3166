#!/usr/bin/python3
"""Compares each layer of exported models with real arithmetic.

usage: check_export_layers.py MODEL CALIBRATION FOLDER [PEERS]

MODEL is compiled to static activations with several formats of weights, and exported as
ONNX. Of random inputs in [0, 255] the values behind each QuantizeLinear are compared with
what binary64 makes of the values that the layer reads: ours, and with PEERS, which has
onnxruntime-node, ONNX Runtime's. Each must be a nearest integer of the real number, up to
1/2048 of a step: on the same inputs two engines are then at most one step apart. Prints how
many values are not the nearest one, of how many.
"""
import os
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

import execution

FORMATS = (("i8",), ("u8", "--scheme=affine"), ("i4", "--granularity=channel"))
SAMPLES = 20
SLACK = 1 / 2048
INT4, UINT4 = 22, 21


def to_array(tensor):
    """A tensor's numbers; python3-onnx may be older than integers of 4 bits."""
    if tensor.data_type not in (INT4, UINT4):
        return numpy_helper.to_array(tensor)
    packed = np.frombuffer(tensor.raw_data, np.uint8)
    count = int(np.prod(tensor.dims, dtype=np.int64))
    values = np.stack([packed & 15, packed >> 4], -1).ravel()[:count].astype(np.int64)
    if tensor.data_type == INT4:
        values = (values ^ 8) - 8
    return values.reshape(tuple(tensor.dims))


def conv(x, w, bias, strides, pads, group):
    """Two-dimensional, without dilations."""
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    patches = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    patches = patches[:, :, ::strides[0], ::strides[1]]
    n, c, height, width = patches.shape[:4]
    patches = patches.reshape(n, group, c // group, height, width, *w.shape[2:])
    w = w.reshape(group, -1, *w.shape[1:])
    y = np.einsum("ngchwij,gocij->ngohw", patches, w, optimize=True)
    return y.reshape(n, -1, height, width) + bias.reshape(1, -1, 1, 1)


class Network:
    """An exported model as binary64 numbers."""

    def __init__(self, path):
        self.model = onnx.load(path)
        graph = self.model.graph
        self.constants = {t.name: to_array(t).astype(np.float64) for t in graph.initializer}
        self.producers = {name: node for node in graph.node for name in node.output}
        # Values behind a QuantizeLinear.
        self.layers = [node for node in graph.node if node.op_type == "DequantizeLinear"
                       and node.input[0] not in self.constants]

    def save(self, path, names, kind):
        """Saves the model with these outputs."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        del model.graph.output[:]
        model.graph.output.extend(helper.make_tensor_value_info(n, kind, None) for n in names)
        onnx.save(model, path)

    def parameters(self, layer):
        return self.constants[layer.input[1]], self.constants[layer.input[2]]

    def get(self, name, known):
        """A value, from those in front of it that are known."""
        for values in (known, self.constants):
            if name in values:
                return values[name]
        node = self.producers[name]
        inputs = [self.get(operand, known) for operand in node.input]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        return getattr(self, "run_" + node.op_type)(*inputs, **attributes)

    @staticmethod
    def run_DequantizeLinear(q, scale, zero=0.0, axis=1):
        if np.ndim(scale):
            shape = [-1 if i == axis else 1 for i in range(q.ndim)]
            scale, zero = scale.reshape(shape), np.reshape(zero, shape) if np.ndim(zero) else zero
        return (q - zero) * scale

    @staticmethod
    def run_Conv(x, w, bias, strides=(1, 1), pads=(0,) * 4, group=1, **_):
        return conv(x, w, bias, strides, pads, group)

    @staticmethod
    def run_Gemm(x, w, bias, **_):
        return x @ w.T + bias

    @staticmethod
    def run_Relu(x):
        return np.maximum(x, 0)

    @staticmethod
    def run_AveragePool(x, **_):
        return x.mean((2, 3), keepdims=True)

    @staticmethod
    def run_Reshape(x, shape):
        return x.reshape([len(x)] + [int(d) for d in shape[1:]])

    @staticmethod
    def run_Transpose(x, perm):
        return x.transpose(perm)

    run_Add, run_Sub, run_Div = np.add, np.subtract, np.divide

    def count(self, integers, x):
        """(values that are not the nearest, most steps beyond a half, all values)."""
        known = {self.model.graph.input[0].name: x.astype(np.float64)}
        for layer, q in zip(self.layers, integers):
            scale, zero = self.parameters(layer)
            known[layer.output[0]] = (q - zero) * scale
        others, worst, total = 0, 0.0, 0
        for layer, q in zip(self.layers, integers):
            scale, zero = self.parameters(layer)
            real = self.get(self.producers[layer.input[0]].input[0], known) / scale + zero
            error = np.abs(np.clip(real, 0, 255).reshape(q.shape) - q)
            others += int(np.sum(error > 0.5))
            worst, total = max(worst, float(error.max() - 0.5)), total + q.size
        return others, worst, total


def run_ours(session, network):
    """Our integers of all layers, and the inputs."""
    path, program = session.path("values.onnx"), session.path("values")
    network.save(path, [layer.output[0] for layer in network.layers], onnx.TensorProto.FLOAT)
    execution.run("quant-compile", path, "--cpu=native", "-o", program)
    x = np.random.default_rng(4).uniform(0, 255, (SAMPLES, 1, 28, 28)).astype(np.float32)
    np.save(session.path("x.npy"), x)
    files = [session.path(f"{i}.npy") for i in range(len(network.layers))]
    outputs = [f"--output={layer.output[0]}={file}"
               for layer, file in zip(network.layers, files)]
    execution.run(program, f"--input={session.path('x.npy')}", *outputs)
    integers = []
    for layer, file in zip(network.layers, files):
        scale, zero = network.parameters(layer)
        integers.append(np.rint(np.load(file) / scale) + zero)
    return integers, x


def run_peer(session, network, peers):
    """The same of ONNX Runtime."""
    path, folder = session.path("integers.onnx"), session.path("peer")
    names = [layer.input[0] for layer in network.layers]
    network.save(path, names, onnx.TensorProto.UINT8)
    here = os.path.dirname(os.path.abspath(__file__))
    execution.run("node", os.path.join(here, "ort_run.js"), peers, path, folder, SAMPLES, 0, 255)
    read = lambda name: np.load(os.path.join(
        folder, "".join(c if c.isalnum() else "_" for c in name) + ".npy"))
    return [read(name).astype(np.float64) for name in names], read("input")


def main():
    if len(sys.argv) not in (4, 5):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    model, calibration, folder, *peers = sys.argv[1:]
    session, passed = execution.Session(folder), True
    for weights, *more in FORMATS:
        exported = session.path("exported.onnx")
        execution.run("quant-compile", model, f"--weights={weights}", *more, "--emit=onnx",
                      "--activations=static", f"--calibrate={calibration}", "-o", exported)
        network = Network(exported)
        results = {"ours": run_ours(session, network)}
        if peers:
            results["ONNX Runtime"] = run_peer(session, network, peers[0])
        for engine, (integers, x) in results.items():
            others, worst, total = network.count(integers, x)
            print(f"{weights}, {engine}: {others} of {total} values in {len(network.layers)}"
                  f" layers are not the nearest, by at most {max(worst, 0):.5f}")
            passed &= worst <= SLACK
    print("every layer agrees" if passed else "some layers do not agree")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
