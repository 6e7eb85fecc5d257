"""False discovery rates as models and screens hold them. Used through dko.results and dko.model.

The chapter on training says how they are found; include/dko/mapping/q_values.hpp what they mean.
"""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.files import UNREADABLE, InputError, corrupt

RATE = 0.1  # that the report counts and colours genes to


def read_rates(group, name: str, count: int):
    """`count` rates of a group; None from a file that does not have them.
    @raises InputError for an array of another length, or values outside of 0 to 1"""
    if name not in group:
        return None
    place = f"{group.file.filename}/{group.name.strip('/')}/{name}"
    try:
        rates = group[name][:]
    except UNREADABLE as error:
        raise corrupt(group.file.filename, error) from None
    if rates.shape != (count, ):
        raise InputError(f"{place}: has {rates.size} values, expected {count}")
    bad = np.flatnonzero(~((rates >= 0) & (rates <= 1)))
    if len(bad):
        raise InputError(f"{place}: value {bad[0]} is {rates[bad[0]]}, which is no rate from 0 to 1")
    return rates


def read_gene_q_values(file, genes):
    """Of a screen: a Series indexed by gene; None if they were not computed."""
    rates = read_rates(file["fdr"], "gene_q_value", len(genes)) if "fdr" in file else None
    return None if rates is None else pd.Series(rates, pd.Index(genes, name="gene", dtype=object), name="q_value")


def upper_median(rows: np.ndarray) -> np.ndarray:
    """Over the first axis; of an even number the greater of the middle two."""
    return np.sort(rows, axis=0)[len(rows) // 2]
