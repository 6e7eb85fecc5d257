"""The old name of dko.stored_summary: the same module, for what was written when it had this name."""
import sys

from dko import stored_summary

sys.modules[__name__] = stored_summary
