#!/usr/bin/python3
"""Checks that the generated reference describes every op and every pass.

usage: check_reference.py ROOT DOCS

Ops and passes are the definitions in ROOT/include; pages are DOCS/*.md, made by the
target quant-opt-doc. Prints what has no heading in any page and exits with 1.
"""
import glob
import os
import re
import sys

# An op's definition starts with the dialect's name.
DEFINITION = re.compile(r'^def ([A-Za-z]+)\w* : \w+<"([\w.-]+)"', re.M)


def headings(docs):
    """The third-level headings of all pages, up to a space."""
    found = set()
    for path in glob.glob(os.path.join(docs, "*.md")):
        with open(path) as file:
            found |= set(re.findall(r"^### `([^`]+)`", file.read(), re.M))
    return found


def definitions(root):
    """(path, heading) of each op and pass."""
    for folder, folders, files in os.walk(os.path.join(root, "include")):
        folders.sort()
        for name in sorted(files):
            if not name.endswith(("Ops.td", "Passes.td")):
                continue
            path = os.path.join(folder, name)
            with open(path) as file:
                for dialect, found in DEFINITION.findall(file.read()):
                    prefix = "-" if name == "Passes.td" else dialect.lower() + "."
                    yield os.path.relpath(path, root), prefix + found


def main():
    if len(sys.argv) != 3 or not os.path.isdir(sys.argv[1]):
        print("usage: check_reference.py ROOT DOCS", file=sys.stderr)
        return 1
    known = headings(sys.argv[2])
    wanted = list(definitions(sys.argv[1]))
    problems = [
        f"{path}: '{heading}' is in no page; add quantopt_doc to the CMakeLists.txt beside it"
        for path, heading in wanted if heading not in known]
    print("\n".join(problems + [f"{len(wanted)} definitions, {len(problems)} problems"]))
    return 1 if problems or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
