#!/usr/bin/env bash
# Sets up, builds everything and runs every test. The last line is
# `N passed, N failed, N skipped`; before it stand the reasons of the skips.
#
# usage: bash cmake/check.sh
#
# QUANTOPT_TEST_DATA=DIR   external models and data (default: ../shared)
# QUANTOPT_BUILD_DIR=DIR   where to build (default: build)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

cat << TXT
check: installs packages when some are missing (root), builds in $build and runs
every test. It needs 4 GB of RAM, 5 GB of disk (3 GB of them packages) and about
15 minutes on two cores; later runs take less.
TXT
step "set-up"
bash "$root/cmake/setup.sh"
step "configure"
configure
step "build"
build_targets all quant-opt-unit-tests

step "test"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
lit=/usr/lib/llvm-22/bin/lit
[ -f "$lit" ] || lit=$(command -v lit)
results=$build/test/results.json
log=$build/test/lit.log
rm -f "$results"
style=-v
[ -t 1 ] && style=-sv
"$python" "$lit" "$style" -j "$(nproc)" -o "$results" "$build/test" | tee "$log" || true

step "result"
"$python" "$root/tools/utils/summarize_tests.py" "$results" "$log"
