"""How well held-out cells are predicted, read from prediction.h5 of dko predict in the shape of Screen.quality."""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.files import UNREADABLE, InputError, attributes, corrupt, open_file, read_metrics, read_names

COLUMNS_AT_ONCE = 1 << 22  # entries of a prediction that are read at once
MOST_POINTS = 20000
HEXAGONS_FROM = 2001  # entries, of which fewer are drawn as points


def spearman(first, second) -> float:
    """Rank correlation; NaN of fewer than three values or of a constant."""
    first, second = pd.Series(np.asarray(first)), pd.Series(np.asarray(second))
    known = first.notna() & second.notna()
    first, second = first[known].rank(), second[known].rank()
    if len(first) < 3 or first.nunique() < 2 or second.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def read_prediction(screen, path) -> dict:
    """Reads columns in blocks; holds MOST_POINTS entries.
    @raises InputError if it is of other genes than the screen, or corrupt"""
    with open_file(path, "prediction") as file:
        try:
            genes, cells = read_names(file["genes/name"]), len(file["cells/name"])
            if genes != screen.genes:
                raise InputError(f"{path}: is of other genes than {screen.path}: {len(genes):,} and "
                                 f"{len(screen.genes):,}; predict with the selection of the screen (its command is in "
                                 "dko info)")
            stated = attributes(file)
            if file["true"].shape != (cells, len(genes)) or file["predicted"].shape != (cells, len(genes)):
                raise InputError(f"{path}: array sizes are inconsistent: the file is corrupt")
            return {
                "cells": cells,
                "metrics": read_metrics(file["metrics"]),
                "command": stated.get("command", ""),
                "what": which_cells(screen, stated, cells),
                **profiles_of(file, genes, cells)
            }
        except UNREADABLE as error:
            raise corrupt(path, error) from None


def which_cells(screen, stated: dict, cells: int) -> str:
    same = stated.get("input_checksum") == screen.provenance.get("input_checksum")
    return (f"{cells:,} cells of {'the same' if same else 'other'} data that dko predict held out, and a mapping "
            "that it trained without them: another than that of this screen.")


def profiles_of(file, genes, cells: int) -> dict:
    """Per gene its rank correlation over the cells that express it, and entries drawn at random."""
    rows, parts = [], []
    draw = np.random.default_rng(0)
    step = max(1, COLUMNS_AT_ONCE // max(1, cells))
    for lo in range(0, len(genes), step):
        true, predicted = (file[name][:, lo:lo + step] for name in ("true", "predicted"))
        for at in range(true.shape[1]):
            expressed = true[:, at] > 0
            values = true[expressed, at], predicted[expressed, at]
            means = (value.mean() if len(value) else np.nan for value in values)
            rows.append((genes[lo + at], *means, spearman(*values)))
        where = np.flatnonzero(true > 0)
        share = -(-MOST_POINTS * true.shape[1] // len(genes))
        where = draw.permutation(where)[:share]
        parts.append(pd.DataFrame({"true": true.ravel()[where], "predicted": predicted.ravel()[where]}))
    return {
        "genes": pd.DataFrame(rows, columns=["gene", "true_mean", "predicted_mean", "spearman"]),
        "entries": pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["true", "predicted"])
    }


def range_of_entries(entries) -> tuple:
    """The shares that the axes of true against predicted shares end at."""
    true = entries["true"].to_numpy(dtype=float)
    true = true[np.isfinite(true) & (true > 0)]
    low, high = np.quantile(true, [0.002, 1]) if len(true) else (1e-4, 1)
    return low / 1.5, high * 1.5
