// RUN: quant-opt %s -split-input-file --qvec-plan-arena --qvec-verify-no-alloc -verify-diagnostics

func.func @main(%n: index, %out: memref<?xf32>) {
  // expected-error @below {{expected a buffer of static shape, but got 'memref<?xf32>'}}
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.copy ins(%a : memref<?xf32>) outs(%out : memref<?xf32>)
  return
}

// -----

func.func private @helper() {
  // expected-error @below {{expected no allocation after planning; buffers live in the arena}}
  %a = memref.alloc() : memref<4xf32>
  return
}
