#!/usr/bin/env python3
"""dko-scaling of the source tree: dko.scaling is the program."""
import sys

from dko.scaling import main

if __name__ == "__main__":
    sys.exit(main())
