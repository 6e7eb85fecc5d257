"""Means and standard deviations of scores over cells, in bounded memory. Used through dko.results."""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.errors import UsageError
from dko.visibility import hidden_of_pairs

PAIR_MEMORY = 1 << 29  # bytes that the sums over pairs may take at a time


class Moments:
    """Number, mean and sum of squared deviations of values that come a block at a time, in many groups."""

    def __init__(self, groups: int, measures):
        self.count = np.zeros(groups, dtype=np.int32)
        self.mean = {measure: np.zeros(groups) for measure in measures}
        self.squares = {measure: np.zeros(groups) for measure in measures}

    def add_one_each(self, groups, values: dict):
        """One value for each of some groups, all different."""
        count = self.count[groups] + 1
        self.count[groups] = count
        for measure, value in values.items():
            mean = self.mean[measure][groups]
            difference = value - mean
            mean += difference / count
            self.mean[measure][groups] = mean
            self.squares[measure][groups] += difference * (value - mean)

    def add(self, groups, values: dict):
        """Any number of values for any groups."""
        present, places = np.unique(groups, return_inverse=True)
        added = np.bincount(places)
        before = self.count[present]
        self.count[present] += added.astype(np.int32)
        for measure, value in values.items():
            value = value.astype(np.float64)
            mean = np.bincount(places, value) / added
            squares = np.bincount(places, (value - mean[places])**2)
            difference = mean - self.mean[measure][present]
            self.mean[measure][present] += difference * added / (before + added)
            self.squares[measure][present] += squares + difference**2 * before * added / (before + added)

    def part(self, first: int, last: int) -> "Moments":
        """Of groups [first, last)."""
        part = Moments(0, self.mean)
        part.count = self.count[first:last]
        part.mean = {measure: values[first:last] for measure, values in self.mean.items()}
        part.squares = {measure: values[first:last] for measure, values in self.squares.items()}
        return part

    def columns(self, chosen) -> dict:
        """Mean and sample standard deviation of every measure, of deviations over members only the mean. NaN
        for the deviation of one value."""
        count = self.count[chosen].astype(np.float64)
        columns = {}
        for measure in self.mean:
            columns[f"{measure}_mean"] = self.mean[measure][chosen]
            if measure.endswith("_sd"):
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                squares = np.where(count > 1, self.squares[measure][chosen], np.nan)
                columns[f"{measure}_sd"] = np.sqrt(squares / (count - 1))
        return columns


class PairSums:
    """What pairs do over their cells: moments of every measure, and how often each interaction was above and
    below 0."""

    def __init__(self, groups: int, measures):
        self.moments = Moments(groups, measures)
        self.signs = {
            measure: np.zeros((2, groups), dtype=np.int32)
            for measure in measures if measure.endswith("interaction")
        }

    @staticmethod
    def bytes_each(measures) -> int:
        return 4 + sum(16 + 8 * measure.endswith("interaction") for measure in measures)

    def add(self, groups, values: dict, all_different: bool):
        """Values of some groups."""
        if all_different:
            self.moments.add_one_each(groups, values)
        else:
            self.moments.add(groups, values)
        for measure, signs in self.signs.items():
            for sign, holds in zip(signs, (values[measure] > 0, values[measure] < 0)):
                if all_different:
                    sign[groups] += holds
                else:
                    np.add.at(sign, groups[holds], 1)

    def columns(self, chosen) -> dict:
        columns = {"cells": self.moments.count[chosen], **self.moments.columns(chosen)}
        for measure, (above, below) in self.signs.items():
            mean = columns[f"{measure}_mean"]
            same = np.where(mean > 0, above[chosen], np.where(mean < 0, below[chosen], 0))
            columns[SAME_SIGN[measure]] = same / columns["cells"]
        return columns


SAME_SIGN = {
    "interaction": "same_sign",
    "network_interaction": "network_same_sign",
    "shift_interaction": "shift_same_sign"
}
# What ranks pairs where nothing else is asked for, the first that there is: as in `dko summarize`.
PAIR_ORDER = ("shift", "network_interaction", "interaction", "network", "impact")


def pair_ranking(measures, by, path: str) -> str:
    """`by`, or what ranks pairs of these measures.
    @raises UsageError if it is none of them"""
    if by is None:
        return next(name for name in PAIR_ORDER if name in measures)
    if by not in measures:
        raise UsageError(f"{path}: has no {by} of pairs, only {', '.join(measures)}")
    return by


def by_strength(table: pd.DataFrame, measure: str, lowest: bool = False) -> pd.DataFrame:
    """Highest mean first, of interactions the largest either way, or the lowest mean first; equal ones in the order of
    genes."""
    key = table[f"{measure}_mean"].to_numpy()
    order = np.argsort(key if lowest else -(np.abs(key) if measure.endswith("interaction") else key), kind="stable")
    return table.iloc[order]


class PairTable:
    """Rows of a pair summary as they come, of which the strongest are kept. `visibility` is of read_visibility(), or None."""

    def __init__(self, labels, measures, by: str, top, min_cells: int, lowest: bool = False, visibility=None):
        self.labels, self.measures, self.by, self.top, self.min_cells = labels, measures, by, top, min_cells
        self.lowest, self.visibility = lowest, visibility
        self.kept = None

    def add(self, sums: PairSums, genes_of):
        """`genes_of(groups)` gives the two genes of groups."""
        chosen = np.flatnonzero(sums.moments.count >= max(1, self.min_cells))
        first, second = genes_of(chosen)
        table = pd.DataFrame({
            "gene1": self.labels[first],
            "gene2": self.labels[second],
            **sums.columns(chosen)
        })
        if self.visibility is not None:
            table["not_visible"] = hidden_of_pairs(self.visibility, first, second)
        if self.kept is not None:
            table = pd.concat([self.kept, table], ignore_index=True)
        self.kept = by_strength(table, self.by, self.lowest).head(self.top) if self.top is not None else table

    def finish(self) -> pd.DataFrame:
        if self.kept is None:  # fewer than two genes
            self.add(PairSums(0, self.measures), lambda numbers: (numbers, numbers))
        table = by_strength(self.kept, self.by, self.lowest).reset_index(drop=True)
        table.insert(0, "rank", np.arange(1, len(table) + 1))
        return table


def summarise_list(blocks, genes: int, cells: int, measures, table: PairTable):
    """`blocks(measures)` gives (genes n × 2, cells, {measure: values}), the same each time: first for which
    pairs there are, then for their values. What a list has twice counts once. Holds 16 bytes an event, and a
    few numbers a pair."""

    def keys_of(pairs):
        return pairs.min(axis=1).astype(np.int64) * genes + pairs.max(axis=1)

    events = [keys_of(pairs) * cells + in_cells for pairs, in_cells, _ in blocks([])]
    events, at = np.unique(np.concatenate(events or [np.empty(0, np.int64)]), return_index=True)
    known, counted = np.unique(events // cells), np.sort(at)
    sums, done = PairSums(len(known), measures), 0
    for pairs, _, values in blocks(measures):
        first, last = np.searchsorted(counted, [done, done + len(pairs)])
        keep, done = counted[first:last] - done, done + len(pairs)
        sums.add(np.searchsorted(known, keys_of(pairs[keep])),
                 {name: value[keep]
                  for name, value in values.items()},
                 all_different=False)
    table.add(sums, lambda groups: (known[groups] // genes, known[groups] % genes))


def bands(genes: int, measures):
    """Splits the upper triangle of pairs of `genes` genes into bands of rows [first, last) of which the sums
    fit into PAIR_MEMORY; at least a row each."""
    room = max(1, PAIR_MEMORY // PairSums.bytes_each(measures))
    first = 0
    while first < genes - 1:
        last, held = first, 0
        while last < genes - 1 and (last == first or held + genes - 1 - last <= room):
            held += genes - 1 - last
            last += 1
        yield first, last
        first = last


class Band:
    """Numbers the pairs of rows [first, last) of the upper triangle, row by row, from 0."""

    def __init__(self, genes: int, first: int, last: int):
        rows = np.arange(first, last, dtype=np.int64)
        self.first, self.last = first, last
        lengths = genes - 1 - rows
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        self.total = int(self.starts[-1])
        self._base = self.starts[:-1] - rows - 1  # number of (a, b) is base[a] + b

    def numbers(self, row: int, others):
        return self._base[row - self.first] + others

    def pairs_of(self, numbers):
        rows = np.searchsorted(self.starts, numbers, "right") - 1
        return rows + self.first, numbers - self._base[rows]


def summarise_double(pairs_of_band, genes: int, chosen, cells, measures, table: PairTable):
    """All pairs of the `chosen` of a screen's genes over `cells`, band by band. `pairs_of_band(cell, label,
    band)` gives their numbers in the band and {measure: values}."""
    label = np.full(genes, -1, dtype=np.int64)
    label[chosen] = np.arange(len(chosen))
    for first, last in bands(len(chosen), measures):
        band = Band(len(chosen), first, last)
        sums = PairSums(band.total, measures)
        for cell in cells:
            numbers, values = pairs_of_band(cell, label, band)
            if len(numbers):
                sums.add(numbers, values, all_different=True)
        table.add(sums, lambda numbers: tuple(chosen[of] for of in band.pairs_of(numbers)))
