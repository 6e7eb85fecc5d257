"""The figures of groups of cells: genes by groups, and one group against others."""
from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dko.q_values import RATE
from dko.report.data import heat_limit
from dko.report.drawing import BLUE, GREY, INK, NARROWEST_PANELS, ORANGE, panels, place_labels, short
from dko.report.groups import unknown
from dko.report.parts.words import NAMES

LEAST_P = 1e-300


def groups(report, width: float):
    shown = report.groups
    if shown is None or not shown.means.notna().to_numpy().any():
        return None
    values, wide = shown.means.to_numpy(dtype=float), width > NARROWEST_PANELS
    limit = heat_limit(values)
    norm, colors = Normalize(0, limit), matplotlib.colormaps["viridis"].with_extremes(bad="#d9dee3")
    figure, (axes, ) = panels(width, 1, 1.7 + 0.22 * len(values))
    axes.imshow(np.ma.masked_invalid(values), cmap=colors, norm=norm, interpolation="nearest", aspect="auto")
    labels = [short(label, 16 if wide else 11) for label in shown.means.columns]
    upright = len(labels) > (8 if wide else 3) or max(map(len, labels)) * len(labels) > (90 if wide else 24)
    axes.set_xticks(range(len(labels)), labels, rotation=90 if upright else 0, fontsize=8 if wide else 7)
    axes.set_yticks(range(len(values)), [short(name, 16) for name in shown.means.index], fontsize=8 if wide else 7)
    axes.tick_params(length=0, labelcolor=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    beyond = np.nanmax(values) > limit
    bar = figure.colorbar(ScalarMappable(norm, colors), ax=axes, pad=0.02, extend="max" if beyond else "neither", **(
        {"shrink": 0.6, "aspect": 20} if wide else {"location": "bottom", "shrink": 0.9, "aspect": 25}))
    bar.ax.locator_params(nbins=5)
    bar.set_label(f"mean {NAMES[shown.score]}")
    bar.outline.set_visible(False)
    return figure


def contrast(report, width: float):
    shown = report.groups
    if shown is None or shown.contrast.empty:
        return None
    table = shown.contrast
    points = np.column_stack([table[f"{shown.score}_difference"], -np.log10(table[f"{shown.score}_p"].clip(LEAST_P))])
    hidden = unknown(report, shown).to_numpy()
    low = ((table[f"{shown.score}_q"] < RATE).to_numpy()) & ~hidden
    figure, (axes, ) = panels(width, 1, 4.0 if width > NARROWEST_PANELS else 3.7)
    style = {"s": 18 if len(table) < 1000 else 8, "linewidths": 0.3, "edgecolors": "white", "rasterized": len(table) > 3000}
    axes.scatter(*points[hidden].T, color="#c3cad1", **style)
    axes.scatter(*points[~low & ~hidden].T, color=GREY, **style)
    up = points[:, 0] > 0
    axes.scatter(*points[low & up].T, color=ORANGE, **style)
    axes.scatter(*points[low & ~up].T, color=BLUE, **style)
    reach = 1.08 * np.abs(points[:, 0]).max() or 1
    axes.set_xlim(-reach, reach)
    axes.set_ylim(0, 1.08 * points[:, 1].max() or 1)
    axes.axvline(0, color="#7b8794", linewidth=0.8, zorder=0)
    axes.set(xlabel=f"difference of mean {NAMES[shown.score]}", ylabel="−log₁₀ p",
             title=f"{short(shown.group, 20)} against {short(shown.against_words, 20)}")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "−")))
    axes.grid()
    axes.set_axisbelow(True)
    named = np.flatnonzero(low)[:12 if width > NARROWEST_PANELS else 5]
    place_labels(figure, axes, points, points[named], [short(name, 14) for name in table["gene"].iloc[named]])
    return figure
