"""What the report shows of a screen with a direction: cells A and B, and the genes whose loss, or other event, moves A's
furthest toward B and away from it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dko.q_values import RATE


@dataclass
class Toward:
    """`genes`: gene_summary() by shift of the genes in enough cells, the highest first."""

    a: str  # the condition on cells A
    b: str  # on cells B, or the file of a profile
    a_cells: int
    b_cells: int  # 0: a profile
    screened: int  # cells of A in which genes were lost, or switched on
    genes: pd.DataFrame
    map: object = None  # dko.report.cell_map.CellMap

    @property
    def seen(self) -> pd.DataFrame:
        """Those that are visible: what others do is unknown."""
        return self.genes[self.genes["not_visible"] == ""]

    def toward(self, count: int) -> pd.DataFrame:
        """The highest mean shifts, of those above 0."""
        seen = self.seen
        return seen[seen["shift_mean"] > 0].head(count)

    def away(self, count: int) -> pd.DataFrame:
        """The lowest ones, of those below 0."""
        seen = self.seen
        return seen[seen["shift_mean"] < 0].iloc[::-1].head(count)

    def best(self, side: str) -> pd.DataFrame:
        """The furthest of a side ("toward", "away"), of those that stand out of chance where any does: a row, or none."""
        table = getattr(self, side)(len(self.genes))
        sure = table[table["shift_q_value"] <= RATE] if self.has_q_values else table
        return (sure if len(sure) else table).head(1)

    @property
    def has_q_values(self) -> bool:
        return "shift_q_value" in self.genes


def collect_toward(report, genes) -> Toward | None:
    """From the summary of genes. None of a screen without a direction, or without shifts of every gene."""
    screen = report.screen
    known = screen.direction
    if known is None or not screen.has_singles or "shift" not in screen.single_scores:
        return None
    genes = genes[genes["cells"] >= report.min_cells].copy()  # by shift where there is a direction
    if "not_visible" not in genes:
        genes["not_visible"] = ""
    return Toward(str(known["from"]), str(known["toward"]), len(known["from_cells"]), len(known["toward_cells"]),
                  int(np.count_nonzero(screen.screened)), genes)
