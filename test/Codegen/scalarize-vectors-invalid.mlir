// RUN: quant-opt %s --pass-pipeline='builtin.module(func.func(qvec-scalarize-vectors))' --split-input-file --verify-diagnostics

func.func @tile(%x: memref<4096xi8>, %i: index) {
  // expected-error @+1 {{failed to legalize operation 'qvec.tile_load'}}
  %0 = qvec.tile_load %x[%i] stride 256 : memref<4096xi8> to vector<14x64xi8>
  qvec.tile_store %0, %x[%i] stride 256 : vector<14x64xi8>, memref<4096xi8>
  return
}

// -----

func.func @chosen_at_run_time(%x: memref<4xi8>, %i: index) -> i8 {
  %c0 = arith.constant 0 : index
  %v = vector.load %x[%c0] : memref<4xi8>, vector<4xi8>
  // expected-error @+1 {{failed to legalize operation 'vector.extract'}}
  %0 = vector.extract %v[%i] : i8 from vector<4xi8>
  return %0 : i8
}
