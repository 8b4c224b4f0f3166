# Sourced by demo.sh and check.sh: configures and builds in $build.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${QUANTOPT_BUILD_DIR:-$root/build}

# Prints a heading and the seconds since the start.
step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# Prints how many compilers fit this machine: one for each core and 1.5 GB.
jobs_that_fit() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# Configures once; later runs keep the user's choices.
configure() {
  [ -f "$build/build.ninja" ] && return
  local options=(-DCMAKE_BUILD_TYPE=Release)
  if command -v clang-22 > /dev/null && [ -z "${CXX-}" ]; then
    options+=(-DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22)
  fi
  cmake -S "$root" -B "$build" -G Ninja "${options[@]}"
}

# Builds the given targets, all when there is none.
build_targets() {
  ninja -C "$build" -j "$(jobs_that_fit)" "$@"
}
