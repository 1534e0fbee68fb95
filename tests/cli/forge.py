# SPDX-License-Identifier: MIT
"""Prints a state (src/cli/write/state_line.h) of these lines, with right checksums."""
import sys
def fnv(text):
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return (h ^ h >> 32) & 0xFFFFFFFF
print("exifnorm-state 1")
for text in sys.argv[1:]:
    print(f"{text} {fnv(text):08x}")
