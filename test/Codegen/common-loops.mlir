// RUN: quant-opt %s --qvec-outline-layers --qvec-share-kernels | FileCheck %s --check-prefix=SHARED
// RUN: quant-opt %s --qvec-outline-layers --qvec-share-kernels=common-loops=false | FileCheck %s --check-prefix=OWN
// RUN: quant-opt %s --vectors-pipeline | FileCheck %s
// RUN: quant-opt %s --vectors-pipeline --llvm-pipeline="index-bits=32" | FileCheck %s --check-prefix=MERGED
// RUN: quant-opt %s --vectors-pipeline="common-loops=false" --llvm-pipeline="index-bits=32" | FileCheck %s --check-prefix=OWN

// Products with 16 and 48 input channels take turns of 8 steps; three positions
// leave one over, so that both have code for it. One with 8 channels has too few
// steps, and one with other taps is another kind.

// SHARED: func.func private @main_0_layers_0_contraction({{.*}} attributes {{{.*}}qvec.common_rest, qvec.common_steps = 8 : i64
// SHARED: func.func private @main_0_layers_1_contraction({{.*}} attributes {{{.*}}qvec.common_rest, qvec.common_steps = 8 : i64
// SHARED-NOT: qvec.common
// OWN-NOT: qvec.common
// OWN-NOT: _merged

// Loops over positions, turns and channels stay, to sizes that nothing folds:
// two of the last ones, the second of which adds position by position.

// CHECK: func.func private @main_0_layers_0_contraction
// CHECK-DAG: %[[ONE:.*]] = builtin.unrealized_conversion_cast %{{.*}} : i32 to index
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c1
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c1
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c4
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c1
// CHECK-COUNT-8: llvm.inline_asm
// CHECK-NOT: llvm.inline_asm
// CHECK: scf.yield
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c4
// CHECK: qvec.dot2

// One function serves both, with a table of the sizes for each.

// MERGED: llvm.func private @main_0_layers_0_contraction_merged(
// MERGED: llvm.func @main_0_layers_0_contraction(
// MERGED: addressof @main_0_layers_0_contraction_table
// MERGED-NEXT: call @main_0_layers_0_contraction_merged(
// MERGED: llvm.func @main_0_layers_1_contraction(
// MERGED: addressof @main_0_layers_1_contraction_table
// MERGED-NEXT: call @main_0_layers_0_contraction_merged(
// MERGED-NOT: _merged(

#small = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">
#strategy = #qvec.strategy<rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true>
#other = #qvec.strategy<rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 2, paired = true, joined = true>
#point = #qnn.window<kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
#pair = #qnn.window<kernel = [1, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
func.func @main(%a: memref<1x1x4x16xi8>, %v: memref<1x1x8x32xi8>, %b: memref<1x1x3x48xi8>, %w: memref<2x1x24x32xi8>,
                %c: memref<1x1x4x8xi8>, %x: memref<1x1x4x32xi8>, %y: memref<1x2x8x32xi8>,
                %p: memref<1x1x4x16xi8>, %q: memref<1x1x3x32xi8>, %r: memref<1x1x4x16xi8>, %s: memref<1x1x3x16xi8>)
    attributes {qvec.target = #small} {
  qvec.kernel contraction input(%a : memref<1x1x4x16xi8>) weight(%v : memref<1x1x8x32xi8>) outs(%p : memref<1x1x4x16xi8>)
      window #point strategy #strategy epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  qvec.kernel contraction input(%b : memref<1x1x3x48xi8>) weight(%w : memref<2x1x24x32xi8>) outs(%q : memref<1x1x3x32xi8>)
      window #point strategy #other epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  qvec.kernel contraction input(%c : memref<1x1x4x8xi8>) weight(%x : memref<1x1x4x32xi8>) outs(%r : memref<1x1x4x16xi8>)
      window #point strategy #strategy epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  qvec.kernel contraction input(%a : memref<1x1x4x16xi8>) weight(%y : memref<1x2x8x32xi8>) outs(%s : memref<1x1x3x16xi8>)
      window #pair strategy #strategy epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}
