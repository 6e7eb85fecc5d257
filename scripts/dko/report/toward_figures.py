"""The figures of a direction: the genes that move cells furthest, and the map of cells A and B."""
from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from dko.q_values import RATE
from dko.report.drawing import BLUE, GREEN, GREY, INK, NARROWEST_PANELS, ORANGE, dots, panels, place_labels, short

COLORS = {"toward": ORANGE, "away": BLUE, "pairs": GREEN}
WORDS = {"toward": "LOSS toward B", "away": "LOSS away from B", "pairs": "LOSS of two toward B"}
FEWER = {"toward": 3, "away": 1, "pairs": 1}  # arrows on a phone


def shifts(report, width: float):
    """The highest and the lowest mean shifts, a row each."""
    shown = report.toward
    if shown is None:
        return None
    sides = [(shown.toward(report.rows_drawn), ORANGE, "Toward B"), (shown.away(report.rows_drawn), BLUE, "Away from B")]
    sides = [side for side in sides if len(side[0])]
    if not sides:
        return None
    rows = max(len(table) for table, _, _ in sides)
    figure, axes = panels(width, len(sides), 1.0 + 0.24 * rows)
    for one, (table, color, title) in zip(axes, sides):
        members = table.get("shift_sd_mean")
        dots(one, [short(name, 14) for name in table["gene"]], table["shift_mean"].to_numpy(), table["shift_sd"].to_numpy(),
             None if members is None else members.to_numpy(), title, color)
        if shown.has_q_values:
            for label, q in zip(one.get_yticklabels(), table["shift_q_value"]):
                label.set_fontweight("bold" if q <= RATE else "normal")
        one.set_xlabel("mean shift")
    return figure


def cell_map(report, width: float):
    """The plane of d and the component across it."""
    known = report.toward.map if report.toward else None
    if known is None:
        return None
    wide = width > NARROWEST_PANELS
    figure, (axes, ) = panels(width, 1, 5.4 if wide else 4.6)
    is_b = known.cells["is_b"].to_numpy()
    places = known.cells[["along", "across"]].to_numpy()
    size = 16 if len(places) < 600 else 7
    for chosen, color in ((~is_b, "#7fb3d5"), (is_b, "#e8b07f")):
        axes.scatter(*places[chosen].T, s=size, color=color, alpha=0.55, linewidths=0, rasterized=len(places) > 1500, zorder=1)
    arrows, tips = known.arrows, []
    scale = known.scale
    if not wide:
        arrows = arrows[arrows.groupby("kind").cumcount() < arrows["kind"].map(FEWER)]
    for row in arrows.itertuples():
        tip = np.array([row.along, row.across]) * scale
        axes.annotate("", tip, (0, 0), zorder=3, arrowprops={
            "arrowstyle": "-|>", "color": COLORS[row.kind], "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11})
        tips.append(tip)
    axes.plot(0, 0, "o", markersize=4, color=INK, zorder=4)  # small: arrows begin here
    axes.annotate("A", (0, 0), (-8, -9), textcoords="offset points", ha="center", va="center", fontsize=9, fontweight="bold",
                  zorder=5, path_effects=[withStroke(linewidth=2.5, foreground="white")])
    axes.plot(1, 0, "o", markersize=13, color="white", markeredgecolor=INK, markeredgewidth=1.2, zorder=2)
    axes.text(1, 0, "B", ha="center", va="center_baseline", fontsize=9, fontweight="bold", zorder=2)
    frame(axes, places, tips)
    axes.set(xlabel="along the way from A (0) to B (1)", ylabel="first component across it")
    axes.grid()
    axes.set_axisbelow(True)
    kinds = [kind for kind in COLORS if (arrows["kind"] == kind).any()]
    handles = [Line2D([], [], marker="o", linestyle="", color="#7fb3d5", label="cells of A")]
    if is_b.any():
        handles.append(Line2D([], [], marker="o", linestyle="", color="#e8b07f", label="cells of B"))
    handles += [Line2D([], [], color=COLORS[kind], linewidth=1.8, label=WORDS[kind].replace("LOSS", report.kind.loss))
                for kind in kinds]
    columns = len(handles) if wide else 2 if len(report.kind.loss) < 6 else 1  # long words do not fit side by side
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.13 if wide else -0.17), fontsize=8,
                ncols=columns, handlelength=1.4, borderaxespad=0, columnspacing=1.2)
    if tips:
        crowd = np.concatenate([[(0, 0), (1, 0)], *(np.linspace(0, tip, 12) for tip in tips)])
        place_labels(figure, axes, crowd, np.array(tips), [short(name, 24 if wide else 16) for name in arrows["name"]],
                     reaches=(7, 14, 24, 36))
    return figure


def frame(axes, places, tips):
    """Nearly all cells, both means and all arrows."""
    points = np.concatenate([[(0, 0), (1, 0)], tips or np.empty((0, 2))])
    low, high = np.quantile(places, [0.02, 0.98], axis=0)
    low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    room = 0.06 * (high - low) + 1e-9
    axes.set_xlim(low[0] - room[0], high[0] + room[0])
    axes.set_ylim(low[1] - room[1], high[1] + room[1])


def umap(report, width: float):
    """Where the UMAP of the input has the cells: by their group, and by a score."""
    known = report.umap
    if known is None:
        return None
    figure, axes = panels(width, len(known.panels), 3.9 if width > NARROWEST_PANELS else 3.5)
    for one, panel in zip(axes, known.panels):
        panel_of_umap(figure, one, known.places, panel, width > NARROWEST_PANELS)
    return figure


def panel_of_umap(figure, axes, places, panel, wide: bool):
    style = {"s": 14 if len(places) < 1000 else 5, "linewidths": 0, "rasterized": len(places) > 1500}
    without = panel.without()
    axes.scatter(*places[without].T, color="#dfe3e7", **style)
    if panel.labels is None:
        values = panel.values[~without]
        order = np.argsort(np.abs(values), kind="stable")
        points = axes.scatter(*places[~without][order].T, c=values[order], cmap=panel.colors, norm=panel.norm(), **style)
        bar = figure.colorbar(points, ax=axes, shrink=0.75, pad=0.02, aspect=20)
        bar.ax.locator_params(nbins=5)
        bar.outline.set_visible(False)
    else:
        for at, label in enumerate(panel.labels):
            name = short(label, 18 if wide else 14)
            axes.scatter(*places[panel.values == at].T, color=panel.color_of(at), label=name, **style)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3 if wide else 2, fontsize=7.5, handletextpad=0.1,
                    columnspacing=0.8, markerscale=1.5, borderaxespad=0.4)
    axes.set(xticks=[], yticks=[], xlabel="UMAP 1", ylabel="UMAP 2", title=panel.title)
    axes.xaxis.label.set_color(GREY)
    axes.yaxis.label.set_color(GREY)
