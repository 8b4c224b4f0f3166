// RUN: quant-opt %s -split-input-file --qnn-verify-fused=integer-only -verify-diagnostics

func.func @border(%x: tensor<2x!qnn.affine<i8, 0.5>>) -> tensor<2xf32> {
  // expected-error@below {{'qnn.dequantize' op stays float, which 'integer-only' forbids}}
  %0 = qnn.dequantize %x : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @reason(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  // expected-error@below {{stays float, which 'integer-only' forbids: it has no integer form}}
  %0 = qnn.matmul %x, %x {qnn.reason = "it has no integer form"} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
