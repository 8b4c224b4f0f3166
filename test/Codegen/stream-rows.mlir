// RUN: quant-opt %s --split-input-file --qvec-stream-rows=cache-bytes=2800 | FileCheck %s
// RUN: quant-opt %s --split-input-file --qvec-stream-rows=cache-bytes=5000 | FileCheck %s --check-prefix=FITS
// RUN: quant-opt %s --split-input-file --qvec-stream-rows | FileCheck %s --check-prefix=FITS
// RUN: quant-opt %s --split-input-file --qvec-stream-rows=cache-bytes=5500 | FileCheck %s --check-prefix=ZEROS

// An image of 18x10x4 floats, padding included, lies between two kernels. Bands of
// 2 rows of the result need 4 rows of it, two of which are read again.

// FITS-LABEL: func.func @window(
// FITS-NOT: linalg.copy
// FITS: qvec.kernel contraction {{.*}} outs(%{{.*}} : memref<1x16x8x4xf32, strided<[720, 40, 4, 1], offset: 44>>)
// FITS: qvec.kernel pool_max {{.*}} outs(%{{.*}} : memref<1x16x8x4xf32>)
// FITS-LABEL: func.func @pads(
// CHECK-LABEL: func.func @window(
// CHECK-SAME: %[[X:.*]]: memref<1x16x8x4xf32>, %[[W:.*]]: memref<1x1x4x16xf32>, %[[Y:.*]]: memref<1x16x8x4xf32>)
// CHECK: %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NOT: memref.alloc
// CHECK: %[[LINE:.*]] = memref.alloc() : memref<1x4x10x4xf32>
// The columns of padding.
// CHECK: %[[LEFT:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 4, 1, 4]
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[LEFT]]
// CHECK: %[[RIGHT:.*]] = memref.subview %[[LINE]][0, 0, 9, 0] [1, 4, 1, 4]
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[RIGHT]]
// The first band: a row of padding and 3 rows.
// CHECK: %[[TOP:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 1, 10, 4]
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[TOP]]
// CHECK: %[[IN0:.*]] = memref.subview %[[X]][0, 0, 0, 0] [1, 3, 8, 4]
// CHECK: %[[OUT0:.*]] = memref.subview %[[LINE]][0, 1, 1, 0] [1, 3, 8, 4]
// CHECK: qvec.kernel contraction input(%[[IN0]] {{.*}} outs(%[[OUT0]]
// CHECK: %[[READ0:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 4, 10, 4]
// CHECK: %[[Y0:.*]] = memref.subview %[[Y]][0, 0, 0, 0] [1, 2, 8, 4]
// CHECK: qvec.kernel pool_max input(%[[READ0]] {{.*}} outs(%[[Y0]]
// The second band keeps two rows and computes two.
// CHECK: %[[FROM:.*]] = memref.subview %[[LINE]][0, 2, 0, 0] [1, 2, 10, 4]
// CHECK: %[[TO:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 2, 10, 4]
// CHECK: linalg.copy ins(%[[FROM]] {{.*}} outs(%[[TO]]
// CHECK: %[[IN1:.*]] = memref.subview %[[X]][0, 3, 0, 0] [1, 2, 8, 4]
// CHECK: %[[OUT1:.*]] = memref.subview %[[LINE]][0, 2, 1, 0] [1, 2, 8, 4]
// CHECK: qvec.kernel contraction input(%[[IN1]] {{.*}} outs(%[[OUT1]]
// CHECK: %[[Y1:.*]] = memref.subview %[[Y]][0, 2, 0, 0] [1, 2, 8, 4]
// CHECK: qvec.kernel pool_max {{.*}} outs(%[[Y1]]
// CHECK-COUNT-10: qvec.kernel
// The last band ends with a row of padding.
// CHECK: linalg.copy
// CHECK: %[[BOTTOM:.*]] = memref.subview %[[LINE]][0, 3, 0, 0] [1, 1, 10, 4]
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[BOTTOM]]
// CHECK: %[[IN7:.*]] = memref.subview %[[X]][0, 15, 0, 0] [1, 1, 8, 4]
// CHECK: qvec.kernel contraction input(%[[IN7]]
// CHECK: %[[Y7:.*]] = memref.subview %[[Y]][0, 14, 0, 0] [1, 2, 8, 4]
// CHECK: qvec.kernel pool_max {{.*}} outs(%[[Y7]]
// CHECK-NOT: qvec.kernel
func.func @window(%x: memref<1x16x8x4xf32>, %w: memref<1x1x4x16xf32>, %y: memref<1x16x8x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc() : memref<1x18x10x4xf32>
  linalg.fill ins(%zero : f32) outs(%a : memref<1x18x10x4xf32>)
  %inner = memref.subview %a[0, 1, 1, 0] [1, 16, 8, 4] [1, 1, 1, 1] : memref<1x18x10x4xf32> to memref<1x16x8x4xf32, strided<[720, 40, 4, 1], offset: 44>>
  qvec.kernel contraction input(%x : memref<1x16x8x4xf32>) weight(%w : memref<1x1x4x16xf32>)
      outs(%inner : memref<1x16x8x4xf32, strided<[720, 40, 4, 1], offset: 44>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%a : memref<1x18x10x4xf32>) outs(%y : memref<1x16x8x4xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Pads of a window become those of the first and the last band; a projection of
// pixels in a single row follows.

// CHECK-LABEL: func.func @pads(
// CHECK-SAME: %[[X:.*]]: memref<1x32x4x8xf32>, %{{.*}}: memref<1x1x8x16xf32>, %[[Y:.*]]: memref<1x1x128x1xf32>)
// CHECK: %[[A:.*]] = memref.alloc() : memref<1x4x4x8xf32>
// CHECK: %[[B:.*]] = memref.alloc() : memref<1x2x4x8xf32>
// CHECK: %[[LINE:.*]] = memref.expand_shape %{{.*}} output_shape [1, 1, 8, 8]
// CHECK: memref.subview %[[X]][0, 0, 0, 0] [1, 4, 4, 8]
// CHECK: memref.subview %[[A]][0, 0, 0, 0] [1, 3, 4, 8]
// CHECK: qvec.kernel pool_max {{.*}} pads = [1, 1, 0, 1]
// CHECK: qvec.kernel pool_max {{.*}} pads = [1, 1, 0, 1]
// CHECK: %[[PIXELS:.*]] = memref.subview %[[LINE]][0, 0, 0, 0] [1, 1, 8, 8]
// CHECK: %[[Y0:.*]] = memref.subview %[[Y]][0, 0, 0, 0] [1, 1, 8, 1]
// CHECK: qvec.kernel contraction input(%[[PIXELS]] {{.*}} outs(%[[Y0]]
// CHECK: qvec.kernel pool_max {{.*}} pads = [0, 1, 0, 1]
// CHECK: qvec.kernel pool_max {{.*}} pads = [0, 1, 0, 1]
// CHECK: memref.subview %[[Y]][0, 0, 8, 0] [1, 1, 8, 1]
// CHECK-COUNT-40: qvec.kernel
// CHECK: qvec.kernel pool_max {{.*}} pads = [0, 1, 1, 1]
// CHECK: qvec.kernel pool_max {{.*}} pads = [0, 1, 1, 1]
// CHECK: memref.subview %[[Y]][0, 0, 120, 0] [1, 1, 8, 1]
func.func @pads(%x: memref<1x32x4x8xf32>, %w: memref<1x1x8x16xf32>, %y: memref<1x1x128x1xf32>) {
  %a = memref.alloc() : memref<1x32x4x8xf32>
  qvec.kernel pool_max input(%x : memref<1x32x4x8xf32>) outs(%a : memref<1x32x4x8xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  %b = memref.alloc() : memref<1x32x4x8xf32>
  qvec.kernel pool_max input(%a : memref<1x32x4x8xf32>) outs(%b : memref<1x32x4x8xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  %flat = memref.collapse_shape %b [[0, 1, 2, 3]] : memref<1x32x4x8xf32> into memref<1024xf32>
  %row = memref.expand_shape %flat [[0, 1, 2, 3]] output_shape [1, 1, 128, 8] : memref<1024xf32> into memref<1x1x128x8xf32>
  qvec.kernel contraction input(%row : memref<1x1x128x8xf32>) weight(%w : memref<1x1x8x16xf32>)
      outs(%y : memref<1x1x128x1xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 1, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Nothing is done for what two kernels read,

// CHECK-LABEL: func.func @readers(
// CHECK: memref.alloc() : memref<1x16x8x8xf32>
// CHECK-COUNT-3: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @readers(%x: memref<1x16x8x8xf32>, %y: memref<1x16x8x8xf32>, %z: memref<1x16x8x8xf32>) {
  %a = memref.alloc() : memref<1x16x8x8xf32>
  qvec.kernel pool_max input(%x : memref<1x16x8x8xf32>) outs(%a : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x8xf32>) outs(%y : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x8xf32>) outs(%z : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// for an input that is overwritten before the last kernel,

// CHECK-LABEL: func.func @overwritten(
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @overwritten(%x: memref<1x16x8x8xf32>, %y: memref<1x16x8x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %a = memref.alloc() : memref<1x16x8x8xf32>
  qvec.kernel pool_max input(%x : memref<1x16x8x8xf32>) outs(%a : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  linalg.fill ins(%zero : f32) outs(%x : memref<1x16x8x8xf32>)
  qvec.kernel pool_max input(%a : memref<1x16x8x8xf32>) outs(%y : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// where the result takes the place of the input,

// CHECK-LABEL: func.func @in_place(
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @in_place(%x: memref<1x16x8x8xf32>) {
  %a = memref.alloc() : memref<1x16x8x8xf32>
  qvec.kernel pool_max input(%x : memref<1x16x8x8xf32>) outs(%a : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x8xf32>) outs(%x : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// for windows that reach over all bands, and for sums whose divisor depends on
// the row.

// CHECK-LABEL: func.func @tall(
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
// CHECK-LABEL: func.func @sums(
// CHECK-COUNT-2: qvec.kernel
// CHECK-NOT: qvec.kernel
func.func @tall(%x: memref<1x24x8x8xf32>, %y: memref<1x4x8x8xf32>) {
  %a = memref.alloc() : memref<1x24x8x8xf32>
  qvec.kernel pool_max input(%x : memref<1x24x8x8xf32>) outs(%a : memref<1x24x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_max input(%a : memref<1x24x8x8xf32>) outs(%y : memref<1x4x8x8xf32>)
      window <kernel = [21, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
func.func @sums(%x: memref<1x16x8x8xf32>, %y: memref<1x16x8x8xf32>) {
  %a = memref.alloc() : memref<1x16x8x8xf32>
  qvec.kernel pool_max input(%x : memref<1x16x8x8xf32>) outs(%a : memref<1x16x8x8xf32>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  qvec.kernel pool_sum input(%a : memref<1x16x8x8xf32>) outs(%y : memref<1x16x8x8xf32>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Rows of zeros around an image are the first rows that the first band reads,
// and the last ones of the last band; columns are the same in all bands.

// CHECK-LABEL: func.func @zeros(
// ZEROS-LABEL: func.func @zeros(
// ZEROS: qvec.kernel contraction
// ZEROS: qvec.kernel contraction {{.*}} {zeroPads = array<i64: 1, 2, 0, 1>}
// ZEROS: qvec.kernel contraction
// ZEROS: qvec.kernel contraction {{.*}} {zeroPads = array<i64: 0, 2, 0, 1>}
// ZEROS: qvec.kernel contraction {{.*}} {zeroPads = array<i64: 0, 2, 1, 1>}
// ZEROS-NOT: qvec.kernel
// ZEROS: return
func.func @zeros(%x: memref<1x32x8x16xi8>, %v: memref<1x1x4x64xi8>, %w: memref<1x9x4x64xi8>, %y: memref<1x32x9x16xi8>) {
  %zero = arith.constant 0 : i8
  %a = memref.alloc() : memref<1x34x11x16xi8>
  linalg.fill ins(%zero : i8) outs(%a : memref<1x34x11x16xi8>)
  %inner = memref.subview %a[0, 1, 2, 0] [1, 32, 8, 16] [1, 1, 1, 1] : memref<1x34x11x16xi8> to memref<1x32x8x16xi8, strided<[5984, 176, 16, 1], offset: 208>>
  qvec.kernel contraction input(%x : memref<1x32x8x16xi8>) weight(%v : memref<1x1x4x64xi8>)
      outs(%inner : memref<1x32x8x16xi8, strided<[5984, 176, 16, 1], offset: 208>>)
      window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1> epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  qvec.kernel contraction input(%a : memref<1x34x11x16xi8>) weight(%w : memref<1x9x4x64xi8>)
      outs(%y : memref<1x32x9x16xi8>)
      window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]>
      strategy <rows = 4, vectors = 1, lanes = 16, group = 4, mergeTaps = false, pass = 1>
      {zeroPads = array<i64: 1, 2, 1, 1>} epilogue {
  ^bb0(%acc: i32):
    %0 = qvec.saturate %acc : i32 to i8
    qvec.yield %0 : i8
  }
  return
}

// -----

// A loop that reads another order of dimensions makes the rows that the next
// kernel reads, though its image would fit the cache.

// CHECK-LABEL: func.func @loop(
// CHECK-SAME: %[[X:.*]]: memref<1x3x16x8xf32>,
// CHECK: %[[LINE:.*]] = memref.alloc() : memref<1x8x8x3xi8>
// CHECK: %[[IN0:.*]] = memref.subview %[[X]][0, 0, 0, 0] [1, 3, 8, 8] [1, 1, 1, 1]
// CHECK: linalg.generic {{.*}} ins(%[[IN0]] : {{.*}} outs(%[[OUT0:.*]] : memref<1x8x8x3xi8, {{.*}}>)
// CHECK: arith.fptosi
// CHECK: qvec.kernel pool_max
// CHECK: %[[IN1:.*]] = memref.subview %[[X]][0, 0, 8, 0] [1, 3, 8, 8] [1, 1, 1, 1]
// CHECK: linalg.generic {{.*}} ins(%[[IN1]]
// CHECK: qvec.kernel pool_max
// CHECK-NOT: qvec.kernel
// CHECK: return
// FITS-LABEL: func.func @loop(
// FITS: linalg.generic {{.*}} outs(%{{.*}} : memref<1x16x8x3xi8>)
#same = affine_map<(n, h, w, c) -> (n, h, w, c)>
#planes = affine_map<(n, h, w, c) -> (n, c, h, w)>
func.func @loop(%x: memref<1x3x16x8xf32>, %y: memref<1x8x4x3xi8>) {
  %a = memref.alloc() : memref<1x16x8x3xi8>
  linalg.generic {indexing_maps = [#planes, #same], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : memref<1x3x16x8xf32>) outs(%a : memref<1x16x8x3xi8>) {
  ^bb0(%in: f32, %out: i8):
    %q = arith.fptosi %in : f32 to i8
    linalg.yield %q : i8
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x3xi8>) outs(%y : memref<1x8x4x3xi8>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: i8):
    qvec.yield %acc : i8
  }
  return
}

// -----

// Elements that depend on where they are.

// CHECK-LABEL: func.func @places(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : memref<1x16x8x2xf32>)
#same = affine_map<(n, h, w, c) -> (n, h, w, c)>
func.func @places(%x: memref<1x16x8x2xf32>, %y: memref<1x8x4x2xf32>) {
  %a = memref.alloc() : memref<1x16x8x2xf32>
  linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : memref<1x16x8x2xf32>) outs(%a : memref<1x16x8x2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %row = linalg.index 1 : index
    %number = arith.index_cast %row : index to i32
    %height = arith.sitofp %number : i32 to f32
    %sum = arith.addf %in, %height : f32
    linalg.yield %sum : f32
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x2xf32>) outs(%y : memref<1x8x4x2xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}

// -----

// Elements that are made of two, or of what was there before.

// CHECK-LABEL: func.func @operands(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : memref<1x16x8x2xf32>)
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : memref<1x16x8x2xf32>)
// CHECK: return
#same = affine_map<(n, h, w, c) -> (n, h, w, c)>
func.func @operands(%x: memref<1x16x8x2xf32>, %z: memref<1x16x8x2xf32>, %y: memref<1x8x4x2xf32>, %v: memref<1x8x4x2xf32>) {
  %a = memref.alloc() : memref<1x16x8x2xf32>
  linalg.generic {indexing_maps = [#same, #same, #same], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %z : memref<1x16x8x2xf32>, memref<1x16x8x2xf32>) outs(%a : memref<1x16x8x2xf32>) {
  ^bb0(%in: f32, %other: f32, %out: f32):
    %sum = arith.addf %in, %other : f32
    linalg.yield %sum : f32
  }
  qvec.kernel pool_max input(%a : memref<1x16x8x2xf32>) outs(%y : memref<1x8x4x2xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  %b = memref.alloc() : memref<1x16x8x2xf32>
  linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x : memref<1x16x8x2xf32>) outs(%b : memref<1x16x8x2xf32>) {
  ^bb0(%in: f32, %out: f32):
    %sum = arith.addf %in, %out : f32
    linalg.yield %sum : f32
  }
  qvec.kernel pool_max input(%b : memref<1x16x8x2xf32>) outs(%v : memref<1x8x4x2xf32>)
      window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> epilogue {
  ^bb0(%acc: f32):
    qvec.yield %acc : f32
  }
  return
}
