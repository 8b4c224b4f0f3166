#!/usr/bin/python3
"""Compares models as C with the interpreter, byte for byte, under several compilers.

usage: check_c.py FOLDER MODEL [--flags='...'] [--code-flags='...'] [--input X.npy ...]
                  [--samples N]
       check_c.py FOLDER --random KIND [--first SEED] [--count N] [...]

Each file is compiled as strict C99 without warnings by gcc and clang, without
optimization and with it, and by both with sanitizers that end the program where C does
not define what it does. Exits with 1 when a compiler warns, a sanitizer reports or a
byte differs.
"""
import os
import re
import shutil

import check_networks
import check_targets
import emulated
import execution
import trials

GCC = shutil.which("gcc") or "gcc"
WITHOUT_SANITIZER = ((GCC, "-O0"), (GCC, "-O2"), (emulated.CLANG, "-O0"), (emulated.CLANG, "-O2"))
SANITIZED = ((GCC, "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
             (emulated.CLANG, "-O1", *emulated.CHECKED))

DRIVER = """
#include "net.h"
#include <stdio.h>
#include <stdlib.h>

static void *get(size_t size) {
  void *memory = malloc(size);
  if (!memory)
    exit(3);
  return memory;
}

int main(int argc, char **argv) {
  size_t arena = (NET_ARENA_BYTES + 63) / 64 * 64;
  char *memory = get(arena + 64);
  char *start = memory + 64 - (size_t)memory %% 64;
  void *inputs[] = {%(inputs)s};
  void *outputs[] = {%(outputs)s};
  static const size_t in[] = {%(input_sizes)s}, out[] = {%(output_sizes)s};
  int samples = atoi(argv[1]);
  if (argc != 2)
    return 4;
  for (int s = 0; s < samples; s++) {
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
      if (fread(inputs[i], 1, in[i], stdin) != in[i])
        return 5;
    int status = %(name)s_run(%(arguments)s, start, 0, 0);
    if (status)
      return status;
    for (size_t o = 0; o < sizeof out / sizeof out[0]; o++)
      fwrite(outputs[o], 1, out[o], stdout);
  }
  for (size_t i = 0; i < sizeof in / sizeof in[0] && !%(placed)s; i++)
    free(inputs[i]);
  for (size_t o = 0; o < sizeof out / sizeof out[0] && !%(placed)s; o++)
    free(outputs[o]);
  free(memory);
  return 0;
}
"""


def write_driver(folder):
    """A program around the model: samples from its input, outputs to its output."""
    with open(os.path.join(folder, "net.h"), encoding="utf-8") as file:
        header = file.read()

    def sizes(kind):
        return re.findall(rf"^#define NET_{kind}\d+_BYTES (\d+)$", header, re.M)

    inputs, outputs = sizes("INPUT"), sizes("OUTPUT")
    arguments = [f"inputs[{i}]" for i in range(len(inputs))] \
        + [f"outputs[{o}]" for o in range(len(outputs))]
    places = emulated.places_in_arena(header)
    buffers = [f"start + {place}" for place in places] \
        or [f"get({n})" for n in inputs + outputs]
    path = os.path.join(folder, "driver.c")
    with open(path, "w", encoding="utf-8") as file:
        file.write(DRIVER % {
            "name": "net", "arguments": ", ".join(arguments),
            "inputs": ", ".join(buffers[:len(inputs)]),
            "outputs": ", ".join(buffers[len(inputs):]), "placed": int(bool(places)),
            "input_sizes": ", ".join(inputs), "output_sizes": ", ".join(outputs)})
    return path


def check_compiler(folder, compiler, driver, samples, data, expected):
    """What is wrong with the model under one compiler, or None."""
    program = os.path.join(folder, "program")
    net = os.path.join(folder, "net.o")
    execution.run(*compiler, *emulated.STRICT_C, "-c", os.path.join(folder, "net.c"), "-o", net)
    execution.run(*compiler, driver, net, "-lm", "-o", program)
    stdout = execution.run_bytes(program, str(samples), data=data)
    if stdout == expected:
        return None
    wrong = sum(a != b for a, b in zip(stdout, expected)) + abs(len(stdout) - len(expected))
    return f"{' '.join(compiler)}: {wrong} bytes differ from the interpreter's"


def interleave(arrays, samples):
    """The bytes of all arrays, sample by sample."""
    parts = [len(data) // samples for data in arrays]
    return b"".join(data[s * size:(s + 1) * size]
                    for s in range(samples) for data, size in zip(arrays, parts))


def check(path, folder, flags, options):
    """The problems of a model."""
    try:
        model = check_targets.Model(folder, path, flags, options.input, options.samples)
        execution.run("quant-compile", model.module, "--emit=c", *options.code_flags.split(),
                      "-o", os.path.join(folder, "net.c"))
        driver = write_driver(folder)
        data = interleave([x.tobytes() for x in model.inputs], options.samples)
        expected = interleave(model.expected, options.samples)
        problems = [check_compiler(folder, compiler, driver, options.samples, data, expected)
                    for compiler in WITHOUT_SANITIZER + SANITIZED]
        return [f"{path}: {problem}" for problem in problems if problem]
    except execution.Failure as failure:
        return [f"{path}: {failure}"]


def check_random(seed, options):
    """The problems of a random network."""
    _, path, samples = trials.write_random(options.random, seed, options.folder)
    flags = options.flags.split()
    if any(flag.startswith("--activations=static") for flag in flags):
        flags.append(f"--calibrate={samples}")
    return check(path, os.path.dirname(path), flags, options)


def main():
    parser = trials.parser_of(__doc__)
    parser.add_argument("folder")
    parser.add_argument("model", nargs="?")
    parser.add_argument("--flags", default="--activations=static")
    parser.add_argument("--code-flags", default="", help="flags of the phases after 'fuse'")
    parser.add_argument("--input", action="append", default=[])
    parser.add_argument("--samples", type=int, default=2)
    trials.add_random(parser, choices=check_networks.KINDS)
    options = trials.parse(parser)
    problems = []
    if options.random:
        for seed in range(options.first, options.first + options.count):
            problems += check_random(seed, options)
    else:
        problems = check(options.model, options.folder, options.flags.split(), options)
    return trials.finish(problems)


if __name__ == "__main__":
    trials.run(main)
