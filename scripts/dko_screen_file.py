"""The old name of dko.screen_file: the same module, for what was written when it had this name."""
import sys

from dko import screen_file

sys.modules[__name__] = screen_file
