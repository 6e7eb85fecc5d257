#!/usr/bin/env python3
"""Whether two results of dko-scaling differ beyond noise: dko.scaling.compare is the program."""
import sys

from dko.scaling.compare import main

if __name__ == "__main__":
    sys.exit(main())
