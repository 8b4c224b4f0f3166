// What qnn cannot express is named, with the reason.
// RUN: quant-opt %s --convert-quant-to-qnn -split-input-file -verify-diagnostics

// expected-error @+1 {{cannot express '!quant.uniform<i8:f16, 5.000000e-01>' in the qnn dialect: expected the expressed type 'f32', but got 'f16'}}
func.func private @expressed(tensor<1x!quant.uniform<i8:f16, 0.5>>)

// -----

// expected-error @+1 {{cannot express '!quant.uniform<i32:f32, 5.000000e-01>' in the qnn dialect: expected an integer storage type of 2 to 16 bits, but got 'i32'}}
func.func private @wide(tensor<1x!quant.uniform<i32:f32, 0.5>>)

// -----

// expected-error @+1 {{cannot express '!quant.uniform<i8:f32, 5.000000e-01:200>' in the qnn dialect: expected a zero point within [-128, 127], but got 200}}
func.func private @zero_point(tensor<1x!quant.uniform<i8:f32, 0.5:200>>)

// -----

// expected-error @+1 {{cannot express '!quant.any<i8:f32>' in the qnn dialect: expected '!quant.uniform'}}
func.func private @any(tensor<1x!quant.any<i8:f32>>)

// -----

// expected-error @+1 {{cannot express '!quant.calibrated<f32<-1.000000e+00:1.000000e+00>>' in the qnn dialect: expected '!quant.uniform'}}
func.func private @calibrated(tensor<1x!quant.calibrated<f32<-1.0:1.0>>>)

// -----

// expected-error @+1 {{several scales are for constants only, made by 'quant.scast' of an 'arith.constant'; quantize this value with one scale}}
func.func private @axis_argument(tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>)

// -----

func.func @axis_activation(%x: tensor<2xf32>) {
  // expected-error @+1 {{several scales are for constants only}}
  %0 = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
  return
}

// -----

func.func @column_blocks() {
  %0 = arith.constant dense<1> : tensor<4x2xi8>
  // expected-error @+1 {{expected every block to be a run of consecutive elements within one index of dimension 0}}
  %1 = quant.scast %0 : tensor<4x2xi8>
      to tensor<4x2x!quant.uniform<i8:f32:{0:2, 1:1}, {{1.0, 2.0}, {4.0, 8.0}}>>
  return
}

// -----

func.func @small_scale_of_axis() {
  %0 = arith.constant dense<1> : tensor<2x1xi8>
  // expected-error @+1 {{expected finite scales of at least 1.17549435E-38, but got}}
  %1 = quant.scast %0 : tensor<2x1xi8> to tensor<2x1x!quant.uniform<i8:f32:0, {1.0, 1.0e-42}>>
  return
}

// -----

func.func @small_scale() {
  %0 = arith.constant dense<1> : tensor<2xi8>
  // expected-error @+1 {{expected a finite scale of at least 1.17549435E-38}}
  %1 = quant.scast %0 : tensor<2xi8> to tensor<2x!quant.uniform<i8:f32, 1.0e-42>>
  return
}

// -----

func.func @scalar(%x: f32) {
  // expected-error @+1 {{'quant.qcast' op expected ranked tensors, but got 'f32'}}
  %0 = quant.qcast %x : f32 to !quant.uniform<i8:f32, 0.5>
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{'quant.qcast' op expected ranked tensors, but got 'tensor<*xf32>'}}
  %0 = quant.qcast %x : tensor<*xf32> to tensor<*x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @other_dialect(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'tosa.reverse' op has a value of type 'tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>', but only casts and ops of the dialects 'builtin', 'cf', 'func', 'scf', 'tensor' and 'ub' may have quantized types here; dequantize its operands first}}
  %0 = tosa.reverse %x {axis = 0 : i32}
      : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}
