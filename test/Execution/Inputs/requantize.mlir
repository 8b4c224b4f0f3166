// Requantization at its breakpoints: a dense layer with one input makes every
// multiple of the weight, the bias moves it to both sides of each half. The
// multipliers have the float form, the 64-bit form (1/2: exact halves under an
// odd zero point) and a scale above 1.
!x = tensor<256x1xi8>
!y = tensor<256x4xi8>
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: !x {qnn.name = "x"})
      -> (!y {qnn.name = "float"}, !y {qnn.name = "halves"}, !y {qnn.name = "large"}) {
    %w = arith.constant dense<[[1], [3], [-127], [127]]> : tensor<4x1xi8>
    %b = arith.constant dense<[0, 1, -1, 128]> : tensor<4xi32>
    %acc = qnn.dense %x, %w bias %b {inputZeroPoint = -128 : i32} : (!x, tensor<4x1xi8>, tensor<4xi32>) -> tensor<256x4xi32>
    %0 = qnn.requantize %acc {multipliers = array<i32: 8388609, 8388607, 9999999, 16777215>, shifts = array<i32: 24, 26, 31, 31>, zeroPoint = -3 : i32, min = -128 : i32, max = 127 : i32} : tensor<256x4xi32> -> !y
    %1 = qnn.requantize %acc {multipliers = array<i32: 1, 1, 3, 5>, shifts = array<i32: 1, 2, 7, 9>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32} : tensor<256x4xi32> -> !y
    %2 = qnn.requantize %acc {multipliers = array<i32: 3, 8388609, 16777215, 1>, shifts = array<i32: 1, 22, 23, 0>, zeroPoint = -128 : i32, min = -128 : i32, max = 127 : i32} : tensor<256x4xi32> -> !y
    return %0, %1, %2 : !y, !y, !y
  }
}
