// RUN: quant-compile %s --cpu=avx512vnni --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s packed_one vpdpbusd | FileCheck %s --check-prefix=ROW
// RUN: %python %S/../Inputs/inner_loops.py %t.s packed_many vpdpbusd | FileCheck %s --check-prefix=ROWS
// RUN: quant-compile %s --cpu=x86-64-v3 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s packed_many vpmaddwd | FileCheck %s --check-prefix=WORDS

// A block of 32 codes for 64 channels and one row: 32 products, each of a masked
// vector, and no vector is spilled.
// ROW: loop:
// ROW-NOT: %zmm{{[0-9]+}}, {{.*}}(%rsp
// ROW: vpandq {{.*}}%zmm
// ROW-COUNT-32: vpdpbusd {{.*}}%zmm
// ROW-NOT: %zmm{{[0-9]+}}, {{.*}}(%rsp

// For 16 channels and 12 rows: 8 products of each row and as many of the zero point.
// ROWS: loop:
// ROWS-NOT: %rsp
// ROWS-COUNT-104: vpdpbusd {{.*}}%zmm
// ROWS-NOT: %rsp

// WORDS: loop:
// WORDS-COUNT-112: vpmaddwd {{.*}}%ymm
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x1024xi8> {qnn.name = "x"}, %y: tensor<48x1024xi8> {qnn.name = "y"})
      -> (tensor<1x64xf32> {qnn.name = "one"}, tensor<48x64xf32> {qnn.name = "many"}) {
    %w = qnn.constant {payload = dense<17> : tensor<32768xi8>, scales = dense<0.5> : tensor<2048xf16>} : tensor<64x1024x!qnn.affine_block<i4, 32>>
    %0 = qnn.dense %x, %w : (tensor<1x1024xi8>, tensor<64x1024x!qnn.affine_block<i4, 32>>) -> tensor<1x64xf32> loc("one")
    %1 = qnn.dense %y, %w : (tensor<48x1024xi8>, tensor<64x1024x!qnn.affine_block<i4, 32>>) -> tensor<48x64xf32> loc("many")
    return %0, %1 : tensor<1x64xf32>, tensor<48x64xf32>
  }
}
