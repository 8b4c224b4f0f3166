// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v2 -o %t.v2.mlir
// RUN: quant-run %s --interpret --compare %t.v2.mlir | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline=cpu=x86-64-v4 -o %t.v4.mlir
// RUN: quant-run %s --interpret --compare %t.v4.mlir | FileCheck %s
// RUN: quant-opt %s --kernels-pipeline -o %t.all.mlir
// RUN: quant-run %s --interpret --compare %t.all.mlir | FileCheck %s
// RUN: FileCheck %s --check-prefix=KERNELS < %t.v4.mlir

// The phase `kernels` changes no bit, whatever the target: padded and grouped
// convolutions, depthwise ones, pools, and their epilogues.
// CHECK: float: sqnr_db: inf
// CHECK: integer: sqnr_db: inf
// KERNELS-DAG: qvec.kernel contraction
// KERNELS-DAG: qvec.kernel depthwise
// KERNELS-DAG: qvec.kernel pool_max
// KERNELS-DAG: qvec.kernel pool_sum
// KERNELS-NOT: qnn.conv2d
module attributes {qnn.phase = "fuse"} {
func.func @main() -> (tensor<1x5xf32> {qnn.name = "float"}, tensor<1x5xi8> {qnn.name = "integer"}) {
  %x = arith.constant dense<[[[[0.246, 0.484, 0.590], [0.885, 0.480, 0.845], [-0.942, -0.069, 0.887], [0.298, 0.802, -0.774], [-0.062, -0.507, 0.088], [0.148, -0.974, -0.567]], [[-0.441, 0.833, 0.531], [-0.681, 0.594, -0.722], [0.235, -0.747, -0.996], [0.743, -0.581, -0.569], [0.965, 0.745, -0.421], [0.923, 0.078, 0.356]], [[-0.590, 0.882, 0.381], [0.933, 0.787, -0.402], [-0.278, -0.668, -0.709], [-0.870, -0.397, 0.206], [-0.993, 0.356, -0.324], [-0.380, 0.637, -0.039]], [[-0.368, -0.038, 0.409], [-0.886, 0.950, -0.954], [0.500, 0.690, -0.964], [0.575, -0.268, 0.157], [-0.982, -0.907, -0.638], [0.910, -0.607, 0.511]], [[0.859, 0.884, -0.311], [-0.290, 0.049, 0.551], [-0.784, 0.497, 0.594], [0.719, -0.927, 0.892], [-0.818, -0.319, 0.222], [0.836, -0.320, 0.848]]]]> : tensor<1x5x6x3xf32>
  %w0 = arith.constant dense<[[[[0.090, -0.375, -0.366], [-0.645, -0.844, -0.702], [0.378, 0.993, -0.677]], [[-0.903, 0.973, 0.067], [-0.188, -0.525, 0.188], [0.653, -0.089, -0.156]], [[-0.889, 0.832, -0.935], [-0.013, 0.677, -0.739], [0.463, 0.900, 0.261]]], [[[0.576, -0.787, -0.131], [-0.702, 0.689, -0.410], [-0.094, 0.999, 0.705]], [[0.952, -0.093, -0.024], [0.459, -0.042, -0.418], [-0.192, -0.707, -0.246]], [[0.977, 0.920, 0.254], [-0.001, -0.323, -0.822], [-0.455, 0.564, 0.735]]], [[[-0.277, 0.572, 0.550], [0.389, 0.328, 0.519], [-0.273, 0.409, -0.438]], [[-0.029, 0.539, 0.382], [-0.412, 0.891, 0.299], [0.161, -0.977, 0.094]], [[-0.499, 0.343, -0.074], [0.633, 0.295, 0.595], [-0.304, 0.288, 0.476]]], [[[0.656, -0.300, 0.686], [0.740, 0.377, 0.952], [0.913, 0.036, 0.059]], [[-0.668, 0.673, 0.875], [-0.046, 0.383, 0.439], [0.461, -0.656, 0.561]], [[0.162, 0.331, -0.158], [0.247, 0.549, 0.274], [0.441, -0.945, -0.680]]]]> : tensor<4x3x3x3xf32>
  %b0 = arith.constant dense<[-0.118, 0.300, -0.562, 0.372]> : tensor<4xf32>
  %0 = qnn.conv2d %x, %w0 bias %b0 window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> : (tensor<1x5x6x3xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x5x6x4xf32>
  %1 = qnn.clamp %0 {min = 0.0 : f32, max = 0x7F800000 : f32} : tensor<1x5x6x4xf32>
  %w2 = arith.constant dense<[[[[0.262], [-0.916], [-0.057]], [[-0.548], [-0.892], [-0.733]], [[-0.365], [-0.637], [-0.613]]], [[[-0.929], [-0.069], [-0.239]], [[0.224], [0.180], [-0.524]], [[0.806], [-0.999], [-0.189]]], [[[-0.443], [-0.180], [-0.770]], [[0.663], [-0.252], [-0.928]], [[0.227], [-0.810], [0.090]]], [[[-0.321], [0.162], [0.917]], [[0.637], [-0.162], [0.626]], [[0.285], [-0.261], [-0.716]]]]> : tensor<4x3x3x1xf32>
  %2 = qnn.conv2d %1, %w2 window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> {groups = 4 : i64} : (tensor<1x5x6x4xf32>, tensor<4x3x3x1xf32>) -> tensor<1x3x3x4xf32>
  %w3 = arith.constant dense<[[[[0.192, 0.128]]], [[[0.914, 0.936]]], [[[0.217, -0.298]]], [[[0.787, -0.998]]], [[[-0.784, 0.132]]], [[[0.230, -0.719]]]]> : tensor<6x1x1x2xf32>
  %3 = qnn.conv2d %2, %w3 window <kernel = [1, 1], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> {groups = 2 : i64} : (tensor<1x3x3x4xf32>, tensor<6x1x1x2xf32>) -> tensor<1x3x3x6xf32>
  %4 = qnn.binary add %3, %3 : (tensor<1x3x3x6xf32>, tensor<1x3x3x6xf32>) -> tensor<1x3x3x6xf32>
  %5 = qnn.pool max %4 window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> : tensor<1x3x3x6xf32> -> tensor<1x4x4x6xf32>
  %6 = qnn.pool average %5 window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> : tensor<1x4x4x6xf32> -> tensor<1x2x2x6xf32>
  %7 = qnn.reshape %6 : tensor<1x2x2x6xf32> -> tensor<1x24xf32>
  %w8 = qnn.constant {payload = dense<[[34, 97, 101, 17, -31, -18, -17, 123, -70, -1, -53, -5, 121, 54, -30, -29, 119, 91, 106, -87, 25, 25, -61, 62], [124, -50, 0, -63, -21, -122, -46, 114, 124, -49, -2, 110, -54, -91, -5, -121, -96, 41, 32, 118, -14, -65, -52, -117], [73, -93, 84, -27, -124, -5, 9, 16, -57, -65, 112, -6, 73, -118, -65, -2, -59, 89, -88, 57, 126, -54, -52, -1], [28, 127, -6, 5, 38, 94, 27, 98, 63, 102, -97, -123, 67, -95, -51, -55, 9, 54, -41, 30, -52, 60, 8, -121], [-9, -38, -35, 47, 63, 81, 24, -94, -118, -127, -63, 14, -11, 48, 107, -100, 100, 48, 12, -79, -124, -18, 72, 79]]> : tensor<5x24xi8>, scales = dense<[0.014, 0.016, 0.017, 0.016, 0.015]> : tensor<5xf32>} : tensor<5x24x!qnn.affine_axis<i8, 0>>
  %8 = qnn.dense %7, %w8 : (tensor<1x24xf32>, tensor<5x24x!qnn.affine_axis<i8, 0>>) -> tensor<1x5xf32>
  %9 = qnn.unary sigmoid %8 : tensor<1x5xf32>

  %i = arith.constant dense<[[[[106, 88, -29], [-6, -27, 47], [91, 57, -77], [103, -52, -8], [85, 67, -111], [-50, 87, -127]], [[50, 72, -17], [22, -54, 38], [72, -7, 106], [-48, -91, -85], [-5, 50, 13], [100, 0, 122]], [[-43, 10, -88], [-19, 22, 11], [80, -115, -110], [60, -69, -59], [82, -106, 75], [-111, 42, 114]], [[-121, -42, 57], [-18, 123, -110], [-24, 52, -3], [-115, -96, 88], [-96, -71, 30], [38, 84, 116]], [[-99, 55, 102], [-93, 127, -53], [53, 108, -15], [-89, -81, 29], [-80, -22, 78], [-86, -110, 32]]]]> : tensor<1x5x6x3xi8>
  %j0 = arith.constant dense<[[[[-73, -116, 15], [-100, 42, -30], [63, -109, -56]], [[-113, 19, 20], [-97, 63, -25], [97, 32, -93]], [[-125, -17, -104], [-47, 48, 26], [-2, -2, -37]]], [[[113, 40, -32], [107, -113, -92], [51, -52, -89]], [[18, 34, 46], [2, -53, 106], [114, 15, 13]], [[31, -71, -60], [-111, 14, -67], [-62, 86, 65]]], [[[-55, 5, 122], [-93, 79, -67], [94, -32, -11]], [[61, -28, -82], [-94, 55, -123], [40, -40, -106]], [[19, 43, -118], [-104, 94, -96], [2, 25, -11]]], [[[-66, -28, 97], [-9, -5, 119], [-45, -100, 76]], [[8, -120, 11], [58, -29, -114], [90, -89, 114]], [[116, -18, 47], [76, -70, 64], [-98, -106, 122]]]]> : tensor<4x3x3x3xi8>
  %k0 = arith.constant dense<[3051, -1535, -2711, 1158]> : tensor<4xi32>
  %20 = qnn.conv2d %i, %j0 bias %k0 window <kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> {inputZeroPoint = -7 : i32} : (tensor<1x5x6x3xi8>, tensor<4x3x3x3xi8>, tensor<4xi32>) -> tensor<1x5x6x4xi32>
  %21 = qnn.requantize %20 {multipliers = array<i32: 1234567, 7654321, 9876543, 8388609>, shifts = array<i32: 31, 31, 31, 31>, zeroPoint = -100 : i32, min = -100 : i32, max = 127 : i32} : tensor<1x5x6x4xi32> -> tensor<1x5x6x4xi8>
  %j2 = arith.constant dense<[[[[-37], [86], [-67]], [[-53], [-42], [111]], [[30], [53], [-38]]], [[[76], [-29], [-31]], [[-93], [58], [85]], [[-36], [38], [-52]]], [[[78], [34], [-17]], [[119], [91], [-35]], [[5], [-118], [24]]], [[[127], [19], [-72]], [[62], [-81], [-26]], [[-111], [-103], [-118]]]]> : tensor<4x3x3x1xi8>
  %22 = qnn.conv2d %21, %j2 window <kernel = [3, 3], strides = [2, 2], dilations = [1, 1], pads = [1, 1, 1, 1]> {groups = 4 : i64, inputZeroPoint = -100 : i32} : (tensor<1x5x6x4xi8>, tensor<4x3x3x1xi8>) -> tensor<1x3x3x4xi32>
  %23 = qnn.requantize %22 {multipliers = array<i32: 8388609>, shifts = array<i32: 30>, zeroPoint = 3 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x3x3x4xi32> -> tensor<1x3x3x4xi8>
  %24 = qnn.rescale_add %23, %23 {lhsMultiplier = 12345 : i32, rhsMultiplier = 4321 : i32, offset = -300000 : i32, shift = 14 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3x3x4xi8>, tensor<1x3x3x4xi8>) -> tensor<1x3x3x4xi8>
  %j24 = arith.constant dense<[-128, -1, 5, 127]> : tensor<4xi8>
  %240 = qnn.rescale_mul %24, %j24 {lhsZeroPoint = 5 : i32, rhsZeroPoint = -9 : i32, multiplier = 77777 : i32, shift = 23 : i32, zeroPoint = 2 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3x3x4xi8>, tensor<4xi8>) -> tensor<1x3x3x4xi8>
  %241 = qnn.concat %240, %23 {axis = 1 : i64} : (tensor<1x3x3x4xi8>, tensor<1x3x3x4xi8>) -> tensor<1x6x3x4xi8>
  %242 = qnn.slice %241 {offsets = array<i64: 0, 4, 0, 3>, strides = array<i64: 1, -2, 1, -1>} : tensor<1x6x3x4xi8> -> tensor<1x3x3x4xi8>
  %25 = qnn.pool max %242 window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1]> : tensor<1x3x3x4xi8> -> tensor<1x4x4x4xi8>
  %26 = qnn.pool_requantize %25 window <kernel = [2, 2], strides = [2, 2], dilations = [1, 1], pads = [0, 0, 0, 0]> {inputZeroPoint = 3 : i32, multipliers = array<i32: 1, 1, 5592405, 1>, shifts = array<i32: 0, 1, 24, 2>, zeroPoint = 1 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x4x4x4xi8> -> tensor<1x2x2x4xi8>
  %27 = qnn.reshape %26 : tensor<1x2x2x4xi8> -> tensor<1x16xi8>
  %j8 = arith.constant dense<[[-119, -80, -76, -77, -117, -2, 100, 112, -4, 42, 67, -38, -127, -18, -7, -51], [100, 112, 31, 108, -18, -45, -8, -9, -102, -78, -88, 40, -87, -109, -32, 95], [-29, 95, 98, -7, -89, 14, -62, -99, -56, 82, -86, 65, -54, 45, -67, -119], [-4, 102, -119, -39, 109, 65, -33, -47, 113, -112, 49, -122, 45, -11, -7, 90], [115, -88, -97, 74, 44, -44, -53, -11, 45, -66, 59, 127, -86, -119, -76, 55]]> : tensor<5x16xi8>
  %28 = qnn.dense %27, %j8 {inputZeroPoint = 1 : i32} : (tensor<1x16xi8>, tensor<5x16xi8>) -> tensor<1x5xi32>
  %29 = qnn.requantize %28 {multipliers = array<i32: 6388609>, shifts = array<i32: 30>, zeroPoint = 0 : i32, min = -128 : i32, max = 127 : i32} : tensor<1x5xi32> -> tensor<1x5xi8>
  return %9, %29 : tensor<1x5xf32>, tensor<1x5xi8>
}
}
