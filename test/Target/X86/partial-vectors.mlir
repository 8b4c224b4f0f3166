// RUN: quant-compile %s --cpu=avx512vnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_sum vfmadd231ps | FileCheck %s

// A product with 24 channels, one and a half vectors, to which another value is
// added: half vectors are stored through masks. Were they extracted, LLVM would
// compute half of the last multiply-add behind the loop, and sums would be spilled.

// CHECK: loop:
// CHECK-NOT: %rsp
// CHECK-COUNT-28: vfmadd231ps {{.*}}%zmm
// CHECK-NOT: %rsp
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<196x144xf32> {qnn.name = "x"}, %z: tensor<196x24xf32> {qnn.name = "z"})
      -> (tensor<196x24xf32> {qnn.name = "y"}) {
    %w = arith.constant dense<3.0> : tensor<24x144xf32>
    %0 = qnn.dense %x, %w : (tensor<196x144xf32>, tensor<24x144xf32>) -> tensor<196x24xf32> loc("sum")
    %1 = qnn.binary add %0, %z : (tensor<196x24xf32>, tensor<196x24xf32>) -> tensor<196x24xf32> loc("sum")
    return %1 : tensor<196x24xf32>
  }
}
