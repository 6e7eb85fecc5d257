"""Speed-up and efficiency of screens, and of the fit, over ranks."""
from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from dko.report.drawing import GREY
from dko.scaling import figures
from dko.scaling.pictures.sheet import (
    COLORS, FIT, SCREENS, absent, add_letters, all_ranks, finish, ideal_label, letters, line, log2_axis, nothing,
    plain_number, ranks_axis, repeats_of, sheet,
)


def draw_scaling(results):
    notes = ["Dotted: what the cost model expects of dividing the work and loading cells, without writing and without what "
             "ranks of a node take from each other."]
    cases = SCREENS + [FIT] * any(figures.by_ranks(result, "fit") for result in results)
    has_expected = any(figures.expected_efficiency(result, case) for result in results for case, _ in cases)
    what = "screens and the fit scale" if FIT in cases else "screens scale"
    figure, axes = sheet(f"How {what}: medians as lines, repeats as dots", results, 6.2, 2, len(cases),
                         notes if has_expected else ())
    ranks = all_ranks(results)
    for column, (case, title) in enumerate(cases):
        draw_speed(axes[0, column], case, title, results, ranks)
        draw_efficiency(axes[1, column], case, results, ranks)
    finish(figure)
    return figure


def draw_speed(axes, case, title, results, ranks):
    axes.set_title(f"{title}\n{size_of_all(results, case)}", fontsize=9.5)
    draw_one = draw_rate if case == "weak" else draw_speed_up
    ends = [end for at, result in enumerate(results) if (end := draw_one(axes, case, at, result)) is not None]
    if not ends:
        return nothing(axes, absent(results, case))
    ranks_axis(axes, ranks)
    log2_axis(axes.yaxis)
    axes.set_ylabel("million pairs/s" if case == "weak" else "times as fast as one rank")
    add_letters(axes, results, ends, plain_number)


def draw_speed_up(axes, case, at, result):
    values = figures.speed_up(result, case)
    if not values:
        return None
    fewest = min(values)
    base = fewest * figures.of_each(result, case, figures.seconds)[fewest]
    line(axes, at, values, repeats_of(result, case, lambda run: base / figures.seconds(run)))
    if at == 0:
        axes.plot(list(values), list(values), color=GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
        ideal_label(axes, max(values), max(values))
    return at, max(values), values[max(values)]


def draw_rate(axes, case, at, result):
    rates = {ranks: rate / 1e6 for ranks, rate in figures.of_each(result, case, figures.pair_rate).items()}
    if not rates:
        return None
    fewest, most = min(rates), max(rates)
    line(axes, at, rates, repeats_of(result, case, lambda run: figures.pair_rate(run) / 1e6))
    ideal = {ranks: rates[fewest] * ranks / fewest for ranks in rates}
    axes.plot(list(ideal), list(ideal.values()), color=GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    if at == 0:
        ideal_label(axes, most, ideal[most])
    return at, most, rates[most]


def draw_efficiency(axes, case, results, ranks):
    ends = []
    for at, result in enumerate(results):
        values = figures.efficiency(result, case)
        if not values:
            continue
        line(axes, at, {count: 100 * value for count, value in values.items()})
        draw_expected(axes, case, at, result)
        ends.append((at, max(values), 100 * values[max(values)]))
    if not ends:
        return nothing(axes, absent(results, case))
    ranks_axis(axes, ranks)
    axes.axhline(100, color=GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    its = [(letter, result) for letter, result in zip(letters(results), results) if figures.by_ranks(result, case)]
    room = 1 + 0.1 * len(first_nodes(axes, its))  # for the words of the marks, above all lines
    axes.set_ylim(0, room * max(110, 1.08 * axes.dataLim.ymax))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_ylabel("efficiency, %")
    mark_first_node(axes, its)
    add_letters(axes, results, ends, "{:.0f} %".format)


def draw_expected(axes, case, at, result):
    """What the cost model expects, where a run tells."""
    expected = figures.expected_efficiency(result, case)
    if len(expected) > 1:
        axes.plot(list(expected), [100 * value for value in expected.values()], ":", color=COLORS[at], linewidth=1.4, zorder=2)


def mark_first_node(axes, lettered):
    """From where on ranks are on more than one node: words at the top, where no line is."""
    marks = first_nodes(axes, lettered)
    low, high = axes.get_xlim()
    for at, (most, its) in enumerate(marks.items()):
        axes.axvline(most, color=GREY, linewidth=0.9, zorder=0)
        side, shift = ("left", 3) if most < (low * high)**0.5 else ("right", -3)  # where there is room
        axes.annotate("one node" + (f" of {', '.join(its)}" if len(marks) > 1 else ""), (most, axes.get_ylim()[1]),
                      xytext=(shift, -2 - 10 * at), textcoords="offset points", ha=side, va="top", fontsize=8,
                      color="#6b7580")


def first_nodes(axes, lettered) -> dict:
    """{most ranks of one node: letters of the machines}, of those within the axis"""
    low, high = axes.get_xlim()
    found = {}
    for letter, result in lettered:
        most = figures.ranks_of_first_node(result)
        if most and low < most < high:
            found.setdefault(most, []).append(letter)
    return {most: found[most] for most in sorted(found)}


def size_of_all(results, case) -> str:
    """The problem, where all that have it have the same. Else their sizes are above, in the machines' lines."""
    found = {size_of(result, case) for result in results} - {""}
    return found.pop() if len(found) == 1 else ""


def size_of(result, case) -> str:
    for ranks, runs in figures.by_ranks(result, case).items():
        if case == "fit":
            return f"{runs[0]['genes']:,} genes × {runs[0]['cells']:,} cells"
        pairs = runs[0]["screen"]["pairs"] / (ranks if case == "weak" else 1)
        count = f"{pairs / 1e6:,.0f} million" if pairs >= 1e6 else f"{pairs:,.0f}"
        kept = "the best kept" if case == "strong-sparse" else "all written"
        return f"{count} pairs{' a rank' if case == 'weak' else ''}, {kept}"
    return ""
