// RUN: quant-opt %s --qvec-merge-kernels -split-input-file | FileCheck %s

// Two layers that differ in an address, a bound, a constant that they read and
// the size of a buffer: one function with a table for each.

// CHECK-LABEL: llvm.func private @small_merged(
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: i32, %[[END:[a-z0-9]+]]: i32, %[[TO:[a-z0-9]+]]: !llvm.ptr, %[[TABLE:[a-z0-9]+]]: !llvm.ptr)
// CHECK-SAME: no_inline
// CHECK-SAME: qvec.count = 1
// CHECK-NOT: qvec.layer
// CHECK-DAG: %[[FIELD:.*]] = llvm.getelementptr inbounds %[[TABLE]][0, 0] : {{.*}} !llvm.struct<(i32, ptr)>
// CHECK-DAG: %[[BOUND:.*]] = llvm.load %[[FIELD]] invariant : !llvm.ptr -> i32
// CHECK-DAG: %[[WEIGHTS:.*]] = llvm.load %{{.*}} invariant : !llvm.ptr -> !llvm.ptr
// CHECK-DAG: %[[SIZE:.*]] = llvm.mlir.constant(96 : {{.*}}
// CHECK: llvm.alloca %[[SIZE]] x i32
// CHECK: llvm.icmp "slt" %{{.*}}, %[[BOUND]]
// CHECK: llvm.getelementptr %[[WEIGHTS]][
// CHECK: llvm.getelementptr %[[TO]][
// CHECK: llvm.mlir.global private constant @small_table
// CHECK: llvm.mlir.constant(16 : i32)
// CHECK: llvm.mlir.addressof @a
// CHECK: llvm.func @small(
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: !llvm.ptr, %[[FIRST:[a-z0-9]+]]: i32, %[[LAST:[a-z0-9]+]]: i32)
// CHECK-SAME: qvec.layer = "small"
// CHECK-DAG: %[[OUT:.*]] = llvm.getelementptr %[[ARENA]][64]
// CHECK-DAG: %[[OWN:.*]] = llvm.mlir.addressof @small_table
// CHECK: llvm.call @small_merged(%[[FIRST]], %[[LAST]], %[[OUT]], %[[OWN]])
// CHECK-NEXT: llvm.return
// CHECK-NEXT: }
// CHECK: llvm.mlir.global private constant @large_table
// CHECK: llvm.mlir.constant(32 : i32)
// CHECK: llvm.mlir.addressof @b
// CHECK: llvm.func @large(
// CHECK: llvm.call @small_merged(
llvm.mlir.global private constant @a(dense<1> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.mlir.global private constant @b(dense<2> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.func @small(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "small", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}
llvm.func @large(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "large", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(96 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @b : !llvm.ptr
  %to = llvm.getelementptr %arena[0] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

// -----

// Not merged: an op differs, or a shift of 64 bits, which would take several
// instructions if its distance were not known; calls and tables would be larger
// than short functions.

// CHECK-NOT: _merged
llvm.mlir.global private constant @a(dense<1> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.mlir.global private constant @b(dense<2> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.func @sum(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "sum", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @difference(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "difference", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.sub %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @far(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "far", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(31 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @short(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "short", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x3, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @brief(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "brief", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @b : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x3, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

// -----

// Short functions that differ in one number are merged: registers for arguments
// take it, and no table is needed.

// CHECK-LABEL: llvm.func private @few_merged(
// CHECK-SAME: %{{[a-z0-9]+}}: i32, %{{[a-z0-9]+}}: i32, %{{[a-z0-9]+}}: !llvm.ptr, %[[BOUND:[a-z0-9]+]]: i32)
// CHECK: llvm.icmp "slt" %{{.*}}, %[[BOUND]]
// CHECK-NOT: _table
// CHECK: llvm.func @few(
// CHECK: %[[NUMBER:.*]] = llvm.mlir.constant(16 : i32)
// CHECK: llvm.call @few_merged(%{{.*}}, %{{.*}}, %{{.*}}, %[[NUMBER]])
// CHECK: llvm.func @many(
// CHECK: %[[OTHER:.*]] = llvm.mlir.constant(32 : i32)
// CHECK: llvm.call @few_merged(%{{.*}}, %{{.*}}, %{{.*}}, %[[OTHER]])
llvm.mlir.global private constant @a(dense<1> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.func @few(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "few", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x3, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @many(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "many", qvec.target = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x3, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

// -----

// Not merged: an instruction counts the loop; memory is large; levels differ.

// CHECK-NOT: _merged
llvm.mlir.global private constant @a(dense<1> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.mlir.global private constant @b(dense<2> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.func @counted(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "counted", qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @longer(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "longer", qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @host(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "host", qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "">} {
  %bound = llvm.mlir.constant(16 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

llvm.func @other(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "other", qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %bound : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}

// -----

// Numbers that all calls of a kernel pass are constants in it, and a kernel that
// cannot be merged with some does not keep these apart: here an instruction
// counts loops.

// CHECK-LABEL: llvm.func @shorter(
// CHECK-NOT: llvm.call
// CHECK: llvm.func private @longer_merged(
// CHECK: %[[BOUND:.*]] = llvm.mlir.constant(32 : i32)
// CHECK: llvm.icmp "slt" %{{.*}}, %[[BOUND]] : i32
// CHECK: llvm.func @longer(
// CHECK: llvm.call @longer_merged(
// CHECK: llvm.func @also(
// CHECK: llvm.call @longer_merged(
llvm.mlir.global private constant @a(dense<1> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.mlir.global private constant @b(dense<2> : tensor<64xi32>) : !llvm.array<64 x i32>
llvm.func @shorter(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %end : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}
llvm.func @longer(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @a : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %end : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}
llvm.func @also(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %bound = llvm.mlir.constant(32 : index) : i32  %one = llvm.mlir.constant(1 : index) : i32  %size = llvm.mlir.constant(48 : index) : i32  %bits = llvm.mlir.constant(32 : i64) : i64
  %weights = llvm.mlir.addressof @b : !llvm.ptr
  %to = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  %buffer = llvm.alloca %size x i32 : (i32) -> !llvm.ptr
  llvm.br ^header(%begin : i32)
^header(%i: i32):
  %inside = llvm.icmp "slt" %i, %end : i32  llvm.cond_br %inside, ^body, ^exit
^body:
  %from = llvm.getelementptr %weights[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  %x0 = llvm.load %from : !llvm.ptr -> i32  %w = llvm.sext %x0 : i32 to i64  %high = llvm.ashr %w, %bits : i64  %h = llvm.trunc %high : i64 to i32
  %at = llvm.getelementptr %buffer[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %h, %at : i32, !llvm.ptr
  %x1 = llvm.mul %x0, %x0 : i32 %x2 = llvm.mul %x1, %x1 : i32 %x3 = llvm.mul %x2, %x2 : i32 %x4 = llvm.add %x3, %x3 : i32 %x5 = llvm.mul %x4, %x4 : i32 %x6 = llvm.mul %x5, %x5 : i32 %x7 = llvm.mul %x6, %x6 : i32 %x8 = llvm.mul %x7, %x7 : i32 %x9 = llvm.mul %x8, %x8 : i32 %x10 = llvm.mul %x9, %x9 : i32 %x11 = llvm.mul %x10, %x10 : i32 %x12 = llvm.mul %x11, %x11 : i32
  %x13 = llvm.mul %x12, %x12 : i32 %x14 = llvm.mul %x13, %x13 : i32 %x15 = llvm.mul %x14, %x14 : i32 %x16 = llvm.mul %x15, %x15 : i32 %x17 = llvm.mul %x16, %x16 : i32 %x18 = llvm.mul %x17, %x17 : i32 %x19 = llvm.mul %x18, %x18 : i32 %x20 = llvm.mul %x19, %x19 : i32 %x21 = llvm.mul %x20, %x20 : i32 %x22 = llvm.mul %x21, %x21 : i32 %x23 = llvm.mul %x22, %x22 : i32 %x24 = llvm.mul %x23, %x23 : i32
  %out = llvm.getelementptr %to[%i] : (!llvm.ptr, i32) -> !llvm.ptr, i32
  llvm.store %x24, %out : i32, !llvm.ptr
  %next = llvm.add %i, %one : i32  llvm.br ^header(%next : i32)
^exit:
  llvm.return
}
llvm.func @layer(%arena: !llvm.ptr, %begin: i32, %end: i32) attributes {qvec.count = 1 : i64, qvec.layer = "layer", qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">} {
  %none = llvm.mlir.constant(0 : i32) : i32  %few = llvm.mlir.constant(16 : i32) : i32  %many = llvm.mlir.constant(32 : i32) : i32
  llvm.call @shorter(%arena, %none, %few) : (!llvm.ptr, i32, i32) -> ()
  llvm.call @longer(%arena, %none, %many) : (!llvm.ptr, i32, i32) -> ()
  llvm.call @also(%arena, %none, %many) : (!llvm.ptr, i32, i32) -> ()
  llvm.return
}
