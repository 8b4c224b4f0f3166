// RUN: quant-opt %s -split-input-file -verify-diagnostics

func.func @dot4_c1(%acc: vector<4xi32>, %a: vector<8xi8>) -> vector<4xi32> {
  // expected-error @below {{'qvec.dot4' op expected 16 factors for 4 lanes, but got 8}}
  %0 = qvec.dot4 %acc, %a, %a : vector<4xi32>, vector<8xi8>
  return %0 : vector<4xi32>
}

// -----

func.func @saturate_shapes(%x: vector<16xi32>) -> vector<8xi8> {
  // expected-error @below {{all non-scalar operands/results must have the same shape and base type}}
  %0 = qvec.saturate %x : vector<16xi32> to vector<8xi8>
  return %0 : vector<8xi8>
}

// -----

func.func @dot2_c1(%acc: vector<4xi32>, %a: vector<16xi16>) -> vector<4xi32> {
  // expected-error @below {{'qvec.dot2' op expected 8 factors for 4 lanes, but got 16}}
  %0 = qvec.dot2 %acc, %a, %a : vector<4xi32>, vector<16xi16>
  return %0 : vector<4xi32>
}

// -----

func.func @kernel_c1(%x: tensor<4x4x3xf32>, %y: tensor<1x2x2x3xf32>) {
  // expected-error @below {{expected input and init of rank 4, but got 'tensor<4x4x3xf32>' and 'tensor<1x2x2x3xf32>'}}
  %0 = qvec.kernel pool_max input(%x : tensor<4x4x3xf32>) outs(%y : tensor<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xf32>
  return
}

// -----

func.func @kernel_c2(%x: tensor<1x4x4x3xf32>, %y: tensor<1x2x2x3xf32>) {
  // expected-error @below {{expected a weight and a strategy}}
  %0 = qvec.kernel contraction input(%x : tensor<1x4x4x3xf32>) outs(%y : tensor<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xf32>
  return
}

// -----

func.func @kernel_depthwise_c2(%x: tensor<1x4x4x3xf32>, %y: tensor<1x2x2x3xf32>) {
  // expected-error @below {{expected a weight and a depthwise strategy}}
  %0 = qvec.kernel depthwise input(%x : tensor<1x4x4x3xf32>) outs(%y : tensor<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xf32>
  return
}

// -----

func.func @kernel_c3(%x: tensor<1x4x4x3xf32>, %y: tensor<1x2x2x3xf32>) {
  // expected-error @below {{expected epilogue arguments ('f32'), but got ('f32', 'f32')}}
  %0 = qvec.kernel pool_max input(%x : tensor<1x4x4x3xf32>) outs(%y : tensor<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32, %other: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xf32>
  return
}

// -----

func.func @kernel_yield_c3(%x: tensor<1x4x4x3xf32>, %y: tensor<1x2x2x3xi8>) {
  // expected-error @below {{expected the epilogue to yield a value of type 'i8', the element type of init}}
  %0 = qvec.kernel pool_max input(%x : tensor<1x4x4x3xf32>) outs(%y : tensor<1x2x2x3xi8>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xi8>
  return
}

// -----

func.func @kernel_c4(%x: tensor<1x4x4x3xf32>, %r: tensor<1x1x2x3xf32>, %y: tensor<1x2x2x3xf32>) {
  // expected-error @below {{expected residuals of init's shape, but got 'tensor<1x1x2x3xf32>' for 'tensor<1x2x2x3xf32>'}}
  %0 = qvec.kernel pool_max input(%x : tensor<1x4x4x3xf32>) residuals(%r : tensor<1x1x2x3xf32>) outs(%y : tensor<1x2x2x3xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32, %res: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x3xf32>
  return
}

// -----

// expected-error @below {{expected positive rows, vectors, lanes and pass, and at most 4096 results}}
#strategy_c1 = #qvec.strategy<rows = 0, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>

// -----

// expected-error @below {{expected positive rows, vectors, lanes and pass, and at most 4096 results}}
#strategy_product_c1 = #qvec.strategy<rows = 64, vectors = 16, lanes = 16, group = 4, mergeTaps = false, pass = 1>

// -----

// expected-error @below {{expected positive rows, vectors, lanes and pass, and at most 4096 results}}
#strategy_overflow_c1 = #qvec.strategy<rows = 4294967296, vectors = 4294967296, lanes = 1, group = 4, mergeTaps = false, pass = 1>

// -----

// expected-error @below {{but got 3 with 16 lanes and 1 steps}}
#strategy_c2 = #qvec.strategy<rows = 1, vectors = 1, lanes = 16, group = 3, mergeTaps = false, pass = 1>

// -----

// expected-error @below {{expected steps in [1, 16], but got 17}}
#strategy_c3 = #qvec.strategy<rows = 1, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1, steps = 17>

// -----

// expected-error @below {{has an unknown or ill-typed attribute 'qvec.layer'}}
func.func private @attribute() attributes {qvec.layer = 3 : i64}

// -----

func.func @lookup_c1(%x: vector<64xi8>) -> vector<64xi8> {
  // expected-error @below {{expected a table of 256 entries, but got 2}}
  %0 = qvec.lookup %x {table = array<i8: 1, 2>} : vector<64xi8>
  return %0 : vector<64xi8>
}

// -----

func.func @kernel_c5(%x: tensor<1x1x3x8xf32>, %r: tensor<2xf32>, %y: tensor<1x1x3x8xf32>) {
  // expected-error @below {{expected row parameters whose number of elements divides the 3 positions of init, but got 'tensor<2xf32>'}}
  %0 = qvec.kernel pool_max input(%x : tensor<1x1x3x8xf32>) row_params(%r : tensor<2xf32>) outs(%y : tensor<1x1x3x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32, %row: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x8xf32>
  return
}

// -----

func.func @kernel_range_c6(%x: tensor<1x1x3x64xf32>, %y: tensor<1x1x3x3xf32>) {
  // expected-error @below {{expected two channels for each part, but got 'tensor<1x1x3x3xf32>'}}
  %0 = qvec.kernel row_range input(%x : tensor<1x1x3x64xf32>) outs(%y : tensor<1x1x3x3xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @kernel_c6(%x: tensor<1x1x3x64xf32>, %y: tensor<1x1x3x2xf32>) {
  // expected-error @below {{expected an f32 input with init's positions and at least one element for each part, but got 'tensor<1x1x3x64xf32>' for 'tensor<1x1x3x2xf32>'}}
  %0 = qvec.kernel row_max input(%x : tensor<1x1x3x64xf32>) outs(%y : tensor<1x1x3x2xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x2xf32>
  return
}

// -----

func.func @multiply_high_c1(%x: i32) {
  // expected-error @+1 {{'qvec.multiply_high' op expected a shift of 31 or 32, but got 30}}
  %0 = qvec.multiply_high %x, %x {shift = 30 : i32} : i32
  return
}

// -----

func.func @mmla_c1(%acc: vector<8xi32>, %x: vector<32xi8>) {
  // expected-error @+1 {{'qvec.mmla' op expected 16 factors for 4 lanes, but got 32 for 8}}
  %0 = qvec.mmla %acc, %x, %x : vector<8xi32>, vector<32xi8>
  return
}

// -----

func.func @reduce_dot_c1(%acc: vector<2xi32>, %x: vector<16xi8>) {
  // expected-error @+1 {{'qvec.reduce_dot' op expected 16 factors for one lane, but got 16 for 2}}
  %0 = qvec.reduce_dot %acc, %x, %x : vector<2xi32>, vector<16xi8>
  return
}

// -----

func.func @rescale_add_c1(%x: i8) {
  // expected-error @+1 {{'qvec.rescale_add' op expected multipliers of 24 bits, but got 8388608}}
  %0 = qvec.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = 8388608 : i32, offset = 0 : i32, shift = 0 : i32} : i8
  return
}

// -----

func.func @rescale_add_c2(%x: i8) {
  // expected-error @+1 {{'qvec.rescale_add' op expected a shift in [0, 31], but got 32}}
  %0 = qvec.rescale_add %x, %x {lhsMultiplier = 1 : i32, rhsMultiplier = 1 : i32, offset = 0 : i32, shift = 32 : i32} : i8
  return
}

// -----

func.func @unpack_c1(%x: vector<64xi8>) -> vector<64xi8> {
  // expected-error @below {{expected bits within elements of 8 bits, but got 4 from 5}}
  %0 = qvec.unpack %x {bit = 5 : i64, width = 4 : i64} : vector<64xi8>
  return %0 : vector<64xi8>
}

// -----

// expected-error @below {{expected codes of 1 to 8 or 16 bits, but got 9}}
#packing_c1 = #qvec.packing<bits = 9, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false>

// -----

// expected-error @below {{expected a positive chunk that divides the block 32, but got 24}}
#packing_c2 = #qvec.packing<bits = 4, block = 32, chunk = 24, scale = f16, zeroPoint = 8, zeroPoints = false>

// -----

// expected-error @below {{expected scales of type f16, f32, f8E8M0FNU, ui8 or none, but got 'bf16'}}
#packing_c3 = #qvec.packing<bits = 4, block = 32, chunk = 32, scale = bf16, zeroPoint = 8, zeroPoints = false>

// -----

// expected-error @below {{expected a zero point in [0, 15], but got 16}}
#packing_c4 = #qvec.packing<bits = 4, block = 32, chunk = 32, scale = f32, zeroPoint = 16, zeroPoints = false>

// -----

// expected-error @below {{expected a zero point in [-128, 127], but got -129}}
#packing_bytes_c4 = #qvec.packing<bits = 8, block = 0, chunk = 32, scale = none, zeroPoint = -129, zeroPoints = false>

// -----

// expected-error @below {{expected a shift within 8 bits, but got 5}}
#packing_shift_c1 = #qvec.packing<bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 1, zeroPoints = false, shift = 5>

// -----

// expected-error @below {{expected values of a float type of 8 bits with at most 5 bits of exponent, but got 'f16'}}
#packing_c5 = #qvec.packing<bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = false, values = f16>

// -----

// expected-error @below {{expected one of zero points, values and tableRows}}
#packing_c6 = #qvec.packing<bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = false, values = f8E4M3FN, tableRows = 1>

// -----

func.func @kernel_c11(%x: tensor<1x1x3x32xf32>, %w: tensor<1x256xi8>, %t: tensor<1x8xf32>, %y: tensor<1x1x3x5xf32>) {
  // expected-error @below {{expected 3 tables of 16 entries of type f32 for its packing}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x32xf32>) weight(%w : tensor<1x256xi8>) tables(%t : tensor<1x8xf32>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, tableRows = 2> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  return
}

// -----

func.func @kernel_c12(%x: tensor<1x1x3x32xi8>, %w: tensor<1x576xi8>, %y: tensor<1x1x3x5xf32>) {
  // expected-error @below {{expected codes that stand for integers of at most 8 bits with an integer input, but got}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x32xi8>) weight(%w : tensor<1x576xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 8, block = 0, chunk = 32, scale = f32, zeroPoint = 0, zeroPoints = false, values = f8E4M3FN> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  return
}

// -----

func.func @pick_c1(%t: vector<4xf32>, %i: vector<8xi32>) -> vector<8xf32> {
  // expected-error @below {{expected a table of 8 or 16 entries, but got 'vector<4xf32>'}}
  %0 = qvec.pick %t[%i] : vector<4xf32>, vector<8xi32> -> vector<8xf32>
  return %0 : vector<8xf32>
}

// -----

func.func @pick_c2(%t: vector<8xf32>, %i: vector<8xi32>) -> vector<4xf32> {
  // expected-error @below {{expected as many results as indices, but got 'vector<4xf32>' for 'vector<8xi32>'}}
  %0 = qvec.pick %t[%i] : vector<8xf32>, vector<8xi32> -> vector<4xf32>
  return %0 : vector<4xf32>
}

// -----

func.func @kernel_c7(%x: tensor<1x1x3x33xi8>, %w: tensor<1x320xi8>, %y: tensor<1x1x3x5xf32>) {
  // A whole block of 32 codes, one code in a vector of its own, two scales.
  // expected-error @below {{expected a weight of 1 panels of 384 bytes, but got 'tensor<1x320xi8>'}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%w : tensor<1x320xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  return
}

// -----

func.func @kernel_packing_c7(%x: tensor<1x1x3x33xi8>, %w: tensor<1x384xi8>, %y: tensor<1x1x3x5xf32>) {
  // expected-error @below {{expected a weight, a strategy and a packing}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%w : tensor<1x384xi8>) outs(%y : tensor<1x1x3x5xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x1x3x5xf32>
  return
}

// -----

// Weights are packed for the strategy's axis and outputs.
func.func @kernel_c8(%x: tensor<1x4x4x3xi8>, %w: tensor<1x3x1x1x256xi8>, %y: tensor<1x2x2x3xi32>) {
  // expected-error @below {{expected a weight of shape 1x3x1x2x256 for its window and depthwise strategy, but got 'tensor<1x3x1x1x256xi8>'}}
  %0 = qvec.kernel depthwise input(%x : tensor<1x4x4x3xi8>) weight(%w : tensor<1x3x1x1x256xi8>)
      outs(%y : tensor<1x2x2x3xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      depthwise_strategy <axis = 0, outputs = 2, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>
      epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x2x2x3xi32>
  return
}

// -----

// expected-error @below {{expected a paired strategy to have the group 2, one lane, an even number of vectors and one step}}
#strategy_c4 = #qvec.strategy<rows = 2, vectors = 3, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true>

// -----

// expected-error @below {{expected a joined strategy to be paired or to have the group 16}}
#strategy_c4 = #qvec.strategy<rows = 2, vectors = 4, lanes = 1, group = 2, mergeTaps = false, pass = 1, joined = true>

// -----

// expected-error @below {{expected a group of 1, 2 or 4, of 8 with four lanes and one step, or of 16 with one lane, but got 8 with 16 lanes and 1 steps}}
#strategy_c2 = #qvec.strategy<rows = 2, vectors = 1, lanes = 16, group = 8, mergeTaps = false, pass = 1>

// -----

// Sums of 64 bits are split where steps have fewer products.
func.func @kernel_rows_c9(%x: memref<1x1x2x16xi8>, %w: memref<1x1x2x128xi8>, %y: memref<1x1x2x4xi64>) {
  // expected-error @below {{'qvec.kernel' op expected sums of i32 with groups of 8, but got 'i64'}}
  qvec.kernel contraction input(%x : memref<1x1x2x16xi8>) weight(%w : memref<1x1x2x128xi8>) outs(%y : memref<1x1x2x4xi64>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 4, group = 8, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: i64):
    qvec.yield %acc : i64
  }
  return
}

// -----

// expected-error @below {{expected a gathered strategy to have the group 16, one row, one step and no merged taps}}
#strategy_c5 = #qvec.strategy<rows = 2, vectors = 4, lanes = 1, group = 16, mergeTaps = false, pass = 1, gathered = true>

// -----

func.func @alternate_bytes_c1(%x: vector<4xi8>) {
  // expected-error @below {{'qvec.alternate_bytes' op expected 6 bytes for 3 words, but got 4}}
  %0 = qvec.alternate_bytes %x : vector<4xi8> to vector<3xi16>
  return
}

// -----

// Words are not widened in pairs.
func.func @kernel_c14(%x: memref<1x1x1x4xi16>, %w: memref<1x1x2x32xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @below {{'qvec.kernel' op expected pairs of words only of a contraction of signed bytes with sums of 32 bits, but got 'memref<1x1x1x4xi16>' and 'i32'}}
  qvec.kernel contraction input(%x : memref<1x1x1x4xi16>) weight(%w : memref<1x1x2x32xi8>) outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Weights of two channels share bytes where sums of both come from one product.
func.func @kernel_c15(%x: memref<1x1x1x4xi8>, %w: memref<1x1x2x16xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @below {{'qvec.kernel' op expected a packing without scales or blocks, of 4 bits, and half of the bytes, of a contraction of signed bytes that is joined if it is paired, but got #qvec.packing<bits = 4,}}
  qvec.kernel contraction input(%x : memref<1x1x1x4xi8>) weight(%w : memref<1x1x2x16xi8>) outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 2, lanes = 1, group = 2, mergeTaps = false, pass = 1, paired = true>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// With the group 16 only weights of 4 bits are joined.
func.func @kernel_joined_c14(%x: memref<1x1x1x16xi8>, %w: memref<1x1x1x256xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @below {{'qvec.kernel' op expected a packing with a strategy that is joined and not paired}}
  qvec.kernel contraction input(%x : memref<1x1x1x16xi8>) weight(%w : memref<1x1x1x256xi8>) outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 1, group = 16, mergeTaps = false, pass = 1, joined = true> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// Masks belong to packed kernels.
func.func @kernel_masked_c15(%x: memref<1x1x1x16xi8>, %w: memref<1x1x1x128xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @below {{'qvec.kernel' op expected a packing without scales or blocks, of 4 bits, and half of the bytes}}
  qvec.kernel contraction input(%x : memref<1x1x1x16xi8>) weight(%w : memref<1x1x1x128xi8>) outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 1, group = 16, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 0, zeroPoints = false, masked = true> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// A weight of whole bytes.
func.func @kernel_bytes_c15(%x: memref<1x1x1x16xi8>, %w: memref<1x1x1x256xi8>, %y: memref<1x1x1x1xi32>) {
  // expected-error @below {{'qvec.kernel' op expected a packing without scales or blocks, of 4 bits, and half of the bytes}}
  qvec.kernel contraction input(%x : memref<1x1x1x16xi8>) weight(%w : memref<1x1x1x256xi8>) outs(%y : memref<1x1x1x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 1, group = 16, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 1, scale = none, zeroPoint = 8, zeroPoints = false> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

// expected-error @below {{expected axis 0 or 1, but got 2}}
#depthwise_strategy_c1 = #qvec.depthwise_strategy<axis = 2, outputs = 2, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>

// -----

// expected-error @below {{expected positive outputs, columns and pixels, and at most 4096 results}}
#depthwise_strategy_c2 = #qvec.depthwise_strategy<axis = 0, outputs = 0, columns = 1, pixels = 1, lanes = 16, group = 4, channelsOuter = false>

// -----

// expected-error @below {{expected a group of 1, 2 or 4, but got 3}}
#depthwise_strategy_c3 = #qvec.depthwise_strategy<axis = 0, outputs = 1, columns = 1, pixels = 1, lanes = 16, group = 3, channelsOuter = false>

// -----

// expected-error @below {{expected 1, 4, 8 or 16 lanes, but got 32}}
#depthwise_strategy_c4 = #qvec.depthwise_strategy<axis = 0, outputs = 1, columns = 1, pixels = 1, lanes = 32, group = 4, channelsOuter = false>

// -----

// expected-error @below {{expected one pixel with several outputs along axis 1 or with channelsOuter, but got 4}}
#depthwise_strategy_c5 = #qvec.depthwise_strategy<axis = 1, outputs = 2, columns = 1, pixels = 4, lanes = 16, group = 4, channelsOuter = false>

// -----

// expected-error @below {{expected one pixel with several outputs along axis 1 or with channelsOuter, but got 2}}
#depthwise_strategy_c5 = #qvec.depthwise_strategy<axis = 0, outputs = 2, columns = 1, pixels = 2, lanes = 16, group = 4, channelsOuter = true>

// -----

func.func @kernel_c9(%x: memref<1x1x1x4xf32>, %w: memref<1x1x1x64xf32>, %y: memref<1x1x1x1xf32>) {
  // expected-error @below {{'qvec.kernel' op expected a contraction of 'f32' in groups of 1, but got 4}}
  qvec.kernel contraction input(%x : memref<1x1x1x4xf32>) weight(%w : memref<1x1x1x64xf32>) outs(%y : memref<1x1x1x1xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 1, vectors = 1, lanes = 8, group = 4, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// A tile of two steps, and a run of three.
func.func @kernel_c10(%x: memref<1x1x8x12xi8>, %w: memref<1x1x3x64xi8>, %y: memref<1x1x8x1xi32>) {
  // expected-error @below {{expected several steps at a time only of a contraction of bytes, in vectors of 16 lanes, with a multiple of 2 steps, but got 'memref<1x1x3x64xi8>' and 16 lanes}}
  qvec.kernel contraction input(%x : memref<1x1x8x12xi8>) weight(%w : memref<1x1x3x64xi8>) outs(%y : memref<1x1x8x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 8, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1, steps = 2> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

func.func @kernel_lanes_c10(%x: memref<1x1x8x8xi8>, %w: memref<1x1x2x64xi8>, %y: memref<1x1x8x1xi32>) {
  // expected-error @below {{but got 'memref<1x1x2x64xi8>' and 8 lanes}}
  qvec.kernel contraction input(%x : memref<1x1x8x8xi8>) weight(%w : memref<1x1x2x64xi8>) outs(%y : memref<1x1x8x1xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 8, vectors = 1, lanes = 8, group = 4, mergeTaps = false, pass = 1, steps = 2> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  }
  return
}

// -----

func.func @kernel_floats_c10(%x: memref<1x1x8x2xf32>, %w: memref<1x1x2x16xf32>, %y: memref<1x1x8x1xf32>) {
  // expected-error @below {{expected several steps at a time only of a contraction of bytes}}
  qvec.kernel contraction input(%x : memref<1x1x8x2xf32>) weight(%w : memref<1x1x2x16xf32>) outs(%y : memref<1x1x8x1xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 8, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1, steps = 2> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

func.func @tile_load_c1(%x: memref<4096xi8>, %i: index) {
  // expected-error @below {{'qvec.tile_load' op expected tiles of at most 16 rows of at most 64 bytes, in whole 32-bit words, but got 'vector<17x64xi8>'}}
  %0 = qvec.tile_load %x[%i] stride 64 : memref<4096xi8> to vector<17x64xi8>
  return
}

// -----

func.func @tile_load_words_c1(%x: memref<4096xi8>, %i: index) {
  // expected-error @below {{but got 'vector<16x6xi8>'}}
  %0 = qvec.tile_load %x[%i] stride 64 : memref<4096xi8> to vector<16x6xi8>
  return
}

// -----

func.func @tile_load_c2(%x: memref<4096xi8>, %i: index) {
  // expected-error @below {{'qvec.tile_load' op expected elements of one type and a stride that is not negative, but got 'vector<16x64xi8>', 'memref<4096xi8>' and -64}}
  %0 = qvec.tile_load %x[%i] stride -64 : memref<4096xi8> to vector<16x64xi8>
  return
}

// -----

func.func @zero_pads_c13_type(%x: tensor<1x4x4x4xf32>, %w: tensor<1x9x4x16xf32>, %y: tensor<1x2x2x16xf32>) {
  // expected-error @below {{'qvec.kernel' op expected zero pads of a contraction of integers only, but got 'tensor<1x4x4x4xf32>'}}
  %0 = qvec.kernel contraction input(%x : tensor<1x4x4x4xf32>) weight(%w : tensor<1x9x4x16xf32>)
      outs(%y : tensor<1x2x2x16xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1>
      {zeroPads = array<i64: 1, 1, 1, 1>} epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  } -> tensor<1x2x2x16xf32>
  return
}

// -----

func.func @zero_pads_c13_count(%x: tensor<1x4x4x4xi8>, %w: tensor<1x9x1x64xi8>, %y: tensor<1x2x2x16xi32>) {
  // expected-error @below {{'qvec.kernel' op expected as zero pads [top, left, bottom, right] in the input 'tensor<1x4x4x4xi8>', but got [1, 1]}}
  %0 = qvec.kernel contraction input(%x : tensor<1x4x4x4xi8>) weight(%w : tensor<1x9x1x64xi8>)
      outs(%y : tensor<1x2x2x16xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      {zeroPads = array<i64: 1, 1>} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x2x2x16xi32>
  return
}

// -----

func.func @zero_pads_c13_size(%x: tensor<1x4x4x4xi8>, %w: tensor<1x9x1x64xi8>, %y: tensor<1x2x2x16xi32>) {
  // expected-error @below {{'qvec.kernel' op expected as zero pads [top, left, bottom, right] in the input 'tensor<1x4x4x4xi8>', but got [1, 3, 1, 2]}}
  %0 = qvec.kernel contraction input(%x : tensor<1x4x4x4xi8>) weight(%w : tensor<1x9x1x64xi8>)
      outs(%y : tensor<1x2x2x16xi32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 2, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      {zeroPads = array<i64: 1, 3, 1, 2>} epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x2x2x16xi32>
  return
}

// -----

func.func @tile_store_c1(%x: vector<4x17xi32>, %y: memref<4096xi32>, %i: index) {
  // expected-error @below {{'qvec.tile_store' op expected tiles of at most 16 rows of at most 64 bytes, in whole 32-bit words, but got 'vector<4x17xi32>'}}
  qvec.tile_store %x, %y[%i] stride 64 : vector<4x17xi32>, memref<4096xi32>
  return
}

// -----

func.func @tile_store_c2(%x: vector<4x16xi32>, %y: memref<4096xi8>, %i: index) {
  // expected-error @below {{'qvec.tile_store' op expected elements of one type and a stride that is not negative, but got 'vector<4x16xi32>', 'memref<4096xi8>' and 64}}
  qvec.tile_store %x, %y[%i] stride 64 : vector<4x16xi32>, memref<4096xi8>
  return
}

// -----

func.func @tile_mma_c1(%acc: vector<4x17xi32>, %x: vector<4x64xi8>, %w: vector<16x68xi8>) {
  // expected-error @below {{'qvec.tile_mma' op expected tiles of at most 16 rows of at most 64 bytes, in whole 32-bit words, but got 'vector<4x17xi32>'}}
  %0 = qvec.tile_mma %acc, %x, %w : vector<4x17xi32>, vector<4x64xi8>, vector<16x68xi8>
  return
}

// -----

func.func @tile_mma_c2(%acc: vector<4x16xi32>, %x: vector<4x64xi8>, %w: vector<12x64xi8>) {
  // expected-error @below {{'qvec.tile_mma' op expected factors of M x 4K and K x 4N for sums of M x N, but got 'vector<4x64xi8>' and 'vector<12x64xi8>' for 'vector<4x16xi32>'}}
  %0 = qvec.tile_mma %acc, %x, %w : vector<4x16xi32>, vector<4x64xi8>, vector<12x64xi8>
  return
}

// -----

// expected-error @below {{expected masked codes to be integers of 2 to 8 bits without shift and zero points, and 2:4 ones to be masked}}
#packing_masked_c7 = #qvec.packing<bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8, zeroPoints = false, masked = true>

// -----

// expected-error @below {{expected masked codes to be integers of 2 to 8 bits without shift and zero points, and 2:4 ones to be masked}}
#packing_two_of_four_c7 = #qvec.packing<bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 0, zeroPoints = false, twoOfFour = true>

// -----

func.func @kernel_masked_c7(%x: tensor<1x1x3x33xi8>, %w: tensor<1x139xi8>, %y: tensor<1x1x3x5xi32>) {
  // An offset, masks of nine vectors, and bytes that may be read.
  // expected-error @below {{expected a weight of 1 row of at least 140 bytes, but got 'tensor<1x139xi8>'}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%w : tensor<1x139xi8>) outs(%y : tensor<1x1x3x5xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, masked = true> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x1x3x5xi32>
  return
}

// -----

func.func @kernel_two_of_four_c7(%x: tensor<1x1x3x33xi8>, %w: tensor<1x281xi8>, %y: tensor<1x1x3x5xi32>) {
  // Masks and 16 bytes of codes of nine vectors, and bytes that may be read.
  // expected-error @below {{expected a weight of 1 row of 280 bytes, but got 'tensor<1x281xi8>'}}
  %0 = qvec.kernel packed input(%x : tensor<1x1x3x33xi8>) weight(%w : tensor<1x281xi8>) outs(%y : tensor<1x1x3x5xi32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 3, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      packing <bits = 4, block = 0, chunk = 32, scale = none, zeroPoint = 0, zeroPoints = false, masked = true, twoOfFour = true> epilogue {
  ^bb0(%acc: i32):
    qvec.yield %acc : i32
  } -> tensor<1x1x3x5xi32>
  return
}

// -----

func.func @expand_c1(%v: vector<64xi8>, %m: vector<32xi1>) -> vector<64xi8> {
  // expected-error @below {{expected as many elements of the mask as lanes, but got 'vector<32xi1>' for 'vector<64xi8>'}}
  %0 = qvec.expand %v, %m : vector<64xi8>, vector<32xi1>
  return %0 : vector<64xi8>
}
