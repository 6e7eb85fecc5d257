#!/usr/bin/python3
"""dko-report of the source tree: dko.report is the program."""
import sys

from dko.report import main

if __name__ == "__main__":
    sys.exit(main())
