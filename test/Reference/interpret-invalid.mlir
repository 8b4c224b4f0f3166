// RUN: rm -rf %t && split-file %s %t
// RUN: not quant-run --interpret --print %t/overflow.mlir 2>&1 | FileCheck %s --check-prefix=OVERFLOW
// RUN: not quant-run --interpret --print %t/unknown.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not quant-run --interpret --print %t/dynamic.mlir 2>&1 | FileCheck %s --check-prefix=DYNAMIC
// RUN: not quant-run --interpret --print %t/type.mlir 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not quant-run --interpret --print %t/functions.mlir 2>&1 | FileCheck %s --check-prefix=FUNCTIONS
// RUN: not quant-run --interpret --print %t/slice.mlir 2>&1 | FileCheck %s --check-prefix=SLICE
// RUN: not quant-run --interpret --print %t/divide.mlir 2>&1 | FileCheck %s --check-prefix=DIVIDE
// RUN: not quant-run --interpret --print %t/region.mlir 2>&1 | FileCheck %s --check-prefix=REGION
// RUN: not quant-run --interpret --print %t/large.mlir 2>&1 | FileCheck %s --check-prefix=LARGE

// Every message names the place and the op.

//--- overflow.mlir
// OVERFLOW: quant-run: error: {{.*}}overflow.mlir:5:8: 'qnn.dense' op accumulator of output channel 0 reached 2147483648, outside i32
func.func @main() -> tensor<1x1xi32> {
  %x = arith.constant dense<1> : tensor<1x1xi8>
  %b = arith.constant dense<2147483647> : tensor<1xi32>
  %y = qnn.dense %x, %x bias %b : (tensor<1x1xi8>, tensor<1x1xi8>, tensor<1xi32>) -> tensor<1x1xi32>
  return %y : tensor<1x1xi32>
}

//--- unknown.mlir
// UNKNOWN: unknown.mlir:3:8: 'tosa.abs' op is not known to the interpreter
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tosa.abs %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

//--- dynamic.mlir
// DYNAMIC: dynamic.mlir:2:1: 'func.func' op has the dynamic type 'tensor<?xf32>'; the interpreter needs static shapes
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

//--- type.mlir
// TYPE: type.mlir:2:1: 'func.func' op has type 'tensor<4xcomplex<f32>>', which the interpreter does not support
func.func @main(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  return %x : tensor<4xcomplex<f32>>
}

//--- functions.mlir
// FUNCTIONS: quant-run: error: {{.*}}functions.mlir: expected a function 'main' or exactly one function, but got 2
func.func private @a()
func.func private @b()

//--- slice.mlir
// SLICE: slice.mlir:4:8: 'tensor.extract_slice' op reaches outside dimension 0 of size 4
func.func @main() -> tensor<2xf32> {
  %x = arith.constant dense<1.0> : tensor<4xf32> %i = arith.constant 3 : index
  %y = tensor.extract_slice %x[%i] [2] [1] : tensor<4xf32> to tensor<2xf32>
  return %y : tensor<2xf32>
}

//--- divide.mlir
// DIVIDE: divide.mlir:3:8: 'arith.divsi' op a region of scalars divides an integer by 0
func.func @main() -> tensor<1xi32> { %x = arith.constant dense<0> : tensor<1xi32>
  %y = arith.divsi %x, %x : tensor<1xi32>
  return %y : tensor<1xi32>
}

//--- region.mlir
// REGION: 'math.erf' op is not known to the interpreter in a region of scalars
func.func @main() -> tensor<4xf32> {
  %x = arith.constant dense<1.0> : tensor<4xf32>
  %y = linalg.map ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) (%a: f32, %b: f32) {
    %c = math.erf %a : f32
    linalg.yield %c : f32
  }
  return %y : tensor<4xf32>
}

//--- large.mlir
// LARGE: large.mlir:3:8: 'tensor.empty' op has type 'tensor<3000000000x3000000000x4000000000xi8>' of more than 1073741824 elements, which the interpreter refuses
func.func @main() -> tensor<1xi8> {
  %x = tensor.empty() : tensor<3000000000x3000000000x4000000000xi8>
  %y = tensor.extract_slice %x[0, 0, 0] [1, 1, 1] [1, 1, 1] : tensor<3000000000x3000000000x4000000000xi8> to tensor<1xi8>
  return %y : tensor<1xi8>
}
