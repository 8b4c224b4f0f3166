// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels | FileCheck %s

// A scale per sample: the largest magnitude of each (40000 numbers are two parts),
// the division, the inverse, and integers with 128 added, whose padding is 128.
// The sums' scaling is part of the kernel, with the samples' scales as rows.

// CHECK-LABEL: @main
// CHECK: qvec.kernel row_max input(%{{.*}} : tensor<1x1x2x40000xf32>) outs(%{{.*}} : tensor<1x1x2x2xf32>)
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]{{.*}} ins(%{{.*}} : tensor<2x2xf32>)
// CHECK: arith.divf %{{.*}} : f32
// CHECK: arith.divf %{{.*}} : f32
// CHECK: arith.constant -128 : i8
// CHECK: linalg.fill
// CHECK: arith.mulf
// CHECK: qvec.kernel contraction
// CHECK-SAME: channel_params(%{{.*}} : tensor<16xf32>) row_params(%{{.*}} : tensor<2xf32>)
// CHECK: ^bb0(%[[ACC:.*]]: i32, %[[CHANNEL:.*]]: f32, %[[ROW:.*]]: f32):
// CHECK: %[[F:.*]] = arith.sitofp %[[ACC]]
// CHECK: %[[P:.*]] = arith.mulf %[[ROW]], %[[CHANNEL]]
// CHECK: math.fma %[[F]], %[[P]]
func.func @main(%x: tensor<2x100x100x4xf32>) -> tensor<2x100x100x2xf32> {
  %w = arith.constant dense<1> : tensor<2x3x3x4xi8>
  %q, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<2x100x100x4xf32> -> tensor<2x100x100x4xi8>, tensor<2xf32>
  %0 = qnn.conv2d %q, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
    : (tensor<2x100x100x4xi8>, tensor<2x3x3x4xi8>) -> tensor<2x100x100x2xi32>
  %1 = qnn.scale_sums %0 rows %s {scales = array<f32: 0.5, 0.25>} : (tensor<2x100x100x2xi32>, tensor<2xf32>) -> tensor<2x100x100x2xf32>
  return %1 : tensor<2x100x100x2xf32>
}

// -----

// Outside of kernels rows are read along the leading dimensions.
// CHECK: affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: @main
// CHECK: ^bb0(%[[Q:.*]]: i8, %[[S:.*]]: f32, %{{.*}}: f32):
// CHECK: %[[W:.*]] = arith.extui %[[Q]]
// CHECK: %[[D:.*]] = arith.subi %[[W]]
// CHECK: %[[F:.*]] = arith.sitofp %[[D]]
// CHECK: arith.mulf %[[S]], %[[F]]
func.func @main(%q: tensor<2x3x4xi8>, %s: tensor<2x3xf32>) -> tensor<2x3x4xf32> {
  %0 = qnn.dequantize_dynamic %q, %s {rowDims = 2 : i64, zeroPoint = 5 : i32} : tensor<2x3x4xi8>, tensor<2x3xf32> -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}
