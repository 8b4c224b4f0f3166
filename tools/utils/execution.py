"""Runs the tools on models and compares what compiled programs and the interpreter say."""
import os
import subprocess

import numpy as np


class Failure(Exception):
    """A tool failed or two outputs differ; the message says which."""


def run(*command, limit=600, errors=False):
    """Runs a command; returns its standard output, or what it says on standard error."""
    command = [str(part) for part in command]
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                stdin=subprocess.DEVNULL, timeout=limit)
    except FileNotFoundError:
        raise Failure(f"'{command[0]}' was not found; is the build's bin folder in PATH?")
    except subprocess.TimeoutExpired:
        raise Failure(f"'{' '.join(command)}' took more than {limit} s")
    if result.returncode:
        raise Failure(f"'{' '.join(command)}' gave exit code {result.returncode}:\n"
                      f"{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stderr if errors else result.stdout


def run_bytes(*command, data=b"", limit=600):
    """Runs a command on bytes; returns the bytes of its standard output."""
    try:
        result = subprocess.run(command, input=data, capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failure(f"'{' '.join(command)}' took more than {limit} s")
    if result.returncode:
        raise Failure(f"'{' '.join(command)}' gave exit code {result.returncode}:\n"
                      f"{result.stderr[-2000:].decode(errors='replace')}")
    return result.stdout


def difference(path, expected_path):
    """How two .npy files differ, or None when they hold the same bytes."""
    with open(path, "rb") as a, open(expected_path, "rb") as b:
        if a.read() == b.read():
            return None
    found, expected = np.load(path), np.load(expected_path)
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return f"{found.dtype}{found.shape} instead of {expected.dtype}{expected.shape}"
    same = found.view(np.uint8).reshape(*found.shape, -1) \
        == expected.view(np.uint8).reshape(*found.shape, -1)
    where = np.argwhere(~same.all(-1))
    if len(where) == 0:
        return "headers differ"
    first = tuple(int(i) for i in where[0])
    return (f"{len(where)} of {found.size} values differ, first at {list(first)}:"
            f" {found[first]!r} instead of {expected[first]!r}")


def can_run(program):
    """Whether this processor has what the program's code needs."""
    result = subprocess.run([program, "--info"], capture_output=True, text=True)
    return "this processor cannot run" not in result.stderr


class Session:
    """Compiles one model in a folder and compares its programs with the interpreter."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.comparisons = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def interpret(self, module, inputs, output):
        """The interpreter's outputs for a module of any phase before `kernels`."""
        run("quant-run", module, "--interpret", *self.inputs(inputs), f"--output={output}")

    @staticmethod
    def inputs(inputs):
        """Arguments for inputs: a file, or a dictionary of files."""
        if isinstance(inputs, dict):
            return [f"--input={name}={path}" for name, path in inputs.items()]
        return [f"--input={inputs}"]

    def compare(self, model, inputs, flags, cpus, threads, code_flags=()):
        """Compiles with each of `cpus` and compares with the interpreter, byte for byte.

        A cpu may carry features: `avx2:-bmi:+gfni`. `code_flags` go to the phases after
        `fuse`.

        Every program continues from the same module after `fuse`, whose rounding
        points are final. Levels that this machine lacks are left out. Returns what
        differs.
        """
        fused, expected = self.path("fused.mlirbc"), self.path("expected.npy")
        run("quant-compile", model, *flags, "--compile-to=fuse", "-o", fused)
        self.interpret(fused, inputs, expected)
        problems = []
        for cpu in cpus:
            program = self.path("program")
            name, *features = cpu.split(":")
            run("quant-compile", fused, *([f"--cpu={name}"] if name else []),
                *([f"--features={','.join(features)}"] if features else []), *code_flags, "-o", program)
            if not can_run(program):
                print(f"cpu {cpu}: this machine cannot run it")
                continue
            for count in threads:
                found = self.path("found.npy")
                run(program, *self.inputs(inputs), f"--output={found}", f"--threads={count}")
                self.comparisons += 1
                problem = difference(found, expected)
                if problem:
                    problems.append(f"cpu {cpu or 'default'}, {count} threads: {problem}")
        return problems
