// RUN: quant-opt %s -split-input-file --convert-qnn-to-kernels -verify-diagnostics

// expected-error @below {{expected ranked tensors of static shape at the model's border, but got 'tensor<?xf32>'}}
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func @main(%x: tensor<1x4xi8>, %w: tensor<3x4xi8>) -> tensor<1x3xi32> {
  // expected-error @below {{expected a constant weight and bias, because an operand is not of type f32}}
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<3x4xi8>) -> tensor<1x3xi32>
  return %0 : tensor<1x3xi32>
}

// -----

func.func @main() -> tensor<2x!qnn.affine<i4, 0.5>> {
  // expected-error @below {{'qnn.constant' op expected a weight, 8-bit integers of one scale, or a 'qnn.dequantize' as the only user}}
  %c = qnn.constant {payload = dense<1> : tensor<2xi8>} : tensor<2x!qnn.affine<i4, 0.5>>
  return %c : tensor<2x!qnn.affine<i4, 0.5>>
}

// -----

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = qnn.constant {payload = dense<[1, -3]> : tensor<2xi8>} : tensor<2x!qnn.affine<i8, 0.5>>
  // expected-remark @below {{a constant of type 'tensor<2x!qnn.affine<i8, 5.000000e-01>>' that is not the weight of a kernel is expanded to f32}}
  %0 = qnn.dequantize %c : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2xf32>
  %1 = qnn.binary add %x, %0 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

func.func @main(%x: tensor<1x4xf32>) -> tensor<1x3xf32> {
  %w = qnn.constant {payload = dense<1> : tensor<3x4xi8>, scales = dense<[0.5, 0.5, 0.5, 0.25]> : tensor<4xf32>} : tensor<3x4x!qnn.affine_axis<i8, 1>>
  // expected-remark @below {{has no kernel of its own yet and is expanded to f32}}
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<3x4x!qnn.affine_axis<i8, 1>>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
