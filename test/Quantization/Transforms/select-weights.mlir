// RUN: quant-opt %s --qnn-select-weights="weights=i8 min-elements=3 exclude=skip*" --qnn-verify-schemes | FileCheck %s
// RUN: quant-opt %s --qnn-select-weights="weights=i8 min-elements=2" | FileCheck %s --check-prefix=LIMIT
// RUN: quant-opt %s --qnn-select-weights="weights=u4 scheme=affine" | FileCheck %s --check-prefix=U4
// RUN: quant-opt %s --qnn-select-weights="weights=f16" | FileCheck %s --check-prefix=F16
// RUN: quant-opt %s --qnn-select-weights="granularity=tensor" | FileCheck %s --check-prefix=TENSOR
// RUN: quant-opt %s --qnn-select-weights="exclude=@first" | FileCheck %s --check-prefix=FIRST
// RUN: quant-opt %s --qnn-select-weights="exclude=@dense" | FileCheck %s --check-prefix=KIND
// RUN: quant-opt %s --qnn-select-weights="exclude=@conv2d,@depthwise" | FileCheck %s --check-prefix=OTHER
// RUN: quant-opt %s --qnn-select-weights="config=%S/Inputs/config.json" | FileCheck %s --check-prefix=CONFIG

// Every weight gets a decision and its reason; the bias and the constant of
// the sum get none.
// CHECK-LABEL: func @main
// CHECK: qnn.dense {{.*}} {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8<-127:127>, 0>, "default">}
// CHECK: qnn.dense {{.*}} {qnn.scheme = #qnn.scheme<f32, "excluded by 'skip*'">}
// CHECK: qnn.dense {{.*}} {qnn.scheme = #qnn.scheme<f32, "fewer than 3 elements">}
// CHECK: qnn.dense {{.*}} {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "by hand">}
// CHECK-NOT: qnn.scheme
// LIMIT-LABEL: func @main
// LIMIT-NOT: fewer than
// U4: qnn.scheme = #qnn.scheme<!qnn.affine_block<ui4, 32>, "default", affine = true>
// F16: qnn.scheme = #qnn.scheme<!qnn.float<f16>, "default">
// TENSOR: qnn.scheme = #qnn.scheme<!qnn.affine<i8<-127:127>, 1.000000e+00>, "default">
// FIRST: qnn.scheme = #qnn.scheme<f32, "excluded by '@first'">
// FIRST-NOT: excluded
// KIND-COUNT-3: "excluded by '@dense'"
// KIND: "by hand"
// OTHER-NOT: excluded
// CONFIG: qnn.scheme = #qnn.scheme<!qnn.affine_axis<i8<-127:127>, 0>, "default">
// CONFIG: qnn.scheme = #qnn.scheme<!qnn.float<bf16>, "size">
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %v = arith.constant dense<1.0> : tensor<1x2xf32>
  %b = arith.constant dense<1.0> : tensor<2xf32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32> loc("first")
  %1 = qnn.dense %0, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("skip_1")
  %2 = qnn.dense %1, %v : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x1xf32> loc("small")
  %3 = qnn.dense %1, %w {qnn.scheme = #qnn.scheme<!qnn.affine_axis<i4, 0>, "by hand">} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("last")
  %4 = qnn.binary add %3, %2 : (tensor<1x2xf32>, tensor<1x1xf32>) -> tensor<1x2xf32>
  %5 = qnn.binary add %4, %b : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}
