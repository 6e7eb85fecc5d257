"""Where the cells A and B of a direction lie, and where the loss of genes takes those of A: a plane spanned by d, the
difference of their mean base profiles, and the first principal component at right angles to it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dko.errors import InputError
from dko.input_cells import InputCells
from dko.model import ENTRIES, Observed, open_model
from dko.report import suggest

MOST_CELLS = 1000  # of A and of B that are drawn and that the component is of, spread evenly
MOST_ENTRIES = 10_000_000  # of their profiles; at least LEAST_CELLS of each are drawn
LEAST_CELLS = 100
MOST_MOVED = 300  # cells of A over which an arrow is averaged
ARROWS = {"toward": 5, "away": 2, "pairs": 2}
CLOSE = 1e-3  # so near must the shifts of model and input be to those of the screen, of the largest


@dataclass
class CellMap:
    """Coordinates are in units of |d|: along d, 0 is the mean of A and 1 that of B; across, the component."""

    cells: pd.DataFrame  # is_b, along, across: those drawn
    arrows: pd.DataFrame  # name, kind (a key of ARROWS), cells, along, across: the mean move of cells of A
    explained: float  # the part of the variance across d that the component has
    all_cells: bool  # or some of A and B are drawn


class Profiles:
    """The base profiles of cells of the screen, from its model and its input."""

    def __init__(self, screen, model, values, numbers):
        self.screen, self.model = screen, model
        self._values, self._rows = values, {int(number): row for row, number in enumerate(numbers)}

    def _shares(self, numbers):
        values = self._values[[self._rows[int(number)] for number in numbers]].toarray()
        return values / values.sum(axis=1, keepdims=True)

    def expressing(self, numbers, genes) -> np.ndarray:
        """Those of the cells that express all these genes, and more."""
        rows = self._values[[self._rows[int(number)] for number in numbers]]
        has = np.asarray((rows[:, genes] > 0).sum(axis=1)).ravel() == len(genes)
        return np.asarray(numbers)[has & (np.asarray((rows > 0).sum(axis=1)).ravel() > len(genes))]

    def lose(self, numbers, genes):
        """Profiles of blocks of cells: before, after the loss, and where only rescaled."""
        step = max(1, ENTRIES // len(self.screen.genes))
        for lo in range(0, len(numbers), step):
            block = np.asarray(numbers[lo:lo + step])
            shares = self._shares(block)
            totals = self.screen.totals(block)
            observed = None if self.screen.base == "fitted" else Observed(self.screen.base, shares, totals)
            yield self.model.knock_out((shares > 0).astype(float), genes, observed, self.screen.covariates(block), shares)[:3]

    def base(self, numbers) -> np.ndarray:
        return np.concatenate([before for before, _, _ in self.lose(numbers, [])])


def collect_map(report, path, model_path) -> CellMap:
    """@raises InputError if the input or the model is not that of the screen"""
    screen = report.screen
    a, b = screen.numbers_along("from_cells"), screen.numbers_along("toward_cells")
    numbers = np.unique(np.concatenate([a, b]))
    with InputCells(path) as given, open_model(model_path) as model:
        run, training = suggest.run_of(report), suggest.training_of(report)
        layer = run.value("--layer") or training.value("--layer")
        raw = any(option == "--raw" for option, _ in [*run.options, *training.options])
        rows = given.rows_of(screen.cells)[numbers]
        values = given.counts(rows, screen.genes, screen.gene_ids, layer, raw)
        require_same(screen, given.path, values, numbers)
        profiles = Profiles(screen, model, values, numbers)
        return map_of(report, profiles, a, b)


def require_same(screen, path, values, numbers):
    """Whether the values are those that were screened, as far as the screen tells."""
    expressed, totals = screen.expressed, screen.totals(numbers)
    counted = np.asarray((values > 0).sum(axis=1)).ravel()
    sums = np.asarray(values.sum(axis=1)).ravel()
    known = np.isfinite(totals) if totals is not None else np.zeros(len(numbers), bool)
    if (expressed is not None and (counted != expressed[numbers]).any()) or \
            (known.any() and not np.allclose(sums[known], totals[known])) or (counted == 0).any():
        raise InputError(f"{path}: its values are not those that were screened")


def spread(numbers, most: int) -> np.ndarray:
    """All, or so many of them, spread evenly."""
    return numbers if len(numbers) <= most else numbers[np.linspace(0, len(numbers) - 1, most, dtype=np.int64)]


def map_of(report, profiles, a, b) -> CellMap:
    genes = report.screen.direction["genes"]
    start, d = genes["from_mean"].to_numpy(), genes["d"].to_numpy()
    length = np.sqrt(d @ d)
    most = min(MOST_CELLS, max(LEAST_CELLS, MOST_ENTRIES // len(d)))
    drawn_a, drawn_b = spread(a, most), spread(b, most)
    moved = (profiles.base(np.concatenate([drawn_a, drawn_b])) - start) / length
    along = moved @ d / length
    across, explained = component(moved, d / length)
    cells = pd.DataFrame({
        "is_b": np.arange(len(moved)) >= len(drawn_a),
        "along": along,
        "across": moved @ across
    })
    arrows = arrows_of(report, profiles, a, d / length, across, length)
    return CellMap(cells, arrows, explained, len(drawn_a) + len(drawn_b) == len(a) + len(b))


def component(moved, way):
    """The first principal component of what is at right angles to `way`, of length 1 with its largest entry above 0, and its
    part of the variance there."""
    rest = moved - moved.mean(axis=0)
    rest -= np.outer(rest @ way, way)
    gram = rest @ rest.T if len(rest) < rest.shape[1] else rest.T @ rest
    values, vectors = np.linalg.eigh(gram)
    axis = rest.T @ vectors[:, -1] if len(rest) < rest.shape[1] else vectors[:, -1]
    axis -= (axis @ way) * way
    size = np.sqrt(axis @ axis)
    if not size > 0:
        return np.zeros_like(way), 0.0
    return axis * (np.sign(axis[np.abs(axis).argmax()]) / size), float(values[-1] / max(values.sum(), 1e-300))


def losses_drawn(report) -> list:
    """(name, kind, genes) of each arrow: visible genes, and pairs of such."""
    shown, toward = [], report.toward
    for kind in ("toward", "away"):
        table = getattr(toward, kind)(ARROWS[kind])
        shown += [(name, kind, [name]) for name in table["gene"]]
    if report.pairs is not None and report.pairs_by == "shift":
        shown += [(f"{row.gene1} + {row.gene2}", "pairs", [row.gene1, row.gene2])
                  for row in report.pairs.head(ARROWS["pairs"]).itertuples()]
    return [loss for loss in shown if all(len(report.screen.genes_named(name)) == 1 for name in loss[2])]


def arrows_of(report, profiles, a, way, across, length) -> pd.DataFrame:
    screen, rows = report.screen, []
    screened = np.intersect1d(a, np.flatnonzero(np.diff(screen.starts)))
    for name, kind, genes in losses_drawn(report):
        numbers = [screen.gene_number(gene) for gene in genes]
        cells = spread(profiles.expressing(screened, numbers), MOST_MOVED)
        plane = np.stack([way, across]).T / length
        moves = [(after - rescaled) @ plane for _, after, rescaled in profiles.lose(cells, numbers)]
        if not moves:
            continue
        moves = np.concatenate(moves)
        if len(genes) == 1:
            require_shifts(screen, genes[0], cells, moves[:, 0])
        rows.append((name, kind, len(cells), *moves.mean(axis=0)))
    return pd.DataFrame(rows, columns=["name", "kind", "cells", "along", "across"])


def require_shifts(screen, gene, cells, found):
    """Whether model and input give the shifts that the screen has.
    @raises InputError"""
    stored = screen.singles(gene=gene)
    stored = stored[stored["cell"].isin(np.array(screen.cells, dtype=object)[cells])]["shift"].to_numpy()
    if len(stored) == len(found) and not np.allclose(stored, found, rtol=0, atol=CLOSE * max(1e-6, np.abs(stored).max())):
        raise InputError(f"{screen.path}: its shifts are not those of losing genes by the model and the input that were given")
