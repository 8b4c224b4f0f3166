// RUN: quant-opt %s --qnn-fuse-integer --cse | FileCheck %s
// RUN: quant-opt %s --qnn-fuse-integer=rounding=source --cse | FileCheck %s --check-prefix=SOURCE

!x = !qnn.affine<i8, 0.25 : 3>
!y = !qnn.affine<i8, 0.5 : -5>
!z = !qnn.affine<i8, 3.0 : -5>

// CHECK-LABEL: @matmul
// CHECK: %[[SUMS:.*]] = qnn.matmul %{{.*}}, %{{.*}} {lhsZeroPoint = 3 : i32, rhsZeroPoint = -5 : i32} : (tensor<2x4xi8>, tensor<4x3xi8>) -> tensor<2x3xi32>
// CHECK: qnn.requantize %[[SUMS]] {max = 127 : i32, min = -128 : i32, multipliers = array<i32: {{[0-9]+}}>, shifts = array<i32: {{[0-9]+}}>, zeroPoint = 3 : i32}
// CHECK-NOT: roundTwice
// CHECK: return
// SOURCE-LABEL: @matmul
// SOURCE: qnn.matmul
// SOURCE: qnn.requantize {{.*}}zeroPoint = 3 : i32}
func.func @matmul(%x: tensor<2x4x!x>, %y: tensor<4x3x!y>) -> tensor<2x3x!qnn.affine<i8, 0.037 : 3>> {
  %0 = qnn.dequantize %x : tensor<2x4x!x> -> tensor<2x4xf32>
  %1 = qnn.dequantize %y : tensor<4x3x!y> -> tensor<4x3xf32>
  %2 = qnn.matmul %0, %1 : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %3 = qnn.quantize %2 : tensor<2x3xf32> -> tensor<2x3x!qnn.affine<i8, 0.037 : 3>>
  return %3 : tensor<2x3x!qnn.affine<i8, 0.037 : 3>>
}

// 131 * 132 * 124190 is above 2^31.
// CHECK-LABEL: @long
// CHECK: qnn.matmul {{.*}} {qnn.reason = "its sums may exceed 32 bits"} : {{.*}} -> tensor<1x1xf32>
func.func @long(%x: tensor<1x124190x!x>, %y: tensor<124190x1x!y>) -> tensor<1x1x!z> {
  %0 = qnn.dequantize %x : tensor<1x124190x!x> -> tensor<1x124190xf32>
  %1 = qnn.dequantize %y : tensor<124190x1x!y> -> tensor<124190x1xf32>
  %2 = qnn.matmul %0, %1 : (tensor<1x124190xf32>, tensor<124190x1xf32>) -> tensor<1x1xf32>
  %3 = qnn.quantize %2 : tensor<1x1xf32> -> tensor<1x1x!z>
  return %3 : tensor<1x1x!z>
}

// Fractions lose the bits that all of them lack; both axes have one rounding. The kernel
// keeps scale and zero point, and rounds halves away from zero.
// CHECK-LABEL: @twice_as_large
// CHECK: %[[ROWS:.*]] = qnn.interpolate_fixed %{{.*}} {axis = 1 : i64, bits = 2 : i32, fractions = array<i32: 0, 1, 3, 0>, inputZeroPoint = 3 : i32, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>} : tensor<1x2x3x2xi8> -> tensor<1x4x3x2xi32>
// CHECK: %[[BOTH:.*]] = qnn.interpolate_fixed %[[ROWS]] {axis = 2 : i64, bits = 1 : i32, fractions = array<i32: 0, 1, 0, 1, 0>, {{.*}}} : tensor<1x4x3x2xi32> -> tensor<1x4x5x2xi32>
// CHECK: qnn.requantize %[[BOTH]] {{.*}}zeroPoint = 3 : i32}
// SOURCE-LABEL: @twice_as_large
// SOURCE: qnn.interpolate_fixed %{{.*}} {axis = 1 : i64, bits = 2 : i32, fractions = array<i32: 0, 1, 3, 0>, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>}
// SOURCE: qnn.interpolate_fixed {{.*}}bits = 1
// SOURCE: qnn.requantize
// SOURCE-SAME: zeroPoint = 0 : i32}
// SOURCE-NOT: roundTwice
// SOURCE: return
func.func @twice_as_large(%x: tensor<1x2x3x2x!x>) -> tensor<1x4x5x2x!x> {
  %0 = qnn.dequantize %x : tensor<1x2x3x2x!x> -> tensor<1x2x3x2xf32>
  %1 = qnn.interpolate %0 {axis = 1 : i64, lower = array<i64: 0, 0, 0, 1>, upper = array<i64: 0, 1, 1, 1>,
      fractions = array<f32: 0.75, 0.25, 0.75, 0.25>, qnn.source_places = array<i32: -256, 256, 768, 1280>} : tensor<1x2x3x2xf32> -> tensor<1x4x3x2xf32>
  %2 = qnn.interpolate %1 {axis = 2 : i64, lower = array<i64: 0, 0, 1, 1, 2>, upper = array<i64: 1, 1, 2, 2, 2>,
      fractions = array<f32: 0.0, 0.5, 0.0, 0.5, 0.0>, qnn.source_places = array<i32: 0, 512, 1024, 1536, 2048>} : tensor<1x4x3x2xf32> -> tensor<1x4x5x2xf32>
  %3 = qnn.quantize %2 : tensor<1x4x5x2xf32> -> tensor<1x4x5x2x!x>
  return %3 : tensor<1x4x5x2x!x>
}

// Many bits: no multiplier rounds halves away from zero, so the kernel's sum, which is
// even, is rounded twice.
// CHECK-LABEL: @thirds
// CHECK: qnn.interpolate_fixed {{.*}}bits = 11 : i32, fractions = array<i32: 0, 1365, 0>
// SOURCE-LABEL: @thirds
// SOURCE: qnn.interpolate_fixed {{.*}}bits = 11 : i32, fractions = array<i32: 0, 1366, 0>
// SOURCE: qnn.interpolate_fixed {{.*}}bits = 10 : i32, fractions = array<i32: 0, 683, 0>
// SOURCE: qnn.requantize {{.*}}multipliers = array<i32: 1073741824>, roundTwice, shifts = array<i32: 51>
func.func @thirds(%x: tensor<1x2x2x1x!x>) -> tensor<1x3x3x1x!x> {
  %0 = qnn.dequantize %x : tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %1 = qnn.interpolate %0 {axis = 1 : i64, lower = array<i64: 0, 0, 1>, upper = array<i64: 1, 1, 1>,
      fractions = array<f32: 0.0, 0.66666669, 0.33333331>, qnn.source_places = array<i32: 0, 683, 1366>} : tensor<1x2x2x1xf32> -> tensor<1x3x2x1xf32>
  %2 = qnn.interpolate %1 {axis = 2 : i64, lower = array<i64: 0, 0, 1>, upper = array<i64: 1, 1, 1>,
      fractions = array<f32: 0.0, 0.66666669, 0.33333331>, qnn.source_places = array<i32: 0, 683, 1366>} : tensor<1x3x2x1xf32> -> tensor<1x3x3x1xf32>
  %3 = qnn.quantize %2 : tensor<1x3x3x1xf32> -> tensor<1x3x3x1x!x>
  return %3 : tensor<1x3x3x1x!x>
}

// The kernel has no other scale.
// CHECK-LABEL: @other_scale
// CHECK: qnn.requantize
// SOURCE-LABEL: @other_scale
// SOURCE: qnn.interpolate {{.*}}qnn.reason = "TFLite's kernel keeps scale and zero point"
func.func @other_scale(%x: tensor<2x!x>) -> tensor<1x!y> {
  %0 = qnn.dequantize %x : tensor<2x!x> -> tensor<2xf32>
  %1 = qnn.interpolate %0 {axis = 0 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 0.5>, qnn.source_places = array<i32: 512>} : tensor<2xf32> -> tensor<1xf32>
  %2 = qnn.quantize %1 : tensor<1xf32> -> tensor<1x!y>
  return %2 : tensor<1x!y>
}

// Bytes without sign have another kernel.
// SOURCE-LABEL: @without_sign
// SOURCE: qnn.interpolate {{.*}}qnn.reason = "TFLite's kernel for bytes without sign is another one"
func.func @without_sign(%x: tensor<2x!qnn.affine<ui8, 0.5 : 3>>) -> tensor<1x!qnn.affine<ui8, 0.5 : 3>> {
  %0 = qnn.dequantize %x : tensor<2x!qnn.affine<ui8, 0.5 : 3>> -> tensor<2xf32>
  %1 = qnn.interpolate %0 {axis = 0 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 0.5>, qnn.source_places = array<i32: 512>} : tensor<2xf32> -> tensor<1xf32>
  %2 = qnn.quantize %1 : tensor<1xf32> -> tensor<1x!qnn.affine<ui8, 0.5 : 3>>
  return %2 : tensor<1x!qnn.affine<ui8, 0.5 : 3>>
}

// Places that the kernel would read beyond the input, or that nobody says.
// SOURCE-LABEL: @unknown
// SOURCE: qnn.interpolate {{.*}}qnn.reason = "TFLite's kernel for it is not known"
func.func @unknown(%x: tensor<1x2x2x1x!x>) -> tensor<1x2x3x1x!x> {
  %0 = qnn.dequantize %x : tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %1 = qnn.interpolate %0 {axis = 2 : i64, lower = array<i64: 0, 0, 1>, upper = array<i64: 1, 1, 1>,
      fractions = array<f32: 0.0, 0.75, 0.5>, qnn.source_places = array<i32: 0, 1024, 2048>} : tensor<1x2x2x1xf32> -> tensor<1x2x3x1xf32>
  %2 = qnn.quantize %1 : tensor<1x2x3x1xf32> -> tensor<1x2x3x1x!x>
  return %2 : tensor<1x2x3x1x!x>
}

// CHECK-LABEL: @extrapolates
// CHECK: qnn.interpolate {{.*}}qnn.reason = "it extrapolates"
func.func @extrapolates(%x: tensor<2x!x>) -> tensor<1x!x> {
  %0 = qnn.dequantize %x : tensor<2x!x> -> tensor<2xf32>
  %1 = qnn.interpolate %0 {axis = 0 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 1.5>} : tensor<2xf32> -> tensor<1xf32>
  %2 = qnn.quantize %1 : tensor<1xf32> -> tensor<1x!x>
  return %2 : tensor<1x!x>
}
