// RUN: quant-opt %s -split-input-file --qnn-propagate-transposes --canonicalize | FileCheck %s

// Two convolutions between which everything exists in both orders: only the
// transposes at the border remain.
// CHECK-LABEL: func @chain
// CHECK: qnn.transpose %arg0 {permutation = array<i64: 0, 2, 3, 1>}
// CHECK: qnn.conv2d
// CHECK-NOT: qnn.transpose
// CHECK: qnn.binary add {{.*}} : (tensor<1x4x4x2xf32>, tensor<2xf32>)
// CHECK-NOT: qnn.transpose
// CHECK: qnn.conv2d
// CHECK: qnn.transpose {{.*}} {permutation = array<i64: 0, 3, 1, 2>}
// CHECK-NEXT: return
func.func @chain(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1x1x2xf32>
  %c = arith.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %1 = qnn.conv2d %0, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x2xf32> -> tensor<1x2x4x4xf32>
  %3 = qnn.binary add %2, %c : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %4 = qnn.clamp %3 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<1x2x4x4xf32>
  %5 = qnn.transpose %4 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %6 = qnn.conv2d %5, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  %7 = qnn.transpose %6 {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x2xf32> -> tensor<1x2x4x4xf32>
  return %7 : tensor<1x2x4x4xf32>
}

// -----

// Attributes that name dimensions follow.
// CHECK-LABEL: func @attributes
// CHECK: %[[P:.*]] = qnn.pad %arg0 {high = array<i64: 0, 2, 3, 1>, low = array<i64: 0, 0, 0, 1>}
// CHECK: %[[C:.*]] = qnn.concat %[[P]], %[[P]] {axis = 3 : i64}
// CHECK: %[[R:.*]] = qnn.reduce mean %[[C]] axes [1, 2]
// CHECK: %[[F:.*]] = qnn.reshape %[[R]] : tensor<1x1x1x8xf32> -> tensor<1x8xf32>
// CHECK: return %[[F]]
func.func @attributes(%x: tensor<1x4x4x2xf32>) -> tensor<1x8xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x2xf32> -> tensor<1x2x4x4xf32>
  %1 = qnn.pad %0 {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 1, 2, 3>} : tensor<1x2x4x4xf32> -> tensor<1x4x6x7xf32>
  %2 = qnn.concat %1, %1 {axis = 1 : i64} : (tensor<1x4x6x7xf32>, tensor<1x4x6x7xf32>) -> tensor<1x8x6x7xf32>
  %3 = qnn.reduce mean %2 axes [2, 3] : tensor<1x8x6x7xf32> -> tensor<1x8x1x1xf32>
  %4 = qnn.reshape %3 : tensor<1x8x1x1xf32> -> tensor<1x8xf32>
  return %4 : tensor<1x8xf32>
}

// -----

// A flattened image in front of a dense layer: the weight is permuted. Row 0
// holds channel 0 (1 to 6) and channel 1 (7 to 12) of a 2x3 image.
// CHECK-LABEL: func @flatten
// CHECK: dense<{{\[}}[1.000000e+00, 7.000000e+00, 2.000000e+00, 8.000000e+00, 3.000000e+00, 9.000000e+00, 4.000000e+00, 1.000000e+01, 5.000000e+00, 1.100000e+01, 6.000000e+00, 1.200000e+01]]>
// CHECK-NOT: qnn.transpose
// CHECK: qnn.dense
func.func @flatten(%x: tensor<1x2x3x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0]]> : tensor<1x12xf32>
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x2x3x2xf32> -> tensor<1x2x2x3xf32>
  %1 = qnn.reshape %0 : tensor<1x2x2x3xf32> -> tensor<1x12xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x12xf32>
  %3 = qnn.dense %2, %w : (tensor<1x12xf32>, tensor<1x12xf32>) -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// Rows of two images: the weight's columns are no image.
// CHECK-LABEL: func @keep_flattened_batch
// CHECK: qnn.transpose
// CHECK: qnn.dense
func.func @keep_flattened_batch(%x: tensor<2x1x3x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<2.0> : tensor<1x12xf32>
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<2x1x3x2xf32> -> tensor<2x2x1x3xf32>
  %1 = qnn.reshape %0 : tensor<2x2x1x3xf32> -> tensor<1x12xf32>
  %2 = qnn.dense %1, %w : (tensor<1x12xf32>, tensor<1x12xf32>) -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// Offsets and strides of a slice follow.
// CHECK-LABEL: func @slice
// CHECK: qnn.slice %arg0 {offsets = array<i64: 0, 3, 0, 1>, strides = array<i64: 1, -1, 2, 1>}
func.func @slice(%x: tensor<1x4x4x3xf32>) -> tensor<1x4x2x2xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x3xf32> -> tensor<1x3x4x4xf32>
  %1 = qnn.slice %0 {offsets = array<i64: 0, 1, 3, 0>, strides = array<i64: 1, 1, -1, 2>} : tensor<1x3x4x4xf32> -> tensor<1x2x4x2xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x2xf32> -> tensor<1x4x2x2xf32>
  return %2 : tensor<1x4x2x2xf32>
}

// -----

// The dequantized weight of a dense layer is permuted as well.
// CHECK-LABEL: func @flatten_quantized
// CHECK: qnn.constant {payload = dense<{{\[}}[1, 3, 2, 4]]> : tensor<1x4xi8>, scales = dense<5.000000e-01> : tensor<1xf32>}
// CHECK-NOT: qnn.transpose
func.func @flatten_quantized(%x: tensor<1x1x2x2x!qnn.affine<i8, 0.5>>) -> tensor<1x1xf32> {
  %q = qnn.constant {payload = dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>, scales = dense<0.5> : tensor<1xf32>} : tensor<1x4x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<1x4x!qnn.affine_axis<i8, 0>> -> tensor<1x4xf32>
  %d = qnn.dequantize %x : tensor<1x1x2x2x!qnn.affine<i8, 0.5>> -> tensor<1x1x2x2xf32>
  %0 = qnn.transpose %d {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x1x2x2xf32> -> tensor<1x2x1x2xf32>
  %1 = qnn.reshape %0 : tensor<1x2x1x2xf32> -> tensor<1x4xf32>
  %2 = qnn.quantize %1 : tensor<1x4xf32> -> tensor<1x4x!qnn.affine<i8, 0.5>>
  %3 = qnn.dequantize %2 : tensor<1x4x!qnn.affine<i8, 0.5>> -> tensor<1x4xf32>
  %4 = qnn.dense %3, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %4 : tensor<1x1xf32>
}

// -----

// A transpose of one channel is a reshape.
// CHECK-LABEL: func @one_channel
// CHECK-NOT: qnn.transpose
// CHECK: qnn.reshape
func.func @one_channel(%x: tensor<1x1x4x4xf32>) -> tensor<1x4x4x1xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x1x4x4xf32> -> tensor<1x4x4x1xf32>
  return %0 : tensor<1x4x4x1xf32>
}

// -----

// A channel shuffle is a gather.
// CHECK-LABEL: func @shuffle
// CHECK: qnn.gather %arg0 {axis = 3 : i64, indices = array<i64: 0, 3, 1, 4, 2, 5>}
func.func @shuffle(%x: tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x5x6xf32> -> tensor<1x6x4x5xf32>
  %1 = qnn.reshape %0 : tensor<1x6x4x5xf32> -> tensor<1x2x3x4x5xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 0, 2, 1, 3, 4>} : tensor<1x2x3x4x5xf32> -> tensor<1x3x2x4x5xf32>
  %3 = qnn.reshape %2 : tensor<1x3x2x4x5xf32> -> tensor<1x6x4x5xf32>
  %4 = qnn.transpose %3 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x6x4x5xf32> -> tensor<1x4x5x6xf32>
  return %4 : tensor<1x4x5x6xf32>
}

// -----

// A product of matrices depends on the order: the transpose stays.
// CHECK-LABEL: func @keep_before_matmul
// CHECK: qnn.transpose
// CHECK: qnn.matmul
func.func @keep_before_matmul(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x4x4xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x2xf32> -> tensor<1x2x4x4xf32>
  %1 = qnn.matmul %0, %0 : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

// Sequences (N C L): a transpose sinks through elementwise ops to the next one,
// a reshape through products with a constant per channel.
// CHECK-LABEL: func @sequence
// CHECK-NOT: qnn.transpose
// CHECK: %[[M:.*]] = qnn.binary mul %arg0, %{{.*}} : (tensor<1x1x5x2xf32>, tensor<2xf32>) -> tensor<1x1x5x2xf32>
// CHECK-NEXT: %[[C:.*]] = qnn.clamp %[[M]]
// CHECK-NEXT: %[[A:.*]] = qnn.binary add %[[C]], %{{.*}} : (tensor<1x1x5x2xf32>, tensor<2xf32>) -> tensor<1x1x5x2xf32>
// CHECK-NEXT: return %[[A]]
func.func @sequence(%x: tensor<1x1x5x2xf32>) -> tensor<1x1x5x2xf32> {
  %c = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %d = arith.constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %0 = qnn.reshape %x : tensor<1x1x5x2xf32> -> tensor<1x5x2xf32>
  %1 = qnn.binary mul %0, %c : (tensor<1x5x2xf32>, tensor<2xf32>) -> tensor<1x5x2xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 0, 2, 1>} : tensor<1x5x2xf32> -> tensor<1x2x5xf32>
  %3 = qnn.clamp %2 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2x5xf32>
  %4 = qnn.binary add %3, %d : (tensor<1x2x5xf32>, tensor<2x1xf32>) -> tensor<1x2x5xf32>
  %5 = qnn.transpose %4 {permutation = array<i64: 0, 2, 1>} : tensor<1x2x5xf32> -> tensor<1x5x2xf32>
  %6 = qnn.reshape %5 : tensor<1x5x2xf32> -> tensor<1x1x5x2xf32>
  return %6 : tensor<1x1x5x2xf32>
}

// -----

// A constant beside a value that is no reshape: nothing happens, and the pass
// comes to an end.

// CHECK-LABEL: @keep_constant_minus_argument
// CHECK-NOT: qnn.reshape
// CHECK: qnn.binary sub
func.func @keep_constant_minus_argument(%x: tensor<1x64x4xf32>) -> tensor<1x64x4xf32> {
  %c = arith.constant dense<-1.5> : tensor<1x1xf32>
  %0 = qnn.binary sub %c, %x : (tensor<1x1xf32>, tensor<1x64x4xf32>) -> tensor<1x64x4xf32>
  return %0 : tensor<1x64x4xf32>
}

// -----

// Operands in different orders stay where they are.
// CHECK-LABEL: func @keep_different_orders
// CHECK: qnn.transpose %arg0 {permutation = array<i64: 0, 2, 1>}
// CHECK: qnn.transpose %arg1 {permutation = array<i64: 1, 0, 2>}
// CHECK: qnn.binary add
// CHECK-NEXT: return
func.func @keep_different_orders(%x: tensor<3x3x3xf32>, %y: tensor<3x3x3xf32>) -> tensor<3x3x3xf32> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 1>} : tensor<3x3x3xf32> -> tensor<3x3x3xf32>
  %1 = qnn.transpose %y {permutation = array<i64: 1, 0, 2>} : tensor<3x3x3xf32> -> tensor<3x3x3xf32>
  %2 = qnn.binary add %0, %1 : (tensor<3x3x3xf32>, tensor<3x3x3xf32>) -> tensor<3x3x3xf32>
  return %2 : tensor<3x3x3xf32>
}

// -----

// The channels of the product are not those in front of the reshape.
// CHECK-LABEL: func @keep_reshape_of_channels
// CHECK: qnn.reshape
// CHECK: qnn.binary mul {{.*}} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
func.func @keep_reshape_of_channels(%x: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %c = arith.constant dense<[2.0, 3.0, 4.0]> : tensor<3xf32>
  %0 = qnn.reshape %x : tensor<3x2xf32> -> tensor<2x3xf32>
  %1 = qnn.binary mul %0, %c : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// A shuffle that also turns the image is none.
// CHECK-LABEL: func @keep_turned_shuffle
// CHECK-NOT: qnn.gather
// CHECK: qnn.transpose
func.func @keep_turned_shuffle(%x: tensor<1x6x4x4xf32>) -> tensor<1x6x4x4xf32> {
  %0 = qnn.reshape %x : tensor<1x6x4x4xf32> -> tensor<1x2x3x4x4xf32>
  %1 = qnn.transpose %0 {permutation = array<i64: 0, 2, 1, 4, 3>} : tensor<1x2x3x4x4xf32> -> tensor<1x3x2x4x4xf32>
  %2 = qnn.reshape %1 : tensor<1x3x2x4x4xf32> -> tensor<1x6x4x4xf32>
  return %2 : tensor<1x6x4x4xf32>
}

// -----

// A constant with a scale per row has none per column.
// CHECK-LABEL: func @keep_scales_of_rows
// CHECK: qnn.constant {payload = dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>
// CHECK: qnn.transpose
func.func @keep_scales_of_rows() -> tensor<2x2xf32> {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[0.5, 1.0]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %0 = qnn.dequantize %q : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %1 = qnn.transpose %0 {permutation = array<i64: 1, 0>} : tensor<2x2xf32> -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

// What has one element has no order: it does not send the difference from one order to
// the other for ever.
// CHECK-LABEL: func @one_element
// CHECK: %[[SUM:.*]] = qnn.binary add %arg0, %arg0 : (tensor<1x3x7x12xf32>
// CHECK: %[[OUT:.*]] = qnn.transpose %[[SUM]]
// CHECK: %[[MEAN:.*]] = qnn.reduce mean %[[SUM]]
// CHECK: %[[REST:.*]] = qnn.binary sub %[[SUM]], %[[MEAN]] : (tensor<1x3x7x12xf32>, tensor<1x1x1x1xf32>)
// CHECK: %[[LAST:.*]] = qnn.transpose %[[REST]]
// CHECK: return %[[OUT]], %[[LAST]]
func.func @one_element(%x: tensor<1x3x7x12xf32>) -> (tensor<1x12x3x7xf32>, tensor<1x12x3x7xf32>) {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x3x7x12xf32> -> tensor<1x12x3x7xf32>
  %1 = qnn.binary add %0, %0 : (tensor<1x12x3x7xf32>, tensor<1x12x3x7xf32>) -> tensor<1x12x3x7xf32>
  %2 = qnn.reduce mean %1 axes [1, 2, 3] : tensor<1x12x3x7xf32> -> tensor<1x1x1x1xf32>
  %3 = qnn.binary sub %1, %2 : (tensor<1x12x3x7xf32>, tensor<1x1x1x1xf32>) -> tensor<1x12x3x7xf32>
  return %1, %3 : tensor<1x12x3x7xf32>, tensor<1x12x3x7xf32>
}

// -----

// Neither do factors of channels that were pooled: the image stays as it is.
// CHECK-LABEL: func @keep_beside_pooled
// CHECK-NOT: qnn.transpose
// CHECK: qnn.binary mul %arg0, %{{.*}} : (tensor<1x12x3x7xf32>, tensor<1x12x1x1xf32>)
func.func @keep_beside_pooled(%x: tensor<1x12x3x7xf32>, %pooled: tensor<1x1x1x12xf32>) -> tensor<1x12x3x7xf32> {
  %0 = qnn.transpose %pooled {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x1x1x12xf32> -> tensor<1x12x1x1xf32>
  %1 = qnn.binary mul %x, %0 : (tensor<1x12x3x7xf32>, tensor<1x12x1x1xf32>) -> tensor<1x12x3x7xf32>
  return %1 : tensor<1x12x3x7xf32>
}
