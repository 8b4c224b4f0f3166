"""Prints the peak memory of a command in kilobytes.

usage: peak_memory.py COMMAND...
"""
import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
