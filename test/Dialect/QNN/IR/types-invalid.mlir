// RUN: quant-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{expected an integer storage type of 2 to 16 bits, but got 'f32'}}
func.func private @storage_c1(tensor<1x!qnn.affine<f32, 1.0>>)

// -----
// expected-error @+1 {{expected an integer storage type of 2 to 16 bits, but got 'i17'}}
func.func private @width_c1(tensor<1x!qnn.affine_axis<i17, 0>>)

// -----
// expected-error @+1 {{expected a storage range within [-128, 127] for 'i8', but got [-127, 128]; use 'i8' with [-128, 127], or 'ui8' with the zero point moved by 127}}
func.func private @moved_range_c2(tensor<1x!qnn.affine<i8<-127:128>, 1.0>>)

// -----
// expected-error @+1 {{expected a storage range with min < max, but got [3, 3]}}
func.func private @empty_range_c2(tensor<1x!qnn.affine_block<i8<3:3>, 32>>)

// -----
// expected-error @+1 {{expected a finite scale of at least 1.17549435E-38}}
func.func private @denormal_scale_c3(tensor<1x!qnn.affine<i8, 1.0e-39>>)

// -----
// expected-error @+1 {{expected a finite scale of at least 1.17549435E-38}}
func.func private @infinite_scale_c3(tensor<1x!qnn.affine<i8, 0x7F800000>>)

// -----
// expected-error @+1 {{expected a zero point within [-127, 127], but got -128}}
func.func private @zero_point_c4(tensor<1x!qnn.affine<i8<-127:127>, 1.0 : -128>>)

// -----
// expected-error @+1 {{expected an axis that is not negative, but got -1}}
func.func private @axis_c3(tensor<1x!qnn.affine_axis<i8, -1>>)

// -----
// expected-error @+1 {{expected a positive block size, but got 0}}
func.func private @block_c3(tensor<1x!qnn.affine_block<i8, 0>>)

// -----
// expected-error @+1 {{expected storage 'f16' or 'bf16'}}
func.func private @small_float_c1(tensor<1x!qnn.float<f64>>)

// -----
// expected-error @+1 {{expected a finite range with min <= max, but got}}
func.func private @range_c1() attributes {qnn.range = #qnn.range<1.0, 0.0, "x">}

// -----
func.func @window_c1(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{expected 2 kernel sizes, but got 1}}
  %0 = qnn.pool max %x window <kernel = [2], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x3x3x1xf32>
  return
}

// -----
func.func @window_stride_c1(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{expected strides in [1, 1048576], but got 0}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [0, 1], dilations = [1, 1], pads = [0, 0, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x3x3x1xf32>
  return
}

// -----
func.func @window_c2(%x: tensor<1x4x4x1xf32>) {
  // expected-error @+1 {{expected pads in [0, 1048576], but got -1}}
  %0 = qnn.pool max %x window <kernel = [2, 2], strides = [1, 1], dilations = [1, 1], pads = [0, -1, 0, 0]> : tensor<1x4x4x1xf32> -> tensor<1x3x3x1xf32>
  return
}

// -----
// expected-error @+1 {{expected a positive number of rows, but got 0}}
func.func private @codebook_rows_c1(tensor<2x!qnn.codebook<nf4, rows = 0>>)

// -----
// expected-error @+1 {{expected a positive number of elements, but got -1}}
func.func private @codebook_block_c1(tensor<2x!qnn.codebook<nf4, block = -1>>)

// -----
// expected-error @+1 {{expected tables for the tensor or for rows, since a palette's table is larger than a block's scale}}
func.func private @codebook_palette_c2(tensor<2x!qnn.codebook<palette2, block = 32>>)

// -----
// expected-error @+1 {{expected a set of codes such as 'nf4', but got 'palette5'}}
func.func private @codebook_name(tensor<2x!qnn.codebook<palette5, tensor>>)

// -----
// expected-error @+1 {{expected 'tensor', 'rows' or 'block', but got 'columns'}}
func.func private @codebook_sharing(tensor<2x!qnn.codebook<nf4, columns = 2>>)
