// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @pool_c1(%x: tensor<1x4x4x1xi8>) {
  // expected-error @+1 {{'qnn.pool' op expected 'max' for an input of 'i8'; an average of integers is 'qnn.pool_requantize'}}
  %0 = qnn.pool average %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x1xi8> -> tensor<1x2x2x1xi8>
  return
}

// -----
func.func @pool_rank_c1(%x: tensor<4x4x1xf32>) {
  // expected-error @+1 {{'qnn.pool' op expected an input of rank 4, but got 'tensor<4x4x1xf32>'}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<4x4x1xf32> -> tensor<2x2x1xf32>
  return
}

// -----
func.func @pool_c2(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'qnn.pool' op expected result shape [1, 2, 2, 1], but got [1, 2, 3, 1]}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x2x3x1xf32>
  return
}

// -----
func.func @pool_c3(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'qnn.pool' op expected pads smaller than the window's extent 2, but got 2}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 2, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x2x3x1xf32>
  return
}

// -----
func.func @pool_kind_c4(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'qnn.pool' op expected counted pads on 'average' only}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> {countedPads = array<i64: 0, 0, 0, 0>} : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----
func.func @pool_c4(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{'qnn.pool' op expected counted pads in [0, 0], the window's pad, but got 1}}
  %0 = qnn.pool average %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> {countedPads = array<i64: 0, 1, 0, 0>} : tensor<1x4x4x1xf32> -> tensor<1x2x2x1xf32>
  return
}

// -----
func.func @pool_requantize_c2(%x: tensor<1x4x4x1xi8>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected 4 multipliers and shifts, one per count, but got 1 and 1}}
  %0 = qnn.pool_requantize %x window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 2>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4x4x1xi8> -> tensor<1x2x2x1xi8>
  return
}

// -----
func.func @reduce_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.reduce' op expected ascending axes below the rank 2, but got 0 after 1}}
  %0 = qnn.reduce sum %x axes [1, 0] : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----
func.func @reduce_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.reduce' op expected result shape [2, 1], but got [2]}}
  %0 = qnn.reduce sum %x axes [1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----
func.func @softmax_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'qnn.softmax' op expected an axis in [0, 2), but got 2}}
  %0 = qnn.softmax %x {axis = 2 : i64} : tensor<2x3xf32>
  return
}

// -----
func.func @pool_requantize_twice_c3(%x: tensor<1x4x4x1xi8>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected multipliers that are not negative, but got -1}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: -1>, shifts = array<i32: 40>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x4x4x1xi8> -> tensor<1x4x4x1xi8>
  return
}

// -----
func.func @pool_requantize_twice_c4(%x: tensor<1x4x4x1xi8>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected shifts in [1, 62], but got 0}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 0>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x4x4x1xi8> -> tensor<1x4x4x1xi8>
  return
}

// -----
func.func @pool_requantize_c6(%x: tensor<1x1x2x1xi16>) {
  // expected-error @+1 {{'qnn.pool_requantize' op sum of 2 elements may reach 4000065534, above the i32 maximum 2147483647}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = -2000000000 : i32, multipliers = array<i32: 1, 1>, shifts = array<i32: 0, 0>, zeroPoint = 0 : i32, min = -32768 : i32, max = 32767 : i32} : tensor<1x1x2x1xi16> -> tensor<1x1x1x1xi16>
  return
}

// -----
func.func @pool_requantize_product_types(%x: tensor<1x1x1x1xi16>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected i8 that becomes i8 with 'qnn.round_product', but got 'i16' and 'i8'}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x1x1x1xi16> -> tensor<1x1x1x1xi8>
  return
}

// -----
func.func @pool_requantize_product_small(%x: tensor<1x1x1x1xi8>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected scales that are 0 or in [2^-15, 64) with 'qnn.round_product', but got 1 * 2^-16}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 16>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, qnn.round_product} : tensor<1x1x1x1xi8> -> tensor<1x1x1x1xi8>
  return
}

// -----
func.func @pool_requantize_c7(%x: tensor<1x1x1x1xi16>) {
  // expected-error @+1 {{'qnn.pool_requantize' op expected i8 that becomes i8 with 'roundTwice', but got 'i16' and 'i8'}}
  %0 = qnn.pool_requantize %x window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 0 : i32, multipliers = array<i32: 1>, shifts = array<i32: 1>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32, roundTwice} : tensor<1x1x1x1xi16> -> tensor<1x1x1x1xi8>
  return
}
