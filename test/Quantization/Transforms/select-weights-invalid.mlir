// RUN: not quant-opt %s --qnn-select-weights="weights=i9" 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not quant-opt %s --qnn-select-weights="granularity=row" 2>&1 | FileCheck %s --check-prefix=GRANULARITY
// RUN: not quant-opt %s --qnn-select-weights="granularity=block0" 2>&1 | FileCheck %s --check-prefix=BLOCK
// RUN: not quant-opt %s --qnn-select-weights="scheme=odd" 2>&1 | FileCheck %s --check-prefix=SCHEME
// RUN: not quant-opt %s --qnn-select-weights="config=%S/nowhere.json" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not quant-opt %s --qnn-select-weights="config=%S/Inputs/config-unknown.json" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not quant-opt %s --qnn-select-weights="config=%S/Inputs/config-type.json" 2>&1 | FileCheck %s --check-prefix=NONSENSE
// RUN: not quant-opt %s --qnn-verify-schemes 2>&1 | FileCheck %s --check-prefix=VERIFY

// TYPE: expected weights of type 'f32', 'f16', 'bf16', 'i2' to 'i8' or 'u2' to 'u8', but got 'i9'
// GRANULARITY: expected granularity 'tensor', 'channel' or 'block<N>', but got 'row'
// BLOCK: but got 'block0'
// SCHEME: expected scheme 'symmetric' or 'affine', but got 'odd'
// MISSING: cannot read configuration '{{.*}}nowhere.json': No such file or directory
// UNKNOWN: config-unknown.json: the model has no weight 'nobody'
// NONSENSE: config-type.json: weight 'first': expected a quantized type or f32, but got '!qnn.nonsense<'
// VERIFY: expected a decision about the weight ('qnn.scheme'); run 'qnn-select-weights'
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("first")
  return %0 : tensor<1x2xf32>
}
