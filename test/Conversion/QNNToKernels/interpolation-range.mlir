// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" --convert-qnn-to-kernels | FileCheck %s

// Sums of 131 * 2^22, which binary32 does not hold.
// CHECK-LABEL: @main
// CHECK: arith.sitofp %{{.*}} : i32 to f64
func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x4x4x4xi8> {
  %0 = qnn.interpolate_fixed %x {axis = 1 : i64, bits = 11 : i32, fractions = array<i32: 0, 511, 1535, 0>, inputZeroPoint = 3 : i32, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>} : tensor<1x2x2x4xi8> -> tensor<1x4x2x4xi32>
  %1 = qnn.interpolate_fixed %0 {axis = 2 : i64, bits = 11 : i32, fractions = array<i32: 0, 511, 1535, 0>, inputZeroPoint = 0 : i32, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>} : tensor<1x4x2x4xi32> -> tensor<1x4x4x4xi32>
  %2 = qnn.requantize %1 {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 12345679>, shifts = array<i32: 45>, zeroPoint = 5 : i32} : tensor<1x4x4x4xi32> -> tensor<1x4x4x4xi8>
  return %2 : tensor<1x4x4x4xi8>
}

// -----

// Sums of 188 * 2^15 fit.
// CHECK-LABEL: @main
// CHECK: arith.sitofp %{{.*}} : i32 to f32
func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x4x2x4xi8> {
  %0 = qnn.interpolate_fixed %x {axis = 1 : i64, bits = 15 : i32, fractions = array<i32: 0, 511, 1535, 0>, inputZeroPoint = 60 : i32, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>} : tensor<1x2x2x4xi8> -> tensor<1x4x2x4xi32>
  %1 = qnn.requantize %0 {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 12345679>, shifts = array<i32: 38>, zeroPoint = 5 : i32} : tensor<1x4x2x4xi32> -> tensor<1x4x2x4xi8>
  return %1 : tensor<1x4x2x4xi8>
}

// -----

// But not where a fraction of 2 makes them three times as large.
// CHECK-LABEL: @main
// CHECK: arith.sitofp %{{.*}} : i32 to f64
func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x4x2x4xi8> {
  %0 = qnn.interpolate_fixed %x {axis = 1 : i64, bits = 15 : i32, fractions = array<i32: 0, 511, 65536, 0>, inputZeroPoint = 60 : i32, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>} : tensor<1x2x2x4xi8> -> tensor<1x4x2x4xi32>
  %1 = qnn.requantize %0 {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 12345679>, shifts = array<i32: 38>, zeroPoint = 5 : i32} : tensor<1x4x2x4xi32> -> tensor<1x4x2x4xi8>
  return %1 : tensor<1x4x2x4xi8>
}
