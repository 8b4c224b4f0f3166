// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64" --convert-qnn-to-kernels=float=fast | FileCheck %s
// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64" --convert-qnn-to-kernels=float=strict | FileCheck %s --check-prefix=STRICT
// RUN: not quant-opt %s --qvec-specialize-targets --convert-qnn-to-kernels=float=quick 2>&1 | FileCheck %s --check-prefix=INVALID

// STRICT-NOT: fastmath
// STRICT-NOT: fast_float
// INVALID: error: expected 'float' to be strict or fast, but got 'quick'

// Float ops may round otherwise; the conversion to integers, the
// requantization and the integer kernel may not.

// CHECK: module attributes {{{.*}}qvec.fast_float
// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction input(%{{.*}} : tensor<1x1x1x8xf32>)
// CHECK-SAME: fastmath = #arith.fastmath<arcp,contract>
// CHECK: arith.divf %{{.*}} fastmath<arcp,contract> : f32
// CHECK: arith.divf %{{.*}}, %{{[^ ]*}} : f32
// CHECK: qvec.saturate
// CHECK: qvec.kernel contraction input(%{{.*}} : tensor<1x1x1x4xi8>)
// CHECK-NOT: fastmath
// CHECK: arith.mulf %{{.*}}, %{{[^ ]*}} : f64
// CHECK: return
func.func @main(%x: tensor<1x8xf32>) -> tensor<1x2x!qnn.affine<i8, 0.5:3>> {
  %w = arith.constant dense<0.5> : tensor<4x8xf32>
  %0 = qnn.dense %x, %w : (tensor<1x8xf32>, tensor<4x8xf32>) -> tensor<1x4xf32>
  %1 = qnn.unary sigmoid %0 : tensor<1x4xf32>
  %2 = qnn.quantize %1 : tensor<1x4xf32> -> tensor<1x4x!qnn.affine<i8, 0.7>>
  %3 = qnn.storage_cast %2 : tensor<1x4x!qnn.affine<i8, 0.7>> -> tensor<1x4xi8>
  %v = arith.constant dense<3> : tensor<2x4xi8>
  %4 = qnn.dense %3, %v : (tensor<1x4xi8>, tensor<2x4xi8>) -> tensor<1x2xi32>
  %5 = qnn.requantize %4 {multipliers = array<i32: 8388607>, shifts = array<i32: 31>, zeroPoint = 3 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  %6 = qnn.storage_cast %5 : tensor<1x2xi8> -> tensor<1x2x!qnn.affine<i8, 0.5:3>>
  return %6 : tensor<1x2x!qnn.affine<i8, 0.5:3>>
}
