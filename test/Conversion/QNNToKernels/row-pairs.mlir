// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=aarch64-linux-gnu cpu=aarch64-i8mm" --convert-qnn-to-kernels | FileCheck %s
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=aarch64-linux-gnu cpu=aarch64-dotprod" --convert-qnn-to-kernels | FileCheck %s --check-prefix=DOT

// Steps of eight bytes for products of two rows. Twelve bytes do not fill two of
// them: a kernel would read four more of the last row, so they are copied. They
// are whole steps of a level that has dot products alone.

// CHECK-LABEL: @main
// CHECK: linalg.copy
// CHECK: qvec.kernel contraction {{.*}} weight(%{{.*}} : tensor<4x1x2x128xi8>)
// CHECK-SAME: group = 8
// DOT-LABEL: @main
// DOT-NOT: linalg.copy
// DOT: qvec.kernel contraction {{.*}} weight(%{{.*}} : tensor<4x1x3x64xi8>)
// DOT-SAME: group = 4
func.func @main(%x: tensor<16x12xi8>) -> tensor<16x64xi8> {
  %w = arith.constant dense<3> : tensor<64x12xi8>
  %0 = qnn.dense %x, %w : (tensor<16x12xi8>, tensor<64x12xi8>) -> tensor<16x64xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<16x64xi32> -> tensor<16x64xi8>
  return %1 : tensor<16x64xi8>
}

// -----

// Whole steps are read in place.

// CHECK-LABEL: @main
// CHECK-NOT: linalg.copy
// CHECK: qvec.kernel contraction {{.*}} weight(%{{.*}} : tensor<4x1x2x128xi8>)
// CHECK-SAME: group = 8
func.func @main(%x: tensor<16x16xi8>) -> tensor<16x64xi8> {
  %w = arith.constant dense<3> : tensor<64x16xi8>
  %0 = qnn.dense %x, %w : (tensor<16x16xi8>, tensor<64x16xi8>) -> tensor<16x64xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<16x64xi32> -> tensor<16x64xi8>
  return %1 : tensor<16x64xi8>
}
