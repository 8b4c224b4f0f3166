"""Writes statistics of three inputs under several names, some of them wrong.

usage: statistics.py FILE.npz
"""
import sys
import numpy as np

arrays = {}
for name in ("three", "nan", "part"):
    arrays[f"{name}.count"] = np.array(4)
    arrays[f"{name}.sums"] = np.ones((1, 3))
    arrays[f"{name}.products"] = np.eye(3)[None]
arrays["nan.sums"] = np.array([[1, np.nan, 1]])
del arrays["part.count"]
np.savez(sys.argv[1], **arrays)
