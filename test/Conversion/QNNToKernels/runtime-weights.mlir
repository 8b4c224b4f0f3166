// RUN: quant-opt %s -split-input-file --convert-qnn-to-kernels | FileCheck %s

// A contraction whose weight or bias is not known is a loop nest in the order of
// the kernels: window rows, window columns, input channels.

// CHECK-DAG: #[[IN:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1 * 2 + d5, d2 + d6 * 3, d3 * 2 + d7)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d3, d4, d5, d6, d7)>
// CHECK-DAG: #[[OUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7) -> (d0, d1, d2, d3, d4)>
// CHECK-LABEL: func.func @conv
// CHECK-NOT: qvec.kernel
// CHECK: linalg.generic {indexing_maps = [#[[IN]], #[[W]], #[[OUT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME: ins(%{{.*}}, %{{.*}} : tensor<1x7x10x4xf32>, tensor<2x3x3x2x2xf32>)
// CHECK: math.fma %in, %in_{{[0-9]+}}, %out : f32
func.func @conv(%x: tensor<1x5x9x4xf32>, %w: tensor<6x3x2x2xf32>) -> tensor<1x3x7x6xf32> {
  %0 = qnn.conv2d %x, %w window <kernel = [3, 2], strides = [2, 1], dilations = [1, 3], pads = [1, 1, 1, 0]> {groups = 2 : i64}
     : (tensor<1x5x9x4xf32>, tensor<6x3x2x2xf32>) -> tensor<1x3x7x6xf32>
  return %0 : tensor<1x3x7x6xf32>
}

// -----

// A bias that is computed is not dropped.
// CHECK-LABEL: func.func @bias
// CHECK-NOT: qvec.kernel
// CHECK: linalg.generic {{.*}} ins(%arg1 : tensor<3xf32>)
// CHECK: math.fma
func.func @bias(%x: tensor<2x4xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32> {
  %w = arith.constant dense<0.5> : tensor<3x4xf32>
  %0 = qnn.dense %x, %w bias %b : (tensor<2x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// Integers of a constant are stored as activations are: with 128 added here.
// CHECK-LABEL: func.func @integers
// CHECK-DAG: arith.constant dense<[-127, 125]> : tensor<2xi8>
func.func @integers(%x: tensor<2x!qnn.affine<i8, 0.5>>) -> tensor<4x!qnn.affine<i8, 0.5>>
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64-pc-linux-gnu", cpu = "x86-64", features = "">} {
  %c = qnn.constant {payload = dense<[1, -3]> : tensor<2xi8>} : tensor<2x!qnn.affine<i8, 0.5>>
  %0 = qnn.concat %x, %c {axis = 0 : i64} : (tensor<2x!qnn.affine<i8, 0.5>>, tensor<2x!qnn.affine<i8, 0.5>>) -> tensor<4x!qnn.affine<i8, 0.5>>
  return %0 : tensor<4x!qnn.affine<i8, 0.5>>
}
