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

// Two rows by two columns.
// CHECK-LABEL: @rows
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.smmla"(%arg0, %arg1, %arg2)
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.usmmla"(%{{.*}}, %arg1, %arg2)
func.func @rows(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #i8mm} {
  %0 = qvec.mmla %acc, %a, %b : vector<4xi32>, vector<16xi8>
  %1 = qvec.mmla %0, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  return %1 : vector<4xi32>
}

// One element of each row and column after another.
// CHECK-LABEL: @rows_without_i8mm
// CHECK-NOT: llvm.call_intrinsic
// CHECK: vector.shuffle {{.*}} [0, 0, 8, 8] : vector<16xi32>, vector<16xi32>
// CHECK: vector.shuffle {{.*}} [0, 8, 0, 8] : vector<16xi32>, vector<16xi32>
// CHECK: vector.shuffle {{.*}} [7, 7, 15, 15] : vector<16xi32>, vector<16xi32>
// CHECK: vector.shuffle {{.*}} [7, 15, 7, 15] : vector<16xi32>, vector<16xi32>
func.func @rows_without_i8mm(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>) -> vector<4xi32>
    attributes {qvec.target = #dotprod} {
  %0 = qvec.mmla %acc, %a, %b : vector<4xi32>, vector<16xi8>
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

// Four quarters of the table; what lies in others is kept.
// CHECK-LABEL: @lookup
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.tbx4"
// CHECK-COUNT-3: llvm.call_intrinsic "llvm.aarch64.neon.tbx4"
// CHECK-NOT: tbx4
func.func @lookup(%x: vector<16xi8>) -> vector<16xi8> attributes {qvec.target = #base} {
  %0 = qvec.lookup %x {table = array<i8: -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121, -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124>} : vector<16xi8>
  return %0 : vector<16xi8>
}

// A table of 64 entries, of which the values are the first; zeros elsewhere.
// CHECK-LABEL: @expand
// CHECK: %[[ZERO:.*]] = arith.constant dense<0> : vector<16xi8>
// CHECK: llvm.call_intrinsic "llvm.aarch64.neon.tbx4"(%[[ZERO]], %[[VALUES:.*]], %[[VALUES]], %[[VALUES]], %[[VALUES]], %{{.*}})
func.func @expand(%v: vector<8xi8>, %m: vector<8xi1>) -> vector<8xi8>
    attributes {qvec.target = #base} {
  %0 = qvec.expand %v, %m : vector<8xi8>, vector<8xi1>
  return %0 : vector<8xi8>
}
