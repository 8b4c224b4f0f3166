// RUN: quant-opt %s --qvec-share-kernels -split-input-file | FileCheck %s

// Two layers that differ in places and constants only; a third one fills with
// another value.

// CHECK: func.func private @first_shared(
// CHECK-SAME: %[[FROM:[a-z0-9]+]]: memref<4x8xf32> {llvm.noalias, llvm.readonly},
// CHECK-SAME: %[[TO:[a-z0-9]+]]: memref<16x8xf32>, %{{[a-z0-9]+}}: index, %{{[a-z0-9]+}}: index)
// CHECK-SAME: qvec.count = 4
// CHECK-NOT: qvec.layer
// CHECK: %[[PART:.*]] = memref.subview %[[TO]][2, 0]
// CHECK: linalg.copy ins(%[[FROM]] : {{.*}}) outs(%[[PART]]
// CHECK: func.func private @first(
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<2048xi8>, %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK-SAME: qvec.layer = "first"
// CHECK-DAG: %[[A:.*]] = memref.get_global @a
// CHECK-DAG: %[[VIEW:.*]] = memref.view %[[ARENA]][%c0]
// CHECK: call @first_shared(%[[A]], %[[VIEW]], %[[BEGIN]], %[[END]])
// CHECK-NEXT: return
// CHECK: func.func private @second(
// CHECK-DAG: %[[B:.*]] = memref.get_global @b
// CHECK-DAG: %[[OTHER:.*]] = memref.view %{{.*}}[%c512]
// CHECK: call @first_shared(%[[B]], %[[OTHER]],
// CHECK: func.func private @other_rows(
// CHECK-NOT: call
// CHECK: linalg.copy
memref.global "private" constant @a : memref<4x8xf32> = dense<1.0>
memref.global "private" constant @b : memref<4x8xf32> = dense<2.0>
func.func private @first(%x: memref<4x8xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "first", qvec.count = 4 : i64} {
  %zero = arith.constant 0 : index
  %view = memref.view %arena[%zero][] : memref<2048xi8> to memref<16x8xf32>
  %from = memref.get_global @a : memref<4x8xf32>
  %to = memref.subview %view[2, 0] [4, 8] [1, 1] : memref<16x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 16>>
  linalg.copy ins(%from : memref<4x8xf32>) outs(%to : memref<4x8xf32, strided<[8, 1], offset: 16>>)
  return
}
func.func private @second(%x: memref<4x8xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "second", qvec.count = 4 : i64} {
  %from = memref.get_global @b : memref<4x8xf32>
  %offset = arith.constant 512 : index
  %view = memref.view %arena[%offset][] : memref<2048xi8> to memref<16x8xf32>
  %to = memref.subview %view[2, 0] [4, 8] [1, 1] : memref<16x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 16>>
  linalg.copy ins(%from : memref<4x8xf32>) outs(%to : memref<4x8xf32, strided<[8, 1], offset: 16>>)
  return
}
func.func private @other_rows(%x: memref<4x8xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "other_rows", qvec.count = 4 : i64} {
  %zero = arith.constant 0 : index
  %view = memref.view %arena[%zero][] : memref<2048xi8> to memref<16x8xf32>
  %from = memref.get_global @a : memref<4x8xf32>
  %to = memref.subview %view[3, 0] [4, 8] [1, 1] : memref<16x8xf32> to memref<4x8xf32, strided<[8, 1], offset: 24>>
  linalg.copy ins(%from : memref<4x8xf32>) outs(%to : memref<4x8xf32, strided<[8, 1], offset: 24>>)
  return
}

// -----

// Not shared: a value in the computation differs; the number of items differs;
// a buffer that is written is an input elsewhere. Functions that are no layers
// are left alone.

// CHECK-NOT: _shared
func.func private @zero(%x: memref<4xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "zero", qvec.count = 1 : i64} {
  %value = arith.constant 0.0 : f32
  linalg.fill ins(%value : f32) outs(%x : memref<4xf32>)
  return
}
func.func private @one(%x: memref<4xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "one", qvec.count = 1 : i64} {
  %value = arith.constant 1.0 : f32
  linalg.fill ins(%value : f32) outs(%x : memref<4xf32>)
  return
}
func.func private @zero_items(%x: memref<4xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "zero", qvec.count = 4 : i64} {
  %value = arith.constant 0.0 : f32
  linalg.fill ins(%value : f32) outs(%x : memref<4xf32>)
  return
}
func.func private @plain(%x: memref<4xf32>, %arena: memref<2048xi8>, %begin: index, %end: index) {
  %value = arith.constant 0.0 : f32
  linalg.fill ins(%value : f32) outs(%x : memref<4xf32>)
  return
}

// -----

// The same buffer twice is another computation than two buffers.

// CHECK-NOT: _shared
func.func private @in_place(%x: memref<4xf32>, %y: memref<4xf32>, %begin: index, %end: index) attributes {qvec.layer = "p", qvec.count = 1 : i64} {
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return
}
func.func private @out_of_place(%x: memref<4xf32>, %y: memref<4xf32>, %begin: index, %end: index) attributes {qvec.layer = "q", qvec.count = 1 : i64} {
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}

// -----

// A frame, filled with the first item, belongs to the computation.

// CHECK: func.func private @framed_shared(
// CHECK-SAME: %[[X:[a-z0-9]+]]: memref<4xf32>, %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK: %[[FIRST:.*]] = arith.cmpi eq, %[[BEGIN]], %{{.*}}
// CHECK: scf.if %[[FIRST]]
// CHECK-NEXT: linalg.fill ins(%{{.*}}) outs(%[[X]]
// CHECK: linalg.exp
// CHECK: call @framed_shared(%{{.*}}, %{{.*}}, %{{.*}})
// CHECK-NEXT: return
// CHECK: call @framed_shared(
func.func private @framed(%x: memref<4xf32>, %y: memref<4xf32>, %begin: index, %end: index) attributes {qvec.layer = "f", qvec.count = 2 : i64} {
  %value = arith.constant 0.0 : f32
  %zero = arith.constant 0 : index
  %first = arith.cmpi eq, %begin, %zero : index
  scf.if %first {
    linalg.fill ins(%value : f32) outs(%x : memref<4xf32>)
  }
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return
}
func.func private @framed_too(%x: memref<4xf32>, %y: memref<4xf32>, %begin: index, %end: index) attributes {qvec.layer = "g", qvec.count = 2 : i64} {
  %value = arith.constant 0.0 : f32
  %zero = arith.constant 0 : index
  %first = arith.cmpi eq, %begin, %zero : index
  scf.if %first {
    linalg.fill ins(%value : f32) outs(%y : memref<4xf32>)
  }
  linalg.exp ins(%y : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}

// -----

// Each op of a loop over bands becomes a function, once if it is there twice; where its rows
// are stays in the loop. It computes all of its items.

// CHECK: func.func private @bands_0_copy(
// CHECK-SAME: memref<1x8xi8>, %{{.*}}: memref<1x8xi8>, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME: passthrough = ["noinline"], qvec.count = 1 : i64
// CHECK: linalg.copy
// CHECK: return
// CHECK-NOT: func.func private @bands_1
// CHECK: func.func private @bands(
// CHECK: scf.for
// CHECK: %[[FROM:.*]] = memref.view
// CHECK: %[[TO:.*]] = memref.view
// CHECK: call @bands_0_copy(%[[FROM]], %[[TO]], %c0{{.*}}, %c1
// CHECK: call @bands_0_copy(%[[TO]], %[[FROM]],
// CHECK-NOT: linalg.copy
func.func private @bands(%arena: memref<2048xi8>, %begin: index, %end: index) attributes {qvec.layer = "bands", qvec.count = 1 : i64} {
  %zero = arith.constant 0 : index
  %eight = arith.constant 8 : index
  %sixty = arith.constant 64 : index
  scf.for %i = %zero to %sixty step %eight {
    %from = memref.view %arena[%i][] : memref<2048xi8> to memref<1x8xi8>
    %place = arith.addi %i, %sixty : index
    %to = memref.view %arena[%place][] : memref<2048xi8> to memref<1x8xi8>
    linalg.copy ins(%from : memref<1x8xi8>) outs(%to : memref<1x8xi8>)
    linalg.copy ins(%to : memref<1x8xi8>) outs(%from : memref<1x8xi8>)
  }
  return
}

// -----

// Where memory is small each op of a layer is a function, but for those that
// fill or copy a block. LLVM makes little code of those that do a small part of
// the work, as often as they run: the second, but for the last, which runs a
// thousand times.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: func.func private @all_0_exp({{.*}}{passthrough = ["noinline"], qvec.count
// CHECK: func.func private @all_1_log({{.*}}{passthrough = ["noinline", "optsize", "minsize"], qvec.count
// CHECK: func.func private @all_2_abs({{.*}}{passthrough = ["noinline"], qvec.count
// CHECK: linalg.abs ins(%{{.*}} : memref<4xf32>) outs(%{{.*}} : memref<4xf32>)
// CHECK: func.func private @all(
// CHECK: linalg.fill
// CHECK: call @all_0_exp
// CHECK: linalg.copy
// CHECK: call @all_1_log
// CHECK: call @all_2_abs
func.func private @all(%x: memref<4096xf32>, %y: memref<4096xf32>, %z: memref<4xf32>, %begin: index, %end: index) attributes {qvec.layer = "all", qvec.count = 1 : i64, qvec.target = #small} {
  %zero = arith.constant 0 : i32
  %bits = memref.alloca() : memref<4xi32>
  linalg.fill ins(%zero : i32) outs(%bits : memref<4xi32>)
  linalg.exp ins(%x : memref<4096xf32>) outs(%y : memref<4096xf32>)
  linalg.copy ins(%y : memref<4096xf32>) outs(%x : memref<4096xf32>)
  linalg.log ins(%z : memref<4xf32>) outs(%z : memref<4xf32>)
  linalg.abs {qvec.count = 1000 : i64} ins(%z : memref<4xf32>) outs(%z : memref<4xf32>)
  return
}
