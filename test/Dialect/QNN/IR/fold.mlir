// What operations fold to, and what must stay.
// RUN: quant-opt %s -canonicalize -split-input-file | FileCheck %s

// CHECK-LABEL: @storage_cast_pair
// CHECK-NEXT: return %arg0
func.func @storage_cast_pair(%q: tensor<4x!qnn.affine<ui8, 0.5 : 128>>) -> tensor<4x!qnn.affine<ui8, 0.5 : 128>> {
  %0 = qnn.storage_cast %q : tensor<4x!qnn.affine<ui8, 0.5 : 128>> -> tensor<4xi8>
  %1 = qnn.storage_cast %0 : tensor<4xi8> -> tensor<4x!qnn.affine<ui8, 0.5 : 128>>
  return %1 : tensor<4x!qnn.affine<ui8, 0.5 : 128>>
}

// A cast back to another scale changes what the numbers mean.
// CHECK-LABEL: @storage_cast_reinterpreted
// CHECK-COUNT-2: qnn.storage_cast
func.func @storage_cast_reinterpreted(%q: tensor<4x!qnn.affine<i8, 0.5>>) -> tensor<4x!qnn.affine<i8, 0.25>> {
  %0 = qnn.storage_cast %q : tensor<4x!qnn.affine<i8, 0.5>> -> tensor<4xi8>
  %1 = qnn.storage_cast %0 : tensor<4xi8> -> tensor<4x!qnn.affine<i8, 0.25>>
  return %1 : tensor<4x!qnn.affine<i8, 0.25>>
}

// Folding would throw the quantized weight away.
// CHECK-LABEL: @keep_dequantize_of_constant
// CHECK: qnn.constant
// CHECK-NEXT: qnn.dequantize
func.func @keep_dequantize_of_constant() -> tensor<2xf32> {
  %w = qnn.constant {payload = dense<[1, -2]> : tensor<2xi8>} : tensor<2x!qnn.affine<i8, 0.5>>
  %0 = qnn.dequantize %w : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Rounding points are part of the meaning.
// CHECK-LABEL: @keep_rounding
// CHECK: qnn.quantize
// CHECK-NEXT: qnn.dequantize
func.func @keep_rounding(%x: tensor<2xf32>) -> tensor<2xf32> {
  %q = qnn.quantize %x : tensor<2xf32> -> tensor<2x!qnn.affine<i8, 0.5>>
  %0 = qnn.dequantize %q : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @clamp_everything
// CHECK-NEXT: return %arg0
func.func @clamp_everything(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.clamp %x {min = 0xFF800000 : f32, max = 0x7F800000 : f32} : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @clamp_from_below
// CHECK: qnn.clamp
func.func @clamp_from_below(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = qnn.clamp %x {min = -1.0 : f32, max = 0x7F800000 : f32} : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: @movement_without_effect
// CHECK-NEXT: return %arg0
func.func @movement_without_effect(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = qnn.concat %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = qnn.slice %0 {offsets = array<i64: 0, 0>, strides = array<i64: 1, 1>} : tensor<2x3xf32> -> tensor<2x3xf32>
  %2 = qnn.pad %1 {low = array<i64: 0, 0>, high = array<i64: 0, 0>} : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = qnn.reshape %2 : tensor<2x3xf32> -> tensor<2x3xf32>
  %4 = qnn.transpose %3 {permutation = array<i64: 0, 1>} : tensor<2x3xf32> -> tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
}

// CHECK-LABEL: @slice_reversed
// CHECK: qnn.slice
func.func @slice_reversed(%x: tensor<3xf32>) -> tensor<3xf32> {
  %0 = qnn.slice %x {offsets = array<i64: 2>, strides = array<i64: -1>} : tensor<3xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// CHECK-LABEL: @reshape_chain
// CHECK-NEXT: %[[R:.*]] = qnn.reshape %arg0 : tensor<2x6xf32> -> tensor<3x4xf32>
// CHECK-NEXT: return %[[R]]
func.func @reshape_chain(%x: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %0 = qnn.reshape %x : tensor<2x6xf32> -> tensor<12xf32>
  %1 = qnn.reshape %0 : tensor<12xf32> -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}

// CHECK-LABEL: @transpose_pair
// CHECK-NEXT: return %arg0
func.func @transpose_pair(%x: tensor<1x2x3x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x3x4xf32> -> tensor<1x3x4x2xf32>
  %1 = qnn.transpose %0 {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x3x4x2xf32> -> tensor<1x2x3x4xf32>
  return %1 : tensor<1x2x3x4xf32>
}

// Dimension i of the end is dimension (1, 2, 0)[(1, 2, 0)[i]] of the start.
// CHECK-LABEL: @transpose_combined
// CHECK-NEXT: qnn.transpose %arg0 {permutation = array<i64: 2, 0, 1>} : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
func.func @transpose_combined(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 1, 2, 0>} : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %1 = qnn.transpose %0 {permutation = array<i64: 1, 2, 0>} : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}
