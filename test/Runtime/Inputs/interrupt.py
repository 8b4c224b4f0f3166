#!/usr/bin/python3
"""Starts a run whose first input stops after its header, and interrupts it.

usage: interrupt.py PROGRAM FOLDER     FOLDER has a.npy, b.npy; y.npy is written
"""
import glob
import signal
import subprocess
import sys
import time

program, folder = sys.argv[1:]
command = [program, "--input", "a=/dev/stdin", "--input", f"b={folder}/b.npy",
           "--output", f"y={folder}/y.npy"]
with open(f"{folder}/a.npy", "rb") as file:
    data = file.read()
with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
    process.stdin.write(data[:-8])
    process.stdin.flush()
    deadline = time.time() + 60
    while not glob.glob(f"{folder}/y.npy.tmp-*") and time.time() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    process.stdin.close()
sys.exit(process.returncode != -signal.SIGTERM)
