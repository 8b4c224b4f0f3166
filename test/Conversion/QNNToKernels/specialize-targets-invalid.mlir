// RUN: not quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=z80" 2>&1 | FileCheck %s
// RUN: not quant-opt %s --qvec-specialize-targets="triple=vax-unknown-none" 2>&1 | FileCheck %s --check-prefix=TRIPLE
// RUN: not quant-opt %s --qvec-specialize-targets="triple=aarch64-unknown-linux-gnu cpu=native" 2>&1 | FileCheck %s --check-prefix=NATIVE

// CHECK: error: unknown cpu 'z80' for target 'x86_64-unknown-linux-gnu'
// TRIPLE: error: unknown target 'vax-unknown-none'
// NATIVE: error: cpu 'native' is this machine's {{.*}}name a cpu of the target instead
func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
  return %x : tensor<1xf32>
}
