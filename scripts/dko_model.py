"""The old name of dko.model: the same module, for what was written when it had this name."""
import sys

from dko import model

sys.modules[__name__] = model
