// RUN: quant-opt %s --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// A tile of 4 rows and one vector holds 4 accumulators; 9 positions are split
// into 3 tiles of 3 rows, which are the layer's work items.

// CHECK-LABEL: @main_0_contraction
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK-SAME: qvec.count = 3
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK: scf.for {{.*}} -> (vector<16xi32>, vector<16xi32>, vector<16xi32>)
// CHECK-COUNT-3: qvec.dot4
// CHECK: scf.yield
// CHECK-COUNT-3: vector.store {{.*}} vector<5xi32>
// CHECK-NOT: qvec.kernel
func.func @main(%x: memref<1x1x9x8xi8>, %w: memref<1x1x2x64xi8>, %y: memref<1x1x9x5xi32>) {
  qvec.kernel contraction input(%x : memref<1x1x9x8xi8>) weight(%w : memref<1x1x2x64xi8>)
      outs(%y : memref<1x1x9x5xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}
