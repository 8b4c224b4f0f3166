// RUN: quant-opt %s -split-input-file --qnn-quantize-weights | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-quantize-weights=method=mse | FileCheck %s --check-prefix=EMPTY

// One symmetric scale per row: 127 steps of 1/127 and 2/127; ties to even.
// The float weight is gone.
// CHECK-LABEL: func @per_channel
// CHECK-NOT: arith.constant
// CHECK: %[[Q:.*]] = qnn.constant {payload = dense<{{\[\[}}127, -64], [-127, 64]]> : tensor<2x2xi8>, scales = dense<[0.00787401571, 0.0157480314]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8<-127:127>, 0>>
// CHECK: %[[W:.*]] = qnn.dequantize %[[Q]]
// CHECK: qnn.dense %arg0, %[[W]]
func.func @per_channel(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, -0.5], [-2.0, 1.0]]> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8<-127:127>, 0>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// The range [0, 3] widened to contain zero, four levels: zero point 0.
// CHECK-LABEL: func @affine_tensor
// CHECK: qnn.constant {payload = dense<[9, 14]> : tensor<2xi8>} : tensor<2x2x!qnn.affine<ui2, 1.000000e+00>>
func.func @affine_tensor(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [2.0, 3.0]]> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine<ui2, 1.0>, "default", affine = true>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Blocks of two in rows of three: the last block of a row is shorter.
// CHECK-LABEL: func @per_block
// CHECK: scales = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 1.000000e+00]> : tensor<4xf16>} : tensor<2x3x!qnn.affine_block<i4<-7:7>, 2>>
func.func @per_block(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[7.0, 1.0, 14.0], [21.0, -21.0, 0.0]]> : tensor<2x3xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_block<i4<-7:7>, 2>, "default">} : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: func @half
// CHECK: qnn.constant {payload = dense<{{\[\[}}1.000000e+00, 3.332520e-01]]> : tensor<1x2xf16>} : tensor<1x2x!qnn.float<f16>>
func.func @half(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 0.333333333]]> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.float<f16>, "default">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// A weight with two users and one scheme is quantized once.
// CHECK-LABEL: func @tied
// CHECK-COUNT-1: qnn.constant
// CHECK-NOT: qnn.constant
func.func @tied(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// CHECK-LABEL: func @keep_float
// CHECK-NOT: qnn.constant
func.func @keep_float(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<f32, "excluded">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Two decisions about one weight: two constants.
// CHECK-LABEL: func @tied_with_other_schemes
// CHECK-DAG: qnn.constant {{.*}}!qnn.affine_axis<i8, 0>>
// CHECK-DAG: qnn.constant {{.*}}!qnn.float<f16>>
func.func @tied_with_other_schemes(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w {qnn.scheme = #qnn.scheme<!qnn.float<f16>, "default">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Three bits: 3, -3, -1, 2 and 1 are 0b011, 0b101, 0b111, 0b010 and 0b001. The
// highest bit of -1 is the lowest one of the second byte.
// CHECK-LABEL: func @three_bits
// CHECK: qnn.constant {payload = dense<[-21, 21]> : tensor<2xi8>} : tensor<1x5x!qnn.affine<i3<-3:3>, 1.000000e+00>>
func.func @three_bits(%x: tensor<1x5xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[3.0, -3.0, -1.0, 2.0, 1.0]]> : tensor<1x5xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine<i3<-3:3>, 1.0>, "default">} : (tensor<1x5xf32>, tensor<1x5xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// A weight without elements stays as it is, by any method.

// CHECK-LABEL: func @empty
// CHECK: arith.constant {{.*}} : tensor<0x4xf32>
// EMPTY-LABEL: func @empty
// EMPTY: arith.constant {{.*}} : tensor<0x4xf32>
func.func @empty(%x: tensor<1x4xf32>) -> tensor<1x0xf32> {
  %w = arith.constant dense<1.0> : tensor<0x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">} : (tensor<1x4xf32>, tensor<0x4xf32>) -> tensor<1x0xf32>
  return %0 : tensor<1x0xf32>
}
