// RUN: quant-opt %s -split-input-file --qnn-prune-weights=amount=0.5 | FileCheck %s
// RUN: quant-opt %s -split-input-file --qnn-prune-weights=amount=2:4 | FileCheck %s --check-prefix=PATTERN
// RUN: quant-opt %s -split-input-file --qnn-prune-weights | FileCheck %s --check-prefix=NONE
// RUN: not quant-opt %s -split-input-file --qnn-prune-weights=amount=1 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: not quant-opt %s -split-input-file --qnn-prune-weights=amount=4:4 2>&1 | FileCheck %s --check-prefix=ALL

// Half of the weights of a layer, the smallest; of equal ones the first. Two of four
// neighbours in each row, and two of a rest of three.
// CHECK-LABEL: func @dense
// CHECK: dense<{{\[\[}}0.000000e+00, 0.000000e+00, 3.000000e+00, -4.000000e+00, 0.000000e+00, 6.000000e+00, 5.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 7.000000e+00, 8.000000e+00, 9.000000e+00]]>
// CHECK: qnn.dense
// PATTERN: dense<{{\[\[}}0.000000e+00, 0.000000e+00, 3.000000e+00, -4.000000e+00, 0.000000e+00, 6.000000e+00, 5.000000e+00], [0.000000e+00, 0.000000e+00, 1.000000e+00, 1.000000e+00, 0.000000e+00, 8.000000e+00, 9.000000e+00]]>
// NONE: dense<{{\[\[}}1.000000e+00, 2.000000e+00
// ALL: error: expected a part of the weights to prune in [0, 1), or how many to keep as 2:4, but got
func.func @dense(%x: tensor<1x7xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0, 3.0, -4.0, 1.0, 6.0, 5.0], [1.0, -1.0, 1.0, 1.0, 7.0, 8.0, 9.0]]> : tensor<2x7xf32>
  %0 = qnn.dense %x, %w : (tensor<1x7xf32>, tensor<2x7xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Biases, constants of other ops and quantized weights are left alone.
// CHECK-LABEL: func @others
// CHECK-DAG: dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-DAG: dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK-DAG: payload = dense<{{\[\[}}1, 2], [3, 4]]>
func.func @others(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>} : tensor<2x2x!qnn.affine<i8, 0.5>>
  %w = qnn.dequantize %q : tensor<2x2x!qnn.affine<i8, 0.5>> -> tensor<2x2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %c = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.binary mul %0, %c : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
