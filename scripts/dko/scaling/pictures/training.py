"""Training steps, and the network between the ranks."""
from __future__ import annotations

from dko.report.drawing import GREY
from dko.scaling import figures
from dko.scaling.pictures.sheet import (
    COLORS, absent, add_letters, all_ranks, finish, ideal_label, label_ends, letters, line, log2_axis, nothing,
    plain_number, ranks_axis, sheet,
)

FORMS = [("sharded", "-"), ("data", "--")]
# Title, unit and scale.
NETWORKS = [("Latency of a sum between the ranks", "µs a round (less is better)", 1e6),
            ("Bandwidth of sums between the ranks", "GB/s from and to each rank", 1e-9)]


def draw_training(results):
    figure, axes = sheet("Steps of training, and sums between the ranks, on which they depend", results, 6.2,
                         2, 2)
    ranks = all_ranks(results)
    genes = sorted({size["genes"] for result in results for runs in figures.by_ranks(result, "train").values()
                    for run in runs for size in run["sizes"]})[-2:]
    for at in range(2):
        if at < len(genes):
            draw_steps(axes[0, at], genes[at], results, ranks)
        else:
            axes[0, at].set_axis_off()
    for at, network in enumerate(NETWORKS):
        draw_network(axes[1, at], at, *network, results, ranks)
    finish(figure)
    return figure


def draw_steps(axes, genes, results, ranks):
    axes.set_title(f"Steps of 20 cells, {genes:,} genes, in both forms of --parallel", fontsize=9.5)
    ends = []
    for at, result in enumerate(results):
        for form, style in FORMS:
            values = figures.training_speed_up(result, form, genes)
            if len(values) < 2:
                continue
            line(axes, at, values, style=style)
            words = f"{form} {letters(results)[at]}".strip()
            ends.append((max(values), values[max(values)], words, COLORS[at]))
    if not ends:
        return nothing(axes, absent(results, "train"))
    axes.plot(ranks, ranks, color=GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    ideal_label(axes, ranks[-1], ranks[-1])
    ranks_axis(axes, ranks, room=0.35)
    log2_axis(axes.yaxis)
    axes.set_ylabel("times as fast as one rank")
    label_ends(axes, ends)


def draw_network(axes, which, title, unit, scale, results, ranks):
    axes.set_title(title, fontsize=9.5)
    ends = []
    for at, result in enumerate(results):
        repeats = {
            count: [scale * one[which] for one in its]
            for count, its in figures.networks(result).items()
        }
        if not repeats:
            continue
        values = {count: figures.median(its) for count, its in repeats.items()}
        line(axes, at, values, repeats)
        ends.append((at, max(values), values[max(values)]))
    if not ends:
        return nothing(axes, absent(results, "train"))
    ranks_axis(axes, [count for count in ranks if count > 1])
    axes.set_ylim(0, 1.15 * axes.dataLim.ymax)
    axes.set_ylabel(unit)
    add_letters(axes, results, ends, plain_number)
