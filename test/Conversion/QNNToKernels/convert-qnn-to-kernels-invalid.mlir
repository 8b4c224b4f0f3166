// RUN: quant-opt %s -split-input-file --convert-qnn-to-kernels -verify-diagnostics

// expected-error @below {{expected ranked tensors of static shape at the model's border, but got 'tensor<?xf32>'}}
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func @main(%x: tensor<1x4xf32>, %w: tensor<3x4xf32>) -> tensor<1x3xf32> {
  // expected-error @below {{expected a constant weight; a product of two activations is 'qnn.matmul'}}
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

func.func @main(%x: tensor<1x4xf32>) -> tensor<1x3xf32> {
  %w = qnn.constant {payload = dense<1> : tensor<6xi8>, scales = dense<0.5> : tensor<6xf32>} : tensor<3x4x!qnn.affine_block<i4, 2>>
  // expected-remark @below {{has no kernel of its own yet and is expanded to f32}}
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<3x4x!qnn.affine_block<i4, 2>>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
