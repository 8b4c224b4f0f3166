// RUN: quant-opt %s --qvec-make-tasks | FileCheck %s

// The layer finds its buffers in the context: arena, inputs, outputs.
// CHECK: llvm.func @layer(%[[CONTEXT:[a-z0-9]+]]: !llvm.ptr, %[[BEGIN:[a-z0-9]+]]: i64, %[[END:[a-z0-9]+]]: i64)
// CHECK-DAG: %[[IN_SLOT:.*]] = llvm.getelementptr %[[CONTEXT]][1]
// CHECK-DAG: %[[ARENA_SLOT:.*]] = llvm.getelementptr %[[CONTEXT]][0]
// CHECK-DAG: %[[IN:.*]] = llvm.load %[[IN_SLOT]]
// CHECK-DAG: %[[ARENA:.*]] = llvm.load %[[ARENA_SLOT]]
// CHECK: llvm.store %[[BEGIN]], %[[IN]]
// CHECK: llvm.store %[[END]], %[[ARENA]]
// A kernel that layers share stays as it is.
// CHECK: llvm.func @shared(%{{[a-z0-9]+}}: !llvm.ptr, %{{[a-z0-9]+}}: !llvm.ptr, %{{[a-z0-9]+}}: !llvm.ptr, %{{[a-z0-9]+}}: i64, %{{[a-z0-9]+}}: i64)
// CHECK-NOT: @main
llvm.func @layer(%in: !llvm.ptr, %arena: !llvm.ptr, %begin: i64, %end: i64) attributes {qvec.layer = "l", qvec.count = 1 : i64} {
  llvm.store %begin, %in : i64, !llvm.ptr
  llvm.store %end, %arena : i64, !llvm.ptr
  llvm.return
}
llvm.func @shared(%x: !llvm.ptr, %y: !llvm.ptr, %z: !llvm.ptr, %begin: i64, %end: i64) attributes {qvec.count = 1 : i64} {
  llvm.return
}
llvm.func @main(%in: !llvm.ptr, %arena: !llvm.ptr) {
  llvm.return
}
