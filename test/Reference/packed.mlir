// RUN: quant-run --interpret --print %s | FileCheck %s

// Blocks of two, the last one shorter, each with a zero point: -2 / 2 - 11 / 4 - 16 * 2.
// CHECK: dense: tensor<1x1xf32>: -35.75
// -3 + 3 * (1 + 2^-23) in one multiply-add: the product is not rounded.
// CHECK: chain: tensor<1x1xf32>: 3.57627869e-07
// Padding of integers is the zero point: it adds nothing.
// CHECK: conv: tensor<1x1x2x1xf32>: 60 4
// One scale per channel, two groups.
// CHECK: grouped: tensor<1x1x1x2xf32>: -0.75 -5
// Integers of four bits.
// CHECK: integers: tensor<1x2xi32>: 1030 -15
func.func @main() -> (
    tensor<1x1xf32> {qnn.name = "dense"}, tensor<1x1xf32> {qnn.name = "chain"},
    tensor<1x1x2x1xf32> {qnn.name = "conv"}, tensor<1x1x1x2xf32> {qnn.name = "grouped"},
    tensor<1x2xi32> {qnn.name = "integers"}) {
  %x0 = arith.constant dense<[[1, 2, 3, -4, 5]]> : tensor<1x5xi8>
  %w0 = qnn.constant {payload = dense<[-31, 67, 11]> : tensor<3xi8>, scales = dense<[0.5, 0.25, 2.0]> : tensor<3xf16>, zeroPoints = dense<[0, 1, -1]> : tensor<3xi8>} : tensor<1x5x!qnn.affine_block<i4, 2>>
  %0 = qnn.dense %x0, %w0 {inputZeroPoint = 1 : i32} : (tensor<1x5xi8>, tensor<1x5x!qnn.affine_block<i4, 2>>) -> tensor<1x1xf32>

  %x1 = arith.constant dense<[[1, 1]]> : tensor<1x2xi8>
  %w1 = qnn.constant {payload = dense<[[-3, 3]]> : tensor<1x2xi8>, scales = dense<[1.0, 0x3F800001]> : tensor<2xf32>} : tensor<1x2x!qnn.affine_block<i8, 1>>
  %1 = qnn.dense %x1, %w1 : (tensor<1x2xi8>, tensor<1x2x!qnn.affine_block<i8, 1>>) -> tensor<1x1xf32>

  %x2 = arith.constant dense<[[[[5], [7]]]]> : tensor<1x1x2x1xi8>
  %w2 = qnn.constant {payload = dense<[[[[1], [2], [3]]]]> : tensor<1x1x3x1xi8>, scales = dense<[1.0, 10.0]> : tensor<2xf16>} : tensor<1x1x3x1x!qnn.affine_block<i8, 2>>
  %2 = qnn.conv2d %x2, %w2 window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 1, 0, 1]> {inputZeroPoint = 5 : i32}
     : (tensor<1x1x2x1xi8>, tensor<1x1x3x1x!qnn.affine_block<i8, 2>>) -> tensor<1x1x2x1xf32>

  %x3 = arith.constant dense<[[[[1, 2, 3, 4]]]]> : tensor<1x1x1x4xi8>
  %w3 = qnn.constant {payload = dense<[[[[5, 2]]], [[[-1, 3]]]]> : tensor<2x1x1x2xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>, zeroPoints = dense<[4, 2]> : tensor<2xi8>} : tensor<2x1x1x2x!qnn.affine_axis<i8, 0>>
  %3 = qnn.conv2d %x3, %w3 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
     : (tensor<1x1x1x4xi8>, tensor<2x1x1x2x!qnn.affine_axis<i8, 0>>) -> tensor<1x1x1x2xf32>

  %x4 = arith.constant dense<[[-128, 1, -3]]> : tensor<1x3xi8>
  %w4 = arith.constant dense<[[-8, 7, 1], [0, -6, 3]]> : tensor<2x3xi4>
  %b4 = arith.constant dense<[2, 0]> : tensor<2xi32>
  %4 = qnn.dense %x4, %w4 bias %b4 : (tensor<1x3xi8>, tensor<2x3xi4>, tensor<2xi32>) -> tensor<1x2xi32>
  return %0, %1, %2, %3, %4 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1x2x1xf32>, tensor<1x1x1x2xf32>, tensor<1x2xi32>
}
