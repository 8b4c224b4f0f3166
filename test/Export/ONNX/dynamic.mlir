// RUN: quant-translate --export-onnx %s -o %t.onnx
// RUN: quant-translate --import-onnx %t.onnx | FileCheck %s

// Parameters of run time, and their numbers as a result of the model.
// CHECK: %[[Q:.*]], %[[S:.*]], %[[Z:.*]] = qnn.quantize_dynamic %arg0 {rowDims = 0 : i64}
// CHECK: qnn.dequantize_dynamic %{{.*}}, %[[S]] zero %{{.*}} {rowDims = 0 : i64, zeroPoint = 0 : i32}
// CHECK: qnn.dense
func.func @main(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<f32>) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %i, %s, %z = qnn.quantize_dynamic %x {rowDims = 0 : i64} : tensor<3x2xf32> -> tensor<3x2xi8>, tensor<f32>, tensor<i8>
  %d = qnn.dequantize_dynamic %i, %s zero %z {rowDims = 0 : i64, zeroPoint = 0 : i32} : tensor<3x2xi8>, tensor<f32>, tensor<i8> -> tensor<3x2xf32>
  %0 = qnn.dense %d, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %0, %s : tensor<3x2xf32>, tensor<f32>
}
