// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,FLOAT
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=aarch64-unknown-linux-gnu" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,FLOAT
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv7em-none-eabihf cpu=cortex-m4" --convert-qnn-to-kernels | FileCheck %s --check-prefixes=CHECK,INTEGER

// One product and one sum, which round apart; the zero point comes behind. General
// registers have one shift for both channels, and no floats.
// CHECK-LABEL: @main
// FLOAT: ^bb0(%[[ACC:.*]]: i32
// FLOAT: %[[X:.*]] = arith.sitofp %[[ACC]] : i32 to f32
// FLOAT-NEXT: %[[P:.*]] = arith.mulf %[[X]], %{{.*}} : f32
// FLOAT-NOT: arith.cmpf
// FLOAT: arith.addf %[[P]], %{{.*}} : f32
// FLOAT-NOT: fma
// INTEGER-NOT: f32
// INTEGER: ^bb0(%[[ACC:.*]]: i32
// INTEGER: arith.constant 7 : i32
// INTEGER: arith.muli %{{.*}} : i64
// INTEGER-NOT: arith.minsi %{{.*}}, %c16777216
// INTEGER: arith.cmpi sle, %{{.*}} : i64
// INTEGER-NOT: f32
// CHECK: return
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<[[1, 2, 3, 4], [-5, 6, 7, 8]]> : tensor<2x4xi8>
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<2x4xi8>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 10904339, 9545441>, shifts = array<i32: 32, 31>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

// Products of less than 23 bits are not limited.
// CHECK-LABEL: @main
// FLOAT-NOT: arith.cmpf
// INTEGER-NOT: arith.minsi %{{.*}}, %c16777216
// CHECK: return
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x1xi8> {
  %w = arith.constant dense<1> : tensor<1x4xi8>
  %b = arith.constant dense<2000000000> : tensor<1xi32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1001>, shifts = array<i32: 18>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product}
    : tensor<1x1xi32> -> tensor<1x1xi8>
  return %1 : tensor<1x1xi8>
}

// -----

// Products of floats are limited that reach 23 bits, sums of integers whose products reach 30.
// CHECK-LABEL: @main
// FLOAT: arith.mulf
// FLOAT: arith.cmpf
// FLOAT: arith.addf
// INTEGER-NOT: arith.minsi %{{.*}}, %c16777216
// CHECK: return
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x1xi8> {
  %w = arith.constant dense<1> : tensor<1x4xi8>
  %b = arith.constant dense<2000000000> : tensor<1xi32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 20>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product}
    : tensor<1x1xi32> -> tensor<1x1xi8>
  return %1 : tensor<1x1xi8>
}

// -----

// CHECK-LABEL: @main
// FLOAT: arith.cmpf
// INTEGER: %[[LESS:.*]] = arith.minsi %{{.*}}, %c16777216_i32 : i32
// INTEGER: %[[LIMITED:.*]] = arith.maxsi %[[LESS]], %c-16777216_i32 : i32
// INTEGER: arith.extsi %[[LIMITED]] : i32 to i64
// INTEGER: arith.muli
// CHECK: return
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x1xi8> {
  %w = arith.constant dense<1> : tensor<1x4xi8>
  %b = arith.constant dense<2000000000> : tensor<1xi32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 9>, shifts = array<i32: 4>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product}
    : tensor<1x1xi32> -> tensor<1x1xi8>
  return %1 : tensor<1x1xi8>
}
