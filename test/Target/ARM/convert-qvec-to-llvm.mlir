// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

#dsp = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
#none = #qvec.target<level = "armv7m", triple = "thumbv7m", cpu = "", features = "">
#mve = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main", cpu = "", features = "">

// Bytes 0 and 2, then 1 and 3 of both factors.
// CHECK-LABEL: @words
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.arm.sxtb16"
// CHECK: llvm.call_intrinsic "llvm.arm.smlad"
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.arm.sxtb16"
// CHECK: llvm.call_intrinsic "llvm.arm.smlad"
func.func @words(%acc: vector<1xi32>, %a: vector<4xi8>, %b: vector<4xi8>) -> vector<1xi32>
    attributes {qvec.target = #dsp} {
  %0 = qvec.dot4 %acc, %a, %b : vector<1xi32>, vector<4xi8>
  return %0 : vector<1xi32>
}

// CHECK-LABEL: @pair_of_words
// CHECK-NOT: sxtb16
// CHECK: llvm.call_intrinsic "llvm.arm.smlad"
func.func @pair_of_words(%acc: vector<1xi32>, %a: vector<2xi16>, %b: vector<2xi16>) -> vector<1xi32>
    attributes {qvec.target = #dsp} {
  %0 = qvec.dot2 %acc, %a, %b : vector<1xi32>, vector<2xi16>
  return %0 : vector<1xi32>
}

// Bytes 1 and 3 are rotated to where 0 and 2 are.
// CHECK-LABEL: @alternate_bytes
// CHECK-NOT: arith.shrui
// CHECK: llvm.call_intrinsic "llvm.arm.sxtb16"
// CHECK: arith.shrui
// CHECK: arith.shli
// CHECK: llvm.call_intrinsic "llvm.arm.sxtb16"
func.func @alternate_bytes(%x: vector<4xi8>) -> (vector<2xi16>, vector<2xi16>)
    attributes {qvec.target = #dsp} {
  %0 = qvec.alternate_bytes %x : vector<4xi8> to vector<2xi16>
  %1 = qvec.alternate_bytes %x {odd} : vector<4xi8> to vector<2xi16>
  return %0, %1 : vector<2xi16>, vector<2xi16>
}

// CHECK-LABEL: @alternate_bytes_without_words
// CHECK: vector.shuffle {{.*}} [1, 3]
// CHECK: arith.extsi
func.func @alternate_bytes_without_words(%x: vector<4xi8>) -> vector<2xi16>
    attributes {qvec.target = #none} {
  %0 = qvec.alternate_bytes %x {odd} : vector<4xi8> to vector<2xi16>
  return %0 : vector<2xi16>
}

// CHECK-LABEL: @no_words
// CHECK-NOT: llvm.call_intrinsic
// CHECK: arith.muli {{.*}} : vector<4xi32>
func.func @no_words(%acc: vector<1xi32>, %a: vector<4xi8>, %b: vector<4xi8>) -> vector<1xi32>
    attributes {qvec.target = #none} {
  %0 = qvec.dot4 %acc, %a, %b : vector<1xi32>, vector<4xi8>
  return %0 : vector<1xi32>
}

// CHECK-LABEL: @reduce
// CHECK-NOT: arith.muli
// CHECK: llvm.call_intrinsic "llvm.arm.mve.vmldava"({{.*}}) : (i32, i32, i32, i32, vector<16xi8>, vector<16xi8>) -> i32
func.func @reduce(%acc: vector<1xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<1xi32>
    attributes {qvec.target = #mve} {
  %0 = qvec.reduce_dot %acc, %a, %b : vector<1xi32>, vector<16xi8>
  return %0 : vector<1xi32>
}

// CHECK-LABEL: @multiply_high
// CHECK: llvm.call_intrinsic "llvm.arm.mve.vqrdmulh"
func.func @multiply_high(%x: vector<4xi32>, %m: vector<4xi32>) -> vector<4xi32>
    attributes {qvec.target = #mve} {
  %0 = qvec.multiply_high %x, %m {shift = 31 : i32} : vector<4xi32>
  return %0 : vector<4xi32>
}

// Lane by lane where vectors are general registers.
// CHECK-LABEL: @multiply_high_of_lanes
// CHECK-COUNT-2: arith.muli {{.*}} : i64
func.func @multiply_high_of_lanes(%x: vector<2xi32>, %m: vector<2xi32>) -> vector<2xi32>
    attributes {qvec.target = #dsp} {
  %0 = qvec.multiply_high %x, %m {shift = 32 : i32} : vector<2xi32>
  return %0 : vector<2xi32>
}
