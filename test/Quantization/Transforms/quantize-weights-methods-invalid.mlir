// RUN: rm -rf %t && mkdir -p %t
// RUN: %python %S/Inputs/statistics.py %t/s.npz
// RUN: quant-opt %s -split-input-file -verify-diagnostics --qnn-quantize-weights="method=gptq statistics=%t/s.npz"
// RUN: not quant-opt %s --qnn-quantize-weights=method=best 2>&1 | FileCheck %s --check-prefix=METHOD
// RUN: not quant-opt %s --qnn-quantize-weights=statistics=%t/none.npz 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not quant-opt %s --qnn-quantize-weights=statistics=%s 2>&1 | FileCheck %s --check-prefix=TEXT
// REQUIRES: numpy

// METHOD: error: expected a method 'rtn', or 'equalize', 'mse', 'gptq', 'descent' and 'bias' joined by '+', but got 'best'
// NONE: error: {{.*}}none.npz: {{.*}}
// TEXT: error: {{.*}}.mlir: {{.*}}

func.func @unknown_layer(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  // expected-error@+1 {{expected statistics of the inputs of 'dense' for method 'gptq'; give samples with '--calibrate' or a file with '--statistics'}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "default">} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

func.func @other_length(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  // expected-error@unknown {{expected statistics of 'three' for 1 groups of 2 inputs, but got 1 of 3}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32> loc("three")
  return %0 : tensor<1x1xf32>
}

// -----

func.func @not_finite(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  // expected-error@unknown {{expected finite numbers in 'nan.sums'}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "default">} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x1xf32> loc("nan")
  return %0 : tensor<1x1xf32>
}

// -----

func.func @array_is_missing(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  // expected-error@unknown {{expected an array 'part.count'}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "default">} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x1xf32> loc("part")
  return %0 : tensor<1x1xf32>
}

// -----

// What needs no statistics does not miss them, and a bias of run time stays.
func.func @stays_float(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<f32, "excluded">} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}
