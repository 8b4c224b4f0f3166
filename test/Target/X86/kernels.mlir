// RUN: quant-compile %s --cpu=avx512vnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vpdpbusd | FileCheck %s --check-prefix=VNNI
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_dense vfmadd231ps | FileCheck %s --check-prefix=FMA
// RUN: %python %S/../Inputs/inner_loops.py %t.s pool_max vpmaxub | FileCheck %s --check-prefix=MAX
// RUN: quant-compile %s --cpu=avxvnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vpdpbusd | FileCheck %s --check-prefix=VEX
// RUN: quant-compile %s --cpu=x86-64-v4 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vpmaddwd | FileCheck %s --check-prefix=WORDS
// RUN: quant-compile %s --cpu=x86-64-v3 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vpmaddwd | FileCheck %s --check-prefix=AVX2
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_dense vfmadd231ps | FileCheck %s --check-prefix=FMA2
// RUN: %python %S/../Inputs/inner_loops.py %t.s pool_max vpmaxub | FileCheck %s --check-prefix=MAX2
// RUN: quant-compile %s --cpu=x86-64 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv pmaddwd | FileCheck %s --check-prefix=SSE2
// RUN: %python %S/../Inputs/inner_loops.py %t.s pool_max pmaxub | FileCheck %s --check-prefix=SSEMAX

// The instructions of inner loops, and that no register is spilled there. A tile
// of 4 rows keeps 4 sums for each vector of weights.

// VNNI: loop:
// VNNI-NOT: %rsp
// VNNI-COUNT-20: vpdpbusd {{.*}}%zmm
// VNNI-NOT: %rsp
// VEX: loop:
// VEX-NOT: %rsp
// VEX-COUNT-8: {vex} vpdpbusd {{.*}}%ymm
// VEX-NOT: %rsp
// WORDS: loop:
// WORDS-NOT: %rsp
// WORDS-COUNT-20: vpmaddwd {{.*}}%zmm
// WORDS-NOT: %rsp
// AVX2: loop:
// AVX2-NOT: %rsp
// AVX2-COUNT-8: vpmaddwd {{.*}}%ymm
// AVX2-NOT: %rsp
// SSE2: loop:
// SSE2-NOT: %rsp
// SSE2-COUNT-6: pmaddwd {{.*}}%xmm
// SSE2-NOT: %rsp
// FMA: loop:
// FMA-NOT: %rsp
// FMA-COUNT-12: vfmadd231ps {{.*}}%zmm
// FMA-NOT: %rsp
// FMA2: loop:
// FMA2-NOT: %rsp
// FMA2-COUNT-8: vfmadd231ps {{.*}}%ymm
// FMA2-NOT: %rsp
// MAX: vpmaxub {{.*}}%zmm
// MAX-NOT: %rsp
// MAX2: vpmaxub {{.*}}%ymm
// MAX2-NOT: %rsp
// SSEMAX: pmaxub {{.*}}%xmm
// SSEMAX-NOT: %rsp
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x16x16x64xi8> {qnn.name = "x"}, %f: tensor<64x64xf32> {qnn.name = "f"})
      -> (tensor<1x16x16x64xi8> {qnn.name = "conv"}, tensor<1x8x8x64xi8> {qnn.name = "pool"}, tensor<64x64xf32> {qnn.name = "float"}) {
    %w = arith.constant dense<3> : tensor<64x3x3x64xi8>
    %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
      : (tensor<1x16x16x64xi8>, tensor<64x3x3x64xi8>) -> tensor<1x16x16x64xi32> loc("conv")
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x16x16x64xi32> -> tensor<1x16x16x64xi8> loc("conv")
    %2 = qnn.pool max %1 window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x16x16x64xi8> -> tensor<1x8x8x64xi8>
    %v = arith.constant dense<3.0> : tensor<64x64xf32>
    %3 = qnn.dense %f, %v : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> loc("dense")
    return %1, %2, %3 : tensor<1x16x16x64xi8>, tensor<1x8x8x64xi8>, tensor<64x64xf32>
  }
}
