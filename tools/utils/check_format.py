#!/usr/bin/python3
"""Checks, or with --fix repairs, the format of C and C++ files.

usage: check_format.py ROOT [--fix]

Runs clang-format 14 with the style of .clang-format over include, lib, test and
tools. Prints the files that would change and exits with 1.
"""
import os
import subprocess
import sys

FORMATTER = "clang-format-14"


def sources(root):
    """The files to check, in byte order."""
    found = []
    for top in ("include", "lib", "test", "tools"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(f for f in folders if f != "Data")
            found += [os.path.join(folder, f) for f in files if f.endswith((".c", ".cpp", ".h"))]
    return sorted(found)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--fix"]
    if len(arguments) != 1 or not os.path.isdir(arguments[0]):
        print("usage: check_format.py ROOT [--fix]", file=sys.stderr)
        return 1
    files = sources(arguments[0])
    mode = ["-i"] if "--fix" in sys.argv else ["--dry-run", "-Werror", "--ferror-limit=1"]
    bad = [f for f in files
           if subprocess.run([FORMATTER, "--style=file", *mode, f],
                             stderr=subprocess.DEVNULL).returncode]
    for name in bad:
        print(f"{name}: not formatted; run 'tools/utils/check_format.py . --fix'")
    print(f"{len(files)} files, {len(bad)} to format")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
