"""Compares the memory that a report states with the sections of an object.

usage: check_sections.py OBJECT REPORT [--limit=ram|flash [--less]]

With --limit prints the flag for that limit, or for one byte less.
"""
import json
import re
import subprocess
import sys

with open(sys.argv[2]) as file:
    memory = json.load(file)["memory"]
for kind in ("ram", "flash"):
    if f"--limit={kind}" in sys.argv:
        print(f"--max-{kind}={memory[kind + '_bytes'] - ('--less' in sys.argv)}")
        sys.exit(0)
listing = subprocess.run(["llvm-readelf", "-S", "-W", sys.argv[1]], capture_output=True, text=True,
                         check=True).stdout
found = {"text_bytes": 0, "rodata_bytes": 0, "data_bytes": 0, "bss_bytes": 0}
for line in listing.splitlines():
    match = re.match(r"\s*\[\s*\d+\]\s+(\S*)\s+(\w+)\s+\w+\s+\w+\s+(\w+)\s+\w+\s+(\w*)\s", line)
    if not match or "A" not in match[4]:
        continue
    name, form, size, flags = match[1], match[2], int(match[3], 16), match[4]
    kind = "text" if "X" in flags else "bss" if form == "NOBITS" else \
        "data" if "W" in flags and not name.startswith(".data.rel.ro") else "rodata"
    found[kind + "_bytes"] += size
for name, size in found.items():
    if memory[name] != size:
        sys.exit(f"{name}: the report says {memory[name]}, the object has {size}")
