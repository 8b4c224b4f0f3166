// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// Six positions of a row in three tiles of two. Rows of the window that hold
// zeros are left out; the ends of a row have code of their own, in which the
// first and the last column of the window count for one position only.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: scf.for
// The window's rows: those above `1 - h`, and from `5 - h` on, hold zeros.
// CHECK: scf.for
// CHECK: arith.subi %c1{{[_0-9]*}}, %[[H:.*]] : index
// CHECK: arith.maxsi
// CHECK: %[[FIRST:.*]] = arith.minsi
// CHECK: arith.subi %c5{{[_0-9]*}}, %[[H]] : index
// CHECK: arith.maxsi
// CHECK: %[[LAST:.*]] = arith.minsi
// CHECK: scf.for {{.*}} = %[[FIRST]] to %[[LAST]]
// The first tile: one position, then both in the two other columns.
// CHECK: scf.for
// CHECK-COUNT-1: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-2: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK-COUNT-2: vector.store
// The middle: both in all columns.
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-2: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK-COUNT-2: vector.store
// The last tile: both in two columns, then the first position.
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-2: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK: scf.for
// CHECK-COUNT-1: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK-COUNT-2: vector.store
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x6x8x8xi8>, %w: memref<1x9x2x64xi8>, %y: memref<1x4x6x16xi32>) {
  qvec.kernel contraction input(%x : memref<1x6x8x8xi8>) weight(%w : memref<1x9x2x64xi8>)
      outs(%y : memref<1x4x6x16xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      {unsignedInput, zeroPads = array<i64: 1, 1, 1, 1>} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// One run of three taps: the first tile's first position starts at the second
// tap, which is two of six steps later. Only tiles at that end are different.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: scf.for
// CHECK: scf.for {{.*}} = %c0{{[_0-9]*}} to %c2{{[_0-9]*}}
// CHECK-COUNT-1: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK: scf.for {{.*}} = %c2{{[_0-9]*}} to %c6
// CHECK-COUNT-2: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK: vector.store
// CHECK: scf.for
// CHECK: scf.for {{.*}} = %c0{{[_0-9]*}} to %c6
// CHECK-COUNT-2: qvec.dot4
// CHECK-NEXT: scf.yield
// The last tile has one position.
// CHECK: scf.for {{.*}} = %c0{{[_0-9]*}} to %c6
// CHECK-COUNT-1: qvec.dot4
// CHECK-NEXT: scf.yield
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x6x7x8xi8>, %w: memref<1x3x6x64xi8>, %y: memref<1x4x5x16xi32>) {
  qvec.kernel contraction input(%x : memref<1x6x7x8xi8>) weight(%w : memref<1x3x6x64xi8>)
      outs(%y : memref<1x4x5x16xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 4, mergeTaps = true, pass = 1>
      {unsignedInput, zeroPads = array<i64: 0, 1, 0, 0>} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Taps of 6 bytes do not end with a step: all products are computed.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: qvec.dot4
// CHECK: qvec.dot4
// CHECK: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x6x8x6xi8>, %w: memref<1x3x5x64xi8>, %y: memref<1x4x6x16xi32>) {
  qvec.kernel contraction input(%x : memref<1x6x8x6xi8>) weight(%w : memref<1x3x5x64xi8>)
      outs(%y : memref<1x4x6x16xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = true, pass = 1>
      {unsignedInput, zeroPads = array<i64: 0, 1, 0, 1>} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}
