// RUN: quant-opt %s -split-input-file --qnn-quantize-activations=integer-only -verify-diagnostics

// expected-error@below {{value 'arg0' is to be quantized, but has no range; calibrate the model or add it to the range table}}
func.func @no_range(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.range = #qnn.range<-2.0, 2.0, "minmax">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// expected-error@below {{result 0 cannot be quantized: it is computed in float}}
func.func @float_result(%x: tensor<2x2xf32> {qnn.range = #qnn.range<-2.0, 2.0, "minmax">}) -> tensor<2x2xf32> {
  %0 = qnn.unary exp %x {qnn.range = #qnn.range<0.0, 8.0, "minmax">} : tensor<2x2xf32>
  %1 = qnn.matmul %0, %0 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

// expected-error@below {{argument 'arg0' cannot be quantized: a float op reads it}}
func.func @float_argument(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = qnn.matmul %x, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}
