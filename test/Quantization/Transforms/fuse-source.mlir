// RUN: quant-opt %s --qnn-fuse-integer=rounding=source --canonicalize --cse | FileCheck %s
// RUN: not quant-opt %s --qnn-fuse-integer=rounding=down 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: expected 'rounding' to be auto, nearest or source, but got 'down'

!x = !qnn.affine<i8, 0.25 : 3>
!y = !qnn.affine<i8, 0.5 : -5>
!p = !qnn.affine<i8, 0.00390625 : -128>

// Many steps on both sides of zero: no single multiplier has them all.
// CHECK-LABEL: @dense_twice
// CHECK: qnn.requantize %{{.*}} {max = 127 : i32, min = -128 : i32, multipliers = array<i32: {{[0-9]+}}>, roundTwice, shifts = array<i32: 40>, zeroPoint = -5 : i32}
func.func @dense_twice(%x: tensor<1x64x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<100> : tensor<1x64xi8>} : tensor<1x64x!qnn.affine<i8, 0.00217>>
  %w = qnn.dequantize %c : tensor<1x64x!qnn.affine<i8, 0.00217>> -> tensor<1x64xf32>
  %0 = qnn.dequantize %x : tensor<1x64x!x> -> tensor<1x64xf32>
  %1 = qnn.dense %0, %w : (tensor<1x64xf32>, tensor<1x64xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Few sums: an ordinary multiplier gives the same bytes.
// CHECK-LABEL: @dense_once
// CHECK: qnn.requantize
// CHECK-NOT: roundTwice
// CHECK: return
func.func @dense_once(%x: tensor<1x1x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<1> : tensor<1x1xi8>} : tensor<1x1x!qnn.affine<i8, 1.0>>
  %w = qnn.dequantize %c : tensor<1x1x!qnn.affine<i8, 1.0>> -> tensor<1x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!x> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 3.0>>
  %3 = qnn.dequantize %2 : tensor<1x1x!qnn.affine<i8, 3.0>> -> tensor<1x1xf32>
  %4 = qnn.quantize %3 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %4 : tensor<1x1x!y>
}

// A bias that 24 bits cannot hold comes from the attribute.
// CHECK-LABEL: @exact_bias
// CHECK: arith.constant dense<1073741825> : tensor<1xi32>
func.func @exact_bias(%x: tensor<1x1x!x>) -> tensor<1x1x!y> {
  %c = qnn.constant {payload = dense<1> : tensor<1x1xi8>} : tensor<1x1x!qnn.affine<i8, 1.0>>
  %w = qnn.dequantize %c : tensor<1x1x!qnn.affine<i8, 1.0>> -> tensor<1x1xf32>
  %b = arith.constant dense<268435456.0> : tensor<1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x!x> -> tensor<1x1xf32>
  %1 = qnn.dense %0, %w bias %b {qnn.exact_bias = array<i32: 1073741825>} : (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!y>
  return %2 : tensor<1x1x!y>
}

// Sums have one weighted sum with more than 16 bits.
// CHECK-LABEL: @sum
// CHECK: qnn.rescale_add %{{.*}} {lhsMultiplier = {{[0-9]+}} : i32, max = 127 : i32, min = -128 : i32, offset = {{-?[0-9]+}} : i32, rhsMultiplier = {{[0-9]+}} : i32, shift = 2{{[0-9]}} : i32}
func.func @sum(%x: tensor<4x!x>, %z: tensor<4x!qnn.affine<i8, 0.314159 : 10>>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<i8, 0.314159 : 10>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!y>
  return %3 : tensor<4x!y>
}

// Where there is none, tables keep the source's steps.
// CHECK-LABEL: @sum_of_tables
// CHECK: %[[S:.*]] = qnn.lookup_sum
// CHECK: qnn.requantize %[[S]] {{.*}}roundTwice
func.func @sum_of_tables(%x: tensor<4x!qnn.affine<i8, 0.051009658724069595 : 101>>, %z: tensor<4x!qnn.affine<i8, 0.15572574734687805 : 68>>) -> tensor<4x!qnn.affine<i8, 0.14677302539348602 : 75>> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<i8, 0.051009658724069595 : 101>> -> tensor<4xf32>
  %1 = qnn.dequantize %z : tensor<4x!qnn.affine<i8, 0.15572574734687805 : 68>> -> tensor<4xf32>
  %2 = qnn.binary add %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = qnn.quantize %2 : tensor<4xf32> -> tensor<4x!qnn.affine<i8, 0.14677302539348602 : 75>>
  return %3 : tensor<4x!qnn.affine<i8, 0.14677302539348602 : 75>>
}

// CHECK-LABEL: @product
// CHECK: qnn.rescale_mul {{.*}}roundTwice
func.func @product(%x: tensor<4x!x>) -> tensor<4x!y> {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.binary mul %0, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!y>
  return %2 : tensor<4x!y>
}

// Averages divide stored integers; halves go away from zero with a larger multiplier.
// CHECK-LABEL: @average
// CHECK: qnn.pool_requantize {{.*}}inputZeroPoint = 0 : i32
// CHECK-NOT: roundTwice
// CHECK: return
func.func @average(%x: tensor<1x2x2x1x!x>) -> tensor<1x1x1x1x!x> {
  %0 = qnn.dequantize %x : tensor<1x2x2x1x!x> -> tensor<1x2x2x1xf32>
  %1 = qnn.pool average %0 window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x2x2x1xf32> -> tensor<1x1x1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x1xf32> -> tensor<1x1x1x1x!x>
  return %2 : tensor<1x1x1x1x!x>
}

// CHECK-LABEL: @softmax
// CHECK: qnn.softmax_fixed_point %{{.*}} {axis = 1 : i64, table = array<i32: 2147483647, 16
func.func @softmax(%x: tensor<1x4x!x>) -> tensor<1x4x!p> {
  %0 = qnn.dequantize %x : tensor<1x4x!x> -> tensor<1x4xf32>
  %1 = qnn.softmax %0 {axis = 1 : i64} : tensor<1x4xf32>
  %2 = qnn.quantize %1 : tensor<1x4xf32> -> tensor<1x4x!p>
  return %2 : tensor<1x4x!p>
}

// CHECK-LABEL: @functions
// CHECK-COUNT-3: qnn.lookup
// CHECK-NOT: qnn.unary
// CHECK: return
func.func @functions(%x: tensor<4x!x>) -> (tensor<4x!p>, tensor<4x!y>, tensor<4x!y>) {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.unary sigmoid %0 : tensor<4xf32>
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!p>
  %3 = qnn.unary hard_swish %0 : tensor<4xf32>
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!y>
  %5 = qnn.quantize %0 : tensor<4xf32> -> tensor<4x!y>
  return %2, %4, %5 : tensor<4x!p>, tensor<4x!y>, tensor<4x!y>
}

// What TFLite has no integer kernel for, or another type for, stays float.
// CHECK-LABEL: @float
// CHECK: qnn.unary exp {{.*}}qnn.reason = "'exp' has no rounding of the source"
// CHECK: qnn.unary tanh {{.*}}qnn.reason = "TFLite's kernel has the output scale 1/128 and zero point 0 only"
func.func @float(%x: tensor<4x!x>) -> (tensor<4x!y>, tensor<4x!y>) {
  %0 = qnn.dequantize %x : tensor<4x!x> -> tensor<4xf32>
  %1 = qnn.unary exp %0 : tensor<4xf32>
  %2 = qnn.quantize %1 : tensor<4xf32> -> tensor<4x!y>
  %3 = qnn.unary tanh %0 : tensor<4xf32>
  %4 = qnn.quantize %3 : tensor<4xf32> -> tensor<4x!y>
  return %2, %4 : tensor<4x!y>, tensor<4x!y>
}
