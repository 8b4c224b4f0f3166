// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize --cse | FileCheck %s

// Three positions are two pairs: the last one's neighbour is zero. Of three steps
// two are loaded at once, and the last one is half as long. A register of sums has
// two channels of two positions, whose vectors are made at the end.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: %[[BIAS:.*]] = vector.load {{.*}} memref<16xi32>, vector<4xi32>
// CHECK: %[[LOW:.*]] = vector.shuffle %[[BIAS]], %[[BIAS]] [0, 1, 0, 1]
// CHECK: %[[HIGH:.*]] = vector.shuffle %[[BIAS]], %[[BIAS]] [2, 3, 2, 3]
// CHECK: vector.load {{.*}} memref<72xi8{{.*}}>, vector<16xi8>
// CHECK: vector.load {{.*}} memref<72xi8{{.*}}>, vector<16xi8>
// CHECK: vector.shuffle {{.*}} [0, 2] : vector<2xi64>, vector<2xi64>
// CHECK: vector.shuffle {{.*}} [1, 3] : vector<2xi64>, vector<2xi64>
// CHECK: vector.load {{.*}} memref<72xi8{{.*}}>, vector<16xi8>
// CHECK: vector.shuffle {{.*}} [0, 2] : vector<2xi64>, vector<2xi64>
// CHECK: %[[W:.*]] = vector.load {{.*}} memref<384xi8>, vector<16xi8>
// CHECK: qvec.mmla %[[LOW]], %{{.*}}, %[[W]]
// CHECK: qvec.mmla %[[LOW]], %{{.*}}, %[[W]]
// CHECK: qvec.mmla %[[HIGH]]
// CHECK-COUNT-5: qvec.mmla
// CHECK-COUNT-3: vector.load {{.*}} memref<72xi8{{.*}}>, vector<8xi8>
// CHECK-COUNT-4: qvec.mmla
// CHECK-NOT: qvec.mmla
// CHECK: vector.shuffle {{.*}} [0, 1, 4, 5] : vector<4xi32>, vector<4xi32>
// CHECK: vector.shuffle {{.*}} [2, 3, 6, 7] : vector<4xi32>, vector<4xi32>
// CHECK: vector.shuffle {{.*}} [0, 1, 4, 5] : vector<4xi32>, vector<4xi32>
// CHECK-NOT: [2, 3, 6, 7]
// CHECK: return
func.func @main(%x: memref<1x1x3x24xi8>, %w: memref<1x1x3x128xi8>, %b: memref<16xi32>, %y: memref<1x1x3x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x3x24xi8>) weight(%w : memref<1x1x3x128xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x3x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 4, group = 8, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// A column of padding with zeros is left out for the first position only: its
// neighbour's product stays, with zero beside it.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: vector.interleave %cst{{[_0-9]*}}, %{{.*}} : vector<1xi64>
// CHECK-COUNT-2: qvec.mmla
// CHECK: vector.interleave %{{[0-9]+}}, %{{[0-9]+}} : vector<1xi64>
// CHECK-COUNT-2: qvec.mmla
// CHECK: vector.interleave %{{[0-9]+}}, %cst{{[_0-9]*}} : vector<1xi64>
// CHECK-COUNT-2: qvec.mmla
func.func @main(%x: memref<1x2x4x8xi8>, %w: memref<1x3x1x128xi8>, %y: memref<1x2x2x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x2x4x8xi8>) weight(%w : memref<1x3x1x128xi8>)
      outs(%y : memref<1x2x2x4xi8>)
      window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 4, group = 8, mergeTaps = false, pass = 1>
      {zeroPads = array<i64: 0, 1, 0, 1>} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Channels of the second panel lie behind all steps of the first one.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: %[[SECOND:.*]] = arith.constant 128 : index
// CHECK: vector.load %{{.*}}[%[[SECOND]]] : memref<256xi8>, vector<16xi8>
// CHECK-COUNT-8: qvec.mmla
// CHECK-NOT: qvec.mmla
func.func @main(%x: memref<1x1x2x8xi8>, %w: memref<2x1x1x128xi8>, %y: memref<1x1x2x32xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x2x8xi8>) weight(%w : memref<2x1x1x128xi8>)
      outs(%y : memref<1x1x2x32xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 8, lanes = 4, group = 8, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}
