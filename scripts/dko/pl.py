"""The figures of the report as functions that return matplotlib axes, for notebooks and papers.

    import dko
    screen = dko.open_screen("screen.h5")
    dko.pl.share(screen)                       # impact of each gene's loss against its own share
    dko.pl.genes(screen, score="network", top=10, ax=ax)

Each takes a screen, or the path of one, and draws what the report draws, with its choice of genes and pairs: those in at least
`min_cells` cells (2 % of them, and 3, where it is None). `ax` is axes, or a list of as many as there are panels; without it a
new figure of pyplot is made; make yours with layout="constrained", so that names beside axes have room. Returned are the axes,
of several panels an array of them. Screens that switch genes on or knock them down are drawn in their own words, with a +
before genes that are switched on. Raises dko.UsageError where the screen does not have what the figure shows.
"""
from __future__ import annotations

import os

import numpy as np

from dko.errors import UsageError

BESIDE = 1.3  # a figure is so much wider than its axes
MOST_PAIRS = 100_000_000  # of larger screens the pairs of some cells are read, as for the report

__all__ = ["contrast", "distribution", "genes", "groups", "heat_map", "losses", "pairs", "quality", "share", "shifts"]


def genes(screen, score=None, top: int = 15, min_cells=None, ax=None):
    """The genes with the highest network and impact, a panel each, or by the `score` named: mean, standard deviation over
    cells, and own share as ticks. Grey names: genes that are not visible."""
    scores = ("network", "impact") if score is None else (score, )
    return _draw("genes", screen, ax, top, min_cells, scores=scores)


def share(screen, min_cells=None, ax=None):
    """Mean impact of each gene's loss against the gene's own share, coloured by mean network impact."""
    return _draw("share", screen, ax, 15, min_cells)


def shifts(screen, top: int = 15, min_cells=None, ax=None):
    """Of a screen with a direction the genes whose loss moves cells of A furthest toward B, and away from B, a panel each; of
    visible ones, where the screen says which are."""
    return _draw("shifts", screen, ax, top, min_cells)


def distribution(screen, score=None, min_cells=None, ax=None):
    """Two panels: the scores of the highest genes cell by cell, and the mean of each cell over its visible genes."""
    return _draw("distribution", screen, ax, 15, min_cells, scores=("network", "impact") if score is None else (score, ))


def groups(screen, column=None, min_cells=None, ax=None):
    """The means of the highest genes within each group of cells by a column of labels, the first that serves by default."""
    return _draw("groups", screen, ax, 15, min_cells, grouped=(column, None))


def contrast(screen, column=None, group=None, against=None, min_cells=None, ax=None):
    """Every gene in the cells of one group compared with those of another, or with all others: difference of means and p."""
    if against is not None and group is None:
        raise UsageError("against is of a group: name the group too")
    return _draw("contrast", screen, ax, 15, min_cells, grouped=(column, None if group is None else (group, against)))


def pairs(screen, top: int = 15, min_cells=None, ax=None):
    """The pairs that interact most, or rank highest: mean and standard deviation over cells."""
    return _draw("pairs", screen, ax, top, min_cells, with_pairs=True)


def heat_map(screen, min_cells=None, ax=None):
    """The mean interaction of all pairs among the genes of the strongest pairs."""
    return _draw("heat_map", screen, ax, 15, min_cells, with_pairs=True)


def losses(screen, model=None, ax=None):
    """The curves of the training of the original's mapping; `model` is the path of model.h5, where the screen lacks them."""
    return _draw("losses", screen, ax, 15, None, model=model)


def quality(screen, prediction=None, ax=None):
    """How well cells that were held out are predicted, by the screen itself or by `prediction`, the path of prediction.h5."""
    return _draw("quality", screen, ax, 15, None, prediction=prediction)


def _draw(name: str, screen, ax, top: int, min_cells, with_pairs: bool = False, grouped=None, **more):
    from dko.report import data, drawing, figures
    from dko.report.groups import collect_groups
    from dko.results import open_screen
    if isinstance(screen, (str, os.PathLike)):
        with open_screen(screen) as opened:
            return _draw(name, opened, ax, top, min_cells, with_pairs, grouped, **more)
    for score in more.get("scores", ()):
        if score not in ("network", "impact") or score not in screen.single_scores:
            if len(more["scores"]) == 1:
                raise UsageError(f"{screen.path}: has no {score} of single knockouts to draw, only "
                                 f"{', '.join(set(screen.single_scores) & {'network', 'impact'}) or 'other things'}")
    report = data.collect(screen, top, min_cells, MOST_PAIRS, with_pairs=with_pairs, **more)
    if grouped:
        report.groups = collect_groups(report, *grouped)
    drawn = []

    def take(count, size, ratios):
        drawn.extend(_new(count, size, ratios) if ax is None else _given(name, ax, count))
        return drawn

    with drawing.style(), drawing.axes_from(take):
        if getattr(figures, name)(report, _width(ax, drawing)) is None:
            raise UsageError(f"{screen.path}: has nothing to draw for {name}")
    return drawn[0] if len(drawn) == 1 else np.array(drawn, dtype=object)


def _width(ax, drawing) -> float:
    """In inches, by which figures choose how much text there is room for: of the axes, and what stands beside them."""
    if ax is None:
        return drawing.WIDE
    axes = np.ravel(ax)
    whole = drawing.whole_figure(axes[0]).get_figwidth()
    return min(whole, BESIDE * sum(one.get_position().width for one in axes) * whole)


def _new(count: int, size, ratios) -> list:
    from matplotlib import pyplot
    figure = pyplot.figure(figsize=size, layout="constrained")
    return list(figure.subplots(1, count, squeeze=False, gridspec_kw={"width_ratios": ratios})[0])


def _given(name: str, ax, count: int) -> list:
    axes = list(np.ravel(ax))
    if len(axes) != count:
        raise UsageError(f"{name} has {count} panel{'s' if count > 1 else ''} here, and {len(axes)} axes were given" +
                         ("; score=... draws one" if name == "genes" and count > 1 else ""))
    return axes
