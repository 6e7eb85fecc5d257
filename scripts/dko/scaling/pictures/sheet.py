"""What the pictures share: the sheet with its header, axes of ranks, lines with their labels."""
from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from dko.report.drawing import BLUE, GREEN, GREY, ORANGE, short
from dko.scaling import figures

COLORS = [BLUE, ORANGE, GREEN, "#a3477d", "#8a6d00", "#4a4a4a"]
WIDTH = 10.5  # inches
HEADER = 0.24  # of each line at the top

SCREENS = [("strong-dense", "Fixed screen, dense mapping"), ("strong-sparse", "Fixed screen, sparse mapping"),
           ("weak", "Growing screen, dense mapping")]
FIT = ("fit", "Fit of a sparse mapping")


def letters(results) -> list:
    return [chr(ord("A") + at) if len(results) > 1 else "" for at in range(len(results))]


def sheet(title: str, results, height: float, rows: int, columns: int, notes=()):
    """A figure with its title and the machines above, its axes, and notes below."""
    notes = [line for note in notes for line in wrapped([f"{word} " for word in note.split()], 8.5, "normal")]
    top, bottom = 0.55 + HEADER * len(header_lines(results)), 0.08 + 0.18 * len(notes)
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
    for at, (text, color) in enumerate(header_lines(results)):
        figure.text(0.012, 1 - (0.56 + HEADER * at) / whole, text, fontsize=9.5, color=color, va="center", fontweight="bold")


def header_lines(results) -> list:
    """(text, colour) of the lines that say what the machines are, each as many as it takes."""
    found = []
    for at, letter in enumerate(letters(results)):
        words = description(results, at)
        parts = [f"{letter}  {words[0]}".strip(), *(f"  ·  {word}" for word in words[1:])]
        found += [(text, COLORS[at]) for text in wrapped(parts, 9.5, "bold")]
    return found


def wrapped(parts, size: float, weight: str) -> list:
    """The parts in lines that are not wider than the sheet."""
    renderer = FigureCanvasAgg(Figure(figsize=(WIDTH, 1), dpi=72)).get_renderer()
    font = FontProperties(size=size, weight=weight)
    lines = [""]
    for part in parts:
        width, _, _ = renderer.get_text_width_height_descent(lines[-1] + part.rstrip(), font, False)
        if lines[-1] and width > 0.976 * 72 * WIDTH:
            lines.append("     ")
            part = part.lstrip(" ·")
        lines[-1] += part
    return [text.rstrip() for text in lines]


def mpi_of(machine):
    """Results of dko 0.1.0 name Open MPI's version only."""
    return (machine.get("libraries") or [f"Open MPI {machine.get('open_mpi') or '?'}"])[0]


def description(results, at: int) -> list:
    """What is to be known of a machine, in words: after its name what makes its figures doubtful."""
    result, machine = results[at], results[at]["machine"]
    nodes = machine.get("nodes", 1)
    words = [short(machine["name"], 46)]
    if [other["machine"]["name"] for other in results].count(machine["name"]) > 1:
        words.append("measured " + str(result.get("started", "on an unknown day")).replace("T", " ").rstrip("Z"))
    words += caveats(result, any(other["size"] != result["size"] for other in results))
    if f"{machine['cores']} core" not in machine["name"]:
        words.append(f"{machine['cores']:,} cores" + (f" on {nodes:,} nodes" if nodes > 1 else ""))
    words += [
        machine.get("instruction_set") or "?", f"dko {result['dko_version']}",
        mpi_of(machine), f"files on {machine.get('file_system') or '?'}"
    ]
    return words


def caveats(result, sizes_differ: bool) -> list:
    words = []
    if result["size"] != "small" or sizes_differ:
        words.append(f"size {result['size']}" + (", too short to judge by" if result["size"] == "trial" else ""))
    if not result.get("complete", True):
        words.append("not finished")
    failed = figures.failed_cases(result)
    return words + [f"failed: {case} on {', '.join(map(str, ranks))} ranks" for case, ranks in failed.items()]


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


def absent(results, case: str) -> str:
    """Why a case is not drawn."""
    return "failed" if any(case in figures.failed_cases(result) for result in results) else "not measured"


def nothing(axes, text="not measured"):
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)
    axes.set(xticks=[], yticks=[])


def ideal_label(axes, x, y, text="ideal"):
    axes.annotate(text, (x, y), xytext=(-4, 5), textcoords="offset points", ha="right", va="bottom",
                  fontsize=8.5, color="#6b7580")


def repeats_of(result, case, figure) -> dict:
    return {ranks: [figure(run) for run in runs] for ranks, runs in figures.by_ranks(result, case).items()}


def add_letters(axes, results, ends, words):
    """Of machines, where there are several; of one the words for its last value."""
    labels = letters(results)
    label_ends(axes, [(x, y, labels[at] or words(y), COLORS[at]) for at, x, y in ends])


def finish(figure):
    """Finds room once; what is drawn afterwards does not move."""
    figure.draw_without_rendering()
