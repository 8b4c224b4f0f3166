// RUN: quant-opt %s --verify-roundtrip -o /dev/null
// RUN: quant-run --interpret --print %s | FileCheck %s

// The exact products are -32.5000015 and -59.4999982: in binary32 they are halves, which
// become even. A zero point does not turn them around.
// CHECK: halves: tensor<1x2xi8>: -32 -60
// CHECK: moved: tensor<1x2xi8>: -31 -59
// A half, a scale of 0, sums that binary32 rounds.
// CHECK: others: tensor<4xi8>: 2 0 127 -128
// 3 / 6, where the binary32 number is a little more than 1/6.
// CHECK: mean: tensor<1x1x1x2xi8>: 0 2
func.func @main() -> (
    tensor<1x2xi8> {qnn.name = "halves"}, tensor<1x2xi8> {qnn.name = "moved"},
    tensor<4xi8> {qnn.name = "others"}, tensor<1x1x1x2xi8> {qnn.name = "mean"}) {
  %x = arith.constant dense<[[-12801, -13386]]> : tensor<1x2xi32>
  %0 = qnn.requantize %x {multipliers = array<i32: 10904339, 9545441>, shifts = array<i32: 32, 31>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x2xi32> -> tensor<1x2xi8>
  %1 = qnn.requantize %x {multipliers = array<i32: 10904339, 9545441>, shifts = array<i32: 32, 31>, zeroPoint = 1 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x2xi32> -> tensor<1x2xi8>
  %y = arith.constant dense<[5, -2147483648, 2147483647, -2147483648]> : tensor<4xi32>
  %2 = qnn.requantize %y {multipliers = array<i32: 1, 0, 1, 63>, shifts = array<i32: 1, 0, 15, 0>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<4xi32> -> tensor<4xi8>
  %p = arith.constant dense<[[[[1, 4], [2, 5]]]]> : tensor<1x1x2x2xi8>
  %3 = qnn.pool_requantize %p window <kernel = [1, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 11184811, 11184811>, shifts = array<i32: 26, 26>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x1x2x2xi8> -> tensor<1x1x1x2xi8>
  return %0, %1, %2, %3 : tensor<1x2xi8>, tensor<1x2xi8>, tensor<4xi8>, tensor<1x1x1x2xi8>
}
