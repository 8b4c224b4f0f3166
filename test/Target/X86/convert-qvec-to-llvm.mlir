// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

// Unsigned by signed bytes is one instruction with VNNI.
// CHECK-LABEL: @vnni
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
func.func @vnni(%acc: vector<16xi32>, %a: vector<64xi8>, %b: vector<64xi8>) -> vector<16xi32>
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<16xi32>, vector<64xi8>
  return %0 : vector<16xi32>
}

// No level: multiplications, and lanes picked one by one.
// CHECK-LABEL: @generic
// CHECK: arith.muli {{.*}} : vector<8xi32>
// CHECK-COUNT-4: vector.shuffle
func.func @generic(%acc: vector<2xi32>, %a: vector<8xi8>, %b: vector<8xi8>) -> vector<2xi32> {
  %0 = qvec.dot4 %acc, %a, %b : vector<2xi32>, vector<8xi8>
  return %0 : vector<2xi32>
}

// Four vectors are packed at once; a permutation puts their blocks in order.
// CHECK-LABEL: @saturate_four_vectors
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx512.packssdw.512"
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.packuswb.512"
// CHECK: vector.shuffle {{.*}} [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]
func.func @saturate_four_vectors(%x: vector<64xi32>) -> vector<64xi8>
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.saturate %x {unsignedResult} : vector<64xi32> to vector<64xi8>
  return %0 : vector<64xi8>
}

// CHECK-LABEL: @saturate_two_vectors
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.packssdw"
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.packsswb"
// CHECK: vector.shuffle {{.*}} [0, 4, 1, 5]
func.func @saturate_two_vectors(%x: vector<16xi32>) -> vector<16xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.saturate %x : vector<16xi32> to vector<16xi8>
  return %0 : vector<16xi8>
}

// The bits of floats plus 1.5 * 2^23, moved back: conversions that round.
// CHECK-LABEL: @saturate_rounded
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.lrint.v8i32.v8f32"(%{{.*}}) : (vector<8xf32>) -> vector<8xi32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.packssdw"
func.func @saturate_rounded(%x: vector<16xf32>) -> vector<16xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %magic = arith.constant dense<0x4B400000> : vector<16xf32>
  %base = arith.constant dense<-1262485504> : vector<16xi32>
  %sum = arith.addf %x, %magic : vector<16xf32>
  %bits = arith.bitcast %sum : vector<16xf32> to vector<16xi32>
  %moved = arith.addi %bits, %base : vector<16xi32>
  %0 = qvec.saturate %moved : vector<16xi32> to vector<16xi8>
  return %0 : vector<16xi8>
}

// Not of floats plus another number.
// CHECK-LABEL: @saturate_other_sum
// CHECK-NOT: lrint
// CHECK: return
func.func @saturate_other_sum(%x: vector<16xf32>) -> vector<16xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %other = arith.constant dense<0x4B400001> : vector<16xf32>
  %base = arith.constant dense<-1262485504> : vector<16xi32>
  %sum = arith.addf %x, %other : vector<16xf32>
  %bits = arith.bitcast %sum : vector<16xf32> to vector<16xi32>
  %moved = arith.addi %bits, %base : vector<16xi32>
  %0 = qvec.saturate %moved : vector<16xi32> to vector<16xi8>
  return %0 : vector<16xi8>
}

// Other sizes, scalars and other targets: limits and a truncation.
// CHECK-LABEL: @saturate_otherwise
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: arith.trunci {{.*}} : vector<24xi32> to vector<24xi8>
// CHECK: arith.trunci {{.*}} : i32 to i8
func.func @saturate_otherwise(%x: vector<24xi32>, %y: i32) -> (vector<24xi8>, i8) {
  %0 = qvec.saturate %x : vector<24xi32> to vector<24xi8>
  %1 = qvec.saturate %y {unsignedResult} : i32 to i8
  return %0, %1 : vector<24xi8>, i8
}

// Bytes of both operands become pairs of words; packing restores their order.
// CHECK-LABEL: @rescale_add
// CHECK: %[[ZERO:.*]] = arith.constant dense<0> : vector<32xi8>
// CHECK: %[[X:.*]] = vector.shuffle %{{.*}}, %[[ZERO]] [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48,
// CHECK: vector.shuffle {{.*}} [0, 16, 1, 17, 2, 18, 3, 19, 8, 24, 9, 25, 10, 26, 11, 27] : vector<16xi16>, vector<16xi16>
// CHECK: %[[W:.*]] = arith.constant dense<[3, -5, 3, -5, 3, -5, 3, -5, 3, -5, 3, -5, 3, -5, 3, -5]> : vector<16xi16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%{{.*}}, %[[W]])
// CHECK: arith.addi
// CHECK: arith.shrsi
// CHECK: vector.shuffle {{.*}} [4, 20, 5, 21, 6, 22, 7, 23, 12, 28, 13, 29, 14, 30, 15, 31] : vector<16xi16>, vector<16xi16>
// CHECK: vector.shuffle %{{.*}}, %[[ZERO]] [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56,
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.packssdw"
// CHECK: %[[R:.*]] = llvm.call_intrinsic "llvm.x86.avx2.packuswb"
// CHECK: return %[[R]]
func.func @rescale_add(%x: vector<32xi8>, %y: vector<32xi8>) -> vector<32xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.rescale_add %x, %y {lhsMultiplier = 3 : i32, rhsMultiplier = -5 : i32, offset = 7 : i32, shift = 2 : i32, unsignedBytes} : vector<32xi8>
  return %0 : vector<32xi8>
}

// 1000003 = 3906 * 256 + 67 and -5 = -1 * 256 + 251: two products, of the upper bits and of
// the lowest 8.
// CHECK-LABEL: @rescale_add_long
// CHECK: %[[HIGH:.*]] = arith.constant dense<[3906, -1, 3906, -1, 3906, -1, 3906, -1, 3906, -1, 3906, -1, 3906, -1, 3906, -1]> : vector<16xi16>
// CHECK: %[[A:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[X:.*]], %[[HIGH]])
// CHECK: %[[LOW:.*]] = arith.constant dense<[67, 251, 67, 251, 67, 251, 67, 251, 67, 251, 67, 251, 67, 251, 67, 251]> : vector<16xi16>
// CHECK: %[[B:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[X]], %[[LOW]])
// CHECK: %[[EIGHT:.*]] = arith.constant dense<8> : vector<8xi32>
// CHECK: %[[C:.*]] = arith.shli %[[A]], %[[EIGHT]]
// CHECK: arith.addi %[[C]], %[[B]]
func.func @rescale_add_long(%x: vector<32xi8>, %y: vector<32xi8>) -> vector<32xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.rescale_add %x, %y {lhsMultiplier = 1000003 : i32, rhsMultiplier = -5 : i32, offset = 7 : i32, shift = 2 : i32, unsignedBytes} : vector<32xi8>
  return %0 : vector<32xi8>
}

// Signed bytes, other sizes and scalars are widened one by one.
// CHECK-LABEL: @rescale_add_otherwise
// CHECK: arith.extsi {{.*}} : vector<32xi8> to vector<32xi32>
// CHECK: arith.extui {{.*}} : vector<16xi8> to vector<16xi32>
// CHECK: arith.extui {{.*}} : i8 to i32
// CHECK-NOT: qvec.
func.func @rescale_add_otherwise(%x: vector<32xi8>, %y: vector<16xi8>, %z: i8) -> (vector<32xi8>, vector<16xi8>, i8)
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.rescale_add %x, %x {lhsMultiplier = 3 : i32, rhsMultiplier = -5 : i32, offset = 7 : i32, shift = 2 : i32} : vector<32xi8>
  %1 = qvec.rescale_add %y, %y {lhsMultiplier = 3 : i32, rhsMultiplier = -5 : i32, offset = 7 : i32, shift = 2 : i32, unsignedBytes} : vector<16xi8>
  %2 = qvec.rescale_add %z, %z {lhsMultiplier = 3 : i32, rhsMultiplier = -5 : i32, offset = 7 : i32, shift = 2 : i32, unsignedBytes} : i8
  return %0, %1, %2 : vector<32xi8>, vector<16xi8>, i8
}

// CHECK-LABEL: @words
// CHECK: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
func.func @words(%acc: vector<4xi32>, %a: vector<8xi16>) -> vector<4xi32>
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.dot2 %acc, %a, %a : vector<4xi32>, vector<8xi16>
  return %0 : vector<4xi32>
}

// Even and odd bytes are words, each with a product of pairs.
// CHECK-LABEL: @pairs
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense<255> : vector<16xi16>
// CHECK-DAG: %[[EIGHT:.*]] = arith.constant dense<8> : vector<16xi16>
// CHECK-DAG: arith.andi %{{.*}}, %[[MASK]]
// CHECK-DAG: arith.shrui %{{.*}}, %[[EIGHT]]
// CHECK-DAG: %[[UP:.*]] = arith.shli %{{.*}}, %[[EIGHT]]
// CHECK-DAG: arith.shrsi %[[UP]], %[[EIGHT]]
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
func.func @pairs(%acc: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<8xi32>, vector<32xi8>
  return %0 : vector<8xi32>
}
