// RUN: quant-opt %s --qvec-make-tasks -verify-diagnostics

// expected-error @below {{expected pointers and a range of work items, but argument 0 is 'f32'}}
llvm.func @layer(%in: f32, %arena: !llvm.ptr, %begin: i64, %end: i64) attributes {qvec.layer = "l", qvec.count = 1 : i64} {
  llvm.return
}
