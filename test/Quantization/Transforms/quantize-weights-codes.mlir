// RUN: quant-opt %s -split-input-file --qnn-quantize-weights | FileCheck %s

// The table of QLoRA and a number that every block of 16 has: all codes in order, 4 bits
// each, lowest bits first.
// CHECK-LABEL: func @normal_floats
// CHECK: qnn.constant {payload = dense<[16, 50, 84, 118, -104, -70, -36, -2]> : tensor<8xi8>, scales = dense<1.000000e+00> : tensor<1xf16>} : tensor<1x16x!qnn.codebook<nf4, block = 16>>
func.func @normal_floats(%x: tensor<1x16xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]]> : tensor<1x16xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<nf4, block = 16>, "x">} : (tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// The scale is the mean of the magnitudes that become 1: with 3 and 3 the squared error
// is 1, with 3, 3 and 1 it would be 2.7. A row of zeros has scale 1.
// CHECK-LABEL: func @ternary
// CHECK: qnn.constant {payload = dense<[82, 85]> : tensor<2xi8>, scales = dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>} : tensor<2x4x!qnn.codebook<ternary, rows = 1>>
func.func @ternary(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[3.0, -3.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<ternary, rows = 1>, "x">} : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// The mean magnitude; 0 is as near to -1 as to 1 and takes the even code, -1. Zeros only:
// the smallest scale that f16 holds.
// CHECK-LABEL: func @binary
// CHECK: qnn.constant {payload = dense<[5, 0]> : tensor<2xi8>, scales = dense<[1.500000e+00, {{5.96.*e-08}}]> : tensor<2xf16>} : tensor<2x4x!qnn.codebook<binary, block = 4>>
func.func @binary(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<[[4.0, -1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<binary, block = 4>, "x">} : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// 448 is the largest e4m3 (code 126) and gets the scale; 1.0625 lies between 1 (56) and
// 1.125 (57) and goes to the even code; 2^-10 is half of the smallest denormal.
// CHECK-LABEL: func @f8
// CHECK: qnn.constant {payload = dense<{{\[\[}}126, 56, 0, 184]]> : tensor<1x4xui8>, scales = dense<1.000000e+00> : tensor<1xf32>} : tensor<1x4x!qnn.codebook<f8e4m3, tensor>>
func.func @f8(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[448.0, 1.0625, 9.765625e-04, -1.0]]> : tensor<1x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<f8e4m3, tensor>, "x">} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// The shared exponent is that of 7.9 minus that of 6, the largest f4: 2^0. So 7.9 becomes
// 6 (code 7), 5 lies between 4 (6) and 6, 0.25 between 0 and 0.5.
// CHECK-LABEL: func @microscaled
// CHECK: qnn.constant {payload = dense<[103, -96]> : tensor<2xi8>, scales = dense<1.000000e+00> : tensor<1xf8E8M0FNU>} : tensor<1x4x!qnn.codebook<f4e2m1, block = 32>>
func.func @microscaled(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[7.9, 5.0, 0.25, -1.0]]> : tensor<1x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<f4e2m1, block = 32>, "x", scales = f8E8M0FNU>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// A microscaled integer has its point behind the first bit: 1.984375 is 127/64.
// CHECK-LABEL: func @microscaled_integers
// CHECK: qnn.constant {payload = dense<{{\[\[}}127, -64, 32, 1]]> : tensor<1x4xi8>, scales = dense<1.562500e-02> : tensor<1xf8E8M0FNU>}
func.func @microscaled_integers(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.984375, -1.0, 0.5, 0.015625]]> : tensor<1x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_block<i8<-127:127>, 32>, "x", scales = f8E8M0FNU>} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// A table for each two rows; four different numbers are the table.
// CHECK-LABEL: func @palettes
// CHECK: qnn.constant {payload = dense<[-28, 27, -28]> : tensor<3xi8>, tables = dense<{{\[\[}}0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00], [0.000000e+00, 1.000000e+01, 2.000000e+01, 3.000000e+01]]> : tensor<2x4xf32>} : tensor<3x4x!qnn.codebook<palette2, rows = 2>>
func.func @palettes(%x: tensor<1x4xf32>) -> tensor<1x3xf32> {
  %w = arith.constant dense<[[0.0, 1.0, 2.0, 3.0], [3.0, 2.0, 1.0, 0.0], [0.0, 10.0, 20.0, 30.0]]> : tensor<3x4xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.codebook<palette2, rows = 2>, "x">} : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// Scales of 8 bits: the largest, 7, is 255 parts; 1 takes 37 of them, rounded up from
// 36.4. A block of zeros takes the smallest.
// CHECK-LABEL: func @double_quantized
// CHECK: qnn.constant {payload = dense<{{.*}}> : tensor<3xi8>, scales = dense<[255, 37, 1]> : tensor<3xui8>, superScales = dense<0.0274509806> : tensor<1xf32>} : tensor<1x6x!qnn.affine_block<i4<-7:7>, 2>>
func.func @double_quantized(%x: tensor<1x6xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[49.0, 1.0, 7.0, -7.0, 0.0, 0.0]]> : tensor<1x6xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_block<i4<-7:7>, 2>, "x", scales = ui8>} : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// CHECK-LABEL: func @words
// CHECK: qnn.constant {payload = dense<{{\[\[}}32767, -16384]]> : tensor<1x2xi16>, scales = dense<{{.*}}> : tensor<1xf32>}
func.func @words(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, -0.5]]> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i16<-32767:32767>, 0>, "x">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// 16 bits of two weights, 32 of the other two.
// CHECK: module attributes {qnn.effective_bits = 2.400000e+01 : f64}
func.func @bits(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %w = arith.constant dense<[[1.0, -0.5]]> : tensor<1x2xf32>
  %v = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %0 = qnn.dense %x, %w {qnn.scheme = #qnn.scheme<!qnn.float<bf16>, "x">} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  %1 = qnn.dense %x, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}
