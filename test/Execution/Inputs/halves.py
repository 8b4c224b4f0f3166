"""Prints a dense layer with random weights of 4 bits, the least of which is given."""
import sys

import numpy as np

SHAPE = (20, 48)

weights = np.random.default_rng(1).integers(int(sys.argv[1]), 8, SHAPE)
print(f"""
func.func @main(%x: tensor<12x48xi8>) -> tensor<12x20xi8> {{
  %w = arith.constant dense<{weights.tolist()}> : tensor<20x48xi4>
  %0 = qnn.dense %x, %w : (tensor<12x48xi8>, tensor<20x48xi4>) -> tensor<12x20xi32>
  %1 = qnn.requantize %0 {{multipliers = array<i32: 1234567>, shifts = array<i32: 28>,
    zeroPoint = 5 : i32, min = -128 : i32, max = 127 : i32}}
    : tensor<12x20xi32> -> tensor<12x20xi8>
  return %1 : tensor<12x20xi8>
}}""")
