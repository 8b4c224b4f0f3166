// RUN: quant-opt %s -split-input-file --qvec-outline-layers --qvec-lower-kernels | FileCheck %s

// One table for all channels: it stays in a vector, two entries of sixteen are padding.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[TABLE:.*]] = vector.load %{{.*}} : memref<16xf32>, vector<16xf32>
// CHECK: qvec.unpack
// CHECK: %[[W:.*]] = qvec.pick %{{.*}}[%{{.*}}] : vector<16xf32>, vector<16xi32> -> vector<16xf32>
// CHECK: %[[SCALED:.*]] = arith.mulf %{{.*}}, %[[W]]
// CHECK: math.fma %{{.*}}, %[[SCALED]]
// CHECK-NOT: vector.gather
func.func @main(%x: memref<1x1x1x64xf32>, %w: memref<1x576xi8>, %t: memref<1x16xf32>, %y: memref<1x1x1x16xf32>)
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  qvec.kernel packed input(%x : memref<1x1x1x64xf32>) weight(%w : memref<1x576xi8>) tables(%t : memref<1x16xf32>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 0, zeroPoints = false, tableRows = 16> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// A table for each channel, whose starts are found once: entries are gathered. Channels
// that fill up the panel read the last table. No scale.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[LAST:.*]] = arith.constant dense<4> : vector<16xi32>
// CHECK: %[[TABLE:.*]] = arith.minui %{{.*}}, %[[LAST]] : vector<16xi32>
// CHECK: arith.muli %[[TABLE]]
// CHECK: %[[W:.*]] = vector.gather %{{.*}} : memref<20xf32>, vector<16xi32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
// CHECK: math.fma %{{.*}}, %[[W]]
func.func @main(%x: memref<1x1x1x64xf32>, %w: memref<1x256xi8>, %t: memref<5x4xf32>, %y: memref<1x1x1x5xf32>)
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  qvec.kernel packed input(%x : memref<1x1x1x64xf32>) weight(%w : memref<1x256xi8>) tables(%t : memref<5x4xf32>) outs(%y : memref<1x1x1x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 2, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// e4m3: three bits of mantissa move up to ten, the exponent is eight too small. Powers of
// two as scales are exponents.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: %[[PLACES:.*]] = arith.constant dense<23> : vector<16xi32>
// CHECK: arith.shli %{{.*}}, %[[PLACES]]
// CHECK: arith.bitcast %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK: %[[HALF:.*]] = arith.bitcast %{{.*}} : vector<16xi16> to vector<16xf16>
// CHECK: %[[WIDE:.*]] = arith.extf %[[HALF]]
// CHECK: %[[FACTOR:.*]] = arith.constant dense<2.560000e+02> : vector<16xf32>
// CHECK: arith.mulf %[[WIDE]], %[[FACTOR]]
func.func @main(%x: memref<1x1x1x64xf32>, %w: memref<1x1056xi8>, %y: memref<1x1x1x16xf32>) {
  qvec.kernel packed input(%x : memref<1x1x1x64xf32>) weight(%w : memref<1x1056xi8>) outs(%y : memref<1x1x1x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 8, block = 32, chunk = 32, scale = f8E8M0FNU, zeroPoint = 0, zeroPoints = false, values = f8E4M3FN> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Scales that are factors of a number. Codes of one bit are its second bit, so that -1 and
// 1 are differences to 1; elements that fill up the last step count as 0.
// CHECK-LABEL: func.func private @main_0_packed
// CHECK: arith.shli %{{.*}} : vector<64xi8>
// CHECK: arith.subi %{{.*}} : vector<64xi8>
// CHECK: %[[VALID:.*]] = arith.constant dense<[-1, -1, 0, 0, {{.*}}> : vector<64xi8>
// CHECK: arith.andi %{{.*}}, %[[VALID]] : vector<64xi8>
// CHECK: %[[SHARED:.*]] = vector.broadcast %{{.*}} : f32 to vector<16xf32>
// CHECK: arith.sitofp
// CHECK: arith.mulf %[[SHARED]]
func.func @main(%x: memref<1x1x3x34xi8>, %w: memref<1x148xi8>, %y: memref<1x1x3x16xf32>) {
  qvec.kernel packed input(%x : memref<1x1x3x34xi8>) weight(%w : memref<1x148xi8>) outs(%y : memref<1x1x3x16xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 1, block = 0, chunk = 34, scale = ui8, zeroPoint = 1, zeroPoints = false, shift = 1> {unsignedInput} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
