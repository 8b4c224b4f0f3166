#!/usr/bin/python3
"""Prints the innermost loops of a function in an assembly file.

usage: inner_loops.py FILE.s FUNCTION [INSTRUCTION]

FUNCTION is part of a symbol's name. A loop is what lies between a label and a jump
back to it; it is innermost if it contains no other. With INSTRUCTION only loops that
contain it are printed, each after lines "loop:" and "part: N %", its part of the loop's
instructions.
"""
import re
import sys

LABEL = re.compile(r"^(\S+):")
# x86-64 jumps; branches of Arm and RISC-V, and of Arm's loops, compare before the label.
JUMP = re.compile(r"^\t(?:j\w+|b\S*|[ct]bn?z|le|letp)\t(?:.*,\s*)?(\.L\S+)$")


def functions(lines, name):
    """The lines of each function whose symbol contains the name."""
    body = None
    for line in lines:
        label = LABEL.match(line)
        if label and not label[1].startswith(".") and name in label[1]:
            body = []
        if body is not None:
            body.append(line.rstrip())
            if line.startswith("\t.size"):
                yield body
                body = None


def innermost_loops(body):
    """The lines of each loop without a loop inside."""
    places = {LABEL.match(l)[1]: i for i, l in enumerate(body) if LABEL.match(l)}
    spans = []
    for end, line in enumerate(body):
        jump = JUMP.match(line)
        if jump and places.get(jump[1], end) < end:
            spans.append((places[jump[1]], end))
    for start, end in spans:
        if not any(other != (start, end) and start <= other[0] and other[1] <= end
                   for other in spans):
            yield body[start:end + 1]


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 1
    with open(sys.argv[1]) as file:
        lines = file.readlines()
    wanted = sys.argv[3] if len(sys.argv) == 4 else ""
    for body in functions(lines, sys.argv[2]):
        for loop in innermost_loops(body):
            count = sum(f"\t{wanted}\t" in line for line in loop)
            if count or not wanted:
                total = sum(line.startswith("\t") for line in loop)
                print("loop:", f"part: {100 * count // total} %", *loop, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
