// RUN: quant-run --interpret --print %s | FileCheck %s

!q = tensor<2x!qnn.affine<i8, 0.5 : 7>>
// CHECK: concat: tensor<2x3xf32>: 1 2 5 3 4 6
// CHECK: slice: tensor<2x1xf32>: 4 2
// CHECK: pad: tensor<3x3xf32>: 9 1 2 9 3 4 9 9 9
// A quantized tensor is padded with its zero point.
// CHECK: padquantized: tensor<4x!qnn.affine<i8, 5.000000e-01 : 7>>: 7 1 2 7
// CHECK: padstorage: tensor<3xi8>: 1 2 -5
// CHECK: reshape: tensor<4xf32>: 1 2 3 4
// CHECK: transpose: tensor<2x2xf32>: 1 3 2 4
// CHECK: broadcast: tensor<2x2x2xf32>: 5 5 6 6 5 5 6 6
// CHECK: gather: tensor<2x3xf32>: 2 1 2 4 3 4
// CHECK: interpolate: tensor<3x2xf32>: 1 2 1.5 2.5 3 4
// 4 * 6, 3 * 6 + 7, -2 * 6 + 6 * 7: fractions outside of 0 and 1 extrapolate.
// CHECK: interpolatefixed: tensor<3xi32>: 24 25 30
func.func @main() -> (
    tensor<2x3xf32> {qnn.name = "concat"},
    tensor<2x1xf32> {qnn.name = "slice"},
    tensor<3x3xf32> {qnn.name = "pad"},
    tensor<4x!qnn.affine<i8, 0.5 : 7>> {qnn.name = "padquantized"},
    tensor<3xi8> {qnn.name = "padstorage"},
    tensor<4xf32> {qnn.name = "reshape"},
    tensor<2x2xf32> {qnn.name = "transpose"},
    tensor<2x2x2xf32> {qnn.name = "broadcast"},
    tensor<2x3xf32> {qnn.name = "gather"},
    tensor<3x2xf32> {qnn.name = "interpolate"},
    tensor<3xi32> {qnn.name = "interpolatefixed"}) {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = arith.constant dense<[[5.0], [6.0]]> : tensor<2x1xf32>
  %0 = qnn.concat %x, %y {axis = 1 : i64} : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %1 = qnn.slice %x {offsets = array<i64: 1, 1>, strides = array<i64: -1, 1>} : tensor<2x2xf32> -> tensor<2x1xf32>
  %2 = qnn.pad %x {low = array<i64: 0, 1>, high = array<i64: 1, 0>, value = 9.0 : f32} : tensor<2x2xf32> -> tensor<3x3xf32>
  %q = qnn.constant {payload = dense<[1, 2]> : tensor<2xi8>} : !q
  %3 = qnn.pad %q {low = array<i64: 1>, high = array<i64: 1>} : !q -> tensor<4x!qnn.affine<i8, 0.5 : 7>>
  %i = arith.constant dense<[1, 2]> : tensor<2xi8>
  %4 = qnn.pad %i {low = array<i64: 0>, high = array<i64: 1>, storageValue = -5 : i32} : tensor<2xi8> -> tensor<3xi8>
  %5 = qnn.reshape %x : tensor<2x2xf32> -> tensor<4xf32>
  %6 = qnn.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x2xf32> -> tensor<2x2xf32>
  %7 = qnn.broadcast %y : tensor<2x1xf32> -> tensor<2x2x2xf32>
  %8 = qnn.gather %x {axis = 1 : i64, indices = array<i64: 1, 0, 1>} : tensor<2x2xf32> -> tensor<2x3xf32>
  %9 = qnn.interpolate %x {axis = 0 : i64, lower = array<i64: 0, 0, 1>, upper = array<i64: 0, 1, 1>, fractions = array<f32: 0.0, 0.25, 0.5>}
     : tensor<2x2xf32> -> tensor<3x2xf32>
  %10 = qnn.interpolate_fixed %i {axis = 0 : i64, bits = 2 : i32, lower = array<i64: 0, 0, 0>, upper = array<i64: 1, 1, 1>, fractions = array<i32: 0, 1, 6>, inputZeroPoint = -5 : i32}
     : tensor<2xi8> -> tensor<3xi32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10 : tensor<2x3xf32>, tensor<2x1xf32>, tensor<3x3xf32>, tensor<4x!qnn.affine<i8, 0.5 : 7>>, tensor<3xi8>, tensor<4xf32>, tensor<2x2xf32>, tensor<2x2x2xf32>, tensor<2x3xf32>, tensor<3x2xf32>, tensor<3xi32>
}
