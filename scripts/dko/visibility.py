"""How well the cells show the absence of each gene, as models and screens hold it. Used through dko.results and dko.model.

include/dko/mapping/visibility.hpp says how it is found. The words and the limit here are those of the program.
"""
from __future__ import annotations

import h5py
import numpy as np
import pandas as pd

from dko.files import UNREADABLE, InputError, corrupt

COLUMNS = ("cells_with", "cells_without", "unexplained", "information")
LEAST_INFORMATION = 5  # below, a gene counts as not visible
MOST_ROUNDED = 99.9  # per cent
LARGEST = 1e15  # nothing counts so many cells


def why_not_visible(gene) -> str:
    """Why a gene is not visible, in the words of the program; empty for a visible one. `gene` has COLUMNS and visible."""
    if gene.visible:
        return ""
    if gene.cells_with == 0:
        return "no cell expresses it"
    if gene.cells_without == 0:
        return "all cells express it"
    cells = gene.cells_with + gene.cells_without
    if gene.cells_with < LEAST_INFORMATION:
        return f"{gene.cells_with} of {cells} cells express it"
    if gene.unexplained < gene.cells_without / 2:
        explained = gene.cells_without - gene.unexplained
        return f"counting explains {explained:.0f} of its {gene.cells_without} absences in {cells} cells"
    percent = 100 * gene.cells_with / cells
    if percent > MOST_ROUNDED:
        return f"all but {gene.cells_without} of {cells} cells express it"
    return f"{percent:.3g} % of the cells express it"


def by_level(file: h5py.File, genes):
    """Which genes a mapping has effects of by their level, which tell what presence does not."""
    if "by_level" not in file["visibility"]:
        return np.zeros(len(genes), bool)
    try:
        values = file["visibility/by_level"][:]
    except UNREADABLE as error:
        raise corrupt(file.filename, error) from None
    if values.shape != (len(genes), ):
        raise InputError(f"{file.filename}/visibility/by_level: has {values.size} values, expected {len(genes)}")
    return values != 0


def read_visibility(file: h5py.File, genes):
    """A table indexed by gene: COLUMNS, visible, by_level (visible by its level alone) and why.
    None from a file that does not have it (made by 0.1).
    @raises InputError for arrays of other lengths, or values that are impossible"""
    if "visibility" not in file:
        return None
    try:
        columns = {name: file["visibility"][name][:] for name in COLUMNS}
    except UNREADABLE as error:
        raise corrupt(file.filename, error) from None
    for name, values in columns.items():
        place = f"{file.filename}/visibility/{name}"
        if values.shape != (len(genes), ):
            raise InputError(f"{place}: has {values.size} values, expected {len(genes)}")
        impossible = np.flatnonzero(~((values >= 0) & (values < LARGEST)))
        if len(impossible):
            raise InputError(f"{place}: value {impossible[0]} is {values[impossible[0]]}, which is impossible")
    table = pd.DataFrame(columns, index=pd.Index(genes, name="gene", dtype=object))
    enough = table["information"] >= LEAST_INFORMATION
    table["by_level"] = by_level(file, genes) & ~enough
    table["visible"] = enough | table["by_level"]
    table["why"] = np.array([why_not_visible(gene) for gene in table.itertuples(index=False)], dtype=object)
    return table


def hidden_of_pairs(known: pd.DataFrame, first, second) -> np.ndarray:
    """Of pairs of genes, by their numbers, the names of those that are not visible with a comma between; "" where
    there is none. `known` is of read_visibility()."""
    hidden = np.where(known["visible"], "", known.index).astype(object)
    one, two = hidden[first], hidden[second]
    return one + np.where((one != "") & (two != ""), ", ", "").astype(object) + two


# What a knockout does to other genes: unknown of one that is not visible.
OF_OTHERS = ("network", "shift", "approach")


def rank_genes(genes: pd.DataFrame, score: str) -> pd.DataFrame:
    """Rows of a gene summary by the mean of a score, the highest first, equal ones in their order. By what is
    unknown of genes that are not visible these come after all others."""
    ranked = genes.sort_values(f"{score}_mean", ascending=False, kind="stable")
    if score in OF_OTHERS and "not_visible" in ranked:
        ranked = ranked.iloc[np.argsort((ranked["not_visible"] != "").to_numpy(), kind="stable")]
    return ranked
