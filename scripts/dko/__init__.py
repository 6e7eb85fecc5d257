"""What dko computed, in Python: opens screens and models, and gives their numbers as pandas tables, with names.

    import dko
    with dko.open_screen("screen.h5") as screen:
        screen.pairs(gene1="Trem2", gene2="Cd74")

    screen = dko.screen(adata, order=2, ranks=4)   # runs the program on an AnnData
    dko.pl.share(screen)                           # a figure of the report

See dko.analysis for what runs the program, dko.pl for figures, dko.results for what a screen tells, dko.model for what a
model predicts. The commands are in dko.report, dko.scaling and dko.submit; of them the latter two need nothing but Python.
"""
from dko.errors import DkoError, Error, InputError, NoFileError, ProgramError, ReadError, UsageError, WriteError

__version__ = "0.2.0"  # of the program that this belongs to: PROJECT_VERSION in CMakeLists.txt

# In which modules the others are: h5py and pandas are loaded when they are asked for.
_PLACES = {
    "open_screen": "dko.results", "Screen": "dko.results", "open_model": "dko.model", "Model": "dko.model",
    "read_effects": "dko.effects", "Effects": "dko.effects",
    "screen": "dko.analysis", "train": "dko.analysis", "explain": "dko.analysis"
}
__all__ = ["DkoError", "Error", "InputError", "NoFileError", "ProgramError", "ReadError", "UsageError", "WriteError", "pl",
           *_PLACES]


def __getattr__(name):
    import importlib
    if name == "pl":
        return importlib.import_module("dko.pl")
    if name not in _PLACES:
        raise AttributeError(f"module 'dko' has no attribute '{name}'")
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__():
    return sorted({*globals(), *__all__})
