// RUN: quant-opt %s -split-input-file --qnn-fuse-integer --canonicalize --cse | FileCheck %s

!a = !qnn.affine<i8, 0.5 : 3>
!b = !qnn.affine<i8, 1.0 : -128>

// Bias 4 in steps of 0.5 * 0.25; multipliers near 1/8 and 1/2 that never give
// an exact half; the clamp becomes the limits -128 and -122.
// CHECK-LABEL: func @dense
// CHECK-SAME: tensor<1x2x!qnn.affine<i8, 5.000000e-01 : 3>> {qnn.quantization = !qnn.affine<i8, 5.000000e-01 : 3>}
// CHECK-SAME: -> (tensor<1x2x!qnn.affine<i8, 1.000000e+00 : -128>> {qnn.quantization = !qnn.affine<i8, 1.000000e+00 : -128>})
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi8>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[32, -8]> : tensor<2xi32>
// CHECK: %[[X:.*]] = qnn.storage_cast %arg0 : {{.*}} -> tensor<1x2xi8>
// CHECK: %[[S:.*]] = qnn.dense %[[X]], %[[W]] bias %[[B]] {inputZeroPoint = 3 : i32} : (tensor<1x2xi8>, tensor<2x2xi8>, tensor<2xi32>) -> tensor<1x2xi32>
// CHECK: %[[Y:.*]] = qnn.requantize %[[S]] {max = -122 : i32, min = -128 : i32, multipliers = array<i32: 8388609, 8388609>, shifts = array<i32: 26, 24>, zeroPoint = -128 : i32}
// CHECK: %[[R:.*]] = qnn.storage_cast %[[Y]] : tensor<1x2xi8> -> tensor<1x2x!qnn.affine<i8, 1.000000e+00 : -128>>
// CHECK: return %[[R]]
func.func @dense(%x: tensor<1x2x!a>) -> tensor<1x2x!b> {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %b = arith.constant dense<[4.0, -4.0]> : tensor<2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2xf32>
  %3 = qnn.quantize %2 : tensor<1x2xf32> -> tensor<1x2x!b>
  return %3 : tensor<1x2x!b>
}

// -----

!u = !qnn.affine<ui8, 0.5 : 130>

// Unsigned storage moves by 128: zero point 2, weights minus 128.
// CHECK-LABEL: func @unsigned
// CHECK: arith.constant dense<{{\[\[}}-1, 2]]> : tensor<1x2xi8>
// CHECK: qnn.storage_cast %arg0 : {{.*}} -> tensor<1x2xi8>
// CHECK: qnn.dense {{.*}} {inputZeroPoint = 2 : i32}
// CHECK: qnn.requantize {{.*}}max = 127 : i32, min = -128 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 2 : i32
// CHECK: qnn.storage_cast {{.*}} : tensor<1x1xi8> -> tensor<1x1x!qnn.affine<ui8, 5.000000e-01 : 130>>
func.func @unsigned(%x: tensor<1x2x!u>) -> tensor<1x1x!u> {
  %q = qnn.constant {payload = dense<[[127, 130]]> : tensor<1x2xui8>} : tensor<1x2x!qnn.affine<ui8, 1.0 : 128>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine<ui8, 1.0 : 128>> -> tensor<1x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!u> -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!u>
  return %2 : tensor<1x1x!u>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>
!b = !qnn.affine<i8, 1.0>

// CHECK-LABEL: func @sum_and_product
// CHECK: %[[S:.*]] = qnn.rescale_add %{{.*}}, %{{.*}} {lhsMultiplier = 8192 : i32, max = 127 : i32, min = 0 : i32, offset = -16384 : i32, rhsMultiplier = 16384 : i32, shift = 14 : i32}
// CHECK: qnn.rescale_mul %[[S]], %{{.*}} {lhsZeroPoint = 0 : i32, max = 127 : i32, min = -128 : i32, multiplier = 8388609 : i32, rhsZeroPoint = 3 : i32, shift = 24 : i32, zeroPoint = 0 : i32}
func.func @sum_and_product(%x: tensor<4x!a>, %y: tensor<4x!b>) -> tensor<4x!b> {
  %0 = qnn.dequantize %x : tensor<4x!a> -> tensor<4xf32>
  %1 = qnn.dequantize %y : tensor<4x!b> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.clamp %2 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<4xf32>
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!b>
  %5 = qnn.dequantize %4 : tensor<4x!b> -> tensor<4xf32>
  %6 = qnn.binary mul %5, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %7 = qnn.quantize %6 : tensor<4xf32> -> tensor<4x!b>
  return %7 : tensor<4x!b>
}

// -----

!a = !qnn.affine<i8, 1.0>

// abs(-x) + abs(x) of one value: a table. Entry 0 stands for -128.
// CHECK-LABEL: func @table
// CHECK: qnn.lookup %{{.*}} {table = array<i8: 127, 127, {{.*}}, 4, 2, 0, 2, 4,
// CHECK-NOT: qnn.unary
func.func @table(%x: tensor<4x!a>) -> tensor<4x!a> {
  %0 = qnn.dequantize %x : tensor<4x!a> -> tensor<4xf32>
  %1 = qnn.unary neg %0 : tensor<4xf32>
  %2 = qnn.unary abs %1 : tensor<4xf32>
  %3 = qnn.unary abs %0 : tensor<4xf32>
  %4 = qnn.binary add %2, %3 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %5 = qnn.quantize %4 : tensor<4xf32> -> tensor<4x!a>
  return %5 : tensor<4x!a>
}

// -----

!a = !qnn.affine<i8, 1.0>
!b = !qnn.affine<i8, 1.0 : 5>

// Rounding to the same type changes nothing; to another one is a table.
// CHECK-LABEL: func @convert
// CHECK-NOT: qnn.quantize
// CHECK: %[[L:.*]] = qnn.lookup %{{.*}} {table = array<i8: -123,
// CHECK: %[[B:.*]] = qnn.storage_cast %[[L]]
// CHECK: return %arg0, %[[B]]
func.func @convert(%x: tensor<4x!a>) -> (tensor<4x!a>, tensor<4x!b>) {
  %0 = qnn.dequantize %x : tensor<4x!a> -> tensor<4xf32>
  %1 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!a>
  %2 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!b>
  return %1, %2 : tensor<4x!a>, tensor<4x!b>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>
!b = !qnn.affine<i8, 1.0>

// Averages have a multiplier for every number of positions: 1/2, 1/4.
// CHECK-LABEL: func @averages
// CHECK: qnn.pool_requantize %{{.*}} window <kernel = [1, 2], {{.*}}> {inputZeroPoint = 3 : i32, max = 127 : i32, min = -128 : i32, multipliers = array<i32: 8388609, 8388609>, shifts = array<i32: 24, 25>, zeroPoint = 0 : i32} : tensor<1x4x4x1xi8> -> tensor<1x4x2x1xi8>
// CHECK: qnn.pool_requantize %{{.*}} window <kernel = [4, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
func.func @averages(%x: tensor<1x4x4x1x!a>) -> tensor<1x1x1x1x!b> {
  %0 = qnn.dequantize %x : tensor<1x4x4x1x!a> -> tensor<1x4x4x1xf32>
  %1 = qnn.pool average %0 window <kernel = [1, 2], strides = [1, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x4x2x1xf32>
  %2 = qnn.quantize %1 : tensor<1x4x2x1xf32> -> tensor<1x4x2x1x!b>
  %3 = qnn.dequantize %2 : tensor<1x4x2x1x!b> -> tensor<1x4x2x1xf32>
  %4 = qnn.reduce mean %3 axes [1, 2] : tensor<1x4x2x1xf32> -> tensor<1x1x1x1xf32>
  %5 = qnn.quantize %4 : tensor<1x1x1x1xf32> -> tensor<1x1x1x1x!b>
  return %5 : tensor<1x1x1x1x!b>
}

// -----

!a = !qnn.affine<i8, 1.0 : -5>
!b = !qnn.affine<i8, 1.0>

// Movement on integers: padding is the zero point, operands of a concat are
// brought to the result's parameters, rounding moves in front of a transpose.
// CHECK-LABEL: func @movement
// CHECK-DAG: %[[Q:.*]] = qnn.quantize %arg1 : tensor<3x2xf32> -> tensor<3x2x!qnn.affine<i8, 1.000000e+00>>
// CHECK-DAG: %[[T:.*]] = qnn.transpose %{{.*}} {permutation = array<i64: 1, 0>} : tensor<3x2xi8> -> tensor<2x3xi8>
// CHECK-DAG: %[[P:.*]] = qnn.pad %{{.*}} {high = array<i64: 0, 1>, low = array<i64: 0, 0>, storageValue = -5 : i32} : tensor<2x2xi8> -> tensor<2x3xi8>
// CHECK-DAG: %[[L:.*]] = qnn.lookup %[[P]]
// CHECK: qnn.concat %[[L]], %[[T]] {axis = 0 : i64} : (tensor<2x3xi8>, tensor<2x3xi8>) -> tensor<4x3xi8>
func.func @movement(%x: tensor<2x2x!a>, %y: tensor<3x2xf32>) -> tensor<4x3x!b> {
  %0 = qnn.dequantize %x : tensor<2x2x!a> -> tensor<2x2xf32>
  %1 = qnn.pad %0 {low = array<i64: 0, 0>, high = array<i64: 0, 1>} : tensor<2x2xf32> -> tensor<2x3xf32>
  %2 = qnn.transpose %y {permutation = array<i64: 1, 0>} : tensor<3x2xf32> -> tensor<2x3xf32>
  %3 = qnn.concat %1, %2 {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %4 = qnn.quantize %3 : tensor<4x3xf32> -> tensor<4x3x!b>
  return %4 : tensor<4x3x!b>
}

// -----

// Weight only: the quantized constant becomes the operand.
// CHECK-LABEL: func @weight_only
// CHECK: %[[W:.*]] = qnn.constant
// CHECK: qnn.dense %arg0, %[[W]] : (tensor<1x2xf32>, tensor<1x2x!qnn.affine_axis<i8, 0>>) -> tensor<1x1xf32>
// CHECK-NOT: qnn.reason
func.func @weight_only(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %q = qnn.constant {payload = dense<1> : tensor<1x2xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x2x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine_axis<i8, 0>> -> tensor<1x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

!a = !qnn.affine<i8, 1.0>

// A bias of 1e9 steps is far beyond what the weight can reach: the scale grows
// until bias and sums fit 2^24, and the weight is rounded again (to 0).
// CHECK-LABEL: func @large_bias
// CHECK-DAG: arith.constant dense<0> : tensor<1x1xi8>
// CHECK-DAG: arith.constant dense<16760311> : tensor<1xi32>
func.func @large_bias(%x: tensor<1x1x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<1> : tensor<1x1xi8>, scales = dense<1.0e-8> : tensor<1xf32>} : tensor<1x1x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<1x1x!qnn.affine_axis<i8, 0>> -> tensor<1x1xf32>
  %b = arith.constant dense<10.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!a> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>
!s = !qnn.affine<i8, 0.01 : -128>

// The negative part of x times the slope, plus its positive part: both parts
// are tables that keep the parameters of x.
// CHECK-LABEL: func @prelu
// CHECK-DAG: %[[P:.*]] = qnn.lookup %{{.*}} {table = array<i8: 3, 3, {{.*}}, 3, 3, 3, 4, 5,
// CHECK-DAG: %[[N:.*]] = qnn.lookup %{{.*}} {table = array<i8: -128, -127, {{.*}}, 1, 2, 3, 3, 3,
// CHECK: %[[M:.*]] = qnn.rescale_mul %[[N]], %{{.*}} : (tensor<1x4x8xi8>, tensor<8xi8>) -> tensor<1x4x8xi8>
// CHECK: qnn.rescale_add %[[P]], %[[M]]
func.func @prelu(%x: tensor<1x4x8x!a>, %s: tensor<8x!s>) -> tensor<1x4x8x!a> {
  %0 = qnn.dequantize %x : tensor<1x4x8x!a> -> tensor<1x4x8xf32>
  %1 = qnn.dequantize %s : tensor<8x!s> -> tensor<8xf32>
  %2 = qnn.binary prelu %0, %1 : (tensor<1x4x8xf32>, tensor<8xf32>) -> tensor<1x4x8xf32>
  %3 = qnn.quantize %2 : tensor<1x4x8xf32> -> tensor<1x4x8x!a>
  return %3 : tensor<1x4x8x!a>
}

// -----

!a = !qnn.affine<i8, 1.0>

// The same from below.
// CHECK-LABEL: func @large_negative_bias
// CHECK-DAG: arith.constant dense<0> : tensor<1x1xi8>
// CHECK-DAG: arith.constant dense<-16760311> : tensor<1xi32>
func.func @large_negative_bias(%x: tensor<1x1x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<1> : tensor<1x1xi8>, scales = dense<1.0e-8> : tensor<1xf32>} : tensor<1x1x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<1x1x!qnn.affine_axis<i8, 0>> -> tensor<1x1xf32>
  %b = arith.constant dense<-10.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!a> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

// Biases of 0.8 and -0.8 steps are rounded, not truncated.
// CHECK-LABEL: func @rounded_bias
// CHECK: arith.constant dense<[1, -1]> : tensor<2xi32>
func.func @rounded_bias(%x: tensor<1x1x!a>) -> tensor<1x2x!a> {
  %q = qnn.constant {payload = dense<1> : tensor<2x1xi8>, scales = dense<1.0> : tensor<2xf32>} : tensor<2x1x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x1x!qnn.affine_axis<i8, 0>> -> tensor<2x1xf32>
  %b = arith.constant dense<[0.4, -0.4]> : tensor<2xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!a> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x1xf32>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2x!a>
  return %2 : tensor<1x2x!a>
}

// -----

!a = !qnn.affine<i8, 1.0>
!u = !qnn.affine<ui8, 1.0 : 128>

// x - c: the second multiplier is negative; unsigned 130 is stored as 2.
// CHECK-LABEL: func @difference
// CHECK: %[[C:.*]] = arith.constant dense<[2, 127]> : tensor<2xi8>
// CHECK: qnn.rescale_add %{{.*}}, %[[C]] {lhsMultiplier = 16384 : i32, {{.*}}rhsMultiplier = -16384 : i32
func.func @difference(%x: tensor<2x!a>) -> tensor<2x!a> {
  %q = qnn.constant {payload = dense<[130, 255]> : tensor<2xui8>} : tensor<2x!u>
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %q : tensor<2x!u> -> tensor<2xf32>
  %2 = qnn.binary sub %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!a>
  return %3 : tensor<2x!a>
}

// -----

!a = !qnn.affine<i8, 1.0>

// A table that changes only the lowest value is no identity; one that changes
// only what cannot occur is.
// CHECK-LABEL: func @almost_identity
// CHECK: %[[L:.*]] = qnn.lookup %{{.*}} {table = array<i8: -127, -127, -126,
// CHECK: %[[R:.*]] = qnn.storage_cast %[[L]]
// CHECK: %[[S:.*]] = qnn.storage_cast %{{.*}} : tensor<2xi8> -> tensor<2x!qnn.affine<i8, 1.000000e+00>>
// CHECK: return %[[R]], %[[S]]
func.func @almost_identity(%x: tensor<2x!a>, %y: tensor<2x!qnn.affine<i8<-127:127>, 1.0>>) -> (tensor<2x!a>, tensor<2x!a>) {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.clamp %0 {min = -127.0 : f32, max = 127.0 : f32} : tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!a>
  %3 = qnn.dequantize %y : tensor<2x!qnn.affine<i8<-127:127>, 1.0>> -> tensor<2xf32>
  %4 = qnn.clamp %3 {min = -127.0 : f32, max = 127.0 : f32} : tensor<2xf32>
  %5 = qnn.quantize %4 : tensor<2xf32> -> tensor<2x!a>
  return %2, %5 : tensor<2x!a>, tensor<2x!a>
}

// -----

!a = !qnn.affine<i8, 1.0>

// A float op reads the padded numbers: only zeros may be moved as integers, as
// other values may lie outside of what these can hold.
// CHECK-LABEL: func @keep_float_padding
// CHECK: qnn.pad %{{.*}} {high = array<i64: 0>, low = array<i64: 1>, value = 5.000000e+02 : f32} : tensor<2xf32> -> tensor<3xf32>
// CHECK: qnn.unary exp
func.func @keep_float_padding(%x: tensor<2x!a>) -> tensor<3xf32> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.pad %0 {value = 500.0 : f32, low = array<i64: 1>, high = array<i64: 0>} : tensor<2xf32> -> tensor<3xf32>
  %2 = qnn.unary exp %1 : tensor<3xf32>
  return %2 : tensor<3xf32>
}

// -----

!a = !qnn.affine<i8, 1.0>

// Weights of five bits have signs: 7 is 0b00111, -1 is 0b11111.
// CHECK-LABEL: func @five_bits
// CHECK: arith.constant dense<{{\[\[}}7, -1]]> : tensor<1x2xi5>
func.func @five_bits(%x: tensor<1x2x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<[-25, 3]> : tensor<2xi8>} : tensor<1x2x!qnn.affine<i5, 1.0>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine<i5, 1.0>> -> tensor<1x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}
