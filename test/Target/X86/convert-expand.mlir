// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

// The permutation of each mask: an index that gives 0 where no bit is set.
// CHECK: memref.global "private" constant @[[TABLE:.*]] : memref<2048xi8>

// CHECK-LABEL: @one_instruction
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.mask.expand"(%arg0, %{{.*}}, %arg1)
// CHECK-NOT: memref.get_global
func.func @one_instruction(%v: vector<64xi8>, %m: vector<64xi1>) -> vector<64xi8>
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.expand %v, %m : vector<64xi8>, vector<64xi1>
  return %0 : vector<64xi8>
}

// CHECK-LABEL: @table
// CHECK: %[[BYTE:.*]] = vector.bitcast %arg1 : vector<8xi1> to vector<1xi8>
// CHECK: %[[ROW:.*]] = arith.muli
// CHECK: %[[ROWS:.*]] = memref.get_global @[[TABLE]]
// CHECK: %[[INDEX:.*]] = vector.load %[[ROWS]][%[[ROW]]] : memref<2048xi8>, vector<8xi8>
// CHECK: %[[VALUES:.*]] = vector.shuffle %arg0, %arg0 [0, 1, 2, 3, 4, 5, 6, 7, -1
// CHECK: %[[WIDE:.*]] = vector.shuffle %[[INDEX]]
// CHECK: llvm.call_intrinsic "llvm.x86.ssse3.pshuf.b.128"(%[[VALUES]], %[[WIDE]])
func.func @table(%v: vector<8xi8>, %m: vector<8xi1>) -> vector<8xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.expand %v, %m : vector<8xi8>, vector<8xi1>
  return %0 : vector<8xi8>
}

// Other lengths, and levels without permutations, take lane by lane.
// CHECK-LABEL: @lanes
// CHECK-NOT: call_intrinsic
// CHECK-COUNT-16: arith.select
// CHECK-LABEL: @no_permutation
// CHECK-COUNT-8: arith.select
func.func @lanes(%v: vector<16xi8>, %m: vector<16xi1>) -> vector<16xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.expand %v, %m : vector<16xi8>, vector<16xi1>
  return %0 : vector<16xi8>
}
func.func @no_permutation(%v: vector<8xi8>, %m: vector<8xi1>) -> vector<8xi8>
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "", features = "">} {
  %0 = qvec.expand %v, %m : vector<8xi8>, vector<8xi1>
  return %0 : vector<8xi8>
}
