#!/usr/bin/python3
"""Checks accuracy and bytes on real models.

usage: check_models.py DATA FOLDER NAME TEST [options]

DATA has models/prepare.py and models/models. NAME: resnet8 dscnn mnist squeezenet
vww demo (which comes from test/Data). TEST:
  accuracy FLAGS LIMIT   top-1 with FLAGS against float, on the same samples: at most
                         LIMIT points less; for vww the answers agree on 100 - LIMIT %
  close FLAGS OTHER LIMIT  top-1 with FLAGS is at most LIMIT points below that with OTHER
  search PERCENT LIMIT   a search fits the weights into PERCENT of their int8 bytes and
                         loses at most LIMIT points; it reads calibration data only, and
                         the configuration of a point gives the same bytes again
  better FLAGS OTHER     top-1 with FLAGS is above that with OTHER
  layers FLAGS BITS      each layer of 32 and more weights per output has a smaller output
                         error than with nearest codes, all of these together take at most
                         BITS per element, and no layer is left in floats
  bytes FLAGS CPUS       16 samples, all-minimum, all-maximum and all-zero input give
                         the interpreter's bytes with each CPU, 1 and 2 threads
  integer-only FLAGS     `--integer-only` succeeds, no float operation is left, and the
                         constants take at most a quarter of the float weights
  reload FLAGS           the quantized module in bytecode takes 1 % and 8 KB more than its
                         weights, scales and biases at most, and loads unchanged
  phases FLAGS           every phase's pipeline gives what quant-compile gives, and so do
                         its passes one by one; quant-compile goes on from every phase's
                         text to the same object
"""
import json
import os
import re
import shutil
import sys

import numpy as np

import execution
from execution import Failure, run

FILES = {
    "resnet8": "mlperf_resnet8_cifar10", "dscnn": "mlperf_dscnn_kws", "mnist": "mnist8_cntk",
    "squeezenet": "squeezenet1_0_imagenet", "vww": "mlperf_vww_mobilenet",
}


class Model:
    """A model with its data, prepared on first use."""

    def __init__(self, data, folder, name):
        self.name = name
        self.session = execution.Session(folder)
        if name == "demo":
            here = os.path.dirname(os.path.abspath(__file__))
            demo = os.path.join(here, "..", "..", "test", "Data", "fashion-mnist")
            self.onnx, self.data = os.path.join(demo, "demo.onnx"), demo
        else:
            models = os.path.join(data, "models")
            self.onnx = os.path.join(models, "models", FILES[name] + ".onnx")
            self.data = os.path.join(folder, "data")
            if not os.path.exists(os.path.join(self.data, "calib_x.npy")):
                run(sys.executable, os.path.join(models, "prepare.py"), name, self.data)

    def file(self, name):
        return os.path.join(self.data, name + ".npy")

    def flags(self, flags):
        """FLAGS as arguments; those that need samples get calibration data."""
        result = flags.split()
        if any(flag.startswith(("--activations=static", "--method=")) for flag in result):
            result.append(f"--calibrate={self.file('calib_x')}")
        return result

    def compile(self, output, *flags):
        path = self.session.path(output)
        run("quant-compile", self.onnx, *flags, "-o", path)
        return path

    def lengths(self):
        """The number of weights per output of each node with a weight, by its name."""
        import onnx
        graph = onnx.load(self.onnx).graph
        shapes = {t.name: t.dims for t in graph.initializer}
        return {node.name or node.output[0]: int(np.prod(shapes[node.input[1]]))
                // shapes[node.input[1]][0]
                for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul")
                and node.input[1] in shapes}

    def float_weights(self):
        """(bytes of the float weights, number of their output channels)."""
        import onnx
        graph = onnx.load(self.onnx).graph
        shapes = {t.name: t.dims for t in graph.initializer}
        total = channels = 0
        for node in graph.node:
            if node.op_type in ("Conv", "Gemm", "MatMul") and node.input[1] in shapes:
                dims = shapes[node.input[1]]
                total += 4 * int(np.prod(dims))
                transposed = node.op_type == "MatMul" or node.op_type == "Gemm" and not any(
                    a.name == "transB" and a.i for a in node.attribute)
                channels += dims[-1] if transposed else dims[0]
        return total, channels


def read(path):
    with open(path, "rb") as file:
        return file.read()


def value(text, key):
    """The number after `key:` in a line of a tool."""
    match = re.search(rf"\b{key}: *([-\d.]+|inf)", text)
    if not match:
        raise Failure(f"expected '{key}:' in the output, but got:\n{text}")
    return float(match.group(1))


def test_accuracy(model, flags, limit):
    """Top-1 against float, or agreement where there are no labels."""
    flags = model.flags(flags) + ["--cpu=native", "--emit=shared"]
    quantized = model.compile("quantized.so", *flags)
    plain = model.compile("float.so", "--cpu=native", "--emit=shared")
    x, y = model.file("eval_x"), model.file("eval_y")
    if not os.path.exists(y):
        text = run("quant-run", quantized, "--input", x, f"--compare={plain}")
        agreement = 100 * value(text, "top1_agreement")
        print(f"{model.name}: {agreement:.2f} % agree with float")
        return agreement >= 100 - float(limit)
    texts = [run("quant-run", m, "--input", x, f"--labels={y}") for m in (plain, quantized)]
    tops = [100 * value(text, "top1") for text in texts]
    print(f"{model.name}: float {tops[0]:.2f} %, {' '.join(flags[:1])} {tops[1]:.2f} %,"
          f" {tops[1] - tops[0]:+.2f} points, n {value(texts[0], 'n'):.0f}")
    return tops[0] - tops[1] <= float(limit) + 1e-9


def measure_both(model, flags, other):
    """Top-1 in percent of two ways to quantize."""
    x, y = model.file("eval_x"), model.file("eval_y")
    tops = []
    for choice in (flags, other):
        library = model.compile("model.so", *model.flags(choice), "--cpu=native", "--emit=shared")
        tops.append(100 * value(run("quant-run", library, "--input", x, f"--labels={y}"), "top1"))
    print(f"{model.name}: {flags} {tops[0]:.2f} %, {other} {tops[1]:.2f} %")
    return tops


def test_better(model, flags, other):
    """The first way is better."""
    top, other_top = measure_both(model, flags, other)
    return top > other_top


def test_close(model, flags, other, limit):
    """The first way is hardly worse."""
    top, other_top = measure_both(model, flags, other)
    return other_top - top <= float(limit) + 1e-9


def test_search(model, percent, limit):
    """A search within bytes, and that it can be repeated without one."""
    path = model.session.path
    flags = ["--activations=static", f"--calibrate={model.file('calib_x')}", "--cpu=native",
             "--search-formats=i8,i6,i4"]
    model.compile("int8.o", *flags[:3], "--emit=obj", f"--report={path('int8.json')}")
    with open(path("int8.json")) as file:
        bits = json.load(file)["effective_bits"]
    count = model.float_weights()[0] // 4
    allowed = int(bits * count / 8 * float(percent) / 100)
    shutil.rmtree(path("front"), ignore_errors=True)
    search = [*flags, f"--max-bytes={allowed}", f"--front={path('front')}",
              f"--search-state={path('state.json')}"]
    searched = model.compile("searched.so", *search, "--emit=shared",
                             f"--report={path('searched.json')}")
    with open(path("searched.json")) as file:
        found = json.load(file)["effective_bits"] * count / 8
    with open(path("front/front.json")) as file:
        front = json.load(file)
    chosen = [point for point in front["points"] if point["chosen"]]
    os.makedirs(path("again"), exist_ok=True)
    again = model.compile("again/searched.so", *flags[1:3], "--emit=shared",
                          f"--config={path('front/' + chosen[0]['config'])}")
    x, y = model.file("eval_x"), model.file("eval_y")
    plain = model.compile("float.so", "--cpu=native", "--emit=shared")
    tops = [100 * value(run("quant-run", m, "--input", x, f"--labels={y}"), "top1")
            for m in (plain, searched)]
    same = read(searched) == read(again)
    print(f"{model.name}: {found:.0f} of {allowed} bytes, float {tops[0]:.2f} %,"
          f" searched {tops[1]:.2f} %, {len(front['points'])} points, the same again: {same}")
    return found <= allowed and len(chosen) == 1 and same and \
        tops[0] - tops[1] <= float(limit) + 1e-9


def test_layers(model, flags, bits):
    """Output errors of layers and bits per weight, as reported."""
    model.compile("layers.o", *model.flags(flags), "--emit=obj", "--cpu=native",
                  f"--report={model.session.path('layers.json')}")
    with open(model.session.path("layers.json")) as file:
        report = json.load(file)
    lengths = model.lengths()
    # A weight that is reshaped first has no length here, and counts.
    layers = [layer for layer in report["weight_errors"]
              if lengths.get(layer["name"], 32) >= 32]
    worse = [layer for layer in layers
             if not layer["output_error"] < layer["output_error_nearest"]]
    for layer in worse:
        print(f"{model.name}: '{layer['name']}': {layer}")
    long = [layer for layer in report["layers"] if lengths.get(layer["name"], 32) >= 32]
    size, count = (sum(layer[key] for layer in long) for key in ("bytes", "elements"))
    floats = sum(layer["format"] == "f32" for layer in report["layers"])
    print(f"{model.name}: {len(layers)} layers of 32 and more, {len(worse)} not better;"
          f" {8 * size / count:.3f} bits, with shorter ones {report['effective_bits']:.3f};"
          f" {floats} layers in floats")
    return layers and not worse and not floats and 8 * size / count <= float(bits)


def test_bytes(model, flags, cpus):
    """Compiled programs against the interpreter."""
    samples = np.load(model.file("eval_x"))[:16]
    shape = samples.shape[1:]
    extremes = [np.full(shape, v, samples.dtype) for v in (samples.min(), samples.max(), 0)]
    x = model.session.path("x.npy")
    np.save(x, np.concatenate([samples, np.stack(extremes)]))
    problems = model.session.compare(model.onnx, x, model.flags(flags), cpus.split(","), (1, 2))
    print(f"{model.name}: {model.session.comparisons} comparisons of {len(samples) + 3} samples")
    for problem in problems:
        print(f"{model.name}: {problem}")
    return not problems


def test_integer_only(model, flags):
    """No float operation, small constants."""
    program = model.compile("integer", *model.flags(flags), "--integer-only", "--cpu=native")
    info = run(program, "--info")
    floats, constants = value(info, "float_ops"), value(info, "const_bytes")
    weights, channels = model.float_weights()
    limit = weights // 4 + 12 * channels + 8192
    print(f"{model.name}: float_ops {floats:.0f}, constants {constants:.0f} bytes, limit {limit}")
    return floats == 0 and constants <= limit


def test_reload(model, flags):
    """The saved quantized module."""
    flags = model.flags(flags)
    saved = model.compile("quantized.mlirbc", *flags, "--compile-to=quantize")
    report = model.session.path("reload.json")
    model.compile("dense.o", *flags, "--storage=dense", "--emit=obj", "--cpu=native",
                  f"--report={report}")
    with open(report) as file:
        stored = sum(layer["bytes"] for layer in json.load(file)["layers"])
    size, biases = os.path.getsize(saved), 4 * model.float_weights()[1]
    limit = int(1.01 * (stored + biases)) + 8192
    print(f"{model.name}: {size} bytes, {stored} of weights and scales, {biases} of biases,"
          f" limit {limit}")
    again = model.session.path("again.mlirbc")
    run("quant-opt", saved, "--emit-bytecode", "-o", again)
    texts = [run("quant-opt", path) for path in (saved, again)]
    return size <= limit and texts[0] == texts[1]


def passes_of(phase, options, module):
    """The passes of a phase's pipeline as quant-opt lists them, each with its options and
    the ops it runs on."""
    listing = run("quant-opt", module, f"--{phase}-pipeline={options}", "--dump-pass-pipeline",
                  "-o", os.devnull, errors=True)
    body = re.search(r"^builtin\.module\(\n(.*?)^\)$", listing, re.S | re.M).group(1)
    passes, anchor = [], "{}"
    for line in (line.strip().rstrip(",") for line in body.splitlines()):
        if line.endswith("("):
            anchor = line + "{}" + ")"
        elif line == ")":
            anchor = "{}"
        else:
            passes.append(anchor.replace("{}", line))
    return passes


def test_phases(model, flags):
    """Pipelines, passes and continuation."""
    flags, path = model.flags(flags), model.session.path
    target = path("model.o")
    compile_object = ("--emit=obj", "--cpu=native", "-o", target)
    run("quant-compile", model.onnx, *flags, *compile_object, f"--dump-ir={path('dump')}")
    expected = read(target)
    static = any(flag.startswith("--activations=static") for flag in flags)
    weights = [flag.split("=")[1] for flag in flags if flag.startswith("--weights=")]
    options = {"select": f"weights={(weights or ['i8' if static else 'f32'])[0]}",
               "quantize": f"activations={str(static).lower()}",
               "fuse": f"emit-remarks={str(static).lower()}", "kernels": "cpu=native"}
    problems, passes = [], 0
    dumps = sorted(os.listdir(path("dump")))
    for before, after in zip(dumps, dumps[1:]):
        phase = after[3:-5]
        start, wanted = path(f"dump/{before}"), path(f"dump/{after}")
        if phase == "calibrate":  # quant-compile measures the ranges itself
            start = wanted
        together, single = path("together.mlirbc"), path("single.mlirbc")
        choice = options.get(phase, "")
        run("quant-opt", start, f"--{phase}-pipeline={choice}", "--emit-bytecode", "-o", together)
        run("quant-opt", start, "--emit-bytecode", "-o", single)
        for one in passes_of(phase, choice, start):
            run("quant-opt", single, f"--pass-pipeline=builtin.module({one})",
                "--emit-bytecode", "-o", path("next.mlirbc"))
            os.replace(path("next.mlirbc"), single)
            passes += 1
        texts = [run("quant-opt", name) for name in (wanted, together, single)]
        problems += [f"phase '{phase}': {what} gives another module"
                     for what, text in zip(("the pipeline", "one pass after another"), texts[1:])
                     if text != texts[0]]
    for name in dumps:
        # Flags of phases that are over are refused.
        done = int(name[:2])
        last = {"--calibrate": 1, "--weights": 2, "--activations": 3}
        rest = [flag for flag in flags if done <= last[flag.split("=")[0]]]
        rest += ["--cpu=native"] if done < 6 else []
        run("quant-compile", path(f"dump/{name}"), *rest, "--emit=obj", "-o", target)
        if read(target) != expected:
            problems.append(f"another object from '{name}'")
    print(f"{model.name}: {len(dumps)} phases, {passes} passes, {len(problems)} problems")
    print(*problems, sep="\n", end="\n" if problems else "")
    return not problems and passes > 40


TESTS = {"accuracy": test_accuracy, "better": test_better, "close": test_close,
         "search": test_search, "layers": test_layers,
         "bytes": test_bytes, "integer-only": test_integer_only,
         "reload": test_reload, "phases": test_phases}


def main():
    if len(sys.argv) < 6 or sys.argv[4] not in TESTS:
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 1
    data, folder, name, test, *arguments = sys.argv[1:]
    try:
        passed = TESTS[test](Model(data, folder, name), *arguments)
    except Failure as failure:
        print(f"{name}: {failure}")
        passed = False
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
