// RUN: quant-opt %s -split-input-file --qnn-quantize-inputs | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-quantize-inputs=per-tensor | FileCheck %s --check-prefix=TENSOR

!w = !qnn.affine_axis<i8<-127:127>, 0>

// A scale per row of the product; both layers share it. The clamp's result
// cannot be negative, through the reshape.
// CHECK-LABEL: func @dense
// CHECK: %[[Q:.*]], %[[S:.*]] = qnn.quantize_dynamic %arg0 {rowDims = 2 : i64} : tensor<2x3x2xf32> -> tensor<2x3x2xi8>, tensor<2x3xf32>
// CHECK: %[[D:.*]] = qnn.dequantize_dynamic %[[Q]], %[[S]] {rowDims = 2 : i64, zeroPoint = 0 : i32}
// CHECK-NOT: qnn.quantize_dynamic
// CHECK: qnn.dense %[[D]],
// CHECK: qnn.dense %[[D]],
// CHECK: %[[R:.*]] = qnn.reshape
// CHECK: %[[N:.*]], %[[T:.*]] = qnn.quantize_dynamic %[[R]] {nonNegative, rowDims = 1 : i64} : tensor<6x2xf32> -> tensor<6x2xi8>, tensor<6xf32>
// CHECK: qnn.dequantize_dynamic %[[N]], %[[T]] {rowDims = 1 : i64, zeroPoint = -128 : i32}
// TENSOR-LABEL: func @dense
// TENSOR: qnn.quantize_dynamic %arg0 {rowDims = 0 : i64} : tensor<2x3x2xf32> -> tensor<2x3x2xi8>, tensor<f32>
func.func @dense(%x: tensor<2x3x2xf32>) -> (tensor<2x3x2xf32>, tensor<6x2xf32>) {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>} : tensor<2x2x!w>
  %w = qnn.dequantize %q : tensor<2x2x!w> -> tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<2x3x2xf32>, tensor<2x2xf32>) -> tensor<2x3x2xf32>
  %1 = qnn.dense %x, %w : (tensor<2x3x2xf32>, tensor<2x2xf32>) -> tensor<2x3x2xf32>
  %2 = qnn.clamp %1 {min = 0.0 : f32, max = 6.0 : f32} : tensor<2x3x2xf32>
  %3 = qnn.reshape %2 : tensor<2x3x2xf32> -> tensor<6x2xf32>
  %4 = qnn.dense %3, %w : (tensor<6x2xf32>, tensor<2x2xf32>) -> tensor<6x2xf32>
  return %0, %4 : tensor<2x3x2xf32>, tensor<6x2xf32>
}

// -----

!w = !qnn.affine_axis<i8<-127:127>, 0>

// A scale per sample. Sums of what is not negative are not negative; a
// difference may be.
// CHECK-LABEL: func @conv
// CHECK: qnn.quantize_dynamic %{{.*}} {nonNegative, rowDims = 1 : i64} : tensor<2x2x2x1xf32> -> tensor<2x2x2x1xi8>, tensor<2xf32>
// CHECK: qnn.conv2d
// CHECK: qnn.quantize_dynamic %{{.*}} {rowDims = 1 : i64}
// CHECK: qnn.conv2d
func.func @conv(%x: tensor<2x2x2x1xf32>) -> (tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>) {
  %q = qnn.constant {payload = dense<3> : tensor<1x1x1x1xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x1x1x1x!w>
  %w = qnn.dequantize %q : tensor<1x1x1x1x!w> -> tensor<1x1x1x1xf32>
  %a = qnn.unary sigmoid %x : tensor<2x2x2x1xf32>
  %b = qnn.pool average %a window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<2x2x2x1xf32> -> tensor<2x2x2x1xf32>
  %c = qnn.binary add %a, %b : (tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>) -> tensor<2x2x2x1xf32>
  %0 = qnn.conv2d %c, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<2x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<2x2x2x1xf32>
  %d = qnn.binary sub %a, %b : (tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>) -> tensor<2x2x2x1xf32>
  %1 = qnn.conv2d %d, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<2x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<2x2x2x1xf32>
  return %0, %1 : tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>
}

// -----

// Float weights, small floats and inputs with scales of their own are left
// alone.
// CHECK-LABEL: func @nothing
// CHECK-NOT: qnn.quantize_dynamic
func.func @nothing(%x: tensor<1x2xf32>, %y: tensor<1x2x!qnn.affine<i8, 0.5>>) -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<1.0> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %h = qnn.constant {payload = dense<1.0> : tensor<1x2xf16>} : tensor<1x2x!qnn.float<f16>>
  %v = qnn.dequantize %h : tensor<1x2x!qnn.float<f16>> -> tensor<1x2xf32>
  %1 = qnn.dense %x, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %q = qnn.constant {payload = dense<[[1, 2]]> : tensor<1x2xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x2x!qnn.affine_axis<i8, 0>>
  %u = qnn.dequantize %q : tensor<1x2x!qnn.affine_axis<i8, 0>> -> tensor<1x2xf32>
  %d = qnn.dequantize %y : tensor<1x2x!qnn.affine<i8, 0.5>> -> tensor<1x2xf32>
  %2 = qnn.dense %d, %u : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0, %1, %2 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}

// -----

!w = !qnn.affine_axis<i8<-127:127>, 0>

// A convolution and a dense layer read one value, but not by the same rows.
// CHECK-LABEL: func @different_rows
// CHECK-DAG: qnn.quantize_dynamic %arg0 {rowDims = 1 : i64}
// CHECK-DAG: qnn.quantize_dynamic %arg0 {rowDims = 3 : i64}
func.func @different_rows(%x: tensor<2x2x2x1xf32>) -> (tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>) {
  %q = qnn.constant {payload = dense<3> : tensor<1x1x1x1xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x1x1x1x!w>
  %w = qnn.dequantize %q : tensor<1x1x1x1x!w> -> tensor<1x1x1x1xf32>
  %r = qnn.constant {payload = dense<3> : tensor<1x1xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x1x!w>
  %v = qnn.dequantize %r : tensor<1x1x!w> -> tensor<1x1xf32>
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<2x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<2x2x2x1xf32>
  %1 = qnn.dense %x, %v : (tensor<2x2x2x1xf32>, tensor<1x1xf32>) -> tensor<2x2x2x1xf32>
  return %0, %1 : tensor<2x2x2x1xf32>, tensor<2x2x2x1xf32>
}

// -----

!w = !qnn.affine_axis<i8<-127:127>, 0>

// Numbers down to -1, numbers padded with -1 and a weight of 16 bits.
// CHECK-LABEL: func @perhaps_negative
// CHECK-COUNT-2: qnn.quantize_dynamic %{{.*}} {rowDims = 1 : i64}
// CHECK-NOT: qnn.quantize_dynamic
func.func @perhaps_negative(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>) {
  %q = qnn.constant {payload = dense<3> : tensor<1x1xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x1x!w>
  %w = qnn.dequantize %q : tensor<1x1x!w> -> tensor<1x1xf32>
  %r = qnn.constant {payload = dense<3> : tensor<1x2xi8>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x2x!w>
  %v = qnn.dequantize %r : tensor<1x2x!w> -> tensor<1x2xf32>
  %s = qnn.constant {payload = dense<300> : tensor<1x1xi16>, scales = dense<0.25> : tensor<1xf32>} : tensor<1x1x!qnn.affine_axis<i16, 0>>
  %u = qnn.dequantize %s : tensor<1x1x!qnn.affine_axis<i16, 0>> -> tensor<1x1xf32>
  %a = qnn.clamp %x {min = -1.0 : f32, max = 6.0 : f32} : tensor<1x1xf32>
  %0 = qnn.dense %a, %w : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %b = qnn.unary abs %x : tensor<1x1xf32>
  %p = qnn.pad %b {value = -1.0 : f32, low = array<i64: 0, 1>, high = array<i64: 0, 0>} : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = qnn.dense %p, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %2 = qnn.dense %b, %u : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %0, %1, %2 : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}
