// RUN: quant-run --interpret --print %s | FileCheck %s

// Sums of more products than parts of 32 bits are proved for; divisions that
// round down and up; words as numbers without sign.
// CHECK: long: tensor<1x1xi32>: 20000
// CHECK: floor: tensor<4xi32>: -4 3 -4 3
// CHECK: ceil: tensor<4xi32>: -3 4 -3 4
// CHECK: below: tensor<4xi32>: 1 1 0 0
func.func @main() -> (
    tensor<1x1xi32> {qnn.name = "long"},
    tensor<4xi32> {qnn.name = "floor"},
    tensor<4xi32> {qnn.name = "ceil"},
    tensor<4xi32> {qnn.name = "below"}) {
  %x = arith.constant dense<1> : tensor<1x20000xi8>
  %0 = qnn.dense %x, %x : (tensor<1x20000xi8>, tensor<1x20000xi8>) -> tensor<1x1xi32>
  %a = arith.constant dense<[7, -7, -7, 7]> : tensor<4xi32>
  %b = arith.constant dense<[-2, -2, 2, 2]> : tensor<4xi32>
  %1 = arith.floordivsi %a, %b : tensor<4xi32>
  %2 = arith.ceildivsi %a, %b : tensor<4xi32>
  %c = arith.cmpi ult, %a, %b : tensor<4xi32>
  %3 = arith.extui %c : tensor<4xi1> to tensor<4xi32>
  return %0, %1, %2, %3 : tensor<1x1xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>
}
