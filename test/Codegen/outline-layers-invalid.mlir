// RUN: quant-opt %s -split-input-file --qvec-outline-layers -verify-diagnostics

func.func @main(%x: memref<4xf32>, %i: index, %v: f32) {
  // expected-error @below {{expected kernels, linalg ops, loops and views only}}
  memref.store %v, %x[%i] : memref<4xf32>
  return
}

// -----

func.func @tensors(%x: tensor<4xi8>, %y: tensor<4xi8>) -> tensor<4xi8> {
  // expected-error @below {{expected buffers, but got 'tensor<4xi8>' as result: bufferize it first}}
  %0 = linalg.copy ins(%x : tensor<4xi8>) outs(%y : tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}
