// RUN: quant-opt %s -qnn-quantize-activations=bits=16 | FileCheck %s
// RUN: quant-opt %s -qnn-quantize-activations | FileCheck %s --check-prefix=EIGHT
// RUN: not quant-opt %s -qnn-quantize-activations=bits=12 2>&1 | FileCheck %s --check-prefix=WIDTH

// WIDTH: error: expected 'bits' to be 8 or 16, but got 12

#none = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>

// The larger end of the range gives the scale: 4 / 32767. The second layer asks
// for bytes; the result has the width of the whole model.
// CHECK-LABEL: @widths
// CHECK: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i16<-32767:32767>, 1.22074038E-4>>
// CHECK: qnn.dense
// CHECK: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i8, {{.*}} : -128>>
// CHECK: qnn.dense
// CHECK: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i16<-32767:32767>, {{.*}}>>
// EIGHT-LABEL: @widths
// EIGHT: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i8,
// EIGHT: qnn.dense
// EIGHT: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i8,
// EIGHT: qnn.dense
// EIGHT: qnn.quantize %{{.*}} -> tensor<1x2x!qnn.affine<i8,
func.func @widths(%x: tensor<1x2xf32> {qnn.range = #qnn.range<-4.0, 2.0, "test">}) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w {qnn.range = #qnn.range<0.0, 2.0, "test">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = qnn.dense %0, %w {qnn.range = #qnn.range<-1.0, 2.0, "test">, qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "test", inputBits = 8>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
