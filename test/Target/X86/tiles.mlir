// RUN: quant-compile %s --cpu=amx --emit=asm -o %t.s
// RUN: FileCheck %s --input-file=%t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction tdpbusd > %t.loop
// RUN: FileCheck %s --input-file=%t.loop --check-prefix=LOOP --implicit-check-not=%%rsp --implicit-check-not=tilestored
// RUN: grep -c tileloadd %t.loop > %t.loads
// RUN: grep -c tdpbusd %t.loop > %t.products
// RUN: diff %t.loads %t.products
// RUN: quant-compile %s --cpu=sapphirerapids --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction tdpbusd > %t.loop
// RUN: FileCheck %s --input-file=%t.loop --check-prefix=LOOP --implicit-check-not=%%rsp --implicit-check-not=tilestored

// Two tiles of positions by two of channels: each is loaded once for two products,
// one load for each product. Sums stay in registers.
// LOOP: loop:
// LOOP-COUNT-2: tileloadd
// LOOP: tileloadd {{.*}}, [[W0:%tmm[0-7]]]
// LOOP: tdpbusd [[W0]], [[X0:%tmm[0-7]]], [[S0:%tmm[0-7]]]
// LOOP: tdpbusd [[W0]], [[X1:%tmm[0-7]]], [[S1:%tmm[0-7]]]
// LOOP: tileloadd {{.*}}, [[W1:%tmm[0-7]]]
// LOOP: tdpbusd [[W1]], [[X0]], [[S2:%tmm[0-7]]]
// LOOP: tdpbusd [[W1]], [[X1]], [[S3:%tmm[0-7]]]

// One configuration for the whole kernel.
// CHECK: main_1_contraction:
// CHECK: ldtilecfg
// CHECK-NOT: ldtilecfg
// CHECK-COUNT-4: tilestored
// CHECK-NOT: ldtilecfg
// CHECK: tilerelease
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x16x16x2048xi8> {qnn.name = "x"}) -> (tensor<1x16x16x64xi8> {qnn.name = "y"}) {
    %w = arith.constant dense<3> : tensor<64x1x1x2048xi8>
    %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      : (tensor<1x16x16x2048xi8>, tensor<64x1x1x2048xi8>) -> tensor<1x16x16x64xi32>
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x16x16x64xi32> -> tensor<1x16x16x64xi8>
    return %1 : tensor<1x16x16x64xi8>
  }
}
