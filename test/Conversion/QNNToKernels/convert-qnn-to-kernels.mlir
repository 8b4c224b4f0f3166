// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels | FileCheck %s

// A convolution, its requantization and a residual addition are one kernel that
// reads a padded buffer; the input zero point and the offset of unsigned bytes
// are in the bias: 10 - (3 + 128) * (1 + 1) = -252.

// CHECK-LABEL: @main
// CHECK: linalg.fill
// CHECK: qvec.kernel contraction
// CHECK-SAME: input(%{{.*}} : tensor<1x6x6x2xi8>)
// CHECK-SAME: residuals(%{{.*}} : tensor<1x4x4x2xi8>)
// CHECK-SAME: mergeTaps = true
// CHECK-SAME: unsignedInput
// CHECK: ^bb0(%[[ACC:.*]]: i32, %[[RES:.*]]: i8):
// CHECK: arith.sitofp %[[ACC]]
// CHECK: math.fma
// CHECK: %[[BYTE:.*]] = qvec.saturate
// The offset: 8192 - 128 * (16384 + 8192) + (128 << 14).
// CHECK: qvec.rescale_add %[[BYTE]], %[[RES]] {lhsMultiplier = 16384 : i32, offset = -1040384 : i32, rhsMultiplier = 8192 : i32, shift = 14 : i32, unsignedBytes} : i8
// CHECK: qvec.yield
// CHECK-NOT: qnn.
func.func @main(%x: tensor<1x4x4x2xi8>, %r: tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8> {
  %w = arith.constant dense<1> : tensor<2x3x3x2xi8>
  %b = arith.constant dense<10> : tensor<2xi32>
  %0 = qnn.conv2d %x, %w bias %b window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> {inputZeroPoint = 3 : i32}
    : (tensor<1x4x4x2xi8>, tensor<2x3x3x2xi8>, tensor<2xi32>) -> tensor<1x4x4x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 8388607>, shifts = array<i32: 31>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x4x4x2xi32> -> tensor<1x4x4x2xi8>
  %2 = qnn.rescale_add %1, %r {lhsMultiplier = 16384 : i32, rhsMultiplier = 8192 : i32, offset = 8192 : i32, shift = 14 : i32, min = -128 : i32, max = 127 : i32}
    : (tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  return %2 : tensor<1x4x4x2xi8>
}

// -----

// Multipliers of 21 bits are as good. A sum that the offset of unsigned bytes would take
// beyond 32 bits is one of words.
// CHECK-LABEL: @main
// CHECK: qvec.rescale_add {{.*}} {lhsMultiplier = 1310721 : i32, {{.*}} rhsMultiplier = 655360 : i32
// CHECK-NOT: qvec.rescale_add
// CHECK: arith.muli
// CHECK: arith.shrsi
func.func @main(%x: tensor<1x4x4x2xi8>, %r: tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8> {
  %0 = qnn.rescale_add %x, %r {lhsMultiplier = 1310721 : i32, rhsMultiplier = 655360 : i32, offset = 8192 : i32, shift = 14 : i32, min = -128 : i32, max = 127 : i32}
    : (tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  %1 = qnn.rescale_add %0, %r {lhsMultiplier = 16384 : i32, rhsMultiplier = 8192 : i32, offset = 2143289344 : i32, shift = 14 : i32, min = -128 : i32, max = 127 : i32}
    : (tensor<1x4x4x2xi8>, tensor<1x4x4x2xi8>) -> tensor<1x4x4x2xi8>
  return %1 : tensor<1x4x4x2xi8>
}

// -----

// A constant byte of one value is stored as activations are: -12 + 128 = 116.
// CHECK-LABEL: @main
// CHECK: %[[C:.*]] = arith.constant 116 : i8
// CHECK: qvec.rescale_add %{{.*}}, %[[C]]
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %c = arith.constant dense<-12> : tensor<1x1xi8>
  %0 = qnn.rescale_add %x, %c {lhsMultiplier = 16384 : i32, rhsMultiplier = 8192 : i32, offset = 8192 : i32, shift = 14 : i32, min = -128 : i32, max = 127 : i32}
    : (tensor<1x4xi8>, tensor<1x1xi8>) -> tensor<1x4xi8>
  return %0 : tensor<1x4xi8>
}

// -----

// An accumulator that may exceed 2^24 is rounded in binary64: near 1.5 * 2^52.

// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction
// CHECK: %[[SUM:.*]] = math.fma %{{.*}}, %{{.*}}, %{{.*}} : f64
// CHECK: %[[BITS:.*]] = arith.bitcast %[[SUM]] : f64 to i64
// CHECK: arith.trunci %[[BITS]] : i64 to i32
func.func @main(%x: tensor<1x2000xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<127> : tensor<2x2000xi8>
  %0 = qnn.dense %x, %w : (tensor<1x2000xi8>, tensor<2x2000xi8>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1>, shifts = array<i32: 18>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

// Elementwise ops without a producer are one loop nest; a transpose joins them.
// The division by a scale is a multiply-add that gives the same bytes.

// CHECK-LABEL: @main
// CHECK: linalg.generic
// CHECK: math.fma
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @main(%x: tensor<1x3x4x4xf32>) -> tensor<1x4x4x3x!qnn.affine<ui8, 0.5 : 128>> {
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x3x4x4xf32> -> tensor<1x4x4x3xf32>
  %1 = qnn.quantize %0 : tensor<1x4x4x3xf32> -> tensor<1x4x4x3x!qnn.affine<ui8, 0.5 : 128>>
  return %1 : tensor<1x4x4x3x!qnn.affine<ui8, 0.5 : 128>>
}

// -----

// A depthwise convolution has a kernel of its own; its weight stays packed: one
// block of three pixels, three columns of taps, whose rows are a group.

// CHECK-LABEL: @main
// CHECK: arith.constant {{.*}} : tensor<1x3x1x1x256xi8>
// CHECK: qvec.kernel depthwise
// CHECK-SAME: depthwise_strategy <axis = 0, outputs = 1, columns = 1, pixels = 3,
func.func @main(%x: tensor<1x5x5x8xi8>) -> tensor<1x3x3x8xi32> {
  %w = arith.constant dense<2> : tensor<8x3x3x1xi8>
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 8 : i64}
    : (tensor<1x5x5x8xi8>, tensor<8x3x3x1xi8>) -> tensor<1x3x3x8xi32>
  return %0 : tensor<1x3x3x8xi32>
}

// -----

// A table is part of the epilogue. Its entries are in the order of stored bytes
// and have their offset: the first is for -128, stored as 0, and gives 5 + 128.

// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction
// CHECK: qvec.saturate
// CHECK: qvec.lookup %{{.*}} {table = array<i8: -123, -128, -128,
// CHECK-NEXT: qvec.yield
func.func @main(%x: tensor<1x8xi8>) -> tensor<1x4xi8> {
  %w = arith.constant dense<1> : tensor<4x8xi8>
  %0 = qnn.dense %x, %w : (tensor<1x8xi8>, tensor<4x8xi8>) -> tensor<1x4xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 8388607>, shifts = array<i32: 31>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x4xi32> -> tensor<1x4xi8>
  %2 = qnn.lookup %1 {table = array<i8: 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : tensor<1x4xi8>
  return %2 : tensor<1x4xi8>
}

// -----

// Two output channels per input channel are depthwise as well.

// CHECK-LABEL: @main
// CHECK: qvec.kernel depthwise
// CHECK-NOT: strategy <rows
func.func @main(%x: tensor<1x5x5x8xi8>) -> tensor<1x3x3x16xi32> {
  %w = arith.constant dense<2> : tensor<16x3x3x1xi8>
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 8 : i64}
    : (tensor<1x5x5x8xi8>, tensor<16x3x3x1xi8>) -> tensor<1x3x3x16xi32>
  return %0 : tensor<1x3x3x16xi32>
}

// -----

// Three do not divide a run of 16 channels: a contraction in groups.

// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction
// CHECK-SAME: groups = 8
func.func @main(%x: tensor<1x5x5x8xi8>) -> tensor<1x3x3x24xi32> {
  %w = arith.constant dense<2> : tensor<24x3x3x1xi8>
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 8 : i64}
    : (tensor<1x5x5x8xi8>, tensor<24x3x3x1xi8>) -> tensor<1x3x3x24xi32>
  return %0 : tensor<1x3x3x24xi32>
}

// -----

// Bytes that products read to their end and no further stay where they are; what
// they are called makes no difference.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<2x8xi8>
// CHECK-NOT: linalg
// CHECK: tensor.collapse_shape %[[X]]
// CHECK-NOT: linalg
// CHECK: qvec.kernel contraction
func.func @main(%x: tensor<2x8x!qnn.affine<ui8, 0.5:128>>) -> tensor<2x1xi32> {
  %w = arith.constant dense<1> : tensor<1x8xi8>
  %0 = qnn.storage_cast %x : tensor<2x8x!qnn.affine<ui8, 0.5:128>> -> tensor<2x8xi8>
  %1 = qnn.dense %0, %w : (tensor<2x8xi8>, tensor<1x8xi8>) -> tensor<2x1xi32>
  return %1 : tensor<2x1xi32>
}

// -----

// The last step would read two bytes too many.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<2x6xi8>
// CHECK: linalg.copy ins(%[[X]]
func.func @main(%x: tensor<2x6x!qnn.affine<ui8, 0.5:128>>) -> tensor<2x1xi32> {
  %w = arith.constant dense<1> : tensor<1x6xi8>
  %0 = qnn.storage_cast %x : tensor<2x6x!qnn.affine<ui8, 0.5:128>> -> tensor<2x6xi8>
  %1 = qnn.dense %0, %w : (tensor<2x6xi8>, tensor<1x6xi8>) -> tensor<2x1xi32>
  return %1 : tensor<2x1xi32>
}

// -----

// Signed bytes are moved into the range of unsigned factors.

// CHECK-LABEL: func.func @main(
// CHECK: linalg.generic
// CHECK: arith.addi %{{.*}}, %c-128_i8
func.func @main(%x: tensor<2x8x!qnn.affine<i8, 0.5>>) -> tensor<2x1xi32> {
  %w = arith.constant dense<1> : tensor<1x8xi8>
  %0 = qnn.storage_cast %x : tensor<2x8x!qnn.affine<i8, 0.5>> -> tensor<2x8xi8>
  %1 = qnn.dense %0, %w : (tensor<2x8xi8>, tensor<1x8xi8>) -> tensor<2x1xi32>
  return %1 : tensor<2x1xi32>
}

// -----

// An input with padding is written into its frame at once. A zero point that is
// stored as 0 gives no products in the frame.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<1x4x4x4xi8>
// CHECK: %[[FRAME:.*]] = tensor.empty() : tensor<1x6x5x4xi8>
// CHECK: linalg.copy ins(%[[X]]
// CHECK-NOT: linalg
// CHECK: qvec.kernel contraction
// CHECK-SAME: zeroPads = array<i64: 1, 0, 1, 1>
func.func @main(%x: tensor<1x4x4x4x!qnn.affine<ui8, 0.5>>) -> tensor<1x4x3x1xi32> {
  %w = arith.constant dense<1> : tensor<1x3x3x4xi8>
  %0 = qnn.storage_cast %x : tensor<1x4x4x4x!qnn.affine<ui8, 0.5>> -> tensor<1x4x4x4xi8>
  %1 = qnn.conv2d %0, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 1, 1]>
    {inputZeroPoint = -128 : i32} : (tensor<1x4x4x4xi8>, tensor<1x3x3x4xi8>) -> tensor<1x4x3x1xi32>
  return %1 : tensor<1x4x3x1xi32>
}

// -----

// CHECK-LABEL: func.func @main(
// CHECK: qvec.kernel contraction
// CHECK-NOT: zeroPads
// CHECK: return
func.func @main(%x: tensor<1x4x4x4x!qnn.affine<ui8, 0.5:127>>) -> tensor<1x4x3x1xi32> {
  %w = arith.constant dense<1> : tensor<1x3x3x4xi8>
  %0 = qnn.storage_cast %x : tensor<1x4x4x4x!qnn.affine<ui8, 0.5:127>> -> tensor<1x4x4x4xi8>
  %1 = qnn.conv2d %0, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 0, 1, 1]>
    {inputZeroPoint = -1 : i32} : (tensor<1x4x4x4xi8>, tensor<1x3x3x4xi8>) -> tensor<1x4x3x1xi32>
  return %1 : tensor<1x4x3x1xi32>
}
