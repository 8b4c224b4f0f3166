// RUN: quant-opt %s -split-input-file --qnn-quantize-activations=integer-only -verify-diagnostics

// expected-error@below {{value 'arg0' is to be quantized, but has no range; calibrate the model or add it to the range table}}
func.func @no_range(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.range = #qnn.range<-2.0, 2.0, "minmax">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
