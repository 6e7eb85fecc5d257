#!/usr/bin/python3
"""dko-plot-scaling of the source tree: dko.scaling.plot is the program."""
import sys

from dko.scaling.plot import main

if __name__ == "__main__":
    sys.exit(main())
