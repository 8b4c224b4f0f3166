// RUN: quant-opt %s --qnn-verify-fused
// RUN: not quant-opt %S/quantize-weights.mlir -split-input-file --qnn-quantize-weights --qnn-verify-fused 2>&1 | FileCheck %s

// CHECK: expected a quantized weight as operand after 'fuse', but got a dequantized one; run 'qnn-fuse-integer'
func.func @integers_and_border(%x: tensor<4x!qnn.affine<i8, 0.5>>) -> tensor<4xf32> {
  %0 = qnn.dequantize %x : tensor<4x!qnn.affine<i8, 0.5>> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
