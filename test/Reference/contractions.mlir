// RUN: quant-run --interpret --print %s | FileCheck %s

// 2^24 + 1 + 1: a chain in f32 loses both ones, in this order only.
// CHECK: chain: tensor<1x2xf32>: 16777216 16777218
// CHECK: fused: tensor<1x1xf32>: -2.27373675e-13
// CHECK: padded: tensor<1x3x3x1xf32>: 12.5 21.5 16.5 27.5 45.5 33.5 24.5 39.5 28.5
// CHECK: dilated: tensor<1x1x1x1xf32>: 20
// CHECK: depthwise: tensor<1x1x1x4xf32>: 10 20 900 1200
// CHECK: grouped: tensor<1x1x1x2xf32>: 3 11
// Padding of integers is the zero point: it adds nothing.
// CHECK: integer: tensor<1x2x2x2xi32>: 16512 107 16512 107 16512 107 16512 107
// CHECK: weightonly: tensor<1x2xf32>: -0.5 2
// CHECK: integerdense: tensor<1x2xi32>: -129540 9
// CHECK: matmul: tensor<2x1x2xf32>: 19 22 43 50
// (10 - 3) * (5 + 7) + (-128 - 3) * (127 + 7).
// CHECK: integermatmul: tensor<1x1xi32>: -17470
func.func @main() -> (
    tensor<1x2xf32> {qnn.name = "chain"},
    tensor<1x1xf32> {qnn.name = "fused"},
    tensor<1x3x3x1xf32> {qnn.name = "padded"},
    tensor<1x1x1x1xf32> {qnn.name = "dilated"},
    tensor<1x1x1x4xf32> {qnn.name = "depthwise"},
    tensor<1x1x1x2xf32> {qnn.name = "grouped"},
    tensor<1x2x2x2xi32> {qnn.name = "integer"},
    tensor<1x2xf32> {qnn.name = "weightonly"},
    tensor<1x2xi32> {qnn.name = "integerdense"},
    tensor<2x1x2xf32> {qnn.name = "matmul"},
    tensor<1x1xi32> {qnn.name = "integermatmul"}) {
  %c0 = arith.constant dense<[[1.0, 1.0, 1.0]]> : tensor<1x3xf32>
  %w0 = arith.constant dense<[[16777216.0, 1.0, 1.0], [1.0, 1.0, 16777216.0]]> : tensor<2x3xf32>
  %0 = qnn.dense %c0, %w0 : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>

  // (1 + 2^-21) * (1 - 2^-21) - 1 = -2^-42 is lost unless the product is exact.
  %c1 = arith.constant dense<[[0x3F800004]]> : tensor<1x1xf32>
  %w1 = arith.constant dense<[[0x3F7FFFF8]]> : tensor<1x1xf32>
  %b1 = arith.constant dense<[-1.0]> : tensor<1xf32>
  %1 = qnn.dense %c1, %w1 bias %b1 : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>

  %c2 = arith.constant dense<[[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]], [[7.0], [8.0], [9.0]]]]> : tensor<1x3x3x1xf32>
  %w2 = arith.constant dense<1.0> : tensor<1x3x3x1xf32>
  %b2 = arith.constant dense<[0.5]> : tensor<1xf32>
  %2 = qnn.conv2d %c2, %w2 bias %b2 window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
     : (tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  %w3 = arith.constant dense<1.0> : tensor<1x2x2x1xf32>
  %3 = qnn.conv2d %c2, %w3 window <kernel = [2, 2], strides = [1, 1], dilations = [2, 2], pads = [0, 0, 0, 0]>
     : (tensor<1x3x3x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x1x1x1xf32>

  // Two input channels, two outputs for each.
  %c4 = arith.constant dense<[[[[10.0, 300.0]]]]> : tensor<1x1x1x2xf32>
  %w4 = arith.constant dense<[[[[1.0]]], [[[2.0]]], [[[3.0]]], [[[4.0]]]]> : tensor<4x1x1x1xf32>
  %4 = qnn.conv2d %c4, %w4 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
     : (tensor<1x1x1x2xf32>, tensor<4x1x1x1xf32>) -> tensor<1x1x1x4xf32>
  %c5 = arith.constant dense<[[[[1.0, 2.0, 3.0, 4.0]]]]> : tensor<1x1x1x4xf32>
  %w5 = arith.constant dense<[[[[1.0, 1.0]]], [[[1.0, 2.0]]]]> : tensor<2x1x1x2xf32>
  %5 = qnn.conv2d %c5, %w5 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
     : (tensor<1x1x1x4xf32>, tensor<2x1x1x2xf32>) -> tensor<1x1x1x2xf32>

  // Each window of a 2x2 picture with a border of 1 sees one or more of four
  // equal pixels; with stride 2 exactly one.
  %c6 = arith.constant dense<-1> : tensor<1x2x2x1xi8>
  %w6 = arith.constant dense<[[[[-128], [-128]], [[-128], [-128]]], [[[1], [1]], [[1], [1]]]]> : tensor<2x2x2x1xi8>
  %b6 = arith.constant dense<[128, 235]> : tensor<2xi32>
  %6 = qnn.conv2d %c6, %w6 bias %b6 window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> {inputZeroPoint = 127 : i32}
     : (tensor<1x2x2x1xi8>, tensor<2x2x2x1xi8>, tensor<2xi32>) -> tensor<1x2x2x2xi32>

  %c7 = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %w7 = qnn.constant {payload = dense<[[1, -1], [2, 3]]> : tensor<2x2xi8>, scales = dense<[0.5, 0.25]> : tensor<2xf32>}
      : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %7 = qnn.dense %c7, %w7 : (tensor<1x2xf32>, tensor<2x2x!qnn.affine_axis<i8, 0>>) -> tensor<1x2xf32>

  %c8 = arith.constant dense<[[127, 127, 127, 127]]> : tensor<1x4xi8>
  %w8 = arith.constant dense<[[-127, -127, -127, -127], [0, 0, 0, 0]]> : tensor<2x4xi8>
  %b8 = arith.constant dense<[0, 9]> : tensor<2xi32>
  %8 = qnn.dense %c8, %w8 bias %b8 {inputZeroPoint = -128 : i32} : (tensor<1x4xi8>, tensor<2x4xi8>, tensor<2xi32>) -> tensor<1x2xi32>

  %c9 = arith.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %w9 = arith.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
  %9 = qnn.matmul %c9, %w9 : (tensor<2x1x2xf32>, tensor<2x2xf32>) -> tensor<2x1x2xf32>

  %c10 = arith.constant dense<[[10, -128]]> : tensor<1x2xi8>
  %w10 = arith.constant dense<[[5], [127]]> : tensor<2x1xi8>
  %10 = qnn.matmul %c10, %w10 {lhsZeroPoint = 3 : i32, rhsZeroPoint = -7 : i32} : (tensor<1x2xi8>, tensor<2x1xi8>) -> tensor<1x1xi32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10 : tensor<1x2xf32>, tensor<1x1xf32>, tensor<1x3x3x1xf32>, tensor<1x1x1x1xf32>, tensor<1x1x1x4xf32>, tensor<1x1x1x2xf32>, tensor<1x2x2x2xi32>, tensor<1x2xf32>, tensor<1x2xi32>, tensor<2x1x2xf32>, tensor<1x1xi32>
}
