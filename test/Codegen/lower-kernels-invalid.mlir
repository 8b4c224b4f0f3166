// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels -verify-diagnostics

func.func @main(%x: memref<1x4x4x3xf32, strided<[48, 12, 3, 1], offset: ?>>, %y: memref<1x2x2x3xf32>) {
  // expected-error @below {{expected buffers of static shape and layout, but got}}
  qvec.kernel pool_max input(%x : memref<1x4x4x3xf32, strided<[48, 12, 3, 1], offset: ?>>) outs(%y : memref<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Long scalar loops are reported.

func.func @main(%x: memref<20000xf32>, %y: memref<20000xf32, strided<[3]>>) {
  // expected-remark @below {{is computed one element at a time}}
  linalg.copy ins(%x : memref<20000xf32>) outs(%y : memref<20000xf32, strided<[3]>>)
  return
}
