// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels --canonicalize --cse | FileCheck %s

// A loop over the window's columns carries the four quarters of two outputs.
// Four rows are interleaved in blocks of 16 bytes; each quarter serves both
// outputs. 5 rows of the output are two items of two rows and one of one row.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK-SAME: %[[BEGIN:[a-z0-9]+]]: index, %[[END:[a-z0-9]+]]: index)
// CHECK-SAME: qvec.count = 3
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK: scf.if
// CHECK: scf.for {{.*}} -> ({{(vector<16xi32>(, )?)+}})
// CHECK-COUNT-4: vector.load {{.*}} vector<64xi8>
// CHECK: vector.shuffle {{.*}} [0, 64, 1, 65, 2, 66, 3, 67, 4, 68, 5, 69, 6, 70, 7, 71, 16, 80,
// CHECK: vector.shuffle {{.*}} [8, 72, 9, 73, 10, 74, 11, 75, 12, 76, 13, 77, 14, 78, 15, 79, 24, 88,
// CHECK: vector.shuffle {{.*}} [0, 1, 64, 65, 2, 3, 66, 67, 4, 5, 68, 69, 6, 7, 70, 71, 16, 17,
// CHECK-COUNT-8: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: } {loop_annotation = #loop_annotation}
// CHECK: vector.store {{.*}} vector<64xi8>
// CHECK: vector.store {{.*}} vector<64xi8>
// CHECK-NOT: vector.store
// CHECK: } else {
// CHECK-COUNT-3: vector.load {{.*}} vector<64xi8>
// CHECK-COUNT-4: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: return
func.func @main(%x: memref<1x7x4x64xi8>, %w: memref<1x3x1x2x256xi8>, %y: memref<1x5x2x64xi8>) {
  qvec.kernel depthwise input(%x : memref<1x7x4x64xi8>) weight(%w : memref<1x3x1x2x256xi8>)
      outs(%y : memref<1x5x2x64xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 2, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Two rows and two columns of outputs: for each tap along the columns two groups of
// four rows are interleaved, 4 quarters each, and serve two outputs.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args
// CHECK: qvec.dot4
// CHECK-COUNT-15: qvec.dot4
// CHECK-NOT: qvec.dot4
// CHECK: scf.yield
// CHECK-COUNT-4: vector.store {{.*}} vector<64xi8>
// CHECK-NOT: vector.store
func.func @main(%x: memref<1x4x4x64xi8>, %w: memref<1x3x1x2x256xi8>, %y: memref<1x2x2x64xi8>) {
  qvec.kernel depthwise input(%x : memref<1x4x4x64xi8>) weight(%w : memref<1x3x1x2x256xi8>)
      outs(%y : memref<1x2x2x64xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 2, columns = 2, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// A vector holds four pixels of 16 channels; the last three of a row are the 48
// lanes of a mask, so that nothing behind them is read or written.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK: %[[MASK:.*]] = arith.constant dense<[true, {{.*}}, false]> : vector<64xi1>
// CHECK: vector.load {{.*}} vector<64xi8>
// CHECK: vector.store {{.*}} vector<64xi8>
// CHECK: vector.maskedload {{.*}}, %[[MASK]], %{{.*}} vector<64xi8>
// CHECK: vector.maskedstore {{.*}}, %[[MASK]], %{{.*}} vector<64xi8>
// CHECK-NOT: vector.maskedstore
// CHECK: return
func.func @main(%x: memref<1x3x9x16xi8>, %w: memref<1x3x1x1x256xi8>, %y: memref<1x1x7x16xi8>) {
  qvec.kernel depthwise input(%x : memref<1x3x9x16xi8>) weight(%w : memref<1x3x1x1x256xi8>)
      outs(%y : memref<1x1x7x16xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 1, pixels = 4, lanes = 16, group = 4, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// With a stride the pixels of a vector are joined from pieces.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK-COUNT-12: vector.load {{.*}} vector<16xi8>
// CHECK-NOT: vector.load {{.*}} vector<16xi8>
// CHECK: qvec.dot4
// CHECK: vector.store {{.*}} vector<64xi8>
func.func @main(%x: memref<1x3x9x16xi8>, %w: memref<1x3x1x1x256xi8>, %y: memref<1x1x4x16xi8>) {
  qvec.kernel depthwise input(%x : memref<1x3x9x16xi8>) weight(%w : memref<1x3x1x1x256xi8>)
      outs(%y : memref<1x1x4x16xi8>)
      window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 1, pixels = 4, lanes = 16, group = 4, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Blocks of 64 channels are the outer loop: 2 * 1 items, the second of 16.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK-SAME: qvec.count = 2
// CHECK: scf.if
// CHECK: vector.store {{.*}} vector<64xi8>
// CHECK: } else {
// CHECK: vector.maskedload {{.*}} vector<64xi8>
// CHECK: vector.maskedstore {{.*}} vector<64xi8>
// CHECK: return
func.func @main(%x: memref<1x3x5x80xi8>, %w: memref<2x3x1x1x256xi8>, %y: memref<1x1x3x80xi8>) {
  qvec.kernel depthwise input(%x : memref<1x3x5x80xi8>) weight(%w : memref<2x3x1x1x256xi8>)
      outs(%y : memref<1x1x3x80xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = true>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Pairs of taps along the columns of the image, as words of 16 bits.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK: %[[ZERO:.*]] = arith.constant dense<0> : vector<32xi8>
// CHECK: vector.shuffle %{{.*}}, %[[ZERO]]
// CHECK: vector.bitcast {{.*}} vector<32xi8> to vector<16xi16>
// CHECK: qvec.dot2 {{.*}} : vector<8xi32>, vector<16xi16>
func.func @main(%x: memref<1x1x6x32xi8>, %w: memref<1x1x2x1x128xi16>, %y: memref<1x1x4x32xi8>) {
  qvec.kernel depthwise input(%x : memref<1x1x6x32xi8>) weight(%w : memref<1x1x2x1x128xi16>)
      outs(%y : memref<1x1x4x32xi8>)
      window <kernel = [1, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 1, outputs = 1, columns = 1, pixels = 1, lanes = 8, group = 2, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc {unsignedResult} : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Two output channels per input channel: half a vector of bytes, each twice.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK: vector.load {{.*}} vector<32xi8>
// CHECK: vector.shuffle {{.*}} [0, 0, 1, 1, 2, 2, 3, 3,
func.func @main(%x: memref<1x3x3x32xi8>, %w: memref<1x3x1x1x256xi8>, %y: memref<1x1x1x64xi32>) {
  qvec.kernel depthwise input(%x : memref<1x3x3x32xi8>) weight(%w : memref<1x3x1x1x256xi8>)
      outs(%y : memref<1x1x1x64xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
      {unsignedInput} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Bytes in general registers: of the three outputs of a tile the first and the
// second read an element that is loaded once, so do the second and the third. The
// second panel of channels is not full.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK: scf.for {{.*}} to %c2 step
// CHECK: arith.minsi
// CHECK: scf.for
// CHECK: %[[SUMS:.*]]:3 = scf.for
// CHECK-COUNT-6: vector.load {{.*}} vector<1xi8>
// CHECK-NOT: vector.load
// CHECK: scf.yield
// CHECK: %[[SUMS]]#0
// CHECK: %[[SUMS]]#2
// CHECK-COUNT-1: vector.store {{.*}} vector<1xi8>
// CHECK: return
func.func @main(%x: memref<1x4x4x20xi8>, %w: memref<2x2x2x16xi8>, %y: memref<1x3x3x20xi8>) {
  qvec.kernel depthwise input(%x : memref<1x4x4x20xi8>) weight(%w : memref<2x2x2x16xi8>)
      outs(%y : memref<1x3x3x20xi8>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 3, pixels = 1, lanes = 1, group = 1, channelsOuter = false>
      epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// Floats: a tile of columns, one multiply-add per tap.

// CHECK-LABEL: func.func private @main_0_depthwise
// CHECK-COUNT-8: math.fma {{.*}} : vector<8xf32>
// CHECK-NOT: math.fma
func.func @main(%x: memref<1x2x3x8xf32>, %w: memref<1x2x2x16xf32>, %y: memref<1x1x2x8xf32>) {
  qvec.kernel depthwise input(%x : memref<1x2x3x8xf32>) weight(%w : memref<1x2x2x16xf32>)
      outs(%y : memref<1x1x2x8xf32>)
      window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 1, columns = 2, pixels = 1, lanes = 8, group = 1, channelsOuter = false>
      epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
