"""Where the time of a screen goes."""
from __future__ import annotations

import numpy as np
from matplotlib.ticker import FixedLocator

from dko.report.drawing import INK
from dko.scaling import figures
from dko.scaling.pictures.sheet import (
    COLORS, HEADER, SCREENS, WIDTH, absent, finish, header_lines, letters, nothing, plain_number, sheet,
)

# Of a screen's time: name, what it is, colour. Useful work is blue, files are orange, the rest is grey.
PARTS = [("scoring", "scoring pairs", "#0072b2"), ("loading", "loading cells", "#6db3dd"),
         ("collapsing", "making the mapping ready", "#b9dcf2"), ("opening", "making the file", "#f3cfa4"),
         ("writing", "writing", "#e69f4c"), ("closing", "closing the file", "#c2571a"),
         ("waiting", "waiting for other ranks", "#b4bbc2")]
DARK = {"scoring", "closing"}  # whose labels are white


def draw_time(results):
    title = "Where the time of a screen goes, in the median repeat: means over the ranks, seconds above"
    figure, axes = sheet(title, results, 0.5 + 2.9 * len(results), len(results), 3)
    key(figure, results)
    for row, result in enumerate(results):
        for column, (case, title) in enumerate(SCREENS):
            draw_parts(axes[row, column], result, case)
            axes[row, column].set_title(f"{letters(results)[row]}  {title}".strip(), fontsize=9.5,
                                        color=COLORS[row] if len(results) > 1 else INK)
        axes[row, 0].set_ylabel("% of the time")
    finish(figure)
    return figure


def key(figure, results):
    """The names of the parts in their colours, in a line of its own."""
    whole = figure.get_size_inches()[1]
    top = 1 - (0.55 + HEADER * len(header_lines(results)) + 0.12) / whole
    place = 0.012
    for _, name, color in PARTS:
        figure.text(place, top, "■", color=color, fontsize=12, va="center")
        text = figure.text(place + 0.018, top, name, fontsize=9, va="center")
        box = text.get_window_extent(figure.canvas.get_renderer())
        place += 0.018 + box.width / figure.dpi / WIDTH + 0.016
    left, bottom, width, _ = figure.get_layout_engine().get()["rect"]
    figure.get_layout_engine().set(rect=(left, bottom, width, top - 0.16 / whole - bottom))


def draw_parts(axes, result, case):
    of_ranks = figures.median_parts(result, case)
    if not of_ranks:
        return nothing(axes, absent([result], case))
    places = np.arange(len(of_ranks))
    totals = np.array([sum(its.values()) for its in of_ranks.values()])
    below = np.zeros(len(of_ranks))
    for part, _, color in PARTS:
        shares = 100 * np.array([its[part] for its in of_ranks.values()]) / totals
        axes.bar(places, shares, 0.78, below, color=color, linewidth=0)
        for place, share, low in zip(places, shares, below):
            if share >= 6 and len(of_ranks) <= 8:
                axes.text(place, low + share / 2, f"{share:.0f}", ha="center", va="center", fontsize=8,
                          color="white" if part in DARK else INK)
        below += shares
    many = len(of_ranks) > 8
    for place, total in zip(places, totals):
        axes.text(place, 102, f"{plain_number(total)} s", ha="center", va="bottom", fontsize=8,
                  rotation=90 if many else 0)
    shown = slice((len(of_ranks) - 1) % 2, None, 2) if many else slice(None)
    axes.set_xticks(places[shown], [f"{ranks:,}" for ranks in of_ranks][shown])
    axes.set(xlabel="ranks", ylim=(0, 135 if many else 108), xlim=(-0.6, max(len(of_ranks), 2) - 0.4))
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
