// RUN: quant-opt %s --qvec-shorten-tables -split-input-file | FileCheck %s

// Two calls pass biases that fit 24 bits. Numbers keep their three lower bytes;
// a load of two lanes reads two words. Multipliers do not fit, and a constant
// that something else reads, too, stays, with all that come to its place.

// CHECK: memref.global "private" constant @a : memref<49xi8> = dense<[-1, -1, 127, 0, 0, -128, 1, 2, 3, {{.*}}]> {alignment = 1 : i64}
// CHECK: memref.global "private" constant @b : memref<49xi8>
// CHECK: memref.global "private" constant @large : memref<16xi32> = {{.*}} {alignment = 4 : i64}
// CHECK: memref.global "private" constant @other : memref<16xi32>
// CHECK: memref.global "private" constant @read : memref<16xi32>
// CHECK: func.func private @kernel(%[[TABLE:[a-z0-9]+]]: memref<49xi8> {llvm.readonly}, %{{[a-z0-9]+}}: memref<16xi32>, %{{[a-z0-9]+}}: memref<16xi32>, %[[I:[a-z0-9]+]]: index
// CHECK: %[[START:.*]] = arith.muli %[[I]], %c3
// CHECK: %[[FOUR:.*]] = vector.load %[[TABLE]][%[[START]]] {alignment = 1 : i64} : memref<49xi8>, vector<4xi8>
// CHECK: %[[WORD:.*]] = vector.bitcast %[[FOUR]] : vector<4xi8> to vector<1xi32>
// CHECK: %[[UP:.*]] = arith.shli %[[WORD]], %[[BITS:.*]] : vector<1xi32>
// CHECK: %[[FIRST:.*]] = arith.shrsi %[[UP]], %[[BITS]] : vector<1xi32>
// CHECK: vector.insert_strided_slice %[[FIRST]], {{.*}} {offsets = [0], strides = [1]} : vector<1xi32> into vector<2xi32>
// CHECK: %[[NEXT:.*]] = arith.addi %[[START]], %c3
// CHECK: vector.load %[[TABLE]][%[[NEXT]]]
// CHECK: vector.insert_strided_slice {{.*}} {offsets = [1], strides = [1]} : vector<1xi32> into vector<2xi32>
// CHECK: func.func private @layer
// CHECK: memref.get_global @a : memref<49xi8>
// CHECK: call @kernel({{.*}}) : (memref<49xi8>, memref<16xi32>, memref<16xi32>, index, index)
#small = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">
memref.global "private" constant @a : memref<16xi32> = dense<[8388607, -8388608, 197121, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> {alignment = 64 : i64}
memref.global "private" constant @b : memref<16xi32> = dense<7> {alignment = 64 : i64}
memref.global "private" constant @large : memref<16xi32> = dense<8388608> {alignment = 64 : i64}
memref.global "private" constant @other : memref<16xi32> = dense<1> {alignment = 64 : i64}
memref.global "private" constant @read : memref<16xi32> = dense<1> {alignment = 64 : i64}
func.func private @kernel(%table: memref<16xi32> {llvm.readonly}, %factors: memref<16xi32>, %other: memref<16xi32>, %i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.target = #small} {
  %x = vector.load %table[%i] : memref<16xi32>, vector<2xi32>
  %y = vector.load %factors[%i] : memref<16xi32>, vector<1xi32>
  %z = vector.load %other[%i] : memref<16xi32>, vector<1xi32>
  return
}
func.func private @layer(%i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.layer = "layer", qvec.target = #small} {
  %a = memref.get_global @a : memref<16xi32>
  %b = memref.get_global @b : memref<16xi32>
  %large = memref.get_global @large : memref<16xi32>
  %other = memref.get_global @other : memref<16xi32>
  %read = memref.get_global @read : memref<16xi32>
  func.call @kernel(%a, %large, %other, %i, %end) : (memref<16xi32>, memref<16xi32>, memref<16xi32>, index, index) -> ()
  func.call @kernel(%b, %large, %read, %i, %end) : (memref<16xi32>, memref<16xi32>, memref<16xi32>, index, index) -> ()
  %x = vector.load %read[%i] : memref<16xi32>, vector<1xi32>
  return
}

// -----

// Not where a load's code is longer than what one table loses, where the table
// is a small part of what is read, with vectors, or where words lie at multiples
// of words; constants start where loads want them.

// CHECK: @few : memref<4xi32> = {{.*}} {alignment = 16 : i64}
// CHECK: @table : memref<64xi32> = {{.*}} {alignment = 16 : i64}
// CHECK-NOT: x{{[0-9]+}}xi8>, %
// CHECK: func.func private @short(%{{.*}}: memref<4xi32>
// CHECK: func.func private @slow(%{{.*}}: memref<64xi32>
// CHECK: func.func private @vectors(%{{.*}}: memref<64xi32>
// CHECK: func.func private @aligned(%{{.*}}: memref<64xi32>
#m4 = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">
#m55 = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main-none-eabihf", cpu = "cortex-m55", features = "">
#m0 = #qvec.target<level = "armv6m", triple = "thumbv6m-none-eabi", cpu = "cortex-m0plus", features = "">
memref.global "private" constant @few : memref<4xi32> = dense<1> {alignment = 64 : i64}
memref.global "private" constant @table : memref<64xi32> = dense<1> {alignment = 64 : i64}
memref.global "private" constant @second : memref<64xi32> = dense<2> {alignment = 64 : i64}
memref.global "private" constant @third : memref<64xi32> = dense<3> {alignment = 64 : i64}
memref.global "private" constant @fourth : memref<64xi32> = dense<4> {alignment = 64 : i64}
memref.global "private" constant @weights : memref<65536xi8> = dense<1> {alignment = 64 : i64}
func.func private @short(%table: memref<4xi32>, %i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.target = #m4} {
  %x = vector.load %table[%i] : memref<4xi32>, vector<1xi32>
  return
}
func.func private @slow(%table: memref<64xi32>, %weights: memref<65536xi8>, %i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.target = #m4} {
  %x = vector.load %table[%i] : memref<64xi32>, vector<1xi32>
  return
}
func.func private @vectors(%table: memref<64xi32>, %i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.target = #m55} {
  %x = vector.load %table[%i] : memref<64xi32>, vector<1xi32>
  return
}
func.func private @aligned(%table: memref<64xi32>, %i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.target = #m0} {
  %x = vector.load %table[%i] : memref<64xi32>, vector<1xi32>
  return
}
func.func private @layer(%i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.layer = "layer", qvec.target = #m4} {
  %few = memref.get_global @few : memref<4xi32>
  %table = memref.get_global @table : memref<64xi32>
  %second = memref.get_global @second : memref<64xi32>
  %third = memref.get_global @third : memref<64xi32>
  %weights = memref.get_global @weights : memref<65536xi8>
  func.call @short(%few, %i, %end) : (memref<4xi32>, index, index) -> ()
  func.call @slow(%table, %weights, %i, %end) : (memref<64xi32>, memref<65536xi8>, index, index) -> ()
  func.call @vectors(%second, %i, %end) : (memref<64xi32>, index, index) -> ()
  func.call @aligned(%third, %i, %end) : (memref<64xi32>, index, index) -> ()
  return
}

// -----

// One function may serve kernels with loops in common: all of their tables are
// long where one is.

// CHECK-COUNT-2: memref.global {{.*}} : memref<64xi32>
// CHECK: func.func private @one(%{{.*}}: memref<64xi32>
// CHECK: func.func private @other(%{{.*}}: memref<64xi32>
#cortex = #qvec.target<level = "armv7em", triple = "thumbv7em-unknown-none-eabihf", cpu = "cortex-m4", features = "">
memref.global "private" constant @fits : memref<64xi32> = dense<1>
memref.global "private" constant @long : memref<64xi32> = dense<8388608>
func.func private @one(%table: memref<64xi32>, %i: index, %end: index) attributes {qvec.common_steps = 8 : i64, qvec.count = 1 : i64, qvec.target = #cortex} {
  %x = vector.load %table[%i] : memref<64xi32>, vector<1xi32>
  return
}
func.func private @other(%table: memref<64xi32>, %i: index, %end: index) attributes {qvec.common_steps = 8 : i64, qvec.count = 1 : i64, qvec.target = #cortex} {
  %x = vector.load %table[%i] : memref<64xi32>, vector<1xi32>
  return
}
func.func private @layer(%i: index, %end: index) attributes {qvec.count = 1 : i64, qvec.layer = "layer", qvec.target = #cortex} {
  %fits = memref.get_global @fits : memref<64xi32>
  %long = memref.get_global @long : memref<64xi32>
  func.call @one(%fits, %i, %end) : (memref<64xi32>, index, index) -> ()
  func.call @other(%long, %i, %end) : (memref<64xi32>, index, index) -> ()
  return
}
