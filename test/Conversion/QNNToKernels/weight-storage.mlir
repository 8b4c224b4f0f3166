// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels -verify-diagnostics | FileCheck %s
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels=storage=dense | FileCheck %s --check-prefix=DENSE
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels=storage=2:4 -o %t.mlir 2>%t.txt
// RUN: cat %t.txt %t.mlir | FileCheck %s --check-prefix=HALVED
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv7em-none-eabi cpu=cortex-m4" --convert-qnn-to-kernels | FileCheck %s --check-prefix=DENSE
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=riscv32-none-elf" --convert-qnn-to-kernels | FileCheck %s --check-prefix=DENSE
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" --convert-qnn-to-kernels | FileCheck %s
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64" --convert-qnn-to-kernels | FileCheck %s --check-prefix=DENSE
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu" --convert-qnn-to-kernels | FileCheck %s --check-prefix=LEVELS
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=riscv64 cpu=rv64gcv" --convert-qnn-to-kernels | FileCheck %s --check-prefix=DENSE
// RUN: not quant-opt %s -split-input-file --convert-qnn-to-kernels=storage=sparse 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: expected 'storage' to be auto, dense, smallest, bitmask or 2:4, but got 'sparse'

// 16 channels of 64 bytes, 15 of 16 of them 0: an offset, 16 masks, 16 codes of
// every fourth, and 64 bytes that may be read. Two of four take 108 bytes more.
// CHECK-LABEL: @main
// CHECK: arith.constant dense<{{.*}}> : tensor<1x212xi8>
// CHECK: packing <bits = 2, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, masked = true>
// DENSE-LABEL: @main
// DENSE-NOT: masked
// All levels of an artefact share the weight, the one without byte permutations too.
// LEVELS-COUNT-4: masked = true
// HALVED: the weights are stored as 2:4 in 320 bytes instead of 1024
func.func @main(%q: tensor<1x64xi8>) -> tensor<1x16xi32> {
  %w = arith.constant dense<"0x01000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000010000000000000000000000000000000100000000000000000000000000000001000000000000000000000000000000"> : tensor<16x64xi8>
  // expected-remark @below {{the weights are stored as bitmask in 212 bytes instead of 1024; 'storage=dense' keeps zeros and is faster}}
  %0 = qnn.dense %q, %w {inputZeroPoint = 3 : i32} : (tensor<1x64xi8>, tensor<16x64xi8>) -> tensor<1x16xi32>
  return %0 : tensor<1x16xi32>
}

// -----

// Few zeros, and more than two of four that are none.
// CHECK-LABEL: @main
// CHECK-NOT: masked
// HALVED: the weights stay dense: more than two of four neighbours are not zero
func.func @main(%q: tensor<1x64xi8>) -> tensor<1x16xi32> {
  %w = arith.constant dense<5> : tensor<16x64xi8>
  %0 = qnn.dense %q, %w {inputZeroPoint = 3 : i32} : (tensor<1x64xi8>, tensor<16x64xi8>) -> tensor<1x16xi32>
  return %0 : tensor<1x16xi32>
}

// -----

// Codes of 2 bits have zeros without pruning: masks are made where they are asked for.
// CHECK-LABEL: @main
// CHECK-NOT: masked
// HALVED: the weights are stored as 2:4
func.func @main(%q: tensor<1x64xi8>) -> tensor<1x16xi32> {
  %w = arith.constant dense<0> : tensor<16x64xi2>
  %0 = qnn.dense %q, %w {inputZeroPoint = 3 : i32} : (tensor<1x64xi8>, tensor<16x64xi2>) -> tensor<1x16xi32>
  return %0 : tensor<1x16xi32>
}

// -----

// Codes of a table are no integers.
// CHECK-LABEL: @main
// CHECK-NOT: masked
// HALVED: the weights stay dense: their codes stand for entries of tables or for floats
// HALVED: halved = true
func.func @main(%x: tensor<1x64xf32>) -> tensor<1x16xf32> {
  %w = qnn.constant {payload = dense<0> : tensor<512xi8>, scales = dense<0.5> : tensor<16xf32>} : tensor<16x64x!qnn.codebook<nf4, rows = 1>>
  %1 = qnn.dense %x, %w : (tensor<1x64xf32>, tensor<16x64x!qnn.codebook<nf4, rows = 1>>) -> tensor<1x16xf32>
  return %1 : tensor<1x16xf32>
}
