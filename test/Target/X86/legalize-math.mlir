// RUN: quant-opt %s --qvec-legalize-math | FileCheck %s

// The baseline has neither fused multiply-add nor rounding instructions.
// CHECK-LABEL: @baseline
// CHECK-NOT: math.fma
// CHECK: arith.mulf {{.*}} : f64
// CHECK: arith.truncf
// CHECK-NOT: math.roundeven
func.func @baseline(%a: f32, %b: f32) -> f32
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "", features = "">} {
  %0 = math.fma %a, %b, %b : f32
  %1 = math.roundeven %0 : f32
  return %1 : f32
}

// CHECK-LABEL: @avx2
// CHECK: math.fma
// CHECK: math.roundeven
func.func @avx2(%a: f32, %b: f32) -> f32
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = math.fma %a, %b, %b : f32
  %1 = math.roundeven %0 : f32
  return %1 : f32
}

// Vectors of integers are divided as doubles; single ones, and those of a level of which
// nothing is known, are not.
// CHECK-LABEL: @division
// CHECK: %[[X:.*]] = arith.uitofp %{{.*}} : vector<16xi32> to vector<16xf64>
// CHECK: %[[Y:.*]] = arith.uitofp %{{.*}} : vector<16xi32> to vector<16xf64>
// CHECK: %[[Q:.*]] = arith.divf %[[X]], %[[Y]] : vector<16xf64>
// CHECK: arith.fptoui %[[Q]] : vector<16xf64> to vector<16xi32>
// CHECK: arith.divui %{{.*}} : i32
// CHECK: arith.divui %{{.*}} : vector<4xi64>
func.func @division(%a: vector<16xi32>, %b: i32, %c: vector<4xi64>) -> (vector<16xi32>, i32, vector<4xi64>)
    attributes {qvec.target = #qvec.target<level = "avx512vnni", triple = "x86_64", cpu = "", features = "">} {
  %0 = arith.divui %a, %a : vector<16xi32>
  %1 = arith.divui %b, %b : i32
  %2 = arith.divui %c, %c : vector<4xi64>
  return %0, %1, %2 : vector<16xi32>, i32, vector<4xi64>
}
// CHECK-LABEL: @unknown_division
// CHECK: arith.divui %{{.*}} : vector<16xi32>
func.func @unknown_division(%a: vector<16xi32>) -> vector<16xi32> {
  %0 = arith.divui %a, %a : vector<16xi32>
  return %0 : vector<16xi32>
}

// 2^112 corrects the exponent's bias; no conversion that a library would do.
// CHECK-LABEL: @halves
// CHECK-NOT: arith.extf
// CHECK: arith.constant dense<5.19229686E+33> : vector<4xf32>
// CHECK-NOT: arith.extf
// CHECK: return
func.func @halves(%a: vector<4xf16>) -> vector<4xf32>
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "", features = "">} {
  %0 = arith.extf %a : vector<4xf16> to vector<4xf32>
  return %0 : vector<4xf32>
}

// An op that may be contracted is a product and a sum.
// CHECK-LABEL: @contracted
// CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} fastmath<contract> : vector<4xf32>
// CHECK: arith.addf %[[P]], %{{.*}} fastmath<contract> : vector<4xf32>
// CHECK-NEXT: return
func.func @contracted(%a: vector<4xf32>, %b: vector<4xf32>) -> vector<4xf32>
    attributes {qvec.target = #qvec.target<level = "x86-64", triple = "x86_64", cpu = "", features = "">} {
  %0 = math.fma %a, %b, %b fastmath<contract> : vector<4xf32>
  return %0 : vector<4xf32>
}

// The instruction is as fast, and exact.
// CHECK-LABEL: @contracted_avx2
// CHECK: math.fma
func.func @contracted_avx2(%a: vector<4xf32>, %b: vector<4xf32>) -> vector<4xf32>
    attributes {qvec.target = #qvec.target<level = "x86-64-v3", triple = "x86_64", cpu = "", features = "">} {
  %0 = math.fma %a, %b, %b fastmath<contract> : vector<4xf32>
  return %0 : vector<4xf32>
}

// Without doubles the quotients are computed one by one.
// CHECK-LABEL: @split_division
// CHECK-COUNT-2: arith.divui %{{.*}} : i32
// CHECK-NOT: vector<2xi32>, vector
// CHECK: vector.from_elements
func.func @split_division(%a: vector<2xi32>) -> vector<2xi32>
    attributes {qvec.target = #qvec.target<level = "armv8.1m-mve", triple = "thumbv8.1m.main", cpu = "", features = "">} {
  %0 = arith.divui %a, %a : vector<2xi32>
  return %0 : vector<2xi32>
}
