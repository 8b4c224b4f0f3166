// RUN: quant-opt %s -split-input-file --qvec-stream-rows=io-in-arena=true --qvec-plan-arena=io-in-arena=true | FileCheck %s

// The second image has 1024 bytes and lies at the start of the input, of which it is made; the
// third one has 4096. Rows of that could be written over those of the second one, but only with
// some 3000 bytes in front of it, where the input cannot be. The chain goes on instead until its
// result is small: what is left is the input and two rows of 128 bytes, with a margin behind.

// CHECK: qvec.arena_bytes = 4240
// CHECK-LABEL: func.func @grows(
// CHECK: memref<4240xi8>

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  memref.global "private" constant @w1 : memref<1x2x8x32xi8> = dense<1>
  memref.global "private" constant @w2 : memref<2x1x4x32xi8> = dense<1>
  memref.global "private" constant @w4 : memref<2x1x16x32xi8> = dense<1>
  memref.global "private" constant @w6 : memref<1x1x16x32xi8> = dense<1>
  func.func @grows(%x: memref<1x32x8x16xi8>, %y: memref<1x7x8x16xi8>) attributes {qvec.target = #small} {
    %a0 = memref.alloc() : memref<1x32x8x16xi8>
    qvec.kernel pool_max input(%x : memref<1x32x8x16xi8>) outs(%a0 : memref<1x32x8x16xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %a1 = memref.alloc() : memref<1x16x8x8xi8>
    %w1 = memref.get_global @w1 : memref<1x2x8x32xi8>
    qvec.kernel contraction input(%a0 : memref<1x32x8x16xi8>) weight(%w1 : memref<1x2x8x32xi8>) outs(%a1 : memref<1x16x8x8xi8>)
        window <kernel = [2, 1], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    %a2 = memref.alloc() : memref<1x16x8x32xi8>
    %w2 = memref.get_global @w2 : memref<2x1x4x32xi8>
    qvec.kernel contraction input(%a1 : memref<1x16x8x8xi8>) weight(%w2 : memref<2x1x4x32xi8>) outs(%a2 : memref<1x16x8x32xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    %a3 = memref.alloc() : memref<1x14x8x32xi8>
    qvec.kernel pool_max input(%a2 : memref<1x16x8x32xi8>) outs(%a3 : memref<1x14x8x32xi8>)
        window <kernel = [3, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %a4 = memref.alloc() : memref<1x14x8x32xi8>
    %w4 = memref.get_global @w4 : memref<2x1x16x32xi8>
    qvec.kernel contraction input(%a3 : memref<1x14x8x32xi8>) weight(%w4 : memref<2x1x16x32xi8>) outs(%a4 : memref<1x14x8x32xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    %a5 = memref.alloc() : memref<1x7x8x32xi8>
    qvec.kernel pool_max input(%a4 : memref<1x14x8x32xi8>) outs(%a5 : memref<1x7x8x32xi8>)
        window <kernel = [2, 1], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %w6 = memref.get_global @w6 : memref<1x1x16x32xi8>
    qvec.kernel contraction input(%a5 : memref<1x7x8x32xi8>) weight(%w6 : memref<1x1x16x32xi8>) outs(%y : memref<1x7x8x16xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    return
  }
}

// -----

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Chains that each take the fewest bytes do not lie together in them: with a twentieth more there
// are others that do.

// CHECK: qvec.arena_bytes = 2560
// CHECK-LABEL: func.func @wider_bound(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  memref.global "private" constant @w0 : memref<2x3x4x32xi8> = dense<1>
  memref.global "private" constant @w1 : memref<3x2x16x32xi8> = dense<1>
  memref.global "private" constant @w5 : memref<1x1x24x32xi8> = dense<1>
  func.func @wider_bound(%x: memref<1x24x8x8xi8>, %y: memref<1x5x8x8xi8>) attributes {qvec.target = #small} {
    %a0 = memref.alloc() : memref<1x11x8x32xi8>
    %w0 = memref.get_global @w0 : memref<2x3x4x32xi8>
    qvec.kernel contraction input(%x : memref<1x24x8x8xi8>) weight(%w0 : memref<2x3x4x32xi8>) outs(%a0 : memref<1x11x8x32xi8>)
        window <kernel = [3, 1], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    %a1 = memref.alloc() : memref<1x5x8x48xi8>
    %w1 = memref.get_global @w1 : memref<3x2x16x32xi8>
    qvec.kernel contraction input(%a0 : memref<1x11x8x32xi8>) weight(%w1 : memref<3x2x16x32xi8>) outs(%a1 : memref<1x5x8x48xi8>)
        window <kernel = [2, 1], strides = [2, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    %a2 = memref.alloc() : memref<1x5x8x48xi8>
    qvec.kernel pool_max input(%a1 : memref<1x5x8x48xi8>) outs(%a2 : memref<1x5x8x48xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %a3 = memref.alloc() : memref<1x5x8x48xi8>
    qvec.kernel pool_max input(%a2 : memref<1x5x8x48xi8>) outs(%a3 : memref<1x5x8x48xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %a4 = memref.alloc() : memref<1x5x8x48xi8>
    qvec.kernel pool_max input(%a3 : memref<1x5x8x48xi8>) outs(%a4 : memref<1x5x8x48xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
    ^bb0(%acc: i8):
      qvec.yield %acc : i8
    }
    %w5 = memref.get_global @w5 : memref<1x1x24x32xi8>
    qvec.kernel contraction input(%a4 : memref<1x5x8x48xi8>) weight(%w5 : memref<1x1x24x32xi8>) outs(%y : memref<1x5x8x8xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
    ^bb0(%acc: i32):
      %0 = qvec.saturate %acc : i32 to i8
      qvec.yield %0 : i8
    }
    return
  }
}
