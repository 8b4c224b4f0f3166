// RUN: quant-opt %s -split-input-file --qnn-fuse-integer --canonicalize --cse --qnn-verify-fused | FileCheck %s

// Sums of integers, scaled by the row's and the channel's scale; the bias is the
// offset. Equal scales become one.
// CHECK-LABEL: func @dense
// CHECK: %[[W:.*]] = arith.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>
// CHECK: %[[Q:.*]], %[[S:.*]] = qnn.quantize_dynamic %arg0
// CHECK-NEXT: %[[A:.*]] = qnn.dense %[[Q]], %[[W]] {inputZeroPoint = -128 : i32} : (tensor<3x2xi8>, tensor<2x2xi8>) -> tensor<3x2xi32>
// CHECK-NEXT: %[[Y:.*]] = qnn.scale_sums %[[A]] rows %[[S]] {offsets = array<f32: 4.000000e+00, -4.000000e+00>, scales = array<f32: 2.500000e-01, 1.000000e+00>} : (tensor<3x2xi32>, tensor<3xf32>) -> tensor<3x2xf32>
// CHECK: qnn.scale_sums %{{.*}} rows %[[S]] {scales = array<f32: 5.000000e-01>}
// CHECK: return %[[Y]]
func.func @dense(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %r = qnn.constant {payload = dense<[[1, 2], [3, 5]]> : tensor<2x2xi8>} : tensor<2x2x!qnn.affine<i8, 0.5>>
  %v = qnn.dequantize %r : tensor<2x2x!qnn.affine<i8, 0.5>> -> tensor<2x2xf32>
  %b = arith.constant dense<[4.0, -4.0]> : tensor<2xf32>
  %i, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64, nonNegative} : tensor<3x2xf32> -> tensor<3x2xi8>, tensor<3xf32>
  %d = qnn.dequantize_dynamic %i, %s {rowDims = 1 : i64, zeroPoint = -128 : i32} : tensor<3x2xi8>, tensor<3xf32> -> tensor<3x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<3x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = qnn.dense %d, %v : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %0, %1 : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// CHECK-LABEL: func @conv
// CHECK: %[[A:.*]] = qnn.conv2d %{{.*}}, %{{.*}} window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 0, 1]> {groups = 2 : i64} : (tensor<2x1x1x2xi8>, tensor<2x1x1x1xi8>) -> tensor<2x2x2x2xi32>
// CHECK: qnn.scale_sums %[[A]] rows %{{.*}} : (tensor<2x2x2x2xi32>, tensor<2xf32>) -> tensor<2x2x2x2xf32>
func.func @conv(%x: tensor<2x1x1x2xf32>) -> tensor<2x2x2x2xf32> {
  %q = qnn.constant {payload = dense<[[[[1]]], [[[-5]]]]> : tensor<2x1x1x1xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>} : tensor<2x1x1x1x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x1x1x1x!qnn.affine_axis<i8, 0>> -> tensor<2x1x1x1xf32>
  %i, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x1x1x2xf32> -> tensor<2x1x1x2xi8>, tensor<2xf32>
  %d = qnn.dequantize_dynamic %i, %s {rowDims = 1 : i64, zeroPoint = 0 : i32} : tensor<2x1x1x2xi8>, tensor<2xf32> -> tensor<2x1x1x2xf32>
  %0 = qnn.conv2d %d, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 0, 1]> {groups = 2 : i64} : (tensor<2x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<2x2x2x2xf32>
  return %0 : tensor<2x2x2x2xf32>
}
