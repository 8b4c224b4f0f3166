// RUN: quant-opt %s --qvec-legalize-math | FileCheck %s

// Vectors of integers have a division; general registers have one anyway.
// CHECK-LABEL: @division
// CHECK-NOT: divf
// CHECK: arith.divui %{{.*}} : vector<16xi32>
func.func @division(%a: vector<16xi32>, %b: vector<16xi32>) -> vector<16xi32>
    attributes {qvec.target = #qvec.target<level = "rv64gcv", triple = "riscv64", cpu = "", features = "">} {
  %0 = arith.divui %a, %b : vector<16xi32>
  return %0 : vector<16xi32>
}
