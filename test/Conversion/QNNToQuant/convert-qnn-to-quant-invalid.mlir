// What the quant dialect cannot express is named, with the reason.
// RUN: quant-opt %s --convert-qnn-to-quant -split-input-file -verify-diagnostics

func.func @small_float() {
  // expected-error @+1 {{cannot express '!qnn.float<f16>' in the quant dialect: it is not uniform; keep such weights in 'f32'}}
  %0 = qnn.constant {payload = dense<1.0> : tensor<2xf16>} : tensor<2x!qnn.float<f16>>
  return
}

// -----

// expected-error @+1 {{cannot express '!qnn.affine_axis<i8, 0>' in the quant dialect: expected '!qnn.affine', or 'qnn.constant' as the producer of the value}}
func.func private @axis_argument(tensor<2x!qnn.affine_axis<i8, 0>>)

// -----

func.func @short_block() {
  // expected-error @+1 {{cannot express '!qnn.affine_block<i8, 2>' in the quant dialect: expected blocks that fill the rows of 'tensor<1x3x!qnn.affine_block<i8, 2>>' and are boxes of whole inner dimensions; choose another block size}}
  %0 = qnn.constant {payload = dense<1> : tensor<1x3xi8>, scales = dense<1.0> : tensor<2xf32>}
      : tensor<1x3x!qnn.affine_block<i8, 2>>
  return
}

// -----

func.func @no_box() {
  // expected-error @+1 {{expected blocks that fill the rows}}
  %0 = qnn.constant {payload = dense<1> : tensor<1x2x3xi8>, scales = dense<1.0> : tensor<3xf32>}
      : tensor<1x2x3x!qnn.affine_block<i8, 2>>
  return
}

// -----

func.func @computes(%x: tensor<2x!qnn.affine<i8, 0.5>>) {
  // expected-error @+1 {{'qnn.reshape' op has a value of type 'tensor<2x1x!qnn.affine<i8, 5.000000e-01>>', but only casts}}
  %0 = qnn.reshape %x : tensor<2x!qnn.affine<i8, 0.5>> -> tensor<2x1x!qnn.affine<i8, 0.5>>
  return
}

// -----

func.func @dynamic(%x: tensor<?x!qnn.affine<ui8, 0.5>>) {
  // expected-error @+1 {{'qnn.storage_cast' op expected a static shape for the constant that moves integers by half their range, but got 'tensor<?xi8>'}}
  %0 = qnn.storage_cast %x : tensor<?x!qnn.affine<ui8, 0.5>> -> tensor<?xi8>
  return
}

// -----

func.func @zero_points() {
  // expected-error @+1 {{cannot express '!qnn.affine_axis<i8, 0>' in the quant dialect: expected zero points within [-128, 127], but got 300}}
  %0 = qnn.constant {payload = dense<1> : tensor<2xi8>, scales = dense<1.0> : tensor<2xf32>,
                     zeroPoints = dense<[0, 300]> : tensor<2xi32>}
      : tensor<2x!qnn.affine_axis<i8, 0>>
  return
}
