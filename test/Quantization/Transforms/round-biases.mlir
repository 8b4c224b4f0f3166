// RUN: quant-opt %s -split-input-file --qnn-round-biases --canonicalize | FileCheck %s

!a = !qnn.affine<i8, 0.5 : 3>
!u = !qnn.affine_axis<ui8, 0>

// Steps of 0.125 and 0.5, whatever the zero points: halves go to the even step. The
// other user of the constant, whose result is not rounded, keeps it.
// CHECK-LABEL: func @steps
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.250000e+00, 1.000000e+00]>
// CHECK-DAG: %[[F:.*]] = arith.constant dense<[1.312500e+00, 7.600000e-01]>
// CHECK: qnn.dense %{{.*}} bias %[[B]]
// CHECK: qnn.clamp
// CHECK: qnn.dense %{{.*}} bias %[[F]]
func.func @steps(%x: tensor<1x2x!a>) -> (tensor<1x2x!a>, tensor<1x2xf32>) {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xui8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>, zeroPoints = dense<[7, 200]> : tensor<2xui8>} : tensor<2x2x!u>
  %w = qnn.dequantize %q : tensor<2x2x!u> -> tensor<2x2xf32>
  %b = arith.constant dense<[1.3125, 0.76]> : tensor<2xf32>
  %d = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2x!a>
  %3 = qnn.dense %d, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %2, %3 : tensor<1x2x!a>, tensor<1x2xf32>
}

// -----

!a = !qnn.affine<i8, 0.5>
!w = !qnn.affine_block<i8, 1>

// The sums of blocks have no common step; a bias of 2^23 steps and more is coarse
// already.
// CHECK-LABEL: func @nothing
// CHECK-DAG: arith.constant dense<3.000000e-01> : tensor<1xf32>
// CHECK-DAG: arith.constant dense<2097152.25> : tensor<1xf32>
func.func @nothing(%x: tensor<1x2x!a>) -> (tensor<1x1x!a>, tensor<1x1x!a>) {
  %q = qnn.constant {payload = dense<[[1, 2]]> : tensor<1x2xi8>, scales = dense<[[0.25, 1.0]]> : tensor<1x2xf16>} : tensor<1x2x!w>
  %w = qnn.dequantize %q : tensor<1x2x!w> -> tensor<1x2xf32>
  %b = arith.constant dense<0.3> : tensor<1xf32>
  %d = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %1 = qnn.quantize %0 : tensor<1x1xf32> -> tensor<1x1x!a>
  %p = qnn.constant {payload = dense<[[1, 2]]> : tensor<1x2xi8>} : tensor<1x2x!a>
  %v = qnn.dequantize %p : tensor<1x2x!a> -> tensor<1x2xf32>
  %c = arith.constant dense<2097152.25> : tensor<1xf32>
  %2 = qnn.dense %d, %v bias %c : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %3 = qnn.quantize %2 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %1, %3 : tensor<1x1x!a>, tensor<1x1x!a>
}
