// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// The only row is prepared first: signed bytes, and the sum of each block.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[ROW:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xi8>
// CHECK: %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<2xi32>
// CHECK: scf.for
// CHECK: arith.xori %{{.*}} : vector<32xi8>
// CHECK: vector.store %{{.*}}, %[[ROW]]
// CHECK: vector.reduction <add>, %{{.*}} : vector<32xi32> into i32
// CHECK: memref.store %{{.*}}, %[[SUMS]]
// CHECK: scf.for
// CHECK: scf.for
// CHECK-NOT: arith.xori
// CHECK-COUNT-32: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: memref.load %[[SUMS]]
// CHECK-COUNT-4: math.fma
func.func @main(%x: memref<1x1x1x64xi8>, %w: memref<4x576xi8>, %y: memref<1x1x1x64xf32>) {
  qvec.kernel packed input(%x : memref<1x1x1x64xi8>) weight(%w : memref<4x576xi8>) outs(%y : memref<1x1x1x64xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 4, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false>
      {inputZeroPoint = 128 : i32, unsignedInput} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Two rows and four vectors: codes are the unsigned factor, the input becomes signed
// and is summed once for all vectors. A chunk has 8 steps of 8 products and two sums.
// Codes of odd steps stay in the upper half of their byte; their sums are shifted.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: scf.for
// CHECK: vector.load %{{.*}} vector<4xi8>
// CHECK: %[[X:.*]] = arith.xori %{{.*}} : vector<64xi8>
// CHECK: %[[LOW:.*]] = arith.constant dense<15> : vector<64xi8>
// CHECK: %[[Q:.*]] = arith.andi %{{.*}}, %[[LOW]] : vector<64xi8>
// CHECK: qvec.dot4 %{{.*}}, %[[Q]], %[[X]] {unsignedLhs}
// CHECK-COUNT-7: qvec.dot4
// CHECK: %[[ONES:.*]] = arith.constant dense<1> : vector<64xi8>
// CHECK: qvec.dot4 %{{.*}}, %[[ONES]], %[[X]] {unsignedLhs}
// CHECK: %[[HIGH:.*]] = arith.constant dense<-16> : vector<64xi8>
// CHECK: arith.andi %{{.*}}, %[[HIGH]] : vector<64xi8>
// CHECK-COUNT-70: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK-COUNT-8: arith.shrsi %{{.*}} : vector<16xi32>
// CHECK: arith.extf %{{.*}} : vector<16xf16> to vector<16xf32>
// CHECK-COUNT-8: math.fma
// CHECK: scf.yield
func.func @main(%x: memref<1x1x2x64xi8>, %w: memref<4x576xi8>, %y: memref<1x1x2x64xf32>) {
  qvec.kernel packed input(%x : memref<1x1x2x64xi8>) weight(%w : memref<4x576xi8>) outs(%y : memref<1x1x2x64xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 4, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false>
      {inputZeroPoint = 128 : i32, unsignedInput} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Three rows and one vector: zero points are subtracted from the codes, and the
// input's zero point is one more row.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[Q:.*]] = qvec.unpack
// CHECK: %[[W:.*]] = arith.subi %[[Q]], %{{.*}} : vector<64xi8>
// CHECK-COUNT-3: qvec.dot4 %{{.*}}, %{{.*}}, %[[W]] {unsignedLhs}
// CHECK: %[[ZERO:.*]] = arith.constant dense<-128> : vector<64xi8>
// CHECK: qvec.dot4 %{{.*}}, %[[ZERO]], %[[W]] {unsignedLhs}
// CHECK-COUNT-28: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK-COUNT-3: math.fma
func.func @main(%x: memref<1x1x3x64xi8>, %w: memref<1x576xi8>, %y: memref<1x1x3x16xf32>) {
  qvec.kernel packed input(%x : memref<1x1x3x64xi8>) weight(%w : memref<1x576xi8>) outs(%y : memref<1x1x3x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false>
      {inputZeroPoint = 128 : i32, unsignedInput} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Bytes with zero points of their own: 5 codes are two steps, and the last three
// elements of the second do not count.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: qvec.dot4
// CHECK: arith.andi %{{.*}} : vector<64xi8>
// CHECK: qvec.dot4
// CHECK: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi32>
// CHECK: arith.muli %{{.*}} : vector<16xi32>
func.func @main(%x: memref<1x1x1x5xi8>, %w: memref<1x208xi8>, %y: memref<1x1x1x16xf32>) {
  qvec.kernel packed input(%x : memref<1x1x1x5xi8>) weight(%w : memref<1x208xi8>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = true> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Six bits are two planes. Integers without scales need no float. Taps of a window are found in a table.
// CHECK: memref.global "private" constant @__offsets_0 : memref<4xi32> = dense<[0, 4, 20, 24]>
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: memref.get_global @__offsets_0
// CHECK: qvec.unpack %{{.*}} {bit = 0 : i64, width = 4 : i64}
// CHECK: qvec.unpack %{{.*}} {bit = 0 : i64, width = 2 : i64}
// CHECK: arith.shli
// CHECK: arith.ori
// CHECK: qvec.dot4
// CHECK-NOT: math.fma
// CHECK: return
func.func @main(%x: memref<1x2x5x4xi8>, %w: memref<1x192xi8>, %y: memref<1x1x4x8xi32>) {
  qvec.kernel packed input(%x : memref<1x2x5x4xi8>) weight(%w : memref<1x192xi8>) outs(%y : memref<1x1x4x8xi32>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 2, lanes = 8, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 6, block = 0, chunk = 32, scale = none, zeroPoint = 32, zeroPoints = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Floats: one multiply-add per code and row, in order.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[SCALE:.*]] = arith.extf
// CHECK: %[[CODE:.*]] = qvec.unpack %{{.*}} : vector<16xi32>
// CHECK: %[[Q:.*]] = arith.subi %[[CODE]]
// CHECK: %[[F:.*]] = arith.sitofp %[[Q]]
// CHECK: %[[W:.*]] = arith.mulf %[[SCALE]], %[[F]]
// CHECK-COUNT-2: math.fma %{{.*}}, %[[W]]
// CHECK-COUNT-8: math.fma
// CHECK-NOT: math.fma
func.func @main(%x: memref<1x1x2x5xf32>, %w: memref<1x96xi8>, %y: memref<1x1x2x16xf32>) {
  qvec.kernel packed input(%x : memref<1x1x2x5xf32>) weight(%w : memref<1x96xi8>) outs(%y : memref<1x1x2x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
