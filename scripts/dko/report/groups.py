"""What the report shows of groups of cells: which column and which contrast, genes by groups, one group against others."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dko.files import UsageError
from dko.visibility import OF_OTHERS, rank_genes

LEAST_LABELS, MOST_LABELS = 2, 20  # of a column that is taken unasked
LEAST_CELLS = 3  # of a gene in a group, in the heat map and the contrast
MOST_GENES = 30  # of the heat map
OF_EACH = 3  # genes that are highest in a group, beside those that are highest over all cells


@dataclass
class GroupsShown:
    """A column, and what there is to see of its groups."""

    column: str
    was_asked: bool  # or is the first that serves
    others: list  # further columns that would serve
    sizes: pd.Series  # cells of each label, of those that were screened
    without: int  # such cells without a label
    score: str  # of the heat map and the contrast
    means: pd.DataFrame = None  # genes × labels, NaN where too few cells have the event
    group: str = ""
    against: str | None = None  # None: all other labels
    contrast: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def against_words(self) -> str:
        return "all others" if self.against is None else self.against

    @property
    def cells(self) -> int:
        """Of the group, of those that were screened."""
        return int(self.sizes[self.group])

    @property
    def cells_against(self) -> int:
        return int(self.sizes.sum() - self.cells if self.against is None else self.sizes[self.against])


def collect_groups(report, column=None, contrast=None) -> GroupsShown | None:
    """None where no column serves, or no genes are there.
    @raises UsageError for a column or a label that is not there"""
    if report.genes is None or report.genes.empty:
        if column:
            raise UsageError(f"{report.screen.path}: has no single {report.kind.events} to compare between groups")
        return None
    serving = columns_that_serve(report.screen)
    if column is None and not serving:
        if contrast:
            raise UsageError(f"{report.screen.path}: no column of its cells has {LEAST_LABELS} to {MOST_LABELS} labels: choose "
                             "one by --group-by")
        return None
    shown = column or serving[0]
    sizes, without = screened_sizes(report.screen, *report.screen.groups(shown))
    groups = GroupsShown(shown, column is not None, [name for name in serving if name != shown], sizes, without,
                         report.gene_score)
    labels = list(sizes.index)
    if len(labels) < 2:
        raise UsageError(f"{report.screen.path}: column {shown} has {len(labels)} label among the cells in which genes were "
                         f"{report.kind.lost}: there is nothing to compare")
    groups.means = means_of(report, shown, labels)
    groups.group, groups.against = chosen(contrast, groups, report.screen.path)
    groups.contrast = report.screen.contrast(shown, groups.group, groups.against, by=groups.score, min_cells=LEAST_CELLS)
    return groups


def columns_that_serve(screen) -> list:
    obs = screen.obs  # reads all columns: once
    return [name for name in obs if serves(screen, obs[name])]


def serves(screen, values) -> bool:
    """Whether a column of obs has labels, and neither too few nor too many."""
    if values.dtype.name != "category" or len(values.cat.categories) > MOST_LABELS:
        return False
    return len(screened_sizes(screen, values.cat.categories, values.cat.codes.to_numpy())[0]) >= LEAST_LABELS


def screened_sizes(screen, labels, codes):
    """Of the cells that were screened: how many have each label, without labels that none has, and how many have none.
    `codes`: of each cell the number of its label, −1 without."""
    codes = codes[screen.screened]
    counts = pd.Series(np.bincount(codes[codes >= 0], minlength=len(labels)), index=labels)
    return counts[counts > 0], int((codes < 0).sum())


def chosen(text, groups: GroupsShown, path: str):
    """The two labels of a contrast: "A" or "A,B", or a pair of them, the second None for all others; unasked the two that
    there are, or the largest against all others."""
    labels = list(groups.sizes.index)
    if text is None:
        return (labels[0], labels[1]) if len(labels) == 2 else (groups.sizes.idxmax(), None)
    if text in labels:
        return text, None
    if isinstance(text, tuple):
        parts, text = [text], ",".join(label for label in text if label is not None)
    else:
        parts = [(text[:at], text[at + 1:]) for at, letter in enumerate(text) if letter == ","]
    fitting = [pair for pair in parts if set(pair) <= {*labels, None} and pair[0] != pair[1]]
    if len(fitting) != 1:
        raise UsageError(f"{path}: --contrast is of two labels of {groups.column}, or of one against all others, not "
                         f"'{text}'; its labels: {', '.join(labels)}")
    return fitting[0]


def means_of(report, column: str, labels) -> pd.DataFrame:
    """Of genes that are visible: the highest over all cells, and in each group."""
    by_group = report.screen.gene_summary_by(column, by=report.gene_score)
    by_group = by_group[(by_group["cells"] >= LEAST_CELLS) & ~by_group["gene"].isin(report.unseen)]
    names = list(report.top_genes(report.gene_score, MOST_GENES // 2)["gene"])
    for _, table in by_group.groupby("group", sort=False):
        names += list(rank_genes(table, report.gene_score).head(OF_EACH)["gene"])
    names = report.only_once(name for name in dict.fromkeys(names) if name not in report.unseen)[:MOST_GENES]
    table = by_group[by_group["gene"].isin(names)].pivot(index="gene", columns="group", values=f"{report.gene_score}_mean")
    return table.reindex(index=names, columns=labels)


def unknown(report, shown) -> pd.Series:
    """Which genes of a contrast are not visible, where that makes the score unknown."""
    return shown.contrast["gene"].isin(report.unseen) & (shown.score in OF_OTHERS)
