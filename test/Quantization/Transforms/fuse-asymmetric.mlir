// RUN: quant-opt %s -split-input-file --qnn-fuse-integer --canonicalize --cse --qnn-verify-fused | FileCheck %s

// Zero points of weights are subtracted, and the zero point of run time counts for the
// sums of weights.
// CHECK-LABEL: func @dense
// CHECK: %[[W:.*]] = arith.constant dense<{{\[\[}}0, 1], [1, 2]]> : tensor<2x2xi8>
// CHECK: %[[Q:.*]], %[[S:.*]], %[[Z:.*]] = qnn.quantize_dynamic %arg0
// CHECK: %[[A:.*]] = qnn.dense %[[Q]], %[[W]] : (tensor<3x2xi8>, tensor<2x2xi8>) -> tensor<3x2xi32>
// CHECK: qnn.scale_sums %[[A]] rows %[[S]] zero %[[Z]] {offsets = array<f32: 4.000000e+00, -4.000000e+00>, scales = array<f32: 2.500000e-01, 1.000000e+00>, zeroFactors = array<i32: 1, 3>}
func.func @dense(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>, zeroPoints = dense<[1, 2]> : tensor<2xi32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %b = arith.constant dense<[4.0, -4.0]> : tensor<2xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<3x2xf32> -> tensor<3x2xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<3x2xi8>, tensor<f32>, tensor<i8> -> tensor<3x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<3x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// -----

// Weights of 9 bits: their inputs are read twice.
// CHECK-LABEL: func @split
// CHECK: arith.constant dense<{{\[\[}}127, -100, 28]]> : tensor<1x3xi8>
// CHECK: %[[G:.*]] = qnn.gather %[[Q:.*]] {axis = 1 : i64, indices = array<i64: 0>} : tensor<3x2xi8> -> tensor<3x1xi8>
// CHECK: %[[C:.*]] = qnn.concat %[[Q]], %[[G]] {axis = 1 : i64}
// CHECK: qnn.dense %[[C]]
// CHECK: zeroFactors = array<i32: 55>
func.func @split(%x: tensor<3x2xf32>) -> tensor<3x1xf32> {
  %q = qnn.constant {payload = dense<[[255, 0]]> : tensor<1x2xui8>} : tensor<1x2x!qnn.affine<ui8, 0.5 : 100>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine<ui8, 0.5 : 100>> -> tensor<1x2xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<3x2xf32> -> tensor<3x2xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<3x2xi8>, tensor<f32>, tensor<i8> -> tensor<3x2xf32>
  %0 = qnn.dense %d, %w : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

// The padding of images is the zero point; what only moves elements moves integers.
// CHECK-LABEL: func @conv
// CHECK: %[[Q:.*]], %[[S:.*]], %[[Z:.*]] = qnn.quantize_dynamic %arg0
// CHECK: %[[R:.*]] = qnn.reshape %[[Q]] : tensor<1x4xi8> -> tensor<1x2x2x1xi8>
// CHECK: %[[P:.*]] = qnn.pad %[[R]] fill %[[Z]] : tensor<i8> {high = array<i64: 0, 0, 1, 0>, low = array<i64: 0, 1, 0, 0>}
// CHECK: qnn.conv2d %[[P]], %{{.*}} window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
func.func @conv(%x: tensor<1x4xf32>) -> tensor<1x3x3x1xf32> {
  %q = qnn.constant {payload = dense<3> : tensor<1x1x1x1xi8>} : tensor<1x1x1x1x!qnn.affine<i8, 0.5>>
  %w = qnn.dequantize %q : tensor<1x1x1x1x!qnn.affine<i8, 0.5>> -> tensor<1x1x1x1xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<1x4xf32> -> tensor<1x4xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<1x4xi8>, tensor<f32>, tensor<i8> -> tensor<1x4xf32>
  %r = qnn.reshape %d : tensor<1x4xf32> -> tensor<1x2x2x1xf32>
  %0 = qnn.conv2d %r, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 0, 1]> : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x3x3x1xf32>
  return %0 : tensor<1x3x3x1xf32>
}
