// RUN: quant-opt %s -split-input-file --qnn-fuse-integer -verify-diagnostics

// What has no integer form with a zero point of run time says so.
func.func @blocks(%x: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %q = qnn.constant {payload = dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>, scales = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<1x4x!qnn.affine_block<i8, 2>>
  %w = qnn.dequantize %q : tensor<1x4x!qnn.affine_block<i8, 2>> -> tensor<1x4xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<3x4xf32> -> tensor<3x4xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<3x4xi8>, tensor<f32>, tensor<i8> -> tensor<3x4xf32>
  // expected-remark @+1 {{stays float: its weight has more than one scale per output channel}}
  %0 = qnn.dense %d, %w : (tensor<3x4xf32>, tensor<1x4xf32>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// -----

func.func @groups(%x: tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32> {
  %q = qnn.constant {payload = dense<[[[[0]]], [[[255]]]]> : tensor<2x1x1x1xui8>} : tensor<2x1x1x1x!qnn.affine<ui8, 0.5 : 100>>
  %w = qnn.dequantize %q : tensor<2x1x1x1x!qnn.affine<ui8, 0.5 : 100>> -> tensor<2x1x1x1xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<1x1x1x2xf32> -> tensor<1x1x1x2xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<1x1x1x2xi8>, tensor<f32>, tensor<i8> -> tensor<1x1x1x2xf32>
  // expected-remark @+1 {{stays float: weights of groups minus their zero points exceed 8 bits}}
  %0 = qnn.conv2d %d, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64} : (tensor<1x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  return %0 : tensor<1x1x1x2xf32>
}
