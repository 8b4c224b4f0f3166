// RUN: quant-opt %s -split-input-file --qnn-quantize-border | FileCheck %s

!u8 = !qnn.affine<ui8, 0.5 : 3>
!s8 = !qnn.affine<i8, 0.25 : 1>

// Rounding commutes with movement: it is done by whoever calls the model.
// CHECK-LABEL: func @through_movement
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x2x2x!qnn.affine<ui8, 5.000000e-01 : 3>> {qnn.model_type = tensor<1x3x2x2xf32>, qnn.name = "x"})
// CHECK-SAME: -> (tensor<12x!qnn.affine<i8, 2.500000e-01 : 1>> {qnn.model_type = tensor<12xf32>})
// CHECK-NEXT: %[[T:.*]] = qnn.transpose %[[X]] {{.*}} -> tensor<1x2x2x3x!qnn.affine<ui8, 5.000000e-01 : 3>>
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize %[[T]]
// CHECK-NEXT: %[[Q:.*]] = qnn.quantize %[[D]] {{.*}} -> tensor<1x2x2x3x!qnn.affine<i8, 2.500000e-01 : 1>>
// CHECK-NEXT: %[[R:.*]] = qnn.reshape %[[Q]] : tensor<1x2x2x3x!qnn.affine<i8, 2.500000e-01 : 1>> -> tensor<12x!qnn.affine<i8, 2.500000e-01 : 1>>
// CHECK-NEXT: return %[[R]]
func.func @through_movement(%x: tensor<1x3x2x2xf32> {qnn.name = "x"}) -> tensor<12xf32> {
  %t = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x3x2x2xf32> -> tensor<1x2x2x3xf32>
  %q = qnn.quantize %t : tensor<1x2x2x3xf32> -> tensor<1x2x2x3x!u8>
  %d = qnn.dequantize %q : tensor<1x2x2x3x!u8> -> tensor<1x2x2x3xf32>
  %p = qnn.quantize %d : tensor<1x2x2x3xf32> -> tensor<1x2x2x3x!s8>
  %e = qnn.dequantize %p : tensor<1x2x2x3x!s8> -> tensor<1x2x2x3xf32>
  %r = qnn.reshape %e : tensor<1x2x2x3xf32> -> tensor<12xf32>
  return %r : tensor<12xf32>
}

// -----

!u8 = !qnn.affine<ui8, 0.5 : 3>

// An argument that a float op reads as well, and a float result, stay.
// CHECK-LABEL: func @float
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x!qnn.affine<ui8, 5.000000e-01 : 3>> {qnn.model_type = tensor<4xf32>})
// CHECK: qnn.quantize %[[X]]
func.func @float(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.unary sigmoid %x : tensor<4xf32>
  %q = qnn.quantize %x : tensor<4xf32> -> tensor<4x!u8>
  %d = qnn.dequantize %q : tensor<4x!u8> -> tensor<4xf32>
  return %0, %d : tensor<4xf32>, tensor<4xf32>
}
