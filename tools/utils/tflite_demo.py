#!/usr/bin/python3
"""Writes the int8 TFLite network of test/Data/tflite with samples and their results.

usage: tflite_demo.py FOLDER
"""
import os
import sys

import numpy as np

import tflite_file
import tflite_networks
import tflite_reference


def main():
    folder = sys.argv[1]
    network, samples = tflite_networks.build_demo()
    tflite_file.save(network, os.path.join(folder, "demo_int8.tflite"))
    np.save(os.path.join(folder, "demo_x.npy"), samples)
    np.save(os.path.join(folder, "demo_y.npy"), tflite_reference.evaluate(network, samples))


if __name__ == "__main__":
    main()
