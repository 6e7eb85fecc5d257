"""Machines side by side."""
from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from dko.report.drawing import INK
from dko.scaling import figures, verdict
from dko.scaling.pictures.sheet import COLORS, absent, finish, letters, plain_number, sheet


def draw_machines(results):
    merits = [merit_of(result) for result in results]
    versions = {merit["merit_version"] for merit in merits}
    remarks = [f"version {merit['merit_version']}" if len(versions) > 1 else "" for merit in merits]
    figure, axes = sheet("What the machines can do, on the most ranks measured: medians, repeats as dots",
                         results, 2 * (0.95 + 0.42 * len(results)), 2, 3, merit_notes(merits, results))
    doubtful = [not merit["valid"] for merit in merits]
    of_rank = [[rate / merit["ranks"] for rate in rates(result)] for result, merit in zip(results, merits)]
    title = "Figure of merit" + (f", version {versions.pop()}" if len(versions) == 1 else "")
    no_weak = [absent([result], "weak") for result in results]
    bars(axes[0, 0], title, "million pairs/s", results, [rates(result) for result in results], doubtful,
         no_weak, remarks)
    bars(axes[0, 1], "… of each rank", "million pairs/s", results, of_rank, doubtful, no_weak, remarks)
    genes = max((one["genes"] for result in results for run in last(figures.by_ranks(result, "kernel"))
                 for one in run["kernels"]), default=0)
    no_kernel = ["not of so many genes" if figures.by_ranks(result, "kernel") else absent([result], "kernel")
                 for result in results]
    bars(axes[0, 2], f"Kernel alone, {genes:,} genes, each rank" if genes else "Kernel alone, each rank",
         "million pairs/s, all ranks at once", results, [kernel_of(result, genes) for result in results], missing=no_kernel)
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
        f"{letter}  No valid figure of merit, version {merit['merit_version']}: {'; '.join(merit['why'])}.".strip()
        for letter, merit in zip(letters(results), merits) if not merit["valid"]
    ]


def last(of_ranks) -> list:
    return of_ranks[max(of_ranks)] if of_ranks else []


def is_merit(result) -> bool:
    """Whether it was measured by --merit."""
    return result["format"] == verdict.FORMAT


def merit_of(result) -> dict:
    return verdict.merit(result) if is_merit(result) else figures.merit(result)


def rates(result) -> list:
    if is_merit(result):
        return [figures.pair_rate(run["result"]) / 1e6 for run in result["runs"] if run["result"]]
    return [figures.pair_rate(run) / 1e6 for run in figures.runs_of_merit(result)[1]]


def kernel_of(result, genes) -> list:
    """Of the widest instructions."""
    kernel = figures.widest_kernel(result)
    return [rate / 1e6 for rate in last(figures.kernel_rates(result, kernel, genes))]


def bars(axes, title, unit, results, values, doubtful=None, missing=None, remarks=None):
    """A bar of each machine with its value and a remark beside, hatched where it does not count, or the words of `missing`."""
    axes.set_title(title, fontsize=9.5)
    axes.set_xlabel(unit)
    places = np.arange(len(results))
    longest = max((max(its) for its in values if its), default=0)
    for at, its in enumerate(values):
        bad = doubtful is not None and doubtful[at]
        if not its:
            axes.text(0, at, f"  {missing[at] if missing else 'not measured'}", va="center", fontsize=8.5, color="#6b7580")
            continue
        middle = figures.median(its)
        axes.barh(at, middle, 0.56, color="white" if bad else COLORS[at], edgecolor=COLORS[at],
                  hatch="////" if bad else None, linewidth=1)
        axes.plot(its, [at] * len(its), ".", color=INK, markersize=4, alpha=0.6, zorder=3)
        said = [*filter(None, [remarks and remarks[at], bad and "not valid"])]
        text = plain_number(middle) + (f" ({', '.join(said)})" if said else "")
        axes.text(max(middle, *its), at, f"  {text}", va="center", fontsize=9, color=INK)
    axes.set_yticks(places, letters(results) if len(results) > 1 else [""], fontweight="bold")
    for label, color in zip(axes.get_yticklabels(), COLORS):
        label.set_color(color)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(results) - 0.45, -0.55)
    axes.set_xlim(0, (longest or 1) * (2.3 if remarks and any(remarks) else 1.6 if doubtful and any(doubtful) else 1.3))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(plain_number))
