// RUN: quant-opt %s --split-input-file --qvec-stream-rows=cache-bytes=700 | FileCheck %s --check-prefix=CACHE
// RUN: quant-opt %s --split-input-file --qvec-stream-rows --canonicalize | FileCheck %s --check-prefix=SMALL
// RUN: quant-opt %s --split-input-file --qvec-stream-rows --qvec-plan-arena | FileCheck %s --check-prefix=ARENA

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// An average of all positions: rows are added to sums as they are computed, 48 times the
// correction of 3 for each position comes first, and what is left of the epilogue last, with
// the factor for 48 positions.

// CACHE-LABEL: func.func @average(
// CACHE-SAME: %[[X:.*]]: memref<1x12x4x16xi8>, %[[Y:.*]]: memref<1x1x1x16xi8>)
// CACHE: %[[SUMS:.*]] = memref.alloc() : memref<1x1x1x16xi32>
// CACHE: %[[START:.*]] = arith.constant 144 : i32
// CACHE: linalg.fill ins(%[[START]] : i32) outs(%[[SUMS]] : memref<1x1x1x16xi32>)
// CACHE: %[[LINE:.*]] = memref.alloc() : memref<1x2x4x16xi8>
// CACHE: qvec.kernel pool_max {{.*}} outs(%{{.*}} : memref<1x2x4x16xi8
// CACHE: %[[READ:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 2, 4, 16]
// CACHE: qvec.kernel pool_sum input(%[[READ]] {{.*}}) residuals(%[[SUMS]] : memref<1x1x1x16xi32>) outs(%[[SUMS]] : memref<1x1x1x16xi32>)
// CACHE-SAME: window <kernel = [2, 4], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
// CACHE-NEXT: ^bb0(%[[ACC:.*]]: i32, %[[SUM:.*]]: i32):
// CACHE-NEXT: %[[BOTH:.*]] = arith.addi %[[ACC]], %[[SUM]] : i32
// CACHE-NEXT: qvec.yield %[[BOTH]] : i32
// CACHE-COUNT-10: qvec.kernel
// CACHE-NOT: qvec.kernel
// CACHE: linalg.generic {{.*}} ins(%[[SUMS]] : memref<1x1x1x16xi32>) outs(%[[Y]] : memref<1x1x1x16xi8>)
// CACHE: ^bb0(%[[IN:.*]]: i32, %{{.*}}: i8):
// CACHE: %[[FACTOR:.*]] = arith.constant 7 : i32
// CACHE: %[[PRODUCT:.*]] = qvec.multiply_high %[[IN]], %[[FACTOR]]
// CACHE: %[[BYTE:.*]] = qvec.saturate %[[PRODUCT]]
// CACHE: linalg.yield %[[BYTE]] : i8

// SMALL-LABEL: func.func @average(
// SMALL-SAME: %[[X:.*]]: memref<1x12x4x16xi8>, %[[Y:.*]]: memref<1x1x1x16xi8>)
// SMALL: %[[SUMS:.*]] = memref.alloc() : memref<1x1x1x16xi32>
// SMALL: linalg.fill ins(%c144_i32 : i32) outs(%[[SUMS]]
// SMALL: memref.alloc() : memref<1x1x4x16xi8>
// SMALL: scf.for
// SMALL: qvec.kernel pool_sum input({{.*}} residuals(%[[SUMS]] {{.*}} outs(%[[SUMS]] : memref<1x1x1x16xi32>)
// SMALL-SAME: window <kernel = [1, 4],
// SMALL: linalg.generic {{.*}} ins(%[[SUMS]]

// A row of the image and the sums, and the margin: 64 + 64 + 16 bytes.
// ARENA: module attributes {qvec.arena_bound_bytes = 144 : i64, qvec.arena_bytes = 144 : i64}
memref.global "private" constant @factors : memref<48xi32> = dense<[
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]>
memref.global "private" constant @correction : memref<1xi32> = dense<3>
func.func @average(%x: memref<1x12x4x16xi8>, %y: memref<1x1x1x16xi8>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xi8>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xi8>) outs(%a : memref<1x12x4x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  %bias = memref.get_global @correction : memref<1xi32>
  %counts = memref.get_global @factors : memref<48xi32>
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xi8>) bias(%bias : memref<1xi32>) count_params(%counts : memref<48xi32>)
      outs(%y : memref<1x1x1x16xi8>)
      window <kernel = [12, 4], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i32, %factor: i32):
    %p = qvec.multiply_high %acc, %factor {shift = 32 : i32} : i32
    %b = qvec.saturate %p : i32 to i8
    qvec.yield %b : i8
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Averages of windows that all lie in the image are windows like others.

// SMALL-LABEL: func.func @windows(
// SMALL: memref.alloc() : memref<1x2x4x16xi8>
// SMALL-COUNT-6: qvec.kernel pool_sum {{.*}} count_params(%arg2 : memref<4xf32>) outs(%{{.*}} : memref<1x1x2x16xf32,
func.func @windows(%x: memref<1x12x4x16xi8>, %y: memref<1x6x2x16xf32>, %counts: memref<4xf32>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xi8>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xi8>) outs(%a : memref<1x12x4x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xi8>) count_params(%counts : memref<4xf32>)
      outs(%y : memref<1x6x2x16xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i32, %count: f32):
    %s = arith.sitofp %acc : i32 to f32
    qvec.yield %s : f32
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Where rows of padding do not count, the number of positions depends on the row.

// SMALL-LABEL: func.func @padded_rows(
// SMALL-NOT: scf.for
// SMALL: qvec.kernel pool_sum {{.*}} window <kernel = [3, 3],
func.func @padded_rows(%x: memref<1x12x4x16xi8>, %y: memref<1x12x4x16xf32>, %counts: memref<9xf32>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xi8>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xi8>) outs(%a : memref<1x12x4x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xi8>) count_params(%counts : memref<9xf32>)
      outs(%y : memref<1x12x4x16xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> epilogue {
  ^bb0(%acc: i32, %count: f32):
    %s = arith.sitofp %acc : i32 to f32
    qvec.yield %s : f32
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Sums of floats depend on their order.

// SMALL-LABEL: func.func @floats(
// SMALL-NOT: scf.for
// SMALL: qvec.kernel pool_sum {{.*}} window <kernel = [12, 4],
func.func @floats(%x: memref<1x12x4x16xf32>, %y: memref<1x1x1x16xf32>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xf32>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xf32>) outs(%a : memref<1x12x4x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xf32>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [12, 4], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// The factor for all positions has to be known.

// SMALL-LABEL: func.func @unknown_factor(
// SMALL-NOT: scf.for
// SMALL: qvec.kernel pool_sum {{.*}} window <kernel = [12, 4],
func.func @unknown_factor(%x: memref<1x12x4x16xi8>, %y: memref<1x1x1x16xf32>, %counts: memref<48xf32>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xi8>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xi8>) outs(%a : memref<1x12x4x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xi8>) count_params(%counts : memref<48xf32>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [12, 4], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i32, %scale: f32):
    %s = arith.sitofp %acc : i32 to f32
    qvec.yield %s : f32
  }
  return
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// An epilogue with parameters for each channel stays in its kernel.

// SMALL-LABEL: func.func @channel_factors(
// SMALL-NOT: scf.for
// SMALL: qvec.kernel pool_sum {{.*}} window <kernel = [12, 4],
func.func @channel_factors(%x: memref<1x12x4x16xi8>, %y: memref<1x1x1x16xf32>, %scales: memref<16xf32>) attributes {qvec.target = #small} {
  %a = memref.alloc() : memref<1x12x4x16xi8>
  qvec.kernel pool_max input(%x : memref<1x12x4x16xi8>) outs(%a : memref<1x12x4x16xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  qvec.kernel pool_sum input(%a : memref<1x12x4x16xi8>) channel_params(%scales : memref<16xf32>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [12, 4], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i32, %scale: f32):
    %s = arith.sitofp %acc : i32 to f32
    qvec.yield %s : f32
  }
  return
}
