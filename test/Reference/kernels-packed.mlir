// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v2 -o %t.v2.mlir
// RUN: quant-run %s --interpret --compare %t.v2.mlir | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline=cpu=avx512vnni -o %t.vnni.mlir
// RUN: quant-run %s --interpret --compare %t.vnni.mlir | FileCheck %s
// RUN: FileCheck %s --check-prefix=KERNELS < %t.vnni.mlir

// The phase `kernels` changes no bit of packed weights: blocks with a zero point of
// their own and a shorter last one, bytes, two groups, integers, and floats.
// CHECK: blocks: sqnr_db: inf
// CHECK: bytes: sqnr_db: inf
// CHECK: grouped: sqnr_db: inf
// CHECK: integers: sqnr_db: inf
// CHECK: floats: sqnr_db: inf
// KERNELS-COUNT-5: qvec.kernel packed
module attributes {qnn.phase = "fuse"} {
func.func @main() -> (
    tensor<2x2xf32> {qnn.name = "blocks"}, tensor<1x2x2x1xf32> {qnn.name = "bytes"},
    tensor<1x1x1x4xf32> {qnn.name = "grouped"}, tensor<1x2xi32> {qnn.name = "integers"},
    tensor<2x2xf32> {qnn.name = "floats"}) {
  %w0 = qnn.constant {payload = dense<[-31, 67, 11, 120, -86, 5]> : tensor<6xi8>, scales = dense<[0.5, 0.25, 2.0, 0.1, 3.0, 0.7]> : tensor<6xf16>, zeroPoints = dense<[0, 1, -1, 7, -8, 3]> : tensor<6xi8>} : tensor<2x5x!qnn.affine_block<i4, 2>>
  %x0 = arith.constant dense<[[1, 127, 3, -4, -128], [0, -1, 77, 9, 33]]> : tensor<2x5xi8>
  %0 = qnn.dense %x0, %w0 {inputZeroPoint = 1 : i32} : (tensor<2x5xi8>, tensor<2x5x!qnn.affine_block<i4, 2>>) -> tensor<2x2xf32>

  %x1 = arith.constant dense<[[[[5], [7]], [[-100], [120]]]]> : tensor<1x2x2x1xi8>
  %w1 = qnn.constant {payload = dense<[[[[1], [-128], [3]]]]> : tensor<1x1x3x1xi8>, scales = dense<[1.0, 0.3]> : tensor<2xf32>, zeroPoints = dense<[-7, 100]> : tensor<2xi8>} : tensor<1x1x3x1x!qnn.affine_block<i8, 2>>
  %1 = qnn.conv2d %x1, %w1 window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 1, 0, 1]> {inputZeroPoint = 5 : i32}
     : (tensor<1x2x2x1xi8>, tensor<1x1x3x1x!qnn.affine_block<i8, 2>>) -> tensor<1x2x2x1xf32>

  %x2 = arith.constant dense<[[[[1, 2, 3, 4, 5, 6]]]]> : tensor<1x1x1x6xi8>
  %w2 = qnn.constant {payload = dense<[[[[5, 2, 1]]], [[[-1, 3, 4]]], [[[2, 2, 2]]], [[[7, -7, 0]]]]> : tensor<4x1x1x3xi8>, scales = dense<[0.25, 1.0, 0.1, 0.3]> : tensor<4xf32>, zeroPoints = dense<4> : tensor<4xi8>} : tensor<4x1x1x3x!qnn.affine_axis<i8, 0>>
  %2 = qnn.conv2d %x2, %w2 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
     : (tensor<1x1x1x6xi8>, tensor<4x1x1x3x!qnn.affine_axis<i8, 0>>) -> tensor<1x1x1x4xf32>

  %x3 = arith.constant dense<[[-128, 1, -3]]> : tensor<1x3xi8>
  %w3 = arith.constant dense<[[-16, 15, 1], [0, -6, 3]]> : tensor<2x3xi5>
  %b3 = arith.constant dense<[2, 0]> : tensor<2xi32>
  %3 = qnn.dense %x3, %w3 bias %b3 {inputZeroPoint = -3 : i32} : (tensor<1x3xi8>, tensor<2x3xi5>, tensor<2xi32>) -> tensor<1x2xi32>

  %x4 = arith.constant dense<[[0.1, 0.2, 0.3, -0.4, 0.5], [1.1, -1.2, 1.3, 1.4, 1.0e30]]> : tensor<2x5xf32>
  %b4 = arith.constant dense<[0.7, -0.9]> : tensor<2xf32>
  %4 = qnn.dense %x4, %w0 bias %b4 : (tensor<2x5xf32>, tensor<2x5x!qnn.affine_block<i4, 2>>, tensor<2xf32>) -> tensor<2x2xf32>
  return %0, %1, %2, %3, %4 : tensor<2x2xf32>, tensor<1x2x2x1xf32>, tensor<1x1x1x4xf32>, tensor<1x2xi32>, tensor<2x2xf32>
}
}
