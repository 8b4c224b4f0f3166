// RUN: quant-opt %s -split-input-file -verify-diagnostics --qnn-quantize-activations=integer-only --qnn-quantize-border=required


// expected-error@below {{result 0 cannot be quantized: it is computed in float}}
func.func @float_result(%x: tensor<2x2xf32> {qnn.range = #qnn.range<-2.0, 2.0, "minmax">}) -> tensor<2x1xf32> {
  %0 = qnn.unary exp %x {qnn.range = #qnn.range<0.0, 8.0, "minmax">} : tensor<2x2xf32>
  %1 = qnn.reduce sum %0 axes [1] : tensor<2x2xf32> -> tensor<2x1xf32>
  return %1 : tensor<2x1xf32>
}

// -----

// expected-error@below {{argument 'arg0' cannot be quantized: a float op reads it}}
func.func @float_argument(%x: tensor<2x2xf32>) -> tensor<2x1xf32> {
  %0 = qnn.reduce sum %x axes [1] : tensor<2x2xf32> -> tensor<2x1xf32>
  return %0 : tensor<2x1xf32>
}
