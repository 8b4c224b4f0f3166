// RUN: quant-opt %s --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// Two rows of 150 numbers in two parts each, of 128 and 22: four work items. The
// first part is two rounds of four vectors, the last one vector and 6 numbers.
// Then 16 lanes become one.

// CHECK-LABEL: @main_0_row_max
// CHECK-SAME: qvec.count = 4
// CHECK: scf.if
// CHECK-COUNT-2: math.absf %{{.*}} : vector<16xf32>
// CHECK: vector.store %{{.*}} vector<1xf32>
// CHECK: } else {
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-4: math.absf
// CHECK: scf.yield
// CHECK: vector.store %{{.*}} vector<1xf32>
// CHECK-NOT: qvec.kernel
func.func @main(%x: memref<1x1x2x150xf32>, %y: memref<1x1x2x2xf32>) {
  qvec.kernel row_max input(%x : memref<1x1x2x150xf32>) outs(%y : memref<1x1x2x2xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// One channel of a concatenation has gaps.
// CHECK-LABEL: @gaps_0_row_max
// CHECK: vector.load %{{.*}} vector<1xf32>
func.func @gaps(%x: memref<1x1x1x20xf32, strided<[160, 160, 160, 8]>>, %y: memref<1x1x1x1xf32>) {
  qvec.kernel row_max input(%x : memref<1x1x1x20xf32, strided<[160, 160, 160, 8]>>) outs(%y : memref<1x1x1x1xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
