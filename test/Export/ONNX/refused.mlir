// RUN: rm -f %t.onnx
// RUN: not quant-translate --export-onnx %s -o %t.onnx 2>&1 | FileCheck %s
// RUN: test ! -e %t.onnx
// RUN: not quant-translate --export-onnx --check %s 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: expected one of --import-onnx, --import-tflite, --export-onnx and --check

// All that ONNX cannot say is named, and no file is written.
// CHECK-DAG: error: cannot be written as ONNX: there are no weights of type '!qnn.affine_axis<i3, 0>'; use integers of 4, 8 or 16 bits
// CHECK-DAG: error: cannot be written as ONNX: QuantizeLinear does not limit values to '!qnn.affine<i8<-100:100>, 5.000000e-01>'
// CHECK-DAG: error: cannot be written as ONNX: DynamicQuantizeLinear has a zero point of run time and one scale
// CHECK-DAG: error: cannot be written as ONNX: there is no operator for 'qnn.lookup'; export the model after phase 'quantize'
// CHECK-DAG: error: cannot be written as ONNX: AveragePool counts all padding or none
func.func @main(%x: tensor<1x2xf32>, %i: tensor<2xi8>, %y: tensor<1x4x4x1xf32>) -> (tensor<1x2xf32>, tensor<1x2x!qnn.affine<i8<-100:100>, 0.5>>, tensor<1xf32>, tensor<2xi8>, tensor<1x4x4x1xf32>) {
  %c = qnn.constant {payload = dense<[10, 11]> : tensor<2xi8>, scales = dense<[0.25, 0.5]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i3, 0>>
  %w = qnn.dequantize %c : tensor<2x2x!qnn.affine_axis<i3, 0>> -> tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.quantize %x : tensor<1x2xf32> -> tensor<1x2x!qnn.affine<i8<-100:100>, 0.5>>
  %2, %3 = qnn.quantize_dynamic %x {rowDims = 1 : i64} : tensor<1x2xf32> -> tensor<1x2xi8>, tensor<1xf32>
  %4 = qnn.lookup %i {table = array<i8: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>} : tensor<2xi8>
  %5 = qnn.pool average %y window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> {countedPads = array<i64: 1, 0, 0, 0>} : tensor<1x4x4x1xf32> -> tensor<1x4x4x1xf32>
  return %0, %1, %3, %4, %5 : tensor<1x2xf32>, tensor<1x2x!qnn.affine<i8<-100:100>, 0.5>>, tensor<1xf32>, tensor<2xi8>, tensor<1x4x4x1xf32>
}
