// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=aarch64-linux-gnu cpu=aarch64-dotprod" --convert-qnn-to-kernels | FileCheck %s
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels | FileCheck %s --check-prefix=PACKED
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv8.1m.main-none-eabihf cpu=cortex-m55" --convert-qnn-to-kernels | FileCheck %s --check-prefix=JOINED

// Weights of 4 bits: two steps share bytes. Twelve elements end within the second
// pair of steps, so that a kernel would read four more of the last row: they are
// copied.

// CHECK-LABEL: @main
// CHECK: linalg.copy
// CHECK: qvec.kernel contraction {{.*}} weight(%{{.*}} : tensor<4x1x2x64xi8>)
// CHECK-SAME: packing <bits = 4, block = 0
// PACKED-LABEL: @main
// JOINED-LABEL: @main
// PACKED: qvec.kernel packed
func.func @main(%x: tensor<16x12xi8>) -> tensor<16x64xi8> {
  %w = arith.constant dense<3> : tensor<64x12xi4>
  %0 = qnn.dense %x, %w : (tensor<16x12xi8>, tensor<64x12xi4>) -> tensor<16x64xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<16x64xi32> -> tensor<16x64xi8>
  return %1 : tensor<16x64xi8>
}

// -----

// Whole pairs are read in place.

// CHECK-LABEL: @main
// JOINED-LABEL: @main
// CHECK-NOT: linalg.copy
// CHECK: qvec.kernel contraction {{.*}} weight(%{{.*}} : tensor<4x1x2x64xi8>)
func.func @main(%x: tensor<16x16xi8>) -> tensor<16x64xi8> {
  %w = arith.constant dense<3> : tensor<64x16xi4>
  %0 = qnn.dense %x, %w : (tensor<16x16xi8>, tensor<64x16xi4>) -> tensor<16x64xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<16x64xi32> -> tensor<16x64xi8>
  return %1 : tensor<16x64xi8>
}

// -----

// Neighbouring channels share bytes on Cortex-M55, `16 * odd + even`: 16 * 3 - 2.

// JOINED-LABEL: @main
// JOINED: dense<"0x2E2E
// JOINED: joined = true
func.func @main(%x: tensor<1x16xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<[[-2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2],
                             [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]]> : tensor<2x16xi4>
  %0 = qnn.dense %x, %w : (tensor<1x16xi8>, tensor<2x16xi4>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

// 16 * -8 - 1 is no byte: the halves of bytes stand for themselves.

// JOINED-LABEL: @main
// JOINED: dense<"0x3E3E{{.*}}8F
// JOINED-NOT: joined = true
func.func @main(%x: tensor<1x16xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<[[-2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -1],
                             [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, -8]]> : tensor<2x16xi4>
  %0 = qnn.dense %x, %w : (tensor<1x16xi8>, tensor<2x16xi4>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}
