// RUN: quant-opt %s -split-input-file --qvec-outline-layers | FileCheck %s

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

// -----

// The frame around what a kernel writes belongs to the kernel's first item.

// CHECK-LABEL: func.func private @main_0_pool_max_pool(
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %{{[a-z0-9]+}}: index)
// CHECK-SAME: qvec.count = 4 : i64, qvec.layer = "pool:pool_max"
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[BEGIN]], %c0
// CHECK: scf.if %[[FIRST]] {
// CHECK-NEXT: linalg.fill
// CHECK-NEXT: }
// CHECK: qvec.kernel pool_max
// CHECK-LABEL: func.func @main(
// CHECK: call
// CHECK-NOT: call
func.func @main(%x: memref<1x4x4x16xi8>, %y: memref<1x5x4x16xi8>) {
  %zero = arith.constant 0 : i8
  %top = memref.subview %y[0, 0, 0, 0] [1, 1, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x1x4x16xi8, strided<[320, 64, 16, 1]>>
  linalg.fill ins(%zero : i8) outs(%top : memref<1x1x4x16xi8, strided<[320, 64, 16, 1]>>) loc("pool")
  %in = memref.subview %y[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  qvec.kernel pool_max input(%x : memref<1x4x4x16xi8>) outs(%in : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  } loc("pool")
  return
}

// -----

// A part that the kernel writes itself must be filled before.

// CHECK-LABEL: func.func @main(
// CHECK: call @main_0_fill_pool
// CHECK: call @main_1_pool_max_pool
func.func @main(%x: memref<1x4x4x16xi8>, %y: memref<1x5x4x16xi8>) {
  %zero = arith.constant 0 : i8
  %top = memref.subview %y[0, 0, 0, 0] [1, 2, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x2x4x16xi8, strided<[320, 64, 16, 1]>>
  linalg.fill ins(%zero : i8) outs(%top : memref<1x2x4x16xi8, strided<[320, 64, 16, 1]>>) loc("pool")
  %in = memref.subview %y[0, 1, 0, 0] [1, 4, 4, 16] [1, 1, 1, 1] : memref<1x5x4x16xi8> to memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>
  qvec.kernel pool_max input(%x : memref<1x4x4x16xi8>) outs(%in : memref<1x4x4x16xi8, strided<[320, 64, 16, 1], offset: 64>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  } loc("pool")
  return
}

// -----

// Small ops of one node are one layer, in their order; another node's is not.

// CHECK-LABEL: func.func private @main_0_copy_softmax(
// CHECK-SAME: qvec.count = 1
// CHECK: linalg.fill
// CHECK: linalg.copy
// CHECK-LABEL: func.func private @main_1_copy_other(
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>, %z: memref<4xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%x : memref<4xf32>) loc("softmax")
  linalg.copy ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) loc("softmax")
  linalg.copy ins(%y : memref<4xf32>) outs(%z : memref<4xf32>) loc("other")
  return
}

// -----

// Where memory is small all ops are one layer of one item, in their order.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK-LABEL: func.func private @main_0_layers(
// CHECK-SAME: qvec.count = 1 : i64, qvec.layer = "layers"
// CHECK: linalg.fill
// CHECK-NEXT: linalg.copy
// CHECK-LABEL: func.func @main(
// CHECK-NEXT: %c0 = arith.constant 0
// CHECK-NEXT: %c1 = arith.constant 1
// CHECK-NEXT: call @main_0_layers(%{{.*}}, %{{.*}}, %c0, %c1)
// CHECK-NEXT: return
func.func @main(%x: memref<1x80x400xi8>, %y: memref<1x80x400xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  linalg.fill ins(%zero : i8) outs(%x : memref<1x80x400xi8>) loc("pad")
  linalg.copy ins(%x : memref<1x80x400xi8>) outs(%y : memref<1x80x400xi8>) loc("other")
  return
}
