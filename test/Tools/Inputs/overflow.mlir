module {
  func.func @main(%x: tensor<1x4xf32> {qnn.name = "x"}) -> tensor<1x2xf32> {
    %big = arith.constant dense<3.0e38> : tensor<1x4xf32>
    %w = arith.constant dense<1.0> : tensor<2x4xf32>
    %0 = qnn.binary mul %x, %big : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
    %1 = qnn.binary mul %0, %big : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
    %2 = qnn.dense %1, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
    return %2 : tensor<1x2xf32>
  }
}
