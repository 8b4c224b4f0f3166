// RUN: quant-compile %s --cpu=avx512vnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/must_select.py %t.s %s avx512vnni | FileCheck %s
// RUN: quant-compile %s --cpu=avxvnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/must_select.py %t.s %s avxvnni | FileCheck %s
// RUN: quant-compile %s --cpu=x86-64-v3 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/must_select.py %t.s %s x86-64-v3 | FileCheck %s
// RUN: quant-compile %s --cpu=x86-64 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/must_select.py %t.s %s x86-64 | FileCheck %s
// CHECK: 11 rows, 0 problems

// The instructions of loops outside of contractions, and of their epilogue. Bytes are
// packed by saturation; both operands of an addition are words of one product; tables are
// permutations; exponentials are polynomials. Softmax has a loop for the maximum, the
// exponentials, the sum and the division.
//
// avx512vnni quantize: vmaxps zmm, vfmadd231ps zmm, vpackssdw zmm, vpackuswb zmm
// avx512vnni dequantize: vpmovzxbd zmm, vcvtdq2ps zmm, vmulps zmm
// avx512vnni add: vpunpcklbw zmm, vpdpwssd zmm, vpsrad zmm, vpackssdw zmm, vpackuswb zmm
// avx512vnni table: vperm[it]2b zmm, vpmovb2m zmm
// avx512vnni integers: vpmaxsd zmm
// avx512vnni integers: vpaddd zmm, vpinsrd xmm
// avx512vnni integers: vdivpd zmm
// avx512vnni floats: vmaxps zmm
// avx512vnni floats: vrndscaleps zmm, vfmadd213ps zmm, vpslld zmm
// avx512vnni floats: vdivps zmm
// avx512vnni requantize: vpdpbusd zmm, vcvtdq2ps zmm, vfmadd213ps zmm, vpackssdw zmm, vpackuswb zmm
//
// avxvnni quantize: vmaxps ymm, vfmadd231ps ymm, vpackssdw ymm, vpackuswb ymm
// avxvnni dequantize: vpmovzxbd ymm, vcvtdq2ps ymm, vmulps ymm
// avxvnni add: vpunpcklbw ymm, vpdpwssd ymm, vpsrad ymm, vpackssdw ymm, vpackuswb ymm
// avxvnni table: vpshufb ymm, vpaddsb ymm
// avxvnni integers: vpmaxsd ymm
// avxvnni integers: vpaddd ymm, vpinsrd xmm
// avxvnni integers: vdivpd ymm
// avxvnni floats: vmaxps ymm
// avxvnni floats: vroundps ymm, vfmadd213ps ymm, vpslld ymm
// avxvnni floats: vdivps ymm
// avxvnni requantize: vpdpbusd ymm, vcvtdq2ps ymm, vfmadd213ps ymm, vpackssdw ymm, vpackuswb ymm
//
// x86-64-v3 quantize: vmaxps ymm, vfmadd231ps ymm, vpackssdw ymm, vpackuswb ymm
// x86-64-v3 dequantize: vpmovzxbd ymm, vcvtdq2ps ymm, vmulps ymm
// x86-64-v3 add: vpunpcklbw ymm, vpmaddwd ymm, vpsrad ymm, vpackssdw ymm, vpackuswb ymm
// x86-64-v3 table: vpshufb ymm, vpaddsb ymm
// x86-64-v3 integers: vpmaxsd ymm
// x86-64-v3 integers: vpaddd ymm, vpinsrd xmm
// x86-64-v3 integers: vdivpd ymm
// x86-64-v3 floats: vmaxps ymm
// x86-64-v3 floats: vroundps ymm, vfmadd213ps ymm, vpslld ymm
// x86-64-v3 floats: vdivps ymm
// x86-64-v3 requantize: vpmaddwd ymm, vcvtdq2ps ymm, vfmadd213ps ymm, vpackssdw ymm, vpackuswb ymm
//
// Without a fused multiply-add, products that are rounded once are made of doubles, which
// are more than 16 registers hold. There is no maximum of words of 32 bits, and no table:
// bytes are taken apart in memory.
// x86-64 quantize: maxps xmm, divps xmm, packssdw xmm, packuswb xmm
// x86-64 dequantize: punpcklbw xmm, cvtdq2ps xmm, mulps xmm
// x86-64 add: punpcklbw xmm, pmaddwd xmm, psrad xmm, packssdw xmm, packuswb xmm
// x86-64 table: movzbl -, movd xmm; stack
// x86-64 integers: pcmpgtd xmm
// x86-64 integers: paddd xmm, punpckldq xmm
// x86-64 integers: divpd xmm
// x86-64 floats: maxps xmm
// x86-64 floats: cvtps2pd xmm, mulpd xmm, pslld xmm; stack
// x86-64 floats: divps xmm
// x86-64 requantize: pmaddwd xmm, mulpd xmm, packssdw xmm, packuswb xmm; stack
!b = tensor<64x256xi8>
!f = tensor<64x256xf32>
!q = tensor<64x256x!qnn.affine<i8, 0.05 : 3>>
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: !b {qnn.name = "x"}, %y: !b {qnn.name = "y"}, %f: !f {qnn.name = "f"}, %q: !q {qnn.name = "q"}, %k: tensor<96x4xi8> {qnn.name = "k"})
      -> (!q {qnn.name = "quantized"}, !f {qnn.name = "real"}, !b {qnn.name = "sum"}, !b {qnn.name = "looked_up"},
          !b {qnn.name = "integer"}, !f {qnn.name = "float"}, tensor<96x16xi8> {qnn.name = "product"}) {
    %0 = qnn.quantize %f : !f -> !q loc("quantize")
    %1 = qnn.dequantize %q : !q -> !f loc("dequantize")
    %2 = qnn.rescale_add %x, %y {lhsMultiplier = 12345 : i32, rhsMultiplier = 23456 : i32, offset = -300000 : i32, shift = 15 : i32, min = -128 : i32, max = 127 : i32} : (!b, !b) -> !b loc("add")
    %3 = qnn.lookup %x {table = array<i8: -123, -123, -123, -123, -123, -123, -122, -122, -122,
      -122, -122, -122, -121, -121, -121, -121, -120, -120, -120, -120, -120, -119, -119, -119,
      -118, -118, -118, -118, -117, -117, -117, -116, -116, -115, -115, -115, -114, -114, -113,
      -113, -113, -112, -112, -111, -111, -110, -110, -109, -109, -108, -107, -107, -106, -106,
      -105, -104, -104, -103, -102, -101, -101, -100, -99, -98, -97, -97, -96, -95, -94, -93,
      -92, -91, -90, -89, -88, -87, -86, -85, -84, -82, -81, -80, -79, -78, -76, -75, -74, -72,
      -71, -70, -68, -67, -65, -64, -62, -61, -59, -58, -56, -54, -53, -51, -49, -48, -46, -44,
      -42, -41, -39, -37, -35, -33, -31, -29, -28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
      -8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 29, 31, 33, 35,
      37, 39, 41, 42, 44, 46, 48, 49, 51, 53, 54, 56, 58, 59, 61, 62, 64, 65, 67, 68, 70, 71,
      72, 74, 75, 76, 78, 79, 80, 81, 82, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96,
      97, 97, 98, 99, 100, 101, 101, 102, 103, 104, 104, 105, 106, 106, 107, 107, 108, 109,
      109, 110, 110, 111, 111, 112, 112, 113, 113, 113, 114, 114, 115, 115, 115, 116, 116, 117,
      117, 117, 118, 118, 118, 118, 119, 119, 119, 120, 120, 120, 120, 120, 121, 121, 121, 121,
      122, 122, 122, 122, 122, 122, 123, 123, 123, 123, 123>} : !b loc("table")
    %4 = qnn.softmax_lookup %x {axis = 1 : i64, table = array<i32: 4096, 3769, 3467, 3190,
      2935, 2700, 2484, 2286, 2103, 1935, 1780, 1638, 1507, 1386, 1276, 1174, 1080, 993, 914,
      841, 774, 712, 655, 603, 554, 510, 469, 432, 397, 365, 336, 309, 285, 262, 241, 222, 204,
      188, 173, 159, 146, 134, 124, 114, 105, 96, 89, 82, 75, 69, 64, 58, 54, 49, 46, 42, 39,
      35, 33, 30, 28, 25, 23, 21, 20, 18, 17, 15, 14, 13, 12, 11, 10, 9, 9, 8, 7, 7, 6, 6, 5,
      5, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0>} : !b loc("integers")
    %5 = qnn.softmax %f {axis = 1 : i64} : !f loc("floats")
    %w = arith.constant dense<3> : tensor<16x4xi8>
    %6 = qnn.dense %k, %w : (tensor<96x4xi8>, tensor<16x4xi8>) -> tensor<96x16xi32> loc("requantize")
    %7 = qnn.requantize %6 {multipliers = array<i32: 12345>, shifts = array<i32: 22>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32} : tensor<96x16xi32> -> tensor<96x16xi8> loc("requantize")
    return %0, %1, %2, %3, %4, %5, %7 : !q, !f, !b, !b, !b, !f, tensor<96x16xi8>
  }
}
