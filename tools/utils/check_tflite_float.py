#!/usr/bin/python3
"""Compares float TFLite networks with the ONNX networks that were made of them.

usage: check_tflite_float.py MODELS FOLDER

MODELS is the folder with models/*.onnx and tflite/*.tflite. Both give the same bytes on
random samples; ONNX has channels first, TFLite last.
"""
import os
import sys

import numpy as np

import execution

# The names in both formats, the shape with channels last, and the range of samples.
NETWORKS = (("pretrainedResnet", "mlperf_resnet8_cifar10", (32, 32, 3), (0, 255)),
            ("kws_ref_model_float32", "mlperf_dscnn_kws", (49, 10, 1), (-60, 60)),
            ("vww_96_float", "mlperf_vww_mobilenet", (96, 96, 3), (0, 1)))


def main():
    models, folder = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    problems = 0
    for tflite, onnx, shape, limits in NETWORKS:
        samples = np.random.default_rng(5).uniform(*limits, (8, *shape)).astype(np.float32)
        np.save(path("last.npy"), samples)
        np.save(path("first.npy"), np.ascontiguousarray(samples.transpose(0, 3, 1, 2)))
        execution.run("quant-run", os.path.join(models, "tflite", f"{tflite}.tflite"),
                      f"--input={path('last.npy')}", f"--output={path('found.npy')}")
        execution.run("quant-run", os.path.join(models, "models", f"{onnx}.onnx"),
                      f"--input={path('first.npy')}", f"--output={path('expected.npy')}")
        found, expected = np.load(path("found.npy")), np.load(path("expected.npy"))
        same = found.tobytes() == expected.tobytes() and len(np.unique(found)) > 8
        problems += not same
        print(f"{tflite}: {'the same' if same else 'others'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
