// RUN: quant-translate --export-onnx %s -o %t.onnx
// RUN: quant-translate --import-onnx %t.onnx | quant-opt | FileCheck %s

// A model that takes signed bytes keeps them, also inside.

// CHECK: func.func @main(%arg0: tensor<1x4x!qnn.affine<i8, 5.000000e-01 : 3>>
// CHECK: qnn.quantize %{{.*}} : tensor<1x4xf32> -> tensor<1x4x!qnn.affine<i8, 2.500000e-01 : -1>>
func.func @main(%arg0: tensor<1x4x!qnn.affine<i8, 0.5 : 3>> {qnn.name = "x"}) -> (tensor<1x4xf32> {qnn.name = "y"}) {
  %0 = qnn.dequantize %arg0 : tensor<1x4x!qnn.affine<i8, 0.5 : 3>> -> tensor<1x4xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x4xf32>
  %2 = qnn.quantize %1 : tensor<1x4xf32> -> tensor<1x4x!qnn.affine<i8, 0.25 : -1>>
  %3 = qnn.dequantize %2 : tensor<1x4x!qnn.affine<i8, 0.25 : -1>> -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}
