"""The old name of dko.errors: the same module, for what was written when it had this name."""
import sys

from dko import errors

sys.modules[__name__] = errors
