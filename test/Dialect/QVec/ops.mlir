// RUN: quant-opt %s --verify-roundtrip | FileCheck %s

// Every op of the dialect, with and without its optional parts.

// CHECK-LABEL: @dots
// CHECK: qvec.dot4 %{{.*}}, %{{.*}}, %{{.*}} {unsignedLhs} : vector<4xi32>, vector<16xi8>
// CHECK: qvec.dot2 %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32>, vector<8xi8>
func.func @dots(%acc: vector<4xi32>, %a: vector<16xi8>, %b: vector<16xi8>,
                %c: vector<8xi8>, %d: vector<8xi8>) -> vector<4xi32> {
  %0 = qvec.dot4 %acc, %a, %b {unsignedLhs} : vector<4xi32>, vector<16xi8>
  %1 = qvec.dot2 %0, %c, %d : vector<4xi32>, vector<8xi8>
  return %1 : vector<4xi32>
}

// CHECK-LABEL: @saturate
// CHECK: qvec.saturate %{{.*}} {unsignedResult} : vector<64xi32> to vector<64xi8>
// CHECK: qvec.saturate %{{.*}} : i32 to i8
func.func @saturate(%x: vector<64xi32>, %y: i32) -> (vector<64xi8>, i8) {
  %0 = qvec.saturate %x {unsignedResult} : vector<64xi32> to vector<64xi8>
  %1 = qvec.saturate %y : i32 to i8
  return %0, %1 : vector<64xi8>, i8
}

// CHECK-LABEL: @contraction
// CHECK: qvec.kernel contraction input
// CHECK-SAME: strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
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
      strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
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
