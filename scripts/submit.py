#!/usr/bin/env python3
"""dko-submit of the source tree: dko.submit is the program."""
import sys

from dko.submit import main

if __name__ == "__main__":
    sys.exit(main())
