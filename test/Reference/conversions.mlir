// RUN: quant-run --interpret --print %s | FileCheck %s

// Ties, saturation, NaN and both ends of the range. 0.25 / 0.5 is a half.
// CHECK: quantize: tensor<8x!qnn.affine<i8, 5.000000e-01 : 3>>: 3 5 1 5 127 -128 -128 3
// CHECK: unsigned: tensor<8x!qnn.affine<ui8, 5.000000e-01 : 128>>: 128 130 126 130 255 0 0 128
// CHECK: narrow: tensor<8x!qnn.affine<i8<-127:127>, 5.000000e-01>>: 0 2 -2 2 127 -127 -127 0
// CHECK: dequantize: tensor<8xf32>: 0 1 -1 1 62 -65.5 -65.5 0
// The view of unsigned storage as i8 is moved by 128, and back.
// CHECK: cast: tensor<8xi8>: 0 2 -2 2 127 -128 -128 0
// CHECK: back: tensor<8x!qnn.affine<ui8, 5.000000e-01 : 128>>: 128 130 126 130 255 0 0 128
// Scales of an axis and of blocks; packed 4-bit rows.
// CHECK: axis: tensor<2x2xf32>: 0.5 -1 0.5 0.75
// CHECK: block: tensor<2x3xf32>: 0.5 -1 3 -4 7 -16
// CHECK: small: tensor<2xf32>: 0.5 65504
// 1.5 and 2.5 go to 2; per-channel scales; the clamp.
// CHECK: requantize: tensor<2x3xi8>: 12 9 15 12 11 20
// CHECK: lookup: tensor<3xi8>: 127 -1 -128
func.func @main() -> (
    tensor<8x!qnn.affine<i8, 0.5 : 3>> {qnn.name = "quantize"},
    tensor<8x!qnn.affine<ui8, 0.5 : 128>> {qnn.name = "unsigned"},
    tensor<8x!qnn.affine<i8<-127:127>, 0.5>> {qnn.name = "narrow"},
    tensor<8xf32> {qnn.name = "dequantize"},
    tensor<8xi8> {qnn.name = "cast"},
    tensor<8x!qnn.affine<ui8, 0.5 : 128>> {qnn.name = "back"},
    tensor<2x2xf32> {qnn.name = "axis"},
    tensor<2x3xf32> {qnn.name = "block"},
    tensor<2xf32> {qnn.name = "small"},
    tensor<2x3xi8> {qnn.name = "requantize"},
    tensor<3xi8> {qnn.name = "lookup"}) {
  %x = arith.constant dense<[0.25, 0.75, -0.75, 1.25, 0x7F800000, 0xFF800000, 0x7FC00000, -0.0]> : tensor<8xf32>
  %0 = qnn.quantize %x : tensor<8xf32> -> tensor<8x!qnn.affine<i8, 0.5 : 3>>
  %1 = qnn.quantize %x : tensor<8xf32> -> tensor<8x!qnn.affine<ui8, 0.5 : 128>>
  %2 = qnn.quantize %x : tensor<8xf32> -> tensor<8x!qnn.affine<i8<-127:127>, 0.5>>
  %3 = qnn.dequantize %0 : tensor<8x!qnn.affine<i8, 0.5 : 3>> -> tensor<8xf32>
  %4 = qnn.storage_cast %1 : tensor<8x!qnn.affine<ui8, 0.5 : 128>> -> tensor<8xi8>
  %5 = qnn.storage_cast %4 : tensor<8xi8> -> tensor<8x!qnn.affine<ui8, 0.5 : 128>>
  %a = qnn.constant {payload = dense<[[1, -2], [3, 4]]> : tensor<2x2xi8>,
                     scales = dense<[0.5, 0.25]> : tensor<2xf32>,
                     zeroPoints = dense<[0, 1]> : tensor<2xi8>}
     : tensor<2x2x!qnn.affine_axis<i8, 0>>
  %6 = qnn.dequantize %a : tensor<2x2x!qnn.affine_axis<i8, 0>> -> tensor<2x2xf32>
  // Rows 1, -2, 3 and -4, 7, -8: two blocks of 2 and 1 each.
  %b = qnn.constant {payload = dense<[-31, 3, 124, 8]> : tensor<4xi8>,
                     scales = dense<[0.5, 1.0, 1.0, 2.0]> : tensor<4xf32>}
     : tensor<2x3x!qnn.affine_block<i4, 2>>
  %7 = qnn.dequantize %b : tensor<2x3x!qnn.affine_block<i4, 2>> -> tensor<2x3xf32>
  %c = qnn.constant {payload = dense<[0.5, 65504.0]> : tensor<2xf16>} : tensor<2x!qnn.float<f16>>
  %8 = qnn.dequantize %c : tensor<2x!qnn.float<f16>> -> tensor<2xf32>
  %acc = arith.constant dense<[[3, -3, 5], [5, 5, 1000]]> : tensor<2x3xi32>
  %9 = qnn.requantize %acc {multipliers = array<i32: 1, 1, 1>, shifts = array<i32: 1, 2, 0>,
      zeroPoint = 10 : i32, min = -128 : i32, max = 20 : i32} : tensor<2x3xi32> -> tensor<2x3xi8>
  %i = arith.constant dense<[-128, 0, 127]> : tensor<3xi8>
  %10 = qnn.lookup %i {table = array<i8: 127, 126, 125, 124, 123, 122, 121, 120, 119, 118, 117, 116, 115, 114, 113, 112, 111, 110, 109, 108, 107, 106, 105, 104, 103, 102, 101, 100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 89, 88, 87, 86, 85, 84, 83, 82, 81, 80, 79, 78, 77, 76, 75, 74, 73, 72, 71, 70, 69, 68, 67, 66, 65, 64, 63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, -13, -14, -15, -16, -17, -18, -19, -20, -21, -22, -23, -24, -25, -26, -27, -28, -29, -30, -31, -32, -33, -34, -35, -36, -37, -38, -39, -40, -41, -42, -43, -44, -45, -46, -47, -48, -49, -50, -51, -52, -53, -54, -55, -56, -57, -58, -59, -60, -61, -62, -63, -64, -65, -66, -67, -68, -69, -70, -71, -72, -73, -74, -75, -76, -77, -78, -79, -80, -81, -82, -83, -84, -85, -86, -87, -88, -89, -90, -91, -92, -93, -94, -95, -96, -97, -98, -99, -100, -101, -102, -103, -104, -105, -106, -107, -108, -109, -110, -111, -112, -113, -114, -115, -116, -117, -118, -119, -120, -121, -122, -123, -124, -125, -126, -127, -128>} : tensor<3xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10 : tensor<8x!qnn.affine<i8, 0.5 : 3>>, tensor<8x!qnn.affine<ui8, 0.5 : 128>>, tensor<8x!qnn.affine<i8<-127:127>, 0.5>>, tensor<8xf32>, tensor<8xi8>, tensor<8x!qnn.affine<ui8, 0.5 : 128>>, tensor<2x2xf32>, tensor<2x3xf32>, tensor<2xf32>, tensor<2x3xi8>, tensor<3xi8>
}
