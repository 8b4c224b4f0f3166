// RUN: quant-opt %s --qvec-outline-layers | FileCheck %s

// Each op becomes a function over a range of work items: about 4096 elements of
// buffers that are contiguous. The model function is a list of calls.

// CHECK-LABEL: func.func private @main_0_fill_pad(
// CHECK-SAME: memref<1x80x400xf32>, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME: qvec.count = 8 : i64, qvec.layer = "pad:fill"
// CHECK: linalg.fill
// CHECK-LABEL: func.func private @main_1_copy(
// CHECK-LABEL: func.func @main(
// CHECK: call @main_0_fill_pad(%{{.*}}, %{{.*}}, %c0, %c8)
// CHECK: call @main_1_copy
func.func @main(%x: memref<1x80x400xf32>, %y: memref<1x80x400xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%x : memref<1x80x400xf32>) loc("pad")
  memref.copy %x, %y : memref<1x80x400xf32> to memref<1x80x400xf32>
  return
}
