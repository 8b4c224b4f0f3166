// RUN: quant-opt %s -split-input-file --qnn-fuse-integer --canonicalize --cse | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-fuse-integer=rounding=source --canonicalize --cse | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-fuse-integer=rounding=nearest --canonicalize --cse | FileCheck %s --check-prefix=NEAREST
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

// Scales that have no rounded product and matter: nearest multipliers, of products of scales
// that binary32 does not round.
// CHECK-LABEL: @small_scale
// CHECK: qnn.requantize {{.*}} multipliers = array<i32: 1331>, shifts
func.func @small_scale(%x: tensor<1x64x!qnn.affine<i8, 0.031>>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.00001>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.00001>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!qnn.affine<i8, 0.031>> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// CHECK-LABEL: @large_scale
// CHECK: qnn.requantize {{.*}} multipliers = array<i32: 10699843>, shifts
func.func @large_scale(%x: tensor<1x64x!qnn.affine<i8, 0.031>>) -> tensor<1x1x!qnn.affine<i8, 0.0003>> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.79>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.79>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!qnn.affine<i8, 0.031>> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 0.0003>>
  return %2 : tensor<1x1x!qnn.affine<i8, 0.0003>>
}

// Its sums wrap around there: the scale grows to hold the bias, as with `nearest`.
// NEAREST: qnn.requantize {{.*}} multipliers = array<i32: 674339>, shifts = array<i32: 29>
// CHECK-LABEL: @large_bias
// CHECK: qnn.requantize {{.*}} multipliers = array<i32: 674339>, shifts = array<i32: 29>
func.func @large_bias(%x: tensor<1x64x!x>) -> tensor<1x1x!qnn.affine<i8, 1.0e-4>> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 1.0e-9>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 1.0e-9>> -> tensor<1x64xf32>
  %b = arith.constant dense<2.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x64xf32>, tensor<1x64xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 1.0e-4>>
  return %2 : tensor<1x1x!qnn.affine<i8, 1.0e-4>>
}

// Beyond 24 bits, but not beyond 32: the scale stays.
// CHECK-LABEL: @long_bias
// CHECK-DAG: arith.constant dense<100> : tensor<1x64xi8>
// CHECK-DAG: arith.constant dense<80000000> : tensor<1xi32>
func.func @long_bias(%x: tensor<1x64x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 1.0e-6>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 1.0e-6>> -> tensor<1x64xf32>
  %b = arith.constant dense<20.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x64xf32>, tensor<1x64xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Kernels of words have no rounded products.
// CHECK-LABEL: @words
// CHECK: qnn.requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @words(%x: tensor<1x64x!qnn.affine<i16, 0.25>>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!w>
  %w = qnn.dequantize %c : tensor<1x64x!w> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!qnn.affine<i16, 0.25>> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// The product of scales is binary32 before it is divided.
// CHECK-LABEL: @binary32
// CHECK: qnn.requantize {{.*}} multipliers = array<i32: 10384363>, qnn.round_product, shifts = array<i32: 35>
func.func @binary32(%x: tensor<1x64x!qnn.affine<i8, 0.0618 : 3>>) -> tensor<1x1x!qnn.affine<i8, 0.8711 : -5>> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.00426>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.00426>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!qnn.affine<i8, 0.0618 : 3>> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 0.8711 : -5>>
  return %2 : tensor<1x1x!qnn.affine<i8, 0.8711 : -5>>
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

// The scale of the result is multiplied by the number of positions first.
// CHECK-LABEL: @mean_of_binary32
// CHECK: qnn.pool_requantize {{.*}} array<i32: 1006633, {{.*}} qnn.round_product, shifts = array<i32: 24,
func.func @mean_of_binary32(%x: tensor<1x5x5x2x!qnn.affine<i8, 0.0504 : -104>>) -> tensor<1x1x1x2x!qnn.affine<i8, 0.0336 : -35>> {
  %0 = qnn.dequantize %x : tensor<1x5x5x2x!qnn.affine<i8, 0.0504 : -104>> -> tensor<1x5x5x2xf32>
  %1 = qnn.pool average %0 window <kernel = [5, 5], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x5x5x2xf32> -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!qnn.affine<i8, 0.0336 : -35>>
  return %2 : tensor<1x1x1x2x!qnn.affine<i8, 0.0336 : -35>>
}

// The lowest sums need it.
// CHECK-LABEL: @mean_of_all_sums
// CHECK: qnn.pool_requantize {{.*}} qnn.round_product
func.func @mean_of_all_sums(%x: tensor<1x4x5x2x!qnn.affine<i8, 0.0515 : 67>>) -> tensor<1x1x1x2x!qnn.affine<i8, 0.0565 : 60>> {
  %0 = qnn.dequantize %x : tensor<1x4x5x2x!qnn.affine<i8, 0.0515 : 67>> -> tensor<1x4x5x2xf32>
  %1 = qnn.pool average %0 window <kernel = [4, 5], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x5x2xf32> -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!qnn.affine<i8, 0.0565 : 60>>
  return %2 : tensor<1x1x1x2x!qnn.affine<i8, 0.0565 : 60>>
}

// CHECK-LABEL: @mean_of_words
// CHECK: qnn.pool_requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @mean_of_words(%x: tensor<1x4x4x2x!qnn.affine<i16, 0.25>>) -> tensor<1x1x1x2x!y> {
  %0 = qnn.dequantize %x : tensor<1x4x4x2x!qnn.affine<i16, 0.25>> -> tensor<1x4x4x2xf32>
  %1 = qnn.pool average %0 window <kernel = [4, 4], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x2xf32> -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!y>
  return %2 : tensor<1x1x1x2x!y>
}

// CHECK-LABEL: @padded
// CHECK: qnn.pool_requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @padded(%x: tensor<1x4x4x2x!x>) -> tensor<1x2x2x2x!y> {
  %0 = qnn.dequantize %x : tensor<1x4x4x2x!x> -> tensor<1x4x4x2xf32>
  %1 = qnn.pool average %0 window <kernel = [4, 4], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> : tensor<1x4x4x2xf32> -> tensor<1x2x2x2xf32>
  %2 = qnn.quantize %1 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  return %2 : tensor<1x2x2x2x!y>
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

// Constants like those of `nearest`, moved. With bytes that have a sign, sums round elsewhere,
// and ask for tables.
// CHECK-LABEL: @sum
// CHECK: qnn.rescale_add
// CHECK: return
func.func @sum(%x: tensor<4x!qnn.affine<ui8, 0.0697 : 195>>, %z: tensor<4x!qnn.affine<ui8, 0.0807 : 209>>) -> tensor<4x!qnn.affine<ui8, 0.0298 : 124>> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<ui8, 0.0697 : 195>> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<ui8, 0.0807 : 209>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!qnn.affine<ui8, 0.0298 : 124>>
  return %3 : tensor<4x!qnn.affine<ui8, 0.0298 : 124>>
}

// CHECK-LABEL: @sum_with_sign
// CHECK: qnn.lookup_sum
// CHECK: return
func.func @sum_with_sign(%x: tensor<4x!qnn.affine<i8, 0.0697 : 67>>, %z: tensor<4x!qnn.affine<i8, 0.0807 : 81>>) -> tensor<4x!qnn.affine<i8, 0.0298 : -4>> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<i8, 0.0697 : 67>> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<i8, 0.0807 : 81>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!qnn.affine<i8, 0.0298 : -4>>
  return %3 : tensor<4x!qnn.affine<i8, 0.0298 : -4>>
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

// No kernel has bytes of two kinds, or words.
// CHECK-LABEL: @one_without_sign
// CHECK: qnn.rescale_add
// CHECK: return
func.func @one_without_sign(%x: tensor<4x!qnn.affine<ui8, 0.25 : 131>>, %z: tensor<4x!x>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<ui8, 0.25 : 131>> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!x> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!y>
  return %3 : tensor<4x!y>
}

// CHECK-LABEL: @other_without_sign
// CHECK: qnn.rescale_add
// CHECK: return
func.func @other_without_sign(%x: tensor<4x!x>, %z: tensor<4x!qnn.affine<ui8, 0.25 : 131>>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<ui8, 0.25 : 131>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!y>
  return %3 : tensor<4x!y>
}

// CHECK-LABEL: @sum_of_words
// CHECK: qnn.rescale_add
// CHECK: return
func.func @sum_of_words(%x: tensor<4x!qnn.affine<i16, 0.25>>, %z: tensor<4x!x>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<i16, 0.25>> -> tensor<4xf32>
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

// -----

// Another engine, whose rounding is TFLite's where it is asked for.
module attributes {qnn.engine = "other"} {
// CHECK-LABEL: @other_engine
// CHECK: qnn.requantize
// CHECK-NOT: round_product
// CHECK: return
func.func @other_engine(%x: tensor<1x64x!qnn.affine<i8, 0.25 : 3>>) -> tensor<1x1x!qnn.affine<i8, 0.5 : -5>> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.00217>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.00217>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!qnn.affine<i8, 0.25 : 3>> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 0.5 : -5>>
  return %2 : tensor<1x1x!qnn.affine<i8, 0.5 : -5>>
}
}
