"""The old name of dko.summary: the same module, for what was written when it had this name."""
import sys

from dko import summary

sys.modules[__name__] = summary
