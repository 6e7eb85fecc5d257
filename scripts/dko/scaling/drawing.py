"""The pictures of dko-plot-scaling. A machine has the same colour and letter in all of them."""
from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from dko.scaling import figures
from dko.report.drawing import BLUE, GREEN, GREY, INK, ORANGE, short

COLORS = [BLUE, ORANGE, GREEN, "#a3477d", "#8a6d00", "#4a4a4a"]
WIDTH = 10.5  # inches
HEADER = 0.24  # of each line at the top

# Of a screen's time: name, what it is, colour. Useful work is blue, files are orange, the rest is grey.
PARTS = [("scoring", "scoring pairs", "#0072b2"), ("loading", "loading cells", "#6db3dd"),
         ("collapsing", "A = W2·W1", "#b9dcf2"), ("opening", "making the file", "#f3cfa4"),
         ("writing", "writing", "#e69f4c"), ("closing", "closing the file", "#c2571a"),
         ("waiting", "waiting for other ranks", "#b4bbc2")]
DARK = {"scoring", "closing"}  # whose labels are white

SCREENS = [("strong-dense", "Fixed screen, dense mapping"), ("strong-sparse", "Fixed screen, sparse mapping"),
           ("weak", "Growing screen, dense mapping")]


def draw(name: str, results: list) -> Figure:
    return {
        "scaling": draw_scaling,
        "time": draw_time,
        "training": draw_training,
        "machines": draw_machines,
        "overview": draw_overview
    }[name](results)


def letters(results) -> list:
    return [chr(ord("A") + at) if len(results) > 1 else "" for at in range(len(results))]


def sheet(title: str, results, height: float, rows: int, columns: int, notes=()):
    """A figure with its title and the machines above, its axes, and notes below."""
    top, bottom = 0.55 + HEADER * len(results), 0.08 + 0.18 * len(notes)
    whole = height + top + bottom
    figure = Figure(figsize=(WIDTH, whole))
    FigureCanvasAgg(figure)
    add_header(figure, title, results)
    for at, note in enumerate(reversed(notes)):
        figure.text(0.012, (0.12 + 0.18 * at) / whole, note, fontsize=8.5, color="#52606d", va="center")
    axes = figure.subplots(rows, columns, squeeze=False)
    figure.set_layout_engine("constrained",
                             rect=(0.006, bottom / whole, 0.988, height / whole),
                             hspace=0.06,
                             wspace=0.05)
    return figure, axes


def add_header(figure, title: str, results):
    whole = figure.get_size_inches()[1]
    figure.text(0.012, 1 - 0.26 / whole, title, fontsize=13, fontweight="bold", va="center")
    for at, (letter, result) in enumerate(zip(letters(results), results)):
        place = 1 - (0.56 + HEADER * at) / whole
        figure.text(0.012, place, f"{letter}  {description(result)}".strip(), fontsize=9.5, color=COLORS[at],
                    va="center", fontweight="bold")


def mpi_of(machine):
    """Results of dko 0.1.0 name Open MPI's version only."""
    return (machine.get("libraries") or [f"Open MPI {machine.get('open_mpi') or '?'}"])[0]


def description(result) -> str:
    machine = result["machine"]
    nodes = machine.get("nodes", 1)
    words = [short(machine["name"], 46)]
    if f"{machine['cores']} core" not in machine["name"]:
        words.append(f"{machine['cores']:,} cores" + (f" on {nodes:,} nodes" if nodes > 1 else ""))
    words += [
        machine.get("instruction_set") or "?", f"dko {result['dko_version']}",
        mpi_of(machine), f"files on {machine.get('file_system') or '?'}"
    ]
    if result["size"] != "standard":
        words.append(f"size {result['size']}" + (", too short to judge by" if result["size"] == "small" else ""))
    if not result.get("complete", True):
        words.append("not finished")
    return "  ·  ".join(words)


def all_ranks(results) -> list:
    return sorted({case["ranks"] for result in results for case in result["cases"] if case["runs"]})


def ranks_axis(axes, ranks, room=0.16):
    """Logarithmic, with the ranks that were measured as ticks, and room at the right for words."""
    axes.set_xscale("log", base=2)
    low, high = ranks[0], max(ranks[-1], 2 * ranks[0])
    axes.set_xlim(low / (high / low)**0.07, high * (high / low)**room)
    columns = axes.get_subplotspec().get_gridspec().ncols
    axes.xaxis.set_major_locator(FixedLocator(apart(ranks, (high / low)**(0.033 * columns * (1 + room)))))
    axes.xaxis.set_minor_locator(FixedLocator(ranks))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("ranks")
    axes.grid(True)
    axes.set_axisbelow(True)


def apart(ranks, least: float) -> list:
    """Those whose labels do not touch, the most always among them."""
    kept = []
    for value in reversed(ranks):
        if not kept or kept[-1] / value >= least:
            kept.append(value)
    return kept[::-1]


def log2_axis(axis):
    """As far as the data, and a little more."""
    axes = axis.axes
    low, high = axes.dataLim.ymin, max(axes.dataLim.ymax, 2 * axes.dataLim.ymin)
    axes.set_yscale("log", base=2)
    axes.set_ylim(low / (high / low)**0.08, high * (high / low)**0.14)
    axis.set_major_locator(LogLocator(base=2, numticks=9) if high > 4 * low else MaxNLocator(6))
    axis.set_major_formatter(FuncFormatter(plain_number))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())


def plain_number(value, _=None) -> str:
    """Three digits, with commas, or as many as the number has before its point."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def line(axes, at, values, repeats=None, style="-"):
    """Medians, and the repeats as dots."""
    ranks = list(values)
    axes.plot(ranks, list(values.values()), style, color=COLORS[at], linewidth=1.6, marker="o",
              markersize=4.5, zorder=3)
    for count, its in (repeats or {}).items():
        axes.plot([count] * len(its), its, ".", color=COLORS[at], markersize=4, alpha=0.35, zorder=2)


def label_ends(axes, ends):
    """(x, y, text, colour) beside the ends of lines, moved apart where they would touch."""
    axes.figure.canvas.get_renderer()
    least = 11 * axes.figure.dpi / 72
    last = -np.inf
    for x, y, text, color in sorted(ends, key=lambda end: axes.transData.transform(end[:2])[1]):
        place = axes.transData.transform((x, y))
        height = max(place[1], last + least)
        last = height
        axes.annotate(text, (x, y), xytext=(6, (height - place[1]) * 72 / axes.figure.dpi),
                      textcoords="offset points", va="center", fontsize=9, fontweight="bold", color=color,
                      zorder=4, bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.5})


def nothing(axes, text="not measured"):
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)
    axes.set(xticks=[], yticks=[])


def ideal_label(axes, x, y, text="ideal"):
    axes.annotate(text, (x, y), xytext=(-4, 5), textcoords="offset points", ha="right", va="bottom",
                  fontsize=8.5, color="#6b7580")


def repeats_of(result, case, figure) -> dict:
    return {ranks: [figure(run) for run in runs] for ranks, runs in figures.by_ranks(result, case).items()}


# --- scaling ---


def draw_scaling(results):
    figure, axes = sheet("How screens scale: medians as lines, repeats as dots", results, 6.2, 2, 3)
    ranks = all_ranks(results)
    for column, (case, title) in enumerate(SCREENS):
        draw_speed(axes[0, column], case, title, results, ranks)
        draw_efficiency(axes[1, column], case, results, ranks)
    finish(figure)
    return figure


def draw_speed(axes, case, title, results, ranks):
    axes.set_title(f"{title}\n{size_of(results, case)}", fontsize=9.5)
    draw_one = draw_rate if case == "weak" else draw_speed_up
    ends = [end for at, result in enumerate(results) if (end := draw_one(axes, case, at, result)) is not None]
    if not ends:
        return nothing(axes)
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
        ends.append((at, max(values), 100 * values[max(values)]))
    if not ends:
        return nothing(axes)
    ranks_axis(axes, ranks)
    axes.axhline(100, color=GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    axes.set_ylim(0, max(110, 1.08 * axes.dataLim.ymax))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_ylabel("efficiency, %")
    add_letters(axes, results, ends, "{:.0f} %".format)


def add_letters(axes, results, ends, words):
    """Of machines, where there are several; of one the words for its last value."""
    labels = letters(results)
    label_ends(axes, [(x, y, labels[at] or words(y), COLORS[at]) for at, x, y in ends])


def size_of(results, case) -> str:
    """The problem, of the first result that has it."""
    for result in results:
        for ranks, runs in figures.by_ranks(result, case).items():
            pairs = runs[0]["screen"]["pairs"] / (ranks if case == "weak" else 1)
            count = f"{pairs / 1e6:,.0f} million" if pairs >= 1e6 else f"{pairs:,.0f}"
            kept = "the best kept" if case == "strong-sparse" else "all written"
            return f"{count} pairs{' a rank' if case == 'weak' else ''}, {kept}"
    return ""


def finish(figure):
    """Finds room once; what is drawn afterwards does not move."""
    figure.draw_without_rendering()


# --- where the time goes ---


def draw_time(results):
    title = "Where the time of a screen goes: mean over the ranks, seconds in all above the bars"
    figure, axes = sheet(title, results, 0.5 + 2.9 * len(results), len(results), 3)
    key(figure, len(results))
    for row, result in enumerate(results):
        for column, (case, title) in enumerate(SCREENS):
            draw_parts(axes[row, column], result, case)
            axes[row, column].set_title(f"{letters(results)[row]}  {title}".strip(), fontsize=9.5,
                                        color=COLORS[row] if len(results) > 1 else INK)
        axes[row, 0].set_ylabel("% of the time")
    finish(figure)
    return figure


def key(figure, of_results):
    """The names of the parts in their colours, in a line of its own."""
    whole = figure.get_size_inches()[1]
    top = 1 - (0.55 + HEADER * of_results + 0.12) / whole
    place = 0.012
    for _, name, color in PARTS:
        figure.text(place, top, "■", color=color, fontsize=12, va="center")
        text = figure.text(place + 0.018, top, name, fontsize=9, va="center")
        box = text.get_window_extent(figure.canvas.get_renderer())
        place += 0.018 + box.width / figure.dpi / WIDTH + 0.016
    left, bottom, width, _ = figure.get_layout_engine().get()["rect"]
    figure.get_layout_engine().set(rect=(left, bottom, width, top - 0.16 / whole - bottom))


def draw_parts(axes, result, case):
    of_ranks = figures.mean_parts(result, case)
    if not of_ranks:
        return nothing(axes)
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


# --- training and the network ---

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
        return nothing(axes)
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
        return nothing(axes)
    ranks_axis(axes, [count for count in ranks if count > 1])
    axes.set_ylim(0, 1.15 * axes.dataLim.ymax)
    axes.set_ylabel(unit)
    add_letters(axes, results, ends, plain_number)


# --- machines side by side ---


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


# --- one picture ---


def draw_overview(results):
    """Speed-up, efficiency and where the time goes, of the screens."""
    figure, axes = sheet("How screens scale, and where their time goes", results, 8.6, 3, 3)
    ranks = all_ranks(results)
    key(figure, len(results))
    for column, (case, title) in enumerate(SCREENS):
        draw_speed(axes[0, column], case, title, results, ranks)
        draw_efficiency(axes[1, column], case, results, ranks)
        draw_parts(axes[2, column], results[0], case)
    axes[2, 0].set_ylabel("% of the time" + (", A" if len(results) > 1 else ""))
    finish(figure)
    return figure
