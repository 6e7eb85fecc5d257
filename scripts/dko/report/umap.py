"""The UMAP that the input has, coloured by groups of cells and by a score."""
from __future__ import annotations

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.colors import Normalize, TwoSlopeNorm

from dko.report.drawing import BLUE, ORANGE, short
from dko.report.groups import MOST_LABELS
from dko.report.parts.words import NAMES


@dataclass
class Panel:
    """What colours the cells: a number of a label each (−1: none), or a value each (NaN: none)."""

    title: str
    values: np.ndarray
    labels: list | None = None
    signed: bool = False
    without_label: str = "cells without a label, or of one that is not compared"  # what grey cells are
    both: int = 0  # cells of two labels, which are drawn by the last

    @property
    def colors(self) -> str:
        return "RdBu_r" if self.signed else "viridis_r"

    def without(self) -> np.ndarray:
        return ~np.isfinite(self.values) if self.labels is None else self.values < 0

    def norm(self):
        known = np.abs(self.values[np.isfinite(self.values)])
        limit = max(1e-12, float(np.quantile(known, 0.98)) if len(known) else 0)
        return TwoSlopeNorm(0, -limit, limit) if self.signed else Normalize(0, limit)

    def color_of(self, at: int):
        if len(self.labels) == 2:
            return (BLUE, ORANGE)[at]
        return matplotlib.colormaps["tab10" if len(self.labels) <= 10 else "tab20"](at)


@dataclass
class Umap:
    places: np.ndarray  # cells × 2
    panels: list


def collect_umap(report, given) -> Umap | None:
    """`given`: the dko.input_cells.InputCells that were screened. None where they have no UMAP, or there is nothing to colour
    it by."""
    places = given.umap(given.rows_of(report.screen.cells))
    if places is None:
        return None
    panels = [panel for panel in (groups_panel(report), score_panel(report)) if panel is not None]
    return Umap(places, panels) if panels else None


def groups_panel(report) -> Panel | None:
    """Cells A and B, or the column of groups that the page compares."""
    if report.toward is not None:
        values = np.full(len(report.screen.cells), -1)
        a, b = (report.screen.numbers_along(name) for name in ("from_cells", "toward_cells"))
        values[a], values[b] = 0, 1
        return Panel("Cells A and B", values, ["A", "B"], without_label="cells in neither", both=len(np.intersect1d(a, b)))
    if report.groups is None or len(report.groups.sizes) > MOST_LABELS:
        return None
    labels, codes = report.screen.groups(report.groups.column)
    kept = list(report.groups.sizes.index)
    number = np.array([kept.index(label) if label in kept else -1 for label in labels] + [-1])
    return Panel(short(report.groups.column, 24), number[codes], kept)


def score_panel(report) -> Panel | None:
    """The shift of the gene that moves cells furthest toward B, or the mean score of a cell's visible genes."""
    coloured = np.full(len(report.screen.cells), np.nan)
    if report.toward is not None:
        best = report.toward.best("toward")["gene"]
        if not report.only_once(best):
            return None
        name, title = "shift", f"Shift by {report.kind.doing} {short(best.iloc[0], 14)}"
        coloured[:] = report.screen.scores_over_cells("shift", report.names_of(best))[0]
    elif report.cells is not None and len(report.cells):
        name = report.gene_score
        title = f"Mean {NAMES[name]} of a cell"
        coloured[report.cells.index] = report.cells[f"{name}_mean"]
    else:
        return None
    return Panel(title, coloured, signed=name == "shift")
