// RUN: quant-compile %s --target=thumbv7em-none-eabihf --cpu=cortex-m4 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv smlad | FileCheck %s --check-prefix=CONV
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_dense smlad | FileCheck %s --check-prefix=DENSE
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise smlabb | FileCheck %s --check-prefix=COLUMNS
// RUN: FileCheck %s --check-prefix=REQUANTIZE --input-file=%t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv smlad > %t.loop
// RUN: %python -c "import sys; spills = sum('[sp' in line for line in sys.stdin); \
// RUN:   print(spills, 'accesses'); sys.exit(spills > 3)" < %t.loop
// RUN: quant-compile %s --target=thumbv8.1m.main-none-eabihf --cpu=cortex-m55 --emit=asm -o %t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s contraction_conv vmlava.s8 | FileCheck %s --check-prefix=MVE
// RUN: FileCheck %s --check-prefix=MVE-EPILOGUE --input-file=%t.s
// RUN: %python %S/../Inputs/inner_loops.py %t.s depthwise vmul.i32 | FileCheck %s --check-prefix=MVE-COLUMNS

// A turn has 8 steps of two positions and four channels. What two positions need in a step is
// one load, and so are the weights of four channels. Nothing but the counter and what it is
// compared with is on the stack.

// CONV: loop:
// CONV: ldrd r2, r3, [r0], #8
// CONV: ldrd r12, lr, [r1], #32
// CONV-COUNT-64: smlad
// CONV-NOT: smlad
// CONV: b{{ne|lo}}
// CONV-NOT: loop:

// One position and eight channels: a word is widened on the way, both halves of it. Layers that
// do little of the work have a block of products in each turn. Nothing but the counter goes to
// the stack.

// DENSE: loop:
// DENSE-NOT: {{ldr.*\[sp}}
// DENSE: ldr r2, [r0], #4
// DENSE: sxtb16 r3, r2, ror #8
// DENSE-NOT: sp
// DENSE-COUNT-16: smlad
// DENSE-NOT: smlad
// DENSE: ldr {{r[0-9]+|lr}}, [sp
// DENSE-NOT: [sp
// DENSE: b{{ne|lo}}

// Four outputs of a row: nine taps, and 18 elements that are loaded once.

// COLUMNS: loop:
// COLUMNS-COUNT-27: ldrsb
// COLUMNS-NOT: ldrsb
// COLUMNS: b{{ne|lo}}

// REQUANTIZE: contraction_conv:
// REQUANTIZE: smmlar
// REQUANTIZE: ssat {{r[0-9]+|lr}}, #8
// REQUANTIZE: strb

// A position and four channels: nothing but loads, products and the end of the loop.

// MVE: loop:
// MVE-NOT: {{\[sp|vmul|vmov}}
// MVE-COUNT-4: vmlava.s8
// MVE-NOT: {{\[sp|vmul|vmov|vmlava}}
// MVE: le lr

// Four channels of four outputs, a row of the window in each turn: three taps, and six
// elements that are loaded once.

// MVE-COLUMNS: loop:
// MVE-COLUMNS: vldrb.s32
// MVE-COLUMNS-COUNT-12: vmul.i32
// MVE-COLUMNS-NOT: vmul.i32
// MVE-COLUMNS: le lr

// MVE-EPILOGUE: contraction_conv:
// MVE-EPILOGUE: vqrdmulh.s32
// MVE-EPILOGUE: vmin.s32
// MVE-EPILOGUE: vstrb.32
module attributes {qnn.phase = "fuse"} {
  func.func @main(%x: tensor<1x8x8x16xi8> {qnn.name = "x"}, %y: tensor<1x128xi8> {qnn.name = "y"})
      -> (tensor<1x8x8x16xi8> {qnn.name = "conv"}, tensor<1x8x8x16xi8> {qnn.name = "depthwise"},
          tensor<1x16xi8> {qnn.name = "dense"}) {
    %w = arith.constant dense<3> : tensor<16x3x3x16xi8>
    %0 = qnn.conv2d %x, %w window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
      : (tensor<1x8x8x16xi8>, tensor<16x3x3x16xi8>) -> tensor<1x8x8x16xi32> loc("conv")
    %1 = qnn.requantize %0 {multipliers = array<i32: 12345, 12347, 12349, 12351, 12353, 12355, 12357, 12359, 12361, 12363, 12365, 12367, 12369, 12371, 12373, 12375>, shifts = array<i32: 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x8x8x16xi32> -> tensor<1x8x8x16xi8> loc("conv")
    %v = arith.constant dense<"0x0b30557a1f446913385d02274c711b40650a2f547923486d12375c062b50751a3f640e33587d22476c163b60052a4f741e43680d325701264b70153a5f092e53781d426711365b00254a6f193e63082d527721466b10355a04294e73183d620c31567b20456a14395e03284d721c41660b30557a24496e13385d072c51761b40650f34597e23486d173c61062b50751f"> : tensor<16x3x3x1xi8>
    %2 = qnn.conv2d %x, %v window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]>
      {groups = 16 : i64} : (tensor<1x8x8x16xi8>, tensor<16x3x3x1xi8>) -> tensor<1x8x8x16xi32> loc("depthwise")
    %3 = qnn.requantize %2 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x8x8x16xi32> -> tensor<1x8x8x16xi8> loc("depthwise")
    %u = arith.constant dense<3> : tensor<16x128xi8>
    %4 = qnn.dense %y, %u : (tensor<1x128xi8>, tensor<16x128xi8>) -> tensor<1x16xi32> loc("dense")
    %5 = qnn.requantize %4 {multipliers = array<i32: 12345>, shifts = array<i32: 28>, zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}
      : tensor<1x16xi32> -> tensor<1x16xi8> loc("dense")
    return %1, %3, %5 : tensor<1x8x8x16xi8>, tensor<1x8x8x16xi8>, tensor<1x16xi8>
  }
}
