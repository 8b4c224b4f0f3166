// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @quantize_dynamic_c1(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.quantize_dynamic' op expected rowDims in [0, 2], but got 3}}
  %q, %s = qnn.quantize_dynamic %x {rowDims = 3 : i64} : tensor<2x4xf32> -> tensor<2x4xi8>, tensor<2x4xf32>
  return
}

// -----
func.func @quantize_dynamic_c2(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.quantize_dynamic' op expected one scale per row, 'tensor<2xf32>', but got 'tensor<4xf32>'}}
  %q, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x4xf32> -> tensor<2x4xi8>, tensor<4xf32>
  return
}

// -----
func.func @quantize_dynamic_shape(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.quantize_dynamic' op expected a result of the input's shape, but got 'tensor<4x2xi8>' for 'tensor<2x4xf32>'}}
  %q, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x4xf32> -> tensor<4x2xi8>, tensor<2xf32>
  return
}

// -----
func.func @dequantize_dynamic_c1(%q: tensor<2x4xi8>, %s: tensor<f32>) {
  // expected-error @+1 {{'qnn.dequantize_dynamic' op expected rowDims in [0, 2], but got -1}}
  %x = qnn.dequantize_dynamic %q, %s {rowDims = -1 : i64, zeroPoint = 0 : i32} : tensor<2x4xi8>, tensor<f32> -> tensor<2x4xf32>
  return
}

// -----
func.func @dequantize_dynamic_c2(%q: tensor<2x4xi8>, %s: tensor<2xf32>) {
  // expected-error @+1 {{'qnn.dequantize_dynamic' op expected one scale per row, 'tensor<f32>', but got 'tensor<2xf32>'}}
  %x = qnn.dequantize_dynamic %q, %s {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<2x4xi8>, tensor<2xf32> -> tensor<2x4xf32>
  return
}

// -----
func.func @dequantize_dynamic_c3(%q: tensor<2x4xi8>, %s: tensor<2xf32>) {
  // expected-error @+1 {{'qnn.dequantize_dynamic' op expected a zero point in [-128, 127], but got 128}}
  %x = qnn.dequantize_dynamic %q, %s {rowDims = 1 : i64, zeroPoint = 128 : i32} : tensor<2x4xi8>, tensor<2xf32> -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_c1(%x: tensor<2x4xi32>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected 1 or 4 scales, one per channel, but got 2}}
  %y = qnn.scale_sums %x {scales = array<f32: 1.0, 2.0>} : (tensor<2x4xi32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_c2(%x: tensor<2x4xi32>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected 1 or 4 offsets, one per channel, but got 3}}
  %y = qnn.scale_sums %x {scales = array<f32: 1.0>, offsets = array<f32: 1.0, 2.0, 3.0>} : (tensor<2x4xi32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_c3(%x: tensor<2x4xi32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected row scales of the shape of leading dimensions of 'tensor<2x4xi32>', but got 'tensor<4xf32>'}}
  %y = qnn.scale_sums %x rows %s {scales = array<f32: 1.0>} : (tensor<2x4xi32>, tensor<4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_elements_c3(%x: tensor<2x4xi32>, %s: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected row scales of the shape of leading dimensions of 'tensor<2x4xi32>', but got 'tensor<2x4xf32>'}}
  %y = qnn.scale_sums %x rows %s {scales = array<f32: 1.0>} : (tensor<2x4xi32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_c4(%x: tensor<2x4xi32>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected result shape [2, 4], but got [4, 2]}}
  %y = qnn.scale_sums %x {scales = array<f32: 1.0>} : (tensor<2x4xi32>) -> tensor<4x2xf32>
  return
}

// -----
func.func @quantize_dynamic_c3(%x: tensor<2x4xf32>) {
  // expected-error @+1 {{'qnn.quantize_dynamic' op expected zero points of a whole tensor, as 'tensor<i8>' and without 'nonNegative', but got 'tensor<2xi8>' for 1 row dims}}
  %q, %s, %z = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x4xf32> -> tensor<2x4xi8>, tensor<2xf32>, tensor<2xi8>
  return
}

// -----
func.func @dequantize_dynamic_c4(%q: tensor<2x4xi8>, %s: tensor<f32>, %z: tensor<i8>) {
  // expected-error @+1 {{'qnn.dequantize_dynamic' op expected a zero point of type 'tensor<i8>' and the attribute to be 0, but got 'tensor<i8>' and 3}}
  %x = qnn.dequantize_dynamic %q, %s zero %z {rowDims = 0 : i64, zeroPoint = 3 : i32} : tensor<2x4xi8>, tensor<f32>, tensor<i8> -> tensor<2x4xf32>
  return
}

// -----
func.func @scale_sums_c5(%x: tensor<2x4xi32>, %z: tensor<i8>) {
  // expected-error @+1 {{'qnn.scale_sums' op expected a zero point of type 'tensor<i8>' with 1 or 4 zeroFactors for integer sums, or neither, but got 2 for 'tensor<2x4xi32>'}}
  %y = qnn.scale_sums %x zero %z {scales = array<f32: 1.0>, zeroFactors = array<i32: 1, 2>} : (tensor<2x4xi32>, tensor<i8>) -> tensor<2x4xf32>
  return
}
