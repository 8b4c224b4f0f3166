// RUN: quant-opt %s --qnn-fuse-integer=integer-only --qnn-verify-fused=integer-only | FileCheck %s
// RUN: not quant-opt %s --qnn-fuse-integer --qnn-verify-fused=integer-only 2>&1 | FileCheck %s --check-prefix=FLOAT

!a = !qnn.affine<i8, 0.5 : 3>
!s = !qnn.affine<i8, 3.906250e-03 : -128>

// The table falls from 2^22 by exp(-0.5) per step.
// CHECK: qnn.softmax_lookup %{{.*}} {axis = 1 : i64, {{.*}}table = array<i32: 4194304, 2543974, 1542998,
// FLOAT: error: 'qnn.softmax' op stays float, which 'integer-only' forbids: softmax computes in float; 'integer-only' changes that
func.func @main(%x: tensor<1x4x!a>) -> tensor<1x4x!s> {
  %0 = qnn.dequantize %x : tensor<1x4x!a> -> tensor<1x4xf32>
  %1 = qnn.softmax %0 {axis = 1 : i64} : tensor<1x4xf32>
  %2 = qnn.quantize %1 : tensor<1x4xf32> -> tensor<1x4x!s>
  return %2 : tensor<1x4x!s>
}
