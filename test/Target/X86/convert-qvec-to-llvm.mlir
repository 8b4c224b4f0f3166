// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

// Unsigned by signed bytes is one instruction with VNNI.
// CHECK-LABEL: @vnni
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
func.func @vnni(%acc: vector<16xi32>, %a: vector<64xi8>, %b: vector<64xi8>) -> vector<16xi32>
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<16xi32>, vector<64xi8>
  return %0 : vector<16xi32>
}

// Without VNNI bytes are widened and never saturate.
// CHECK-LABEL: @avx2
// CHECK: arith.extui {{.*}} : vector<16xi8> to vector<16xi16>
// CHECK: arith.extsi {{.*}} : vector<16xi8> to vector<16xi16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
func.func @avx2(%acc: vector<8xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<8xi32>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.dot2 %acc, %a, %b {unsignedLhs} : vector<8xi32>, vector<16xi8>
  return %0 : vector<8xi32>
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
