module attributes {qnn.name = "several"} {
  func.func @main(%x: tensor<2x4xf32> {qnn.name = "x"}, %unused: tensor<3xf32> {qnn.name = "unused"},
                  %z: tensor<2x3xf32> {qnn.name = "z"})
      -> (tensor<2x3xf32> {qnn.name = "y"}, tensor<2x4xf32> {qnn.name = "same"},
          tensor<2x3xf32> {qnn.name = "again"}) {
    %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 2.0, 1.0],
                               [0.25, 0.0, -4.0, 8.0]]> : tensor<3x4xf32>
    %0 = qnn.dense %x, %w : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
    %1 = qnn.binary add %0, %z : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    return %1, %x, %1 : tensor<2x3xf32>, tensor<2x4xf32>, tensor<2x3xf32>
  }
}
