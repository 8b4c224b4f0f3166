func.func @main(%x: tensor<1x2xf32> {qnn.name = "x"}) -> (tensor<1x2xf32> {qnn.name = "y"}) {
  %c = arith.constant dense<2.0> : tensor<f32>
  %s = arith.constant dense<[3.0, 0.0]> : tensor<2xf32>
  %d = qnn.binary mul %x, %c : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %y = qnn.binary add %d, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
