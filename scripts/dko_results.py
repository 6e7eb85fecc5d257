"""The old name of dko.results: the same module, for what was written when it had this name."""
import sys

from dko import results

sys.modules[__name__] = results
