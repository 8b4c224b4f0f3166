// RUN: quant-run --interpret --print %s | FileCheck %s

// What the `kernels` phase produces: linalg, tensor and arith ops.
// CHECK: output0: tensor<2x3xf32>: 10.5 12 22 11 21 4
// CHECK: output1: tensor<2xf32>: 6 15.5
// CHECK: output2: tensor<2x3xi32>: 1 2 3 104 105 106
// CHECK: output3: tensor<4xi64>: 1 4 9 -8589934588
// CHECK: output4: tensor<3x5xi8>: 7 1 2 3 7 7 4 5 6 7 7 7 7 7 7
// CHECK: output5: tensor<1xi32>: -2
// CHECK: output6: tensor<2x3xi32>: 2 4 6 208 210 212
#id = affine_map<(d0, d1) -> (d0, d1)>
#tr = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d0)>
func.func @main() -> (tensor<2x3xf32>, tensor<2xf32>, tensor<2x3xi32>, tensor<4xi64>, tensor<3x5xi8>, tensor<1xi32>, tensor<2x3xi32>) {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.5, 6.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[[0.5, 0.25], [1.0, 2.0], [4.0, -1.0]]> : tensor<3x2xf32>
  %e = tensor.empty() : tensor<2x3xf32>
  %c = arith.constant 10.0 : f32
  %0 = linalg.generic {indexing_maps = [#id, #tr, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %b : tensor<2x3xf32>, tensor<3x2xf32>) outs(%e : tensor<2x3xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %m = math.fma %x, %y, %c : f32
    linalg.yield %m : f32
  } -> tensor<2x3xf32>
  %zero = arith.constant 0.0 : f32
  %es = tensor.empty() : tensor<2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%es : tensor<2xf32>) -> tensor<2xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%a : tensor<2x3xf32>) outs(%f : tensor<2xf32>) {
  ^bb0(%x: f32, %acc: f32):
    %s = arith.addf %acc, %x : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  %ei = tensor.empty() : tensor<2x3xi32>
  %2 = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%ei : tensor<2x3xi32>) {
  ^bb0(%acc: i32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %v = tensor.extract %a[%i, %j] : tensor<2x3xf32>
    %n = arith.fptosi %v : f32 to i32
    %k = arith.index_cast %i : index to i32
    %c100 = arith.constant 100 : i32
    %k1 = arith.muli %k, %c100 : i32
    %r = arith.addi %n, %k1 : i32
    linalg.yield %r : i32
  } -> tensor<2x3xi32>
  %p = arith.constant dense<[1, -2, 3, -4]> : tensor<4xi32>
  %q = arith.constant dense<[1, -2, 3, 2147483647]> : tensor<4xi32>
  %lo, %hi = arith.mulsi_extended %p, %q : tensor<4xi32>
  %lo64 = arith.extui %lo : tensor<4xi32> to tensor<4xi64>
  %hi64 = arith.extsi %hi : tensor<4xi32> to tensor<4xi64>
  %c32 = arith.constant dense<32> : tensor<4xi64>
  %hs = arith.shli %hi64, %c32 : tensor<4xi64>
  %3 = arith.ori %hs, %lo64 : tensor<4xi64>
  %t = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>
  %seven = arith.constant 7 : i8
  %4 = tensor.pad %t low[0, 1] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %seven : i8
  } : tensor<2x3xi8> to tensor<3x5xi8>
  %c1 = arith.constant 1 : index
  %el0 = tensor.extract %p[%c1] : tensor<4xi32>
  %el = tensor.from_elements %el0 : tensor<1xi32>
  %em = tensor.empty() : tensor<2x3xi32>
  %5 = linalg.map { arith.addi } ins(%2, %2 : tensor<2x3xi32>, tensor<2x3xi32>) outs(%em : tensor<2x3xi32>)
  return %0, %1, %2, %3, %4, %el, %5 : tensor<2x3xf32>, tensor<2xf32>, tensor<2x3xi32>, tensor<4xi64>, tensor<3x5xi8>, tensor<1xi32>, tensor<2x3xi32>
}
