"""Perturbation discrimination and the unbiased error: what compares expression profiles of groups of cells.

Definitions: ArcInstitute/cell-eval2, docs/vcc2026_metrics/vcc2026-metrics.md (2026/08/19), sections 1 and 2.
Groups are arrays of counts, cells × genes; `own` is the number of the perturbed gene of each group.
"""
import numpy as np

TOTAL = 5e4  # to which the summed counts of a group are scaled


def profile(counts):
    """log(1 + TOTAL · share) of the summed counts, for each gene."""
    sums = counts.sum(axis=0, dtype=np.float64)
    return np.log1p(TOTAL * sums / sums.sum())


def sampling_error(counts):
    """C: what sampling adds to a squared distance of the profile, by the delete-one-cell jackknife; 0 below two cells."""
    cells = len(counts)
    if cells < 2:
        return 0.0
    counts = np.asarray(counts, dtype=np.float64)
    rest = counts.sum(axis=0) - counts
    left = np.log1p(TOTAL * rest / rest.sum(axis=1, keepdims=True))
    return (cells - 1) / cells * ((left - left.mean(axis=0))**2).sum()


def discrimination(real, predicted, control, own):
    """PDS of each perturbation. `real` and `predicted` are profiles, perturbations × genes; the panel's perturbed
    genes are left out of all. Equal distances share their ranks."""
    kept = np.setdiff1d(np.arange(real.shape[1]), own)
    real, predicted = real[:, kept] - control[kept], predicted[:, kept] - control[kept]
    lengths = np.linalg.norm(predicted, axis=1)[:, None] * np.linalg.norm(real, axis=1)[None, :]
    cosine = np.divide(predicted @ real.T, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    distance = np.round(1 - cosine, 12)  # rounding makes no rank
    to_own = np.diag(distance)[:, None]
    rank = (distance < to_own).sum(axis=1) + ((distance == to_own).sum(axis=1) - 1) / 2
    return 1 - rank / (len(real) - 1)


def unbiased_error(real, predicted, control, own):
    """Σ N / Σ D over the perturbations, of groups of cells. The corrections of a prediction are capped by those of the
    real cells, and all together by how much the predictions differ among perturbations."""
    b, b_hat = (np.array([profile(group) for group in groups]) for groups in (real, predicted))
    b_control = profile(control)
    scored = np.ones_like(b, dtype=bool)
    scored[np.arange(len(own)), own] = False
    genes = scored.sum(axis=1)
    c, c_hat = (np.array([sampling_error(group) for group in groups]) for groups in (real, predicted))
    capped = np.minimum(c_hat, c)
    weights = scored / genes[:, None]
    mean = (weights * b_hat).sum(axis=0) / np.maximum(weights.sum(axis=0), np.finfo(float).tiny)
    spread = (weights * (b_hat - mean)**2).sum()
    claimed = (capped / genes).sum()
    part = min(1.0, spread / claimed) if claimed > 0 else 1.0
    off = ((b_hat - b)**2 * scored).sum(axis=1) - part * capped - c
    moved = ((b - b_control)**2 * scored).sum(axis=1) - c - sampling_error(control)
    return (off / genes).sum() / (moved / genes).sum()
