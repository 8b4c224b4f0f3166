// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu" | FileCheck %s
// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" | FileCheck %s --check-prefix=ONE
// RUN: quant-opt %s --qvec-specialize-targets="triple=powerpc64le-unknown-linux-gnu" | FileCheck %s --check-prefix=GENERIC
// RUN: quant-opt %s --qvec-specialize-targets="triple=riscv64-unknown-linux-gnu" | FileCheck %s --check-prefix=RISCV
// RUN: quant-opt %s --qvec-specialize-targets="triple=thumbv7em-none-eabihf" | FileCheck %s --check-prefix=THUMB
// RUN: quant-opt %s --qvec-specialize-targets="triple=thumbv8.1m.main-none-eabihf cpu=cortex-m55" | FileCheck %s --check-prefix=VECTORS

// The portable default has a copy per level, best first; the last runs anywhere.

// CHECK: @main_avx512vnni
// CHECK-SAME: level = "avx512vnni"
// CHECK: @main_avxvnni
// CHECK: @main_x86_64_v3
// CHECK: @main_x86_64(
// CHECK-SAME: level = "x86-64"
// ONE: @main(
// ONE-SAME: level = "x86-64-v3"
// GENERIC: @main(
// GENERIC-SAME: level = "generic"

// A default of its own, the features of a triple, those of a cpu.
// RISCV: @main({{.*}}level = "rv64gc"
// THUMB: @main({{.*}}level = "armv7em"
// VECTORS: @main({{.*}}level = "armv8.1m-mve"
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
