// RUN: quant-opt %s --prepare-pipeline --calibrate-pipeline --select-pipeline=weights=i8 --quantize-pipeline=activations=true --fuse-pipeline | FileCheck %s
// RUN: quant-opt %s --prepare-pipeline --select-pipeline=weights=i8 --quantize-pipeline --fuse-pipeline | FileCheck %s --check-prefix=WEIGHTS
// RUN: quant-opt %s --prepare-pipeline --calibrate-pipeline --select-pipeline --quantize-pipeline=integer-only --fuse-pipeline=integer-only | FileCheck %s --check-prefix=INTEGER
// RUN: not quant-opt %s --prepare-pipeline --quantize-pipeline=integer-only --fuse-pipeline=integer-only 2>&1 | FileCheck %s --check-prefix=REFUSED

// The passes of the phases one by one give the same as the phases.
// RUN: quant-opt %s --prepare-pipeline --calibrate-pipeline --select-pipeline=weights=i8 --quantize-pipeline=activations=true --fuse-pipeline -o %t.phases
// RUN: quant-opt %s --qnn-fold-constants --qnn-propagate-transposes --qnn-fold-padding --qnn-fold-scales --qnn-fuse-activations --qnn-fold-padding --qnn-combine-scales --qnn-fold-constants --qnn-eliminate-dead-channels --canonicalize --cse --qnn-verify-prepared --qnn-mark-phase=phase=prepare | quant-opt --qnn-attach-ranges --qnn-mark-phase=phase=calibrate | quant-opt --qnn-select-weights --qnn-verify-schemes --qnn-mark-phase=phase=select | quant-opt --qnn-quantize-weights --qnn-quantize-activations --qnn-mark-phase=phase=quantize | quant-opt --qnn-fuse-integer --qnn-remove-constant-channels --canonicalize --cse --qnn-verify-fused --qnn-mark-phase=phase=fuse -o %t.passes
// RUN: diff %t.phases %t.passes

// CHECK: module attributes {{.*}}qnn.phase = "fuse"
// CHECK: qnn.quantize %arg0
// CHECK: qnn.storage_cast
// CHECK: qnn.transpose {{.*}}xi8>
// CHECK: qnn.conv2d {{.*}} -> tensor<1x4x4x2xi32>
// CHECK: qnn.requantize
// CHECK: qnn.pool_requantize
// CHECK: qnn.reshape {{.*}} -> tensor<1x2xi8>
// CHECK: qnn.storage_cast
// CHECK: qnn.dequantize
// CHECK: qnn.softmax
// WEIGHTS: qnn.conv2d {{.*}}tensor<2x1x1x2x!qnn.affine_axis<i8<-127:127>, 0>>
// INTEGER: qnn.softmax_lookup
// INTEGER-NOT: qnn.softmax
// REFUSED: error: 'qnn.conv2d' op stays float, which 'integer-only' forbids: its weight is not quantized
func.func @main(%x: tensor<1x2x4x4xf32> {qnn.name = "x", qnn.range = #qnn.range<-1.0, 1.0, "minmax">}) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32>
  %0 = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
  %1 = qnn.conv2d %0, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : (tensor<1x4x4x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x4x2xf32>
  %2 = qnn.transpose %1 {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x4x4x2xf32> -> tensor<1x2x4x4xf32>
  %3 = qnn.clamp %2 {min = 0.0 : f32, max = 0x7F800000 : f32, qnn.range = #qnn.range<0.0, 7.0, "minmax">} : tensor<1x2x4x4xf32>
  %4 = qnn.reduce mean %3 axes [2, 3] {qnn.range = #qnn.range<0.0, 7.0, "minmax">} : tensor<1x2x4x4xf32> -> tensor<1x2x1x1xf32>
  %5 = qnn.reshape %4 : tensor<1x2x1x1xf32> -> tensor<1x2xf32>
  %6 = qnn.softmax %5 {axis = 1 : i64} : tensor<1x2xf32>
  return %6 : tensor<1x2xf32>
}
