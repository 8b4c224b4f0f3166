// RUN: quant-opt %s -qnn-equalize | FileCheck %s
// RUN: quant-opt %s -qnn-equalize -qnn-equalize | FileCheck %s

// CHECK: module attributes {qnn.equalization = [{name = "first", nearest =
// CHECK-SAME: used =

// Row 0 reaches 8 and is read with 1/2: a factor of sqrt(8 / 0.5) = 4 makes
// both 2. Row 1 has equal ranges already.
// CHECK-LABEL: @dense_pair
func.func @dense_pair(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-DAG: dense<{{\[\[}}2.000000e+00, -5.000000e-01], [1.000000e+00, 1.000000e+00{{\]\]}}>
  // CHECK-DAG: dense<[1.000000e+00, 3.000000e+00]>
  // CHECK-DAG: dense<{{\[\[}}2.000000e+00, 1.000000e+00], [-1.000000e+00, 5.000000e-01{{\]\]}}>
  %w0 = arith.constant dense<[[8.0, -2.0], [1.0, 1.0]]> : tensor<2x2xf32>
  %b0 = arith.constant dense<[4.0, 3.0]> : tensor<2xf32>
  %w1 = arith.constant dense<[[0.5, 1.0], [-0.25, 0.5]]> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w0 bias %b0 : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32> loc("first")
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<1x2xf32>
  %2 = qnn.dense %1, %w1 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("second")
  return %2 : tensor<1x2xf32>
}

// Through a pool and a flattening: element k of the row is channel k mod 2.
// CHECK-LABEL: @flattened
func.func @flattened(%x: tensor<1x2x2x1xf32>) -> tensor<1x1xf32> {
  // CHECK-DAG: dense<{{\[\[\[\[}}4.000000e+00{{\]\]\], \[\[\[}}2.500000e-01{{\]\]\]\]}}>
  // CHECK-DAG: dense<{{\[\[}}4.000000e+00, 2.500000e-01, 2.000000e+00, 1.250000e-01{{\]\]}}>
  %w0 = arith.constant dense<[[[[16.0]]], [[[0.125]]]]> : tensor<2x1x1x1xf32>
  %w1 = arith.constant dense<[[1.0, 0.5, 0.5, 0.25]]> : tensor<1x4xf32>
  %0 = qnn.conv2d %x, %w0 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
     : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.pool max %0 window <kernel = [1, 2], strides = [1, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
     : tensor<1x2x2x2xf32> -> tensor<1x2x1x2xf32>
  %2 = qnn.reshape %1 : tensor<1x2x1x2xf32> -> tensor<1x4xf32>
  %3 = qnn.dense %2, %w1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// Something else reads the channels: nothing changes.
// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  // CHECK-DAG: dense<6.400000e+01>
  // CHECK-DAG: dense<1.000000e+00>
  %w0 = arith.constant dense<[[64.0]]> : tensor<1x1xf32>
  %w1 = arith.constant dense<[[1.0]]> : tensor<1x1xf32>
  %0 = qnn.dense %x, %w0 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w1 : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf32>
}
