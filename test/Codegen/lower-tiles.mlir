// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize | FileCheck %s

// A row of 33 positions is split into 17 and 16, each in two parts of 9 rows that
// share one position. The second tile begins one position early, and drops it. Sums
// start as the bias, repeated.
// CHECK-LABEL: func.func private @main_0_contraction
// CHECK-SAME: %[[X:.*]]: memref<1x1x33x64xi8>, %[[W:.*]]: memref<1x1x16x64xi8>, %[[B:.*]]: memref<16xi32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[EARLY:.*]] = arith.constant 1024 : index
// CHECK-DAG: %[[SUMS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<272xi32>
// CHECK: %[[S0:.*]] = qvec.tile_load %{{.*}}[%[[C0]]] stride 0 : memref<16xi32> to vector<9x16xi32>
// CHECK: %[[S1:.*]] = qvec.tile_load %{{.*}}[%[[C0]]] stride 0 : memref<16xi32> to vector<9x16xi32>
// CHECK: %[[LOOP:.*]]:2 = scf.for %{{.*}} iter_args(%[[A0:.*]] = %[[S0]], %[[A1:.*]] = %[[S1]])
// CHECK: %[[X0:.*]] = qvec.tile_load %{{.*}}[%{{.*}}] stride 64 : memref<2112xi8> to vector<9x32xi8>
// CHECK: %[[X1:.*]] = qvec.tile_load %{{.*}}[%{{.*}}] stride 64 : memref<2112xi8> to vector<9x32xi8>
// CHECK: %[[W0:.*]] = qvec.tile_load %{{.*}}[%{{.*}}] stride 64 : memref<1024xi8> to vector<8x64xi8>
// CHECK: qvec.tile_mma %[[A0]], %[[X0]], %[[W0]] {unsignedLhs}
// CHECK: qvec.tile_mma %[[A1]], %[[X1]], %[[W0]] {unsignedLhs}
// CHECK: qvec.tile_store %[[LOOP]]#0, %[[SUMS]][%[[C0]]] stride 16
// CHECK: qvec.tile_store %[[LOOP]]#1, %[[SUMS]][%{{.*}}] stride 16
// CHECK: scf.for
// CHECK-COUNT-4: vector.load %[[SUMS]]
// CHECK: vector.store %{{.*}} : memref<528xi8>, vector<64xi8>
// The last position of the first tile alone; then from the 16th position on.
// CHECK: vector.store %{{.*}} : memref<528xi8>, vector<16xi8>
// CHECK: scf.for %{{.*}} iter_args
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[EARLY]] : index
// CHECK: qvec.tile_load %{{.*}}[%[[AT]]] stride 64 : memref<2112xi8> to vector<9x32xi8>
func.func @main(%x: memref<1x1x33x64xi8>, %w: memref<1x1x16x64xi8>, %b: memref<16xi32>, %y: memref<1x1x33x16xi8>) {
  qvec.kernel contraction input(%x : memref<1x1x33x64xi8>) weight(%w : memref<1x1x16x64xi8>) bias(%b : memref<16xi32>)
      outs(%y : memref<1x1x33x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 17, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 2, steps = 8> {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}
