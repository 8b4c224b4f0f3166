#!/usr/bin/python3
"""Measures compiled models against the bounds of the core and against ONNX Runtime.

usage: bench.py OUT [--build DIR] [--rows GLOB,...] [--list]
                    [--random N] [--networks N] [--first SEED]
                    [--seconds S] [--threads N] [--cores LIST] [--cpu LEVEL] [--no-peer]
                    [--keep]

Without --random and --networks the rows of rows.json are measured, or those that a GLOB
matches. --random N measures N seeded layers that are in no list; --networks N measures N
seeded networks of 1 to 100 MMAC in int8 and in float. OUT gets results.json, table.txt
and index.html.

Each row is generated, compiled and measured in turns in one process on fixed cores: the
bound, our code, ONNX Runtime's on the same file if $PEERS names a folder with
onnxruntime-node, and the layers one by one in those of oneDNN, XNNPACK and ggml that
bench-model was built with. For rows of one layer the share of the bound is that of the layer's
kernel; copies of the input and output are layers of their own and are left out. The ratio
to ONNX Runtime is that of complete calls.
"""
import argparse
import fnmatch
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "tools", "utils")]
import networks
import report

KERNELS = ("contraction", "depthwise", "packed")


class Failure(Exception):
    """A row that cannot be measured; the message says why."""


def peer_library():
    """ONNX Runtime's library below $PEERS, or None."""
    folder = os.environ.get("PEERS")
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "none")
    pattern = f"node_modules/onnxruntime-node/bin/*/linux/{machine}/libonnxruntime.so*"
    found = sorted(glob.glob(os.path.join(folder, pattern))) if folder else []
    return found[0] if found else None


class Bench:
    """Generates, compiles and measures rows."""

    def __init__(self, options):
        self.options = options
        self.compiler = os.path.join(options.build, "bin", "quant-compile")
        self.program = os.path.join(options.build, "test", "Benchmark", "bench-model")
        self.library = None if options.no_peer else peer_library()
        self.engines = []
        if os.path.exists(self.program) and not options.no_peer:
            self.engines = self.run([self.program, "--list-peers"]).split()
        self.folder = os.path.join(options.out, "models")
        os.makedirs(self.folder, exist_ok=True)

    def pin(self):
        """In a child: stays on the chosen cores, ahead of other work where root may say so."""
        os.sched_setaffinity(0, self.options.cores)
        try:
            with open("/proc/self/autogroup", "w") as file:
                file.write("-20")
        except OSError:
            pass

    def run(self, command, **settings):
        result = subprocess.run(command, capture_output=True, text=True, **settings)
        if result.returncode:
            lines = [line for line in result.stderr.splitlines() if "error" in line]
            raise Failure((lines or result.stderr.splitlines() or ["no message"])[0])
        return result.stdout

    def limits(self, row, network):
        """Work of one call: {kind: amount}, the row's own bound first."""
        integer = network.quantized or "--activations=dynamic" in row.get("flags", [])
        compute = "dot8" if integer else "fma"
        works = {compute: network.macs, "read": network.weights * row.get("bits", 8) / 8}
        first = row.get("bound", compute)
        if first == "read" or row.get("m") == 1:
            return {first: works[first], **works}
        return {first: works[first]}

    def peers(self, row, network, onnx):
        """Options that have other engines measured: those that can run the row."""
        names = {"onnxruntime"} if self.library else set()
        if network.quantized:
            names |= {"onednn", "xnnpack"} if self.options.threads == 1 else {"onednn"}
        elif row.get("bits"):
            names.add("ggml")
        chosen = [f"--peer={name}" for name in self.engines if name in names]
        layers = [f"--layer={layer}" for layer in network.layers]
        files = [f"--onnxruntime={self.library}", f"--onnx={onnx}"] if self.library else []
        return chosen + layers + files if chosen else []

    def measure(self, row):
        """The row with what was measured."""
        quantized = row.get("types", "u8s8") != "f32"
        network = networks.build(row, quantized)
        onnx = os.path.join(self.folder, row["name"] + ".onnx")
        library = os.path.join(self.folder, row["name"] + ".so")
        network.write(onnx)
        cpu = self.options.cpu or row.get("cpu", "native")
        self.run([self.compiler, onnx, f"--cpu={cpu}", "--emit=shared", "-o", library,
                  *row.get("flags", [])])
        command = [self.program, library, f"--threads={self.options.threads}",
                   f"--seconds={self.options.seconds}"]
        command += [f"--limit={k}:{v}" for k, v in self.limits(row, network).items()]
        if row.get("bits"):  # ONNX Runtime has an operator of its own for such weights
            networks.write_packed_product(row, network, onnx)
        if cpu == "native":  # the others always use the best instructions
            command += self.peers(row, network, onnx)
        result = json.loads(self.run(command, preexec_fn=self.pin))
        if not self.options.keep:
            os.remove(library)
            os.remove(onnx)
        return {**row, **self.derive(row, network, result)}

    def derive(self, row, network, result):
        """Adds what follows from the measurement: kernel time, shares, goals."""
        result["macs"], result["weights"] = network.macs, network.weights
        kernels = [layer["median_us"] for layer in result["layers"]
                   if layer["name"].split(":")[-1] in KERNELS]
        result["kernel_us"] = sum(kernels)
        if result["limits"]:
            limit = result["limits"][0]
            result["share"] = limit["share"]
            if row["family"] in report.LAYERS and kernels:
                result["share"] = limit["work"] / (sum(kernels) * 1e-6) / limit["rate"]
        return result


def all_rows():
    """The rows of rows.json."""
    with open(os.path.join(HERE, "rows.json")) as file:
        return json.load(file)


def matching(text):
    """The rows whose names one of the patterns matches."""
    globs = text.split(",")
    rows = [row for row in all_rows() if any(fnmatch.fnmatch(row["name"], g) for g in globs)]
    if not rows:
        raise Failure(f"no row matches '{text}'; '--list' prints them")
    return rows


def select(options):
    """The rows to measure."""
    if options.random:
        return list(networks.random_rows(options.random, options.first))
    if options.networks:
        seeds = range(options.first, options.first + options.networks)
        return [dict(name=f"network-{seed}{suffix}", family="random-network", seed=seed,
                     types=types, pair=f"network-{seed}")
                for seed in seeds for suffix, types in (("", "u8s8"), ("-f32", "f32"))]
    return matching(options.rows)


def parse(arguments):
    usage = __doc__.split("usage: ")[1].split("\n\n")[0]
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("out", nargs="?")
    parser.add_argument("--build", default=os.path.join(HERE, "..", "..", "build"))
    parser.add_argument("--rows", default="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--networks", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cores", type=lambda text: {int(core) for core in text.split(",")})
    parser.add_argument("--cpu")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave models in OUT/models")
    options = parser.parse_args(arguments)
    if not options.out and not options.list:
        parser.error("expected a folder for the results")
    available = sorted(os.sched_getaffinity(0))
    options.cores = options.cores or set(available[-options.threads:])
    return options


def main():
    options = parse(sys.argv[1:])
    try:
        rows = select(options)
        if options.list:
            print("\n".join(row["name"] for row in rows))
            return 0
        bench = Bench(options)
        if not os.path.exists(bench.program):
            raise Failure(f"'{bench.program}' does not exist; build 'bench-model'")
    except Failure as failure:
        print(f"bench.py: error: {failure}", file=sys.stderr)
        return 1
    results = []
    print(report.header(), flush=True)
    for row in rows:
        try:
            results.append(bench.measure(row))
        except Failure as failure:
            results.append({**row, "error": str(failure)})
        print(report.line(results[-1]), flush=True)
    text = report.summary(results, all_rows())
    print(text)
    report.write(options.out, results, text)
    return 1 if all("error" in result for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
