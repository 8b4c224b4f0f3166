// RUN: quant-opt %s -split-input-file --qvec-place-results | FileCheck %s

// A result behind a reshape is written in place.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<2x2xf32> {qnn.name = "y"})
// CHECK-NOT: memref.alloc
// CHECK: %[[FLAT:.*]] = memref.reinterpret_cast %[[OUT]] to offset: [0], sizes: [4], strides: [1]
// CHECK: linalg.copy ins(%[[X]] : memref<4xf32>) outs(%[[FLAT]] : memref<4xf32>)
// CHECK-NOT: memref.copy
// CHECK: return
// CHECK-NOT: :
func.func @main(%x: memref<4xf32>) -> (memref<2x2xf32> {qnn.name = "y"}) {
  %a = memref.alloc() : memref<4xf32>
  linalg.copy ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
  %y = memref.expand_shape %a [[0, 1]] output_shape [2, 2] : memref<4xf32> into memref<2x2xf32>
  return %y : memref<2x2xf32>
}

// -----

// The second place of a value that is returned twice gets a copy, as does an
// argument.

// CHECK-LABEL: func.func @twice(
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4xf32>, %[[A:[a-z0-9]+]]: memref<4xf32>, %[[B:[a-z0-9]+]]: memref<4xf32>, %[[C:[a-z0-9]+]]: memref<4xf32>)
// CHECK: linalg.copy ins(%[[X]] : memref<4xf32>) outs(%[[A]] : memref<4xf32>)
// CHECK: memref.copy %[[A]], %[[B]]
// CHECK: memref.copy %[[X]], %[[C]]
func.func @twice(%x: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>, memref<4xf32>) {
  %a = memref.alloc() : memref<4xf32>
  linalg.copy ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
  return %a, %a, %x : memref<4xf32>, memref<4xf32>, memref<4xf32>
}

// -----

// A kernel may read past the end of bytes: they stay in the arena.

// CHECK-LABEL: func.func @bytes(
// CHECK: memref.alloc
// CHECK: memref.copy
func.func @bytes(%x: memref<1x4x4x16xi8>) -> (memref<1x4x4x16xi8>, memref<1x2x2x16xi8>) {
  %a = memref.alloc() : memref<1x4x4x16xi8>
  linalg.copy ins(%x : memref<1x4x4x16xi8>) outs(%a : memref<1x4x4x16xi8>)
  %b = memref.alloc() : memref<1x2x2x16xi8>
  qvec.kernel pool_max input(%a : memref<1x4x4x16xi8>) outs(%b : memref<1x2x2x16xi8>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return %a, %b : memref<1x4x4x16xi8>, memref<1x2x2x16xi8>
}
