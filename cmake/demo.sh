#!/usr/bin/env bash
# Sets up, builds, compiles a trained network to native code twice, in float and
# in int8, and prints what int8 costs in accuracy and brings in size and speed.
#
# usage: bash cmake/demo.sh                              the network in test/Data
#        bash cmake/demo.sh MODEL.onnx CALIB X.npy Y.npy     any classifier
#
# CALIB: samples for calibration (.npy, .npz or a folder); X.npy: samples to
# judge by; Y.npy: their labels. Results stay in build/demo.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/build.sh"

case $# in
  0) data=$root/test/Data/fashion-mnist
     set -- "$data/demo.onnx" "$data/calib_x.npy" "$data/eval_x.npy" "$data/eval_y.npy" ;;
  4) ;;
  *) echo "usage: bash cmake/demo.sh [MODEL.onnx CALIB X.npy Y.npy]" >&2; exit 1 ;;
esac
for path in "$@"; do
  [ -e "$path" ] || { echo "demo: '$path' does not exist" >&2; exit 1; }
done
model=$1 calibration=$2 samples=$3 labels=$4
out=$build/demo
cpu=${QUANTOPT_DEMO_CPU:-native}

cat << TXT
demo: installs packages when some are missing (root), builds in $build, then
compiles '$model' in float and in int8. It needs 4 GB of RAM, 5 GB of disk (3 GB
of them packages) and about 15 minutes on two cores; later runs take seconds.
TXT
step "set-up"
bash "$root/cmake/setup.sh" build
step "configure"
configure
step "build"
build_targets quant-compile quant-run
export PATH="$build/bin:$PATH"
mkdir -p "$out"

# compile NAME FLAGS...: the executable OUT/NAME and the library OUT/NAME.so.
compile() {
  local name=$1
  shift
  quant-compile "$model" --cpu="$cpu" "$@" -o "$out/$name"
  quant-compile "$model" --cpu="$cpu" "$@" --emit=shared -o "$out/$name.so"
}

# fact NAME KEY: a line of the executable's --info.
fact() { "$out/$1" --info | awk -v key="$2:" '$1 == key { print $2 }'; }

# accuracy NAME: top-1 in percent, of how many samples.
accuracy() {
  quant-run "$out/$1.so" --input "$samples" --labels="$labels" \
    | awk '{ for (i = 1; i < NF; i++) { if ($i == "top1:") t = $(i + 1); if ($i == "n:") n = $(i + 1) }
             printf "%.2f %d\n", 100 * t, n }'
}

# latency NAME SECONDS: the median in microseconds.
latency() {
  "$out/$1" --bench="$2" | awk '{ for (i = 1; i < NF; i++) if ($i == "median_us:") print $(i + 1) }'
}

step "compile in float"
compile float
step "compile in int8: activations calibrated with $(basename "$calibration")"
compile int8 --activations=static --calibrate="$calibration"
step "accuracy"
read -r float_top1 count < <(accuracy float)
read -r int8_top1 count < <(accuracy int8)
agreement=$(quant-run "$out/int8.so" --input "$samples" --compare="$out/float.so" \
  | grep -oE 'top1_agreement: [0-9.]+' | awk '{ print 100 * $2; exit }' || true)
step "latency"
# In turns, so that a change of the machine's speed meets both.
for _ in 1 2 3; do
  floats+=("$(latency float 0.5)")
  int8s+=("$(latency int8 0.5)")
done
# The median of three numbers.
middle() { printf '%s\n' "$@" | sort -g | sed -n 2p; }

step "result"
row() { printf '%-24s %12s %12s   %s\n' "$@"; }
ratio() { awk -v a="$1" -v b="$2" -v word="$3" 'BEGIN { printf "%.2fx %s", a / b, word }'; }
float_us=$(middle "${floats[@]}") int8_us=$(middle "${int8s[@]}")
row "" float int8 ""
row "top-1, $count samples" "$float_top1 %" "$int8_top1 %" \
  "$(awk -v a="$float_top1" -v b="$int8_top1" 'BEGIN { printf "%+.2f points", b - a }')${agreement:+, same answer on $agreement %}"
row "latency, one thread" "$float_us us" "$int8_us us" "$(ratio "$float_us" "$int8_us" faster)"
for key in weight_bytes const_bytes arena_bytes; do
  a=$(fact float $key) b=$(fact int8 $key)
  row "${key%_bytes} bytes" "$a" "$b" "$(ratio "$a" "$b" smaller)"
done
a=$(stat -c %s "$out/float") b=$(stat -c %s "$out/int8")
row "executable's bytes" "$a" "$b" "$(ratio "$a" "$b" smaller)"
echo
echo "The programs: $out/float and $out/int8 (try '--help')"
