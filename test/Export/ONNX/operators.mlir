// RUN: quant-translate --export-onnx %s -o %t.onnx
// RUN: quant-translate --import-onnx %t.onnx | quant-opt | FileCheck %s

// Everything comes back: types with their parameters (signed bytes as the unsigned
// ones that stand for the same numbers), weights per axis, orders of dimensions
// without transposes but those at the border, names.
// CHECK: func.func @main(%arg0: tensor<1x2x4x4xf32> {qnn.name = "image"}) -> (tensor<1x3xf32> {qnn.name = "scores"})
// CHECK: %[[Q:.*]] = qnn.quantize %arg0 : tensor<1x2x4x4xf32> -> tensor<1x2x4x4x!qnn.affine<ui8, 5.000000e-01 : 131>>
// CHECK: qnn.dequantize %[[Q]]
// CHECK: scales = dense<[2.500000e-01, 5.000000e-01, 1.000000e+00]> : tensor<3xf32>
// CHECK-SAME: tensor<3x1x1x2x!qnn.affine_axis<i8, 0>>
// CHECK: dense<[1.250000e+00, 2.500000e-01, 0.000000e+00]> : tensor<3xf32>
// CHECK: qnn.conv2d
// CHECK: qnn.clamp
// CHECK: qnn.pool max
// CHECK: qnn.unary leaky_relu %{{.*}} {alpha = 1.000000e-01 : f32}
// CHECK: qnn.pad
// CHECK: qnn.slice
// CHECK: qnn.gather
// CHECK: qnn.concat
// CHECK: qnn.pool average
// CHECK: tensor<3x2x!qnn.affine_block<i4, 1>>
// CHECK: qnn.dense
// CHECK: qnn.binary add
// CHECK: qnn.softmax
!a = !qnn.affine<i8, 0.5 : 3>
!w = !qnn.affine_axis<i8, 0>
!v = !qnn.affine_block<i4, 1>
func.func @main(%arg0: tensor<1x2x4x4xf32> {qnn.name = "image"}) -> (tensor<1x3xf32> {qnn.name = "scores"}) {
  %x = qnn.transpose %arg0 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %q = qnn.quantize %x : tensor<1x4x4x2xf32> -> tensor<1x4x4x2x!a>
  %d = qnn.dequantize %q : tensor<1x4x4x2x!a> -> tensor<1x4x4x2xf32>
  %c = qnn.constant {payload = dense<[[[[1, 2]]], [[[3, 4]]], [[[5, 6]]]]> : tensor<3x1x1x2xi8>, scales = dense<[0.25, 0.5, 1.0]> : tensor<3xf32>} : tensor<3x1x1x2x!w>
  %w = qnn.dequantize %c : tensor<3x1x1x2x!w> -> tensor<3x1x1x2xf32>
  %b = arith.constant dense<[1.3, 0.3, 0.1]> : tensor<3xf32>
  %0 = qnn.conv2d %d, %w bias %b window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x4x4x3xf32>
  %2 = qnn.pool max %1 window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x3xf32> -> tensor<1x2x2x3xf32>
  %3 = qnn.unary leaky_relu %2 {alpha = 0.1 : f32} : tensor<1x2x2x3xf32>
  %4 = qnn.pad %3 {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>} : tensor<1x2x2x3xf32> -> tensor<1x3x2x3xf32>
  %5 = qnn.slice %4 {offsets = array<i64: 0, 2, 0, 0>, strides = array<i64: 1, -1, 1, 2>} : tensor<1x3x2x3xf32> -> tensor<1x3x2x2xf32>
  %6 = qnn.gather %5 {axis = 3 : i64, indices = array<i64: 1, 0>} : tensor<1x3x2x2xf32> -> tensor<1x3x2x2xf32>
  %7 = qnn.concat %6, %6 {axis = 1 : i64} : (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) -> tensor<1x6x2x2xf32>
  %8 = qnn.reduce mean %7 axes [1, 2] : tensor<1x6x2x2xf32> -> tensor<1x1x1x2xf32>
  %9 = qnn.reshape %8 : tensor<1x1x1x2xf32> -> tensor<1x2xf32>
  %e = qnn.constant {payload = dense<[33, 67, 101]> : tensor<3xi8>, scales = dense<[[1.0, 0.5], [0.25, 2.0], [1.0, 1.0]]> : tensor<3x2xf16>} : tensor<3x2x!v>
  %f = qnn.dequantize %e : tensor<3x2x!v> -> tensor<3x2xf32>
  %10 = qnn.dense %9, %f : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  %g = arith.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %11 = qnn.binary add %10, %g : (tensor<1x3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
  %12 = qnn.softmax %11 {axis = 1 : i64} : tensor<1x3xf32>
  return %12 : tensor<1x3xf32>
}
