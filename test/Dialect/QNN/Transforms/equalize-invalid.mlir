// RUN: quant-opt %s -split-input-file -verify-diagnostics -qnn-equalize | FileCheck %s

// A limit of 6 is another limit for a channel that was divided.
// CHECK-LABEL: @relu6
func.func @relu6(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-DAG: dense<6.400000e+01>
  %w0 = arith.constant dense<[[64.0]]> : tensor<1x1xf32>
  %w1 = arith.constant dense<[[1.0]]> : tensor<1x1xf32>
  // expected-remark @below {{not equalized: the limits 0.000000e+00 : f32 and 6.000000e+00 : f32 behind it do not scale with its channels}}
  %0 = qnn.dense %x, %w0 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x1xf32>
  %2 = qnn.dense %1, %w1 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// The smallest normal number would lose bits.
// CHECK-LABEL: @small_numbers
func.func @small_numbers(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK-DAG: dense<{{\[\[}}6.400000e+01, 1.17549435E-38{{\]\]}}>
  %w0 = arith.constant dense<[[64.0, 1.17549435E-38]]> : tensor<1x2xf32>
  %w1 = arith.constant dense<[[1.0]]> : tensor<1x1xf32>
  %0 = qnn.dense %x, %w0 : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w1 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
