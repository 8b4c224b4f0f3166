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

// -----

func.func @main(%x: memref<1x1x1x4xi8>, %w: memref<1x1x1x64xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @+1 {{'qvec.kernel' op expected a contraction of 'i8' in groups of 4, but got 2}}
  qvec.kernel contraction input(%x : memref<1x1x1x4xi8>) weight(%w : memref<1x1x1x64xi8>)
      outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 8, group = 2, mergeTaps = false, pass = 1> {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}
