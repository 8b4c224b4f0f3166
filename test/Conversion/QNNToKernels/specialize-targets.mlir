// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu" | FileCheck %s
// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" | FileCheck %s --check-prefix=ONE
// RUN: quant-opt %s --qvec-specialize-targets="triple=riscv64-unknown-linux-gnu" | FileCheck %s --check-prefix=GENERIC

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
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
