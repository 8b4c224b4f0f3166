// A module after phase 'llvm' whose layer moves blocks of bytes onto themselves: up by one
// number, and down by three.
#target = #qvec.target<level = "generic", triple = "x86_64-unknown-linux-gnu",
                       cpu = "x86-64", features = "">
module attributes {
    qnn.name = "overlap", qnn.phase = "llvm",
    qvec.arena_bytes = 4096 : i64, qvec.float_ops = 0 : i64,
    qvec.inputs = [{name = "x", type = tensor<1024xf32>}],
    qvec.outputs = [{name = "y", type = tensor<1024xf32>}]} {
  llvm.func @layer(%context: !llvm.ptr, %begin: i64, %end: i64)
      attributes {qvec.layer = "move", qvec.count = 1 : i64,
                  qvec.target = #target} {
    %all = llvm.mlir.constant(4096 : i64) : i64
    %half = llvm.mlir.constant(2048 : i64) : i64
    %less = llvm.mlir.constant(2036 : i64) : i64
    %0 = llvm.getelementptr %context[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %x = llvm.load %0 : !llvm.ptr -> !llvm.ptr
    %1 = llvm.getelementptr %context[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %y = llvm.load %1 : !llvm.ptr -> !llvm.ptr
    "llvm.intr.memcpy"(%y, %x, %all) <{isVolatile = false}>
      : (!llvm.ptr, !llvm.ptr, i64) -> ()
    %next = llvm.getelementptr %y[4] : (!llvm.ptr) -> !llvm.ptr, i8
    "llvm.intr.memmove"(%next, %y, %half) <{isVolatile = false}>
      : (!llvm.ptr, !llvm.ptr, i64) -> ()
    %second = llvm.getelementptr %y[2048] : (!llvm.ptr) -> !llvm.ptr, i8
    %behind = llvm.getelementptr %y[2060] : (!llvm.ptr) -> !llvm.ptr, i8
    "llvm.intr.memmove"(%second, %behind, %less) <{isVolatile = false}>
      : (!llvm.ptr, !llvm.ptr, i64) -> ()
    llvm.return
  }
}
