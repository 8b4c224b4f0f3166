// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @constant_c1() {
  // expected-error @+1 {{'qnn.constant' op expected an axis below the rank 2, but got 2}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x2xi8>, scales = dense<1.0> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 2>>
  return
}

// -----
func.func @constant_dynamic_c1() {
  // expected-error @+1 {{'qnn.constant' op expected a static shape, but got 'tensor<?x!qnn.affine<i8, 1.000000e+00>>'}}
  %0 = qnn.constant {payload = dense<1> : tensor<2xi8>} : tensor<?x!qnn.affine<i8, 1.0>>
  return
}

// -----
func.func @constant_c2() {
  // expected-error @+1 {{'qnn.constant' op expected payload of type 'tensor<2x2xi8>', but got 'tensor<4xi8>'}}
  %0 = qnn.constant {payload = dense<1> : tensor<4xi8>} : tensor<2x2x!qnn.affine<i8, 1.0>>
  return
}

// -----
func.func @constant_packed_c2() {
  // expected-error @+1 {{'qnn.constant' op expected packed payload of type 'tensor<4xi8>', but got 'tensor<2x3xi4>'}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x3xi4>} : tensor<2x3x!qnn.affine<i4, 1.0>>
  return
}

// -----
func.func @constant_c3() {
  // expected-error @+1 {{'qnn.constant' op expected 3 scales for this type and shape, but got 2}}
  %0 = qnn.constant {payload = dense<1> : tensor<3x2xi8>, scales = dense<1.0> : tensor<2xf32>} : tensor<3x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @constant_none_c3() {
  // expected-error @+1 {{'qnn.constant' op expected 4 scales for this type and shape, but got 0}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x3xi8>} : tensor<2x3x!qnn.affine_block<i8, 2>>
  return
}

// -----
func.func @constant_c4() {
  // expected-error @+1 {{'qnn.constant' op expected 2 zero points, one per scale, but got 3}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x2xi8>, scales = dense<1.0> : tensor<2xf32>, zeroPoints = dense<0> : tensor<3xi8>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @constant_c5() {
  // expected-error @+1 {{'qnn.constant' op expected scales that are finite, positive and normal, but scale 1 is -1}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x2xi8>, scales = dense<[1.0, -1.0]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @constant_denormal_c5() {
  // expected-error @+1 {{'qnn.constant' op expected scales that are finite, positive and normal, but scale 0 is}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x2xi8>, scales = dense<[1.0e-42, 1.0]> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @constant_nan_c5() {
  // expected-error @+1 {{'qnn.constant' op expected scales that are finite, positive and normal, but scale 0 is nan}}
  %0 = qnn.constant {payload = dense<1> : tensor<2x2xi8>, scales = dense<0x7FC00000> : tensor<2xf32>} : tensor<2x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @quantize_c1(%x: tensor<2x2xf32>) {
  // expected-error @+1 {{'qnn.quantize' op expected a '!qnn.affine' result, whose type carries its parameters, but got 'tensor<2x2x!qnn.affine_axis<i8, 0>>'}}
  %0 = qnn.quantize %x : tensor<2x2xf32> -> tensor<2x2x!qnn.affine_axis<i8, 0>>
  return
}

// -----
func.func @dequantize_c1(%x: tensor<2x2x!qnn.affine_axis<i8, 0>>) {
  // expected-error @+1 {{'qnn.dequantize' op expected an operand made by 'qnn.constant', which holds the parameters of 'tensor<2x2x!qnn.affine_axis<i8, 0>>'}}
  %0 = qnn.dequantize %x : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  return
}

// -----
func.func @storage_cast_c1(%x: tensor<2x!qnn.affine<i8, 1.0>>) {
  // expected-error @+1 {{'qnn.storage_cast' op expected a quantized type and its storage type, but got '!qnn.affine<i8, 1.000000e+00>' and 'i32'}}
  %0 = qnn.storage_cast %x : tensor<2x!qnn.affine<i8, 1.0>> -> tensor<2xi32>
  return
}

// -----
func.func @requantize_c1(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected 1 or 4 multipliers, one per channel, but got 2}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1, 1>, shifts = array<i32: 1, 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_c2(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected 1 shifts, one per multiplier, but got 0}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_c3(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected multipliers that are 0 or odd and below 16777216, but got 6}}
  %0 = qnn.requantize %x {multipliers = array<i32: 6>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_c4(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected shifts in [0, 47], but got 48}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 48>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_c5(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected -128 <= min <= max <= 127, but got min 5 and max 4}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = 5 : i32, max = 4 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_wide_c5(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected -32768 <= min <= max <= 32767, but got min -32768 and max 32768}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -32768 : i32, max = 32768 : i32} : tensor<1x4xi32> -> tensor<1x4xi16>
  return
}

// -----
func.func @requantize_c6(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected an input zero point in [0, 0] for 'i32', but got 1}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, inputZeroPoint = 1 : i32} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_c7(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected i32 that becomes i8 with 'roundTwice', but got 'i32' and 'i16'}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x4xi32> -> tensor<1x4xi16>
  return
}

// -----
func.func @constant_codebook_c4() {
  // expected-error @+1 {{'qnn.constant' op expected 0 zero points, one per scale, but got 1}}
  %0 = qnn.constant {payload = dense<0> : tensor<2xi8>, scales = dense<1.0> : tensor<1xf32>, zeroPoints = dense<1> : tensor<1xi8>} : tensor<2x2x!qnn.codebook<ternary, tensor>>
  return
}

// -----
func.func @constant_factor_c5() {
  // expected-error @+1 {{'qnn.constant' op expected scales that are finite, positive and normal, but scale 1 is 0}}
  %0 = qnn.constant {payload = dense<0> : tensor<4xi8>, scales = dense<[1, 0]> : tensor<2xui8>, superScales = dense<1.0> : tensor<1xf32>} : tensor<2x4x!qnn.codebook<nf4, block = 4>>
  return
}

// -----
func.func @constant_power_c5() {
  // expected-error @+1 {{'qnn.constant' op expected scales that are finite, positive and normal, but scale 0 is}}
  %0 = qnn.constant {payload = dense<0> : tensor<2xi8>, scales = dense<"0x00"> : tensor<1xf8E8M0FNU>} : tensor<1x4x!qnn.codebook<f4e2m1, block = 4>>
  return
}

// -----
func.func @constant_c6() {
  // expected-error @+1 {{'qnn.constant' op expected tables of type 'tensor<2x2xf32>'}}
  %0 = qnn.constant {payload = dense<0> : tensor<2xi8>, tables = dense<1.0> : tensor<1x2xf32>} : tensor<2x2x!qnn.codebook<palette1, rows = 1>>
  return
}

// -----
func.func @constant_no_tables_c6() {
  // expected-error @+1 {{'qnn.constant' op expected tables of type 'tensor<0x4xf32>'}}
  %0 = qnn.constant {payload = dense<0> : tensor<2xi8>, scales = dense<1.0> : tensor<1xf32>, tables = dense<1.0> : tensor<1x4xf32>} : tensor<2x2x!qnn.codebook<ternary, tensor>>
  return
}

// -----
func.func @constant_infinite_table_c6() {
  // expected-error @+1 {{'qnn.constant' op expected tables of finite numbers}}
  %0 = qnn.constant {payload = dense<0> : tensor<2xi8>, tables = dense<[[0.0, 0x7F800000]]> : tensor<1x2xf32>} : tensor<2x2x!qnn.codebook<palette1, tensor>>
  return
}

// -----
func.func @constant_c7() {
  // expected-error @+1 {{'qnn.constant' op expected codes that stand for finite numbers, but code 3 of element 1 does not}}
  %0 = qnn.constant {payload = dense<12> : tensor<1xi8>, scales = dense<1.0> : tensor<1xf32>} : tensor<1x2x!qnn.codebook<ternary, tensor>>
  return
}

// -----
func.func @constant_nan_c7() {
  // expected-error @+1 {{'qnn.constant' op expected codes that stand for finite numbers, but code 127 of element 0 does not}}
  %0 = qnn.constant {payload = dense<127> : tensor<1x1xui8>, scales = dense<1.0> : tensor<1xf32>} : tensor<1x1x!qnn.codebook<f8e4m3, tensor>>
  return
}

// -----
func.func @constant_c8() {
  // expected-error @+1 {{'qnn.constant' op expected 2 super scales of type f32 with scales of type ui8, and none with others}}
  %0 = qnn.constant {payload = dense<0> : tensor<17xi8>, scales = dense<1> : tensor<34xui8>, superScales = dense<1.0> : tensor<1xf32>} : tensor<17x4x!qnn.codebook<ternary, block = 2>>
  return
}

// -----
func.func @constant_normal_c8() {
  // expected-error @+1 {{'qnn.constant' op expected super scales that are finite, positive and normal, but got}}
  %0 = qnn.constant {payload = dense<0> : tensor<1xi8>, scales = dense<1> : tensor<2xui8>, superScales = dense<-1.0> : tensor<1xf32>} : tensor<1x4x!qnn.codebook<ternary, block = 2>>
  return
}

// -----
func.func @requantize_product_types(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected i32 that becomes i8 with 'qnn.round_product', but got 'i32' and 'i16'}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x4xi32> -> tensor<1x4xi16>
  return
}

// -----
func.func @round_product_unit(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected attribute 'qnn.round_product' to be a unit, but got 1 : i64}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product = 1} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @round_product_elsewhere(%x: tensor<4xi8>) {
  // expected-error @+1 {{'qnn.rescale_add' op has attribute 'qnn.round_product', which is for 'qnn.requantize' and 'qnn.pool_requantize'}}
  %0 = qnn.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return
}

// -----
// expected-error @+1 {{'builtin.module' op expected attribute 'qnn.engine' to be a string, but got 3 : i64}}
module attributes {qnn.engine = 3} {
}

// -----
func.func @requantize_both(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected 'roundTwice' or 'qnn.round_product', but got both}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice, qnn.round_product} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_product_small(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected scales that are 0 or in [2^-15, 64) with 'qnn.round_product', but got 32767 * 2^-30}}
  %0 = qnn.requantize %x {multipliers = array<i32: 1, 0, 127, 32767>, shifts = array<i32: 15, 0, 1, 30>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_product_large(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected scales that are 0 or in [2^-15, 64) with 'qnn.round_product', but got 65 * 2^-0}}
  %0 = qnn.requantize %x {multipliers = array<i32: 65>, shifts = array<i32: 0>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_twice_c3(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected multipliers that are not negative, but got -2}}
  %0 = qnn.requantize %x {multipliers = array<i32: -2>, shifts = array<i32: 32>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}

// -----
func.func @requantize_twice_c4(%x: tensor<1x4xi32>) {
  // expected-error @+1 {{'qnn.requantize' op expected shifts in [1, 62], but got 63}}
  %0 = qnn.requantize %x {multipliers = array<i32: 2>, shifts = array<i32: 63>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x4xi32> -> tensor<1x4xi8>
  return
}
