#!/usr/bin/python3
"""Compares what random layers cost with layers of the four MLPerf Tiny networks.

usage: check_layers_cost.py FOLDER [--targets=A,B,...] [--first=SEED] [--count=N]
                            [--kinds=conv,pointwise,depthwise,dense] [--large]

A layer is a convolution, a pointwise or depthwise one, or a dense layer of bytes with a
requantization. Each runs alone, in an emulator; its output must be the interpreter's.
Prints instructions per multiply-add, for random layers beside the largest figure of a
layer of the networks of the same kind. With --large the layers to compare with are those
of larger networks. Exits with 1 when a random one takes more than 1.5 times as much.
"""
import argparse
import dataclasses
import os
import sys

import numpy as np

import check_targets
import emulated
import execution

LIMIT = 1.5


@dataclasses.dataclass
class Layer:
    """A layer and its input."""

    kind: str
    height: int
    width: int
    inputs: int
    outputs: int
    kernel: tuple = (1, 1)
    stride: int = 1

    def output_size(self):
        """Height and width of the output; pads keep the size but for the stride."""
        return -(-self.height // self.stride), -(-self.width // self.stride)

    def macs(self):
        """Products of the layer."""
        height, width = self.output_size()
        depth = 1 if self.kind == "depthwise" else self.inputs
        return height * width * self.outputs * self.kernel[0] * self.kernel[1] * depth

    def pads(self):
        """Top, left, bottom, right."""
        sizes = (self.height, self.width)
        total = [max(0, (out - 1) * self.stride + k - size)
                 for out, k, size in zip(self.output_size(), self.kernel, sizes)]
        return total[0] // 2, total[1] // 2, -(-total[0] // 2), -(-total[1] // 2)

    def text(self, rng):
        """The module after phase `fuse`, with random weights."""
        depth = 1 if self.kind == "depthwise" else self.inputs
        shape = (self.outputs, *self.kernel, depth)
        weights = rng.integers(-127, 128, shape, np.int8)
        # Sums of random products end up among the bytes.
        factor = int(2 ** 31 * 40 / (5400 * np.sqrt(weights[0].size))) | 1
        multipliers = ", ".join(str(factor + 2 * c) for c in range(self.outputs))
        shifts = ", ".join(["31"] * self.outputs)
        height, width = self.output_size()
        pads = list(self.pads())
        window = (f"window <kernel = {list(self.kernel)}, strides = [{self.stride}, "
                  f"{self.stride}], dilations = [1, 1], pads = {pads}>")
        x = f"tensor<1x{self.height}x{self.width}x{self.inputs}xi8>"
        y = f"1x{height}x{width}x{self.outputs}"
        w = f"tensor<{'x'.join(map(str, shape))}xi8>"
        groups = f" {{groups = {self.inputs} : i64}}" if self.kind == "depthwise" else ""
        return f"""module attributes {{qnn.phase = "fuse"}} {{
  func.func @main(%x: {x} {{qnn.name = "x"}}) -> (tensor<{y}xi8> {{qnn.name = "y"}}) {{
    %w = arith.constant dense<"0x{weights.tobytes().hex()}"> : {w}
    %0 = qnn.conv2d %x, %w {window}{groups} : ({x}, {w}) -> tensor<{y}xi32>
    %1 = qnn.requantize %0 {{multipliers = array<i32: {multipliers}>,
      shifts = array<i32: {shifts}>, zeroPoint = 3 : i32, min = -128 : i32, max = 127 : i32}}
      : tensor<{y}xi32> -> tensor<{y}xi8>
    return %1 : tensor<{y}xi8>
  }}
}}
"""


# Layers of the networks, without those that repeat a shape.
NETWORKS = (
    Layer("conv", 32, 32, 3, 16, (3, 3)), Layer("conv", 32, 32, 16, 16, (3, 3)),
    Layer("conv", 32, 32, 16, 32, (3, 3), 2), Layer("conv", 16, 16, 32, 32, (3, 3)),
    Layer("conv", 8, 8, 64, 64, (3, 3)), Layer("conv", 49, 10, 1, 64, (10, 4), 2),
    Layer("conv", 96, 96, 3, 8, (3, 3), 2),
    Layer("pointwise", 32, 32, 16, 32, (1, 1), 2), Layer("pointwise", 25, 5, 64, 64),
    Layer("pointwise", 48, 48, 8, 16), Layer("pointwise", 24, 24, 16, 32),
    Layer("pointwise", 6, 6, 128, 128), Layer("pointwise", 3, 3, 256, 256),
    Layer("depthwise", 25, 5, 64, 64, (3, 3)), Layer("depthwise", 48, 48, 8, 8, (3, 3)),
    Layer("depthwise", 48, 48, 16, 16, (3, 3), 2), Layer("depthwise", 12, 12, 64, 64, (3, 3)),
    Layer("depthwise", 6, 6, 128, 128, (3, 3)), Layer("depthwise", 3, 3, 256, 256, (3, 3)),
    Layer("dense", 1, 1, 640, 128), Layer("dense", 1, 1, 128, 128),
    Layer("dense", 1, 1, 128, 8), Layer("dense", 1, 1, 8, 128), Layer("dense", 1, 1, 64, 12),
)


# Layers for processors with more memory; pointwise ones of one column are products of
# matrices.
LARGE = (
    Layer("conv", 28, 28, 128, 128, (3, 3)), Layer("pointwise", 56, 56, 64, 256),
    Layer("pointwise", 196, 1, 1152, 256), Layer("pointwise", 128, 1, 768, 768),
    Layer("depthwise", 14, 14, 384, 384, (3, 3)),
)


def random_layer(seed):
    """A layer of any kind."""
    rng = np.random.default_rng(seed)

    def pick(low, high):
        return int(rng.integers(low, high, endpoint=True))

    kind = ("conv", "pointwise", "depthwise", "dense")[pick(0, 3)]
    if kind == "dense":
        return Layer(kind, 1, 1, pick(16, 300), pick(8, 160))
    height, width = pick(5, 24), pick(5, 24)
    if kind == "pointwise":
        return Layer(kind, height, width, pick(8, 96), pick(8, 96))
    size = pick(2, 5)
    if kind == "depthwise":
        channels = pick(8, 96)
        return Layer(kind, height, width, channels, channels, (size, size), pick(1, 2))
    return Layer(kind, height, width, pick(1, 40), pick(8, 40), (size, pick(2, 5)), pick(1, 2))


def measure(layer, name, folder, rows, plugin):
    """Instructions per product of a layer on each row."""
    folder = os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "layer.mlir")
    with open(path, "w", encoding="utf-8") as file:
        file.write(layer.text(np.random.default_rng(1)))
    model = check_targets.Model(folder, path, [], [], 1)
    costs = []
    for row in rows:
        program = emulated.Program(row, os.path.join(folder, row.name), model.module,
                                   model.inputs)
        result = program.run(plugin)
        if result.outputs != model.expected:
            raise execution.Failure(f"{name} on {row.name}: other bytes than the interpreter's")
        costs.append(result.counts["instructions"] / layer.macs())
    return costs


def describe(layer):
    """A layer as a column of text."""
    return (f"{layer.kind:<9} {layer.height}x{layer.width}x{layer.inputs} to {layer.outputs}, "
            f"{layer.kernel[0]}x{layer.kernel[1]}, stride {layer.stride}")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--targets", default="cortex-m4,cortex-m55")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--kinds", default="conv,pointwise,depthwise,dense")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    options.folder = os.path.abspath(options.folder)
    os.makedirs(options.folder, exist_ok=True)
    rows = emulated.find_rows(options.targets.split(","))
    plugin = emulated.build_plugin(options.folder)
    largest, problems = {}, 0
    for i, layer in enumerate(LARGE if options.large else NETWORKS):
        if layer.kind not in kinds:
            continue
        costs = measure(layer, f"network-{i}", options.folder, rows, plugin)
        print(f"{describe(layer):<48}", *(f"{cost:8.3f}" for cost in costs), flush=True)
        known = largest.setdefault(layer.kind, costs)
        largest[layer.kind] = [max(pair) for pair in zip(known, costs)]
    for seed in range(options.first, options.first + options.count):
        layer = random_layer(seed)
        if layer.kind not in kinds:
            continue
        costs = measure(layer, f"seed-{seed}", options.folder, rows, plugin)
        ratios = [cost / most for cost, most in zip(costs, largest[layer.kind])]
        problems += sum(ratio > LIMIT for ratio in ratios)
        print(f"{describe(layer):<48}", *(f"{cost:8.3f} {ratio:5.2f}"
                                          for cost, ratio in zip(costs, ratios)), flush=True)
    print(f"{problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except execution.Failure as failure:
        sys.exit(str(failure))
