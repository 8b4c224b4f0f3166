// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v2 -o %t.v2.mlir
// RUN: quant-run %s --interpret --compare %t.v2.mlir | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline=cpu=avx512vnni -o %t.vnni.mlir
// RUN: quant-run %s --interpret --compare %t.vnni.mlir | FileCheck %s
// RUN: FileCheck %s --check-prefix=KERNELS < %t.vnni.mlir

// The phase `kernels` changes no bit of weights that are codes: tables of the type and of
// rows (in two groups, too), bits of floats, powers of two and factors as scales, integers
// of 1, 2 and 16 bits.
// CHECK: normal: sqnr_db: inf
// CHECK: palettes: sqnr_db: inf
// CHECK: bytes: sqnr_db: inf
// CHECK: microscaled: sqnr_db: inf
// CHECK: ternary: sqnr_db: inf
// CHECK: binary: sqnr_db: inf
// CHECK: words: sqnr_db: inf
// CHECK: signs: sqnr_db: inf
// CHECK: groups: sqnr_db: inf
// KERNELS: tables({{.*}} : tensor<1x16xf32>)
// KERNELS-SAME: packing <bits = 4, block = 4, chunk = 4, scale = f16, zeroPoint = 0, zeroPoints = false, tableRows = 2>
// KERNELS: tables({{.*}} : tensor<3x4xf32>)
// KERNELS-SAME: packing <bits = 2, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 1>
// KERNELS: packing <bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = false, values = f8E4M3FN>
// KERNELS: packing <bits = 6, block = 2, chunk = 2, scale = f8E8M0FNU, zeroPoint = 0, zeroPoints = false, values = f6E2M3FN>
// KERNELS: packing <bits = 2, block = 2, chunk = 2, scale = ui8, zeroPoint = 1, zeroPoints = false>
// KERNELS: packing <bits = 1, block = 0, chunk = 32, scale = f32, zeroPoint = 1, zeroPoints = false, shift = 1>
// KERNELS: packing <bits = 16, block = 0, chunk = 32, scale = f32, zeroPoint = 32768, zeroPoints = false>
// KERNELS: packing <bits = 1, block = 0, chunk = 32, scale = none, zeroPoint = 1, zeroPoints = false, shift = 1>
// KERNELS: packing <bits = 1, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 3>
module attributes {qnn.phase = "fuse"} {
func.func @main() -> (
    tensor<2x2xf32> {qnn.name = "normal"}, tensor<2x3xf32> {qnn.name = "palettes"},
    tensor<1x2xf32> {qnn.name = "bytes"}, tensor<1x2xf32> {qnn.name = "microscaled"},
    tensor<2x2xf32> {qnn.name = "ternary"}, tensor<2x2xf32> {qnn.name = "binary"},
    tensor<1x2xf32> {qnn.name = "words"}, tensor<1x2xi32> {qnn.name = "signs"},
    tensor<1x1x1x4xf32> {qnn.name = "groups"}) {
  %x = arith.constant dense<[[0.1, 0.2, 0.3, -0.4, 0.5], [1.1, -1.2, 1.3, 1.4, 1.0e30]]> : tensor<2x5xf32>
  %q = arith.constant dense<[[1, 127, 3, -4, -128], [0, -1, 77, 9, 33]]> : tensor<2x5xi8>
  %s = arith.constant dense<[[1.25, -0.7, 3.1]]> : tensor<1x3xf32>

  %w0 = qnn.constant {payload = dense<[16, 50, 4, -104, -70, 15]> : tensor<6xi8>, scales = dense<[0.5, 0.25, 2.0, 0.1]> : tensor<4xf16>} : tensor<2x5x!qnn.codebook<nf4, block = 4>>
  %0 = qnn.dense %x, %w0 : (tensor<2x5xf32>, tensor<2x5x!qnn.codebook<nf4, block = 4>>) -> tensor<2x2xf32>

  %w1 = qnn.constant {payload = dense<[-28, 1, 27, 2, 114, 3]> : tensor<6xi8>, tables = dense<[[0.1, 0.2, 0.3, 0.4], [-1.0, 2.0, -3.0, 1.0e10], [7.0, 8.0, 9.0, 0.0]]> : tensor<3x4xf32>} : tensor<3x5x!qnn.codebook<palette2, rows = 1>>
  %1 = qnn.dense %x, %w1 : (tensor<2x5xf32>, tensor<3x5x!qnn.codebook<palette2, rows = 1>>) -> tensor<2x3xf32>

  %w2 = qnn.constant {payload = dense<[[126, 1, 200], [254, 129, 64]]> : tensor<2x3xui8>, scales = dense<[0.3, 1.0e-3]> : tensor<2xf32>} : tensor<2x3x!qnn.codebook<f8e4m3, rows = 1>>
  %2 = qnn.dense %s, %w2 : (tensor<1x3xf32>, tensor<2x3x!qnn.codebook<f8e4m3, rows = 1>>) -> tensor<1x2xf32>

  %w3 = qnn.constant {payload = dense<[-1, 7, 1, 65, -58, 2]> : tensor<6xi8>, scales = dense<[0.5, 4.0, 0.25, 1.0]> : tensor<4xf8E8M0FNU>} : tensor<2x3x!qnn.codebook<f6e2m3, block = 2>>
  %3 = qnn.dense %s, %w3 : (tensor<1x3xf32>, tensor<2x3x!qnn.codebook<f6e2m3, block = 2>>) -> tensor<1x2xf32>

  %w4 = qnn.constant {payload = dense<[82, 1, -122, 2]> : tensor<4xi8>, scales = dense<[255, 1, 77, 3, 100, 200]> : tensor<6xui8>, superScales = dense<0.0123> : tensor<1xf32>} : tensor<2x5x!qnn.codebook<ternary, block = 2>>
  %4 = qnn.dense %q, %w4 {inputZeroPoint = 3 : i32} : (tensor<2x5xi8>, tensor<2x5x!qnn.codebook<ternary, block = 2>>) -> tensor<2x2xf32>

  %w5 = qnn.constant {payload = dense<[21, 10]> : tensor<2xi8>, scales = dense<[0.7, 0.1]> : tensor<2xf32>} : tensor<2x5x!qnn.codebook<binary, rows = 1>>
  %5 = qnn.dense %q, %w5 {inputZeroPoint = -5 : i32} : (tensor<2x5xi8>, tensor<2x5x!qnn.codebook<binary, rows = 1>>) -> tensor<2x2xf32>

  %w6 = qnn.constant {payload = dense<[[32767, -300, 5], [-32768, 255, 256]]> : tensor<2x3xi16>, scales = dense<[0.7, 0.1]> : tensor<2xf32>} : tensor<2x3x!qnn.affine_axis<i16, 0>>
  %6 = qnn.dense %s, %w6 : (tensor<1x3xf32>, tensor<2x3x!qnn.affine_axis<i16, 0>>) -> tensor<1x2xf32>

  %q7 = arith.constant dense<[[-128, 1, -3]]> : tensor<1x3xi8>
  %w7 = arith.constant dense<[[-1, 1, 1], [1, -1, -1]]> : tensor<2x3xi2>
  %7 = qnn.dense %q7, %w7 {inputZeroPoint = -3 : i32} : (tensor<1x3xi8>, tensor<2x3xi2>) -> tensor<1x2xi32>

  %x8 = arith.constant dense<[[[[1.0, 2.5, 3.0, 4.0, -5.0, 6.0]]]]> : tensor<1x1x1x6xf32>
  %w8 = qnn.constant {payload = dense<[5, 2, 3, 6]> : tensor<4xi8>, tables = dense<[[0.1, -0.2], [3.0, 0.7]]> : tensor<2x2xf32>} : tensor<4x1x1x3x!qnn.codebook<palette1, rows = 3>>
  %8 = qnn.conv2d %x8, %w8 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
     : (tensor<1x1x1x6xf32>, tensor<4x1x1x3x!qnn.codebook<palette1, rows = 3>>) -> tensor<1x1x1x4xf32>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : tensor<2x2xf32>, tensor<2x3xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2xf32>, tensor<1x2xi32>, tensor<1x1x1x4xf32>
}
}
