// Types print what they parse; defaults (the storage's range, zero point 0) are
// left out.
// RUN: quant-opt %s | FileCheck %s
// RUN: quant-opt %s --emit-bytecode | quant-opt | FileCheck %s

// CHECK-LABEL: @affine
// CHECK-SAME: !qnn.affine<i8, 5.000000e-02 : -3>
// CHECK-SAME: !qnn.affine<ui8, 5.000000e-02 : 128>
// CHECK-SAME: !qnn.affine<i8<-127:127>, 5.000000e-01>
// CHECK-SAME: !qnn.affine<i8, 5.000000e-01>
// CHECK-SAME: !qnn.affine<ui16, 1.17549435E-38 : 65535>
func.func private @affine(
    tensor<1x!qnn.affine<i8, 0.05 : -3>>, tensor<1x!qnn.affine<ui8, 0.05 : 128>>,
    tensor<1x!qnn.affine<i8<-127:127>, 0.5 : 0>>, tensor<1x!qnn.affine<i8<-128:127>, 0.5>>,
    tensor<1x!qnn.affine<ui16, 1.17549435E-38 : 65535>>)

// CHECK-LABEL: @parameters_in_constant
// CHECK-SAME: !qnn.affine_axis<i8<-127:127>, 0>
// CHECK-SAME: !qnn.affine_block<i4, 32>
// CHECK-SAME: !qnn.float<bf16>
func.func private @parameters_in_constant(
    tensor<2x2x!qnn.affine_axis<i8<-127:127>, 0>>, tensor<2x2x!qnn.affine_block<i4, 32>>,
    tensor<2x!qnn.float<bf16>>)

// CHECK-LABEL: @codebooks
// CHECK-SAME: !qnn.codebook<binary, tensor>
// CHECK-SAME: !qnn.codebook<palette4, rows = 16>
// CHECK-SAME: !qnn.codebook<nf4, block = 64>
// CHECK-SAME: !qnn.codebook<f8e4m3, rows = 1>
func.func private @codebooks(
    tensor<2x2x!qnn.codebook<binary, tensor>>, tensor<2x2x!qnn.codebook<palette4, rows = 16>>,
    tensor<2x2x!qnn.codebook<nf4, block = 64>>, tensor<2x!qnn.codebook<f8e4m3, rows = 1>>)

// CHECK-LABEL: @attributes
// CHECK-SAME: qnn.range = #qnn.range<-1.500000e+00, 2.250000e+00, "minmax">
// CHECK-SAME: qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">
// CHECK: #qnn.scheme<!qnn.affine_block<ui4, 32>, "x", affine = true, scales = ui8>
// CHECK: #qnn.scheme<!qnn.codebook<nf4, block = 64>, "x", scales = f32>
func.func private @attributes() attributes {
    qnn.range = #qnn.range<-1.5, 2.25, "minmax">,
    qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8, 0>, "default">}
func.func private @scales() attributes {
    qnn.scheme = #qnn.scheme<!qnn.affine_block<ui4, 32>, "x", affine = true, scales = ui8>}
func.func private @more_scales() attributes {
    qnn.scheme = #qnn.scheme<!qnn.codebook<nf4, block = 64>, "x", scales = f32>}
