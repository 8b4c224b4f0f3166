// RUN: quant-opt %s --qnn-fold-constants --canonicalize | FileCheck %s
// RUN: quant-opt %s --qnn-fold-constants=max-elements=1 | FileCheck %s --check-prefix=SMALL

// CHECK-LABEL: func @elementwise
// CHECK: %[[C:.*]] = arith.constant dense<[4.000000e+00, 6.000000e+00]>
// CHECK-NEXT: return %[[C]]
// SMALL-LABEL: func @elementwise
// SMALL: qnn.binary add
func.func @elementwise() -> tensor<2xf32> {
  %a = arith.constant dense<[-3.0, 5.0]> : tensor<2xf32>
  %b = arith.constant dense<1.0> : tensor<f32>
  %0 = qnn.unary abs %a : tensor<2xf32>
  %1 = qnn.binary add %0, %b : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 9.0 : f32} : tensor<2xf32>
  return %2 : tensor<2xf32>
}

// CHECK-LABEL: func @movement
// CHECK: dense<{{\[\[}}0.000000e+00, 3.000000e+00], [0.000000e+00, 4.000000e+00], [0.000000e+00, 2.000000e+00], [0.000000e+00, 1.000000e+00]]>
func.func @movement() -> tensor<4x2xf32> {
  %a = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %b = arith.constant dense<[[3.0, 4.0]]> : tensor<1x2xf32>
  %0 = qnn.slice %a {offsets = array<i64: 0, 1>, strides = array<i64: 1, -1>} : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = qnn.concat %b, %0 {axis = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 1, 0>} : tensor<1x4xf32> -> tensor<4x1xf32>
  %3 = qnn.pad %2 {low = array<i64: 0, 1>, high = array<i64: 0, 0>} : tensor<4x1xf32> -> tensor<4x2xf32>
  return %3 : tensor<4x2xf32>
}

// A dequantized constant is a quantized weight and stays one.
// CHECK-LABEL: func @keep_dequantize
// CHECK: qnn.dequantize
// CHECK: qnn.unary
func.func @keep_dequantize() -> tensor<2xf32> {
  %q = qnn.constant {payload = dense<[1, 2]> : tensor<2xi8>} : tensor<2x!qnn.affine<i8, 0.5>>
  %0 = qnn.dequantize %q : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2xf32>
  %1 = qnn.unary neg %0 : tensor<2xf32>
  return %1 : tensor<2xf32>
}

// Dimensions that differ: padding of both, three operands of different sizes, a
// permutation that is not its own inverse.
// CHECK-LABEL: func @movement_of_matrices
// CHECK-DAG: dense<{{\[\[}}9.000000e+00, 9.000000e+00, 9.000000e+00], [1.000000e+00, 2.000000e+00, 9.000000e+00], [9.000000e+00, 9.000000e+00, 9.000000e+00]]> : tensor<3x3xf32>
// CHECK-DAG: dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00]> : tensor<6xf32>
// CHECK-DAG: dense<{{\[\[\[}}1.000000e+00], [4.000000e+00]], {{\[\[}}2.000000e+00], [5.000000e+00]], {{\[\[}}3.000000e+00], [6.000000e+00]]]> : tensor<3x2x1xf32>
func.func @movement_of_matrices() -> (tensor<3x3xf32>, tensor<6xf32>, tensor<3x2x1xf32>) {
  %a = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %b = arith.constant dense<[1.0]> : tensor<1xf32>
  %c = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %d = arith.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
  %t = arith.constant dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>
  %0 = qnn.pad %a {value = 9.0 : f32, low = array<i64: 1, 0>, high = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<3x3xf32>
  %1 = qnn.concat %b, %c, %d {axis = 0 : i64} : (tensor<1xf32>, tensor<2xf32>, tensor<3xf32>) -> tensor<6xf32>
  %2 = qnn.transpose %t {permutation = array<i64: 2, 1, 0>} : tensor<1x2x3xf32> -> tensor<3x2x1xf32>
  return %0, %1, %2 : tensor<3x3xf32>, tensor<6xf32>, tensor<3x2x1xf32>
}

// CHECK-LABEL: func @rotation
// CHECK: dense<{{\[\[\[}}1.000000e+00], [2.000000e+00], [3.000000e+00]], {{\[\[}}4.000000e+00], [5.000000e+00], [6.000000e+00]]]> : tensor<2x3x1xf32>
func.func @rotation() -> tensor<2x3x1xf32> {
  %t = arith.constant dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>
  %0 = qnn.transpose %t {permutation = array<i64: 1, 2, 0>} : tensor<1x2x3xf32> -> tensor<2x3x1xf32>
  return %0 : tensor<2x3x1xf32>
}
