// RUN: quant-opt %s --qnn-fuse-integer --canonicalize --cse | FileCheck %s
// RUN: quant-opt %s --qnn-fuse-integer=rounding=source --canonicalize --cse | FileCheck %s
// RUN: quant-opt %s --qnn-fuse-integer=rounding=nearest --canonicalize --cse | FileCheck %s --check-prefix=NEAREST
// Nothing of this without rounded products: not with `nearest`.
// NEAREST-NOT: round_product
// NEAREST-NOT: lookup_sum

!x = !qnn.affine<i8, 0.25 : 3>
!y = !qnn.affine<i8, 0.5 : -5>
!w = !qnn.affine<i8, 0.00217>

module attributes {qnn.engine = "onnxruntime"} {

// Many steps on both sides of zero: no single multiplier has them all.
// CHECK-LABEL: @dense_product
// CHECK: qnn.requantize %{{.*}} {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 9320079>, qnn.round_product, shifts = array<i32: 33>, zeroPoint = -5 : i32}
func.func @dense_product(%x: tensor<1x64x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!w>
  %w = qnn.dequantize %c : tensor<1x64x!w> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Few sums: an ordinary multiplier gives the same bytes.
// CHECK-LABEL: @dense_once
// CHECK: qnn.requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @dense_once(%x: tensor<1x1x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<1> : tensor<1x1xi8>} : tensor<1x1x!qnn.affine<i8, 0.73517>>
  %w = qnn.dequantize %c : tensor<1x1x!qnn.affine<i8, 0.73517>> -> tensor<1x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!x> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// A scale that has no rounded product matters: nearest multipliers.
// CHECK-LABEL: @small_scale
// CHECK: qnn.requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @small_scale(%x: tensor<1x64x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.00001>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.00001>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Its sums wrap around there: the scale grows to hold the bias, as with `nearest`.
// CHECK-LABEL: @large_bias
// CHECK: qnn.requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @large_bias(%x: tensor<1x64x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 1.0e-9>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 1.0e-9>> -> tensor<1x64xf32>
  %b = arith.constant dense<2.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x64xf32>, tensor<1x64xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Means of whole images only.
// CHECK-LABEL: @mean
// CHECK: qnn.pool_requantize {{.*}} qnn.round_product
// CHECK: return
func.func @mean(%x: tensor<1x4x4x2x!x>) -> tensor<1x1x1x2x!y> {
  %0 = qnn.dequantize %x : tensor<1x4x4x2x!x> -> tensor<1x4x4x2xf32>
  %1 = qnn.pool average %0 window <kernel = [4, 4], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x2xf32> -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!y>
  return %2 : tensor<1x1x1x2x!y>
}

// CHECK-LABEL: @average
// CHECK: qnn.pool_requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @average(%x: tensor<1x4x4x2x!x>) -> tensor<1x1x1x2x!y> {
  %0 = qnn.dequantize %x : tensor<1x4x4x2x!x> -> tensor<1x4x4x2xf32>
  %1 = qnn.pool average %0 window <kernel = [3, 4], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x2xf32> -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!y>
  return %2 : tensor<1x1x1x2x!y>
}

// Constants like those of `nearest`, moved.
// CHECK-LABEL: @sum
// CHECK: qnn.rescale_add
// CHECK: return
func.func @sum(%x: tensor<4x!qnn.affine<ui8, 0.031 : 100>>, %z: tensor<4x!qnn.affine<ui8, 0.0414159 : 10>>) -> tensor<4x!qnn.affine<ui8, 0.0517 : 120>> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<ui8, 0.031 : 100>> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<ui8, 0.0414159 : 10>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!qnn.affine<ui8, 0.0517 : 120>>
  return %3 : tensor<4x!qnn.affine<ui8, 0.0517 : 120>>
}

// Exact halves become even: tables.
// CHECK-LABEL: @halves
// CHECK: %[[SUM:.*]] = qnn.lookup_sum
// CHECK: qnn.requantize %[[SUM]] {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 2{{[0-9]}}>, zeroPoint = 0 : i32}
func.func @halves(%x: tensor<4x!x>, %z: tensor<4x!x>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!x> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!y>
  return %3 : tensor<4x!y>
}

// Differences have no kernel there.
// CHECK-LABEL: @difference
// CHECK: qnn.rescale_add
// CHECK: return
func.func @difference(%x: tensor<4x!x>, %z: tensor<4x!x>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!x> -> tensor<4xf32>
  %2 = qnn.binary sub %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!y>
  return %3 : tensor<4x!y>
}

}
