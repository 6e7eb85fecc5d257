"""Groups of the cells of a screen, by a column that it keeps, and contrasts between them. Used through dko.results."""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.errors import InputError, UsageError
from dko.visibility import OF_OTHERS

MOST_NUMBERS = 100  # different values by which a column of numbers groups cells, as in dko summarize
FIGURES = ("mean", "mean_against", "difference", "p", "q")


def read_obs(file, cells) -> pd.DataFrame:
    """The columns of the cells that a screen keeps, indexed by cell: categories, or numbers. Without columns if it keeps
    none (older files).
    @raises InputError for arrays of other lengths, or codes without a category"""
    columns = {}
    group = file["obs"] if "obs" in file else {}
    for title in group.attrs["column-order"] if group else ():
        column = group[title]
        is_categorical = hasattr(column, "keys")
        values = (column["codes"] if is_categorical else column)[:]
        labels = column["categories"].asstr("utf-8", "replace")[:] if is_categorical else ()
        if values.shape != (len(cells), ) or (is_categorical and not ((values >= -1) & (values < len(labels))).all()):
            raise InputError(f"{file.filename}/obs/{title}: array sizes are inconsistent: the file is corrupt")
        columns[title] = pd.Categorical.from_codes(values, labels) if is_categorical else values
    return pd.DataFrame(columns, index=pd.Index(cells, name="cell", dtype=object))


def number_label(value) -> str:
    """A number as dko writes it: 1 and not 1.0."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def false_discovery_rates(p) -> np.ndarray:
    """Of Benjamini & Hochberg (1995)."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")
    rates = np.empty_like(p)
    rates[order] = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    return np.minimum(rates, 1)


def rank_sum_p(one, other) -> float:
    """Two-sided, of the Mann-Whitney test by the normal approximation, corrected for ties and continuity, as
    scipy.stats.mannwhitneyu(method="asymptotic"); 1 where all values are equal."""
    from scipy.special import ndtr
    _, places, counts = np.unique(np.concatenate([one, other]), return_inverse=True, return_counts=True)
    ranks, counts = np.cumsum(counts) - (counts - 1) / 2, counts.astype(float)
    n, size, others = float(len(places)), float(len(one)), float(len(other))
    variance = size * others / 12 * (n + 1 - (counts**3 - counts).sum() / (n * (n - 1)))
    if not variance > 0:
        return 1.0
    u = ranks[places[:len(one)]].sum() - size * (size + 1) / 2
    z = (max(u, size * others - u) - size * others / 2 - 0.5) / np.sqrt(variance)
    return min(1.0, 2 * float(ndtr(-z)))


class Groups:
    """What a screen tells of groups of its cells; a part of dko.results.Screen."""

    @property
    def obs(self) -> pd.DataFrame:
        """The columns of the cells that the screen keeps (--obs), a table indexed by cell: categories, or numbers.
        Without columns if it keeps none."""
        return read_obs(self._file, self.cells)

    def groups(self, column: str):
        """(labels, of each cell the number of its label, −1 without) by a column of obs; of a column of numbers the
        labels are its values. @raises UsageError for a column that is not kept, with those that are"""
        obs = self.obs
        if column not in obs:
            kept = f"it keeps {', '.join(obs)}" if len(obs.columns) else "it keeps none: screen with --obs or --obs-file"
            raise UsageError(f"{self.path}: the screen keeps no column {column} of its cells; {kept}")
        values = obs[column]
        if values.dtype.name != "category":
            if values.nunique() > MOST_NUMBERS:
                raise UsageError(f"{self.path}: column {column} has {values.nunique():,} different numbers, and groups are "
                                 f"made of at most {MOST_NUMBERS}")
            values = values.astype("category")
            values = values.cat.rename_categories([number_label(value) for value in values.cat.categories])
        return list(values.cat.categories), values.cat.codes.to_numpy().astype(np.int64)

    def cells_of_group(self, column: str, label: str) -> list:
        """The numbers of the cells with a label, for pair_summary(cells=…) and others."""
        labels, codes = self.groups(column)
        return np.flatnonzero(codes == self._label_number(column, labels, label)).tolist()

    def _label_number(self, column, labels, label) -> int:
        if label not in labels:
            raise UsageError(f"{self.path}: column {column} has no label {label}; its labels: {', '.join(labels)}")
        return labels.index(label)

    def gene_summary_by(self, column: str, by=None) -> pd.DataFrame:
        """gene_summary() within each group of cells by a column of obs: the same columns behind `group`, and the rank
        within the group. Cells without a value are in none. Reads single/ once, in blocks; holds a few numbers for each
        gene and group."""
        from dko.summary import Moments
        labels, codes = self.groups(column)
        scores, genes = self._need_singles(), len(self.genes)
        moments = Moments(len(labels) * genes, scores)
        for cells, of, values in self._single_blocks(scores):
            group = codes[cells]
            kept = group >= 0
            moments.add(group[kept] * genes + of[kept], {score: value[kept] for score, value in values.items()})
        tables = [self._gene_table(moments.part(at * genes, (at + 1) * genes), by) for at in range(len(labels))]
        for label, table in zip(labels, tables):
            table.insert(0, "group", label)
        return pd.concat(tables, ignore_index=True) if tables else self._gene_table(moments, by).assign(group=[])

    def contrast(self, column: str, group: str, against=None, by=None, min_cells: int = 3) -> pd.DataFrame:
        """Every gene in the cells of one group by a column of obs compared with those of another, or, without `against`,
        with all others that have a label: rank, gene, id, cells and cells_against (in which it was knocked out: those
        that express it), and of every score but deviations over members SCORE_mean, _mean_against, _difference, _p (two-
        sided rank-sum test, normal approximation) and _q (of p by Benjamini and Hochberg over these genes); where it is
        known `not_visible`. Genes with fewer than `min_cells` cells in one of the groups are left out. The lowest p of
        `by` (network, else impact) comes first; by network genes that are not visible come last. As `dko summarize
        --contrast`. p takes cells as independent, which they are not: one mapping scores all. Loads one score at a time:
        20 bytes a knockout. Needs scipy."""
        labels, codes = self.groups(column)
        one = codes == self._label_number(column, labels, group)
        other = (codes >= 0) & ~one if against is None else codes == self._label_number(column, labels, against)
        if against == group or not other.any():
            raise UsageError(f"{self.path}: there is nothing to compare {group} with")
        scores = [score for score in self._need_singles() if not score.endswith("_sd")]
        by = by or ("network" if "network" in scores else scores[0])
        if by not in scores:
            raise UsageError(f"{self.path}: has no {by} of single knockouts, only {', '.join(scores)}")
        rows = None
        for score in scores:
            found = self._compare(score, one, other, min_cells)
            rows = found if rows is None else rows.join(found.drop(columns=["cells", "cells_against"]))
        return self._ranked_contrast(rows, by)

    def _compare(self, score: str, one, other, min_cells: int) -> pd.DataFrame:
        """Of one score, indexed by the number of the gene."""
        matrix, rows = self.singles_matrix(score).tocsc(), {}
        for gene in range(len(self.genes)):
            at = slice(matrix.indptr[gene], matrix.indptr[gene + 1])
            cells, values = matrix.indices[at], matrix.data[at].astype(float)
            x, y = values[one[cells]], values[other[cells]]
            if min(len(x), len(y)) < max(1, min_cells):
                continue
            rows[gene] = [len(x), len(y), x.mean(), y.mean(), x.mean() - y.mean(), rank_sum_p(x, y)]
        names = ["cells", "cells_against", *(f"{score}_{figure}" for figure in FIGURES[:-1])]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
        table[f"{score}_q"] = false_discovery_rates(table[f"{score}_p"])
        return table.astype({"cells": np.int64, "cells_against": np.int64})

    def _ranked_contrast(self, rows: pd.DataFrame, by: str) -> pd.DataFrame:
        numbers = rows.index.to_numpy(dtype=np.int64)
        rows.insert(0, "gene", self._event_labels[numbers])
        rows.insert(1, "id", np.array(self.gene_ids, dtype=object)[numbers])
        known = self.visibility
        hidden = np.full(len(rows), False)
        if known is not None:
            rows["not_visible"] = known["why"].to_numpy()[numbers]
            hidden = (rows["not_visible"] != "").to_numpy() & (by in OF_OTHERS)
        order = np.lexsort((numbers, -rows[f"{by}_difference"].abs().to_numpy(), rows[f"{by}_p"].to_numpy(), hidden))
        rows = rows.iloc[order].reset_index(drop=True)
        rows.insert(0, "rank", np.arange(1, len(rows) + 1))
        return rows
