// RUN: quant-opt %s -split-input-file --qnn-fold-scales --canonicalize | FileCheck %s

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// (x w + 1) * [2, 4] + [10, 20]: batch normalization.
// CHECK-LABEL: func @batch_norm
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}1.200000e+01]]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.200000e+01, 2.400000e+01]>
// CHECK: %[[Y:.*]] = qnn.conv2d %arg0, %[[W]] bias %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @batch_norm(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<1.0> : tensor<2xf32>
  %s = arith.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %t = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.binary mul %0, %s : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %2 = qnn.binary add %t, %1 : (tensor<2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %2 : tensor<1x2x2x2xf32>
}

// -----

// Factor and offset in front: y = 2 (x * [3, 4] + [1, 1]) summed over inputs.
// CHECK-LABEL: func @in_front
// CHECK-DAG: arith.constant dense<{{\[\[}}6.000000e+00, 8.000000e+00]]>
// CHECK-DAG: arith.constant dense<4.000000e+00> : tensor<1xf32>
// CHECK-NOT: qnn.binary
func.func @in_front(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x2xf32>
  %s = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %t = arith.constant dense<1.0> : tensor<f32>
  %0 = qnn.binary mul %x, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.binary add %0, %t : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %2 = qnn.dense %1, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// Padding is zero behind the offset, so the offset stays; the factor may move.
#padded = #qnn.window<kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
// CHECK-LABEL: func @keep_offset_before_padding
// CHECK: qnn.binary add
// CHECK: qnn.conv2d
func.func @keep_offset_before_padding(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x3x3x1xf32>
  %t = arith.constant dense<1.0> : tensor<1xf32>
  %0 = qnn.binary add %x, %t : (tensor<1x4x4x1xf32>, tensor<1xf32>) -> tensor<1x4x4x1xf32>
  %1 = qnn.conv2d %0, %w window #padded : (tensor<1x4x4x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x4x4x1xf32>
  return %1 : tensor<1x4x4x1xf32>
}

// -----

// The unscaled result is needed as well.
// CHECK-LABEL: func @keep_with_two_users
// CHECK: qnn.binary mul
func.func @keep_with_two_users(%x: tensor<1x2xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<2.0> : tensor<1x2xf32>
  %s = arith.constant dense<3.0> : tensor<1xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %1 = qnn.binary mul %0, %s : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}

// -----

// Groups: output channel 1 reads input channel 1.
#one = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
// CHECK-LABEL: func @depthwise
// CHECK: dense<{{\[\[\[\[}}3.000000e+00]]], {{\[\[\[}}8.000000e+00]]]]>
func.func @depthwise(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %0 = qnn.binary mul %x, %s : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.conv2d %0, %w window #one {groups = 2 : i64} : (tensor<1x2x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// -----

// 7 - (2 x + 3) and (2 x + 3) - 7.
// CHECK-LABEL: func @differences
// CHECK-DAG: %[[N:.*]] = arith.constant dense<-2.000000e+00> : tensor<1x1xf32>
// CHECK-DAG: %[[P:.*]] = arith.constant dense<2.000000e+00> : tensor<1x1xf32>
// CHECK-DAG: %[[F:.*]] = arith.constant dense<4.000000e+00> : tensor<1xf32>
// CHECK-DAG: %[[M:.*]] = arith.constant dense<-4.000000e+00> : tensor<1xf32>
// CHECK: qnn.dense %arg0, %[[N]] bias %[[F]]
// CHECK: qnn.dense %arg0, %[[P]] bias %[[M]]
func.func @differences(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<2.0> : tensor<1x1xf32>
  %b = arith.constant dense<3.0> : tensor<1xf32>
  %c = arith.constant dense<7.0> : tensor<1xf32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %1 = qnn.binary sub %c, %0 : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = qnn.dense %x, %w bias %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %3 = qnn.binary sub %2, %c : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  return %1, %3 : tensor<1x1xf32>, tensor<1x1xf32>
}
