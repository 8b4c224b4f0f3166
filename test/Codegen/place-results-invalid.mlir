// RUN: quant-opt %s -split-input-file --qvec-place-results -verify-diagnostics

func.func @main(%x: memref<4xf32>, %v: f32) -> f32 {
  // expected-error @below {{expected buffers as results, but got 'f32'}}
  return %v : f32
}

// -----

// expected-error @below {{expected one block}}
func.func @main(%x: memref<4xf32>) -> memref<4xf32> {
  cf.br ^end
^end:
  return %x : memref<4xf32>
}
