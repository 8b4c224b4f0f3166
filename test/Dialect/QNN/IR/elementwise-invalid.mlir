// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @clamp_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{'qnn.clamp' op expected min <= max, neither NaN, but got 1.000000e+00 : f32 and 0.000000e+00 : f32}}
  %0 = qnn.clamp %x {min = 1.0 : f32, max = 0.0 : f32} : tensor<4xf32>
  return
}

// -----
func.func @clamp_nan_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{'qnn.clamp' op expected min <= max, neither NaN, but got}}
  %0 = qnn.clamp %x {min = 0x7FC00000 : f32, max = 0.0 : f32} : tensor<4xf32>
  return
}

// -----
func.func @unary_name(%x: tensor<4xf32>) {
  // expected-error @+2 {{expected ::quantopt::qnn::UnaryFn to be one of}}
  // expected-error @+1 {{failed to parse QNN_UnaryFnAttr parameter 'value'}}
  %0 = qnn.unary sine %x : tensor<4xf32>
  return
}

// -----
func.func @binary_c1(%x: tensor<4x3xf32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{'qnn.binary' op expected the result of broadcasting 'tensor<4x3xf32>' and 'tensor<4xf32>', but got 'tensor<4x3xf32>'}}
  %0 = qnn.binary add %x, %y : (tensor<4x3xf32>, tensor<4xf32>) -> tensor<4x3xf32>
  return
}

// -----
func.func @binary_too_large_c1(%x: tensor<1x3xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'qnn.binary' op expected the result of broadcasting 'tensor<1x3xf32>' and 'tensor<3xf32>', but got 'tensor<2x3xf32>'}}
  %0 = qnn.binary add %x, %y : (tensor<1x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return
}

// -----
func.func @rescale_add_c1(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_add' op expected multipliers that fit 24 bits, but got 8388608 and 1}}
  %0 = qnn.rescale_add %x, %x {lhsMultiplier = 8388608 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = 1 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_add_c2(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_add' op expected a shift in [0, 30], but got -1}}
  %0 = qnn.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = -1 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_add_c3(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_add' op sum may reach 2147483904, above the i32 maximum 2147483647}}
  %0 = qnn.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = -1 : i32, offset = -2147483648 : i32, shift = 1 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_add_c4(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_add' op expected -128 <= min <= max <= 127, but got min -129 and max 127}}
  %0 = qnn.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = 1 : i32, min = -129 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_add_c6(%x: tensor<4xi8>, %y: tensor<4xi16>) {
  // expected-error @+1 {{'qnn.rescale_add' op expected operands of one element type, but got 'i8' and 'i16'}}
  %0 = qnn.rescale_add %x, %y {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = 1 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi16>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_c6(%x: tensor<4xi16>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected i8 that becomes i8 with 'roundTwice', but got 'i16' and 'i8'}}
  %0 = qnn.rescale_mul %x, %x {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1 : i32, shift = 1 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : (tensor<4xi16>, tensor<4xi16>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_c5(%x: tensor<4xi8>, %y: tensor<4xi16>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected operands of one element type, but got 'i8' and 'i16'}}
  %0 = qnn.rescale_mul %x, %y {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1 : i32, shift = 0 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi16>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_c1(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected multipliers that are 0 or odd and below 16777216, but got 16777217}}
  %0 = qnn.rescale_mul %x, %x {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 16777217 : i32, shift = 0 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_c4(%x: tensor<4xi8>, %y: tensor<3xi8>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected the result of broadcasting 'tensor<4xi8>' and 'tensor<3xi8>', but got 'tensor<4xi8>'}}
  %0 = qnn.rescale_mul %x, %y {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1 : i32, shift = 0 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<4xi8>, tensor<3xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_twice_c1(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected multipliers that are not negative, but got -1}}
  %0 = qnn.rescale_mul %x, %x {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = -1 : i32, shift = 32 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
func.func @rescale_mul_twice_c2(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_mul' op expected shifts in [1, 62], but got 0}}
  %0 = qnn.rescale_mul %x, %x {lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, multiplier = 1 : i32, shift = 0 : i32, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}
