// RUN: quant-opt %s --qvec-outline-layers --qvec-lower-kernels -split-input-file | FileCheck %s

// Where memory is small, elements that lie together are filled with a byte and
// copied as blocks.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK-LABEL: func.func private @main_0_layers(
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<1x2x4x4xi8>
// CHECK-DAG: %[[AT:.*]] = memref.extract_aligned_pointer_as_index %[[ROW:.*]] :
// CHECK-DAG: %[[ROW]] = memref.subview %[[X]][0, 1, 0, 0]
// CHECK-DAG: %[[OFFSET:.*]] = arith.index_cast %{{.*}} : index to i32
// CHECK: %[[TO:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSET]]] : (!llvm.ptr, i32) -> !llvm.ptr, i8
// CHECK-DAG: %[[SIZE:.*]] = llvm.mlir.constant(16 : i32)
// CHECK-DAG: %[[BYTE:.*]] = llvm.mlir.constant(-3 : i8)
// CHECK: "llvm.intr.memset"(%[[TO]], %[[BYTE]], %[[SIZE]])
// CHECK: llvm.mlir.constant(64 : i32)
// CHECK: llvm.mlir.constant(1 : i8)
// CHECK: "llvm.intr.memset"
// CHECK: "llvm.intr.memcpy"
// Columns of an image, and words of different bytes, do not become blocks.
// CHECK-NOT: llvm.intr
// CHECK: func.func @main
func.func @main(%x: memref<1x2x4x4xi8>, %y: memref<16xi32>, %z: memref<16xi32>) attributes {qvec.target = #small} {
  %pad = arith.constant -3 : i8
  %ones = arith.constant 0x01010101 : i32
  %one = arith.constant 1 : i32
  %row = memref.subview %x[0, 1, 0, 0] [1, 1, 4, 4] [1, 1, 1, 1] : memref<1x2x4x4xi8> to memref<1x1x4x4xi8, strided<[32, 16, 4, 1], offset: 16>>
  linalg.fill ins(%pad : i8) outs(%row : memref<1x1x4x4xi8, strided<[32, 16, 4, 1], offset: 16>>)
  linalg.fill ins(%ones : i32) outs(%y : memref<16xi32>)
  linalg.copy ins(%y : memref<16xi32>) outs(%z : memref<16xi32>)
  %column = memref.subview %x[0, 0, 0, 0] [1, 2, 1, 4] [1, 1, 1, 1] : memref<1x2x4x4xi8> to memref<1x2x1x4xi8, strided<[32, 16, 4, 1]>>
  linalg.fill ins(%pad : i8) outs(%column : memref<1x2x1x4xi8, strided<[32, 16, 4, 1]>>)
  linalg.fill ins(%one : i32) outs(%y : memref<16xi32>)
  return
}

// -----

// Elsewhere threads share them.

// CHECK-NOT: llvm.intr
func.func @main(%y: memref<16xi32>) {
  %zero = arith.constant 0 : i32
  linalg.fill ins(%zero : i32) outs(%y : memref<16xi32>)
  return
}
