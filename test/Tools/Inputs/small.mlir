module attributes {qnn.name = "small"} {
  func.func @main(%x: tensor<2x4xf32> {qnn.name = "x"})
      -> (tensor<2x3xf32> {qnn.name = "for"}) {
    %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 2.0, 1.0],
                               [0.25, 0.0, -4.0, 8.0]]> : tensor<3x4xf32>
    %b = arith.constant dense<[1.0, -1.0, 0.5]> : tensor<3xf32>
    %0 = qnn.dense %x, %w bias %b
      : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    return %0 : tensor<2x3xf32>
  }
}
