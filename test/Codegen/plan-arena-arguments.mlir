// RUN: quant-opt %s -split-input-file --qvec-plan-arena=io-in-arena=true | FileCheck %s

// The input is live from before the first op to its last use, the output from its
// first use to the end: the output lies where the input was, and the buffer between
// them behind.

// CHECK: qvec.arena_bytes = 576
// CHECK-SAME: qvec.inputs = [{arena_offset = 0 : i64, name = "x", type = tensor<64xf32>}]
// CHECK-SAME: qvec.outputs = [{arena_offset = 0 : i64, name = "y", type = tensor<64xf32>}]
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: memref<64xf32>, %[[Y:.*]]: memref<64xf32>, %[[ARENA:.*]]: memref<576xi8>
// CHECK-DAG: %[[IN:.*]] = memref.view %[[ARENA]][%c0{{.*}}][]
// CHECK-DAG: %[[BUFFER:.*]] = memref.view %[[ARENA]][%c256{{.*}}][]
// CHECK-NOT: %[[X]]
// CHECK-NOT: %[[Y]]
// CHECK: return
module attributes {qvec.inputs = [{name = "x", type = tensor<64xf32>}],
                   qvec.outputs = [{name = "y", type = tensor<64xf32>}]} {
  func.func @main(%in: memref<64xf32>, %out: memref<64xf32>) {
    %a = memref.alloc() : memref<64xf32>
    memref.copy %in, %a : memref<64xf32> to memref<64xf32>
    memref.copy %a, %out : memref<64xf32> to memref<64xf32>
    return
  }
}

// -----

// An input that nothing reads is written like the other one before the first op. An
// output keeps its place to the end.

// CHECK: qvec.arena_bytes = 832
// CHECK-SAME: qvec.inputs = [{arena_offset = 0 : i64, name = "unused"}, {arena_offset = 256 : i64, name = "x"}]
// CHECK-SAME: qvec.outputs = [{arena_offset = 0 : i64, name = "y"}, {arena_offset = 512 : i64, name = "z"}]
// CHECK-LABEL: func.func @main(
module attributes {qvec.inputs = [{name = "unused"}, {name = "x"}],
                   qvec.outputs = [{name = "y"}, {name = "z"}]} {
  func.func @main(%unused: memref<64xf32>, %x: memref<64xf32>, %y: memref<64xf32>, %z: memref<64xf32>) {
    memref.copy %x, %y : memref<64xf32> to memref<64xf32>
    memref.copy %x, %z : memref<64xf32> to memref<64xf32>
    return
  }
}

// -----

// A buffer with the input's elements takes its place, and the copy vanishes.

// CHECK: qvec.arena_bytes = 576
// CHECK-SAME: qvec.inputs = [{arena_offset = 0 : i64, name = "x"}]
// CHECK-SAME: qvec.outputs = [{arena_offset = 256 : i64, name = "y"}]
// CHECK-LABEL: func.func @main(
// CHECK-NOT: linalg.copy
// CHECK: memref.copy
// CHECK: return
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @main(%x: memref<64xf32>, %y: memref<64xf32>) {
    %a = memref.alloc() : memref<64xf32>
    linalg.copy ins(%x : memref<64xf32>) outs(%a : memref<64xf32>)
    memref.copy %a, %y : memref<64xf32> to memref<64xf32>
    return
  }
}

// -----

// Functions for two levels have the same places, which no other buffer shares.

// CHECK: qvec.arena_bytes = 832
// CHECK-SAME: qvec.inputs = [{arena_offset = 0 : i64, name = "x"}]
// CHECK-SAME: qvec.outputs = [{arena_offset = 256 : i64, name = "y"}]
// CHECK-LABEL: func.func @first(
// CHECK: memref.view %{{.*}}[%c512{{.*}}][]
// CHECK-LABEL: func.func @second(
// CHECK-SAME: memref<832xi8>
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @first(%x: memref<64xf32>, %y: memref<64xf32>) {
    %a = memref.alloc() : memref<64xf32>
    memref.copy %x, %a : memref<64xf32> to memref<64xf32>
    memref.copy %a, %y : memref<64xf32> to memref<64xf32>
    return
  }
  func.func @second(%x: memref<64xf32>, %y: memref<64xf32>) {
    memref.copy %x, %y : memref<64xf32> to memref<64xf32>
    return
  }
}
