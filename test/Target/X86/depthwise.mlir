// RUN: quant-compile %s --cpu=avx512vnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise vpdpbusd | FileCheck %s --check-prefix=VNNI
// RUN: quant-compile %s --cpu=avxvnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise vpdpbusd | FileCheck %s --check-prefix=VEX
// RUN: quant-compile %s --cpu=x86-64-v4 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise vpmaddwd | FileCheck %s --check-prefix=WORDS
// RUN: quant-compile %s --cpu=x86-64-v3 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise vpmaddwd | FileCheck %s --check-prefix=AVX2
// RUN: quant-compile %s --cpu=x86-64 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise pmaddwd | FileCheck %s --check-prefix=SSE2

// The instructions of the inner loops of depthwise convolutions, and that no
// register is spilled there: bytes are interleaved block by block and feed dot
// products.

// VNNI: loop:
// VNNI-NOT: %rsp
// VNNI: vpunpcklbw %zmm
// VNNI-NOT: %rsp
// VNNI: vpdpbusd {{.*}}%zmm
// VNNI-NOT: %rsp
// VEX: loop:
// VEX-NOT: %rsp
// VEX: vpunpcklbw %ymm
// VEX-NOT: %rsp
// VEX: {vex} vpdpbusd {{.*}}%ymm
// VEX-NOT: %rsp
// WORDS: loop:
// WORDS-NOT: %rsp
// WORDS: vpmaddwd {{.*}}%zmm
// WORDS-NOT: %rsp
// AVX2: loop:
// AVX2-NOT: %rsp
// AVX2: vpmaddwd {{.*}}%ymm
// AVX2-NOT: %rsp
// SSE2: loop:
// SSE2-NOT: %rsp
// SSE2: pmaddwd {{.*}}%xmm
// SSE2-NOT: %rsp
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x16x16x64xi8> {qnn.name = "x"})
      -> (tensor<1x16x16x64xi8> {qnn.name = "three"}, tensor<1x8x8x64xi8> {qnn.name = "five"}) {
    %w3 = arith.constant dense<3> : tensor<64x3x3x1xi8>
    %0 = qnn.conv2d %x, %w3 window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
      {groups = 64 : i64} : (tensor<1x16x16x64xi8>, tensor<64x3x3x1xi8>) -> tensor<1x16x16x64xi32>
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 22>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x16x16x64xi32> -> tensor<1x16x16x64xi8>
    %w5 = arith.constant dense<3> : tensor<64x5x5x1xi8>
    %2 = qnn.conv2d %x, %w5 window <kernel = [5, 5], strides = [2, 2], dilations = [1, 1], pads = [2, 2, 2, 2]>
      {groups = 64 : i64} : (tensor<1x16x16x64xi8>, tensor<64x5x5x1xi8>) -> tensor<1x8x8x64xi32>
    %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 22>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x8x8x64xi32> -> tensor<1x8x8x64xi8>
    return %1, %3 : tensor<1x16x16x64xi8>, tensor<1x8x8x64xi8>
  }
}
