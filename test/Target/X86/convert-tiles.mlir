// RUN: quant-opt %s --convert-qvec-to-llvm | FileCheck %s

// Tiles are values of one type, whose sizes instructions get: rows, bytes of a row.
// Loops carry them.
// CHECK-LABEL: @instructions
// CHECK: %[[ROWS:.*]] = llvm.mlir.constant(14 : i16) : i16
// CHECK: %[[BYTES:.*]] = llvm.mlir.constant(64 : i16) : i16
// CHECK: %[[AT:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, i32
// CHECK: %[[ZERO:.*]] = llvm.mlir.constant(0 : i64) : i64
// CHECK: %[[START:.*]] = llvm.call_intrinsic "llvm.x86.tileloadd64.internal"(%[[ROWS]], %[[BYTES]], %[[AT]], %[[ZERO]]) : (i16, i16, !llvm.ptr, i64) -> !llvm.x86_amx
// CHECK: %[[SUMS:.*]] = scf.for {{.*}} iter_args(%[[ACC:.*]] = %[[START]]) -> (!llvm.x86_amx)
// CHECK: %[[PITCH:.*]] = llvm.mlir.constant(96 : i64) : i64
// CHECK: %[[X:.*]] = llvm.call_intrinsic "llvm.x86.tileloadd64.internal"(%{{.*}}, %{{.*}}, %{{.*}}, %[[PITCH]])
// CHECK: %[[W:.*]] = llvm.call_intrinsic "llvm.x86.tileloadd64.internal"
// CHECK: %[[M:.*]] = llvm.mlir.constant(14 : i16) : i16
// CHECK: %[[N:.*]] = llvm.mlir.constant(64 : i16) : i16
// CHECK: %[[K:.*]] = llvm.mlir.constant(48 : i16) : i16
// CHECK: %[[ONE:.*]] = llvm.call_intrinsic "llvm.x86.tdpbusd.internal"(%[[M]], %[[N]], %[[K]], %[[ACC]], %[[X]], %[[W]])
// CHECK: %[[TWO:.*]] = llvm.call_intrinsic "llvm.x86.tdpbssd.internal"(%{{.*}}, %{{.*}}, %{{.*}}, %[[ONE]], %[[X]], %[[W]])
// CHECK: scf.yield %[[TWO]] : !llvm.x86_amx
// Strides of stores are in bytes, too.
// CHECK: %[[PITCH:.*]] = llvm.mlir.constant(128 : i64) : i64
// CHECK: llvm.call_intrinsic "llvm.x86.tilestored64.internal"(%{{.*}}, %{{.*}}, %{{.*}}, %[[PITCH]], %[[SUMS]])
func.func @instructions(%b: memref<16xi32>, %x: memref<4096xi8>, %w: memref<4096xi8>, %y: memref<448xi32>, %i: index, %n: index)
    attributes {qvec.target = #qvec.target<level = "amx", triple = "x86_64", cpu = "sapphirerapids", features = "">} {
  %c1 = arith.constant 1 : index
  %0 = qvec.tile_load %b[%i] stride 0 : memref<16xi32> to vector<14x16xi32>
  %1 = scf.for %k = %i to %n step %c1 iter_args(%acc = %0) -> (vector<14x16xi32>) {
    %2 = qvec.tile_load %x[%k] stride 96 : memref<4096xi8> to vector<14x48xi8>
    %3 = qvec.tile_load %w[%k] stride 64 : memref<4096xi8> to vector<12x64xi8>
    %4 = qvec.tile_mma %acc, %2, %3 {unsignedLhs} : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
    %5 = qvec.tile_mma %4, %2, %3 : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
    scf.yield %5 : vector<14x16xi32>
  }
  qvec.tile_store %1, %y[%i] stride 32 : vector<14x16xi32>, memref<448xi32>
  return
}

// Without the instructions, or without the feature, rows are vectors: a dot product for
// each row of sums and each row of the second factor.
// CHECK-LABEL: @vectors
// CHECK: vector.load %{{.*}} : memref<32xi32>, vector<16xi32>
// CHECK: %[[C40:.*]] = arith.constant 40 : index
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[C40]] : index
// CHECK: vector.load %{{.*}}[%[[AT]]] : memref<4096xi8>, vector<8xi8>
// CHECK-COUNT-4: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// CHECK-NOT: vpdpbusd
// CHECK-COUNT-2: vector.store %{{.*}} : memref<32xi32>, vector<16xi32>
func.func @vectors(%b: memref<32xi32>, %x: memref<4096xi8>, %w: memref<4096xi8>, %i: index)
    attributes {qvec.target = #qvec.target<level = "amx", triple = "x86_64", cpu = "sapphirerapids", features = "-amx-tile">} {
  %0 = qvec.tile_load %b[%i] stride 0 : memref<32xi32> to vector<2x16xi32>
  %1 = qvec.tile_load %x[%i] stride 40 : memref<4096xi8> to vector<2x8xi8>
  %2 = qvec.tile_load %w[%i] stride 64 : memref<4096xi8> to vector<2x64xi8>
  %3 = qvec.tile_mma %0, %1, %2 {unsignedLhs} : vector<2x16xi32>, vector<2x8xi8>, vector<2x64xi8>
  qvec.tile_store %3, %b[%i] stride 16 : vector<2x16xi32>, memref<32xi32>
  return
}

// Columns are cut into the level's vectors.
// CHECK-LABEL: @narrow_vectors
// CHECK-COUNT-4: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"
// CHECK-NOT: sse2
// CHECK: return
func.func @narrow_vectors(%b: memref<32xi32>, %x: memref<4096xi8>, %w: memref<4096xi8>, %i: index)
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "x86-64", features = "">} {
  %0 = qvec.tile_load %b[%i] stride 0 : memref<32xi32> to vector<1x8xi32>
  %1 = qvec.tile_load %x[%i] stride 40 : memref<4096xi8> to vector<1x4xi8>
  %2 = qvec.tile_load %w[%i] stride 64 : memref<4096xi8> to vector<1x32xi8>
  %3 = qvec.tile_mma %0, %1, %2 {unsignedLhs} : vector<1x8xi32>, vector<1x4xi8>, vector<1x32xi8>
  qvec.tile_store %3, %b[%i] stride 16 : vector<1x8xi32>, memref<32xi32>
  return
}
