// RUN: quant-opt %s --split-input-file --qvec-stream-rows | FileCheck %s
// RUN: quant-opt %s --split-input-file --qvec-stream-rows --qvec-plan-arena | FileCheck %s --check-prefix=ARENA

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// The input is copied into an image with padding, row by row, and the first window's result
// is added to the second one's. All ops compute a row at a time: both images need three rows.
// In the first band the input's first two rows give one of the first window, in the second
// band the third one a second row, and one of the sums.

// CHECK-LABEL: func.func @residual(
// CHECK: %[[COPY:.*]] = memref.alloc() : memref<1x3x10x4xi8>
// CHECK: %[[SUMMAND:.*]] = memref.alloc() : memref<1x3x10x4xi8>
// CHECK-NOT: memref.alloc
// CHECK-COUNT-2: linalg.copy ins(%{{.*}} : memref<1x1x8x4xi8, {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8
// CHECK: %[[ONE:.*]] = memref.subview %[[SUMMAND]][0, 1, 1, 0] [1, 1, 8, 4]
// CHECK: qvec.kernel pool_max {{.*}} outs(%[[ONE]] : memref<1x1x8x4xi8
// Rows move up.
// CHECK-COUNT-2: linalg.copy ins(%{{.*}} : memref<1x1x10x4xi8
// CHECK: linalg.copy ins(%{{.*}} : memref<1x1x8x4xi8
// CHECK: %[[TWO:.*]] = memref.subview %[[SUMMAND]][0, 2, 1, 0] [1, 1, 8, 4]
// CHECK: qvec.kernel pool_max {{.*}} outs(%[[TWO]] : memref<1x1x8x4xi8
// CHECK: %[[ADDED:.*]] = memref.subview %[[SUMMAND]][0, 1, 1, 0] [1, 1, 8, 4]
// CHECK: qvec.kernel pool_max {{.*}} residuals(%[[ADDED]] : memref<1x1x8x4xi8, {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8
// CHECK: return
// Twice 3 rows of 40 bytes, and the margin. Rows of the argument are its memory.
// ARENA: module attributes {qvec.arena_bound_bytes = 256 : i64, qvec.arena_bytes = 256 : i64}
// ARENA-LABEL: func.func @residual(
// ARENA: %[[BYTES:.*]] = memref.collapse_shape %arg0
// ARENA: memref.view %[[BYTES]][%{{.*}}][] : memref<256xi8> to memref<1x1x8x4xi8>
func.func @residual(%x: memref<1x8x8x4xi8>, %y: memref<1x8x8x4xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  %p = memref.alloc() : memref<1x10x10x4xi8>
  linalg.fill ins(%zero : i8) outs(%p : memref<1x10x10x4xi8>)
  %pi = memref.subview %p[0, 1, 1, 0] [1, 8, 8, 4] [1, 1, 1, 1] : memref<1x10x10x4xi8> to memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>
  linalg.copy ins(%x : memref<1x8x8x4xi8>) outs(%pi : memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>)
  %a = memref.alloc() : memref<1x10x10x4xi8>
  linalg.fill ins(%zero : i8) outs(%a : memref<1x10x10x4xi8>)
  %ai = memref.subview %a[0, 1, 1, 0] [1, 8, 8, 4] [1, 1, 1, 1] : memref<1x10x10x4xi8> to memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>
  qvec.kernel pool_max input(%p : memref<1x10x10x4xi8>)
      outs(%ai : memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%a : memref<1x10x10x4xi8>)
      residuals(%ai : memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>) outs(%y : memref<1x8x8x4xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %r: i8):
    %s = arith.addi %acc, %r : i8
    qvec.yield %s : i8
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// A buffer that something else reads stays whole.
// CHECK-LABEL: func.func @second_reader(
// CHECK: memref.alloc() : memref<1x8x8x4xi8>
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @second_reader(%x: memref<1x8x8x4xi8>, %y: memref<1x8x8x4xi8>, %z: memref<1x8x8x4xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%x : memref<1x8x8x4xi8>) outs(%a : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%a : memref<1x8x8x4xi8>) outs(%y : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  memref.copy %a, %z : memref<1x8x8x4xi8> to memref<1x8x8x4xi8>
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
#same = affine_map<(n, h, w, c) -> (n, h, w, c)>
#turned = affine_map<(n, h, w, c) -> (n, w, h, c)>

// A loop that makes rows of an image's columns needs the whole image.

// CHECK-LABEL: func.func @turned(
// CHECK: %[[WHOLE:.*]] = memref.alloc() : memref<1x8x8x8xi8>
// CHECK: linalg.generic {{.*}} ins(%[[WHOLE]] : memref<1x8x8x8xi8>)
func.func @turned(%x: memref<1x8x8x8xi8>, %y: memref<1x8x8x8xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x8x8x8xi8>
  qvec.kernel pool_max input(%x : memref<1x8x8x8xi8>) outs(%a : memref<1x8x8x8xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %b = memref.alloc() : memref<1x8x8x8xi8>
  linalg.generic {indexing_maps = [#turned, #same], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a : memref<1x8x8x8xi8>) outs(%b : memref<1x8x8x8xi8>) {
  ^bb0(%in: i8, %out: i8):
    linalg.yield %in : i8
  }
  qvec.kernel pool_max input(%b : memref<1x8x8x8xi8>) outs(%y : memref<1x8x8x8xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}
