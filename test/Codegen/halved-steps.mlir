// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize --cse | FileCheck %s

// Two steps share bytes: 16 times the weights of the first one are what a shift
// leaves of them, those of the second one what a mask leaves. Their input is read
// with one step after the other. Sums are divided by 16 before the bias comes.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense<-16> : vector<16xi8>
// CHECK-DAG: %[[SHIFT:.*]] = arith.constant dense<4> : vector<16xi8>
// CHECK-DAG: %[[BITS:.*]] = arith.constant dense<4> : vector<4xi32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0> : vector<4xi32>
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[ZERO]])
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} memref<192xi8>, vector<16xi8>
// CHECK: %[[FIRST:.*]] = arith.shli %[[BYTES]], %[[SHIFT]]
// CHECK: %[[IN:.*]] = arith.muli %{{.*}}, %c8
// CHECK: vector.load %{{.*}}[%[[IN]]] : memref<20xi8>, vector<4xi8>
// CHECK: qvec.dot4 %{{.*}}, %{{.*}}, %[[FIRST]]
// CHECK: %[[SECOND:.*]] = arith.andi %[[BYTES]], %[[MASK]]
// CHECK: %[[NEXT:.*]] = arith.addi %[[IN]], %c4
// CHECK: vector.load %{{.*}}[%[[NEXT]]] : memref<20xi8>, vector<4xi8>
// CHECK: qvec.dot4 %{{.*}}, %{{.*}}, %[[SECOND]]
// CHECK: %[[SUM:.*]] = arith.shrsi %{{.*}}, %[[BITS]]
// CHECK: vector.load {{.*}} memref<16xi32>
// CHECK: arith.addi %[[SUM]]
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x1x1x20xi8>, %w: memref<1x1x3x64xi8>, %b: memref<16xi32>, %y: memref<1x1x1x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x1x20xi8>) weight(%w : memref<1x1x3x64xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x1x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 4, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Products of two rows: 16 bytes of input are both steps.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK-COUNT-2: vector.load {{.*}} memref<32xi8>, vector<16xi8>
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} memref<128xi8>, vector<16xi8>
// CHECK: %[[FIRST:.*]] = arith.shli %[[BYTES]]
// CHECK: qvec.mmla %{{.*}}, %{{.*}}, %[[FIRST]]
// CHECK: arith.shli
// CHECK: qvec.mmla
// CHECK: %[[SECOND:.*]] = arith.andi
// CHECK: qvec.mmla %{{.*}}, %{{.*}}, %[[SECOND]]
// CHECK: arith.andi
// CHECK: qvec.mmla
// CHECK-NOT: qvec.mmla
// CHECK: vector.shuffle {{.*}} [0, 1, 4, 5] : vector<4xi32>, vector<4xi32>
// CHECK: arith.shrsi {{.*}} : vector<4xi32>
// CHECK: return
func.func @main(%x: memref<1x1x2x16xi8>, %w: memref<1x1x1x128xi8>, %b: memref<16xi32>, %y: memref<1x1x2x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x2x16xi8>) weight(%w : memref<1x1x1x128xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x2x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 4, group = 8, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Padding is not left out where taps of a row end within a step of the weights:
// both positions have all products.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: scf.for
// CHECK-COUNT-4: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x2x4x4xi8>, %w: memref<1x1x2x64xi8>, %y: memref<1x2x2x4xi8>) {
  qvec.kernel contraction input(%x : memref<1x2x4x4xi8>) weight(%w : memref<1x1x2x64xi8>)
      outs(%y : memref<1x2x2x4xi8>)
      window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 4, group = 4, mergeTaps = true, pass = 1>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false>
      {zeroPads = array<i64: 0, 1, 0, 1>} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Two channels share bytes `16 * odd + even`. The odd one's sum has the products of
// both; three steps stand without a loop, so that what is made of weights leaves the
// loop over positions.

// CHECK-LABEL: func.func private @main_0_contraction
// CHECK: scf.for
// CHECK: %[[BYTES:.*]] = vector.load {{.*}} memref<384xi8>, vector<16xi8>
// CHECK: %[[EVEN:.*]] = arith.shli %[[BYTES]]
// CHECK: qvec.reduce_dot %{{.*}}, %{{.*}}, %[[EVEN]]
// CHECK: qvec.reduce_dot %{{.*}}, %{{.*}}, %[[BYTES]]
// CHECK-COUNT-2: arith.shli
// CHECK-NOT: arith.shli
// CHECK-NOT: arith.andi
// CHECK: %[[FIRST:.*]] = arith.shrsi
// CHECK: %[[REST:.*]] = arith.subi %{{.*}}, %[[FIRST]]
// CHECK: arith.shrsi %[[REST]]
// CHECK: return
func.func @main(%x: memref<1x1x3x48xi8>, %w: memref<1x1x3x128xi8>, %b: memref<16xi32>, %y: memref<1x1x3x2xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x3x48xi8>) weight(%w : memref<1x1x3x128xi8>)
      bias(%b : memref<16xi32>) outs(%y : memref<1x1x3x2xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 1, group = 16, mergeTaps = false, pass = 3, joined = true>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}
