// RUN: quant-opt %s --verify-roundtrip | FileCheck %s

// Every op of the dialect, with and without its optional parts.

// CHECK-LABEL: @words
// CHECK: qvec.alternate_bytes %{{.*}} : vector<4xi8> to vector<2xi16>
// CHECK: qvec.alternate_bytes %{{.*}} {odd} : vector<4xi8> to vector<2xi16>
// CHECK: qvec.dot2 %{{.*}}, %{{.*}}, %{{.*}} : vector<1xi32>, vector<2xi16>
func.func @words(%acc: vector<1xi32>, %x: vector<4xi8>) -> vector<1xi32> {
  %0 = qvec.alternate_bytes %x : vector<4xi8> to vector<2xi16>
  %1 = qvec.alternate_bytes %x {odd} : vector<4xi8> to vector<2xi16>
  %2 = qvec.dot2 %acc, %0, %1 : vector<1xi32>, vector<2xi16>
  return %2 : vector<1xi32>
}

// CHECK-LABEL: @dots
// CHECK: qvec.dot4 %{{.*}}, %{{.*}}, %{{.*}} {unsignedLhs} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot4 %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot2 %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32>, vector<8xi16>
// CHECK: qvec.mmla %{{.*}}, %{{.*}}, %{{.*}} {unsignedLhs} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.mmla %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32>, vector<16xi8>
func.func @dots(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>,
                %c: vector<8xi16>, %d: vector<8xi16>) -> vector<4xi32> {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  %1 = qvec.dot4 %0, %a, %b : vector<4xi32>, vector<16xi8>
  %2 = qvec.dot2 %1, %c, %d : vector<4xi32>, vector<8xi16>
  %3 = qvec.mmla %2, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  %4 = qvec.mmla %3, %a, %b : vector<4xi32>, vector<16xi8>
  return %4 : vector<4xi32>
}

// CHECK-LABEL: @tiles
// CHECK: qvec.tile_load %{{.*}}[%{{.*}}] stride 0 : memref<16xi32> to vector<14x16xi32>
// CHECK: qvec.tile_load %{{.*}}[%{{.*}}] stride 256 : memref<4096xi8, strided<[1], offset: 64>> to vector<14x48xi8>
// CHECK: qvec.tile_mma %{{.*}}, %{{.*}}, %{{.*}} {unsignedLhs} : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
// CHECK: qvec.tile_mma %{{.*}}, %{{.*}}, %{{.*}} : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
// CHECK: qvec.tile_store %{{.*}}, %{{.*}}[%{{.*}}] stride 32 : vector<14x16xi32>, memref<448xi32>
func.func @tiles(%b: memref<16xi32>, %x: memref<4096xi8, strided<[1], offset: 64>>, %w: vector<12x64xi8>,
                 %y: memref<448xi32>, %i: index) {
  %0 = qvec.tile_load %b[%i] stride 0 : memref<16xi32> to vector<14x16xi32>
  %1 = qvec.tile_load %x[%i] stride 256 : memref<4096xi8, strided<[1], offset: 64>> to vector<14x48xi8>
  %2 = qvec.tile_mma %0, %1, %w {unsignedLhs} : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
  %3 = qvec.tile_mma %2, %1, %w : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
  qvec.tile_store %3, %y[%i] stride 32 : vector<14x16xi32>, memref<448xi32>
  return
}

// CHECK-LABEL: @saturate
// CHECK: qvec.saturate %{{.*}} {unsignedResult} : vector<64xi32> to vector<64xi8>
// CHECK: qvec.saturate %{{.*}} : i32 to i8
func.func @saturate(%x: vector<64xi32>, %y: i32) -> (vector<64xi8>, i8) {
  %0 = qvec.saturate %x {unsignedResult} : vector<64xi32> to vector<64xi8>
  %1 = qvec.saturate %y : i32 to i8
  return %0, %1 : vector<64xi8>, i8
}

// CHECK-LABEL: @depthwise
// CHECK: qvec.kernel depthwise input
// CHECK-SAME: depthwise_strategy <axis = 0, outputs = 2, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
func.func @depthwise(%x: tensor<1x4x4x3xi8>, %w: tensor<1x3x1x2x256xi8>,
                     %y: tensor<1x2x2x3xi32>) -> tensor<1x2x2x3xi32> {
  %0 = qvec.kernel depthwise input(%x : tensor<1x4x4x3xi8>)
      weight(%w : tensor<1x3x1x2x256xi8>) outs(%y : tensor<1x2x2x3xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 2, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
      epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x2x2x3xi32>
  return %0 : tensor<1x2x2x3xi32>
}

// CHECK-LABEL: @contraction
// CHECK: qvec.kernel contraction input
// CHECK-SAME: strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1, steps = 2>
// CHECK: qvec.yield %{{.*}} : i8
func.func @contraction(%x: tensor<1x1x9x8xi8>, %w: tensor<1x1x2x64xi8>,
                       %b: tensor<16xi32>, %s: tensor<16xf32>,
                       %r: tensor<1x1x9x5xi8>, %y: tensor<1x1x9x5xi8>)
    -> tensor<1x1x9x5xi8> {
  %0 = qvec.kernel contraction input(%x : tensor<1x1x9x8xi8>)
      weight(%w : tensor<1x1x2x64xi8>) bias(%b : tensor<16xi32>)
      channel_params(%s : tensor<16xf32>) residuals(%r : tensor<1x1x9x5xi8>)
      outs(%y : tensor<1x1x9x5xi8>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1, steps = 2>
      epilogue {
  ^bb0(%acc: i32, %scale: f32, %res: i8):
    qvec.yield %res : i8
  } -> tensor<1x1x9x5xi8>
  return %0 : tensor<1x1x9x5xi8>
}

// CHECK-LABEL: @pool_on_buffers
// CHECK: qvec.kernel pool_max input({{.*}} : memref<1x4x4x3xf32>)
func.func @pool_on_buffers(%x: memref<1x4x4x3xf32>, %y: memref<1x2x2x3xf32>) {
  qvec.kernel pool_max input(%x : memref<1x4x4x3xf32>)
      outs(%y : memref<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]>
      epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// CHECK-LABEL: @lookup
// CHECK: qvec.lookup %{{.*}} {table = array<i8: -128, {{.*}}>} : i8
// CHECK: qvec.lookup %{{.*}} : vector<64xi8>
func.func @lookup(%x: i8, %y: vector<64xi8>) -> (i8, vector<64xi8>) {
  %0 = qvec.lookup %x {table = array<i8: -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124, -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121>} : i8
  %1 = qvec.lookup %y {table = array<i8: -128, -121, -114, -107, -100, -93, -86, -79, -72, -65, -58, -51, -44, -37, -30, -23, -16, -9, -2, 5, 12, 19, 26, 33, 40, 47, 54, 61, 68, 75, 82, 89, 96, 103, 110, 117, 124, -125, -118, -111, -104, -97, -90, -83, -76, -69, -62, -55, -48, -41, -34, -27, -20, -13, -6, 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99, 106, 113, 120, 127, -122, -115, -108, -101, -94, -87, -80, -73, -66, -59, -52, -45, -38, -31, -24, -17, -10, -3, 4, 11, 18, 25, 32, 39, 46, 53, 60, 67, 74, 81, 88, 95, 102, 109, 116, 123, -126, -119, -112, -105, -98, -91, -84, -77, -70, -63, -56, -49, -42, -35, -28, -21, -14, -7, 0, 7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, -123, -116, -109, -102, -95, -88, -81, -74, -67, -60, -53, -46, -39, -32, -25, -18, -11, -4, 3, 10, 17, 24, 31, 38, 45, 52, 59, 66, 73, 80, 87, 94, 101, 108, 115, 122, -127, -120, -113, -106, -99, -92, -85, -78, -71, -64, -57, -50, -43, -36, -29, -22, -15, -8, -1, 6, 13, 20, 27, 34, 41, 48, 55, 62, 69, 76, 83, 90, 97, 104, 111, 118, 125, -124, -117, -110, -103, -96, -89, -82, -75, -68, -61, -54, -47, -40, -33, -26, -19, -12, -5, 2, 9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86, 93, 100, 107, 114, 121>} : vector<64xi8>
  return %0, %1 : i8, vector<64xi8>
}

// CHECK-LABEL: @rescale_add
// CHECK: qvec.rescale_add %{{.*}}, %{{.*}} {lhsMultiplier = -32768 : i32, offset = 8192 : i32, rhsMultiplier = 32767 : i32, shift = 31 : i32, unsignedBytes} : i8
// CHECK: qvec.rescale_add %{{.*}} : vector<64xi8>
func.func @rescale_add(%x: i8, %y: vector<64xi8>) -> (i8, vector<64xi8>) {
  %0 = qvec.rescale_add %x, %x {lhsMultiplier = -32768 : i32, rhsMultiplier = 32767 : i32, offset = 8192 : i32, shift = 31 : i32, unsignedBytes} : i8
  %1 = qvec.rescale_add %y, %y {lhsMultiplier = 1 : i32, rhsMultiplier = 0 : i32, offset = 0 : i32, shift = 0 : i32} : vector<64xi8>
  return %0, %1 : i8, vector<64xi8>
}

// CHECK-LABEL: @unpack
// CHECK: qvec.unpack %{{.*}} {bit = 4 : i64, width = 4 : i64} : vector<64xi8>
func.func @unpack(%x: vector<64xi8>) -> vector<64xi8> {
  %0 = qvec.unpack %x {bit = 4 : i64, width = 4 : i64} : vector<64xi8>
  return %0 : vector<64xi8>
}

// Scales of each block, a zero point of each block; integers only.
// CHECK-LABEL: @packed
// CHECK: qvec.kernel packed input
// CHECK-SAME: packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 0, zeroPoints = true> {inputZeroPoint = 128 : i32, unsignedInput}
// CHECK: qvec.kernel packed input
// CHECK-SAME: packing <bits = 3, block = 0, chunk = 32, scale = none, zeroPoint = 4, zeroPoints = false>
func.func @packed(%x: tensor<1x1x3x33xi8>, %w: tensor<1x416xi8>, %v: tensor<1x320xi8>,
                  %y: tensor<1x1x3x5xf32>, %z: tensor<1x1x3x5xi32>) -> (tensor<1x1x3x5xf32>, tensor<1x1x3x5xi32>) {
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%w : tensor<1x416xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 0, zeroPoints = true>
      {inputZeroPoint = 128 : i32, unsignedInput} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  %1 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%v : tensor<1x320xi8>) outs(%z : tensor<1x1x3x5xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 3, block = 0, chunk = 32, scale = none, zeroPoint = 4, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x1x3x5xi32>
  return %0, %1 : tensor<1x1x3x5xf32>, tensor<1x1x3x5xi32>
}

// CHECK-LABEL: @pick
// CHECK: qvec.pick %{{.*}}[%{{.*}}] : vector<16xf32>, vector<4xi32> -> vector<4xf32>
func.func @pick(%t: vector<16xf32>, %i: vector<4xi32>) -> vector<4xf32> {
  %0 = qvec.pick %t[%i] : vector<16xf32>, vector<4xi32> -> vector<4xf32>
  return %0 : vector<4xf32>
}

// Tables of rows, and the bits of floats.
// CHECK-LABEL: @codes
// CHECK: qvec.kernel packed input{{.*}} tables(%{{.*}} : tensor<3x16xf32>)
// CHECK-SAME: packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 2>
// CHECK: packing <bits = 6, block = 32, chunk = 32, scale = f8E8M0FNU, zeroPoint = 0, zeroPoints = false, values = f6E2M3FN>
// CHECK: packing <bits = 1, block = 32, chunk = 32, scale = ui8, zeroPoint = 1, zeroPoints = false, shift = 1>
func.func @codes(%x: tensor<1x1x3x32xf32>, %w: tensor<1x256xi8>, %t: tensor<3x16xf32>, %v: tensor<1x400xi8>,
                 %s: tensor<1x84xi8>, %y: tensor<1x1x3x5xf32>) -> (tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>) {
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x32xf32>) weight(%w : tensor<1x256xi8>) tables(%t : tensor<3x16xf32>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 2> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  %1 = qvec.kernel packed input(%x : tensor<1x1x3x32xf32>) weight(%v : tensor<1x400xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 6, block = 32, chunk = 32, scale = f8E8M0FNU, zeroPoint = 0, zeroPoints = false, values = f6E2M3FN> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  %2 = qvec.kernel packed input(%x : tensor<1x1x3x32xf32>) weight(%s : tensor<1x84xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 1, block = 32, chunk = 32, scale = ui8, zeroPoint = 1, zeroPoints = false, shift = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  return %0, %1, %2 : tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>, tensor<1x1x3x5xf32>
}

// CHECK-LABEL: @expand
// CHECK: qvec.expand %{{.*}}, %{{.*}} : vector<64xi8>, vector<64xi1>
func.func @expand(%v: vector<64xi8>, %m: vector<64xi1>) -> vector<64xi8> {
  %0 = qvec.expand %v, %m : vector<64xi8>, vector<64xi1>
  return %0 : vector<64xi8>
}
