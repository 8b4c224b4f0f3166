// RUN: quant-opt %s --split-input-file --qnn-fuse-integer | FileCheck %s
// RUN: quant-opt %s --split-input-file --qnn-fuse-integer=rounding=source | FileCheck %s

!a = !qnn.affine<i8, 0.5 : 3>
!b = !qnn.affine<i8, 0.25>

// Both operands get the result's parameters, are the rows of an image, and the larger
// of a column is its maximum. What has them already is left alone.
// CHECK-LABEL: func @larger
// CHECK: %[[X:.*]] = qnn.storage_cast %{{.*}} : tensor<2x3x!qnn.affine<i8, 5.000000e-01 : 3>> -> tensor<2x3xi8>
// CHECK: %[[A:.*]] = qnn.reshape %[[X]] : tensor<2x3xi8> -> tensor<1x1x2x3xi8>
// CHECK: qnn.lookup
// CHECK: %[[B:.*]] = qnn.reshape %{{.*}} : tensor<2x3xi8> -> tensor<1x1x2x3xi8>
// CHECK: %[[I:.*]] = qnn.concat %[[A]], %[[B]] {axis = 1 : i64}
// CHECK: qnn.pool max %[[I]] window <kernel = [2, 1]
// CHECK-NOT: qnn.lookup
// CHECK: return
func.func @larger(%x: tensor<2x3x!a>, %y: tensor<3x!b>) -> tensor<2x3x!a> {
  %0 = qnn.dequantize %x : tensor<2x3x!a> -> tensor<2x3xf32>
  %1 = qnn.dequantize %y : tensor<3x!b> -> tensor<3xf32>
  %2 = qnn.binary max %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %3 = qnn.quantize %2 : tensor<2x3xf32> -> tensor<2x3x!a>
  return %3 : tensor<2x3x!a>
}

// -----

!a = !qnn.affine<i8, 0.5 : 3>

// The smaller one is the larger of the inverted bytes, inverted.
// CHECK-LABEL: func @smaller
// CHECK-COUNT-2: qnn.lookup %{{.*}} {table = array<i8: 127, 126,
// CHECK: qnn.pool max
// CHECK: qnn.lookup %{{.*}} {table = array<i8: 127, 126,
func.func @smaller(%x: tensor<2x3x!a>, %y: tensor<2x3x!a>) -> tensor<2x3x!a> {
  %0 = qnn.dequantize %x : tensor<2x3x!a> -> tensor<2x3xf32>
  %1 = qnn.dequantize %y : tensor<2x3x!a> -> tensor<2x3xf32>
  %2 = qnn.binary min %0, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qnn.quantize %2 : tensor<2x3xf32> -> tensor<2x3x!a>
  return %3 : tensor<2x3x!a>
}
