func.func @main(%x: tensor<1x2xf32> {qnn.name = "x"}) -> (tensor<1x2xf32> {qnn.name = "y"}) {
  %c = arith.constant dense<2.0> : tensor<f32>
  %y = qnn.binary mul %x, %c : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32> loc("Mul_7")
  return %y : tensor<1x2xf32>
}
