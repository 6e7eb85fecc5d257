"""Machines side by side."""
from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dko.report.drawing import INK
from dko.scaling import figures
from dko.scaling.pictures.sheet import COLORS, finish, letters, plain_number, sheet


def draw_machines(results):
    merits = [figures.merit(result) for result in results]
    figure, axes = sheet("What the machines can do, on the most ranks measured: medians, repeats as dots",
                         results, 2 * (0.95 + 0.42 * len(results)), 2, 3, merit_notes(merits, results))
    doubtful = [not merit["valid"] for merit in merits]
    of_core = [[rate / merit["ranks"] for rate in rates(result)] for result, merit in zip(results, merits)]
    bars(axes[0, 0], "Figure of merit: growing screen", "million pairs/s", results,
         [rates(result) for result in results], doubtful)
    bars(axes[0, 1], "… of each core", "million pairs/s", results, of_core, doubtful)
    genes = max((one["genes"] for result in results for run in last(figures.by_ranks(result, "kernel"))
                 for one in run["kernels"]), default=0)
    bars(axes[0, 2], f"Kernel alone, {genes:,} genes, each core", "million pairs/s, all cores busy", results,
         [kernel_of(result, genes) for result in results])
    networks = [last(figures.networks(result)) for result in results]
    bars(axes[1, 0], "Latency of a sum between ranks", "µs a round (less is better)", results,
         [[1e6 * latency for latency, _ in its] for its in networks])
    bars(axes[1, 1], "Bandwidth of sums between ranks", "GB/s from and to each rank", results,
         [[bandwidth / 1e9 for _, bandwidth in its] for its in networks])
    bars(axes[1, 2], "Scores written to a file", "GB/s, all ranks", results,
         [last(figures.write_rates(result, "screen")) for result in results])
    finish(figure)
    return figure


def merit_notes(merits, results) -> list:
    return [
        f"{letter}  No valid figure of merit: {'; '.join(merit['why'])}.".strip()
        for letter, merit in zip(letters(results), merits) if not merit["valid"]
    ]


def last(of_ranks) -> list:
    return of_ranks[max(of_ranks)] if of_ranks else []


def rates(result) -> list:
    return [figures.pair_rate(run) / 1e6 for run in figures.runs_of_merit(result)[1]]


def kernel_of(result, genes) -> list:
    """Of the widest instructions."""
    kernel = figures.widest_kernel(result)
    return [rate / 1e6 for rate in last(figures.kernel_rates(result, kernel, genes))]


def bars(axes, title, unit, results, values, doubtful=None):
    """A bar of each machine with its value beside; hatched where it does not count."""
    axes.set_title(title, fontsize=9.5)
    axes.set_xlabel(unit)
    places = np.arange(len(results))
    longest = max((max(its) for its in values if its), default=0)
    for at, its in enumerate(values):
        bad = doubtful is not None and doubtful[at]
        if not its:
            axes.text(0, at, "  not measured", va="center", fontsize=8.5, color="#6b7580")
            continue
        middle = figures.median(its)
        axes.barh(at, middle, 0.56, color="white" if bad else COLORS[at], edgecolor=COLORS[at],
                  hatch="////" if bad else None, linewidth=1)
        axes.plot(its, [at] * len(its), ".", color=INK, markersize=4, alpha=0.6, zorder=3)
        text = f"{plain_number(middle)}{' (not valid)' if bad else ''}"
        axes.text(max(middle, *its), at, f"  {text}", va="center", fontsize=9, color=INK)
    axes.set_yticks(places, letters(results) if len(results) > 1 else [""], fontweight="bold")
    for label, color in zip(axes.get_yticklabels(), COLORS):
        label.set_color(color)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(results) - 0.45, -0.55)
    axes.set_xlim(0, (longest or 1) * (1.6 if doubtful and any(doubtful) else 1.3))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(plain_number))
