// RUN: quant-compile %s --target=thumbv7em-none-eabihf --cpu=cortex-m4 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_dense_merged smlad | FileCheck %s

// The address of weights moves on behind its last use, in its own register: sums take most of
// the others.

// CHECK: loop:
// CHECK-COUNT-64: smlad
// CHECK: add.w [[WEIGHTS:r[0-9]+|lr]], [[WEIGHTS]], #512
// CHECK: bne
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x128xi8> {qnn.name = "x"}, %y: tensor<1x256xi8> {qnn.name = "y"})
      -> (tensor<1x12xi8> {qnn.name = "a"}, tensor<1x12xi8> {qnn.name = "b"}) {
    %w = arith.constant dense<3> : tensor<12x128xi8>
    %0 = qnn.dense %x, %w : (tensor<1x128xi8>, tensor<12x128xi8>) -> tensor<1x12xi32> loc("dense")
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x12xi32> -> tensor<1x12xi8> loc("dense")
    %v = arith.constant dense<2> : tensor<12x256xi8>
    %2 = qnn.dense %y, %v : (tensor<1x256xi8>, tensor<12x256xi8>) -> tensor<1x12xi32> loc("dense")
    %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x12xi32> -> tensor<1x12xi8> loc("dense")
    return %1, %3 : tensor<1x12xi8>, tensor<1x12xi8>
  }
}
