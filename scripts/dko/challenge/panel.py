"""All six measures of a panel of perturbations, between 0 (mean response) and 1 (a replicate), and the E-distance."""
from dataclasses import dataclass

import numpy as np

from dko.challenge import expression, response as de

SPLITS = 5
# Name, and whether less is better.
MEASURES = {"perturbation_discrimination": False, "unbiased_mse": True, "direction_fidelity": False,
            "direction_reach": False, "jaccard": False, "lfc_nmae": True}
FLOOR_OF_CHANGE_ERROR = -6.0


@dataclass
class Panel:
    """Counts of control cells and of the cells of each target, cells × genes; own[k] is the gene of target k."""
    control: np.ndarray
    groups: list
    own: np.ndarray
    genes: np.ndarray


def _mean(values):
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def responses(panel, groups=None, control=None, tested=None):
    """A Response of each group, without the perturbed gene; of the genes tested in the panel's control cells."""
    control = panel.control if control is None else control
    tested = de.tested_genes(panel.control) if tested is None else tested
    found = []
    for cells, own in zip(panel.groups if groups is None else groups, panel.own):
        place = np.flatnonzero(tested == own)
        found.append(de.response(cells, control, tested).without(place[0] if len(place) else None))
    return found


def _names(panel, tested):
    return [panel.genes[np.setdiff1d(tested, [own])] for own in panel.own]


def measures(panel, predicted, predicted_control=None, gate=None, tested=None):
    """The six figures of `predicted` cells of each target against the real ones of the panel. Both sides are compared with
    the panel's control cells, a replicate with its own. `gate`: responses of all cells, from which the fold-change error of a
    replicate takes its genes and its denominator. None where a figure is not defined."""
    tested = de.tested_genes(panel.control) if tested is None else tested
    real = responses(panel, tested=tested)
    called = responses(panel, predicted, predicted_control, tested)
    b, b_hat = (np.array([expression.profile(cells) for cells in groups]) for groups in (panel.groups, predicted))
    control = expression.profile(panel.control)
    if predicted_control is not None:  # each side from its own control
        b_hat = b_hat - expression.profile(predicted_control) + control
    found = {
        "perturbation_discrimination":
            float(expression.discrimination(b, b_hat, control, panel.own).mean()) if len(panel.own) > 1 else None,
        "unbiased_mse": float(expression.unbiased_error(panel.groups, predicted, panel.control, panel.own)),
        "direction_fidelity": _mean([de.fidelity(*pair) for pair in zip(real, called)]),
        "direction_reach": _mean([de.reach(*each) for each in zip(real, called, _names(panel, tested))]),
        "jaccard": _mean([de.jaccard(*pair) for pair in zip(real, called)]),
        "lfc_nmae": _mean([de.change_error(each, x, y, each) for each, x, y in zip(gate or real, real, called)]),
    }
    return found


def mean_response(panel, seed=0):
    """The mean of the targets' mean counts, each target counting once, but for the gene that it lost itself, as cells for every
    target: control cells drawn at random, each gene scaled to that mean."""
    random = np.random.RandomState(seed)
    before = panel.control.mean(axis=0)
    means = np.array([cells.mean(axis=0) for cells in panel.groups])
    total, count = means.sum(axis=0), np.full(means.shape[1], float(len(means)))
    if len(means) > 1:
        for mean, own in zip(means, panel.own):
            total[own] -= mean[own]
            count[own] -= 1
    after = np.divide(total, count, out=before.astype(float), where=count > 0)
    scale = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    return [panel.control[random.randint(len(panel.control), size=len(cells))] * scale for cells in panel.groups]


def _halves(cells, random):
    order = random.permutation(len(cells))
    half = len(cells) // 2
    return cells[order[:half]], cells[order[half:2 * half]]


def replicate(panel, seed=0):
    """The six figures of one half of the cells against the other, means of SPLITS random splits."""
    tested = de.tested_genes(panel.control)
    gate = responses(panel, tested=tested)
    found = []
    for split in range(SPLITS):
        random = np.random.RandomState(seed + split)
        first_control, second_control = _halves(panel.control, random)
        halves = [_halves(cells, random) for cells in panel.groups]
        first = Panel(first_control, [half[0] for half in halves], panel.own, panel.genes)
        found.append(measures(first, [half[1] for half in halves], second_control, gate, tested))
    return {name: _mean([figures[name] for figures in found]) for name in MEASURES}


def scale(value, baseline, repeated):
    """(u − b) / (r − b) of each measure: 0 for the mean response, 1 for a replicate. None where that is not defined."""
    scaled = {}
    for name in MEASURES:
        u, b, r = value[name], baseline[name], repeated[name]
        if u is None or b is None or r is None or r == b:
            scaled[name] = None
            continue
        scaled[name] = (u - b) / (r - b)
        if name == "unbiased_mse":
            scaled[name] = min(1.0, max(0.0, scaled[name]))
        if name == "lfc_nmae":
            scaled[name] = max(FLOOR_OF_CHANGE_ERROR, scaled[name])
    return scaled


def _log_shares(counts):
    total = counts.sum(axis=1, keepdims=True)
    return np.log1p(np.divide(1e4 * counts, total, out=np.zeros(counts.shape), where=total > 0))


BLOCK_ROWS = 1024


def mean_distance(x, y) -> float:
    """E|x − y| of rows, Euclidean, a block of rows at a time; of a row with itself 0."""
    sizes = (y * y).sum(axis=1)
    total = 0.0
    for first in range(0, len(x), BLOCK_ROWS):
        rows = x[first:first + BLOCK_ROWS]
        squares = (rows * rows).sum(axis=1)[:, None] + sizes - 2 * rows @ y.T
        if x is y:
            squares[np.arange(len(rows)), np.arange(first, first + len(rows))] = 0  # but for rounding
        total += np.sqrt(np.maximum(squares, 0)).sum()
    return total / (len(x) * len(y))


def e_distances(panel, predicted) -> list:
    """Of each target {"predicted", "control"}: the distance of its real cells from those that were predicted, and from control
    cells, 2 E|x − y| − E|x − x'| − E|y − y'| (Székely & Rizzo), Euclidean distances of log(1 + 10⁴ share) of all genes, means
    over all pairs, a cell with itself included."""
    control = _log_shares(panel.control)
    of_control = mean_distance(control, control)
    found = []
    for real, group in zip(panel.groups, predicted):
        real, group = _log_shares(real), _log_shares(group)
        of_real = mean_distance(real, real)
        found.append({"predicted": 2 * mean_distance(real, group) - of_real - mean_distance(group, group),
                      "control": 2 * mean_distance(real, control) - of_real - of_control})
    return found
