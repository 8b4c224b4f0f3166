// RUN: quant-opt %s -split-input-file --qnn-quantize-weights -verify-diagnostics

func.func @nan(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [0x7FC00000, 1.0]]> : tensor<2x2xf32>
  // expected-error@below {{weight of 'dense' holds NaN at index [1, 0]; expected finite numbers}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

func.func @infinity(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 0xFF800000]]> : tensor<1x2xf32>
  // expected-error@below {{weight of 'dense' holds infinity at index [0, 1]; expected finite numbers}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

func.func @axis(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x2xf32>
  // expected-error@below {{expected the scheme's axis below the weight's rank 2, but got 2}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 2>, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

func.func @type(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0> : tensor<1x2xf32>
  // expected-error@below {{expected 'qnn.scheme' with a quantized type, but got 'i8'}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<i8, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

func.func @overflow(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<1.0e6> : tensor<1x2xf32>
  // expected-warning@below {{weight of 'dense' exceeds the range of 'f16': such values become the largest one; use 'bf16'}}
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.float<f16>, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}
