#!/usr/bin/python3
"""Writes and prints .npy files without other packages.

usage: npy.py write FILE TYPE SHAPE VALUE... [--fortran]   TYPE as in '<f4', SHAPE as in 2x3
       npy.py bytes FILE TEXT                              TEXT with Python's escapes
       npy.py cut FILE COUNT                               drops bytes from the end
       npy.py show FILE                                    prints header and values
"""
import ast
import struct
import sys

CODES = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I",
         "i8": "q", "u8": "Q", "f2": "e", "f4": "f", "f8": "d"}


def layout(descr, count):
    """The struct format of `count` elements."""
    return (">" if descr[0] == ">" else "<") + str(count) + CODES[descr[1:]]


def write(path, descr, shape, *values):
    """Writes an array; the values are in the file's order."""
    values = list(values)
    fortran = "--fortran" in values
    if fortran:
        values.remove("--fortran")
    dimensions = tuple(int(d) for d in shape.split("x")) if shape != "scalar" else ()
    header = {"descr": descr, "fortran_order": fortran, "shape": dimensions}
    text = (str(header) + "\n").encode()
    numbers = [float(v) if descr[1] == "f" else int(v) for v in values]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text)
        file.write(struct.pack(layout(descr, len(numbers)), *numbers))


def write_bytes(path, text):
    """Writes any bytes."""
    with open(path, "wb") as file:
        file.write(ast.literal_eval("b'" + text + "'"))


def cut(path, count):
    """Drops the last bytes of a file."""
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data[:-int(count)])


def show(path):
    """Prints what a version 1.0 file holds."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x93NUMPY\1\0", data[:8]
    end = 10 + struct.unpack("<H", data[8:10])[0]
    assert end % 64 == 0 and data[end - 1:end] == b"\n", end
    header = ast.literal_eval(data[10:end].decode())
    count = (len(data) - end) // struct.calcsize(layout(header["descr"], 1))
    values = struct.unpack(layout(header["descr"], count), data[end:])
    shape = "x".join(str(d) for d in header["shape"])
    print(header["descr"], header["fortran_order"], shape, *(f"{v:g}" for v in values))


if __name__ == "__main__":
    {"write": write, "bytes": write_bytes, "cut": cut, "show": show}[sys.argv[1]](*sys.argv[2:])
