"""Reads what a screen by `--keep summary` holds of its pairs. Used through dko.results."""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.files import InputError
from dko.screen_file import SUMMARY_MEASURES
from dko.summary import SAME_SIGN, by_strength, pair_ranking
from dko.visibility import hidden_of_pairs

BLOCK = 1 << 20  # pairs read at once


class StoredSummary:
    """The group summary/ of a screen: of every pair of its genes, row by row of the upper triangle. `visibility` is of
    read_visibility(), or None."""

    def __init__(self, group, labels, place: str, visibility=None):
        self.group, self.labels, self.place, self.visibility = group, labels, place, visibility
        self.genes = group["genes"][:]
        self.measures = [name for name in SUMMARY_MEASURES if name in group]
        pairs = len(self.genes) * (len(self.genes) - 1) // 2
        arrays = [group["cells"]] + [data for name in self.measures for data in group[name].values()]
        if any(array.shape != (pairs, ) for array in arrays) or not self.measures or \
                not np.isin(self.genes, np.arange(len(labels))).all():
            raise InputError(f"{place}: array sizes are inconsistent: the file is corrupt")
        rows = np.arange(len(self.genes), dtype=np.int64)
        self.starts = rows * (2 * len(self.genes) - rows - 1) // 2  # first pair of each row

    def table(self, genes, top, by, min_cells: int, lowest: bool = False) -> pd.DataFrame:
        """See Screen.pair_summary. `genes` are the numbers of those that both must be of."""
        by = pair_ranking(self.measures, by, self.place)
        is_chosen = np.isin(self.genes, genes)
        kept = self._block(0, 0, is_chosen, min_cells)
        for first in range(0, len(self.group["cells"]), BLOCK):
            block = self._block(first, first + BLOCK, is_chosen, min_cells)
            kept = pd.concat([kept, block], ignore_index=True) if len(kept) else block
            if top is not None:
                kept = by_strength(kept, by, lowest).head(top)
        kept = by_strength(kept, by, lowest).reset_index(drop=True)
        kept.insert(0, "rank", np.arange(1, len(kept) + 1))
        return kept

    def _block(self, first: int, last: int, is_chosen, min_cells: int) -> pd.DataFrame:
        cells = self.group["cells"][first:last]
        pairs = first + np.arange(len(cells))
        one = np.searchsorted(self.starts[:-1], pairs, "right") - 1 if len(pairs) else pairs
        two = pairs - self.starts[one] + one + 1 if len(pairs) else pairs
        keep = (cells >= max(1, min_cells)) & is_chosen[one] & is_chosen[two]
        columns = {
            "gene1": self.labels[self.genes[one[keep]]],
            "gene2": self.labels[self.genes[two[keep]]],
            "cells": cells[keep]
        }
        for name in self.measures:
            for array in ("mean", "sd", "min", "max"):
                if array in self.group[name]:
                    columns[f"{name}_{array}"] = self.group[name][array][first:last][keep].astype(float)
            if "same_sign" in self.group[name]:
                columns[SAME_SIGN[name]] = self.group[name]["same_sign"][first:last][keep].astype(float)
        if self.visibility is not None:
            columns["not_visible"] = hidden_of_pairs(self.visibility, *(self.genes[of[keep]] for of in (one, two)))
        return pd.DataFrame(columns)
