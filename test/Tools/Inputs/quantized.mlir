func.func @main(%x: tensor<1x2x!qnn.affine<i8, 0.5 : -7>> {qnn.name = "x"}) -> (tensor<1x2x!qnn.affine<i8, 0.5 : -7>> {qnn.name = "y"}) {
  return %x : tensor<1x2x!qnn.affine<i8, 0.5 : -7>>
}
