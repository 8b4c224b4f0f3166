"""What tests may ask for with REQUIRES, how it is found, and why it may lack.

`available` is called by test/lit.cfg.py, `reason` by summarize_tests.py.
"""
import dataclasses
import glob
import os
import platform
import re
import shutil
import subprocess


@dataclasses.dataclass
class Site:
    """Where the sources, the build and their neighbours are."""

    source: str
    build: str
    tools: list
    llvm_targets: list
    have_gtest: bool
    python: str

    def test_data(self):
        """The folder with models and data that are not the project's own."""
        default = os.path.join(self.source, "..", "shared")
        return os.path.abspath(os.environ.get("QUANTOPT_TEST_DATA") or default)

    def has_module(self, name):
        """Whether the Python of the tests can import a module."""
        command = [self.python, "-c", f"import {name}"]
        return subprocess.run(command, capture_output=True).returncode == 0


def program(name):
    """A finder of a program on PATH."""
    return lambda site: shutil.which(name) is not None


def module(name):
    """A finder of a Python module."""
    return lambda site: site.has_module(name)


def data(*path):
    """A finder of a file below the folder of external data."""
    return lambda site: os.path.exists(os.path.join(site.test_data(), *path))


def onnxruntime(site):
    """Whether $PEERS names a folder with ONNX Runtime for node."""
    peer = os.path.join(os.environ.get("PEERS", ""), "node_modules/onnxruntime-node")
    return bool(os.environ.get("PEERS")) and os.path.isdir(peer)


def onednn(site):
    """Whether the program that measures models was built with oneDNN."""
    program = os.path.join(site.build, "test", "Benchmark", "bench-model")
    if not os.path.exists(program):
        return False
    result = subprocess.run([program, "--list-peers"], capture_output=True, text=True)
    return "onednn" in result.stdout.split()


def onnx_testdata(site):
    """Whether the operator tests of Debian's libonnx-testdata are installed."""
    pattern = "/usr/lib/python3/dist-packages/onnx/backend/test/data/node"
    return bool(glob.glob(pattern))


def demo_data(site):
    """Whether the project's own network is in the tree."""
    return os.path.exists(
        os.path.join(site.source, "test/Data/fashion-mnist/demo.onnx"))


# Feature -> (how it is found, what to do when it is missing).
FEATURES = {
    "gtest": (
        lambda site: site.have_gtest,
        "GoogleTest was not found when configuring; install libgtest-dev",
    ),
    "test-data": (
        data("models"),
        "no external models; set QUANTOPT_TEST_DATA to the folder that has them",
    ),
    "onnx-node-tests": (
        data("onnx-node-tests.tar.xz"),
        "no archive of ONNX operator tests in QUANTOPT_TEST_DATA",
    ),
    "onnx-testdata": (
        onnx_testdata,
        "no ONNX operator tests of the distribution; install libonnx-testdata",
    ),
    "onnxruntime": (
        onnxruntime,
        "no ONNX Runtime to compare with; set PEERS to a folder in which"
        " 'npm install onnxruntime-node' was run",
    ),
    "onednn": (
        onednn,
        "no oneDNN to compare with; install libdnnl-dev and configure again",
    ),
    "demo-data": (demo_data, "test/Data/fashion-mnist is not in this tree"),
    "chromium": (
        program("chromium"), "no browser to look at pages with; install chromium"),
    "node": (program("node"), "node was not found; install nodejs"),
    "numpy": (module("numpy"), "Python without numpy; install python3-numpy"),
    "python-onnx": (module("onnx"), "Python without onnx; install python3-onnx"),
    "pillow": (module("PIL"), "Python without PIL; install python3-pil"),
    "git": (program("git"), "git was not found"),
    "clang-format": (
        program("clang-format-14"), "clang-format-14 was not found; install it"),
    "nm": (program("nm"), "nm was not found; install binutils"),
    "ld-lld": (program("ld.lld-22"), "ld.lld-22 was not found; install lld-22"),
    "qemu-x86_64": (program("qemu-x86_64"), "no emulator; install qemu-user"),
    "qemu-aarch64": (program("qemu-aarch64"), "no emulator; install qemu-user"),
    "qemu-riscv64": (program("qemu-riscv64"), "no emulator; install qemu-user"),
    "qemu-arm": (program("qemu-arm"), "no emulator; install qemu-user"),
}

TOOLS = (
    "quant-compile", "quant-lsp-server", "quant-opt", "quant-reduce",
    "quant-run", "quant-translate",
)


def host_cpu():
    """`cpu-FLAG` for each feature that the kernel reports, as it spells it."""
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read()
    except OSError:
        return set()
    line = re.search(r"^(?:flags|Features|isa)\s*:\s*(.*)$", text, re.M)
    return {"cpu-" + flag for flag in line.group(1).split()} if line else set()


def available(site):
    """The features of this machine and build."""
    found = {name for name, (probe, _) in FEATURES.items() if probe(site)}
    found |= {tool for tool in TOOLS if tool in site.tools}
    found |= {"target-" + name.lower() for name in site.llvm_targets}
    found.add("host-" + platform.machine())
    return found | host_cpu()


def reason(feature):
    """Why tests that require `feature` do not run here, and what to do."""
    if feature in FEATURES:
        return FEATURES[feature][1]
    if feature in TOOLS:
        return f"'{feature}' is not part of this build"
    if feature.startswith("cpu-"):
        return f"this machine's processor lacks '{feature[4:]}'"
    if feature.startswith("host-"):
        return f"this machine is not {feature[5:]}"
    if feature.startswith("target-"):
        return f"this LLVM was built without target '{feature[7:]}'"
    return f"feature '{feature}' is missing"
