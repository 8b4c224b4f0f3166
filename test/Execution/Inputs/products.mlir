// Products that are rounded to binary32, on both sides of halves: the bias moves sums to
// places where the product becomes a half that the exact one is not. Scales are near each
// other, far apart, or make sums and products that have to be limited, or nearly; 3 and -3
// times others are in the middle of a half and its neighbour; a mean has 1/6, odd multiples
// of 3 of which become halves.
!x = tensor<256x1xi8>
!y = tensor<256x4xi8>
!mean = tensor<1x16x5x1xi8>
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: !x {qnn.name = "x"})
      -> (!y {qnn.name = "near"}, !y {qnn.name = "apart"}, !y {qnn.name = "large"}, !y {qnn.name = "middle"},
          !mean {qnn.name = "mean"}) {
    %w = arith.constant dense<1> : tensor<4x1xi8>
    %b = arith.constant dense<[-12801, -13386, -8608, -17988]> : tensor<4xi32>
    %acc = qnn.dense %x, %w bias %b : (!x, tensor<4x1xi8>, tensor<4xi32>) -> tensor<256x4xi32>
    %0 = qnn.requantize %acc {multipliers = array<i32: 10904339, 9545441, 11164021, 16355641>, shifts = array<i32: 32, 31, 30, 32>, zeroPoint = 13 : i32, min = -100 : i32, max = 127 : i32, qnn.round_product} : tensor<256x4xi32> -> !y
    %c = arith.constant dense<[-12801, -2, 0, 1]> : tensor<4xi32>
    %acc2 = qnn.dense %x, %w bias %c : (!x, tensor<4x1xi8>, tensor<4xi32>) -> tensor<256x4xi32>
    %1 = qnn.requantize %acc2 {multipliers = array<i32: 10904339, 63, 0, 3>, shifts = array<i32: 32, 1, 0, 0>, zeroPoint = 4 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<256x4xi32> -> !y
    %d = arith.constant dense<[2147483519, -2147483520, 16777217, -12801]> : tensor<4xi32>
    %acc3 = qnn.dense %x, %w bias %d : (!x, tensor<4x1xi8>, tensor<4xi32>) -> tensor<256x4xi32>
    %2 = qnn.requantize %acc3 {multipliers = array<i32: 1, 127, 3, 10904339>, shifts = array<i32: 15, 1, 16, 32>, zeroPoint = 3 : i32, min = -128 : i32, max = 126 : i32, qnn.round_product} : tensor<256x4xi32> -> !y
    %e = arith.constant dense<[0, 0, 8388352, -8388352]> : tensor<4xi32>
    %acc4 = qnn.dense %x, %w bias %e : (!x, tensor<4x1xi8>, tensor<4xi32>) -> tensor<256x4xi32>
    %4 = qnn.requantize %acc4 {multipliers = array<i32: 5941931, 5614251, 1, 1>, shifts = array<i32: 21, 17, 0, 0>, zeroPoint = -100 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<256x4xi32> -> !y
    %image = qnn.reshape %x : !x -> tensor<1x16x16x1xi8>
    %3 = qnn.pool_requantize %image window <kernel = [1, 3], strides = [1, 3], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = -9 : i32, multipliers = array<i32: 11184811, 11184811, 11184811>, shifts = array<i32: 26, 26, 26>, zeroPoint = 1 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x16x16x1xi8> -> !mean
    return %0, %1, %2, %4, %3 : !y, !y, !y, !y, !mean
  }
}
