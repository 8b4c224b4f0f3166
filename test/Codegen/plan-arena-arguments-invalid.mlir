// RUN: quant-opt %s -split-input-file --qvec-plan-arena=io-in-arena=true -verify-diagnostics

// Which arguments are inputs is not known.
module attributes {qvec.inputs = [{name = "x"}]} {
  // expected-error @below {{expected an argument for each entry of 'qvec.inputs' and 'qvec.outputs', of which there are 1 and 0, but got 2 arguments}}
  func.func @main(%x: memref<64xf32>, %y: memref<64xf32>) {
    memref.copy %x, %y : memref<64xf32> to memref<64xf32>
    return
  }
}

// -----

module attributes {qvec.inputs = [{name = "n"}]} {
  // expected-error @below {{expected buffers as arguments, but got 'index'}}
  func.func @main(%n: index) {
    return
  }
}

// -----

module attributes {qvec.inputs = [{name = "x"}]} {
  // expected-error @below {{expected a buffer of static shape, but got 'memref<?xf32>'}}
  func.func @main(%x: memref<?xf32>) {
    return
  }
}
