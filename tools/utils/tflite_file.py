"""Writes TFLite files: a small model of the format, and FlatBuffers as bytes.

A network is a `Network` of tensors and operators. `write(network)` gives the bytes of the
file; `tflite_reference.evaluate` computes what TFLite's reference kernels make of inputs.
"""
import struct
from dataclasses import dataclass, field

import numpy as np

TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "int16": 7, "int8": 9,
         "int4": 17}


@dataclass
class Tensor:
    name: str
    shape: tuple
    kind: str = "int8"
    scale: object = None  # a number, or one for each index along `axis`
    zero: object = 0
    axis: int = 0
    data: np.ndarray = None


@dataclass
class Operator:
    kind: str
    inputs: list
    outputs: list
    options: dict = field(default_factory=dict)


@dataclass
class Network:
    tensors: list = field(default_factory=list)
    operators: list = field(default_factory=list)
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)

    def add(self, tensor):
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def constant(self, name, data, scale=None, zero=0, axis=0):
        return self.add(Tensor(name, data.shape, str(data.dtype), scale, zero, axis, data))


# The fields of options: name, number in the table, format of struct.
POOL = ("padding 0 b", "stride_w 1 i", "stride_h 2 i", "width 3 i", "height 4 i", "activation 5 b")
CONV = ("padding 0 b", "stride_w 1 i", "stride_h 2 i", "activation 3 b", "dilation_w 4 i",
        "dilation_h 5 i")
DEPTHWISE = ("padding 0 b", "stride_w 1 i", "stride_h 2 i", "multiplier 3 i", "activation 4 b",
             "dilation_w 5 i", "dilation_h 6 i")
ACTIVATION = ("activation 0 b",)
# Kind of operator: its number, that of its options, and their fields.
OPERATORS = {
    "ADD": (0, 11, ACTIVATION), "AVERAGE_POOL_2D": (1, 5, POOL),
    "CONCATENATION": (2, 10, ("axis 0 i", "activation 1 b")), "CONV_2D": (3, 1, CONV),
    "DEPTHWISE_CONV_2D": (4, 2, DEPTHWISE), "DEPTH_TO_SPACE": (5, 94, ("block 0 i",)),
    "DEQUANTIZE": (6, 0, ()), "FULLY_CONNECTED": (9, 8, ("activation 0 b", "format 1 b", "keep 2 b")),
    "LOGISTIC": (14, 0, ()), "MAX_POOL_2D": (17, 5, POOL), "MUL": (18, 21, ACTIVATION),
    "RELU": (19, 0, ()), "RELU_N1_TO_1": (20, 0, ()), "RELU6": (21, 0, ()), "RESHAPE": (22, 0, ()),
    "RESIZE_BILINEAR": (23, 15, ("align 2 b", "half 3 b")), "SOFTMAX": (25, 9, ("beta 0 f",)),
    "SPACE_TO_DEPTH": (26, 19, ("block 0 i",)), "TANH": (28, 0, ()), "PAD": (34, 22, ()),
    "GATHER": (36, 23, ("axis 0 i",)), "TRANSPOSE": (39, 26, ()), "MEAN": (40, 27, ("keep 0 b",)),
    "SUB": (41, 28, ACTIVATION), "DIV": (42, 29, ACTIVATION), "SQUEEZE": (43, 30, ()),
    "STRIDED_SLICE": (45, 32, ("begin_mask 0 i", "end_mask 1 i", "ellipsis_mask 2 i",
                               "new_axis_mask 3 i", "shrink_mask 4 i")),
    "EXP": (47, 33, ()), "SPLIT": (49, 35, ("count 0 i",)), "LOG_SOFTMAX": (50, 36, ()),
    "PRELU": (54, 0, ()), "MAXIMUM": (55, 39, ()), "MINIMUM": (57, 39, ()), "NEG": (59, 42, ()),
    "PADV2": (60, 43, ()), "SLICE": (65, 45, ()),
    "TRANSPOSE_CONV": (67, 49, ("padding 0 b", "stride_w 1 i", "stride_h 2 i", "activation 3 b")),
    "EXPAND_DIMS": (70, 52, ()), "LOG": (73, 0, ()), "SUM": (74, 27, ("keep 0 b",)),
    "SQRT": (75, 0, ()), "RSQRT": (76, 0, ()), "REDUCE_MAX": (82, 27, ("keep 0 b",)),
    "PACK": (83, 59, ("count 0 i", "axis 1 i")), "UNPACK": (88, 64, ("count 0 i", "axis 1 i")),
    "REDUCE_MIN": (89, 27, ("keep 0 b",)), "SQUARE": (92, 66, ()),
    "RESIZE_NEAREST_NEIGHBOR": (97, 74, ("align 0 b", "half 1 b")),
    "LEAKY_RELU": (98, 75, ("alpha 0 f",)), "SQUARED_DIFFERENCE": (99, 76, ()),
    "MIRROR_PAD": (100, 77, ("mode 0 b",)), "ABS": (101, 78, ()), "SPLIT_V": (102, 79, ("count 0 i",)),
    "ELU": (111, 0, ()), "QUANTIZE": (114, 0, ()), "ROUND": (116, 0, ()), "HARD_SWISH": (117, 91, ()),
    "BATCH_MATMUL": (126, 101, ("adj_x 0 b", "adj_y 1 b")),
    "ARG_MAX": (56, 40, ()), "CUSTOM": (32, 0, ()), "GELU": (150, 0, ()),
}


class Table(dict):
    """Fields by number: (format, number), Table, list of Tables, str or array."""


class Writer:
    """Lays tables out one after another: what a table refers to comes behind it."""

    def __init__(self):
        self.data = bytearray(8)

    def align(self, size):
        self.data += bytes(-len(self.data) % size)

    def patch(self, place, target):
        struct.pack_into("<I", self.data, place, target - place)

    def put(self, value):
        """Writes a value; returns its position."""
        if isinstance(value, Table):
            return self.put_table(value)
        if isinstance(value, list):
            self.align(4)
            start = len(self.data)
            self.data += struct.pack("<I", len(value)) + bytes(4 * len(value))
            for i, item in enumerate(value):
                self.patch(start + 4 + 4 * i, self.put(item))
            return start
        if isinstance(value, str):
            self.align(4)
            start = len(self.data)
            self.data += struct.pack("<I", len(value.encode())) + value.encode() + b"\0"
            return start
        value = np.ascontiguousarray(value)
        size = max(value.dtype.itemsize, 4)
        self.align(4)
        while (len(self.data) + 4) % size:
            self.data += bytes(4)
        start = len(self.data)
        self.data += struct.pack("<I", value.size) + value.tobytes()
        return start

    def put_table(self, table):
        inline, place = {}, 4
        sizes = {n: struct.calcsize("<" + v[0]) if isinstance(v, tuple) else 4
                 for n, v in table.items()}
        for number in sorted(table, key=lambda n: -sizes[n]):
            place += -place % sizes[number]
            inline[number] = place
            place += sizes[number]
        count = max(table, default=-1) + 1
        self.align(8)
        fields = len(self.data)
        self.data += struct.pack(f"<HH{count}H", 4 + 2 * count, place,
                                 *(inline.get(i, 0) for i in range(count)))
        self.align(8)
        start = len(self.data)
        self.data += struct.pack("<i", start - fields) + bytes(place - 4)
        for number, value in table.items():
            if isinstance(value, tuple):
                struct.pack_into("<" + value[0], self.data, start + inline[number], value[1])
            else:
                self.patch(start + inline[number], self.put(value))
        return start


def pack_nibbles(values):
    """Two 4-bit integers a byte, the first in the low bits."""
    values = values.astype(np.uint8).reshape(-1) & 15
    values = np.concatenate([values, np.zeros(values.size % 2, np.uint8)])
    return values[::2] | values[1::2] << 4


def describe_tensor(tensor, buffer):
    table = Table({0: np.array(tensor.shape, np.int32), 1: ("b", TYPES[tensor.kind]),
                   2: ("I", buffer), 3: tensor.name})
    if tensor.scale is not None:
        scales = np.atleast_1d(np.array(tensor.scale, np.float32))
        zeros = np.broadcast_to(np.array(tensor.zero, np.int64), scales.shape)
        table[4] = Table({2: scales, 3: zeros, 6: ("i", tensor.axis)})
    return table


def describe_options(operator):
    known = {name: (int(number), form)
             for name, number, form in (text.split() for text in OPERATORS[operator.kind][2])}
    return Table({known[name][0]: (known[name][1], value)
                  for name, value in operator.options.items()})


def write(network, version=3):
    """The bytes of a file."""
    kinds = sorted({op.kind for op in network.operators})
    buffers, tensors = [Table()], []
    for tensor in network.tensors:
        index = 0
        if tensor.data is not None:
            index = len(buffers)
            data = pack_nibbles(tensor.data) if tensor.kind == "int4" else \
                np.frombuffer(np.ascontiguousarray(tensor.data).tobytes(), np.uint8)
            buffers.append(Table({0: data}))
        tensors.append(describe_tensor(tensor, index))
    operators = []
    for op in network.operators:
        table = Table({0: ("I", kinds.index(op.kind)), 1: np.array(op.inputs, np.int32),
                       2: np.array(op.outputs, np.int32)})
        if OPERATORS[op.kind][1]:
            table[3] = ("B", OPERATORS[op.kind][1])
            table[4] = describe_options(op)
        operators.append(table)
    codes = []
    for kind in kinds:
        number = OPERATORS[kind][0]
        codes.append(Table({0: ("b", min(number, 127)), 2: ("i", 1), 3: ("i", number)}))
        if kind == "CUSTOM":
            codes[-1][1] = "Mystery"
    graph = Table({0: tensors, 1: np.array(network.inputs, np.int32),
                   2: np.array(network.outputs, np.int32), 3: operators, 4: "main"})
    writer = Writer()
    root = writer.put(Table({0: ("I", version), 1: codes, 2: [graph], 3: "test", 4: buffers}))
    struct.pack_into("<I", writer.data, 0, root)
    writer.data[4:8] = b"TFL3"
    return bytes(writer.data)


def save(network, path):
    with open(path, "wb") as file:
        file.write(write(network))
