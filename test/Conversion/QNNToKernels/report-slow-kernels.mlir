// RUN: quant-opt %s --qvec-specialize-targets="triple=x86_64-unknown-linux-gnu cpu=x86-64-v3" --convert-qnn-to-kernels --qvec-report-slow-kernels -o /dev/null 2>&1 | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v4 -o /dev/null 2>&1 | FileCheck %s --check-prefix=WIDE
// RUN: quant-opt %s --kernels-pipeline=cpu=avx512vnni -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE --allow-empty
// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64 -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE --allow-empty

// Thirty products and a window of 9 on 30 channels are few, 60 and a window of 25
// are not; nor are floats.

// CHECK: remark: on level 'x86-64-v3' 2 of 5 layers may take longer in 8 bits than in floats, since it has no instruction for products of bytes and their sums are short: thin, small; a --config in which their weights are f32 keeps them float
// CHECK-NOT: remark
// WIDE: remark: on level 'x86-64-v4' 2 of 5
// NONE-NOT: remark
func.func @main(%x: tensor<1x9x9x30xi8>, %f: tensor<1x9x9x30xf32>)
    -> (tensor<1x9x9x60xi8>, tensor<1x9x9x30xi8>, tensor<1x9x9x30xi8>, tensor<1x9x9x30xf32>,
        tensor<1x9x9x30xi8>) {
  %w = arith.constant dense<3> : tensor<60x1x1x30xi8>
  %0 = qnn.conv2d %x, %w window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
    : (tensor<1x9x9x30xi8>, tensor<60x1x1x30xi8>) -> tensor<1x9x9x60xi32> loc("thin")
  %1 = qnn.requantize %0 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x9x9x60xi32> -> tensor<1x9x9x60xi8> loc("thin")
  %v = arith.constant dense<3> : tensor<30x3x3x1xi8>
  %2 = qnn.conv2d %x, %v window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> {groups = 30 : i64}
    : (tensor<1x9x9x30xi8>, tensor<30x3x3x1xi8>) -> tensor<1x9x9x30xi32> loc("small")
  %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x9x9x30xi32> -> tensor<1x9x9x30xi8> loc("small")
  %u = arith.constant dense<3> : tensor<30x5x5x1xi8>
  %4 = qnn.conv2d %x, %u window <kernel = [5, 5], strides = [1, 1], dilations = [1, 1], pads = [2, 2, 2, 2]> {groups = 30 : i64}
    : (tensor<1x9x9x30xi8>, tensor<30x5x5x1xi8>) -> tensor<1x9x9x30xi32> loc("large")
  %5 = qnn.requantize %4 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x9x9x30xi32> -> tensor<1x9x9x30xi8> loc("large")
  %t = arith.constant dense<3.0> : tensor<30x1x1x30xf32>
  %6 = qnn.conv2d %f, %t window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
    : (tensor<1x9x9x30xf32>, tensor<30x1x1x30xf32>) -> tensor<1x9x9x30xf32> loc("float")
  %s = arith.constant dense<3> : tensor<30x1x1x60xi8>
  %7 = qnn.conv2d %1, %s window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
    : (tensor<1x9x9x60xi8>, tensor<30x1x1x60xi8>) -> tensor<1x9x9x30xi32> loc("enough")
  %8 = qnn.requantize %7 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
    : tensor<1x9x9x30xi32> -> tensor<1x9x9x30xi8> loc("enough")
  return %1, %3, %5, %6, %8 : tensor<1x9x9x60xi8>, tensor<1x9x9x30xi8>, tensor<1x9x9x30xi8>, tensor<1x9x9x30xf32>, tensor<1x9x9x30xi8>
}
