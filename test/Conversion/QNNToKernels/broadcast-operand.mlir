// RUN: quant-opt %s --convert-qnn-to-kernels | FileCheck %s

// A constant of integers per channel is no operand of an epilogue: the product
// stays outside the kernel.
// CHECK-LABEL: func @main
// CHECK: qvec.kernel
// CHECK: linalg.generic
#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x4x4x3xi8>) -> tensor<1x4x4x4xi8> {
    %w = arith.constant dense<1> : tensor<4x1x1x3xi8>
    %b = arith.constant dense<1> : tensor<4xi32>
    %c = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi8>
    %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x4x4x3xi8>, tensor<4x1x1x3xi8>, tensor<4xi32>) -> tensor<1x4x4x4xi32>
    %1 = qnn.requantize %0 {multipliers = array<i32: 1234567>, shifts = array<i32: 28>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4x4x4xi32> -> tensor<1x4x4x4xi8>
    %2 = qnn.rescale_mul %1, %c {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1234567 : i32, shift = 22 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x4x4x4xi8>, tensor<4xi8>) -> tensor<1x4x4x4xi8>
    return %2 : tensor<1x4x4x4xi8>
  }
}
