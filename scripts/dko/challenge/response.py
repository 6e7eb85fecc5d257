"""Direction fidelity and reach, Jaccard and LFC-NMAE: what compares tables of differential expression.

Definitions: ArcInstitute/cell-eval2, docs/vcc2026_metrics/vcc2026-metrics.md (2026/08/19), sections 3 to 6.
"""
from dataclasses import dataclass

import numpy as np

PER_CELL = 1e6  # to which each cell is scaled
LEAST_MEAN = 5.0  # of a tested gene in control cells
ALPHA = 0.05
EPSILON = 1e-9
PURITY = 0.9
LEAST_GENES = 10  # of the fold-change error


@dataclass
class Response:
    """Of the genes that are tested, in their order: log2 fold change, p, and p by Benjamini and Hochberg."""
    change: np.ndarray
    p: np.ndarray
    adjusted: np.ndarray

    @property
    def significant(self):
        return self.adjusted < ALPHA

    def without(self, gene):
        """Without one gene, by its place; with all of them for None. The corrections stay as they were."""
        if gene is None:
            return self
        return Response(*(np.delete(values, gene) for values in (self.change, self.p, self.adjusted)))


def scaled(counts):
    total = counts.sum(axis=1, keepdims=True, dtype=np.float64)
    return np.divide(PER_CELL * counts, total, out=np.zeros(counts.shape), where=total > 0)


def tested_genes(control):
    """Numbers of the genes with a mean above LEAST_MEAN per million in control cells."""
    return np.flatnonzero(scaled(control).mean(axis=0) > LEAST_MEAN)


def adjust(p):
    """Benjamini & Hochberg (1995)."""
    order = np.argsort(p)
    rates = np.empty(len(p))
    rates[order] = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    return np.minimum(rates, 1)


def response(cells, control, tested):
    """What tells `cells` from `control` cells (counts), by Wilcoxon's rank sum test of the tested genes."""
    from scipy.stats import mannwhitneyu
    cells, control = scaled(cells)[:, tested], scaled(control)[:, tested]
    p = np.ones(len(tested))
    varies = np.ptp(np.vstack([cells, control]), axis=0) > 0
    if varies.any():
        p[varies] = mannwhitneyu(cells[:, varies], control[:, varies], method="asymptotic").pvalue
    change = np.log2((cells.mean(axis=0) + EPSILON) / (control.mean(axis=0) + EPSILON))
    return Response(change, p, adjust(p))


def _adjudicable(real):
    return np.isfinite(real.change) & (real.change != 0)


def fidelity(real, predicted):
    """F = k / max(n_pred, n_real); None where neither calls a gene."""
    called = predicted.significant & _adjudicable(real)
    budget = max(called.sum(), real.significant.sum())
    right = (np.sign(predicted.change) == np.sign(real.change))[called].sum()
    return right / budget if budget else None


def reach(real, predicted, names):
    """R = k* / n_real, k* the deepest prefix of which PURITY have the right sign; None where no gene responds."""
    pool = np.flatnonzero(real.significant)
    if not len(pool):
        return None
    keys = (names[pool], -np.abs(predicted.change[pool]), predicted.p[pool], predicted.adjusted[pool],
            ~predicted.significant[pool])
    order = pool[np.lexsort(keys)]
    order = order[_adjudicable(real)[order]]
    right = np.cumsum((np.sign(predicted.change) == np.sign(real.change))[order])
    depths = np.arange(1, len(order) + 1)
    clears = depths[right >= PURITY * depths - 1e-9]
    return (clears.max() if len(clears) else 0) / len(pool)


def jaccard(real, predicted):
    """|R ∩ R̂| / |R ∪ R̂|, 1 where both are empty."""
    union = (real.significant | predicted.significant).sum()
    return (real.significant & predicted.significant).sum() / union if union else 1.0


def change_error(gate, real, predicted, scale=None):
    """Σ |predicted − real| / Σ |real| of the log2 changes over the genes that respond in `gate`; a change that is not finite
    is 0. None for fewer than LEAST_GENES. `scale`: the changes of the denominator, where they are others."""
    genes = gate.significant & np.isfinite(gate.change)
    size = np.abs((scale or real).change[genes]).sum()
    if genes.sum() < LEAST_GENES or not size > 0:
        return None
    change = np.where(np.isfinite(predicted.change), predicted.change, 0)
    return np.abs(change - real.change)[genes].sum() / size
