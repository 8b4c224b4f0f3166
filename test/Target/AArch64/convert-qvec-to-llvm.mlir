// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

#dotprod = #qvec.target<level = "aarch64-dotprod", triple = "aarch64", cpu = "", features = "">
#i8mm = #qvec.target<level = "aarch64-i8mm", triple = "aarch64", cpu = "", features = "">
#base = #qvec.target<level = "aarch64", triple = "aarch64", cpu = "", features = "">

// CHECK-LABEL: @signed
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.sdot"(%arg0, %arg2, %arg1)
func.func @signed(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #dotprod} {
  %0 = qvec.dot4 %acc, %a, %b : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// CHECK-LABEL: @unsigned
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.usdot"
func.func @unsigned(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #i8mm} {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// The dot product of signed bytes would take bytes without sign for negative.
// CHECK-LABEL: @unsigned_without_i8mm
// CHECK-NOT: llvm.call_intrinsic
// CHECK: arith.extui
// CHECK-NOT: llvm.call_intrinsic
func.func @unsigned_without_i8mm(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #dotprod} {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// Products of the first two bytes of each four and of the last two, each added
// in pairs.
// CHECK-LABEL: @pairwise
// CHECK: vector.shuffle {{.*}} [0, 2, 4, 6] : vector<8xi16>, vector<8xi16>
// CHECK: arith.muli {{.*}} : vector<8xi16>
// CHECK: %[[FIRST:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.saddlp"
// CHECK: %[[SUM:.*]] = arith.addi %{{.*}}, %[[FIRST]] : vector<4xi32>
// CHECK: vector.shuffle {{.*}} [1, 3, 5, 7] : vector<8xi16>, vector<8xi16>
// CHECK: arith.muli {{.*}} : vector<8xi16>
// CHECK: %[[LAST:.*]] = llvm.call_intrinsic "llvm.aarch64.neon.saddlp"
// CHECK: arith.addi %[[SUM]], %[[LAST]] : vector<4xi32>
func.func @pairwise(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #base} {
  %0 = qvec.dot4 %acc, %a, %b : vector<4xi32>, vector<16xi8>
  return %0 : vector<4xi32>
}

// Whole vectors, and a part that is filled up.
// CHECK-LABEL: @multiply_high
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.aarch64.neon.sqrdmulh"({{.*}}) : (vector<4xi32>, vector<4xi32>) -> vector<4xi32>
// CHECK: vector.extract_strided_slice {{.*}} : vector<4xi32> to vector<2xi32>
func.func @multiply_high(%x: vector<6xi32>, %m: vector<6xi32>) -> vector<6xi32>
    attributes {qvec.target = #base} {
  %0 = qvec.multiply_high %x, %m {shift = 31 : i32} : vector<6xi32>
  return %0 : vector<6xi32>
}

// The instruction has the other shift: products of 64 bits.
// CHECK-LABEL: @multiply_high_of_another_shift
// CHECK-NOT: llvm.call_intrinsic
// CHECK: arith.muli {{.*}} : i64
func.func @multiply_high_of_another_shift(%x: vector<4xi32>, %m: vector<4xi32>) -> vector<4xi32>
    attributes {qvec.target = #base} {
  %0 = qvec.multiply_high %x, %m {shift = 32 : i32} : vector<4xi32>
  return %0 : vector<4xi32>
}
