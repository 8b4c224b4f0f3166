// RUN: quant-opt %s --quantize-pipeline -o %t.mlir
// RUN: quant-translate --export-onnx %t.mlir -o %t.onnx
// RUN: quant-compile %t.onnx --compile-to=fuse -o - | FileCheck %s
// RUN: quant-opt %t.mlir --fuse-pipeline | FileCheck %s
// RUN: %python -c "import onnx; print(*(onnx.helper.printable_node(n) for n in onnx.load('%t.onnx').graph.node), sep='\n'); print([t.data_type for t in onnx.load('%t.onnx').graph.initializer if t.name == 'bias'])" | FileCheck %s --check-prefix=FILE

// REQUIRES: python-onnx

// A weight with zero points: the bias is in steps of the sums all the same, as an integer
// of the file (type 6, 32 bits), which other engines would make of a float one. The
// program of the file adds what the program of the module adds: 10 and 2 steps.
// FILE: DequantizeLinear[axis = 0](%bias, %bias_scale)
// FILE: [6]
// CHECK: qnn.scale_sums %{{.*}} {offsets = array<f32: 2.500000e+00, 2.000000e+00>
!a = !qnn.affine<i8, 0.5 : 3>
!u = !qnn.affine_axis<ui8, 0>
module attributes {qnn.phase = "select"} {
func.func @main(%arg0: tensor<1x2xf32> {qnn.name = "x"}) -> (tensor<1x2xf32> {qnn.name = "y"}) {
  %x = qnn.quantize %arg0 : tensor<1x2xf32> -> tensor<1x2x!a>
  %q = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xui8>, scales = dense<[0.25, 1.0]> : tensor<2xf32>, zeroPoints = dense<[7, 200]> : tensor<2xui8>} : tensor<2x2x!u>
  %w = qnn.dequantize %q : tensor<2x2x!u> -> tensor<2x2xf32>
  %b = arith.constant dense<[1.3125, 0.76]> : tensor<2xf32>
  %d = qnn.dequantize %x : tensor<1x2x!a> -> tensor<1x2xf32>
  %0 = qnn.dense %d, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = qnn.quantize %0 : tensor<1x2xf32> -> tensor<1x2x!a>
  %2 = qnn.dequantize %1 : tensor<1x2x!a> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
}
