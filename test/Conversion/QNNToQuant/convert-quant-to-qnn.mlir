// Types, casts and constants of the quant dialect get their form in qnn; a
// module without them stays as it is.
// RUN: quant-opt %s --convert-quant-to-qnn | FileCheck %s --implicit-check-not='quant.'
// RUN: quant-opt %s --convert-quant-to-qnn --convert-qnn-to-quant --convert-quant-to-qnn | FileCheck %s --implicit-check-not='quant.'

// Signatures, block arguments and results follow.
// CHECK-LABEL: func.func @signature(
// CHECK-SAME: %{{.*}}: tensor<?x2x!qnn.affine<i8, 5.000000e-01 : 3>>) -> tensor<?x2x!qnn.affine<i8, 5.000000e-01 : 3>>
// CHECK: cf.br ^bb1(%{{.*}} : tensor<?x2x!qnn.affine<i8, 5.000000e-01 : 3>>)
// CHECK: ^bb1(%[[X:.*]]: tensor<?x2x!qnn.affine<i8, 5.000000e-01 : 3>>)
// CHECK: %[[Y:.*]] = call @signature(%[[X]])
// CHECK: return %[[Y]]
func.func @signature(%x: tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>)
    -> tensor<?x2x!quant.uniform<i8:f32, 0.5:3>> {
  cf.br ^next(%x : tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>)
^next(%0: tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>):
  %1 = call @signature(%0) : (tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>)
      -> tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>
  return %1 : tensor<?x2x!quant.uniform<i8:f32, 0.5:3>>
}

// CHECK-LABEL: func.func private @types(
// CHECK-SAME: tensor<1x!qnn.affine<ui8<1:255>, 2.500000e-01 : 128>>
// CHECK-SAME: tensor<1x!qnn.affine<i8<-127:127>, 5.000000e-01>>
// CHECK-SAME: tensor<1x!qnn.affine<i16, 5.000000e-01>>
// CHECK-SAME: tensor<1x!qnn.affine<ui4, 1.000000e-01 : 15>>
func.func private @types(tensor<1x!quant.uniform<u8<1:255>:f32, 0.25:128>>,
    tensor<1x!quant.uniform<i8<-127:127>:f32, 0.5>>,
    tensor<1x!quant.uniform<i16:f32, 0.5>>,
    tensor<1x!quant.uniform<u4:f32, 0.1:15>>)

// CHECK-LABEL: func.func @casts(
// CHECK: %[[Q:.*]] = qnn.quantize %{{.*}} {qnn.reason = "kept"} : tensor<4xf32> -> tensor<4x!qnn.affine<i8, 5.000000e-01 : 3>>
// CHECK: qnn.dequantize %[[Q]] : tensor<4x!qnn.affine<i8, 5.000000e-01 : 3>> -> tensor<4xf32>
func.func @casts(%x: tensor<4xf32>) -> tensor<4xf32> {
  %q = quant.qcast %x {qnn.reason = "kept"} : tensor<4xf32>
      to tensor<4x!quant.uniform<i8:f32, 0.5:3>>
  %y = quant.dcast %q : tensor<4x!quant.uniform<i8:f32, 0.5:3>> to tensor<4xf32>
  return %y : tensor<4xf32>
}

// Signless integers hold the bits of unsigned ones.
// CHECK-LABEL: func.func @storage(
// CHECK: qnn.storage_cast %arg0 : tensor<4xi8> -> tensor<4x!qnn.affine<i8, 5.000000e-01>>
// CHECK: %[[U:.*]] = tensor.bitcast %arg0 : tensor<4xi8> to tensor<4xui8>
// CHECK: %[[Q:.*]] = qnn.storage_cast %[[U]] : tensor<4xui8> -> tensor<4x!qnn.affine<ui8, 5.000000e-01>>
// CHECK: %[[S:.*]] = qnn.storage_cast %[[Q]] : tensor<4x!qnn.affine<ui8, 5.000000e-01>> -> tensor<4xui8>
// CHECK: tensor.bitcast %[[S]] : tensor<4xui8> to tensor<4xi8>
func.func @storage(%x: tensor<4xi8>)
    -> (tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<4xi8>) {
  %a = quant.scast %x : tensor<4xi8> to tensor<4x!quant.uniform<i8:f32, 0.5>>
  %b = quant.scast %x : tensor<4xi8> to tensor<4x!quant.uniform<u8:f32, 0.5>>
  %c = quant.scast %b : tensor<4x!quant.uniform<u8:f32, 0.5>> to tensor<4xi8>
  return %a, %c : tensor<4x!quant.uniform<i8:f32, 0.5>>, tensor<4xi8>
}

// CHECK-LABEL: func.func @constants(
// CHECK-NOT: arith.constant
// CHECK: qnn.constant {payload = dense<{{\[\[}}1, -2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>, zeroPoints = dense<[0, 7]> : tensor<2xi8>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
// CHECK: qnn.dequantize
// CHECK: qnn.constant {payload = dense<[255, 1]> : tensor<2xui8>} : tensor<2x!qnn.affine<ui8, 5.000000e-01 : 128>>
// CHECK: qnn.dequantize
func.func @constants() -> (tensor<2x2xf32>, tensor<2xf32>) {
  %0 = arith.constant dense<[[1, -2], [3, 4]]> : tensor<2x2xi8>
  %1 = quant.scast %0 : tensor<2x2xi8>
      to tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25:7}>>
  %2 = quant.dcast %1 : tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25:7}>>
      to tensor<2x2xf32>
  %3 = arith.constant dense<[-1, 1]> : tensor<2xi8>
  %4 = quant.scast %3 : tensor<2xi8> to tensor<2x!quant.uniform<u8:f32, 0.5:128>>
  %5 = quant.dcast %4 : tensor<2x!quant.uniform<u8:f32, 0.5:128>> to tensor<2xf32>
  return %2, %5 : tensor<2x2xf32>, tensor<2xf32>
}

// Blocks of 2 in rows of 4; 4-bit integers are packed.
// CHECK-LABEL: func.func @blocks(
// CHECK: qnn.constant {payload = dense<[33, -13, 101, -121]> : tensor<4xi8>, scales = dense<[1.000000e+00, 2.000000e+00, 4.000000e+00, 8.000000e+00]> : tensor<4xf32>} : tensor<2x4x!qnn.affine_block<i4, 2>>
func.func @blocks() -> tensor<2x4xf32> {
  %0 = arith.constant dense<[[1, 2, 3, -1], [5, 6, 7, -8]]> : tensor<2x4xi4>
  %1 = quant.scast %0 : tensor<2x4xi4>
      to tensor<2x4x!quant.uniform<i4:f32:{0:1, 1:2}, {{1.0, 2.0}, {4.0, 8.0}}>>
  %2 = quant.dcast %1
      : tensor<2x4x!quant.uniform<i4:f32:{0:1, 1:2}, {{1.0, 2.0}, {4.0, 8.0}}>>
      to tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @nothing(
// CHECK-NEXT: %[[Y:.*]] = qnn.clamp %arg0
// CHECK-NEXT: return %[[Y]]
func.func @nothing(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Scales along another axis; 16 bits; unsigned integers in a byte of 4 bits.
// CHECK-LABEL: func.func @other_constants(
// CHECK: qnn.constant {payload = dense<{{\[\[}}1, -2], [3, 4]]> : tensor<2x2xi8>, scales = dense<[5.000000e-01, 2.500000e-01]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 1>>
// CHECK: qnn.constant {payload = dense<[300, -300]> : tensor<2xi16>} : tensor<2x!qnn.affine<i16, 5.000000e-01>>
// CHECK: qnn.constant {payload = dense<[-97, 15]> : tensor<2xi8>} : tensor<1x3x!qnn.affine<ui4, 5.000000e-01>>
func.func @other_constants() -> (tensor<2x2xf32>, tensor<2xf32>, tensor<1x3xf32>) {
  %0 = arith.constant dense<[[1, -2], [3, 4]]> : tensor<2x2xi8>
  %1 = quant.scast %0 : tensor<2x2xi8> to tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
  %2 = quant.dcast %1 : tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>> to tensor<2x2xf32>
  %3 = arith.constant dense<[300, -300]> : tensor<2xi16>
  %4 = quant.scast %3 : tensor<2xi16> to tensor<2x!quant.uniform<i16:f32, 0.5>>
  %5 = quant.dcast %4 : tensor<2x!quant.uniform<i16:f32, 0.5>> to tensor<2xf32>
  %6 = arith.constant dense<[[-1, -7, -1]]> : tensor<1x3xi4>
  %7 = quant.scast %6 : tensor<1x3xi4> to tensor<1x3x!quant.uniform<u4:f32, 0.5>>
  %8 = quant.dcast %7 : tensor<1x3x!quant.uniform<u4:f32, 0.5>> to tensor<1x3xf32>
  return %2, %5, %8 : tensor<2x2xf32>, tensor<2xf32>, tensor<1x3xf32>
}
