// RUN: quant-opt %s --qnn-combine-scales --canonicalize | FileCheck %s

// x * [2, 4] + [1, 3] is one depthwise convolution.
// CHECK-LABEL: func @batch_norm
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}4.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK: qnn.conv2d %arg0, %[[W]] bias %[[B]] window {{.*}} {groups = 2 : i64}
// CHECK-NOT: qnn.binary
func.func @batch_norm(%x: tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
  %s = arith.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %t = arith.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %0 = qnn.binary mul %x, %s : (tensor<1x3x3x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  %1 = qnn.binary add %0, %t : (tensor<1x3x3x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

// CHECK-LABEL: func @offset
// CHECK-DAG: arith.constant dense<1.000000e+00> : tensor<2x1x1x1xf32>
// CHECK-DAG: arith.constant dense<[-1.000000e+00, -3.000000e+00]> : tensor<2xf32>
// CHECK: qnn.conv2d
func.func @offset(%x: tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32> {
  %t = arith.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %0 = qnn.binary sub %x, %t : (tensor<1x3x3x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  return %0 : tensor<1x3x3x2xf32>
}

// One constant for all channels, other ranks, constants per position: kept.
// CHECK-LABEL: func @keep
// CHECK-NOT: qnn.conv2d
// CHECK-COUNT-4: qnn.binary
func.func @keep(%x: tensor<1x3x3x2xf32>, %y: tensor<3x2xf32>) -> (tensor<1x3x3x2xf32>, tensor<3x2xf32>, tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) {
  %s = arith.constant dense<2.0> : tensor<2xf32>
  %t = arith.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %p = arith.constant dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>
  %0 = qnn.binary mul %x, %s : (tensor<1x3x3x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  %1 = qnn.binary mul %y, %t : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %2 = qnn.binary add %x, %p : (tensor<1x3x3x2xf32>, tensor<1x3x1xf32>) -> tensor<1x3x3x2xf32>
  %3 = qnn.binary mul %s, %x : (tensor<2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  return %0, %1, %2, %3 : tensor<1x3x3x2xf32>, tensor<3x2xf32>, tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>
}
