"""The old name of dko.files: the same module, for what was written when it had this name."""
import sys

from dko import files

sys.modules[__name__] = files
