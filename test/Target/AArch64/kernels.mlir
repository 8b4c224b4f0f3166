// RUN: quant-compile %s --target=aarch64-linux-gnu --cpu=aarch64-dotprod --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv sdot | FileCheck %s
// RUN: FileCheck %s --check-prefix=REST --input-file=%t.s
// RUN: quant-compile %s --target=aarch64-linux-gnu --cpu=aarch64-i8mm --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv smmla | FileCheck %s --check-prefix=ROWS
// RUN: quant-compile %s --target=aarch64-linux-gnu --cpu=aarch64 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv smull | FileCheck %s --check-prefix=BASE

// Four steps of a row are loaded at once, and each dot product takes the bytes of
// its step from there: nothing is repeated over a register, nothing spilled.
// CHECK: loop:
// CHECK-NEXT: part: {{8[5-9]|9[0-9]}} %
// CHECK-NOT: {{dup|ld1r|\[sp}}
// CHECK: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.4b[0]
// CHECK-NOT: {{dup|ld1r|\[sp}}
// CHECK: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.4b[3]
// CHECK-NOT: {{dup|ld1r|\[sp}}

// Steps that are left over go one by one.
// REST: contraction_rest:
// REST: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.4b[0]
// REST: ld1r
// REST: sdot v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.16b

// Two steps of four rows are loaded at once, and the halves of two rows joined:
// one instruction for each half of a pair. A product of two rows and two columns
// takes them from there, nothing is spilled.
// ROWS: loop:
// ROWS-NEXT: part: {{5[5-9]|[6-9][0-9]}} %
// ROWS-NOT: {{dup|ld1|mov v|\[sp}}
// ROWS: zip1 v{{[0-9]+}}.2d
// ROWS-NOT: {{dup|ld1|mov v|\[sp}}
// ROWS: zip2 v{{[0-9]+}}.2d
// ROWS-NOT: {{dup|ld1|mov v|\[sp}}
// ROWS-COUNT-32: smmla v{{[0-9]+}}.4s, v{{[0-9]+}}.16b, v{{[0-9]+}}.16b
// ROWS-NOT: {{dup|ld1|mov v|\[sp}}

// Without dot products two products of eight bytes for each vector of sums.
// BASE: loop:
// BASE-COUNT-32: {{smull|sadalp}}
// BASE: sadalp v{{[0-9]+}}.4s, v{{[0-9]+}}.8h
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x16x16x64xi8> {qnn.name = "x"}, %y: tensor<16x44xi8> {qnn.name = "y"})
      -> (tensor<1x16x16x64xi8> {qnn.name = "conv"}, tensor<16x64xi8> {qnn.name = "rest"}) {
    %w = arith.constant dense<3> : tensor<64x3x3x64xi8>
    %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
      : (tensor<1x16x16x64xi8>, tensor<64x3x3x64xi8>) -> tensor<1x16x16x64xi32> loc("conv")
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x16x16x64xi32> -> tensor<1x16x16x64xi8> loc("conv")
    %v = arith.constant dense<3> : tensor<64x44xi8>
    %2 = qnn.dense %y, %v : (tensor<16x44xi8>, tensor<64x44xi8>) -> tensor<16x64xi32> loc("rest")
    %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<16x64xi32> -> tensor<16x64xi8> loc("rest")
    return %1, %3 : tensor<1x16x16x64xi8>, tensor<16x64xi8>
  }
}
