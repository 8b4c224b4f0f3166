// RUN: quant-opt %s --split-input-file --qvec-stream-rows --canonicalize --cse | FileCheck %s
// RUN: quant-opt %s --split-input-file --qvec-stream-rows --qvec-plan-arena | FileCheck %s --check-prefix=ARENA

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// The input is copied into an image with padding, row by row, and the first window's result
// is added to the second one's. All ops compute a row at a time: both images need three rows.
// The bands are a loop. Whether an op computes a row in a band, and where its rows are, follows
// from the number of the band: the first window starts with band 1, the second one with band 2,
// so that ten bands compute eight rows.

// CHECK-LABEL: func.func @residual(
// CHECK: %[[COPY:.*]] = memref.alloc() : memref<1x3x10x4xi8>
// CHECK: %[[SUMMAND:.*]] = memref.alloc() : memref<1x3x10x4xi8>
// CHECK-NOT: memref.alloc
// CHECK: scf.for %[[BAND:.*]] = %c0 to %c10 step %c1 {
// CHECK-DAG: %[[BEFORE:.*]] = arith.addi %[[BAND]], %c-1 :
// CHECK-DAG: %[[ABOVE:.*]] = arith.maxsi %[[BEFORE]], %c0 :
// CHECK-DAG: %[[WINDOW:.*]] = arith.minsi %[[ABOVE]], %c8 :
// Padding is there from the first row on.
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[BAND]], %c0 :
// CHECK: scf.if %[[FIRST]] {
// CHECK-NEXT: linalg.fill ins(%c0_i8 : i8) outs(%[[COPY]] :
// CHECK: linalg.copy {{.*}}ins(%{{.*}} : memref<1x1x8x4xi8, {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8
// And behind the last row, as far as the buffer goes.
// CHECK: %[[DONE:.*]] = arith.cmpi eq, %{{.*}}, %c8 :
// CHECK: scf.if %[[DONE]] {
// CHECK: arith.subi %c9, %[[WINDOW]] :
// CHECK: linalg.fill
// CHECK: %[[NEXT:.*]] = arith.cmpi ne, %[[WINDOW]], %{{.*}} :
// CHECK: scf.if %[[NEXT]] {
// CHECK: qvec.kernel pool_max input(%{{.*}} : memref<1x3x10x4xi8, {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8
// The window alone has read the copy: its last two rows move up.
// CHECK: scf.for %[[TO:.*]] = %c0 to %c2 step %c1 {
// CHECK: %[[FROM:.*]] = arith.addi %[[TO]], %c1 :
// CHECK-DAG: memref.subview %[[COPY]][0, %[[FROM]], 0, 0] [1, 1, 10, 4]
// CHECK-DAG: memref.subview %[[COPY]][0, %[[TO]], 0, 0] [1, 1, 10, 4]
// CHECK: linalg.copy
// CHECK: qvec.kernel pool_max {{.*}} residuals(%{{.*}} : memref<1x1x8x4xi8, {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8
// The summand has two readers: it moves at the end of the band, if one of them went on.
// CHECK: %[[UP:.*]] = arith.subi
// CHECK: %[[MOVES:.*]] = arith.cmpi ne, %[[UP]], %c0 :
// CHECK: scf.if %[[MOVES]] {
// CHECK: scf.for %[[ROW:.*]] = %[[UP]] to %c3 step %c1 {
// CHECK: %[[PLACE:.*]] = arith.subi %[[ROW]], %[[UP]] :
// CHECK: memref.subview %[[SUMMAND]][0, %[[PLACE]], 0, 0]
// CHECK: linalg.copy
// CHECK-NOT: qvec.kernel
// CHECK: return
// Twice 3 rows of 40 bytes, and the margin. Rows of the argument are its memory.
// ARENA: module attributes {qvec.arena_bound_bytes = 256 : i64, qvec.arena_bytes = 256 : i64}
// ARENA-LABEL: func.func @residual(
// ARENA: %[[BYTES:.*]] = memref.collapse_shape %arg0
// ARENA: scf.for
// ARENA: memref.view %[[BYTES]][%{{.*}}][] : memref<256xi8> to memref<1x1x8x4xi8>
// ARENA: qvec.kernel pool_max {{.*}} outs(%{{.*}} : memref<1x1x8x4xi8>)
// Rows of 40 bytes move in words of 8.
// ARENA: memref.view %arg2[%{{.*}}][] : memref<256xi8> to memref<5xi64>
// ARENA: linalg.copy ins(%{{.*}} : memref<5xi64>) outs(%{{.*}} : memref<5xi64>)
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

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// A window over the positions of all rows in one row needs neighbours in other rows.

// CHECK-LABEL: func.func @one_row(
// CHECK: memref.alloc() : memref<1x8x8x8xi8>
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @one_row(%x: memref<1x8x8x8xi8>, %y: memref<1x1x62x8xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x8x8x8xi8>
  qvec.kernel pool_max input(%x : memref<1x8x8x8xi8>) outs(%a : memref<1x8x8x8xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %flat = memref.collapse_shape %a [[0, 1, 2, 3]] : memref<1x8x8x8xi8> into memref<512xi8>
  %row = memref.expand_shape %flat [[0, 1, 2, 3]] output_shape [1, 1, 64, 8] : memref<512xi8> into memref<1x1x64x8xi8>
  qvec.kernel pool_max input(%row : memref<1x1x64x8xi8>) outs(%y : memref<1x1x62x8xi8>)
      window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// A block that halves an image. The projection, whose rows are only added, waits for the window
// beside it: two rows are kept. The sum takes the place of the row that is added, since it goes
// on at once, and both move at the end of the band.

// CHECK-LABEL: func.func @halving(
// CHECK: memref.alloc() : memref<1x3x9x4xi8>
// CHECK: memref.alloc() : memref<1x3x6x4xi8>
// CHECK: %[[SUMMAND:.*]] = memref.alloc() : memref<1x2x4x4xi8>
// CHECK-NOT: memref.alloc
// CHECK: scf.for
// CHECK: %[[FIRST:.*]] = memref.subview %[[SUMMAND]][0, 0, 0, 0] [1, 1, 4, 4]
// CHECK: %[[OLD:.*]] = memref.cast %[[FIRST]]
// CHECK: qvec.kernel {{.*}} residuals(%[[OLD]] : {{.*}}) outs(%[[OLD]] :
// CHECK-NOT: linalg.copy {{.*}} memref<1x1x4x4xi8
// CHECK: %[[SUM:.*]] = memref.subview %[[SUMMAND]][0, %{{.*}}, 0, 0] [1, 1, 4, 4]
// CHECK: qvec.kernel pool_max input(%[[SUM]] :
// CHECK: memref.subview %[[SUMMAND]][0, %{{.*}}, 0, 0] [1, 1, 4, 4]
// CHECK: memref.subview %[[SUMMAND]][0, %{{.*}}, 0, 0] [1, 1, 4, 4]
// CHECK: linalg.copy {{.*}} memref<1x1x4x4xi8
func.func @halving(%x: memref<1x16x8x4xi8>, %y: memref<1x8x4x4xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x17x9x4xi8>
  linalg.fill ins(%zero : i8) outs(%a : memref<1x17x9x4xi8>)
  %ai = memref.subview %a[0, 0, 0, 0] [1, 16, 8, 4] [1, 1, 1, 1] : memref<1x17x9x4xi8> to memref<1x16x8x4xi8, strided<[612, 36, 4, 1]>>
  qvec.kernel pool_max input(%x : memref<1x16x8x4xi8>) outs(%ai : memref<1x16x8x4xi8, strided<[612, 36, 4, 1]>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %c = memref.alloc() : memref<1x10x6x4xi8>
  linalg.fill ins(%zero : i8) outs(%c : memref<1x10x6x4xi8>)
  %ci = memref.subview %c[0, 1, 1, 0] [1, 8, 4, 4] [1, 1, 1, 1] : memref<1x10x6x4xi8> to memref<1x8x4x4xi8, strided<[240, 24, 4, 1], offset: 28>>
  qvec.kernel pool_max input(%a : memref<1x17x9x4xi8>) outs(%ci : memref<1x8x4x4xi8, strided<[240, 24, 4, 1], offset: 28>>)
      window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %p = memref.alloc() : memref<1x8x4x4xi8>
  qvec.kernel pool_max input(%ai : memref<1x16x8x4xi8, strided<[612, 36, 4, 1]>>) outs(%p : memref<1x8x4x4xi8>)
      window <kernel = [1, 1], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %sum = memref.alloc() : memref<1x8x4x4xi8>
  qvec.kernel pool_max input(%c : memref<1x10x6x4xi8>)
      residuals(%p : memref<1x8x4x4xi8>) outs(%sum : memref<1x8x4x4xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %r: i8):
    %s = arith.addi %acc, %r : i8
    qvec.yield %s : i8
  }
  qvec.kernel pool_max input(%sum : memref<1x8x4x4xi8>) outs(%y : memref<1x8x4x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Rows that go on at once share a place with earlier ones that have done so, but not with the
// ones that they are made of.

// CHECK-LABEL: func.func @passed_on(
// CHECK: memref.alloc() : memref<1x1x8x4xi8>
// CHECK: memref.alloc() : memref<1x1x8x4xi8>
// CHECK: memref.alloc() : memref<1x3x10x4xi8>
// CHECK-NOT: memref.alloc
// CHECK-COUNT-5: qvec.kernel
func.func @passed_on(%x: memref<1x8x8x4xi8>, %y: memref<1x8x8x4xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%x : memref<1x8x8x4xi8>) outs(%a : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %b = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%a : memref<1x8x8x4xi8>) outs(%b : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %c = memref.alloc() : memref<1x10x10x4xi8>
  linalg.fill ins(%zero : i8) outs(%c : memref<1x10x10x4xi8>)
  %ci = memref.subview %c[0, 1, 1, 0] [1, 8, 8, 4] [1, 1, 1, 1] : memref<1x10x10x4xi8> to memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>
  qvec.kernel pool_max input(%b : memref<1x8x8x4xi8>) outs(%ci : memref<1x8x8x4xi8, strided<[400, 40, 4, 1], offset: 44>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %d = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%c : memref<1x10x10x4xi8>) outs(%d : memref<1x8x8x4xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%d : memref<1x8x8x4xi8>) outs(%y : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}
