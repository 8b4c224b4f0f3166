// RUN: quant-run --interpret --print %s | FileCheck %s

// The largest magnitude of a row becomes 127; halves go to even; NaN is
// ignored and becomes the lowest integer; infinity counts as the largest
// finite number.
// CHECK: rows: tensor<3x4xi8>: 127 -64 0 2 -127 1 0 0 127 -127 -127 0
// CHECK: rowscales: tensor<3xf32>: 1 1.17549435e-38 2.67938871e+36
// All 256 integers without negative numbers; one scale for both rows.
// CHECK: tensor: tensor<2x2xi8>: 127 -128 -127 0
// CHECK: tensorscale: tensor<f32>: 0.5
// CHECK: reals: tensor<2x2xf32>: 127.5 0 0.5 64
// (1 + 2^-23)^2 is rounded to 1 + 2^-22 and 2^24 + 1 to 2^24, then each result
// once.
// CHECK: sums: tensor<1x2xf32>: 2 2
func.func @main() -> (
    tensor<3x4xi8> {qnn.name = "rows"}, tensor<3xf32> {qnn.name = "rowscales"},
    tensor<2x2xi8> {qnn.name = "tensor"}, tensor<f32> {qnn.name = "tensorscale"},
    tensor<2x2xf32> {qnn.name = "reals"}, tensor<1x2xf32> {qnn.name = "sums"}) {
  %x = arith.constant dense<[[127.0, -63.5, 0.5, 1.5], [0x7FC00000, 0x00800000, 0.0, 0x00000001], [0x7F800000, 0xFF800000, 0x7FC00000, 0.0]]> : tensor<3x4xf32>
  %0, %1 = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<3x4xf32> -> tensor<3x4xi8>, tensor<3xf32>
  %y = arith.constant dense<[[127.5, 0.0], [0.5, 64.0]]> : tensor<2x2xf32>
  %2, %3 = qnn.quantize_dynamic %y {rowDims = 0 : i64, nonNegative} : tensor<2x2xf32> -> tensor<2x2xi8>, tensor<f32>
  %4 = qnn.dequantize_dynamic %2, %3 {rowDims = 0 : i64, zeroPoint = -128 : i32} : tensor<2x2xi8>, tensor<f32> -> tensor<2x2xf32>
  %s = arith.constant dense<[[8388608, 16777217]]> : tensor<1x2xi32>
  %r = arith.constant dense<0x3F800001> : tensor<1xf32>
  %5 = qnn.scale_sums %s rows %r {scales = array<f32: 0x3F800001, 1.0>, offsets = array<f32: -8388608.0, -16777216.0>} : (tensor<1x2xi32>, tensor<1xf32>) -> tensor<1x2xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<3x4xi8>, tensor<3xf32>, tensor<2x2xi8>, tensor<f32>, tensor<2x2xf32>, tensor<1x2xf32>
}
