// RUN: quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges.json --qnn-verify-ranges | FileCheck %s

// The dense result has no range: the clamp behind it has.
// CHECK: func.func @main(%arg0: tensor<1x2xf32> {qnn.name = "x", qnn.range = #qnn.range<-1.000000e+00, 1.000000e+00, "minmax">})
// CHECK: qnn.dense %arg0, %{{.*}} :
// CHECK: qnn.clamp {{.*}}qnn.range = #qnn.range<0.000000e+00, 6.000000e+00, "by hand">
func.func @main(%x: tensor<1x2xf32> {qnn.name = "x"}) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("gemm")
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2xf32> loc("relu6")
  return %1 : tensor<1x2xf32>
}
