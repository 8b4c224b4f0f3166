// RUN: quant-opt %s -split-input-file --qnn-fold-padding --canonicalize | FileCheck %s

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>

// CHECK-LABEL: func @conv
// CHECK: qnn.conv2d %arg0, {{.*}} window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 2, 1, 3]>
func.func @conv(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x4x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x3x3x1xf32>
  %0 = qnn.pad %x {low = array<i64: 0, 0, 2, 0>, high = array<i64: 0, 1, 3, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x9x1xf32>
  %1 = qnn.conv2d %0, %w window #window : (tensor<1x5x9x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x2x4x1xf32>
  return %1 : tensor<1x2x4x1xf32>
}

// -----

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// A convolution's own padding is zeros.
// CHECK-LABEL: func @keep_ones_for_conv
// CHECK: qnn.pad
func.func @keep_ones_for_conv(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x3x3x1xf32>
  %0 = qnn.pad %x {value = 1.0 : f32, low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 1, 2, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x7x1xf32>
  %1 = qnn.conv2d %0, %w window #window : (tensor<1x5x7x1xf32>, tensor<1x3x3x1xf32>) -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// -----

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// CHECK-LABEL: func @average
// CHECK: qnn.pool average %arg0 window <{{.*}}pads = [0, 1, 1, 2]> {countedPads = array<i64: 0, 1, 1, 2>}
func.func @average(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  %0 = qnn.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 1, 2, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x7x1xf32>
  %1 = qnn.pool average %0 window #window : tensor<1x5x7x1xf32> -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// -----

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// Zeros cannot win against numbers that are not negative.
// CHECK-LABEL: func @maximum_of_relu
// CHECK-NOT: qnn.pad
func.func @maximum_of_relu(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  %r = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x4x4x1xf32>
  %0 = qnn.pad %r {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 1, 2, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x7x1xf32>
  %1 = qnn.pool max %0 window #window : tensor<1x5x7x1xf32> -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// -----

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// CHECK-LABEL: func @keep_for_maximum
// CHECK: qnn.pad
func.func @keep_for_maximum(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  %0 = qnn.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 1, 2, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x7x1xf32>
  %1 = qnn.pool max %0 window #window : tensor<1x5x7x1xf32> -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// -----

#window = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
// CHECK-LABEL: func @keep_padded_channels
// CHECK: qnn.pad
func.func @keep_padded_channels(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x4x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x1x1x2xf32>
  %0 = qnn.pad %x {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 0, 0, 1>} : tensor<1x4x4x1xf32> -> tensor<1x4x4x2xf32>
  %1 = qnn.conv2d %0, %w window #window : (tensor<1x4x4x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x4x4x1xf32>
  return %1 : tensor<1x4x4x1xf32>
}

// -----

#window = #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// Zeros can win against numbers down to -1.
// CHECK-LABEL: func @keep_for_maximum_of_clamp
// CHECK: qnn.pad
func.func @keep_for_maximum_of_clamp(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  %r = qnn.clamp %x {min = -1.0 : f32, max = 6.0 : f32} : tensor<1x4x4x1xf32>
  %0 = qnn.pad %r {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 1, 2, 0>} : tensor<1x4x4x1xf32> -> tensor<1x5x7x1xf32>
  %1 = qnn.pool max %0 window #window : tensor<1x5x7x1xf32> -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// -----

#padded = #qnn.window<kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 0, 1]>
// Padding that the average counts already is counted with the new one.
// CHECK-LABEL: func @average_that_counts
// CHECK: qnn.pool average %arg0 window <{{.*}}pads = [1, 1, 2, 1]> {countedPads = array<i64: 1, 1, 2, 1>}
func.func @average_that_counts(%x: tensor<1x4x4x1xf32>) -> tensor<1x5x4x1xf32> {
  %0 = qnn.pad %x {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 2, 0, 0>} : tensor<1x4x4x1xf32> -> tensor<1x6x5x1xf32>
  %1 = qnn.pool average %0 window #padded {countedPads = array<i64: 1, 0, 0, 1>} : tensor<1x6x5x1xf32> -> tensor<1x5x4x1xf32>
  return %1 : tensor<1x5x4x1xf32>
}

// -----

#window = #qnn.window<kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
// A window would lie in the padding altogether.
// CHECK-LABEL: func @keep_padding_of_a_whole_window
// CHECK: qnn.pad
func.func @keep_padding_of_a_whole_window(%x: tensor<1x4x4x1xf32>) -> tensor<1x5x3x1xf32> {
  %0 = qnn.pad %x {low = array<i64: 0, 2, 0, 0>, high = array<i64: 0, 0, 0, 0>} : tensor<1x4x4x1xf32> -> tensor<1x6x4x1xf32>
  %1 = qnn.pool average %0 window #window : tensor<1x6x4x1xf32> -> tensor<1x5x3x1xf32>
  return %1 : tensor<1x5x3x1xf32>
}
