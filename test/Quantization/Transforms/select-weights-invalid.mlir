// RUN: not quant-opt %s --qnn-select-weights="weights=i9" 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not quant-opt %s --qnn-select-weights="granularity=row" 2>&1 | FileCheck %s --check-prefix=GRANULARITY
// RUN: not quant-opt %s --qnn-select-weights="granularity=block0" 2>&1 | FileCheck %s --check-prefix=BLOCK
// RUN: not quant-opt %s --qnn-select-weights="scheme=odd" 2>&1 | FileCheck %s --check-prefix=SCHEME
// RUN: not quant-opt %s --qnn-select-weights="range=-127:128" 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not quant-opt %s --qnn-select-weights="range=wide" 2>&1 | FileCheck %s --check-prefix=WORD
// RUN: not quant-opt %s --qnn-select-weights="weights=nf4 range=full" 2>&1 | FileCheck %s --check-prefix=CODES
// RUN: not quant-opt %s --qnn-select-weights="weights=nf4 scheme=affine" 2>&1 | FileCheck %s --check-prefix=AFFINE
// RUN: not quant-opt %s --qnn-select-weights="weights=palette4 granularity=block32" 2>&1 | FileCheck %s --check-prefix=PALETTE
// RUN: not quant-opt %s --qnn-select-weights="weights=mxfp4 granularity=block64" 2>&1 | FileCheck %s --check-prefix=MX
// RUN: not quant-opt %s --qnn-select-weights="weights=mxfp4 scales=f16" 2>&1 | FileCheck %s --check-prefix=POWERS
// RUN: not quant-opt %s --qnn-select-weights="weights=i8 scales=f16" 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: not quant-opt %s --qnn-select-weights="weights=i4 scales=f64" 2>&1 | FileCheck %s --check-prefix=SCALES
// RUN: not quant-opt %s --qnn-select-weights="weights=f16 granularity=tensor" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not quant-opt %s --qnn-select-weights="config=%S/nowhere.json" 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not quant-opt %s --qnn-select-weights="config=%S/Inputs/config-unknown.json" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not quant-opt %s --qnn-select-weights="config=%S/Inputs/config-type.json" 2>&1 | FileCheck %s --check-prefix=NONSENSE
// RUN: not quant-opt %s --qnn-select-weights="exclude=@middle" 2>&1 | FileCheck %s --check-prefix=CHOICE
// RUN: quant-opt %s --qnn-select-weights="exclude=secnd,@conv2d,f*" 2>&1 | FileCheck %s --check-prefix=IDLE
// RUN: not quant-opt %s --qnn-verify-schemes 2>&1 | FileCheck %s --check-prefix=VERIFY

// CHOICE: expected 'exclude' to name layers or to be @first, @last, @conv2d, @depthwise or @dense, but got '@middle'
// IDLE: warning: 'exclude' has 'secnd', which no layer matches
// IDLE-NOT: warning
// TYPE: expected weights of type 'f32', 'f16', {{.*}} 'nf4', {{.*}} or 'mxint8', but got 'i9'
// GRANULARITY: expected granularity 'channel', 'tensor', 'axis<N>' or 'block<N>' for weights of type 'i8', but got 'row'
// BLOCK: but got 'block0'
// SCHEME: expected scheme 'symmetric' or 'affine', but got 'odd'
// RANGE: expected a range within [-128, 127] that holds 0 and a positive number for weights of type 'i8', but got [-127, 128]; use [-128, 127], or weights of type 'u8' with the zero point moved by 127
// WORD: expected range 'narrow', 'full' or '<MIN>:<MAX>', but got 'wide'
// CODES: weights of type 'nf4' have no range of integers, but got 'full'
// AFFINE: weights of type 'nf4' have no zero points, but got scheme 'affine'
// PALETTE: expected granularity 'tensor', 'channel' or 'rows<N>' for weights of type 'palette4', but got 'block32'
// MX: expected granularity 'block32' for weights of type 'mxfp4', but got 'block64'
// POWERS: weights of type 'mxfp4' have powers of two as scales, but got 'f16'
// BLOCKS: scales of type 'f16' are for blocks, but weights of type 'i8' have granularity 'channel'
// SCALES: expected scales 'f32', 'f16' or 'double', but got 'f64'
// NONE: weights of type 'f16' have no scales, but got granularity 'tensor'
// MISSING: cannot read configuration '{{.*}}nowhere.json': No such file or directory
// UNKNOWN: config-unknown.json: the model has no weight 'nobody'
// NONSENSE: config-type.json: weight 'first': expected a quantized type or a format of '--list-formats', but got '!qnn.nonsense<'
// VERIFY: expected a decision about the weight ('qnn.scheme'); run 'qnn-select-weights'
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  %0 = qnn.dense %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("first")
  return %0 : tensor<1x2xf32>
}
