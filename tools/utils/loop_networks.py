"""Random ONNX graphs of everything that is no convolution, the same ones for the same seed.

Elementwise ops with broadcasting, transposes, reductions, softmax, products of two
activations and movement, on shapes that fit no vector: primes, ones, long rows.
"""
import numpy as np
import onnx

import onnx_graph

SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 21, 31, 33, 64, 67)
UNARY = ("Relu", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "LeakyRelu", "HardSigmoid", "Floor")
LARGEST = 60000


class Network(onnx_graph.Graph):
    """A graph under construction; every value is a name and its shape."""

    def __init__(self, seed):
        super().__init__()
        self.rng = np.random.default_rng([seed, 1])
        rank = int(self.rng.integers(1, 5))
        shape = tuple(int(v) for v in self.rng.choice(SIZES, rank))
        while np.prod(shape) > LARGEST:
            shape = tuple(max(1, d // 2) for d in shape)
        self.input_shape = (1, *shape)
        self.values = [("x", self.input_shape)]

    def pick(self, values):
        return values[self.rng.integers(len(values))]

    def add(self, kind, inputs, shape, **attributes):
        name = self.node(kind, inputs, **attributes)
        self.values.append((name, tuple(int(d) for d in shape)))

    def any_axis(self, shape):
        return int(self.rng.integers(len(shape)))

    def unary(self, x, shape):
        self.add(self.pick(UNARY), [x], shape)

    def binary(self, x, shape):
        """With a constant of any broadcastable shape, or another value of the same one."""
        kind = self.pick(("Add", "Sub", "Mul", "Add", "Max"))
        others = [n for n, s in self.values if s == shape and n != x]
        if others and self.rng.random() < 0.5:
            return self.add(kind, [x, self.pick(others)], shape)
        own = [d if self.rng.random() < 0.6 else 1 for d in shape]
        own = own[int(self.rng.integers(len(own))):]
        other = self.constant(self.rng.standard_normal(own).astype("f4"))
        return self.add(kind, [x, other][::self.pick((1, -1))], shape)

    def transpose(self, x, shape):
        order = [int(i) for i in self.rng.permutation(len(shape))]
        self.add("Transpose", [x], [shape[i] for i in order], perm=order)

    def reduce(self, x, shape):
        axes = sorted(int(a) for a in self.rng.choice(
            len(shape), self.rng.integers(1, len(shape) + 1), replace=False))
        kind = self.pick(("ReduceMean", "ReduceMax", "ReduceSum"))
        result = [1 if i in axes else d for i, d in enumerate(shape)]
        if kind == "ReduceSum":  # axes are an input since opset 13
            return self.add(kind, [x, self.constant(np.array(axes, "i8"))], result, keepdims=1)
        return self.add(kind, [x], result, axes=axes, keepdims=1)

    def softmax(self, x, shape):
        self.add("Softmax", [x], shape, axis=self.any_axis(shape))

    def concat(self, x, shape):
        axis = self.any_axis(shape)
        parts = [(n, s) for n, s in self.values
                 if len(s) == len(shape) and s[:axis] == shape[:axis]
                 and s[axis + 1:] == shape[axis + 1:]]
        parts = [(x, shape)] + [self.pick(parts) for _ in range(self.rng.integers(1, 3))]
        result = list(shape)
        result[axis] = sum(s[axis] for _, s in parts)
        self.add("Concat", [n for n, _ in parts], result, axis=axis)

    def slice(self, x, shape):
        axis = self.any_axis(shape)
        step = self.pick((1, 1, 2, 3, -1))
        first = int(self.rng.integers(shape[axis]))
        last = int(self.rng.integers(first + 1, shape[axis] + 1))
        size = -(-(last - first) // abs(step))
        begin, end = (first, last) if step > 0 else (last - 1, first - 1 - shape[axis])
        result = [size if i == axis else d for i, d in enumerate(shape)]
        operands = [self.constant(np.array([v], "i8")) for v in (begin, end, axis, step)]
        self.add("Slice", [x, *operands], result)

    def pad(self, x, shape):
        pads = self.rng.integers(0, 4, 2 * len(shape))
        pads[0] = pads[len(shape)] = 0
        result = [d + b + e for d, b, e in zip(shape, pads, pads[len(shape):])]
        self.add("Pad", [x, self.constant(pads.astype("i8")),
                         self.constant(np.float32(self.pick((0, 0, 1.5))))], result)

    def gather(self, x, shape):
        axis = self.any_axis(shape)
        count = int(self.rng.integers(1, 6))
        indices = self.rng.integers(0, shape[axis], count)
        result = [count if i == axis else d for i, d in enumerate(shape)]
        self.add("Gather", [x, self.constant(indices.astype("i8"))], result, axis=axis)

    def reshape(self, x, shape):
        flat = int(np.prod(shape))
        divisors = [d for d in (1, 2, 3, 4, 8, 16) if flat % d == 0]
        d = self.pick(divisors)
        result = (1, d, flat // d)
        self.add("Reshape", [x, self.constant(np.array(result, "i8"))], result)

    def resize(self, x, shape):
        if len(shape) != 4:
            return self.unary(x, shape)
        result = [1, shape[1], shape[2] * 2, shape[3] * 2]
        return self.add("Resize", [x, "", self.constant(np.array([1, 1, 2, 2], "f4"))], result,
                        mode=self.pick(("nearest", "linear")))

    def matmul(self, x, shape):
        """x times the transpose of x along the last two dimensions."""
        if len(shape) < 2:
            return self.unary(x, shape)
        rank = len(shape)
        order = [*range(rank - 2), rank - 1, rank - 2]
        turned = (*shape[:-2], shape[-1], shape[-2])
        self.add("Transpose", [x], turned, perm=order)
        pair = [(x, shape), self.values[-1]]
        if shape[-2] > shape[-1]:
            pair.reverse()
        return self.add("MatMul", [n for n, _ in pair],
                        (*pair[0][1][:-1], pair[1][1][-1]))

    def model(self):
        """The whole network; its outputs are all values that nothing reads."""
        kinds = [self.unary, self.unary, self.binary, self.binary, self.transpose, self.transpose,
                 self.reduce, self.softmax, self.concat, self.slice, self.pad, self.gather,
                 self.reshape, self.resize, self.matmul]
        while len(self.nodes) < 6:
            x, shape = self.values[-1] if self.rng.random() < 0.7 else self.pick(self.values)
            count = len(self.values), len(self.nodes), len(self.constants)
            self.pick(kinds)(x, shape)
            if np.prod(self.values[-1][1]) > LARGEST:
                del self.values[count[0]:], self.nodes[count[1]:], self.constants[count[2]:]
        output, shape = self.values[-1]
        return self.build("loops", [("x", self.input_shape)], [(output, shape)])


def write(seed, path):
    """Writes the network of a seed; returns samples to calibrate and to compare with."""
    network = Network(seed)
    model = network.model()
    onnx.checker.check_model(model)
    onnx.save(model, path)
    shape = network.input_shape[1:]
    calibration = network.rng.standard_normal((2, *shape)).astype("f4")
    samples = [network.rng.standard_normal(shape), np.full(shape, calibration.min()),
               network.rng.standard_normal(shape) * 1e3, -np.zeros(shape)]
    return calibration, np.stack(samples).astype("f4")
