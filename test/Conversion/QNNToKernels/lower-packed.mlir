// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels -verify-diagnostics | FileCheck %s

// Blocks of 32: signed codes get 8 added, which is their zero point. The kernel gives
// floats, and the rows' scales are part of its epilogue.
// CHECK-LABEL: @main
// CHECK: arith.constant dense<{{.*}}> : tensor<2x672xi8>
// CHECK: qvec.kernel packed
// CHECK-SAME: packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false> {inputZeroPoint = 128 : i32, unsignedInput}
// CHECK: ^bb0(%[[ACC:.*]]: f32
func.func @main(%q: tensor<3x65xi8>, %s: tensor<3xf32>) -> tensor<3x18xf32> {
  %w = qnn.constant {payload = dense<17> : tensor<594xi8>, scales = dense<0.5> : tensor<54xf16>} : tensor<18x65x!qnn.affine_block<i4, 32>>
  %0 = qnn.dense %q, %w : (tensor<3x65xi8>, tensor<18x65x!qnn.affine_block<i4, 32>>) -> tensor<3x18xf32>
  %1 = qnn.scale_sums %0 rows %s {scales = array<f32: 1.0>} : (tensor<3x18xf32>, tensor<3xf32>) -> tensor<3x18xf32>
  return %1 : tensor<3x18xf32>
}

// -----

// A block that is longer than a row is the row. Zero points that differ are stored.
// CHECK-LABEL: @main
// CHECK: packing <bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = true>
func.func @main(%q: tensor<1x4xi8>) -> tensor<1x2xf32> {
  %w = qnn.constant {payload = dense<1> : tensor<2x4xui8>, scales = dense<0.5> : tensor<2xf32>, zeroPoints = dense<[0, 255]> : tensor<2xi16>} : tensor<2x4x!qnn.affine_block<ui8, 32>>
  %0 = qnn.dense %q, %w {inputZeroPoint = 3 : i32} : (tensor<1x4xi8>, tensor<2x4x!qnn.affine_block<ui8, 32>>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Four codes of a step are not neighbours: the input is put into the codes' order.
// CHECK-LABEL: @main
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x2x2x1x3x3x3xi8>)
// CHECK: qvec.kernel packed input(%{{.*}} : tensor<1x2x2x27xi8>)
// CHECK-SAME: window <kernel = [1, 1]
func.func @main(%q: tensor<1x4x4x3xi8>) -> tensor<1x2x2x2xf32> {
  %w = qnn.constant {payload = dense<1> : tensor<28xi8>, scales = dense<0.5> : tensor<4xf16>} : tensor<2x3x3x3x!qnn.affine_block<i4, 16>>
  %0 = qnn.conv2d %q, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
    : (tensor<1x4x4x3xi8>, tensor<2x3x3x3x!qnn.affine_block<i4, 16>>) -> tensor<1x2x2x2xf32>
  return %0 : tensor<1x2x2x2xf32>
}

// -----

// Integers without scales stay integers; floats need no other order.
// CHECK-LABEL: @main
// CHECK: qvec.kernel packed
// CHECK-SAME: bias(%{{.*}} : tensor<16xi32>)
// CHECK-SAME: packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 8, zeroPoints = false>
// CHECK: qvec.kernel packed input(%{{.*}} : tensor<1x4x4x3xf32>)
// CHECK-SAME: window <kernel = [3, 3]
func.func @main(%q: tensor<1x3xi8>, %x: tensor<1x4x4x3xf32>) -> (tensor<1x2xi32>, tensor<1x2x2x2xf32>) {
  %v = arith.constant dense<[[1, -8, 7], [0, 2, 3]]> : tensor<2x3xi4>
  %0 = qnn.dense %q, %v {inputZeroPoint = 3 : i32} : (tensor<1x3xi8>, tensor<2x3xi4>) -> tensor<1x2xi32>
  %w = qnn.constant {payload = dense<1> : tensor<28xi8>, scales = dense<0.5> : tensor<4xf16>} : tensor<2x3x3x3x!qnn.affine_block<i4, 16>>
  %1 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
    : (tensor<1x4x4x3xf32>, tensor<2x3x3x3x!qnn.affine_block<i4, 16>>) -> tensor<1x2x2x2xf32>
  return %0, %1 : tensor<1x2xi32>, tensor<1x2x2x2xf32>
}

// -----

// Bytes with a scale per channel have the plain kernel; depthwise weights become bytes.
// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction
// CHECK: qvec.kernel depthwise
// CHECK-NOT: qvec.kernel packed
func.func @main(%x: tensor<1x4xf32>, %q: tensor<1x3x3x2xi8>) -> (tensor<1x2xf32>, tensor<1x1x1x2xi32>) {
  %w = qnn.constant {payload = dense<1> : tensor<2x4xi8>, scales = dense<[0.5, 0.25]> : tensor<2xf32>} : tensor<2x4x!qnn.affine_axis<i8, 0>>
  %0 = qnn.dense %x, %w : (tensor<1x4xf32>, tensor<2x4x!qnn.affine_axis<i8, 0>>) -> tensor<1x2xf32>
  %v = arith.constant dense<-3> : tensor<2x3x3x1xi4>
  // expected-remark @below {{weight of type 'i4' of a depthwise convolution is stored in bytes}}
  %1 = qnn.conv2d %q, %v window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x3x3x2xi8>, tensor<2x3x3x1xi4>) -> tensor<1x1x1x2xi32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x1x1x2xi32>
}

// -----

// Depthwise weights that are bytes times a scale of their channel become those, whatever
// their format is: 5 less the zero point 3. Ones that need nine bits become floats.
// CHECK-LABEL: @main
// CHECK-DAG: arith.constant dense<"0x0202
// CHECK-DAG: arith.constant dense<[5.000000e-01, 5.000000e-01, 0.000000e+00
// CHECK: qvec.kernel depthwise {{.*}} weight(%{{[^)]*}}xi8>) scales
// CHECK: qvec.kernel depthwise {{.*}} weight(%{{[^)]*}}xf32>) outs
func.func @main(%x: tensor<1x3x3x2xf32>) -> (tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>) {
  %w = qnn.constant {payload = dense<5> : tensor<2x3x3x1xi8>} : tensor<2x3x3x1x!qnn.affine<i8, 0.5 : 3>>
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x3x3x2xf32>, tensor<2x3x3x1x!qnn.affine<i8, 0.5 : 3>>) -> tensor<1x1x1x2xf32>
  %v = qnn.constant {payload = dense<127> : tensor<2x3x3x1xi8>} : tensor<2x3x3x1x!qnn.affine<i8, 0.5 : -1>>
  // expected-remark @below {{has no kernel of its own yet and is expanded to f32}}
  %1 = qnn.conv2d %x, %v window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x3x3x2xf32>, tensor<2x3x3x1x!qnn.affine<i8, 0.5 : -1>>) -> tensor<1x1x1x2xf32>
  return %0, %1 : tensor<1x1x1x2xf32>, tensor<1x1x1x2xf32>
}
