// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/nowhere.json 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-unknown.json 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-order.json 2>&1 | FileCheck %s --check-prefix=ORDER
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-field.json 2>&1 | FileCheck %s --check-prefix=FIELD
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-version.json 2>&1 | FileCheck %s --check-prefix=VERSION
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-syntax.json 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not quant-opt %s --qnn-attach-ranges=table=%S/Inputs/ranges-twice.json 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not quant-opt %s --qnn-verify-ranges 2>&1 | FileCheck %s --check-prefix=VERIFY

// MISSING: cannot read range table '{{.*}}nowhere.json': No such file or directory
// UNKNOWN: the range table lists 'gemm', but no value of that name is quantized
// ORDER: value 0: expected a finite range with min <= max for 'x'
// FIELD: value 0: expected 'name' (a string), 'min' and 'max' (numbers)
// VERSION: expected 'version' 1 and an array 'values'
// SYNTAX: expected JSON:
// TWICE: value 'x' is listed twice
// VERIFY: value 'x' is to be quantized, but has no range; calibrate the model or add it to the range table
func.func @main(%x: tensor<1x2xf32> {qnn.name = "x"}) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("gemm")
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 6.0 : f32} : tensor<1x2xf32> loc("relu6")
  return %1 : tensor<1x2xf32>
}
