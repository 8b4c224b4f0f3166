// RUN: quant-run --interpret --print %s | FileCheck %s

!map = tensor<1x2x2x1xf32>
!q = tensor<1x2x2x1xi8>
// Padding never wins a maximum, even of negative numbers.
// CHECK: max: tensor<1x3x3x1xf32>: -1 -1 -2 -1 -1 -2 -3 -3 -4
// CHECK: maxinteger: tensor<1x1x1x1xi8>: -5
// Valid positions only; then all positions; then one counted row at the top.
// CHECK: average: tensor<1x2x2x1xf32>: -1 -2 -3 -4
// CHECK: counted: tensor<1x2x2x1xf32>: -0.25 -0.5 -0.75 -1
// CHECK: partly: tensor<1x2x2x1xf32>: -0.5 -1 -3 -4
// The count of each position picks the multiplier: 1 for 1, 1/4 for 4.
// CHECK: requantize: tensor<1x3x3x1xi8>: 10 20 20 0 6 11 -10 -9 -8
// CHECK: mean: tensor<1x1x1x1xf32>: -2.5
// CHECK: sum: tensor<1x1x2x1xf32>: -4 -6
// CHECK: least: tensor<1x2x1x1xf32>: -2 -4
// 16 partial sums: 2^24 and the last 1 meet late, the first 17 ones early.
// CHECK: order: tensor<1xf32>: 16777236
// CHECK: softmax: tensor<1x3xf32>: 0.0900305659 0.244728461 0.665240884
// CHECK: large: tensor<1x2xf32>: 1 0
// 64 / (64 + 32 + 32) of 256 levels, less 128.
// CHECK: lookup: tensor<1x3xi8>: 0 -64 -64
func.func @main() -> (
    tensor<1x3x3x1xf32> {qnn.name = "max"},
    tensor<1x1x1x1xi8> {qnn.name = "maxinteger"},
    !map {qnn.name = "average"}, !map {qnn.name = "counted"},
    !map {qnn.name = "partly"},
    tensor<1x3x3x1xi8> {qnn.name = "requantize"},
    tensor<1x1x1x1xf32> {qnn.name = "mean"},
    tensor<1x1x2x1xf32> {qnn.name = "sum"},
    tensor<1x2x1x1xf32> {qnn.name = "least"},
    tensor<1xf32> {qnn.name = "order"},
    tensor<1x3xf32> {qnn.name = "softmax"},
    tensor<1x2xf32> {qnn.name = "large"},
    tensor<1x3xi8> {qnn.name = "lookup"}) {
  %x = arith.constant dense<[[[[-1.0], [-2.0]], [[-3.0], [-4.0]]]]> : !map
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> : !map -> tensor<1x3x3x1xf32>
  %q = arith.constant dense<[[[[-7], [-5]], [[-128], [-9]]]]> : !q
  %1 = qnn.pool max %q window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : !q -> tensor<1x1x1x1xi8>
  %2 = qnn.pool average %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> : !map -> !map
  %3 = qnn.pool average %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> {countedPads = array<i64: 1, 1, 1, 1>} : !map -> !map
  %4 = qnn.pool average %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> {countedPads = array<i64: 1, 0, 0, 0>} : !map -> !map
  %p = arith.constant dense<[[[[5], [25]], [[-15], [-13]]]]> : !q
  %5 = qnn.pool_requantize %p window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
     {inputZeroPoint = -5 : i32, multipliers = array<i32: 1, 1, 1, 1>, shifts = array<i32: 0, 1, 1, 2>, zeroPoint = 0 : i32, min = -128 : i32, max = 20 : i32}
     : !q -> tensor<1x3x3x1xi8>
  %6 = qnn.reduce mean %x axes [1, 2] : !map -> tensor<1x1x1x1xf32>
  %7 = qnn.reduce sum %x axes [1] : !map -> tensor<1x1x2x1xf32>
  %8 = qnn.reduce min %x axes [2] : !map -> tensor<1x2x1x1xf32>
  %o = arith.constant dense<[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 16777216.0, 1.0, 1.0, 1.0, 1.0, 1.0]> : tensor<21xf32>
  %9 = qnn.reduce sum %o axes [0] : tensor<21xf32> -> tensor<1xf32>
  %s = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %10 = qnn.softmax %s {axis = 1 : i64} : tensor<1x3xf32>
  %l = arith.constant dense<[[1000.0, -1000.0]]> : tensor<1x2xf32>
  %11 = qnn.softmax %l {axis = 1 : i64} : tensor<1x2xf32>
  %t = arith.constant dense<[[5, 4, 4]]> : tensor<1x3xi8>
  %12 = qnn.softmax_lookup %t {axis = 1 : i64, table = array<i32: 64, 32, 16, 8, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : tensor<1x3xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12 : tensor<1x3x3x1xf32>, tensor<1x1x1x1xi8>, !map, !map, !map, tensor<1x3x3x1xi8>, tensor<1x1x1x1xf32>, tensor<1x1x2x1xf32>, tensor<1x2x1x1xf32>, tensor<1xf32>, tensor<1x3xf32>, tensor<1x2xf32>, tensor<1x3xi8>
}
