"""What the report shows of sets of genes: which of them the losses that rank highest change."""
from __future__ import annotations

import numpy as np
import pandas as pd

MOST_LOSSES, MOST_SETS = 12, 14
FEWER = 6  # losses on a phone


def highest_losses(report) -> list:
    """Visible genes in the order in which the page ranks them, of the direction if there is one."""
    if report.toward is not None:
        return list(report.toward.toward(len(report.toward.genes))["gene"])
    return [] if report.genes is None else report.seen_genes()


def sets_of_losses(report):
    """(change, relative change) of the sets that the highest losses change most, losses × sets, and how many of the losses,
    the first ones, stand in the order of the page: the others follow by their largest change. None without sets, or where
    nothing changes."""
    known = report.effects
    if known is None or known.sets is None or not known.sets.index.is_unique:
        return None
    seen = known.sets[[not known.not_visible.get(gene) for gene in known.sets.index]]
    seen = seen[(seen != 0).any(axis=1)]
    ranked = [gene for gene in highest_losses(report) if gene in seen.index]
    others = seen.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    losses = list(dict.fromkeys([*ranked, *others]))[:MOST_LOSSES]
    if not losses:
        return None
    change = seen.loc[losses].to_numpy()
    most = np.argsort(-np.abs(change).max(axis=0), kind="stable")[:MOST_SETS]
    most = most[np.abs(change[:, most]).max(axis=0) > 0]
    names = [known.sets.columns[at] for at in most]
    relative = known.sets_relative.loc[losses].to_numpy()[:, most]
    tables = pd.DataFrame(change[:, most], losses, names), pd.DataFrame(relative, losses, names)
    return *tables, min(len(ranked), len(losses))
