// RUN: quant-opt %s -qnn-fuse-integer -canonicalize -split-input-file -verify-diagnostics | FileCheck %s

!a = !qnn.affine<i16<-32767:32767>, 0.5>
!b = !qnn.affine<i16<-32767:32767>, 0.25>
!e = !qnn.affine<i8, 0.5 : 3>

// Sums of words and bytes fit 32 bits here: 32767 * (127 + 1) + 8.
// CHECK-LABEL: @dense
// CHECK: %[[SUM:.*]] = qnn.dense %{{.*}} : (tensor<1x2xi16>, tensor<1x2xi8>, tensor<1xi32>) -> tensor<1x1xi32>
// CHECK: qnn.requantize %[[SUM]] {max = 32767 : i32, min = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x1xi32> -> tensor<1x1xi16>
func.func @dense(%x: tensor<1x2x!a>) -> tensor<1x1x!b> {
  %w = qnn.constant {payload = dense<[[127, -1]]> : tensor<1x2xi8>, scales = dense<[0.5]> : tensor<1xf32>} : tensor<1x2x!qnn.affine_axis<i8, 0>>
  %b = arith.constant dense<[2.0]> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %1 = qnn.dequantize %w : tensor<1x2x!qnn.affine_axis<i8, 0>> -> tensor<1x2xf32>
  %2 = qnn.dense %0, %1 bias %b : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %3 = qnn.clamp %2 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<1x1xf32>
  %4 = qnn.quantize %3 : tensor<1x1xf32> -> tensor<1x1x!b>
  return %4 : tensor<1x1x!b>
}

// 600 weights of 127 reach 600 * 127 * 32767 > 2^31.
// CHECK-LABEL: @long_sums
// CHECK: qnn.dense %{{.*}} : (tensor<1x600xi16>, tensor<1x600xi8>, tensor<1xi32>) -> tensor<1x1xi64>
// CHECK: qnn.requantize %{{.*}} : tensor<1x1xi64> -> tensor<1x1xi16>
func.func @long_sums(%x: tensor<1x600x!a>) -> tensor<1x1x!b> {
  %w = qnn.constant {payload = dense<127> : tensor<1x600xi8>, scales = dense<[0.5]> : tensor<1xf32>} : tensor<1x600x!qnn.affine_axis<i8, 0>>
  %0 = qnn.dequantize %x : tensor<1x600x!a> -> tensor<1x600xf32>
  %1 = qnn.dequantize %w : tensor<1x600x!qnn.affine_axis<i8, 0>> -> tensor<1x600xf32>
  %2 = qnn.dense %0, %1 : (tensor<1x600xf32>, tensor<1x600xf32>) -> tensor<1x1xf32>
  %3 = qnn.quantize %2 : tensor<1x1xf32> -> tensor<1x1x!b>
  return %3 : tensor<1x1x!b>
}

// A byte becomes a word of the same scale without zero point first.
// CHECK-LABEL: @mixed_sum
// CHECK: %[[WIDE:.*]] = qnn.requantize %{{.*}} {inputZeroPoint = 3 : i32, max = 124 : i32, min = -131 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<4xi8> -> tensor<4xi16>
// CHECK: qnn.rescale_add %{{.*}}, %[[WIDE]] {{.*}} : (tensor<4xi16>, tensor<4xi16>) -> tensor<4xi16>
func.func @mixed_sum(%x: tensor<4x!a>, %y: tensor<4x!e>) -> tensor<4x!b> {
  %0 = qnn.dequantize %x : tensor<4x!a> -> tensor<4xf32>
  %1 = qnn.dequantize %y : tensor<4x!e> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!b>
  return %3 : tensor<4x!b>
}

// A clamp and another scale take one multiplication.
// CHECK-LABEL: @rescaled
// CHECK: qnn.requantize %{{.*}} {max = 8 : i32, min = 0 : i32, multipliers = array<i32: 8388609>, shifts = array<i32: 24>, zeroPoint = 0 : i32} : tensor<4xi16> -> tensor<4xi16>
func.func @rescaled(%x: tensor<4x!b>) -> tensor<4x!a> {
  %0 = qnn.dequantize %x : tensor<4x!b> -> tensor<4xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 4.0 : f32} : tensor<4xf32>
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!a>
  return %2 : tensor<4x!a>
}

// -----

!a = !qnn.affine<i16<-32767:32767>, 0.5>

func.func @blocks(%x: tensor<1x4x!a>) -> tensor<1x1x!a> {
  %w = qnn.constant {payload = dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>, scales = dense<[0.5, 0.25]> : tensor<2xf32>} : tensor<1x4x!qnn.affine_block<i8, 2>>
  %0 = qnn.dequantize %x : tensor<1x4x!a> -> tensor<1x4xf32>
  %1 = qnn.dequantize %w : tensor<1x4x!qnn.affine_block<i8, 2>> -> tensor<1x4xf32>
  // expected-remark @below {{stays float: its weight has more than one scale per output channel, which 16-bit activations do not take}}
  %2 = qnn.dense %0, %1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  %3 = qnn.quantize %2 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %3 : tensor<1x1x!a>
}
