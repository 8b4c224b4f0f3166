// RUN: quant-opt %s --qnn-mark-phase=phase=prepare | FileCheck %s

// CHECK: module attributes {qnn.phase = "prepare"}
module attributes {qnn.phase = "import"} {
  func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {
    return %x : tensor<1xf32>
  }
}
