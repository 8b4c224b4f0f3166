// RUN: quant-opt %s -split-input-file --qvec-plan-arena -verify-diagnostics | FileCheck %s

// The first and third buffer are never live together and share their place.

// CHECK: qvec.arena_bound_bytes = 576
// CHECK-SAME: qvec.arena_bytes = 576
// CHECK-LABEL: @main
// CHECK-SAME: memref<576xi8>
// CHECK: memref.view %{{.*}}[%c0][]
// CHECK: memref.view %{{.*}}[%c256][]
// CHECK: memref.view %{{.*}}[%c0{{.*}}][]
// CHECK-NOT: memref.alloc
func.func @main(%in: memref<64xf32>, %out: memref<64xf32>) {
  %a = memref.alloc() : memref<64xf32>
  memref.copy %in, %a : memref<64xf32> to memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  memref.copy %a, %b : memref<64xf32> to memref<64xf32>
  %c = memref.alloc() : memref<64xf32>
  memref.copy %b, %c : memref<64xf32> to memref<64xf32>
  memref.copy %c, %out : memref<64xf32> to memref<64xf32>
  return
}

// -----

// A use through a view keeps the buffer alive.

// CHECK: qvec.arena_bytes = 576
func.func @main(%in: memref<64xf32>, %out: memref<32xf32>) {
  %a = memref.alloc() : memref<64xf32>
  memref.copy %in, %a : memref<64xf32> to memref<64xf32>
  %v = memref.subview %a[0] [32] [1] : memref<64xf32> to memref<32xf32, strided<[1]>>
  %b = memref.alloc() : memref<64xf32>
  memref.copy %in, %b : memref<64xf32> to memref<64xf32>
  memref.copy %v, %out : memref<32xf32, strided<[1]>> to memref<32xf32>
  memref.copy %b, %in : memref<64xf32> to memref<64xf32>
  return
}

// -----

// An elementwise result takes the place of an operand that dies: 256 bytes and
// the margin.

// CHECK: qvec.arena_bytes = 320
// CHECK-LABEL: @in_place
// CHECK: memref.view %{{.*}}[%c0][]
// CHECK: memref.view %{{.*}}[%c0{{.*}}][]
#id = affine_map<(i) -> (i)>
func.func @in_place(%in: memref<64xf32>, %out: memref<64xf32>) {
  %a = memref.alloc() : memref<64xf32>
  memref.copy %in, %a : memref<64xf32> to memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %in : memref<64xf32>, memref<64xf32>) outs(%b : memref<64xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %0 = arith.addf %x, %y : f32
    linalg.yield %0 : f32
  }
  memref.copy %b, %out : memref<64xf32> to memref<64xf32>
  return
}

// -----

// Not in place: the operand is read again later; it is read in another order;
// its elements are read by the region itself.

// CHECK: qvec.arena_bytes = 576
#id = affine_map<(i) -> (i)>
func.func @read_again(%in: memref<64xf32>, %out: memref<64xf32>) {
  %a = memref.alloc() : memref<64xf32>
  memref.copy %in, %a : memref<64xf32> to memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<64xf32>) outs(%b : memref<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %0 = arith.negf %x : f32
    linalg.yield %0 : f32
  }
  memref.copy %b, %out : memref<64xf32> to memref<64xf32>
  memref.copy %a, %in : memref<64xf32> to memref<64xf32>
  return
}

// -----

// CHECK: qvec.arena_bytes = 576
#id = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>
func.func @read_across(%in: memref<8x8xf32>, %out: memref<8x8xf32>) {
  %a = memref.alloc() : memref<8x8xf32>
  memref.copy %in, %a : memref<8x8xf32> to memref<8x8xf32>
  %b = memref.alloc() : memref<8x8xf32>
  linalg.generic {indexing_maps = [#turned, #id], iterator_types = ["parallel", "parallel"]} ins(%a : memref<8x8xf32>) outs(%b : memref<8x8xf32>) {
  ^bb0(%x: f32, %o: f32):
    linalg.yield %x : f32
  }
  memref.copy %b, %out : memref<8x8xf32> to memref<8x8xf32>
  return
}

// -----

// CHECK: qvec.arena_bytes = 576
#id = affine_map<(i) -> (i)>
func.func @read_by_region(%in: memref<64xf32>, %out: memref<64xf32>) {
  %a = memref.alloc() : memref<64xf32>
  memref.copy %in, %a : memref<64xf32> to memref<64xf32>
  %b = memref.alloc() : memref<64xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<64xf32>) outs(%b : memref<64xf32>) {
  ^bb0(%x: f32, %o: f32):
    %zero = arith.constant 0 : index
    %first = memref.load %a[%zero] : memref<64xf32>
    %0 = arith.addf %x, %first : f32
    linalg.yield %0 : f32
  }
  memref.copy %b, %out : memref<64xf32> to memref<64xf32>
  return
}

// -----

// A kernel's residual: in place when only a frame is filled before, not when
// the fill reaches what is still to be read.

// CHECK: qvec.arena_bytes = 384
func.func @residual(%x: memref<1x4x4x16xi8>, %out: memref<1x5x4x16xi8>) {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x5x4x16xi8>
  memref.copy %out, %a : memref<1x5x4x16xi8> to memref<1x5x4x16xi8>
  %r = memref.subview %a[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  %b = memref.alloc() : memref<1x5x4x16xi8>
  %top = memref.subview %b[0, 0, 0, 0] [1, 1, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x1x4x16xi8, strided<[320, 64, 16, 1]>>
  linalg.fill ins(%zero : i8) outs(%top : memref<1x1x4x16xi8, strided<[320, 64, 16, 1]>>)
  %y = memref.subview %b[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  qvec.kernel pool_max input(%x : memref<1x4x4x16xi8>) residuals(%r : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      outs(%y : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %res: i8):
    qvec.yield %res : i8
  }
  memref.copy %b, %out : memref<1x5x4x16xi8> to memref<1x5x4x16xi8>
  return
}

// -----

// CHECK: qvec.arena_bytes = 704
func.func @filled_before(%x: memref<1x4x4x16xi8>, %out: memref<1x5x4x16xi8>) {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x5x4x16xi8>
  memref.copy %out, %a : memref<1x5x4x16xi8> to memref<1x5x4x16xi8>
  %r = memref.subview %a[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  %b = memref.alloc() : memref<1x5x4x16xi8>
  linalg.fill ins(%zero : i8) outs(%b : memref<1x5x4x16xi8>)
  %y = memref.subview %b[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  qvec.kernel pool_max input(%x : memref<1x4x4x16xi8>) residuals(%r : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      outs(%y : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %res: i8):
    qvec.yield %res : i8
  }
  memref.copy %b, %out : memref<1x5x4x16xi8> to memref<1x5x4x16xi8>
  return
}

// -----

// Rows of a buffer that lie together become views of the arena: both kernels see
// the same type. Parts of rows stay parts.

// CHECK-LABEL: func.func @rows(
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<576xi8>)
// CHECK-DAG: %[[SECOND:.*]] = arith.constant 256 : index
// CHECK-DAG: %[[LOWER:.*]] = memref.view %[[ARENA]][%[[SECOND]]][] : memref<{{.*}}xi8> to memref<1x2x8x4xf32>
// CHECK: %[[COLUMNS:.*]] = memref.subview %[[LOWER]][0, 0, 1, 0] [1, 2, 6, 4]
// CHECK: qvec.kernel pool_max input(%[[COLUMNS]] : memref<1x2x6x4xf32, strided<[64, 32, 4, 1], offset: 4>>)
// CHECK: qvec.kernel pool_max input(%[[LOWER]] : memref<1x2x8x4xf32>)
func.func @rows(%y: memref<1x2x6x4xf32>, %z: memref<1x2x8x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc() : memref<1x4x8x4xf32>
  linalg.fill ins(%zero : f32) outs(%a : memref<1x4x8x4xf32>)
  %lower = memref.subview %a[0, 2, 0, 0] [1, 2, 8, 4] [1, 1, 1, 1] : memref<1x4x8x4xf32> to memref<1x2x8x4xf32, strided<[128, 32, 4, 1], offset: 64>>
  %columns = memref.subview %lower[0, 0, 1, 0] [1, 2, 6, 4] [1, 1, 1, 1] : memref<1x2x8x4xf32, strided<[128, 32, 4, 1], offset: 64>> to memref<1x2x6x4xf32, strided<[128, 32, 4, 1], offset: 68>>
  qvec.kernel pool_max input(%columns : memref<1x2x6x4xf32, strided<[128, 32, 4, 1], offset: 68>>) outs(%y : memref<1x2x6x4xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%lower : memref<1x2x8x4xf32, strided<[128, 32, 4, 1], offset: 64>>) outs(%z : memref<1x2x8x4xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Rows of an argument in another shape are parts of its memory.

// CHECK-LABEL: func.func @reshaped(
// CHECK-SAME: %[[Y:[a-z0-9]+]]: memref<1x4x8x4xi8>
// CHECK: %[[BYTES:.*]] = memref.collapse_shape %[[Y]]
// CHECK: %[[ROW:.*]] = memref.view %[[BYTES]][%{{.*}}][] : memref<128xi8> to memref<1x8x4xi8>
// CHECK: linalg.fill ins(%{{.*}} : i8) outs(%[[ROW]] :
func.func @reshaped(%y: memref<1x4x8x4xi8>) attributes {qvec.target = #small} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i8
  %flat = memref.collapse_shape %y [[0, 1, 2, 3]] : memref<1x4x8x4xi8> into memref<128xi8>
  %pixels = memref.expand_shape %flat [[0, 1, 2]] output_shape [1, 32, 4] : memref<128xi8> into memref<1x32x4xi8>
  scf.for %i = %c0 to %c4 step %c1 {
    %place = arith.muli %i, %c8 : index
    %row = memref.subview %pixels[0, %place, 0] [1, 8, 4] [1, 1, 1] : memref<1x32x4xi8> to memref<1x8x4xi8, strided<[128, 4, 1], offset: ?>>
    linalg.fill ins(%zero : i8) outs(%row : memref<1x8x4xi8, strided<[128, 4, 1], offset: ?>>)
  }
  return
}
