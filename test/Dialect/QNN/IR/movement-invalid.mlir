// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @concat_c1() {
  // expected-error @+1 {{'qnn.concat' op expected at least one operand}}
  %0 = qnn.concat {axis = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----
func.func @concat_c2(%a: tensor<2xf32>, %b: tensor<2xi8>) {
  // expected-error @+1 {{'qnn.concat' op expected result element type 'i8', the operand's, but got 'f32'}}
  %0 = qnn.concat %a, %b {axis = 0 : i64} : (tensor<2xf32>, tensor<2xi8>) -> tensor<4xf32>
  return
}

// -----
func.func @concat_c3(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.concat' op expected sizes that agree except along axis 0, but got 'tensor<2x4xf32>'}}
  %0 = qnn.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----
func.func @concat_c4(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.concat' op expected an axis in [0, 2), but got -1}}
  %0 = qnn.concat %a {axis = -1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----
func.func @slice_c1(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.slice' op expected an offset and a stride for each of 2 dimensions, but got 1 and 2}}
  %0 = qnn.slice %a {offsets = array<i64: 0>, strides = array<i64: 1, 1>} : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----
func.func @slice_c2(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.slice' op expected indices in [0, 5) along dimension 0, but got 3 to -1}}
  %0 = qnn.slice %a {offsets = array<i64: 3>, strides = array<i64: -2>} : tensor<5xf32> -> tensor<3xf32>
  return
}

// -----
func.func @slice_c3(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.slice' op expected strides that are not zero}}
  %0 = qnn.slice %a {offsets = array<i64: 0>, strides = array<i64: 0>} : tensor<5xf32> -> tensor<3xf32>
  return
}

// -----
// A stride so large that the last index wraps around.
func.func @slice_overflow_c2(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.slice' op expected indices in [0, 5) along dimension 0}}
  %0 = qnn.slice %a {offsets = array<i64: 0>, strides = array<i64: 4611686018427387904>} : tensor<5xf32> -> tensor<5xf32>
  return
}

// -----
func.func @pad_c1(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.pad' op expected amounts in [0, 2147483647], but got -1}}
  %0 = qnn.pad %a {low = array<i64: -1>, high = array<i64: 0>} : tensor<5xf32> -> tensor<4xf32>
  return
}

// -----
// Amounts so large that the size wraps around.
func.func @pad_overflow_c1(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.pad' op expected amounts in [0, 2147483647], but got 9223372036854775807}}
  %0 = qnn.pad %a {low = array<i64: 9223372036854775807>, high = array<i64: 9223372036854775807>} : tensor<5xf32> -> tensor<3xf32>
  return
}

// -----
func.func @pad_c2(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.pad' op expected result shape [8], but got [7]}}
  %0 = qnn.pad %a {low = array<i64: 1>, high = array<i64: 2>} : tensor<5xf32> -> tensor<7xf32>
  return
}

// -----
func.func @pad_c3(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.pad' op expected result element type 'f32', the operand's, but got 'i8'}}
  %0 = qnn.pad %a {low = array<i64: 1>, high = array<i64: 2>} : tensor<5xf32> -> tensor<8xi8>
  return
}

// -----
func.func @pad_c4(%a: tensor<5x!qnn.affine<i8, 1.0>>) {
  // expected-error @+1 {{'qnn.pad' op expected value 0 for a quantized type, but got 1.000000e+00 : f32}}
  %0 = qnn.pad %a {low = array<i64: 1>, high = array<i64: 2>, value = 1.0 : f32} : tensor<5x!qnn.affine<i8, 1.0>> -> tensor<8x!qnn.affine<i8, 1.0>>
  return
}

// -----
func.func @reshape_c1(%a: tensor<5xf32>) {
  // expected-error @+1 {{'qnn.reshape' op expected as many elements as the input, 5, but got 6}}
  %0 = qnn.reshape %a : tensor<5xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @transpose_c1(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.transpose' op expected a permutation of 2 dimensions}}
  %0 = qnn.transpose %a {permutation = array<i64: 1, 1>} : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----
func.func @transpose_c2(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.transpose' op expected result shape [3, 2], but got [2, 3]}}
  %0 = qnn.transpose %a {permutation = array<i64: 1, 0>} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @broadcast_c1(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.broadcast' op expected a shape that 'tensor<2x3xf32>' broadcasts to, but got 'tensor<3xf32>'}}
  %0 = qnn.broadcast %a : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----
func.func @gather_c1(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.gather' op expected an axis in [0, 2), but got 9}}
  %0 = qnn.gather %a {axis = 9 : i64, indices = array<i64: 0>} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----
func.func @gather_c2(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.gather' op expected indices in [0, 3), but got 3}}
  %0 = qnn.gather %a {axis = 1 : i64, indices = array<i64: 3>} : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----
func.func @gather_c3(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.gather' op expected result shape [2, 1], but got [2, 2]}}
  %0 = qnn.gather %a {axis = 1 : i64, indices = array<i64: 1>} : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----
func.func @interpolate_c2(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.interpolate' op expected as many upper indices and fractions as lower indices, 2, but got 1 and 2}}
  %0 = qnn.interpolate %a {axis = 1 : i64, lower = array<i64: 0, 1>, upper = array<i64: 1>, fractions = array<f32: 0.0, 0.5>} : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----
func.func @interpolate_index_c2(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.interpolate' op expected indices in [0, 3), but got 2 and 3}}
  %0 = qnn.interpolate %a {axis = 1 : i64, lower = array<i64: 2>, upper = array<i64: 3>, fractions = array<f32: 0.5>} : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----
func.func @source_places(%a: tensor<2xf32>) {
  // expected-error @+1 {{'qnn.interpolate' op expected attribute 'qnn.source_places' to be an 'array<i32>', but got 3 : i64}}
  %0 = qnn.interpolate %a {axis = 0 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 0.5>, qnn.source_places = 3} : tensor<2xf32> -> tensor<1xf32>
  return
}

// -----
func.func @interpolate_fixed_c1(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected an axis in [0, 2), but got 2}}
  %0 = qnn.interpolate_fixed %a {axis = 2 : i64, bits = 1 : i32, lower = array<i64: 0>, upper = array<i64: 0>, fractions = array<i32: 0>} : tensor<2x3xi8> -> tensor<2x1xi32>
  return
}

// -----
func.func @interpolate_fixed_c2(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected indices in [0, 3), but got 0 and 3}}
  %0 = qnn.interpolate_fixed %a {axis = 1 : i64, bits = 1 : i32, lower = array<i64: 0>, upper = array<i64: 3>, fractions = array<i32: 0>} : tensor<2x3xi8> -> tensor<2x1xi32>
  return
}

// -----
func.func @interpolate_fixed_c3(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected result shape [2, 1], but got [2, 2]}}
  %0 = qnn.interpolate_fixed %a {axis = 1 : i64, bits = 1 : i32, lower = array<i64: 0>, upper = array<i64: 0>, fractions = array<i32: 0>} : tensor<2x3xi8> -> tensor<2x2xi32>
  return
}

// -----
func.func @interpolate_fixed_bits_c4(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected 0 to 15 bits, but got 16}}
  %0 = qnn.interpolate_fixed %a {axis = 1 : i64, bits = 16 : i32, lower = array<i64: 0>, upper = array<i64: 0>, fractions = array<i32: 0>} : tensor<2x3xi8> -> tensor<2x1xi32>
  return
}

// -----
func.func @interpolate_fixed_c4(%a: tensor<2x3xi8>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected fractions in [-2, 4], but got 5}}
  %0 = qnn.interpolate_fixed %a {axis = 1 : i64, bits = 1 : i32, lower = array<i64: 0>, upper = array<i64: 0>, fractions = array<i32: 5>} : tensor<2x3xi8> -> tensor<2x1xi32>
  return
}

// -----
func.func @interpolate_fixed_c5(%a: tensor<2x3xi32>) {
  // expected-error @+1 {{'qnn.interpolate_fixed' op expected an input zero point in [0, 0] for 'i32', but got 1}}
  %0 = qnn.interpolate_fixed %a {axis = 1 : i64, bits = 1 : i32, lower = array<i64: 0>, upper = array<i64: 0>, fractions = array<i32: 0>, inputZeroPoint = 1 : i32} : tensor<2x3xi32> -> tensor<2x1xi32>
  return
}

// -----
func.func @pad_c5(%a: tensor<5xi8>, %z: tensor<1xi8>) {
  // expected-error @+1 {{'qnn.pad' op expected a fill of type 'tensor<i8>' for a tensor of i8 with storageValue 0, but got 'tensor<1xi8>' for 'tensor<5xi8>'}}
  %0 = qnn.pad %a fill %z : tensor<1xi8> {low = array<i64: 1>, high = array<i64: 2>} : tensor<5xi8> -> tensor<8xi8>
  return
}
