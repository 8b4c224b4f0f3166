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
