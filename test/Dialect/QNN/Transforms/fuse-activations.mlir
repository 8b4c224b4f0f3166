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
// CHECK: %[[INNER:.*]] = qnn.clamp %arg0
// CHECK-NEXT: qnn.clamp %[[INNER]]
func.func @keep_shared_clamp(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
  %1 = qnn.clamp %0 {min = -1.0 : f32, max = 3.0 : f32} : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// A number limits from one side only.
// CHECK-LABEL: func @minimum
// CHECK: qnn.clamp %arg0 {max = 2.000000e+00 : f32, min = 0xFF800000 : f32}
func.func @minimum(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = arith.constant dense<2.0> : tensor<4xf32>
  %0 = qnn.binary min %x, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// The gate of another value, another slope, another function of both.
// CHECK-LABEL: func @keep_other_products
// CHECK-NOT: hard_swish
// CHECK: return
func.func @keep_other_products(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = qnn.unary hard_sigmoid %y {alpha = 0.16666667 : f32, beta = 0.5 : f32} : tensor<4xf32>
  %1 = qnn.binary mul %0, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = qnn.unary hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32} : tensor<4xf32>
  %3 = qnn.binary mul %2, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = qnn.unary hard_sigmoid %x {alpha = 0.16666667 : f32, beta = 0.5 : f32} : tensor<4xf32>
  %5 = qnn.binary add %4, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1, %3, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
