"""Reads effects.h5ad of dko effects as tables. For the matrices themselves, anndata.read_h5ad opens the file."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dko.files import UNREADABLE, corrupt, open_file, read_names


@dataclass
class Effects:
    """What a file of effects says.

    effects: a row for each entry: gene_lost, gene, change, relative, cells, of an ensemble change_sd, and q where the model has
    q-values. not_visible: why a gene's loss is unknown, by gene; "" for a visible one. sets: change of the total share of each
    set by each loss, lost genes × sets; None without sets. model_checksum: of the model that they are of; "" where the file
    does not tell.
    """
    effects: pd.DataFrame
    not_visible: dict
    sets: pd.DataFrame | None
    sets_relative: pd.DataFrame | None
    model_checksum: str = ""

    def network(self, most_genes: int = 40, most_effects: int = 60) -> pd.DataFrame:
        """The largest effects of visible genes, either way, among no more than so many genes."""
        effects = self.effects
        hidden = [gene for gene, why in self.not_visible.items() if why]
        seen = effects[~effects["gene_lost"].isin(hidden) & (effects["change"] != 0)]
        seen = seen.reindex(seen["change"].abs().sort_values(ascending=False, kind="stable").index)
        genes, rows = set(), []
        for at, (lost, gene) in enumerate(zip(seen["gene_lost"], seen["gene"])):
            if len(rows) < most_effects and len(genes | {lost, gene}) <= most_genes:
                genes |= {lost, gene}
                rows.append(at)
        return seen.iloc[rows]


def read_effects(path) -> Effects:
    """@raises InputError if the file is not one of dko effects, or corrupt"""
    with open_file(path, "effects") as file:
        try:
            lost, genes = read_names(file["obs/_index"]), read_names(file["var/_index"])
            why = dict(zip(genes, read_names(file["var/not_visible"]))) if "not_visible" in file["var"] else {}
            return Effects(entries_of(file, lost, genes), why, sets_of(file, "gene_sets", lost),
                           sets_of(file, "gene_sets_relative", lost), text_of(file, "uns/dko/model_checksum"))
        except UNREADABLE as error:
            raise corrupt(path, error) from None


def text_of(file, name: str) -> str:
    return file[name].asstr()[()] if name in file else ""


def entries_of(file, lost, genes) -> pd.DataFrame:
    rows = np.repeat(np.arange(len(lost)), np.diff(file["X/indptr"][:]))
    table = pd.DataFrame({
        "gene_lost": pd.Categorical.from_codes(rows, lost),
        "gene": pd.Categorical.from_codes(file["X/indices"][:], genes),
        "change": file["X/data"][:]
    })
    for name in ("relative", "cells", "change_sd", "q"):
        if name in file["layers"]:
            table[name] = file["layers"][name]["data"][:]
    table["cells"] = table["cells"].astype(int)
    return table


def sets_of(file, name: str, lost) -> pd.DataFrame | None:
    if name not in file["obsm"]:
        return None
    return pd.DataFrame(file["obsm"][name][:], index=lost, columns=read_names(file["uns/gene_sets"]))
