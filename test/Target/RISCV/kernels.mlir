// RUN: quant-compile %s --target=riscv64-linux-gnu --cpu=rv64gcv --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vwmacc.vx | FileCheck %s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_float vfmacc.vf | FileCheck %s --check-prefix=FLOAT
// RUN: quant-compile %s --target=riscv64-linux-gnu --cpu=rv64gc --emit=asm -o %t.s
// RUN: not grep -E '^\s*v[sl]e' %t.s
// RUN: quant-compile %repo/test/Data/tflite/demo_int8.tflite --target=riscv64-linux-gnu --cpu=rv64gc --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction mul | FileCheck %s --check-prefix=PAIRS

// A vector of weights is multiplied by scalars of five rows; nothing is spilled.
// CHECK: loop:
// CHECK-NOT: (sp)
// CHECK-COUNT-5: vwmacc.vx
// CHECK-NOT: {{vwmacc|\(sp\)}}
// FLOAT: loop:
// FLOAT-NOT: (sp)
// FLOAT-COUNT-5: vfmacc.vf
// FLOAT-NOT: {{vfmacc|\(sp\)}}

// Weights of two channels are joined, and one multiplication serves both.
// PAIRS: loop:
// PAIRS: slli {{.*}}, 32
// PAIRS-NEXT: slli {{.*}}, 32
// PAIRS-COUNT-10: mul
// PAIRS: bne
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x15x15x64xi8> {qnn.name = "x"}, %y: tensor<15x32xf32> {qnn.name = "y"})
      -> (tensor<1x15x15x64xi8> {qnn.name = "conv"}, tensor<15x64xf32> {qnn.name = "float"}) {
    %w = arith.constant dense<3> : tensor<64x1x1x64xi8>
    %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      : (tensor<1x15x15x64xi8>, tensor<64x1x1x64xi8>) -> tensor<1x15x15x64xi32> loc("conv")
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x15x15x64xi32> -> tensor<1x15x15x64xi8> loc("conv")
    %v = arith.constant dense<3.0> : tensor<64x32xf32>
    %2 = qnn.dense %y, %v : (tensor<15x32xf32>, tensor<64x32xf32>) -> tensor<15x64xf32> loc("float")
    return %1, %2 : tensor<1x15x15x64xi8>, tensor<15x64xf32>
  }
}
