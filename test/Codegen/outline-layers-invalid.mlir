// RUN: quant-opt %s --qvec-outline-layers -verify-diagnostics

func.func @main(%x: memref<4xf32>, %i: index, %v: f32) {
  // expected-error @below {{expected kernels, linalg ops, loops and views only}}
  memref.store %v, %x[%i] : memref<4xf32>
  return
}
