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
