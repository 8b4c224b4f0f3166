// Quantized types of qnn get their form in the quant dialect and come back
// unchanged; float ops stay.
// RUN: quant-opt %s --convert-qnn-to-quant | FileCheck %s --implicit-check-not='!qnn.'
// RUN: quant-opt %s --convert-qnn-to-quant --convert-quant-to-qnn -o %t
// RUN: FileCheck %s --check-prefix=BACK < %t

// CHECK-LABEL: func.func @activations(
// CHECK-SAME: %[[X:.*]]: tensor<?x!quant.uniform<u8:f32, 5.000000e-01:128>>
// CHECK: %[[F:.*]] = quant.dcast %[[X]] : tensor<?x!quant.uniform<u8:f32, 5.000000e-01:128>> to tensor<?xf32>
// CHECK: %[[C:.*]] = qnn.clamp %[[F]]
// CHECK: quant.qcast %[[C]] : tensor<?xf32> to tensor<?x!quant.uniform<i8<-127:127>:f32, 2.500000e-01>>
// BACK-LABEL: func.func @activations(
// BACK-SAME: tensor<?x!qnn.affine<ui8, 5.000000e-01 : 128>>) -> tensor<?x!qnn.affine<i8<-127:127>, 2.500000e-01>>
// BACK: qnn.dequantize
// BACK: qnn.quantize
func.func @activations(%x: tensor<?x!qnn.affine<ui8, 0.5 : 128>>)
    -> tensor<?x!qnn.affine<i8<-127:127>, 0.25>> {
  %0 = qnn.dequantize %x : tensor<?x!qnn.affine<ui8, 0.5 : 128>> -> tensor<?xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<?xf32>
  %2 = qnn.quantize %1 : tensor<?xf32> -> tensor<?x!qnn.affine<i8<-127:127>, 0.25>>
  return %2 : tensor<?x!qnn.affine<i8<-127:127>, 0.25>>
}

// CHECK-LABEL: func.func @weights(
// CHECK: %[[W:.*]] = arith.constant dense<{{\[\[}}1, -2], [3, 4]]> : tensor<2x2xi8>
// CHECK: %[[S:.*]] = quant.scast %[[W]] : tensor<2x2xi8> to tensor<2x2x!quant.uniform<i8:f32:0, {5.000000e-01,2.500000e-01:7}>>
// CHECK: %[[F:.*]] = quant.dcast %[[S]]
// CHECK: qnn.dense %{{.*}}, %[[F]]
// BACK-LABEL: func.func @weights(
// BACK: %[[W:.*]] = qnn.constant {payload = dense<{{\[\[}}1, -2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>, zeroPoints = dense<[0, 7]> : tensor<2xi8>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
// BACK: qnn.dequantize %[[W]]
func.func @weights(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = qnn.constant {payload = dense<[[1, -2], [3, 4]]> : tensor<2x2xi8>,
                     scales = dense<[0.5, 0.25]> : tensor<2xf32>,
                     zeroPoints = dense<[0, 7]> : tensor<2xi32>}
      : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %f = qnn.dequantize %w : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  %y = qnn.dense %x, %f : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// Zero points of unsigned bytes.
// CHECK-LABEL: func.func @unsigned(
// CHECK: quant.scast {{.*}} to tensor<2x2x!quant.uniform<u8:f32:0, {5.000000e-01:3,2.500000e-01:200}>>
// BACK-LABEL: func.func @unsigned(
// BACK: qnn.constant {{.*}}, zeroPoints = dense<[3, 200]> : tensor<2xui8>} : tensor<2x2x!qnn.affine_axis<ui8, 0>>
func.func @unsigned() -> tensor<2x2xf32> {
  %w = qnn.constant {payload = dense<[[1, 2], [3, 4]]> : tensor<2x2xui8>,
                     scales = dense<[0.5, 0.25]> : tensor<2xf32>,
                     zeroPoints = dense<[3, 200]> : tensor<2xui8>}
      : tensor<2x2x!qnn.affine_axis<ui8, 0>>
  %f = qnn.dequantize %w : tensor<2x2x!qnn.affine_axis<ui8, 0>> -> tensor<2x2xf32>
  return %f : tensor<2x2xf32>
}

// A block of 4 in rows of 2x2x2 is a 1x1x2x2 box.
// CHECK-LABEL: func.func @blocks(
// CHECK: arith.constant dense<{{.*}}1, 2], [3, 4]], {{\[\[}}5, 6], [7, -8]]]]> : tensor<1x2x2x2xi4>
// CHECK: quant.scast {{.*}} to tensor<1x2x2x2x!quant.uniform<i4:f32:{0:1, 1:1, 2:2, 3:2}, {{.*}}1.000000e+00{{.*}}2.000000e+00
// BACK-LABEL: func.func @blocks(
// BACK: qnn.constant {payload = dense<[33, 67, 101, -121]> : tensor<4xi8>, scales = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : tensor<1x2x2x2x!qnn.affine_block<i4, 4>>
func.func @blocks() -> tensor<1x2x2x2xf32> {
  %w = qnn.constant {payload = dense<[33, 67, 101, -121]> : tensor<4xi8>,
                     scales = dense<[1.0, 2.0]> : tensor<2xf32>}
      : tensor<1x2x2x2x!qnn.affine_block<i4, 4>>
  %f = qnn.dequantize %w : tensor<1x2x2x2x!qnn.affine_block<i4, 4>> -> tensor<1x2x2x2xf32>
  return %f : tensor<1x2x2x2xf32>
}

// Unsigned integers seen as signed ones are moved by half their range.
// CHECK-LABEL: func.func @storage(
// CHECK: %[[S:.*]] = quant.scast %arg0 : tensor<4x!quant.uniform<u8:f32, 5.000000e-01>> to tensor<4xi8>
// CHECK: %[[H:.*]] = arith.constant dense<-128> : tensor<4xi8>
// CHECK: %[[I:.*]] = arith.xori %[[S]], %[[H]]
// CHECK: %[[M:.*]] = arith.xori %[[I]], %{{.*}} : tensor<4xi8>
// CHECK: %[[Q:.*]] = quant.scast %[[M]] : tensor<4xi8> to tensor<4x!quant.uniform<u8:f32, 5.000000e-01>>
// CHECK: %[[T:.*]] = quant.scast %[[Q]]
// CHECK: tensor.bitcast %[[T]] : tensor<4xi8> to tensor<4xui8>
func.func @storage(%q: tensor<4x!qnn.affine<ui8, 0.5>>) -> tensor<4xui8> {
  %i = qnn.storage_cast %q : tensor<4x!qnn.affine<ui8, 0.5>> -> tensor<4xi8>
  %r = qnn.storage_cast %i : tensor<4xi8> -> tensor<4x!qnn.affine<ui8, 0.5>>
  %u = qnn.storage_cast %r : tensor<4x!qnn.affine<ui8, 0.5>> -> tensor<4xui8>
  return %u : tensor<4xui8>
}

// CHECK-LABEL: func.func @nothing(
// CHECK-NEXT: %[[Y:.*]] = qnn.clamp %arg0
// CHECK-NEXT: return %[[Y]]
func.func @nothing(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
  return %0 : tensor<4xf32>
}
