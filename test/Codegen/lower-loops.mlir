// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize --cse | FileCheck %s

// Contiguous operands are one sequence: whole vectors, then powers of two. A
// register holds 64 bytes here.

#id2 = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK: scf.for %{{.*}} = %c0 to %c256 step %c64
// CHECK:   vector.load {{.*}} vector<64xi8>
// CHECK:   arith.xori {{.*}} vector<64xi8>
// CHECK:   vector.store {{.*}} vector<64xi8>
// CHECK: }
// CHECK: vector.load {{.*}} vector<32xi8>
// CHECK: vector.load {{.*}} vector<8xi8>
// CHECK: vector.load {{.*}} vector<4xi8>
// CHECK-NOT: vector.load
// CHECK-LABEL: func.func @main
func.func @main(%x: memref<4x75xi8>, %y: memref<4x75xi8>) attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "">} {
  linalg.generic {indexing_maps = [#id2, #id2], iterator_types = ["parallel", "parallel"]} ins(%x : memref<4x75xi8>) outs(%y : memref<4x75xi8>) {
  ^bb0(%in: i8, %out: i8):
    %c = arith.constant -128 : i8
    %0 = arith.xori %in, %c : i8
    linalg.yield %0 : i8
  }
  return
}

// -----

// An operand that repeats along the lanes stays a scalar; one that repeats in
// the outer loop keeps the loops apart. There is enough work for threads: items
// are rows.

#id2 = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK-SAME: qvec.count = 512
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK:   scf.for %{{.*}} = %c0 to %c64 step %c4
// CHECK:     %[[S:.*]] = memref.load
// CHECK:     %[[V:.*]] = vector.load {{.*}} vector<4xf32>
// CHECK:     %[[B:.*]] = vector.broadcast %[[S]] : f32 to vector<4xf32>
// CHECK:     arith.mulf %[[B]], %[[V]] : vector<4xf32>
func.func @main(%x: memref<512xf32>, %s: memref<64xf32>, %y: memref<512x64xf32>) {
  linalg.generic {indexing_maps = [#row, #column, #id2], iterator_types = ["parallel", "parallel"]} ins(%x, %s : memref<512xf32>, memref<64xf32>) outs(%y : memref<512x64xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Channels first to channels last: with 3 channels the bytes of all of them are
// interleaved into one sequence.

#first = affine_map<(h, w, c) -> (c, h, w)>
#last = affine_map<(h, w, c) -> (h, w, c)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK-COUNT-3: arith.fptosi {{.*}} vector<16xf32> to vector<16xi8>
// CHECK: vector.shuffle
// CHECK-COUNT-3: vector.store {{.*}} vector<16xi8>
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @main
func.func @main(%x: memref<3x8x16xf32>, %y: memref<8x16x3xi8>) {
  linalg.generic {indexing_maps = [#first, #last], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : memref<3x8x16xf32>) outs(%y : memref<8x16x3xi8>) {
  ^bb0(%in: f32, %out: i8):
    %0 = arith.fptosi %in : f32 to i8
    linalg.yield %0 : i8
  }
  return
}

// -----

// Channels last to channels first: bytes are transposed in blocks of 16 by 16
// before they become floats; the rest of 5 channels is a smaller block.

#first = affine_map<(c, p) -> (c, p)>
#last = affine_map<(c, p) -> (p, c)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK: scf.for
// CHECK-COUNT-16: vector.load {{.*}} vector<16xi8>
// CHECK: arith.sitofp {{.*}} : vector<16xi8> to vector<16xf32>
// CHECK: vector.store {{.*}} vector<16xf32>
// CHECK: vector.load {{.*}} vector<5xi8>
// CHECK: arith.sitofp {{.*}} : vector<16xi8> to vector<16xf32>
// CHECK-LABEL: func.func @main
func.func @main(%x: memref<64x21xi8>, %y: memref<21x64xf32>) {
  linalg.generic {indexing_maps = [#last, #first], iterator_types = ["parallel", "parallel"]} ins(%x : memref<64x21xi8>) outs(%y : memref<21x64xf32>) {
  ^bb0(%in: i8, %out: f32):
    %0 = arith.sitofp %in : i8 to f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// A product computes 6 rows together, which share the vectors of one operand;
// each sum is one chain in ascending k.

#lhs = affine_map<(m, k, n) -> (m, k)>
#rhs = affine_map<(m, k, n) -> (k, n)>
#out = affine_map<(m, k, n) -> (m, n)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK-COUNT-1: vector.load {{.*}} vector<8xf32>
// CHECK-NOT: vector.load
// CHECK-COUNT-6: math.fma
// CHECK: scf.yield
func.func @main(%a: memref<12x32xf32>, %b: memref<32x8xf32>, %y: memref<12x8xf32>) {
  linalg.generic {indexing_maps = [#lhs, #rhs, #out], iterator_types = ["parallel", "reduction", "parallel"]} ins(%a, %b : memref<12x32xf32>, memref<32x8xf32>) outs(%y : memref<12x8xf32>) {
  ^bb0(%p: f32, %q: f32, %acc: f32):
    %0 = math.fma %p, %q, %acc : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// A region that reads memory by itself: contiguous along the lanes.

#id2 = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func private @main_0_loops
// CHECK: %[[ROW:.*]] = memref.load %{{.*}} : memref<4xindex>
// CHECK: vector.load %{{.*}}[%[[ROW]], %{{.*}}] : memref<9x16xf32>, vector<4xf32>
func.func @main(%x: memref<9x16xf32>, %rows: memref<4xindex>, %y: memref<4x16xf32>) {
  linalg.generic {indexing_maps = [#id2], iterator_types = ["parallel", "parallel"]} outs(%y : memref<4x16xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %row = memref.load %rows[%i] : memref<4xindex>
    %0 = memref.load %x[%row, %j] : memref<9x16xf32>
    linalg.yield %0 : f32
  }
  return
}

// -----

// Results that are contiguous in no loop are computed one by one.

#id1 = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func private @main_0_copy
// CHECK: scf.for
// CHECK: memref.store
// CHECK-NOT: vector
// CHECK-LABEL: func.func @main
func.func @main(%x: memref<40xf32>, %y: memref<40xf32, strided<[3]>>) {
  linalg.copy ins(%x : memref<40xf32>) outs(%y : memref<40xf32, strided<[3]>>)
  return
}

// -----

// Results that are contiguous in no loop are computed one at a time. Threads share the
// first loop with more than one iteration.
// CHECK-LABEL: func.func private @main_0_copy
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK-SAME: qvec.count = 60000
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]] step
// CHECK: %[[X:.*]] = memref.load %{{.*}}[%{{.*}}, %[[I]]]
// CHECK: memref.store %[[X]], %{{.*}}[%{{.*}}, %[[I]]]
func.func @main(%x: memref<1x60000xf32>, %y: memref<1x60000xf32, strided<[180000, 3]>>) {
  linalg.copy ins(%x : memref<1x60000xf32>) outs(%y : memref<1x60000xf32, strided<[180000, 3]>>)
  return
}
