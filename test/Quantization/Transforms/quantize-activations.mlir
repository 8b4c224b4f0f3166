// RUN: quant-opt %s -split-input-file --qnn-quantize-activations | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-quantize-activations=integer-only --qnn-quantize-border=required | FileCheck %s --check-prefix=INT

// Rounding points: the argument and the clamp, not the sum in front of it.
// CHECK-LABEL: func @dense_clamp
// CHECK: %[[X:.*]] = qnn.quantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8, [[S:.*]]>>
// CHECK: %[[DX:.*]] = qnn.dequantize %[[X]]
// CHECK: %[[Y:.*]] = qnn.dense %[[DX]]
// CHECK-NEXT: %[[C:.*]] = qnn.clamp %[[Y]]
// CHECK-NEXT: %[[Q:.*]] = qnn.quantize %[[C]] : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8, 1.000000e+00 : -128>>
// CHECK-NEXT: %[[D:.*]] = qnn.dequantize %[[Q]]
// CHECK-NEXT: return %[[D]]
// INT-LABEL: func @dense_clamp
// INT-SAME: (%arg0: tensor<1x2x!qnn.affine<i8, {{[^>]*}}>> {qnn.model_type = tensor<1x2xf32>}) -> (tensor<1x2x!qnn.affine<i8, 1.000000e+00 : -128>> {qnn.model_type = tensor<1x2xf32>})
// INT-NEXT: qnn.dequantize %arg0
func.func @dense_clamp(%x: tensor<1x2xf32> {qnn.range = #qnn.range<-1.0, 1.0, "minmax">}) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 255.0 : f32, qnn.range = #qnn.range<0.0, 255.0, "minmax">} : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// The union does not depend on the order of the operands.
// CHECK-LABEL: func @concat_reversed
// CHECK-COUNT-3: qnn.quantize {{.*}} -> tensor<{{.*}}x!qnn.affine<i8, 1.000000e+00 : -64>>
func.func @concat_reversed(%x: tensor<1x2x2x1xf32> {qnn.range = #qnn.range<0.0, 191.0, "minmax">}, %y: tensor<1x2x2x1xf32> {qnn.range = #qnn.range<-64.0, 0.0, "minmax">}) -> tensor<1x2x2x2xf32> {
  %c = qnn.concat %x, %y {axis = 3 : i64} : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32>
  %w = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = qnn.conv2d %c, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {qnn.range = #qnn.range<0.0, 510.0, "minmax">} : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// What pads belongs to the range: [-1, 0] and the -255 around it.
// CHECK-LABEL: func @padded
// CHECK: qnn.quantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8, 1.000000e+00 : 127>>
// CHECK: qnn.pad
func.func @padded(%x: tensor<1x2xf32> {qnn.range = #qnn.range<-1.0, 0.0, "minmax">}) -> tensor<1x2xf32> {
  %p = qnn.pad %x {value = -255.0 : f32, low = array<i64: 0, 1>, high = array<i64: 0, 0>} : tensor<1x2xf32> -> tensor<1x3xf32>
  %w = arith.constant dense<1.0> : tensor<2x3xf32>
  %0 = qnn.dense %p, %w {qnn.range = #qnn.range<0.0, 510.0, "minmax">} : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// A constant that a sum rounds may be a bias elsewhere, which stays float.
// CHECK-LABEL: func @constant_and_bias
// CHECK: %[[C:.*]] = arith.constant dense<[3.000000e+00, 5.000000e+00]>
// CHECK: qnn.quantize %[[C]]
// CHECK: qnn.dense %{{.*}}, %{{.*}} bias %[[C]]
func.func @constant_and_bias(%x: tensor<1x2xf32> {qnn.range = #qnn.range<-1.0, 1.0, "minmax">}) -> tensor<1x2xf32> {
  %c = arith.constant dense<[3.0, 5.0]> : tensor<2xf32>
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w bias %c {qnn.range = #qnn.range<0.0, 10.0, "minmax">} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.binary add %0, %c {qnn.range = #qnn.range<0.0, 20.0, "minmax">} : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Operands of a concat share the parameters of the union; the maximum keeps
// those of its input. The result of the convolution has a range of its own.
// CHECK-LABEL: func @concat
// CHECK-COUNT-4: qnn.quantize {{.*}} -> tensor<{{.*}}x!qnn.affine<i8, 1.000000e+00 : -64>>
// CHECK: qnn.quantize {{.*}} -> tensor<{{.*}}x!qnn.affine<i8, 2.000000e+00 : -128>>
// CHECK-NOT: qnn.quantize
func.func @concat(%x: tensor<1x2x2x1xf32> {qnn.range = #qnn.range<-64.0, 0.0, "minmax">}, %y: tensor<1x2x2x1xf32> {qnn.range = #qnn.range<0.0, 191.0, "minmax">}) -> tensor<1x1x1x2xf32> {
  %c = qnn.concat %x, %y {axis = 3 : i64} : (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32>
  %p = qnn.pool max %c window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x2x2x2xf32> -> tensor<1x1x1x2xf32>
  %w = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %0 = qnn.conv2d %p, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {qnn.range = #qnn.range<0.0, 510.0, "minmax">} : (tensor<1x1x1x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}

// -----

// A chain of functions of one value has one rounding point at its end, also
// when it branches (x * sigmoid(x)).
// CHECK-LABEL: func @chain
// CHECK: qnn.quantize %arg0
// CHECK-NOT: qnn.quantize
// CHECK: qnn.unary sigmoid
// CHECK-NEXT: qnn.binary mul
// CHECK-NEXT: qnn.quantize
// CHECK-NEXT: qnn.dequantize
// CHECK-NEXT: return
func.func @chain(%x: tensor<4xf32> {qnn.range = #qnn.range<-1.0, 1.0, "minmax">}) -> tensor<4xf32> {
  %c = arith.constant dense<2.0> : tensor<f32>
  %0 = qnn.binary mul %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = qnn.unary sigmoid %x : tensor<4xf32>
  %2 = qnn.binary mul %0, %1 {qnn.range = #qnn.range<-1.0, 1.0, "minmax">} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Softmax computes in float on rounded numbers, or on integers with a result
// in steps of 1/256.
// CHECK-LABEL: func @softmax
// CHECK: qnn.dense
// CHECK: qnn.quantize
// CHECK: qnn.dequantize
// CHECK-NEXT: qnn.softmax
// CHECK-NEXT: return
// INT-LABEL: func @softmax
// INT-SAME: -> (tensor<1x2x!qnn.affine<i8, 3.906250e-03 : -128>>
func.func @softmax(%x: tensor<1x2xf32> {qnn.range = #qnn.range<-1.0, 1.0, "minmax">}) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.range = #qnn.range<-2.0, 2.0, "minmax">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.softmax %0 {axis = 1 : i64} : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Rounded by the model itself: nothing to do.
// CHECK-LABEL: func @already
// CHECK-COUNT-1: qnn.quantize
// CHECK-NOT: qnn.quantize
func.func @already(%x: tensor<1x2x!qnn.affine<i8, 0.5>>) -> tensor<1x2x!qnn.affine<i8, 0.5>> {
  %d = qnn.dequantize %x : tensor<1x2x!qnn.affine<i8, 0.5>> -> tensor<1x2xf32>
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %d, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %q = qnn.quantize %0 : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8, 0.5>>
  return %q : tensor<1x2x!qnn.affine<i8, 0.5>>
}

// -----

// Products of activations round both operands. One axis after another is interpolated at
// once, with one rounding behind both.
// CHECK-LABEL: func @products
// CHECK-COUNT-2: qnn.quantize %arg{{[01]}}
// CHECK: qnn.matmul
// CHECK-NEXT: qnn.quantize
// CHECK-NEXT: qnn.dequantize
// CHECK-NEXT: qnn.interpolate
// CHECK-NEXT: qnn.interpolate
// CHECK-NEXT: qnn.quantize
func.func @products(%x: tensor<2x2xf32> {qnn.range = #qnn.range<-1.0, 1.0, "minmax">}, %y: tensor<2x2xf32> {qnn.range = #qnn.range<-2.0, 2.0, "minmax">}) -> tensor<1x1xf32> {
  %0 = qnn.matmul %x, %y {qnn.range = #qnn.range<-3.0, 3.0, "minmax">} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = qnn.interpolate %0 {axis = 0 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 0.5>} : tensor<2x2xf32> -> tensor<1x2xf32>
  %2 = qnn.interpolate %1 {axis = 1 : i64, lower = array<i64: 0>, upper = array<i64: 1>, fractions = array<f32: 0.5>, qnn.range = #qnn.range<-3.0, 3.0, "minmax">} : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}
