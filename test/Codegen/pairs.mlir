// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize --cse | FileCheck %s

// Two positions of four channels. The words of a window are copied once, step by
// step for both positions; all eight steps are one turn. A word of weights serves
// the odd channel as it is and the even one widened; fences keep the loads apart.
// Each second sum is then separated. The third position is a tile of its own,
// widened on the way.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: %[[WORDS:.*]] = memref.alloca() {alignment = 8 : i64} : memref<16xi32>
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.load {{.*}} {alignment = 1 : i64} : memref<48xi8{{.*}}>, vector<4xi8>
// CHECK: vector.load {{.*}} {alignment = 1 : i64} : memref<48xi8{{.*}}>, vector<4xi8>
// CHECK: %[[EVEN:.*]] = qvec.alternate_bytes %{{[a-z0-9]+}} : vector<4xi8> to vector<2xi16>
// CHECK: %[[WORD:.*]] = vector.bitcast %[[EVEN]] : vector<2xi16> to vector<1xi32>
// CHECK: vector.store %[[WORD]], %[[WORDS]]
// CHECK: qvec.alternate_bytes %{{[a-z0-9]+}} {odd}
// CHECK: scf.for {{.*}} step %c4
// CHECK: vector.load %[[WORDS]]
// CHECK: vector.load %[[WORDS]]
// CHECK: %[[PAIR:.*]] = vector.load {{.*}} {alignment = 4 : i64} : memref<256xi8>, vector<4xi8>
// CHECK: llvm.fence syncscope("singlethread") seq_cst
// CHECK: %[[RAW:.*]] = vector.bitcast %[[PAIR]] : vector<4xi8> to vector<2xi16>
// CHECK: qvec.dot2 {{.*}}, %[[RAW]]
// CHECK: qvec.dot2 {{.*}}, %[[RAW]]
// CHECK: %[[WIDE:.*]] = qvec.alternate_bytes %[[PAIR]]
// CHECK: qvec.dot2 {{.*}}, %[[WIDE]]
// CHECK: qvec.dot2 {{.*}}, %[[WIDE]]
// CHECK: llvm.fence syncscope("singlethread") seq_cst
// CHECK: arith.subi {{.*}} : vector<1xi32>
// CHECK: arith.shrsi {{.*}} : vector<1xi32>
// CHECK-COUNT-2: vector.store {{.*}} vector<4xi8>
// CHECK-NOT: memref.alloca
// CHECK: return
func.func @main(%x: memref<1x1x3x16xi8>, %w: memref<1x1x8x32xi8>, %b: memref<16xi32>, %y: memref<1x1x3x8xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x3x16xi8>) weight(%w : memref<1x1x8x32xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x3x8xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Where sums may need more bits, both channels' weights are widened.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK-NOT: memref.alloca
// CHECK: %[[PAIR:.*]] = vector.load {{.*}} {alignment = 4 : i64}
// CHECK: %[[ODD:.*]] = qvec.alternate_bytes %[[PAIR]] {odd}
// CHECK: qvec.dot2 {{.*}}, %[[ODD]]
// CHECK: %[[EVEN:.*]] = qvec.alternate_bytes %[[PAIR]] :
// CHECK: qvec.dot2 {{.*}}, %[[EVEN]]
// CHECK-NOT: arith.shrsi
// CHECK: return
func.func @main(%x: memref<1x1x1x4xi8>, %w: memref<1x1x2x32xi8>, %y: memref<1x1x1x2xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x1x4xi8>) weight(%w : memref<1x1x2x32xi8>)
      outs(%y : memref<1x1x1x2xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

#m4 = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// A position and eight channels need all registers: LLVM gets the instructions of four elements
// as one. The second pair's products come first, and the words at the address last, behind which
// it moves on by two steps. Four such blocks are a turn; the fifth pair's steps are left over.

// CHECK-LABEL: func.func private @main_0_layers
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c8
// CHECK: memref.extract_aligned_pointer_as_index
// CHECK: %[[X:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK: %[[W:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args({{.*}}= %[[X]], {{.*}}= %[[W]])
// CHECK: llvm.inline_asm has_side_effects "ldr $10, [$8], #4\0Asxtb16 $11, $10, ror #8\0Aldrd $12, $13, [$9, #32]\0Asmlad $1, $11, $12, $1\0Asxtb16 $12, $12\0Asmlad $0, $11, $12, $0\0A
// CHECK-SAME: sxtb16 $10, $10\0Aldrd $12, $13, [$9, #8]\0A
// CHECK-SAME: ldrd $12, $13, [$9], #64\0A
// CHECK-SAME: "={r4},={r5},={r6},={r7},={r8},={r9},={r10},={r11},={r0},={r1},=&{r2},=&{r3},=&{r12},=&{lr},0,1,2,3,4,5,6,7,8,9,~{memory}"
// CHECK-COUNT-3: llvm.inline_asm
// CHECK-NOT: llvm.inline_asm
// CHECK-COUNT-8: qvec.dot2
// CHECK-NOT: qvec.dot2
// CHECK-COUNT-4: arith.shrsi
// CHECK: return
func.func @main(%x: memref<1x1x1x34xi8>, %w: memref<1x1x17x32xi8>, %b: memref<16xi32>, %y: memref<1x1x1x16xi8>) attributes {qvec.target = #m4} {
  qvec.kernel contraction input(%x : memref<1x1x1x34xi8>) weight(%w : memref<1x1x17x32xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x1x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 8, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// A run of 20 steps, more than are emitted without a loop, takes two turns of 10
// for both positions and channels.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK-COUNT-40: qvec.dot2
// CHECK-NOT: qvec.dot2
// CHECK: return
func.func @main(%x: memref<1x1x2x40xi8>, %w: memref<1x1x20x32xi8>, %y: memref<1x1x2x2xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x2x40xi8>) weight(%w : memref<1x1x20x32xi8>)
      outs(%y : memref<1x1x2x2xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 2, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

#m4 = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Two positions and four channels of the same: a block is a step of words on the stack. Ten steps
// are two turns of five; the third position is a tile of its own.

// CHECK-LABEL: func.func private @main_0_layers
// CHECK: %[[WORDS:.*]] = memref.alloca() {alignment = 8 : i64} : memref<20xi32>
// CHECK: scf.for {{.*}} step %c4
// CHECK: memref.extract_aligned_pointer_as_index %[[WORDS]]
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1
// CHECK-COUNT-5: llvm.inline_asm has_side_effects "ldrd $10, $11, [$8], #8\0Aldrd $12, $13, [$9], #32\0Asmlad $1, $10, $12, $1\0Asmlad $5, $11, $12, $5\0Asxtb16 $12, $12\0Asmlad $0, $10, $12, $0\0Asmlad $4, $11, $12, $4\0A
// CHECK-NOT: llvm.inline_asm
// CHECK: qvec.dot2
// CHECK: return
func.func @main(%x: memref<1x1x3x20xi8>, %w: memref<1x1x10x32xi8>, %b: memref<16xi32>, %y: memref<1x1x3x8xi8>) attributes {qvec.target = #m4} {
  qvec.kernel contraction input(%x : memref<1x1x3x20xi8>) weight(%w : memref<1x1x10x32xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x3x8xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// A window of 27 bytes is copied in rows to be two steps of 16; the last copy
// reads and writes more than its row has.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: %[[WINDOW:.*]] = memref.alloca() {alignment = 8 : i64} : memref<48xi8>
// CHECK: scf.for {{.*}} to %c3
// CHECK: vector.store {{.*}}, %[[WINDOW]]{{.*}} vector<16xi8>
// CHECK: scf.for {{.*}} to %c8 step %c4
// CHECK: scf.for {{.*}} to %c2 step %c1
// CHECK: vector.load %[[WINDOW]]
// CHECK-COUNT-4: qvec.reduce_dot
// CHECK-NOT: qvec.reduce_dot
// CHECK: vector.store {{.*}} vector<4xi8>
// CHECK: return
func.func @main(%x: memref<1x3x4x3xi8>, %w: memref<1x1x2x256xi8>, %y: memref<1x1x2x8xi8>) {
  qvec.kernel contraction input(%x : memref<1x3x4x3xi8>) weight(%w : memref<1x1x2x256xi8>)
      outs(%y : memref<1x1x2x8xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 4, lanes = 1, group = 16, mergeTaps = false, pass = 1, gathered = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Two panels of channels are two loops, in which weights are found by an addition.
// Of few steps the biases of four channels are added to their sums as a vector.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: vector.store
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c4
// CHECK-NOT: arith.divui
// CHECK-NOT: memref<32xi32>
// CHECK: qvec.reduce_dot
// CHECK: %[[BIAS:.*]] = vector.load {{.*}} : memref<32xi32>, vector<4xi32>
// CHECK: arith.addi %{{.*}}, %[[BIAS]] : vector<4xi32>
// CHECK: return
func.func @main(%x: memref<1x2x3x8xi8>, %w: memref<2x1x2x256xi8>, %b: memref<32xi32>, %y: memref<1x1x2x32xi8>) {
  qvec.kernel contraction input(%x : memref<1x2x3x8xi8>) weight(%w : memref<2x1x2x256xi8>)
      bias(%b : memref<32xi32>) outs(%y : memref<1x1x2x32xi8>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 4, lanes = 1, group = 16, mergeTaps = false, pass = 1, gathered = true> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Weights of 4 bits: a word has those of four channels. Every second byte stands for
// 16 times the odd channel's weight and the even one's, its lower half for the even
// one's alone, which is 8 too large.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: memref.alloca() {alignment = 8 : i64} : memref<16xi32>
// The copy sums up what it reads.
// CHECK: %[[EVEN:.*]] = qvec.alternate_bytes %{{[a-z0-9]+}} : vector<4xi8> to vector<2xi16>
// CHECK: vector.store
// CHECK: qvec.dot2 %{{.*}}, %[[EVEN]], %{{cst.*}}
// CHECK: arith.muli
// CHECK: arith.subi
// CHECK: %[[WORD:.*]] = vector.load {{.*}} {alignment = 4 : i64} : memref<128xi8>, vector<4xi8>
// CHECK: %[[JOINED:.*]] = qvec.alternate_bytes %[[WORD]] :
// CHECK: qvec.dot2 {{.*}}, %[[JOINED]]
// CHECK: qvec.dot2 {{.*}}, %[[JOINED]]
// CHECK: %[[BITS:.*]] = vector.bitcast %[[JOINED]] : vector<2xi16> to vector<1xi32>
// CHECK: %[[LOW:.*]] = arith.andi %[[BITS]]
// CHECK: %[[FACTOR:.*]] = vector.bitcast %[[LOW]]
// CHECK: qvec.dot2 {{.*}}, %[[FACTOR]]
// CHECK: qvec.dot2 {{.*}}, %[[FACTOR]]
// CHECK: %[[LAST:.*]] = qvec.alternate_bytes %[[WORD]] {odd}
// CHECK: qvec.dot2 {{.*}}, %[[LAST]]
// CHECK: arith.shrsi
// CHECK: return
func.func @main(%x: memref<1x1x2x16xi8>, %w: memref<1x1x8x16xi8>, %b: memref<16xi32>, %y: memref<1x1x2x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x2x16xi8>) weight(%w : memref<1x1x8x16xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x2x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Steps of 16 elements: a vector has the weights of two channels, both of which are
// made 16 times as large.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK-DAG: %[[FOUR:.*]] = arith.constant dense<4> : vector<16xi8>
// CHECK-DAG: %[[UPPER:.*]] = arith.constant dense<-16> : vector<16xi8>
// CHECK: %[[ONE:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<128xi8>, vector<16xi8>
// CHECK: arith.shli %[[ONE]], %[[FOUR]]
// CHECK: arith.andi %[[ONE]], %[[UPPER]]
// CHECK: %[[TWO:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<128xi8>, vector<16xi8>
// CHECK: arith.shli %[[TWO]], %[[FOUR]]
// CHECK-NOT: arith.andi
// CHECK-COUNT-3: qvec.reduce_dot
// CHECK-COUNT-3: arith.shrsi {{.*}} : vector<1xi32>
func.func @main(%x: memref<1x1x2x16xi8>, %w: memref<1x1x1x128xi8>, %b: memref<16xi32>, %y: memref<1x1x2x3xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x2x16xi8>) weight(%w : memref<1x1x1x128xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x2x3xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 4, lanes = 1, group = 16, mergeTaps = false, pass = 2>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

#m4 = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Four channels of a pool of signed bytes are a register, of which each byte is added to its
// channel's sum; a fifth one is loaded alone.

// CHECK-LABEL: func.func private @main_0_layers
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[SUM3:.*]] = %{{.*}}) -> (vector<1xi32>, vector<1xi32>, vector<1xi32>, vector<1xi32>)
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} {alignment = 1 : i64} : memref<40xi8>, vector<4xi8>
// CHECK: %[[WORD:.*]] = vector.bitcast %[[BYTES]] : vector<4xi8> to vector<1xi32>
// CHECK: arith.shli %[[WORD]], %[[C24:.*]] : vector<1xi32>
// CHECK: arith.shrsi %{{.*}}, %[[C24]] : vector<1xi32>
// CHECK: arith.shli %[[WORD]], %cst{{.*}} : vector<1xi32>
// CHECK: arith.shli %[[WORD]], %cst{{.*}} : vector<1xi32>
// CHECK: arith.shrsi %[[WORD]], %[[C24]] : vector<1xi32>
// CHECK: arith.addi
// CHECK: vector.load {{.*}} : memref<40xi8>, vector<1xi8>
// CHECK: arith.extsi
func.func @main(%x: memref<1x4x2x5xi8>, %y: memref<1x1x1x5xi32>) attributes {qvec.target = #m4} {
  qvec.kernel pool_sum input(%x : memref<1x4x2x5xi8>) outs(%y : memref<1x1x1x5xi32>)
      window <kernel = [4, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}
