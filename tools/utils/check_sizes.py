#!/usr/bin/python3
"""Checks that files and functions stay small.

usage: check_sizes.py ROOT

Reads C, C++, TableGen and Python below cmake, include, lib, test and tools. A
file has fewer than 800 lines, a function fewer than 80. Prints what is larger
and exits with 1.
"""
import ast
import os
import re
import sys

FILE_LIMIT = 800
FUNCTION_LIMIT = 80
FOLDERS = ("cmake", "include", "lib", "test", "tools")
C_LIKE = (".c", ".cpp", ".h")
OTHERS = (".td", ".py", ".cmake", ".sh")

# Comments, strings and characters; each is blanked out except for its newlines.
SKIP = re.compile(
    r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|\'\\x[0-9a-fA-F]+\''
    r'|//[^\n]*|/\*.*?\*/|^[ \t]*#(?:\\\n|[^\n])*',
    re.S | re.M,
)


def sources(root):
    """The files to check, in byte order."""
    found = []
    for folder in FOLDERS:
        for path, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(f for f in folders if f not in ("Data", "Inputs"))
            found += [os.path.join(path, f) for f in files if f.endswith(C_LIKE + OTHERS)]
    return sorted(found)


def is_function(head):
    """Whether the text before a '{' outside of functions declares a function."""
    head = re.sub(r"template\s*<[^{}]*?>\s*(?=\w)", "", head)
    if re.match(r"\s*(?:namespace|class|struct|union|enum|extern)\b(?![^{]*\()", head):
        return False
    return "(" in head and not re.search(r"(?<![=!<>])=(?!=)[^()]*$", head)


def c_functions(text):
    """(line, name, lines) of each function in a C or C++ file."""
    text = SKIP.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    found = []
    inside = None  # depth and start of the function that we are in
    depth = 0
    head = 0
    for match in re.finditer(r"[{};]", text):
        at = match.start()
        if match.group() == "{":
            if inside is None and is_function(text[head:at]):
                names = re.findall(r"([\w:~]+)\s*\(", text[head:at])
                start = text.count("\n", 0, at - len(text[head:at].lstrip()))
                inside = (depth, start, names[0] if names else "?")
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if inside is not None and inside[0] == depth:
                end = text.count("\n", 0, at)
                found.append((inside[1] + 1, inside[2], end - inside[1] + 1))
                inside = None
        head = at + 1
    return found


def python_functions(text):
    """The same for Python."""
    return [
        (node.lineno, node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def check(path):
    """What is too large in a file."""
    with open(path) as file:
        text = file.read()
    lines = text.count("\n")
    problems = []
    if lines >= FILE_LIMIT:
        problems.append(
            f"{path}: expected fewer than {FILE_LIMIT} lines, but got {lines};"
            " split the file by concept")
    functions = []
    if path.endswith(C_LIKE):
        functions = c_functions(text)
    elif path.endswith(".py") and not path.endswith(".cfg.py"):
        functions = python_functions(text)
    for line, name, length in functions:
        if length >= FUNCTION_LIMIT:
            problems.append(
                f"{path}:{line}: expected fewer than {FUNCTION_LIMIT} lines in"
                f" '{name}', but got {length}; split the function")
    return problems


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_sizes.py ROOT", file=sys.stderr)
        return 1
    files = sources(sys.argv[1])
    problems = [problem for path in files for problem in check(path)]
    print("\n".join(problems + [f"{len(files)} files, {len(problems)} too large"]))
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
