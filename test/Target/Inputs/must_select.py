#!/usr/bin/python3
"""Checks that the loops of an assembly file have the instructions of a table.

usage: must_select.py FILE.s TABLE LEVEL

A row of the table is a line `// LEVEL FUNCTION: INSTRUCTION REGISTER, ...`: an innermost
loop of a function whose symbol ends in FUNCTION must hold all of these instructions, each
on registers of this kind (`-`: any), and no loop that does may use the stack. Rows that end
in `; stack` allow that.
"""
import re
import sys

import inner_loops


def rows(path, level):
    """(function, [(instruction, register)], whether the stack may be used) of a level."""
    row = re.compile(rf"// {re.escape(level)} (\w+): ([^;]+)(; stack)?$")
    with open(path) as file:
        found = [match for match in map(row.match, map(str.strip, file)) if match]
    return [(m[1], [tuple(pair.split()) for pair in m[2].split(",")], bool(m[3])) for m in found]


def has(loop, instruction, register):
    """Whether a line of the loop is the instruction on such a register."""
    kind = "" if register == "-" else f".*%{register}"
    return any(re.match(rf"\t(\{{vex\}}\t?\s*)?{instruction}\t{kind}", line) for line in loop)


def check(functions, function, pairs, stack):
    """What is wrong with a row, or None."""
    loops = [loop for body in functions if re.match(rf"\S*_{function}:", body[0])
             for loop in inner_loops.innermost_loops(body)
             if all(has(loop, *pair) for pair in pairs)]
    if not loops:
        return "no loop has all of these"
    if not stack and any("%rsp" in line for loop in loops for line in loop):
        return "a loop uses the stack"
    return None


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 1
    path, table, level = sys.argv[1:]
    with open(path) as file:
        functions = list(inner_loops.functions(file.readlines(), ""))
    problems = 0
    wanted = rows(table, level)
    for function, pairs, stack in wanted:
        problem = check(functions, function, pairs, stack)
        if problem:
            problems += 1
            print(f"{level} {function}: {', '.join(map(' '.join, pairs))}: {problem}")
    print(f"{level}: {len(wanted)} rows, {problems} problems")
    return problems != 0


sys.exit(main())
