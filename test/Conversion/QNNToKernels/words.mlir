// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=avx512vnni" --convert-qnn-to-kernels | FileCheck %s
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64" --convert-qnn-to-kernels | FileCheck %s --check-prefix=PLAIN
// RUN: quant-opt %s -split-input-file --qvec-specialize-targets="triple=thumbv7em-none-eabihf cpu=cortex-m4" --convert-qnn-to-kernels | FileCheck %s --check-prefix=SMALL

// Two words make a step; weights stay bytes. Without fused multiply-add the
// product is exact by itself.
// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction input(%{{.*}} : tensor<1x1x1x4xi16>) weight(%{{.*}} : tensor<1x1x2x32xi8>)
// CHECK-SAME: group = 2
// CHECK-NOT: unsignedInput
// CHECK: math.fma %{{.*}} : f64
// CHECK: arith.trunci %{{.*}} : i32 to i16
// PLAIN-LABEL: @main
// PLAIN: qvec.kernel contraction input(%{{.*}} : tensor<1x1x1x4xi16>)
// PLAIN: %[[PRODUCT:.*]] = arith.mulf %{{.*}} : f64
// PLAIN: arith.addf %[[PRODUCT]], %{{.*}} : f64
// PLAIN: arith.trunci %{{.*}} : i32 to i16
func.func @main(%x: tensor<1x4xi16>) -> tensor<1x2xi16> {
  %w = arith.constant dense<[[1, 2, 3, 4], [-5, 6, 7, 8]]> : tensor<2x4xi8>
  %0 = qnn.dense %x, %w : (tensor<1x4xi16>, tensor<2x4xi8>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 3>, shifts = array<i32: 40>, zeroPoint = 0 : i32, min = -32767 : i32, max = 32767 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi16>
  return %1 : tensor<1x2xi16>
}

// -----

// PLAIN-LABEL: @main
// CHECK-LABEL: @main
// CHECK: qvec.kernel depthwise input(%{{.*}} : tensor<1x3x3x2xi16>) weight(%{{.*}} : tensor<1x3x3x16xi8>)
// CHECK-SAME: group = 1
// CHECK: ^bb0(%{{.*}}: i32
func.func @main(%x: tensor<1x3x3x2xi16>) -> tensor<1x1x1x2xi16> {
  %w = arith.constant dense<1> : tensor<2x3x3x1xi8>
  %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64}
    : (tensor<1x3x3x2xi16>, tensor<2x3x3x1xi8>) -> tensor<1x1x1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1>, shifts = array<i32: 4>, zeroPoint = 0 : i32, min = -32767 : i32, max = 32767 : i32}
    : tensor<1x1x1x2xi32> -> tensor<1x1x1x2xi16>
  return %1 : tensor<1x1x1x2xi16>
}

// -----

// Sums of 64 bits.
// PLAIN-LABEL: @main
// CHECK-LABEL: @main
// CHECK: qvec.kernel contraction
// CHECK: ^bb0(%[[ACC:.*]]: i64
// CHECK: arith.sitofp %[[ACC]] : i64 to f64
func.func @main(%x: tensor<1x600xi16>) -> tensor<1x1xi16> {
  %w = arith.constant dense<127> : tensor<1x600xi8>
  %b = arith.constant dense<5> : tensor<1xi32>
  %0 = qnn.dense %x, %w bias %b : (tensor<1x600xi16>, tensor<1x600xi8>, tensor<1xi32>) -> tensor<1x1xi64>
  %1 = qnn.requantize %0 {multipliers = array<i32: 1>, shifts = array<i32: 20>, zeroPoint = 0 : i32, min = -32767 : i32, max = 32767 : i32}
    : tensor<1x1xi64> -> tensor<1x1xi16>
  return %1 : tensor<1x1xi16>
}

// -----

// Products of more than 53 bits are not: integers of 64 bits take over where
// there is no fused multiply-add.
// CHECK-LABEL: @main
// CHECK: math.fma %{{.*}} : f64
// PLAIN-LABEL: @main
// PLAIN-NOT: f64
// PLAIN: arith.muli %{{.*}} : i64
// PLAIN: arith.trunci %{{.*}} : i64 to i16
func.func @main(%x: tensor<1x600xi16>) -> tensor<1x1xi16> {
  %w = arith.constant dense<120> : tensor<1x600xi8>
  %0 = qnn.dense %x, %w : (tensor<1x600xi16>, tensor<1x600xi8>) -> tensor<1x1xi64>
  %1 = qnn.requantize %0 {multipliers = array<i32: 16777215>, shifts = array<i32: 42>, zeroPoint = 0 : i32, min = -32767 : i32, max = 32767 : i32}
    : tensor<1x1xi64> -> tensor<1x1xi16>
  return %1 : tensor<1x1xi16>
}

// -----

// Bytes take floats where these have a fused multiply-add, and doubles elsewhere.
// CHECK-LABEL: @main
// CHECK: math.fma %{{.*}} : f32
// CHECK: qvec.saturate
// PLAIN-LABEL: @main
// PLAIN-NOT: math.fma
// PLAIN: arith.mulf %{{.*}} : f64
// PLAIN: qvec.saturate
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x2xi8> {
  %w = arith.constant dense<[[1, 2, 3, 4], [-5, 6, 7, 8]]> : tensor<2x4xi8>
  %0 = qnn.dense %x, %w : (tensor<1x4xi8>, tensor<2x4xi8>) -> tensor<1x2xi32>
  %1 = qnn.requantize %0 {multipliers = array<i32: 11184811>, shifts = array<i32: 31>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x2xi32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

// A product of words is rounded by a fused multiply-add of binary64, or by integers where
// there is none.
// CHECK-LABEL: @main
// CHECK: math.fma %{{.*}} : f64
// PLAIN-LABEL: @main
// PLAIN-NOT: f64
// SMALL-LABEL: @main
// SMALL-NOT: f64
// SMALL: arith.muli %{{.*}} : i64
func.func @main(%x: tensor<1x4xi16>, %y: tensor<1x4xi16>) -> tensor<1x4xi16> {
  %0 = qnn.rescale_mul %x, %y {multiplier = 11453247 : i32, shift = 34 : i32, lhsZeroPoint = 0 : i32, rhsZeroPoint = 0 : i32, zeroPoint = 0 : i32, min = -32767 : i32, max = 32767 : i32}
    : (tensor<1x4xi16>, tensor<1x4xi16>) -> tensor<1x4xi16>
  return %0 : tensor<1x4xi16>
}
