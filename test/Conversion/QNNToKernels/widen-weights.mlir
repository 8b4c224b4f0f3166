// RUN: quant-opt %s --qvec-specialize-targets="triple=aarch64-linux-gnu cpu=aarch64-dotprod" --convert-qnn-to-kernels 2>%t.txt | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK --input-file=%t.txt
// RUN: quant-opt %s --qvec-specialize-targets="triple=aarch64-linux-gnu cpu=aarch64-dotprod" --convert-qnn-to-kernels=storage=smallest 2>/dev/null | FileCheck %s --check-prefix=PACKED
// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels 2>%t.x86.txt | FileCheck %s --check-prefix=PACKED
// RUN: count 0 < %t.x86.txt

// Weights of 3 bits take 4 where two of those in a byte have kernels and fewer bits
// have none as fast. -3 and 2 are 13 and 2: 0x2D. Layers go on sharing weights, and
// those of blocks keep their bits.

// REMARK: remark: weight of type 'i3' takes 4 bits, 64 bytes more, for which the processor has faster kernels; 'storage=smallest' keeps its bits, with more code and time
// REMARK-NOT: remark: weight

// CHECK: arith.constant dense<"0x2D2D
// CHECK-COUNT-2: qvec.kernel contraction {{.*}} packing <bits = 4, block = 0
// PACKED-COUNT-2: qvec.kernel packed {{.*}} packing <bits = 3, block = 0
func.func @main(%x: tensor<4x16xi8>, %y: tensor<4x16xi8>) -> (tensor<4x32xi8>, tensor<4x32xi8>) {
  %w = arith.constant dense<[[-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1],
    [-3, -3, -3, -3, 2, 2, 2, 2, 0, 1, 2, 3, -4, -3, -2, -1]]> : tensor<32x16xi3>
  %0 = qnn.dense %x, %w : (tensor<4x16xi8>, tensor<32x16xi3>) -> tensor<4x32xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<4x32xi32> -> tensor<4x32xi8>
  %2 = qnn.dense %y, %w : (tensor<4x16xi8>, tensor<32x16xi3>) -> tensor<4x32xi32>
  %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<4x32xi32> -> tensor<4x32xi8>
  return %1, %3 : tensor<4x32xi8>, tensor<4x32xi8>
}
