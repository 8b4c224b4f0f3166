// RUN: quant-run --interpret --print %s | FileCheck %s

// CHECK: exp: tensor<5xf32>: 0.135335281 1 2.71828175 inf nan
// CHECK: round: tensor<5xf32>: -2 0 1 inf nan
// CHECK: leaky: tensor<5xf32>: -0.5 0 1 inf nan
// CHECK: hardswish: tensor<5xf32>: -0.333333{{[0-9]*}} 0 0.66666{{[0-9]*}} inf nan
// NaN passes a clamp; the limits are inclusive.
// CHECK: clamp: tensor<5xf32>: 0 0 1 6 nan
// CHECK: add: tensor<2x3xf32>: 11 21 31 12 22 32
// CHECK: max: tensor<3xf32>: 2 nan nan
// CHECK: prelu: tensor<2xf32>: -0.5 2
// Halves round up: the offset holds 2^(shift-1).
// CHECK: rescaleadd: tensor<3xi8>: 1 -1 100
// CHECK: rescalemul: tensor<2x2xi8>: 2 -2 -128 127
func.func @main() -> (
    tensor<5xf32> {qnn.name = "exp"},
    tensor<5xf32> {qnn.name = "round"},
    tensor<5xf32> {qnn.name = "leaky"},
    tensor<5xf32> {qnn.name = "hardswish"},
    tensor<5xf32> {qnn.name = "clamp"},
    tensor<2x3xf32> {qnn.name = "add"},
    tensor<3xf32> {qnn.name = "max"},
    tensor<2xf32> {qnn.name = "prelu"},
    tensor<3xi8> {qnn.name = "rescaleadd"},
    tensor<2x2xi8> {qnn.name = "rescalemul"}) {
  %x = arith.constant dense<[-2.0, 0.0, 1.0, 0x7F800000, 0x7FC00000]> : tensor<5xf32>
  %0 = qnn.unary exp %x : tensor<5xf32>
  %1 = qnn.unary round %x : tensor<5xf32>
  %2 = qnn.unary leaky_relu %x {alpha = 0.25 : f32} : tensor<5xf32>
  %3 = qnn.unary hard_swish %x : tensor<5xf32>
  %4 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<5xf32>
  %a = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = arith.constant dense<[10.0, 20.0, 30.0]> : tensor<3xf32>
  %5 = qnn.binary add %a, %b : (tensor<2x1xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %c = arith.constant dense<[2.0, 0x7FC00000, 3.0]> : tensor<3xf32>
  %d = arith.constant dense<[1.0, 1.0, 0x7FC00000]> : tensor<3xf32>
  %6 = qnn.binary max %c, %d : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %e = arith.constant dense<[-1.0, 2.0]> : tensor<2xf32>
  %f = arith.constant dense<0.5> : tensor<2xf32>
  %7 = qnn.binary prelu %e, %f : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %g = arith.constant dense<[1, -3, 127]> : tensor<3xi8>
  %h = arith.constant dense<[0, 0, 127]> : tensor<3xi8>
  %8 = qnn.rescale_add %g, %h {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 1 : i32, shift = 1 : i32, min = -100 : i32, max = 100 : i32}
     : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  %i = arith.constant dense<[[3, -3], [-128, 127]]> : tensor<2x2xi8>
  %j = arith.constant dense<[[1, 1], [127, 127]]> : tensor<2x2xi8>
  %9 = qnn.rescale_mul %i, %j {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1 : i32, shift = 1 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32}
     : (tensor<2x2xi8>, tensor<2x2xi8>) -> tensor<2x2xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9 : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32>, tensor<3xi8>, tensor<2x2xi8>
}
