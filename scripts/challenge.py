#!/usr/bin/env python3
"""dko-challenge of the source tree: dko.challenge is the program."""
import sys

from dko.challenge import main

if __name__ == "__main__":
    sys.exit(main())
