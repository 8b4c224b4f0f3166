# How lit finds and runs the tests of this folder.
#
# Programs are found through PATH: the build's tools first, then LLVM's
# (FileCheck, not, split-file, llvm-readelf, ...). What a test may ask for with
# REQUIRES is listed in tools/utils/test_features.py.
import os
import sys

import lit.formats

source = config.quantopt_source_dir
build = config.quantopt_build_dir
utils = os.path.join(source, "tools", "utils")
sys.path.insert(0, utils)
import test_features

config.name = "quant-opt"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Data", "lib"]
config.test_source_root = os.path.join(source, "test")
config.test_exec_root = os.path.join(build, "test")

config.environment["PATH"] = os.pathsep.join(
    [os.path.join(build, "bin"), config.llvm_tools_dir, os.environ["PATH"]]
)
# Two runs differ in nothing that the environment says.
config.environment["LC_ALL"] = "C"
config.environment["NO_COLOR"] = "1"
for name in ("QUANTOPT_TEST_DATA", "PEERS", "HOME", "CCACHE_DIR"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

site = test_features.Site(
    source=source,
    build=build,
    tools=config.quantopt_tools,
    llvm_targets=config.llvm_targets,
    have_gtest=bool(config.have_gtest),
    python=config.python,
)
config.available_features.update(test_features.available(site))

programs = [os.path.join(build, "test", "Unit", name) for name in config.unit_tests if name]
config.substitutions += [
    ("%unit_tests", " ".join(programs)),
    ("%test_data", site.test_data()),
    ("%peers", os.environ.get("PEERS", "/nonexistent")),
    ("%demo_data", os.path.join(source, "test", "Data", "fashion-mnist")),
    ("%repo", source),
    ("%build", build),
    ("%utils", utils),
    ("%python", config.python),
    ("%host_cc", config.c_compiler),
    ("%host_cxx", config.cxx_compiler),
]

# A test that hangs fails. Without psutil lit cannot stop one.
if lit_config.maxIndividualTestTime == 0:
    supported, _ = lit_config.maxIndividualTestTimeIsSupported
    if supported:
        lit_config.maxIndividualTestTime = 600
