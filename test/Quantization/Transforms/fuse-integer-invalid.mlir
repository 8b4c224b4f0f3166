// RUN: quant-opt %s -split-input-file --qnn-fuse-integer -verify-diagnostics

!a = !qnn.affine<i8, 0.5 : 3>

func.func @other_axis(%x: tensor<1x2x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<1> : tensor<1x2xi8>, scales = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<1x2x!qnn.affine_axis<i8, 1>>
  %w = qnn.dequantize %q : tensor<1x2x!qnn.affine_axis<i8, 1>> -> tensor<1x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  // expected-remark@below {{stays float: its weight's scales belong to no output channel}}
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

func.func @depthwise(%x: tensor<1x1x2x2x!a>) -> tensor<1x1x1x2x!a> {
  %q = qnn.constant {payload = dense<-128> : tensor<2x1x2x1xi8>} : tensor<2x1x2x1x!qnn.affine<i8, 1.0 : 1>>
  %w = qnn.dequantize %q : tensor<2x1x2x1x!qnn.affine<i8, 1.0 : 1>> -> tensor<2x1x2x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x2x2x!a> -> tensor<1x1x2x2xf32>
  // expected-remark@below {{stays float: depthwise weights need one scale per channel and no zero point}}
  %1 = qnn.conv2d %0, %w window <kernel = [1, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x1x2x2xf32>, tensor<2x1x2x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!a>
  return %2 : tensor<1x1x1x2x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

// 70000 products of up to 255 and 131 do not fit 32 bits in one block.
func.func @long_block(%x: tensor<1x70000x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<1> : tensor<1x70000xi8>} : tensor<1x70000x!qnn.affine<i8, 1.0 : 1>>
  %w = qnn.dequantize %q : tensor<1x70000x!qnn.affine<i8, 1.0 : 1>> -> tensor<1x70000xf32>
  %0 = qnn.dequantize %x : tensor<1x70000x!a> -> tensor<1x70000xf32>
  // expected-remark@below {{stays float: its sums may exceed 32 bits}}
  %1 = qnn.dense %0, %w : (tensor<1x70000xf32>, tensor<1x70000xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

func.func @float_weight(%x: tensor<1x2x!a>) -> tensor<1x1x!a> {
  %w = arith.constant dense<1.0> : tensor<1x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  // expected-remark@below {{stays float: its weight is not quantized}}
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

func.func @quotient(%x: tensor<2x!a>, %y: tensor<2x!a>) -> tensor<2x!a> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!a> -> tensor<2xf32>
  // expected-remark@below {{stays float: 'div' of two tensors has no integer form}}
  %2 = qnn.binary div %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!a>
  return %3 : tensor<2x!a>
}

// -----

!a = !qnn.affine<i16, 0.5 : 3>

func.func @sixteen_bits(%x: tensor<2x!a>) -> tensor<2x!a> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  // expected-remark@below {{stays float: a table for 16 bits would have 65536 entries}}
  %1 = qnn.unary exp %0 : tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!a>
  return %2 : tensor<2x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

func.func @softmax(%x: tensor<2x!a>) -> tensor<2xf32> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  // expected-remark@below {{stays float: softmax computes in float; 'integer-only' changes that}}
  %1 = qnn.softmax %0 {axis = 0 : i64} : tensor<2xf32>
  %2 = qnn.quantize %1 : tensor<2xf32> -> tensor<2x!a>
  %3 = qnn.dequantize %2 : tensor<2x!a> -> tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

func.func @mean_of_channels(%x: tensor<1x2x2x3x!a>) -> tensor<1x2x1x1x!a> {
  %0 = qnn.dequantize %x : tensor<1x2x2x3x!a> -> tensor<1x2x2x3xf32>
  // expected-remark@below {{stays float: it has no integer form}}
  %1 = qnn.reduce mean %0 axes [2, 3] : tensor<1x2x2x3xf32> -> tensor<1x2x1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x2x1x1xf32> -> tensor<1x2x1x1x!a>
  return %2 : tensor<1x2x1x1x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

// 127 * 131 * 130000 is above 2^31.
func.func @long_sum(%x: tensor<1x130000x!a>) -> tensor<1x1x!a> {
  %q = qnn.constant {payload = dense<127> : tensor<1x130000xi8>} : tensor<1x130000x!qnn.affine<i8, 1.0>>
  %w = qnn.dequantize %q : tensor<1x130000x!qnn.affine<i8, 1.0>> -> tensor<1x130000xf32>
  %0 = qnn.dequantize %x : tensor<1x130000x!a> -> tensor<1x130000xf32>
  // expected-remark@below {{stays float: its sums may exceed 32 bits}}
  %1 = qnn.dense %0, %w : (tensor<1x130000xf32>, tensor<1x130000xf32>) -> tensor<1x1xf32>
  %2 = qnn.quantize %1 : tensor<1x1xf32> -> tensor<1x1x!a>
  return %2 : tensor<1x1x!a>
}

// -----

!a = !qnn.affine<i16, 0.5 : 3>

func.func @wide_maximum(%x: tensor<2x!a>, %y: tensor<2x!a>) -> tensor<2x!a> {
  %0 = qnn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = qnn.dequantize %y : tensor<2x!a> -> tensor<2xf32>
  // expected-remark@below {{stays float: 'max' has an integer form for 8 bits and fixed shapes}}
  %2 = qnn.binary max %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = qnn.quantize %2 : tensor<2xf32> -> tensor<2x!a>
  return %3 : tensor<2x!a>
}
