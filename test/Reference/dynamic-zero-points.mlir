// RUN: quant-run --interpret --print %s | FileCheck %s

// [-1, 4] in 255 steps: 0 is at 51, stored as 51 - 128; NaN is ignored and becomes the
// lowest integer.
// CHECK: q: tensor<5xi8>: -128 127 -77 -52 -128
// CHECK: scale: tensor<f32>: 0.0196078438
// CHECK: zero: tensor<i8>: -77
// CHECK: reals: tensor<5xf32>: -1 4 0 0.490196109 -1
// Padding is the zero point.
// CHECK: padded: tensor<7xi8>: -77 -128 127 -77 -52 -128 -77
// Without numbers other than 0 the scale is 1.
// CHECK: none: tensor<2xi8>: -128 -128
// CHECK: nonescale: tensor<f32>: 1
// CHECK: nonezero: tensor<i8>: -128
// Infinity counts as the largest finite number, and so does a wider range.
// CHECK: wide: tensor<2xi8>: -128 127
// CHECK: widescale: tensor<f32>: 1.33444058e+36
// CHECK: widezero: tensor<i8>: 127
// sum - zero * factor: 10 + 77 * 2, and modulo 2^32.
// CHECK: sums: tensor<1x2xf32>: 164 -2.14748365e+09
func.func @main() -> (
    tensor<5xi8> {qnn.name = "q"}, tensor<f32> {qnn.name = "scale"}, tensor<i8> {qnn.name = "zero"},
    tensor<5xf32> {qnn.name = "reals"}, tensor<7xi8> {qnn.name = "padded"},
    tensor<2xi8> {qnn.name = "none"}, tensor<f32> {qnn.name = "nonescale"}, tensor<i8> {qnn.name = "nonezero"},
    tensor<2xi8> {qnn.name = "wide"}, tensor<f32> {qnn.name = "widescale"}, tensor<i8> {qnn.name = "widezero"},
    tensor<1x2xf32> {qnn.name = "sums"}) {
  %x = arith.constant dense<[-1.0, 4.0, 0.0, 0.49, 0x7FC00000]> : tensor<5xf32>
  %q, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<5xf32> -> tensor<5xi8>, tensor<f32>, tensor<i8>
  %r = qnn.dequantize_dynamic %q, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<5xi8>, tensor<f32>, tensor<i8> -> tensor<5xf32>
  %p = qnn.pad %q fill %z : tensor<i8> {low = array<i64: 1>, high = array<i64: 1>} : tensor<5xi8> -> tensor<7xi8>
  %y = arith.constant dense<[0.0, -0.0]> : tensor<2xf32>
  %n, %ns, %nz = qnn.quantize_dynamic %y {rowDims = 0 : i64} : tensor<2xf32> -> tensor<2xi8>, tensor<f32>, tensor<i8>
  %w = arith.constant dense<[0xFF800000, 0x7F800000]> : tensor<2xf32>
  %i, %is, %iz = qnn.quantize_dynamic %w {rowDims = 0 : i64} : tensor<2xf32> -> tensor<2xi8>, tensor<f32>, tensor<i8>
  %a = arith.constant dense<[[10, 2147483571]]> : tensor<1x2xi32>
  %0 = qnn.scale_sums %a zero %z {scales = array<f32: 1.0>, zeroFactors = array<i32: 2, 1>} : (tensor<1x2xi32>, tensor<i8>) -> tensor<1x2xf32>
  return %q, %s, %z, %r, %p, %n, %ns, %nz, %i, %is, %iz, %0 : tensor<5xi8>, tensor<f32>, tensor<i8>, tensor<5xf32>, tensor<7xi8>, tensor<2xi8>, tensor<f32>, tensor<i8>, tensor<2xi8>, tensor<f32>, tensor<i8>, tensor<1x2xf32>
}
