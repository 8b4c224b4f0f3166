// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv8.1m.main-none-eabihf cpu=cortex-m55" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,HIGH31
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv7em-none-eabihf cpu=cortex-m4" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,HIGH32
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,WIDE

// The first of two roundings is the level's high product; one with a shift of 32
// takes twice the sum.
// CHECK-LABEL: @main
// HIGH31: ^bb0(%[[ACC:.*]]: i32
// HIGH31-NOT: i64
// HIGH31: qvec.multiply_high %[[ACC]], %{{.*}} {shift = 31 : i32} : i32
// HIGH32-NOT: i64
// HIGH32: %[[TWICE:.*]] = arith.shli
// HIGH32: qvec.multiply_high %[[TWICE]], %{{.*}} {shift = 32 : i32} : i32
// WIDE-NOT: multiply_high
// WIDE: arith.muli %{{.*}} : i64
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<[[1, 2, 3, 4], [-5, 6, 7, 8]]> : tensor<2x4xi8>
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<2x4xi8>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1234567890>, shifts = array<i32: 38>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, roundTwice}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

// Twice the sum might not fit.
// CHECK-LABEL: @main
// HIGH31: qvec.multiply_high
// HIGH32-NOT: multiply_high
// HIGH32: arith.muli %{{.*}} : i64
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x1xi8> {
  %w = arith.constant dense<1> : tensor<1x4xi8>
  %b = arith.constant dense<2000000000> : tensor<1xi32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1234567890>, shifts = array<i32: 58>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, roundTwice}
    : tensor<1x1xi32> -> tensor<1x1xi8>
  return %1 : tensor<1x1xi8>
}
