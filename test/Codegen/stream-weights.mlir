// RUN: quant-opt %s --split-input-file --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// A product of one row reads 2 MiB of weights once: each panel's line is asked
// for 16 steps ahead, once for the vectors that share it.

// CHECK-LABEL: @main_0_contraction
// CHECK: scf.for {{.*}} -> (vector<8xi32>, vector<8xi32>)
// CHECK: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c1024{{.*}}
// CHECK: memref.prefetch %{{.*}}[%[[AHEAD]]], read, locality<3>, data
// CHECK-NOT: memref.prefetch
// CHECK: scf.yield
func.func @main(%x: memref<1x1x1x2048xi8>, %w: memref<64x1x512x64xi8>, %y: memref<1x1x1x1024xi32>) {
  qvec.kernel contraction input(%x : memref<1x1x1x2048xi8>) weight(%w : memref<64x1x512x64xi8>)
      outs(%y : memref<1x1x1x1024xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 8, group = 4, mergeTaps = false, pass = 1>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Weights that a core's own cache holds, and weights that are read again.

// CHECK-LABEL: @main_0_contraction
// CHECK-NOT: memref.prefetch
func.func @main(%x: memref<1x1x1x1024xi8>, %w: memref<64x1x256x64xi8>, %y: memref<1x1x1x1024xi32>,
                %x2: memref<1x2x1x2048xi8>, %w2: memref<64x1x512x64xi8>, %y2: memref<1x2x1x1024xi32>) {
  qvec.kernel contraction input(%x : memref<1x1x1x1024xi8>) weight(%w : memref<64x1x256x64xi8>)
      outs(%y : memref<1x1x1x1024xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 8, group = 4, mergeTaps = false, pass = 1>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  qvec.kernel contraction input(%x2 : memref<1x2x1x2048xi8>) weight(%w2 : memref<64x1x512x64xi8>)
      outs(%y2 : memref<1x2x1x1024xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 8, group = 4, mergeTaps = false, pass = 1>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}
