// RUN: quant-opt %s -split-input-file --qnn-verify-prepared -verify-diagnostics

// expected-error@below {{expected a function '@main' with a body}}
module {
}

// -----

// expected-error@below {{expected arguments that are tensors of static shape, but got 'tensor<?xf32>'}}
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@below {{expected only 'qnn' ops and constants in '@main' after 'prepare', but got 'arith.addf'}}
  %0 = arith.addf %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 1, 2, 0>} : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  // expected-error@below {{expected no transpose of a transpose after 'prepare'; run 'qnn-propagate-transposes'}}
  %1 = qnn.transpose %0 {permutation = array<i64: 1, 2, 0>} : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<?xf32> {
  // expected-error@below {{expected a tensor of static shape after 'prepare', but got 'tensor<?xf32>'}}
  %0 = qnn.reshape %x : tensor<4xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
