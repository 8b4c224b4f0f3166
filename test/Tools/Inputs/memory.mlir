// A module after phase 'llvm' whose layer copies and fills blocks of bytes that
// are too large for instructions in line.
#target = #qvec.target<level = "generic", triple = "x86_64-unknown-linux-gnu",
                       cpu = "x86-64", features = "">
module attributes {
    qnn.name = "memory", qnn.phase = "llvm",
    qvec.arena_bytes = 4096 : i64, qvec.float_ops = 0 : i64,
    qvec.inputs = [{name = "x", type = tensor<1024xf32>}],
    qvec.outputs = [{name = "y", type = tensor<1024xf32>}]} {
  llvm.func @layer(%context: !llvm.ptr, %begin: i64, %end: i64)
      attributes {qvec.layer = "copy", qvec.count = 1 : i64,
                  qvec.target = #target} {
    %size = llvm.mlir.constant(2048 : i64) : i64
    %seven = llvm.mlir.constant(7 : i8) : i8
    %arena = llvm.load %context : !llvm.ptr -> !llvm.ptr
    %0 = llvm.getelementptr %context[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %x = llvm.load %0 : !llvm.ptr -> !llvm.ptr
    %1 = llvm.getelementptr %context[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %y = llvm.load %1 : !llvm.ptr -> !llvm.ptr
    %half = llvm.getelementptr %y[2048] : (!llvm.ptr) -> !llvm.ptr, i8
    "llvm.intr.memcpy"(%arena, %x, %size) <{isVolatile = false}>
      : (!llvm.ptr, !llvm.ptr, i64) -> ()
    "llvm.intr.memmove"(%y, %arena, %size) <{isVolatile = false}>
      : (!llvm.ptr, !llvm.ptr, i64) -> ()
    "llvm.intr.memset"(%half, %seven, %size) <{isVolatile = false}>
      : (!llvm.ptr, i8, i64) -> ()
    llvm.return
  }
}
