// RUN: quant-opt %s --qnn-fuse-integer=integer-only --canonicalize --cse | FileCheck %s

!x = !qnn.affine<ui8, 0.5 : 131>
!w = !qnn.affine<ui8, 0.25 : 100>

// Without the zero point the second weight is 155 = 127 + 28: its input is read twice.
// CHECK-LABEL: @dense
// CHECK: arith.constant dense<{{\[\[}}-100, 127, 28], [20, 0, 0]]> : tensor<2x3xi8>
// CHECK: %[[X:.*]] = qnn.storage_cast
// CHECK: %[[AGAIN:.*]] = qnn.gather %[[X]] {axis = 1 : i64, indices = array<i64: 1>}
// CHECK: %[[BOTH:.*]] = qnn.concat %[[X]], %[[AGAIN]] {axis = 1 : i64}
// CHECK: qnn.dense %[[BOTH]], %{{.*}} {inputZeroPoint = 3 : i32}
func.func @dense(%x: tensor<1x2x!x>) -> tensor<1x2x!x> {
  %q = qnn.constant {payload = dense<[[0, 255], [120, 100]]> : tensor<2x2xui8>} : tensor<2x2x!w>
  %w = qnn.dequantize %q : tensor<2x2x!w> -> tensor<2x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2x!x>
  return %2 : tensor<1x2x!x>
}

// Groups read all of their channels twice.
// CHECK-LABEL: @groups
// CHECK: arith.constant dense<{{.*}}127, 28]{{.*}}-100, 0]{{.*}}> : tensor<2x1x1x2xi8>
// CHECK: %[[TWICE:.*]] = qnn.gather {{.*}}indices = array<i64: 0, 0, 1, 1>
// CHECK: qnn.conv2d %[[TWICE]]
// CHECK-SAME: groups = 2
func.func @groups(%x: tensor<1x1x1x2x!x>) -> tensor<1x1x1x2x!x> {
  %q = qnn.constant {payload = dense<[[[[255]]], [[[0]]]]> : tensor<2x1x1x1xui8>} : tensor<2x1x1x1x!w>
  %w = qnn.dequantize %q : tensor<2x1x1x1x!w> -> tensor<2x1x1x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x1x2x!x> -> tensor<1x1x1x2xf32>
  %1 = qnn.conv2d %0, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!x>
  return %2 : tensor<1x1x1x2x!x>
}

// 255 is 127 + 127 + 1, 128 is 127 + 1.
// CHECK-LABEL: @three_parts
// CHECK: arith.constant dense<{{\[\[}}127, 127, 127, 1, 1], [-128, -128, -127, -127, 0]]> : tensor<2x5xi8>
// CHECK: qnn.gather %{{.*}} {axis = 1 : i64, indices = array<i64: 0, 1, 0>}
func.func @three_parts(%x: tensor<1x2x!x>) -> tensor<1x2x!x> {
  %q = qnn.constant {payload = dense<[[127, 0], [-128, -128]]> : tensor<2x2xi8>, scales = dense<0.25> : tensor<2xf32>, zeroPoints = dense<[-128, 127]> : tensor<2xi8>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %w = qnn.dequantize %q : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %0 = qnn.dequantize %x : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2x!x>
  return %2 : tensor<1x2x!x>
}

// CHECK-LABEL: @groups_in_three_parts
// CHECK: arith.constant dense<{{.*}}127, 127, 1]{{.*}}0, 0, 0]{{.*}}> : tensor<2x1x1x3xi8>
// CHECK: qnn.gather {{.*}}indices = array<i64: 0, 0, 0, 1, 1, 1>
func.func @groups_in_three_parts(%x: tensor<1x1x1x2x!x>) -> tensor<1x1x1x2x!x> {
  %q = qnn.constant {payload = dense<[[[[255]]], [[[0]]]]> : tensor<2x1x1x1xui8>} : tensor<2x1x1x1x!qnn.affine<ui8, 0.25>>
  %w = qnn.dequantize %q : tensor<2x1x1x1x!qnn.affine<ui8, 0.25>> -> tensor<2x1x1x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x1x2x!x> -> tensor<1x1x1x2xf32>
  %1 = qnn.conv2d %0, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!x>
  return %2 : tensor<1x1x1x2x!x>
}

// Integers that fit stay as many as they are.
// CHECK-LABEL: @narrow
// CHECK: arith.constant dense<{{.*}}-50]{{.*}}20]{{.*}}> : tensor<2x1x1x1xi8>
// CHECK-NOT: qnn.gather
// CHECK: return
func.func @narrow(%x: tensor<1x1x1x2x!x>) -> tensor<1x1x1x2x!x> {
  %q = qnn.constant {payload = dense<[[[[50]]], [[[120]]]]> : tensor<2x1x1x1xui8>} : tensor<2x1x1x1x!w>
  %w = qnn.dequantize %q : tensor<2x1x1x1x!w> -> tensor<2x1x1x1xf32>
  %0 = qnn.dequantize %x : tensor<1x1x1x2x!x> -> tensor<1x1x1x2xf32>
  %1 = qnn.conv2d %0, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %2 = qnn.quantize %1 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!x>
  return %2 : tensor<1x1x1x2x!x>
}
