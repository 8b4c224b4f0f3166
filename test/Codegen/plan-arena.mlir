// RUN: quant-opt %s -split-input-file --qvec-plan-arena | FileCheck %s

// The first and third buffer are never live together and share their place.

// CHECK: qvec.arena_bytes = 576
// CHECK-LABEL: @main
// CHECK-SAME: memref<576xi8>
// CHECK: memref.view %{{.*}}[%c0][]
// CHECK: memref.view %{{.*}}[%c256][]
// CHECK: memref.view %{{.*}}[%c0{{.*}}][]
// CHECK-NOT: memref.alloc
func.func @main(%in: memref<64xf32>, %out: memref<64xf32>) {
  %a = memref.alloc() : memref<64xf32>
  linalg.copy ins(%in : memref<64xf32>) outs(%a : memref<64xf32>)
  %b = memref.alloc() : memref<64xf32>
  linalg.copy ins(%a : memref<64xf32>) outs(%b : memref<64xf32>)
  %c = memref.alloc() : memref<64xf32>
  linalg.copy ins(%b : memref<64xf32>) outs(%c : memref<64xf32>)
  linalg.copy ins(%c : memref<64xf32>) outs(%out : memref<64xf32>)
  return
}

// -----

// A use through a view keeps the buffer alive.

// CHECK: qvec.arena_bytes = 576
func.func @main(%in: memref<64xf32>, %out: memref<32xf32>) {
  %a = memref.alloc() : memref<64xf32>
  linalg.copy ins(%in : memref<64xf32>) outs(%a : memref<64xf32>)
  %v = memref.subview %a[0] [32] [1] : memref<64xf32> to memref<32xf32, strided<[1]>>
  %b = memref.alloc() : memref<64xf32>
  linalg.copy ins(%in : memref<64xf32>) outs(%b : memref<64xf32>)
  linalg.copy ins(%v : memref<32xf32, strided<[1]>>) outs(%out : memref<32xf32>)
  linalg.copy ins(%b : memref<64xf32>) outs(%in : memref<64xf32>)
  return
}
