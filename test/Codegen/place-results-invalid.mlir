// RUN: quant-opt %s --qvec-place-results -verify-diagnostics

func.func @main(%x: memref<4xf32>, %v: f32) -> f32 {
  // expected-error @below {{expected buffers as results, but got 'f32'}}
  return %v : f32
}
