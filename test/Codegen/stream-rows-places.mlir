// RUN: quant-opt %s --split-input-file --qvec-stream-rows --canonicalize --cse | FileCheck %s

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// A row that something reads behind its sum is not where the sum goes.

// CHECK-LABEL: func.func @read_again(
// CHECK-COUNT-3: memref.alloc() : memref<1x1x8x4xi8>
// CHECK-NOT: memref.alloc
// CHECK-COUNT-4: qvec.kernel
func.func @read_again(%x: memref<1x8x8x4xi8>, %y: memref<1x8x8x4xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%x : memref<1x8x8x4xi8>) outs(%a : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %b = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%a : memref<1x8x8x4xi8>) outs(%b : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %sum = memref.alloc() : memref<1x8x8x4xi8>
  qvec.kernel pool_max input(%b : memref<1x8x8x4xi8>) residuals(%a : memref<1x8x8x4xi8>) outs(%sum : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %r: i8):
    %s = arith.addi %acc, %r : i8
    qvec.yield %s : i8
  }
  qvec.kernel pool_max input(%sum : memref<1x8x8x4xi8>) residuals(%a : memref<1x8x8x4xi8>) outs(%y : memref<1x8x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8, %r: i8):
    %s = arith.addi %acc, %r : i8
    qvec.yield %s : i8
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Windows of five rows, two apart, leave three rows: two of them move up together, then the last.

// CHECK-LABEL: func.func @uneven(
// CHECK: %[[ROWS:.*]] = memref.alloc() : memref<1x5x8x4xi8>
// CHECK: memref.subview %[[ROWS]][0, %{{.*}}, 0, 0] [1, 5, 8, 4]
// CHECK-DAG: memref.subview %[[ROWS]][0, 2, 0, 0] [1, 2, 8, 4]
// CHECK-DAG: memref.subview %[[ROWS]][0, 0, 0, 0] [1, 2, 8, 4]
// CHECK: linalg.copy
// CHECK-DAG: memref.subview %[[ROWS]][0, 4, 0, 0] [1, 1, 8, 4]
// CHECK-DAG: memref.subview %[[ROWS]][0, 2, 0, 0] [1, 1, 8, 4]
// CHECK: linalg.copy
// CHECK: return
func.func @uneven(%x: memref<1x21x8x4xi8>, %y: memref<1x9x8x4xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x21x8x4xi8>
  qvec.kernel pool_max input(%x : memref<1x21x8x4xi8>) outs(%a : memref<1x21x8x4xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_max input(%a : memref<1x21x8x4xi8>) outs(%y : memref<1x9x8x4xi8>)
      window <kernel = [5, 1], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}
