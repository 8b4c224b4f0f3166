#!/usr/bin/python3
"""Checks that libraries include downwards only and that targets stay in Target.

usage: check_layers.py ROOT

Prints each include of a library that the including one must not know, and each
name of an instruction set outside of Target and Runtime; then exits with 1.
"""
import os
import re
import sys

# Lowest first; libraries of one row do not see each other.
LAYERS = (
    ("Support",),
    ("Dialect",),
    ("Analysis", "Calibration", "Reference"),
    ("Quantization",),
    ("Conversion",),
    ("Codegen",),
    ("Target",),
    ("Pipelines",),
    ("Compiler",),
    ("CAPI",),
    ("tools",),
)

# Libraries beside the row: what they see. They are seen from Pipelines upwards.
BESIDE = {
    "Import": ("Support", "Dialect"),
    "Export": ("Support", "Dialect"),
    "Runtime": (),
}

EXTENSIONS = (".c", ".cpp", ".h", ".td")

INCLUDE = re.compile(r'^[ \t]*(?:#[ \t]*)?include[ \t]+["<]quant-opt/([\w/.]+)[">]', re.M)
# Comments, and the documentation in TableGen files.
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|\b(?:description|summary)\s*=\s*\[\{.*?\}\]", re.S)
TARGET_NAME = re.compile(
    r"\b(?:avx\w*|\w*vnni\w*|neon|mve|helium|sse[234]?\w*|amx\w*|rvv|vpdp\w+|vpmadd\w+"
    r"|[su]dot|usdot|smmla|smlad|vmladava)\b",
    re.I,
)


def rank(library):
    """The row of a library, or None for those beside the rows."""
    for i, row in enumerate(LAYERS):
        if library in row:
            return i
    return None


def may_see(user, used):
    """Whether files of library `user` may include headers of `used`."""
    if user == used:
        return True
    if user in BESIDE:
        return used in BESIDE[user]
    if used in BESIDE:
        return rank(user) >= rank("Pipelines")
    return rank(used) < rank(user)


def library_of(path):
    """The library that a path relative to the root or to include/ belongs to."""
    parts = path.split("/")
    if parts[0] in ("lib", "tools"):
        return "tools" if parts[0] == "tools" else parts[1]
    # The headers that list everything belong to the tools.
    return parts[0] if len(parts) > 1 else "tools"


def sources(root):
    """(path, library) of each source file, in byte order."""
    for top in ("include/quant-opt", "lib", "tools"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(files):
                path = os.path.relpath(os.path.join(folder, name), root)
                if name.endswith(EXTENSIONS):
                    local = path.removeprefix("include/quant-opt/")
                    yield path, library_of(local)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check(root, path, library):
    """The problems of one file."""
    with open(os.path.join(root, path)) as file:
        text = file.read()
    if library not in BESIDE and rank(library) is None:
        return [f"{path}: library '{library}' is not in the list of layers;"
                " add it to tools/utils/check_layers.py"]
    problems = []
    for match in INCLUDE.finditer(text):
        used = library_of(match.group(1))
        known = used in BESIDE or rank(used) is not None
        if not known or not may_see(library, used):
            problems.append(
                f"{path}:{line_of(text, match.start())}: '{library}' must not include"
                f" 'quant-opt/{match.group(1)}' of '{used}'; move what is shared down")
    if library not in ("Target", "Runtime"):
        code = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        for match in TARGET_NAME.finditer(code):
            problems.append(
                f"{path}:{line_of(code, match.start())}: expected no name of an instruction"
                f" set outside of Target, but got '{match.group()}'; move it to a table there")
    return problems


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("usage: check_layers.py ROOT", file=sys.stderr)
        return 1
    files = list(sources(sys.argv[1]))
    problems = [p for path, library in files for p in check(sys.argv[1], path, library)]
    print("\n".join(problems + [f"{len(files)} files, {len(problems)} problems"]))
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
