"""What the report shows of a screen, computed once: tables and figures of them are drawn from it."""
from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dko.command_line import called
from dko.files import InputError, attributes, open_file, read_metrics, read_names
from dko.model import open_model
from dko.results import Screen

COLUMNS_AT_ONCE = 1 << 22  # entries of a prediction that are read at once
MOST_POINTS = 20000


@dataclass
class Report:
    """Everything on the page; None and empty tables where the files do not tell."""

    screen: Screen
    top: int
    min_cells: int = 1
    genes: pd.DataFrame | None = None  # gene_summary
    cells: pd.DataFrame | None = None  # cell_summary
    of_top_genes: pd.DataFrame | None = None  # all single knockouts of those that the distribution shows
    pairs: pd.DataFrame | None = None  # the strongest, pair_summary
    pairs_by: str = ""
    pair_cells: int = 0  # over how many cells the pairs were summed
    square: pd.DataFrame | None = None  # mean of pairs_by among the genes of the heat map
    listed: pd.DataFrame | None = None  # the highest listed knockouts that are no pairs
    training: dict | None = None
    quality: dict | None = None
    quality_from: str = ""
    notes: list = field(default_factory=list)

    @property
    def gene_score(self) -> str:
        """By what genes rank: what other genes do, where there is any such effect."""
        known = self.genes is not None and "network_mean" in self.genes
        if known and ("impact_mean" not in self.genes or self.genes["network_mean"].max() > 0):
            return "network"
        return "impact"

    def top_genes(self, score: str, count: int) -> pd.DataFrame:
        """The highest by the mean of a score, of genes in enough cells."""
        enough = self.genes[self.genes["cells"] >= self.min_cells]
        return enough.sort_values(f"{score}_mean", ascending=False, kind="stable").head(count)


def spearman(first, second) -> float:
    """Rank correlation; NaN of fewer than three values or of a constant."""
    first, second = pd.Series(np.asarray(first)), pd.Series(np.asarray(second))
    known = first.notna() & second.notna()
    first, second = first[known].rank(), second[known].rank()
    if len(first) < 3 or first.nunique() < 2 or second.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def collect(screen, top: int, min_cells, most_pairs: int, model=None, prediction=None) -> Report:
    """Reads what the report shows. `min_cells` None: 2 % of the cells, at least 3."""
    if min_cells is None:
        min_cells = min(len(screen.cells), max(3, round(0.02 * len(screen.cells))))
    report = Report(screen, top, min_cells)
    if screen.has_singles:
        report.genes, report.cells = screen.gene_summary(), screen.cell_summary()
        shown = report.top_genes(report.gene_score, 12)["gene"].tolist()
        report.of_top_genes = screen.singles(gene=shown) if shown else None
    if screen.has_pairs:
        add_pairs(report, most_pairs)
    if screen.list_order not in (0, 2):
        report.listed = screen.listed(top=top)
    report.training = screen.training
    if model is not None:
        add_model(report, model)
    if screen.quality is not None:
        report.quality, report.quality_from = screen.quality, os.path.basename(screen.path)
    if prediction is not None:
        report.quality = read_prediction(report, prediction)
        report.quality_from = os.path.basename(prediction)
    return report


def add_pairs(report: Report, most_pairs: int):
    """The strongest pairs, over all cells or, of very large screens, over cells spread evenly."""
    screen = report.screen
    report.pairs_by = next(name for name in ("interaction", "network_interaction", "impact", "network")
                           if name in screen.pair_scores)
    cells = np.arange(len(screen.cells))
    if screen.has_all_pairs:
        cells = np.flatnonzero(screen.pairs_of_cells)
        if screen.n_pairs > most_pairs:
            cells = cells[np.linspace(0,
                                      len(cells) - 1,
                                      max(1,
                                          len(cells) * most_pairs // screen.n_pairs),
                                      dtype=np.int64)]
            report.notes.append(f"{screen.n_pairs:,} pairs are many: their means are over {len(cells):,} of "
                                f"the cells, spread evenly ({called('report')} --most-pairs).")
    report.pair_cells = len(cells)
    least = min(report.min_cells, max(1, report.pair_cells // 20)) if screen.has_all_pairs else 1
    chosen = cells if len(cells) < len(screen.cells) else None
    wanted = max(report.top, 60)
    report.pairs = screen.pair_summary(cells=chosen, top=wanted, min_cells=least)
    genes = list(dict.fromkeys(report.pairs[["gene1", "gene2"]].to_numpy().ravel()))[:24]
    if len(genes) < 3:
        return
    among = screen.pair_summary(genes=genes, cells=chosen, by=report.pairs_by)
    square = pd.DataFrame(np.nan, index=genes, columns=genes)
    for gene1, gene2, value in among[["gene1", "gene2", f"{report.pairs_by}_mean"]].itertuples(index=False):
        square.loc[gene1, gene2] = square.loc[gene2, gene1] = value
    report.square = square


def add_model(report: Report, path):
    """The training of the model, where the screen does not tell itself.
    @raises InputError if it is not the model of the screen"""
    with open_model(path) as model:
        if model.provenance.get("model_checksum") != report.screen.provenance.get("model_checksum"):
            raise InputError(f"{path}: is not the model that {report.screen.path} was made with")
        if report.training is None:
            report.training = model.training


def read_prediction(report: Report, path) -> dict:
    """prediction.h5 in the shape of Screen.quality. Reads columns in blocks; holds MOST_POINTS entries."""
    with open_file(path, "prediction") as file:
        try:
            genes, cells = read_names(file["genes/name"]), len(file["cells/name"])
            if genes != report.screen.genes:
                raise InputError(f"{path}: is of other genes than {report.screen.path}")
            stated = attributes(file)
            if file["true"].shape != (cells, len(genes)) or file["predicted"].shape != (cells, len(genes)):
                raise InputError(f"{path}: array sizes are inconsistent: the file is corrupt")
            return {
                "cells": cells,
                "metrics": read_metrics(file["metrics"]),
                "command": stated.get("command", ""),
                "what": which_cells(report, stated, cells),
                **profiles_of(file, genes, cells)
            }
        except KeyError as error:
            raise InputError(f"{path}: is corrupt: {error.args[0]}") from None


def which_cells(report: Report, stated: dict, cells: int) -> str:
    same = stated.get("input_checksum") == report.screen.provenance.get("input_checksum")
    return (
        f"{cells:,} cells of {'the same' if same else 'other'} data that dko predict held out, and a mapping "
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
            rows.append((genes[lo + at], *(value.mean() if len(value) else np.nan
                                           for value in values), spearman(*values)))
        where = np.flatnonzero(true > 0)
        share = -(-MOST_POINTS * true.shape[1] // len(genes))
        where = draw.permutation(where)[:share]
        parts.append(pd.DataFrame({"true": true.ravel()[where], "predicted": predicted.ravel()[where]}))
    return {
        "genes": pd.DataFrame(rows, columns=["gene", "true_mean", "predicted_mean", "spearman"]),
        "entries": pd.concat(parts, ignore_index=True)
    }
