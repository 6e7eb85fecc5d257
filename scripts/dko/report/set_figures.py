"""The figure of sets of genes: which of them the losses that rank highest change."""
from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import TwoSlopeNorm
from matplotlib.ticker import FuncFormatter

from dko.report.data import heat_limit
from dko.report.drawing import INK, NARROWEST_PANELS, panels, short
from dko.report.sets import FEWER, MOST_LOSSES, sets_of_losses


def sets(report, width: float):
    """A dot for each loss and set: its size the change of the share, its colour that relative to the set."""
    known = sets_of_losses(report)
    if known is None:
        return None
    wide = width > NARROWEST_PANELS
    change, relative = (table.iloc[:MOST_LOSSES if wide else FEWER] for table in known[:2])
    figure, (axes, ) = panels(width, 1, 2.0 + 0.3 * change.shape[1])
    limit = heat_limit(relative.to_numpy())
    norm, colors = TwoSlopeNorm(0, -limit, limit), matplotlib.colormaps["RdBu_r"]
    columns, rows = np.nonzero(change.to_numpy())
    part = np.abs(change.to_numpy()[columns, rows])
    size = 10 + 200 * part / part.max(initial=1e-300)
    axes.scatter(columns, rows, s=size, c=relative.to_numpy()[columns, rows], cmap=colors, norm=norm,
                 edgecolors="#7b8794", linewidths=0.4, zorder=2)
    axes.set_xticks(range(len(change)), [short(name, 14) for name in change.index], rotation=90, fontsize=8)
    axes.set_yticks(range(change.shape[1]), [short(name, 40 if wide else 20) for name in change.columns],
                    fontsize=8 if wide else 7)
    axes.set(xlim=(-0.6, len(change) - 0.4), ylim=(change.shape[1] - 0.4, -0.6))
    axes.tick_params(length=0, labelcolor=INK)
    axes.grid(zorder=0)
    axes.set_axisbelow(True)
    many = change.shape[1] > 5
    beyond = np.abs(relative.to_numpy()).max() > limit
    place = ({"shrink": 0.7 if many else 1.0, "aspect": 20} if wide else
             {"location": "bottom", "shrink": 0.9, "aspect": 25})
    bar = figure.colorbar(ScalarMappable(norm, colors), ax=axes, pad=0.02, extend="both" if beyond else "neither",
                          format=FuncFormatter(lambda value, _: f"{100 * value:.0f} %".replace("-", "−")), **place)
    bar.ax.locator_params(nbins=5)
    bar.set_label("relative change of the set's share" if many or not wide else "relative change")
    bar.outline.set_visible(False)
    return figure
