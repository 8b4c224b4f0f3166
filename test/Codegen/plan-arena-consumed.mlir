// RUN: quant-opt %s -split-input-file --qvec-plan-arena=io-in-arena=true -verify-diagnostics | FileCheck %s

// On processors with little memory rows may lie over rows that were read before.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">

// Row r of the result is computed from rows r and r + 1 of the input, of 64 bytes each, and has
// 32. When the first row is written both rows are still needed: the input begins 32 bytes
// behind the result. Behind its end there is a margin, since maxima may read more.

// CHECK: qvec.arena_bytes = 624
// CHECK-SAME: arena_offset = 32
// CHECK-SAME: arena_offset = 0
// CHECK-LABEL: func.func @rows(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @rows(%x: memref<1x9x8x8xi8>, %y: memref<1x8x4x8xi8>) attributes {qvec.target = #small} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    scf.for %r = %c0 to %c8 step %c1 {
      %in = memref.subview %x[0, %r, 0, 0] [1, 2, 8, 8] [1, 1, 1, 1] : memref<1x9x8x8xi8> to memref<1x2x8x8xi8, strided<[576, 64, 8, 1], offset: ?>>
      %out = memref.subview %y[0, %r, 0, 0] [1, 1, 4, 8] [1, 1, 1, 1] : memref<1x8x4x8xi8> to memref<1x1x4x8xi8, strided<[256, 32, 8, 1], offset: ?>>
      qvec.kernel pool_max input(%in : memref<1x2x8x8xi8, strided<[576, 64, 8, 1], offset: ?>>) outs(%out : memref<1x1x4x8xi8, strided<[256, 32, 8, 1], offset: ?>>)
          window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
      ^bb0(%acc: i8):
        qvec.yield %acc : i8
      }
    }
    return
  }
}

// -----

// The same one after another, the result's rows twice as long as the input's: what is written
// overtakes what is read, so that the input begins with its last row behind the result's rows.
// Indices are computed, and some ops are left out.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 288
// CHECK-SAME: arena_offset = 160
// CHECK-SAME: arena_offset = 0
// CHECK-LABEL: func.func @overtaken(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @overtaken(%x: memref<4x32xi8>, %y: memref<8x32xi8>) attributes {qvec.target = #small} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c4 = arith.constant 4 : index
    %c9 = arith.constant 9 : index
    scf.for %i = %c0 to %c9 step %c1 {
      %isThere = arith.cmpi slt, %i, %c4 : index
      scf.if %isThere {
        %in = memref.subview %x[%i, 0] [1, 32] [1, 1] : memref<4x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
        scf.for %k = %c0 to %c2 step %c1 {
          %twice = arith.muli %i, %c2 : index
          %row = arith.addi %twice, %k : index
          %out = memref.subview %y[%row, 0] [1, 32] [1, 1] : memref<8x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
          linalg.copy ins(%in : memref<1x32xi8, strided<[32, 1], offset: ?>>) outs(%out : memref<1x32xi8, strided<[32, 1], offset: ?>>)
        }
      }
    }
    return
  }
}

// -----

// Rows that are read from the last one on cannot be written over from the first one on, nor is
// the copy one in place.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 256
// CHECK-LABEL: func.func @turned(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @turned(%x: memref<4x32xi8>, %y: memref<4x32xi8>) attributes {qvec.target = #small} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c4 = arith.constant 4 : index
    scf.for %i = %c0 to %c4 step %c1 {
      %last = arith.subi %c3, %i : index
      %in = memref.subview %x[%last, 0] [1, 32] [1, 1] : memref<4x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      %out = memref.subview %y[%i, 0] [1, 32] [1, 1] : memref<4x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      linalg.copy ins(%in : memref<1x32xi8, strided<[32, 1], offset: ?>>) outs(%out : memref<1x32xi8, strided<[32, 1], offset: ?>>)
    }
    return
  }
}

// -----

// A loop whose end is not known. Its end is read before it starts and lies where it writes.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 288
// CHECK-LABEL: func.func @unknown(
module attributes {qvec.inputs = [{name = "x"}, {name = "n"}], qvec.outputs = [{name = "y"}]} {
  func.func @unknown(%x: memref<4x32xi8>, %n: memref<i32>, %y: memref<5x32xi8>) attributes {qvec.target = #small} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %number = memref.load %n[] : memref<i32>
    %end = arith.index_cast %number : i32 to index
    scf.for %i = %c0 to %end step %c1 {
      %in = memref.subview %x[%i, 0] [1, 32] [1, 1] : memref<4x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      %out = memref.subview %y[%i, 0] [1, 32] [1, 1] : memref<5x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      linalg.copy ins(%in : memref<1x32xi8, strided<[32, 1], offset: ?>>) outs(%out : memref<1x32xi8, strided<[32, 1], offset: ?>>)
    }
    return
  }
}

// -----

// Two buffers of a loop that are never used at the same time share their place.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 128
// CHECK-LABEL: func.func @apart(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @apart(%x: memref<64xi8>, %y: memref<64xi8>) attributes {qvec.target = #small} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %a = memref.alloc() : memref<64xi8>
    %b = memref.alloc() : memref<64xi8>
    scf.for %i = %c0 to %c2 step %c1 {
      %isFirst = arith.cmpi eq, %i, %c0 : index
      scf.if %isFirst {
        linalg.copy ins(%x : memref<64xi8>) outs(%a : memref<64xi8>)
        linalg.copy ins(%a : memref<64xi8>) outs(%y : memref<64xi8>)
      } else {
        linalg.copy ins(%y : memref<64xi8>) outs(%b : memref<64xi8>)
        linalg.copy ins(%b : memref<64xi8>) outs(%y : memref<64xi8>)
      }
    }
    return
  }
}

// -----

// Other processors keep buffers apart: margins and lines of 64 bytes.

#other = #qvec.target<level = "rv64gc", triple = "riscv64", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 384
// CHECK-LABEL: func.func @lines(
module attributes {qvec.inputs = [{name = "x"}], qvec.outputs = [{name = "y"}]} {
  func.func @lines(%x: memref<4x32xi8>, %y: memref<5x32xi8>) attributes {qvec.target = #other} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    scf.for %i = %c0 to %c4 step %c1 {
      %in = memref.subview %x[%i, 0] [1, 32] [1, 1] : memref<4x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      %out = memref.subview %y[%i, 0] [1, 32] [1, 1] : memref<5x32xi8> to memref<1x32xi8, strided<[32, 1], offset: ?>>
      linalg.copy ins(%in : memref<1x32xi8, strided<[32, 1], offset: ?>>) outs(%out : memref<1x32xi8, strided<[32, 1], offset: ?>>)
    }
    return
  }
}

// -----

// A contraction of whole words reads no further than its input, behind which the arena ends with
// the output.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 208
// CHECK-LABEL: func.func @whole_words(
module attributes {qvec.inputs = [{name = "x"}, {name = "w"}, {name = "b"}, {name = "y"}]} {
  func.func @whole_words(%x: memref<1x1x1x8xi8>, %w: memref<1x1x4x32xi8>, %b: memref<16xi32>, %y: memref<1x1x1x8xi8>) attributes {qvec.target = #small} {
    qvec.kernel contraction input(%x : memref<1x1x1x8xi8>) weight(%w : memref<1x1x4x32xi8>)
        bias(%b : memref<16xi32>) outs(%y : memref<1x1x1x8xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true> epilogue {
    ^bb0(%acc: i32):
      %c = qvec.saturate %acc : i32 to i8
      qvec.yield %c : i8
    }
    return
  }
}

// -----

// One of three pairs loads a word for the last: there is a margin behind the input.

#small = #qvec.target<level = "armv7em", triple = "thumbv7em", cpu = "", features = "">
// CHECK: qvec.arena_bytes = 184
// CHECK-LABEL: func.func @half_word(
module attributes {qvec.inputs = [{name = "x"}, {name = "w"}, {name = "b"}, {name = "y"}]} {
  func.func @half_word(%x: memref<1x1x1x6xi8>, %w: memref<1x1x3x32xi8>, %b: memref<16xi32>, %y: memref<1x1x1x8xi8>) attributes {qvec.target = #small} {
    qvec.kernel contraction input(%x : memref<1x1x1x6xi8>) weight(%w : memref<1x1x3x32xi8>)
        bias(%b : memref<16xi32>) outs(%y : memref<1x1x1x8xi8>)
        window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
        strategy <rows = 1, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true, joined = true> epilogue {
    ^bb0(%acc: i32):
      %c = qvec.saturate %acc : i32 to i8
      qvec.yield %c : i8
    }
    return
  }
}
