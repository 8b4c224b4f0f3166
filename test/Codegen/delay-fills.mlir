// RUN: quant-opt %s --qvec-stream-rows | FileCheck %s

// Where memory is small padding is filled when it is read: until then the image may lie over
// rows of another one. A fill of what a kernel writes as well stays where it is.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// CHECK-LABEL: func.func @padded(
// CHECK: %[[IMAGE:.*]] = memref.alloc
// CHECK: %[[TOP:.*]] = memref.subview %[[IMAGE]][0, 0, 0, 0] [1, 1, 2, 8]
// CHECK-NOT: linalg.fill
// CHECK: qvec.kernel pool_max input(%arg0
// CHECK: linalg.fill ins(%{{.*}} : i8) outs(%[[TOP]] :
// CHECK-NEXT: qvec.kernel pool_max input(%[[IMAGE]]
// CHECK: return
func.func @padded(%x: memref<1x1x2x8xi8>, %y: memref<1x1x1x8xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x2x2x8xi8>
  %top = memref.subview %a[0, 0, 0, 0] [1, 1, 2, 8] [1, 1, 1, 1] : memref<1x2x2x8xi8> to memref<1x1x2x8xi8, strided<[32, 16, 8, 1]>>
  linalg.fill ins(%zero : i8) outs(%top : memref<1x1x2x8xi8, strided<[32, 16, 8, 1]>>)
  %row = memref.subview %a[0, 1, 0, 0] [1, 1, 2, 8] [1, 1, 1, 1] : memref<1x2x2x8xi8> to memref<1x1x2x8xi8, strided<[32, 16, 8, 1], offset: 16>>
  qvec.kernel pool_max input(%x : memref<1x1x2x8xi8>) outs(%row : memref<1x1x2x8xi8, strided<[32, 16, 8, 1], offset: 16>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%a : memref<1x2x2x8xi8>) outs(%y : memref<1x1x1x8xi8>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}

// CHECK-LABEL: func.func @written(
// CHECK: linalg.fill
// CHECK: qvec.kernel
// CHECK-NOT: linalg.fill
// CHECK: return
func.func @written(%x: memref<1x1x2x8xi8>, %y: memref<1x1x1x8xi8>) attributes {qvec.target = #small} {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x2x2x8xi8>
  %all = memref.subview %a[0, 0, 0, 0] [1, 2, 2, 8] [1, 1, 1, 1] : memref<1x2x2x8xi8> to memref<1x2x2x8xi8, strided<[32, 16, 8, 1]>>
  linalg.fill ins(%zero : i8) outs(%all : memref<1x2x2x8xi8, strided<[32, 16, 8, 1]>>)
  %row = memref.subview %a[0, 1, 0, 0] [1, 1, 2, 8] [1, 1, 1, 1] : memref<1x2x2x8xi8> to memref<1x1x2x8xi8, strided<[32, 16, 8, 1], offset: 16>>
  qvec.kernel pool_max input(%x : memref<1x1x2x8xi8>) outs(%row : memref<1x1x2x8xi8, strided<[32, 16, 8, 1], offset: 16>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%a : memref<1x2x2x8xi8>) outs(%y : memref<1x1x1x8xi8>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}
