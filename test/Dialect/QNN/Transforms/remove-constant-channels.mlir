// RUN: quant-opt %s --qnn-remove-constant-channels --split-input-file | FileCheck %s

// Channel 1 is 8 for its bias; channel 2 is never read; channel 3 never exceeds the lower
// limit: its sums end at 64 * 255 - 40000. Only channel 0 is left, and 5 * (8 - 1) is added
// to the bias.
// CHECK-LABEL: @constant_channels
// CHECK: %[[WEIGHT:.*]] = arith.constant dense<1> : tensor<1x1x1x1xi8>
// CHECK: qnn.conv2d %arg0, %[[WEIGHT]] bias {{.*}} -> tensor<1x4x4x1xi32>
// CHECK: qnn.requantize {{.*}} {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32}
// CHECK: %[[READER:.*]] = arith.constant dense<3> : tensor<1x1x1x1xi8>
// CHECK: %[[BIAS:.*]] = arith.constant dense<46> : tensor<1xi32>
// CHECK: qnn.conv2d %{{.*}}, %[[READER]] bias %[[BIAS]] {{.*}} -> tensor<1x4x4x1xi32>
func.func @constant_channels(%x: tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi32> {
  %w = arith.constant dense<[[[[1]]], [[[0]]], [[[7]]], [[[64]]]]> : tensor<4x1x1x1xi8>
  %b = arith.constant dense<[0, 8, 0, -40000]> : tensor<4xi32>
  %s = qnn.conv2d %x, %w bias %b window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = -128 : i32} : (tensor<1x4x4x1xi8>, tensor<4x1x1x1xi8>, tensor<4xi32>) -> tensor<1x4x4x4xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1, 1, 1, 1>, shifts = array<i32: 1, 0, 2, 3>, zeroPoint = 0 : i32} : tensor<1x4x4x4xi32> -> tensor<1x4x4x4xi8>
  %v = arith.constant dense<[[[[3, 5, 0, 0]]]]> : tensor<1x1x1x4xi8>
  %c = arith.constant dense<[11]> : tensor<1xi32>
  %y = qnn.conv2d %q, %v bias %c window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 1 : i32} : (tensor<1x4x4x4xi8>, tensor<1x1x1x4xi8>, tensor<1xi32>) -> tensor<1x4x4x1xi32>
  return %y : tensor<1x4x4x1xi32>
}

// -----

// A limit makes a channel constant that no weight does: sums of at least -128 * 2 + 1000
// exceed the upper one.
// CHECK-LABEL: @limited
// CHECK: qnn.dense {{.*}} -> tensor<1x1xi32>
// CHECK: arith.constant dense<254> : tensor<1xi32>
// CHECK: qnn.dense {{.*}} : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi32>
func.func @limited(%x: tensor<1x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<[[1], [2]]> : tensor<2x1xi8>
  %b = arith.constant dense<[0, 1000]> : tensor<2xi32>
  %s = qnn.dense %x, %w bias %b : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2xi32> -> tensor<1x2xi8>
  %v = arith.constant dense<[[1, 2]]> : tensor<1x2xi8>
  %y = qnn.dense %q, %v : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

// -----

// A rounded product: -32.5000015 becomes -32, not -33, and adds 5 * -32.
// CHECK-LABEL: @rounded_product
// CHECK: qnn.dense {{.*}} -> tensor<1x1xi32>
// CHECK: arith.constant dense<-160> : tensor<1xi32>
func.func @rounded_product(%x: tensor<1x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<[[1], [0]]> : tensor<2x1xi8>
  %b = arith.constant dense<[0, -12801]> : tensor<2xi32>
  %s = qnn.dense %x, %w bias %b : (tensor<1x1xi8>, tensor<2x1xi8>, tensor<2xi32>) -> tensor<1x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1, 10904339>, shifts = array<i32: 0, 32>, zeroPoint = 0 : i32, qnn.round_product} : tensor<1x2xi32> -> tensor<1x2xi8>
  %v = arith.constant dense<[[1, 5]]> : tensor<1x2xi8>
  %y = qnn.dense %q, %v : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

// -----

// Through a table, a depthwise convolution whose input is the zero point, and an average.
// CHECK-LABEL: @through
// CHECK: qnn.conv2d {{.*}} -> tensor<1x2x2x1xi32>
// CHECK: qnn.lookup {{.*}} : tensor<1x2x2x1xi8>
// CHECK: qnn.conv2d {{.*}} : (tensor<1x2x2x1xi8>, tensor<1x3x3x1xi8>, tensor<1xi32>)
// CHECK: qnn.pool_requantize {{.*}} tensor<1x1x1x1xi8>
// CHECK: qnn.reshape {{.*}} -> tensor<1x1xi8>
// CHECK: qnn.dense {{.*}} : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>)
func.func @through(%x: tensor<1x2x2x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<[[[[1]]], [[[0]]]]> : tensor<2x1x1x1xi8>
  %b = arith.constant dense<[3, -128]> : tensor<2xi32>
  %s = qnn.conv2d %x, %w bias %b window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x2x2x1xi8>, tensor<2x1x1x1xi8>, tensor<2xi32>) -> tensor<1x2x2x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2x2x2xi32> -> tensor<1x2x2x2xi8>
  %l = qnn.lookup %q {table = array<i8: 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>} : tensor<1x2x2x2xi8>
  %d = arith.constant dense<1> : tensor<2x3x3x1xi8>
  %e = arith.constant dense<[4, 5]> : tensor<2xi32>
  %t = qnn.conv2d %l, %d bias %e window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> {groups = 2 : i64, inputZeroPoint = 9 : i32} : (tensor<1x2x2x2xi8>, tensor<2x3x3x1xi8>, tensor<2xi32>) -> tensor<1x2x2x2xi32>
  %r = qnn.requantize %t {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2x2x2xi32> -> tensor<1x2x2x2xi8>
  %p = qnn.pool_requantize %r window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1, 1, 1, 1>, shifts = array<i32: 0, 1, 2, 2>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x2x2x2xi8> -> tensor<1x1x1x2xi8>
  %f = qnn.reshape %p : tensor<1x1x1x2xi8> -> tensor<1x2xi8>
  %v = arith.constant dense<[[1, 2]]> : tensor<1x2xi8>
  %y = qnn.dense %f, %v : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

// -----

// A constant other than the zero point beside padding, and a second reader: nothing is done.
// CHECK-LABEL: @padded
// CHECK: qnn.conv2d {{.*}} -> tensor<1x2x2x2xi32>
// CHECK: qnn.conv2d {{.*}} : (tensor<1x2x2x2xi8>, tensor<1x3x3x2xi8>)
func.func @padded(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi32> {
  %w = arith.constant dense<[[[[1]]], [[[0]]]]> : tensor<2x1x1x1xi8>
  %b = arith.constant dense<[3, 4]> : tensor<2xi32>
  %s = qnn.conv2d %x, %w bias %b window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x2x2x1xi8>, tensor<2x1x1x1xi8>, tensor<2xi32>) -> tensor<1x2x2x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2x2x2xi32> -> tensor<1x2x2x2xi8>
  %v = arith.constant dense<1> : tensor<1x3x3x2xi8>
  %y = qnn.conv2d %q, %v window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> : (tensor<1x2x2x2xi8>, tensor<1x3x3x2xi8>) -> tensor<1x2x2x1xi32>
  return %y : tensor<1x2x2x1xi32>
}

// -----

// CHECK-LABEL: @second_reader
// CHECK: qnn.dense {{.*}} -> tensor<1x2xi32>
// CHECK: qnn.dense {{.*}} : (tensor<1x2xi8>, tensor<1x2xi8>)
func.func @second_reader(%x: tensor<1x1xi8>) -> (tensor<1x1xi32>, tensor<1x2xi8>) {
  %w = arith.constant dense<[[1], [0]]> : tensor<2x1xi8>
  %s = qnn.dense %x, %w : (tensor<1x1xi8>, tensor<2x1xi8>) -> tensor<1x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2xi32> -> tensor<1x2xi8>
  %v = arith.constant dense<[[1, 2]]> : tensor<1x2xi8>
  %y = qnn.dense %q, %v : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x1xi32>
  return %y, %q : tensor<1x1xi32>, tensor<1x2xi8>
}

// -----

// All channels are constant: one of them stays.
// CHECK-LABEL: @one_stays
// CHECK: qnn.dense {{.*}} -> tensor<1x1xi32>
// CHECK: qnn.dense {{.*}} : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>)
func.func @one_stays(%x: tensor<1x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<0> : tensor<2x1xi8>
  %s = qnn.dense %x, %w : (tensor<1x1xi8>, tensor<2x1xi8>) -> tensor<1x2xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x2xi32> -> tensor<1x2xi8>
  %v = arith.constant dense<[[1, 2]]> : tensor<1x2xi8>
  %y = qnn.dense %q, %v : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

// -----

// One channel of nine stays, though nothing reads it.
// CHECK-LABEL: @few
// CHECK: qnn.dense {{.*}} -> tensor<1x9xi32>
// CHECK: qnn.dense {{.*}} : (tensor<1x9xi8>, tensor<1x9xi8>) -> tensor<1x1xi32>
func.func @few(%x: tensor<1x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<1> : tensor<9x1xi8>
  %s = qnn.dense %x, %w : (tensor<1x1xi8>, tensor<9x1xi8>) -> tensor<1x9xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x9xi32> -> tensor<1x9xi8>
  %v = arith.constant dense<[[1, 2, 3, 4, 5, 6, 7, 8, 0]]> : tensor<1x9xi8>
  %y = qnn.dense %q, %v : (tensor<1x9xi8>, tensor<1x9xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

// -----

// Of 40 channels 26 are read: 32 stay, also the last six of the others.

// CHECK-LABEL: @multiple
// CHECK: qnn.dense {{.*}} -> tensor<1x32xi32>
// CHECK: arith.constant dense<{{.*}}[2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24, 0, 26, 27, 0, 29, 30, 0, 32, 33, 0, 35, 36, 0, 38, 39, 0]
// CHECK: qnn.dense {{.*}} : (tensor<1x32xi8>, tensor<1x32xi8>, tensor<1xi32>) -> tensor<1x1xi32>
func.func @multiple(%x: tensor<1x1xi8>) -> tensor<1x1xi32> {
  %w = arith.constant dense<1> : tensor<40x1xi8>
  %s = qnn.dense %x, %w : (tensor<1x1xi8>, tensor<40x1xi8>) -> tensor<1x40xi32>
  %q = qnn.requantize %s {max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32} : tensor<1x40xi32> -> tensor<1x40xi8>
  %v = arith.constant dense<[[0, 2, 3, 0, 5, 6, 0, 8, 9, 0, 11, 12, 0, 14, 15, 0, 17, 18, 0, 20, 21, 0, 23, 24, 0, 26, 27, 0, 29, 30, 0, 32, 33, 0, 35, 36, 0, 38, 39, 0]]> : tensor<1x40xi8>
  %y = qnn.dense %q, %v : (tensor<1x40xi8>, tensor<1x40xi8>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}
