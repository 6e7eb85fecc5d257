"""Where the cells A and B of a direction lie, and where the loss of genes, or switching them on, takes those of A: a plane
spanned by d, the difference of their mean base profiles, and the first principal component at right angles to it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dko.errors import InputError
from dko.model import ENTRIES, Observed, open_model
from dko.report import suggest
from dko.report.data import spread
from dko.report.kind import kind_of_screen

MOST_CELLS = 1000  # of A and of B that are drawn and that the component is of, spread evenly
MOST_ENTRIES = 10_000_000  # of their profiles; at least LEAST_CELLS of each are drawn
LEAST_CELLS = 100
MOST_MOVED = 300  # cells of A over which an arrow is averaged
ARROWS = {"toward": 5, "away": 2, "pairs": 2}
SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
REACH, FARTHEST = 0.5, 2.0  # of the way from A to B: half of the arrows, and the longest, are drawn no longer
CLOSE = 1e-3  # so near must the shifts of model and input be to those of the screen, of the largest


@dataclass
class CellMap:
    """Coordinates are in units of |d|: along d, 0 is the mean of A and 1 that of B; across, the component."""

    cells: pd.DataFrame  # is_b, along, across: those drawn
    arrows: pd.DataFrame  # name, kind (a key of ARROWS), cells, along, across: the mean move of cells of A
    explained: float  # the part of the variance across d that the component has
    all_cells: bool  # or some of A and B are drawn

    @property
    def scale(self) -> int:
        """How many times longer arrows are drawn than they are."""
        lengths = np.hypot(self.arrows["along"], self.arrows["across"])
        if not len(lengths) or not lengths.max() > 0:
            return 1
        fitting = [scale for scale in SCALES if scale * lengths.median() <= REACH and scale * lengths.max() <= FARTHEST]
        return fitting[-1] if fitting else 1


class Profiles:
    """The base profiles of cells of the screen, from its model and its input."""

    def __init__(self, screen, model, values, numbers):
        self.screen, self.model = screen, model
        self._values, self._rows = values, {int(number): row for row, number in enumerate(numbers)}

    def _shares(self, numbers):
        values = self._values[[self._rows[int(number)] for number in numbers]].toarray()
        return values / values.sum(axis=1, keepdims=True)

    def with_more_than(self, numbers, count: int) -> np.ndarray:
        """Those of the cells that express more genes than `count`."""
        rows = self._values[[self._rows[int(number)] for number in numbers]]
        return np.asarray(numbers)[np.asarray((rows > 0).sum(axis=1)).ravel() > count]

    def lose(self, numbers, genes):
        """Profiles of blocks of cells: before, after the loss, or what else the events of the screen are, and where only
        rescaled."""
        kind = kind_of_screen(self.screen)
        lost, added = ([], genes) if kind.activates else (genes, [])
        step = max(1, ENTRIES // len(self.screen.genes))
        for lo in range(0, len(numbers), step):
            block = np.asarray(numbers[lo:lo + step])
            shares = self._shares(block)
            totals = self.screen.totals(block)
            observed = None if self.screen.base == "fitted" else Observed(self.screen.base, shares, totals)
            yield self.model.knock_out((shares > 0).astype(float), lost, observed, self.screen.covariates(block), shares,
                                       kind.keeps, added)[:3]

    def base(self, numbers) -> np.ndarray:
        return np.concatenate([before for before, _, _ in self.lose(numbers, [])])


@dataclass
class Loss:
    """A loss, or another event, that is drawn as an arrow, the mean over `cells`."""

    name: str
    kind: str  # a key of ARROWS
    genes: list  # their numbers
    cells: np.ndarray  # of A, that have an event of each of the genes in the screen
    shifts: np.ndarray | None  # of one gene, as the screen has them


def collect_map(report, given, model_path) -> CellMap:
    """Reads of the input, dko.input_cells.InputCells, the cells that are drawn or moved, no others.
    @raises InputError if the input or the model is not that of the screen"""
    screen = report.screen
    a, b = (spread(screen.numbers_along(name), most_drawn(screen)) for name in ("from_cells", "toward_cells"))
    losses = losses_of_cells(report)
    numbers = np.unique(np.concatenate([a, b, *(loss.cells for loss in losses)]))
    with open_model(model_path) as model:
        run, training = suggest.run_of(report), suggest.training_of(report)
        layer = run.value("--layer") or training.value("--layer")
        raw = any(option == "--raw" for option, _ in [*run.options, *training.options])
        rows = given.rows_of(screen.cells)[numbers]
        values = given.counts(rows, screen.genes, screen.gene_ids, layer, raw)
        require_same(screen, given.path, values, numbers)
        profiles = Profiles(screen, model, values, numbers)
        return map_of(report, profiles, losses, a, b)


def require_same(screen, path, values, numbers):
    """Whether the values are those that were screened, as far as the screen tells."""
    expressed, totals = screen.expressed, screen.totals(numbers)
    counted = np.asarray((values > 0).sum(axis=1)).ravel()
    sums = np.asarray(values.sum(axis=1)).ravel()
    known = np.isfinite(totals) if totals is not None else np.zeros(len(numbers), bool)
    if (expressed is not None and (counted != expressed[numbers]).any()) or \
            (known.any() and not np.allclose(sums[known], totals[known])) or (counted == 0).any():
        raise InputError(f"{path}: its values are not those that were screened")


def most_drawn(screen) -> int:
    """How many cells of A, and of B."""
    return min(MOST_CELLS, max(LEAST_CELLS, MOST_ENTRIES // len(screen.genes)))


def map_of(report, profiles, losses, a, b) -> CellMap:
    """`a`, `b`: the cells that are drawn."""
    genes = report.screen.direction["genes"]
    start, d = genes["from_mean"].to_numpy(), genes["d"].to_numpy()
    length = np.sqrt(d @ d)
    moved = (profiles.base(np.concatenate([a, b])) - start) / length
    along = moved @ d / length
    across, explained = component(moved, d / length)
    cells = pd.DataFrame({
        "is_b": np.arange(len(moved)) >= len(a),
        "along": along,
        "across": moved @ across
    })
    arrows = arrows_of(report.screen, profiles, losses, np.stack([d / length, across]).T / length)
    return CellMap(cells, arrows, explained, len(a) + len(b) == report.toward.a_cells + report.toward.b_cells)


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
    """(label, kind, genes) of each arrow: genes that are visible, where that is known, and pairs of such."""
    shown, toward = [], report.toward
    for kind in ("toward", "away"):
        table = getattr(toward, kind)(ARROWS[kind])
        shown += [(name, kind, report.names_of([name])) for name in table["gene"]]
    if report.best_pairs is not None and report.pairs_by == "shift":
        toward_b = report.best_pairs[report.best_pairs["shift_mean"] > 0]
        shown += [(report.kind.pair(row.gene1, row.gene2), "pairs", report.names_of([row.gene1, row.gene2]))
                  for row in toward_b.head(ARROWS["pairs"]).itertuples()]
    return [loss for loss in shown if report.screen.only_once(loss[2]) == loss[2]]


def losses_of_cells(report) -> list:
    """Each with the cells of A that it is averaged over."""
    screen, losses = report.screen, losses_drawn(report)
    genes = list(dict.fromkeys(gene for _, _, names in losses for gene in names))
    a, shifts = screen.numbers_along("from_cells"), dict(zip(genes, screen.scores_over_cells("shift", genes)))
    found = []
    for name, kind, names in losses:
        cells = spread(a[np.all([np.isfinite(shifts[gene][a]) for gene in names], axis=0)], MOST_MOVED)
        stored = shifts[names[0]][cells] if len(names) == 1 else None
        found.append(Loss(name, kind, [screen.gene_number(gene) for gene in names], cells, stored))
    return found


def arrows_of(screen, profiles, losses, plane) -> pd.DataFrame:
    """`plane`: genes × 2."""
    rows = []
    for loss in losses:
        lost = 0 if screen.activates else len(loss.genes)
        cells = loss.cells if loss.shifts is not None else profiles.with_more_than(loss.cells, lost)
        moves = [(after - rescaled) @ plane for _, after, rescaled in profiles.lose(cells, loss.genes)]
        if not moves:
            continue
        moves = np.concatenate(moves)
        if loss.shifts is not None:
            require_shifts(screen, loss.shifts, moves[:, 0])
        rows.append((loss.name, loss.kind, len(cells), *moves.mean(axis=0)))
    return pd.DataFrame(rows, columns=["name", "kind", "cells", "along", "across"])


def require_shifts(screen, stored, found):
    """Whether model and input give the shifts that the screen has, cell by cell.
    @raises InputError"""
    if not np.allclose(stored, found, rtol=0, atol=CLOSE * max(1e-6, np.abs(stored).max())):
        raise InputError(f"{screen.path}: its shifts are not those of {kind_of_screen(screen).doing} genes by the model and "
                         "the input that were given")
