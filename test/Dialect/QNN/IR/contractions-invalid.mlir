// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @conv2d_c1(%x: tensor<8x8x4xf32>, %w: tensor<16x1x1x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected input and weight of rank 4, but got ranks 3 and 4}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<8x8x4xf32>, tensor<16x1x1x4xf32>) -> tensor<8x8x16xf32>
  return
}

// -----
func.func @conv2d_c2(%x: tensor<1x8x8x4xf32>, %w: tensor<16x1x1x1xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected groups to divide 4 input and 16 output channels and a weight with input channels / groups in dimension 3, but got groups = 3 and weight 'tensor<16x1x1x1xf32>'}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 3 : i64} : (tensor<1x8x8x4xf32>, tensor<16x1x1x1xf32>) -> tensor<1x8x8x16xf32>
  return
}

// -----
func.func @conv2d_channels_c2(%x: tensor<1x8x8x4xf32>, %w: tensor<16x1x1x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected groups to divide 4 input and 16 output channels and a weight with input channels / groups in dimension 3, but got groups = 2 and weight 'tensor<16x1x1x4xf32>'}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64} : (tensor<1x8x8x4xf32>, tensor<16x1x1x4xf32>) -> tensor<1x8x8x16xf32>
  return
}

// -----
func.func @conv2d_c3(%x: tensor<1x8x8x4xf32>, %w: tensor<16x3x3x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected a weight of kernel size 1x3, the window's, but got 'tensor<16x3x3x4xf32>'}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x8x8x4xf32>, tensor<16x3x3x4xf32>) -> tensor<1x8x6x16xf32>
  return
}

// -----
func.func @conv2d_c4(%x: tensor<1x8x8x4xf32>, %w: tensor<16x1x1x4xf32>, %b: tensor<15xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected a bias of 16 elements, one per output channel, but got 'tensor<15xf32>'}}
  %0 = qnn.conv2d %x, %w bias %b window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x8x8x4xf32>, tensor<16x1x1x4xf32>, tensor<15xf32>) -> tensor<1x8x8x16xf32>
  return
}

// -----
func.func @conv2d_c5(%x: tensor<1x8x8x4xf32>, %w: tensor<16x3x3x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected result shape [1, 3, 6, 16], but got [1, 4, 6, 16]}}
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x8x8x4xf32>, tensor<16x3x3x4xf32>) -> tensor<1x4x6x16xf32>
  return
}

// -----
func.func @conv2d_c6(%x: tensor<1x8x8x4xi8>, %w: tensor<16x1x1x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected f32 x f32 -> f32, f32 x quantized -> f32, i8 or i16 x integers -> i32, i16 x integers -> i64, or i8 x quantized constant -> f32 without bias, but got 'i8' x 'f32' -> 'f32'}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x8x8x4xi8>, tensor<16x1x1x4xf32>) -> tensor<1x8x8x16xf32>
  return
}

// -----
func.func @conv2d_c7(%x: tensor<1x8x8x4xf32>, %w: tensor<16x1x1x4xf32>) {
  // expected-error @+1 {{'qnn.conv2d' op expected an input zero point in [0, 0] for 'f32' and 'f32', but got 3}}
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 3 : i32} : (tensor<1x8x8x4xf32>, tensor<16x1x1x4xf32>) -> tensor<1x8x8x16xf32>
  return
}

// -----
func.func @dense_c1(%x: tensor<1x4xf32>, %w: tensor<2x5xf32>) {
  // expected-error @+1 {{'qnn.dense' op expected a weight of rank 2 whose dimension 1 equals the input's last dimension, but got 'tensor<1x4xf32>' and 'tensor<2x5xf32>'}}
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<2x5xf32>) -> tensor<1x2xf32>
  return
}

// -----
func.func @dense_c2(%x: tensor<1x4xf32>, %w: tensor<2x4xf32>, %b: tensor<1x2xf32>) {
  // expected-error @+1 {{'qnn.dense' op expected a bias of 2 elements, one per output channel, but got 'tensor<1x2xf32>'}}
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return
}

// -----
func.func @dense_c3(%x: tensor<1x4xf32>, %w: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.dense' op expected result shape [1, 2], but got [2]}}
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<2xf32>
  return
}

// -----
func.func @dense_c4(%x: tensor<1x4xi8>, %w: tensor<2x4xi8>, %b: tensor<2xf32>) {
  // expected-error @+1 {{'qnn.dense' op expected a bias of element type 'i32', but got 'f32'}}
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<2x4xi8>, tensor<2xf32>) -> tensor<1x2xi32>
  return
}

// -----
func.func @dense_c5(%x: tensor<1x4xi8>, %w: tensor<2x4xi8>) {
  // expected-error @+1 {{'qnn.dense' op expected an input zero point in [-128, 127] for 'i8' and 'i32', but got 128}}
  %0 = qnn.dense %x, %w {inputZeroPoint = 128 : i32} : (tensor<1x4xi8>, tensor<2x4xi8>) -> tensor<1x2xi32>
  return
}

// -----
func.func @dense_long_c5(%x: tensor<1x4xi16>, %w: tensor<2x4xi8>) {
  // expected-error @+1 {{'qnn.dense' op expected an input zero point in [0, 0] for 'i16' and 'i64', but got 1}}
  %0 = qnn.dense %x, %w {inputZeroPoint = 1 : i32} : (tensor<1x4xi16>, tensor<2x4xi8>) -> tensor<1x2xi64>
  return
}

// -----
func.func @matmul_c1(%x: tensor<4xf32>, %y: tensor<4x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected operands of rank 2 or more, but got 'tensor<4xf32>' and 'tensor<4x2xf32>'}}
  %0 = qnn.matmul %x, %y : (tensor<4xf32>, tensor<4x2xf32>) -> tensor<2xf32>
  return
}

// -----
func.func @matmul_c2(%x: tensor<3x4xf32>, %y: tensor<5x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected equal inner dimensions, but got 4 and 5}}
  %0 = qnn.matmul %x, %y : (tensor<3x4xf32>, tensor<5x2xf32>) -> tensor<3x2xf32>
  return
}

// -----
func.func @matmul_c3(%x: tensor<2x3x4xf32>, %y: tensor<4x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected a result of the broadcast leading dimensions and both outer dimensions, but got 'tensor<3x2xf32>'}}
  %0 = qnn.matmul %x, %y : (tensor<2x3x4xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
  return
}

// -----
func.func @scaled_sums_with_bias(%x: tensor<1x4xi8>, %b: tensor<2xf32>) {
  %w = qnn.constant {payload = dense<1> : tensor<4xi8>, scales = dense<1.0> : tensor<2xf16>} : tensor<2x4x!qnn.affine_block<i4, 32>>
  // expected-error @+1 {{or i8 x quantized constant -> f32 without bias, but got 'i8' x '!qnn.affine_block<i4, 32>' -> 'f32'}}
  %0 = qnn.dense %x, %w bias %b : (tensor<1x4xi8>, tensor<2x4x!qnn.affine_block<i4, 32>>, tensor<2xf32>) -> tensor<1x2xf32>
  return
}

// -----
func.func @scaled_sums_of_operand(%x: tensor<1x4xi8>, %w: tensor<2x4x!qnn.affine_block<i4, 32>>) {
  // expected-error @+1 {{or i8 x quantized constant -> f32 without bias, but got 'i8' x '!qnn.affine_block<i4, 32>' -> 'f32'}}
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<2x4x!qnn.affine_block<i4, 32>>) -> tensor<1x2xf32>
  return
}

// -----
func.func @scaled_sums_of_other_axis(%x: tensor<1x4xi8>) {
  %w = qnn.constant {payload = dense<1> : tensor<2x4xi8>, scales = dense<1.0> : tensor<4xf32>} : tensor<2x4x!qnn.affine_axis<i8, 1>>
  // expected-error @+1 {{or i8 x quantized constant -> f32 without bias, but got 'i8' x '!qnn.affine_axis<i8, 1>' -> 'f32'}}
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<2x4x!qnn.affine_axis<i8, 1>>) -> tensor<1x2xf32>
  return
}

// -----
func.func @matmul_c4(%x: tensor<2x4xi8>, %y: tensor<4x2xi8>) {
  // expected-error @+1 {{'qnn.matmul' op expected f32 x f32 -> f32 or i8 x i8 -> i32, but got 'i8' x 'i8' -> 'f32'}}
  %0 = qnn.matmul %x, %y : (tensor<2x4xi8>, tensor<4x2xi8>) -> tensor<2x2xf32>
  return
}

// -----
func.func @matmul_operands_c4(%x: tensor<2x4xi8>, %y: tensor<4x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected f32 x f32 -> f32 or i8 x i8 -> i32, but got 'i8' x 'f32' -> 'i32'}}
  %0 = qnn.matmul %x, %y : (tensor<2x4xi8>, tensor<4x2xf32>) -> tensor<2x2xi32>
  return
}

// -----
func.func @matmul_lhs_c5(%x: tensor<2x4xi8>, %y: tensor<4x2xi8>) {
  // expected-error @+1 {{'qnn.matmul' op expected an input zero point in [-128, 127] for 'i8', but got 128}}
  %0 = qnn.matmul %x, %y {lhsZeroPoint = 128 : i32} : (tensor<2x4xi8>, tensor<4x2xi8>) -> tensor<2x2xi32>
  return
}

// -----
func.func @matmul_rhs_c5(%x: tensor<2x4xf32>, %y: tensor<4x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected an input zero point in [0, 0] for 'f32', but got 1}}
  %0 = qnn.matmul %x, %y {rhsZeroPoint = 1 : i32} : (tensor<2x4xf32>, tensor<4x2xf32>) -> tensor<2x2xf32>
  return
}

// -----
func.func @matmul_batch_c3(%x: tensor<2x3x4xf32>, %y: tensor<3x4x2xf32>) {
  // expected-error @+1 {{'qnn.matmul' op expected a result of the broadcast leading dimensions and both outer dimensions, but got 'tensor<2x3x2xf32>'}}
  %0 = qnn.matmul %x, %y : (tensor<2x3x4xf32>, tensor<3x4x2xf32>) -> tensor<2x3x2xf32>
  return
}

// -----
func.func @exact_bias(%x: tensor<1x2xf32>, %w: tensor<3x2xf32>) {
  // expected-error @+1 {{'qnn.dense' op expected attribute 'qnn.exact_bias' to be an 'array<i32>', but got 3 : i64}}
  %0 = qnn.dense %x, %w {qnn.exact_bias = 3} : (tensor<1x2xf32>, tensor<3x2xf32>) -> tensor<1x3xf32>
  return
}
