// RUN: quant-opt %s -split-input-file --qnn-fuse-integer --canonicalize --cse --qnn-verify-fused | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-fuse-integer=integer-only 2>&1 | FileCheck %s --check-prefix=INTEGER

!a = !qnn.affine<i8, 0.5 : 3>
!b = !qnn.affine<i8, 0.25 : -128>

// Each block has its scale: the sums are floats, in steps of 0.5. The bias follows in
// steps of the result, then the only rounding, with the limits of the clamp.
// CHECK-LABEL: func @static
// CHECK: %[[W:.*]] = qnn.constant
// CHECK: %[[X:.*]] = qnn.storage_cast %arg0
// CHECK: %[[S:.*]] = qnn.dense %[[X]], %[[W]] {inputZeroPoint = 3 : i32} : (tensor<1x4xi8>, tensor<2x4x!qnn.affine_block<i4, 2>>) -> tensor<1x2xf32>
// CHECK: %[[Y:.*]] = qnn.scale_sums %[[S]] {offsets = array<f32: 1.600000e+01, -1.600000e+01>, scales = array<f32: 2.000000e+00>}
// CHECK: %[[Q:.*]] = qnn.quantize %[[Y]] : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8<-128:-104>, 1.000000e+00 : -128>>
// CHECK: %[[I:.*]] = qnn.storage_cast %[[Q]]
// CHECK: %[[R:.*]] = qnn.storage_cast %[[I]]
// CHECK: return %[[R]]
// INTEGER: remark: stays float: its weight has more than one scale per output channel
func.func @static(%x: tensor<1x4x!a>) -> tensor<1x2x!b> {
  %q = qnn.constant {payload = dense<17> : tensor<4xi8>, scales = dense<[0.5, 1.0, 2.0, 3.0]> : tensor<4xf16>} : tensor<2x4x!qnn.affine_block<i4, 2>>
  %w = qnn.dequantize %q : tensor<2x4x!qnn.affine_block<i4, 2>> -> tensor<2x4xf32>
  %b = arith.constant dense<[4.0, -4.0]> : tensor<2xf32>
  %0 = qnn.dequantize %x : tensor<1x4x!a> -> tensor<1x4xf32>
  %1 = qnn.dense %0, %w bias %b : (tensor<1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2xf32>
  %3 = qnn.quantize %2 : tensor<1x2xf32> -> tensor<1x2x!b>
  return %3 : tensor<1x2x!b>
}

// -----

// A scale found at run time; a weight with one zero point.
// CHECK-LABEL: func @dynamic
// CHECK: %[[Q:.*]], %[[S:.*]] = qnn.quantize_dynamic
// CHECK: %[[A:.*]] = qnn.dense %[[Q]], %{{.*}} : (tensor<3x2xi8>, tensor<1x2x!qnn.affine<ui8, 5.000000e-01 : 7>>) -> tensor<3x1xf32>
// CHECK: qnn.scale_sums %[[A]] rows %[[S]] {offsets = array<f32: 4.000000e+00>, scales = array<f32: 1.000000e+00>} : (tensor<3x1xf32>, tensor<3xf32>)
func.func @dynamic(%x: tensor<3x2xf32>) -> tensor<3x1xf32> {
  %q = qnn.constant {payload = dense<[[1, 200]]> : tensor<1x2xui8>} : tensor<1x2x!qnn.affine<ui8, 0.5 : 7>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine<ui8, 0.5 : 7>> -> tensor<1x2xf32>
  %b = arith.constant dense<4.0> : tensor<1xf32>
  %i, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<3x2xf32> -> tensor<3x2xi8>, tensor<3xf32>
  %d = qnn.dequantize_dynamic %i, %s {rowDims = 1 : i64, zeroPoint = 0 : i32} : tensor<3x2xi8>, tensor<3xf32> -> tensor<3x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<3x2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

// Weights of four bits with one scale per channel stay integers of four bits.
// CHECK-LABEL: func @channel
// CHECK: %[[W:.*]] = arith.constant dense<{{\[\[}}1, -2, 7, -7]]> : tensor<1x4xi4>
// CHECK: qnn.dense %{{.*}}, %[[W]] bias %{{.*}} : (tensor<1x4xi8>, tensor<1x4xi4>, tensor<1xi32>) -> tensor<1x1xi32>
// CHECK: qnn.requantize
func.func @channel(%x: tensor<1x4x!qnn.affine<i8, 0.5>>) -> tensor<1x1x!qnn.affine<i8, 0.25>> {
  %q = qnn.constant {payload = dense<[-31, -105]> : tensor<2xi8>, scales = dense<0.5> : tensor<1xf32>} : tensor<1x4x!qnn.affine_axis<i4<-7:7>, 0>>
  %w = qnn.dequantize %q : tensor<1x4x!qnn.affine_axis<i4<-7:7>, 0>> -> tensor<1x4xf32>
  %0 = qnn.dequantize %x : tensor<1x4x!qnn.affine<i8, 0.5>> -> tensor<1x4xf32>
  %1 = qnn.dense %0, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 0.25>>
  return %2 : tensor<1x1x!qnn.affine<i8, 0.25>>
}

// -----

// A rectifier in front of the largest zero point leaves one integer, which is no range of
// a type.
// CHECK-LABEL: func @one_integer
// CHECK: %[[Y:.*]] = qnn.scale_sums
// CHECK: %[[C:.*]] = qnn.clamp %[[Y]] {max = 0.000000e+00 : f32, min = 0.000000e+00 : f32,
// CHECK: qnn.quantize %[[C]] : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 1.000000e+00 : 127>>
func.func @one_integer(%x: tensor<1x4x!qnn.affine<i8, 0.5 : 3>>) -> tensor<1x1x!qnn.affine<i8, 0.25 : 127>> {
  %q = qnn.constant {payload = dense<17> : tensor<2xi8>, scales = dense<[0.5, 1.0]> : tensor<2xf16>} : tensor<1x4x!qnn.affine_block<i4, 2>>
  %w = qnn.dequantize %q : tensor<1x4x!qnn.affine_block<i4, 2>> -> tensor<1x4xf32>
  %0 = qnn.dequantize %x : tensor<1x4x!qnn.affine<i8, 0.5 : 3>> -> tensor<1x4xf32>
  %1 = qnn.dense %0, %w : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<1x1xf32>
  %3 = qnn.quantize %2 : tensor<1x1xf32> -> tensor<1x1x!qnn.affine<i8, 0.25 : 127>>
  return %3 : tensor<1x1x!qnn.affine<i8, 0.25 : 127>>
}
