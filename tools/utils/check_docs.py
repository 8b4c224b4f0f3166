#!/usr/bin/python3
"""Checks that links in the documentation lead somewhere and that its commands run.

usage: check_docs.py ROOT                      only links
       check_docs.py ROOT BUILD SCRATCH        links and commands

Commands are those in blocks marked `sh` of README.md and docs. They run in order,
file by file, in SCRATCH, where the sources and the build are linked. Commands that
build or run all tests are only checked for the scripts that they name.
"""
import os
import re
import shutil
import subprocess
import sys

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.S | re.M)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)

# Tests of their own, or what brought us here: running them again proves nothing.
RUN_ELSEWHERE = re.compile(
    r"(?:bash )?cmake/\w+\.sh|cmake |ninja |git |/usr/lib/llvm-22/bin/lit ")


def documents(root):
    """The documentation, in byte order."""
    found = [os.path.join(root, "README.md")]
    for top in ("docs", "test"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            found += [os.path.join(folder, f) for f in sorted(files) if f.endswith(".md")]
    return found


def check_links(root, path):
    """Links of a document to files that do not exist."""
    with open(path) as file:
        text = CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), file.read())
    problems = []
    for match in LINK.finditer(text):
        target = match.group(1)
        if "://" in target or target.startswith("mailto:"):
            continue
        if not os.path.exists(os.path.join(os.path.dirname(path), target)):
            line = text.count("\n", 0, match.start()) + 1
            problems.append(
                f"{os.path.relpath(path, root)}:{line}: link to '{target}', which does not exist")
    return problems


def commands(path):
    """(line, command) of each command in a document's sh blocks."""
    with open(path) as file:
        text = file.read()
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        for command in re.sub(r"\\\n", "\\\n\0", block.group(1)).replace("\\\n\0", "\0").split("\n"):
            lines = command.count("\0") + 1
            command = command.replace("\0", " ").strip()
            if command and not command.startswith("#"):
                yield line, re.sub(r" +", " ", command)
            line += lines


def link_sources(root, build, scratch):
    """A folder that looks like the sources with a build, and may be written to."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    for name in os.listdir(root):
        if not name.startswith("build"):
            os.symlink(os.path.join(root, name), os.path.join(scratch, name))
    os.symlink(build, os.path.join(scratch, "build"))


def run(command, scratch):
    """What is wrong with a command, or None."""
    if RUN_ELSEWHERE.match(command):
        scripts = re.findall(r"[\w/.]+\.(?:sh|py)\b", command)
        missing = [s for s in scripts if not os.path.exists(os.path.join(scratch, s))]
        return f"names '{missing[0]}', which does not exist" if missing else None
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=scratch, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if result.returncode:
        return f"exit code {result.returncode}:\n{result.stdout}"
    return None


def main():
    if len(sys.argv) not in (2, 4) or not os.path.isdir(sys.argv[1]):
        print("usage: check_docs.py ROOT [BUILD SCRATCH]", file=sys.stderr)
        return 1
    root = os.path.abspath(sys.argv[1])
    problems = [p for path in documents(root) for p in check_links(root, path)]
    count = 0
    if len(sys.argv) == 4:
        build, scratch = map(os.path.abspath, sys.argv[2:])
        for path in documents(root):
            link_sources(root, build, scratch)
            for line, command in commands(path):
                count += 1
                problem = run(command, scratch)
                if problem:
                    problems.append(f"{os.path.relpath(path, root)}:{line}: '{command}': {problem}")
    print("\n".join(problems + [f"{count} commands, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
