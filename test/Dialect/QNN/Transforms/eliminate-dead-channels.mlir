// RUN: quant-opt %s -split-input-file --qnn-eliminate-dead-channels --canonicalize | FileCheck %s

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// Channel 1 is 5 everywhere, 3 behind the clamp, 3 * 2 + 1 behind the depthwise
// convolution, and adds 7 * 10 to the bias of its reader.
// CHECK-LABEL: func @through_clamp_and_depthwise
// CHECK-DAG: %[[W:.*]] = arith.constant dense<1.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG: %[[D:.*]] = arith.constant dense<4.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<7.100000e+01> : tensor<1xf32>
// CHECK: qnn.conv2d %arg0, %[[W]] {{.*}} -> tensor<1x2x2x1xf32>
// CHECK: qnn.conv2d {{.*}}, %[[D]] {{.*}} -> tensor<1x2x2x1xf32>
// CHECK: qnn.conv2d {{.*}} bias %[[B]]
func.func @through_clamp_and_depthwise(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[0.0, 5.0]> : tensor<2xf32>
  %d = arith.constant dense<[[[[4.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %e = arith.constant dense<[0.0, 1.0]> : tensor<2xf32>
  %v = arith.constant dense<[[[[9.0, 10.0]]]]> : tensor<1x1x1x2xf32>
  %c = arith.constant dense<1.0> : tensor<1xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 3.0 : f32} : tensor<1x2x2x2xf32>
  %2 = qnn.conv2d %1, %d bias %e window #window {groups = 2 : i64} : (tensor<1x2x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %3 = qnn.conv2d %2, %v bias %c window #window : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  return %3 : tensor<1x2x2x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
#padded = #qnn.window<kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>

// Padding mixes the 5 with zeros; but a channel that is zero may go.
// CHECK-LABEL: func @padding
// CHECK: qnn.conv2d %arg0, {{.*}} -> tensor<1x4x4x2xf32>
func.func @padding(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]], [[[0.0]]]]> : tensor<3x1x1x1xf32>
  %b = arith.constant dense<[0.0, 5.0, 0.0]> : tensor<3xf32>
  %v = arith.constant dense<1.0> : tensor<1x3x3x3xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x4x4x1xf32>, tensor<3x1x1x1xf32>, tensor<3xf32>) -> tensor<1x4x4x3xf32>
  %1 = qnn.conv2d %0, %v window #padded : (tensor<1x4x4x3xf32>, tensor<1x3x3x3xf32>) -> tensor<1x4x4x1xf32>
  return %1 : tensor<1x4x4x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
#padded = #qnn.window<kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>

// Behind padding a depthwise convolution makes 5 differ from place to place.
// CHECK-LABEL: func @padded_depthwise
// CHECK: qnn.conv2d %arg0, {{.*}} -> tensor<1x4x4x2xf32>
// CHECK: groups = 2
func.func @padded_depthwise(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[0.0, 5.0]> : tensor<2xf32>
  %d = arith.constant dense<1.0> : tensor<2x3x3x1xf32>
  %v = arith.constant dense<1.0> : tensor<1x1x1x2xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x4x4x2xf32>
  %1 = qnn.conv2d %0, %d window #padded {groups = 2 : i64} : (tensor<1x4x4x2xf32>, tensor<2x3x3x1xf32>) -> tensor<1x4x4x2xf32>
  %2 = qnn.conv2d %1, %v window #window : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x4x1xf32>
  return %2 : tensor<1x4x4x1xf32>
}

// -----

// CHECK-LABEL: func @keep_with_two_readers
// CHECK: qnn.dense {{.*}} -> tensor<1x2xf32>
func.func @keep_with_two_readers(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %v = arith.constant dense<1.0> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x1xf32>
}

// -----

// All channels are dead: one stays.
// CHECK-LABEL: func @keep_one
// CHECK: qnn.dense {{.*}} -> tensor<1x1xf32>
// CHECK: qnn.dense {{.*}} : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
func.func @keep_one(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<0.0> : tensor<2x1xf32>
  %v = arith.constant dense<1.0> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

// Both readers change.
// CHECK-LABEL: func @two_layers
// CHECK-DAG: %[[B:.*]] = arith.constant dense<1.000000e+01> : tensor<1xf32>
// CHECK-DAG: %[[C:.*]] = arith.constant dense<1.500000e+01> : tensor<1xf32>
// CHECK: qnn.dense %arg0, {{.*}} -> tensor<1x1xf32>
// CHECK: qnn.dense {{.*}} bias %[[B]]
// CHECK: qnn.dense {{.*}} bias %[[C]]
func.func @two_layers(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<[[1.0], [0.0]]> : tensor<2x1xf32>
  %b = arith.constant dense<[0.0, 5.0]> : tensor<2xf32>
  %u = arith.constant dense<2.0> : tensor<1x2xf32>
  %v = arith.constant dense<3.0> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %u : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.dense %0, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %1, %2 : tensor<1x1xf32>, tensor<1x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// Channel 1 of the second operand is channel 3 of the concat: 2 behind the clamp, times 3
// in the depthwise convolution, times 1000.
// CHECK-LABEL: func @concat
// CHECK-DAG: %[[D:.*]] = arith.constant dense<{{.*}}5.000000e+00{{.*}}6.000000e+00{{.*}}7.000000e+00{{.*}}> : tensor<3x1x1x1xf32>
// CHECK-DAG: %[[V:.*]] = arith.constant dense<{{.*}}1.000000e+00, 1.000000e+01, 1.000000e+02]{{.*}}> : tensor<1x1x1x3xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<6.000000e+03> : tensor<1xf32>
// CHECK: qnn.concat {{.*}} : (tensor<1x2x2x2xf32>, tensor<1x2x2x1xf32>) -> tensor<1x2x2x3xf32>
// CHECK: qnn.conv2d {{.*}}, %[[D]] {{.*}}groups = 3
// CHECK: qnn.conv2d {{.*}}, %[[V]] bias %[[B]]
func.func @concat(%x: tensor<1x2x2x1xf32>, %y: tensor<1x2x2x2xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[0.0, 5.0]> : tensor<2xf32>
  %d = arith.constant dense<[[[[5.0]]], [[[6.0]]], [[[7.0]]], [[[3.0]]]]> : tensor<4x1x1x1xf32>
  %v = arith.constant dense<[[[[1.0, 10.0, 100.0, 1000.0]]]]> : tensor<1x1x1x4xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.concat %y, %0 {axis = 3 : i64} : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x4xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 2.0 : f32} : tensor<1x2x2x4xf32>
  %3 = qnn.conv2d %2, %d window #window {groups = 4 : i64} : (tensor<1x2x2x4xf32>, tensor<4x1x1x1xf32>) -> tensor<1x2x2x4xf32>
  %4 = qnn.conv2d %3, %v window #window : (tensor<1x2x2x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x2x2x1xf32>
  return %4 : tensor<1x2x2x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// Rows are joined, or one value twice: neither puts channels behind each other.
// CHECK-LABEL: func @other_concats
// CHECK-COUNT-2: qnn.conv2d %arg0, {{.*}} -> tensor<1x2x2x2xf32>
func.func @other_concats(%x: tensor<1x2x2x1xf32>, %y: tensor<1x2x2x2xf32>) -> (tensor<1x4x2x1xf32>, tensor<1x2x2x1xf32>) {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %u = arith.constant dense<[[[[2.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %v = arith.constant dense<1.0> : tensor<1x1x1x2xf32>
  %t = arith.constant dense<1.0> : tensor<1x1x1x4xf32>
  %0 = qnn.conv2d %x, %w window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.concat %y, %0 {axis = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x4x2x2xf32>
  %2 = qnn.conv2d %1, %v window #window : (tensor<1x4x2x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x2x1xf32>
  %3 = qnn.conv2d %x, %u window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  %4 = qnn.concat %3, %3 {axis = 3 : i64} : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x4xf32>
  %5 = qnn.conv2d %4, %t window #window : (tensor<1x2x2x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x2x2x1xf32>
  return %2, %5 : tensor<1x4x2x1xf32>, tensor<1x2x2x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// Each concat moves the channels.
// CHECK-LABEL: func @nested_concats
// CHECK-DAG: %[[V:.*]] = arith.constant dense<{{.*}}1.000000e+00, 1.000000e+01, 1.000000e+02]{{.*}}> : tensor<1x1x1x3xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<5.000000e+03> : tensor<1xf32>
// CHECK: qnn.conv2d {{.*}}, %[[V]] bias %[[B]]
func.func @nested_concats(%x: tensor<1x2x2x1xf32>, %y: tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[0.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[0.0, 5.0]> : tensor<2xf32>
  %v = arith.constant dense<[[[[1.0, 10.0, 100.0, 1000.0]]]]> : tensor<1x1x1x4xf32>
  %0 = qnn.conv2d %x, %w bias %b window #window : (tensor<1x2x2x1xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = qnn.concat %y, %0 {axis = 3 : i64} : (tensor<1x2x2x1xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x3xf32>
  %2 = qnn.concat %y, %1 {axis = 3 : i64} : (tensor<1x2x2x1xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x4xf32>
  %3 = qnn.conv2d %2, %v window #window : (tensor<1x2x2x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x2x2x1xf32>
  return %3 : tensor<1x2x2x1xf32>
}
