// RUN: quant-opt %s --vectors-pipeline -split-input-file | FileCheck %s
// RUN: quant-opt %s --vectors-pipeline --llvm-pipeline="index-bits=32" -split-input-file | FileCheck %s --check-prefix=MERGED

// Depthwise kernels of 16 and 32 channels: loops over tiles and panels stay, and
// the next element of a row is one pitch further, so that a number stands for it.

// CHECK: func.func private @main_0_layers_0_depthwise({{.*}} qvec.common_steps = 0 : i64
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c2
// CHECK: scf.for %{{.*}} = %c0 to %{{[0-9]+}} step %c1
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load %{{.*}}[%[[FIRST:.*]]] : memref<192xi8>
// CHECK: %[[SECOND:.*]] = arith.addi %[[FIRST]], %[[PITCH:[0-9]+]]
// CHECK: vector.load %{{.*}}[%[[SECOND]]] : memref<192xi8>
// CHECK: %[[THIRD:.*]] = arith.addi %[[SECOND]], %[[PITCH]]
// CHECK: vector.load %{{.*}}[%[[THIRD]]] : memref<192xi8>

// MERGED: llvm.func private @main_0_layers_0_depthwise_merged(
// MERGED-COUNT-2: call @main_0_layers_0_depthwise_merged(

#small = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">
#window = #qnn.window<kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
#tile = #qvec.depthwise_strategy<axis = 0, outputs = 1, columns = 2, pixels = 1, lanes = 1, group = 1, channelsOuter = false>
func.func @main(%a: memref<1x3x4x16xi8>, %v: memref<1x3x3x16xi8>, %b: memref<1x3x6x32xi8>, %w: memref<2x3x3x16xi8>,
                %p: memref<1x1x2x16xi8>, %q: memref<1x1x4x32xi8>) attributes {qvec.target = #small} {
  qvec.kernel depthwise input(%a : memref<1x3x4x16xi8>) weight(%v : memref<1x3x3x16xi8>) outs(%p : memref<1x1x2x16xi8>)
      window #window depthwise_strategy #tile epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  qvec.kernel depthwise input(%b : memref<1x3x6x32xi8>) weight(%w : memref<2x3x3x16xi8>) outs(%q : memref<1x1x4x32xi8>)
      window #window depthwise_strategy #tile epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}
