"""same_numbers.py FILE EXPECTED: their arrays are equal to the bit, those that say how they were made apart."""
import sys

from crash_job import differing

path, expected = sys.argv[1:]
if changed := differing(path, expected):
    sys.exit(f"{changed} numbers of {path} differ from those of {expected}")
