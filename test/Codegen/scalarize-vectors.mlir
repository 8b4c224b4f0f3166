// Each lane of a vector becomes a value, and ops that only move lanes vanish.
// RUN: quant-opt %s --pass-pipeline='builtin.module(func.func(qvec-scalarize-vectors,canonicalize,cse))' --split-input-file | FileCheck %s

// CHECK-LABEL: @dot
// CHECK-SAME: %[[X:.*]]: memref<16xi8>, %[[W:.*]]: memref<16xi8>, %[[Y:.*]]: memref<2xi32>
func.func @dot(%x: memref<16xi8>, %w: memref<16xi8>, %y: memref<2xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant dense<7> : vector<1xi32>
  // The loop hands on one sum.
  // CHECK: %[[S:.*]] = scf.for {{.*}} iter_args(%[[ACC:.*]] = %c7_i32) -> (i32)
  %s = scf.for %i = %c0 to %c2 step %c1 iter_args(%acc = %zero) -> vector<1xi32> {
    // CHECK: %[[X0:.*]] = memref.load %[[X]]
    // CHECK: %[[W0:.*]] = memref.load %[[W]]
    // CHECK: arith.extsi %[[X0]] : i8 to i32
    // CHECK: arith.extsi %[[W0]] : i8 to i32
    // CHECK-COUNT-4: arith.muli {{.*}} : i32
    %a = vector.load %x[%i] : memref<16xi8>, vector<4xi8>
    %b = vector.load %w[%i] : memref<16xi8>, vector<4xi8>
    %d = qvec.dot4 %acc, %a, %b : vector<1xi32>, vector<4xi8>
    scf.yield %d : vector<1xi32>
  }
  // CHECK: memref.store %[[S]], %[[Y]]
  vector.store %s, %y[%c0] : memref<2xi32>, vector<1xi32>
  return
}

// -----

// CHECK-LABEL: @unsigned_dot
// CHECK: arith.extui
// CHECK: arith.extsi
func.func @unsigned_dot(%acc: i32, %x: i8, %w: i8) -> i32 {
  %a = vector.broadcast %acc : i32 to vector<1xi32>
  %l = vector.broadcast %x : i8 to vector<4xi8>
  %r = vector.broadcast %w : i8 to vector<4xi8>
  %d = qvec.dot4 %a, %l, %r {unsignedLhs} : vector<1xi32>, vector<4xi8>
  %e = vector.extract %d[0] : i32 from vector<1xi32>
  return %e : i32
}

// -----

// CHECK-LABEL: @moves
// CHECK-SAME: %[[A:.*]]: i8, %[[B:.*]]: i8, %[[C:.*]]: i8, %[[D:.*]]: i8
// CHECK-NEXT: return %[[B]], %[[D]], %[[A]], %[[C]]
func.func @moves(%a: i8, %b: i8, %c: i8, %d: i8) -> (i8, i8, i8, i8) {
  %v = vector.from_elements %a, %b, %c, %d : vector<4xi8>
  %odd = vector.shuffle %v, %v [1, 3] : vector<4xi8>, vector<4xi8>
  %part = vector.extract_strided_slice %v {offsets = [2], sizes = [2], strides = [1]} : vector<4xi8> to vector<2xi8>
  %w = vector.insert %a, %part[1] : i8 into vector<2xi8>
  %all = vector.insert_strided_slice %odd, %v {offsets = [0], strides = [1]} : vector<2xi8> into vector<4xi8>
  %r0 = vector.extract %all[0] : i8 from vector<4xi8>
  %r1 = vector.extract %all[1] : i8 from vector<4xi8>
  %r2 = vector.extract %w[1] : i8 from vector<2xi8>
  %r3 = vector.extract %all[2] : i8 from vector<4xi8>
  return %r0, %r1, %r2, %r3 : i8, i8, i8, i8
}

// -----

// Lane 0 has the lowest bits on every machine.
// CHECK-LABEL: @bits
// CHECK-SAME: %[[LOW:.*]]: i8, %[[HIGH:.*]]: i8
// CHECK-DAG: %[[L:.*]] = arith.extui %[[LOW]] : i8 to i16
// CHECK-DAG: %[[H:.*]] = arith.extui %[[HIGH]] : i8 to i16
// CHECK: %[[M:.*]] = arith.shli %[[H]], %c8_i16
// CHECK: %[[R:.*]] = arith.ori %[[L]], %[[M]]
// CHECK: return %[[R]]
func.func @bits(%low: i8, %high: i8) -> i16 {
  %v = vector.from_elements %low, %high : vector<2xi8>
  %w = vector.bitcast %v : vector<2xi8> to vector<1xi16>
  %r = vector.extract %w[0] : i16 from vector<1xi16>
  return %r : i16
}

// -----

// What a mask leaves out is not loaded.
// CHECK-LABEL: @masked
// CHECK: scf.if
// CHECK: memref.load
// CHECK: else
func.func @masked(%x: memref<8xf32>, %m: i1, %other: f32) -> f32 {
  %c3 = arith.constant 3 : index
  %mask = vector.broadcast %m : i1 to vector<1xi1>
  %pass = vector.broadcast %other : f32 to vector<1xf32>
  %v = vector.maskedload %x[%c3], %mask, %pass : memref<8xf32>, vector<1xi1>, vector<1xf32> into vector<1xf32>
  %r = vector.extract %v[0] : f32 from vector<1xf32>
  return %r : f32
}

// -----

// Nothing to do.
// CHECK-LABEL: @scalars
// CHECK-NEXT: arith.addi
// CHECK-NEXT: return
func.func @scalars(%a: i32) -> i32 {
  %r = arith.addi %a, %a : i32
  return %r : i32
}

// -----

// What is inserted takes the places from its offset on.
// CHECK-LABEL: @insert_at
// CHECK-SAME: %[[V:.*]]: memref<4xi8>, %[[P:.*]]: memref<2xi8>, %[[Y:.*]]: memref<4xi8>
// CHECK-DAG: %[[V0:.*]] = memref.load %[[V]][%c0]
// CHECK-DAG: %[[V3:.*]] = memref.load %[[V]][%c3]
// CHECK-DAG: %[[P0:.*]] = memref.load %[[P]][%c0]
// CHECK-DAG: %[[P1:.*]] = memref.load %[[P]][%c1]
// CHECK: memref.store %[[V0]], %[[Y]][%c0]
// CHECK: memref.store %[[P0]], %[[Y]][%c1]
// CHECK: memref.store %[[P1]], %[[Y]][%c2]
// CHECK: memref.store %[[V3]], %[[Y]][%c3]
func.func @insert_at(%v: memref<4xi8>, %p: memref<2xi8>, %y: memref<4xi8>) {
  %c0 = arith.constant 0 : index
  %all = vector.load %v[%c0] : memref<4xi8>, vector<4xi8>
  %part = vector.load %p[%c0] : memref<2xi8>, vector<2xi8>
  %new = vector.insert_strided_slice %part, %all {offsets = [1], strides = [1]} : vector<2xi8> into vector<4xi8>
  vector.store %new, %y[%c0] : memref<4xi8>, vector<4xi8>
  return
}
