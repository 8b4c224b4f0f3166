// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v2 -o %t.v2.mlir
// RUN: quant-run %s --interpret --compare %t.v2.mlir | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline=cpu=avx512vnni -o %t.vnni.mlir
// RUN: quant-run %s --interpret --compare %t.vnni.mlir | FileCheck %s
// RUN: FileCheck %s --check-prefix=KERNELS < %t.vnni.mlir

// The phase `kernels` changes no bit of values that are quantized at run time:
// two samples of a convolution, rows of a dense layer, and a NaN.
// CHECK: conv: sqnr_db: inf
// CHECK: dense: sqnr_db: inf
// KERNELS-COUNT-2: row_params(
module attributes {qnn.phase = "fuse"} {
func.func @main() -> (tensor<2x2x3x2xf32> {qnn.name = "conv"}, tensor<2x2x3xf32> {qnn.name = "dense"}) {
  %x = arith.constant dense<[[[[0.25, -1.5], [3.0, 0.1], [0.7, 0.2]], [[-0.3, 0.6], [1.1, 0.0], [2.0, -0.01]]], [[[25.0, 15.0], [31.0, -10.0], [7.0, 2.0]], [[3.0, 6.0], [11.0, 0.0], [20.0, 0.1]]]]> : tensor<2x2x3x2xf32>
  %w = arith.constant dense<[[[[1, -2], [3, 4]], [[-5, 6], [7, 127]]], [[[-1, 2], [-127, 4]], [[5, -6], [7, -8]]]]> : tensor<2x2x2x2xi8>
  %q, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x2x3x2xf32> -> tensor<2x2x3x2xi8>, tensor<2xf32>
  %0 = qnn.conv2d %q, %w window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 0, 1]> : (tensor<2x2x3x2xi8>, tensor<2x2x2x2xi8>) -> tensor<2x2x3x2xi32>
  %1 = qnn.scale_sums %0 rows %s {scales = array<f32: 0.01, 0.3>, offsets = array<f32: 0.5>} : (tensor<2x2x3x2xi32>, tensor<2xf32>) -> tensor<2x2x3x2xf32>
  %y = arith.constant dense<[[[0.25, 1.5], [3.0, 0.1]], [[0.0, 0.0], [255.0, 0x7FC00000]]]> : tensor<2x2x2xf32>
  %v = arith.constant dense<[[1, -2], [3, 4], [127, -127]]> : tensor<3x2xi8>
  %r, %t = qnn.quantize_dynamic %y {rowDims = 2 : i64, nonNegative} : tensor<2x2x2xf32> -> tensor<2x2x2xi8>, tensor<2x2xf32>
  %2 = qnn.dense %r, %v {inputZeroPoint = -128 : i32} : (tensor<2x2x2xi8>, tensor<3x2xi8>) -> tensor<2x2x3xi32>
  %3 = qnn.scale_sums %2 rows %t {scales = array<f32: 0.1>} : (tensor<2x2x3xi32>, tensor<2x2xf32>) -> tensor<2x2x3xf32>
  return %1, %3 : tensor<2x2x3x2xf32>, tensor<2x2x3xf32>
}
}
