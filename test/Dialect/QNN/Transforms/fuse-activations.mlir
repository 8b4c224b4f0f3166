// RUN: quant-opt %s --qnn-fuse-activations | FileCheck %s

// CHECK-LABEL: func @clamps
// CHECK: qnn.clamp %arg0 {max = 3.000000e+00 : f32, min = 1.000000e+00 : f32}
// CHECK-NEXT: return
func.func @clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  %0 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
  %1 = qnn.clamp %0 {min = -1.0 : f32, max = 3.0 : f32} : tensor<4xf32>
  %2 = qnn.binary max %c, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// CHECK-LABEL: func @hard_swish
// CHECK-NEXT: qnn.unary hard_swish %arg0
// CHECK-NEXT: return
func.func @hard_swish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.unary hard_sigmoid %x {alpha = 0.16666667 : f32, beta = 0.5 : f32} : tensor<4xf32>
  %1 = qnn.binary mul %0, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func @keep_shared_clamp
// CHECK-COUNT-2: qnn.clamp
func.func @keep_shared_clamp(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
  %1 = qnn.clamp %0 {min = -1.0 : f32, max = 3.0 : f32} : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
