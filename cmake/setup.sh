#!/usr/bin/env bash
# Installs the Debian packages that building and testing need; nothing else.
#
# usage: cmake/setup.sh [build]     `build` leaves out what only the tests use
#
# Does nothing when all is there. Without root it says what to install.
set -euo pipefail

build_packages=(
  ccache clang-22 cmake g++ libmlir-22-dev libprotobuf-dev lld-22 llvm-22-dev
  llvm-22-tools mlir-22-tools ninja-build protobuf-compiler zlib1g-dev
)
test_packages=(
  binutils clang-format-14 git libdnnl-dev libgmock-dev libgtest-dev libonnx-testdata
  make parallel python3 python3-numpy python3-onnx python3-pil python3-psutil qemu-system-arm
  qemu-user xz-utils
)

case "${1-}" in
  "") packages=("${build_packages[@]}" "${test_packages[@]}") ;;
  build) packages=("${build_packages[@]}") ;;
  *) echo "usage: cmake/setup.sh [build]" >&2; exit 1 ;;
esac

if [ -n "${QUANTOPT_SKIP_SETUP-}" ]; then
  echo "setup: skipped, QUANTOPT_SKIP_SETUP is set"
  exit 0
fi

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  {
    echo "setup: this system has no apt; install what these Debian packages hold:"
    echo "  ${packages[*]}"
    echo "and set QUANTOPT_SKIP_SETUP=1"
  } >&2
  exit 1
fi

# Prints those of the given packages that are not installed.
missing() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2> /dev/null \
    | awk '$2 == "installed" { print $1 }' || true)
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<< "$installed")
}

mapfile -t wanted < <(missing "${packages[@]}")
if [ ${#wanted[@]} -eq 0 ]; then
  echo "setup: all ${#packages[@]} packages are installed"
  exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
  {
    echo "setup: ${#wanted[@]} packages are missing; run as root, then start again:"
    echo "  apt-get update && apt-get install -y --no-install-recommends ${wanted[*]}"
  } >&2
  exit 1
fi

echo "setup: installing ${wanted[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
if ! apt-get install -y -q --no-install-recommends "${wanted[@]}"; then
  {
    echo "setup: apt-get failed; LLVM 22 comes with Debian 12 and its security"
    echo "updates (bookworm, bookworm-security), so both must be among the sources"
  } >&2
  exit 1
fi
