"""What the figures of the report are drawn with: their style, panels, axes, names and rows of dots."""
from __future__ import annotations

import base64
import contextlib
import contextvars
import io
import logging
import warnings

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from matplotlib.transforms import Bbox

WIDE, NARROW = 8.9, 3.7  # inches
NARROWEST_PANELS = 6.0  # from which on panels stand side by side
BLUE, ORANGE, GREEN, GREY, INK = "#0072b2", "#d55e00", "#009e73", "#9aa3ad", "#1f2933"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def font_families() -> list:
    """DejaVu, which comes with matplotlib, and what there is of fonts for letters that it lacks."""
    known = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in ("Noto Sans CJK SC", "WenQuanYi Zen Hei") if name in known)]


SETTINGS = {
    "font.size": 9,
    "font.family": font_families(),
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#7b8794",
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": "#52606d",
    "ytick.color": "#52606d",
    "grid.color": "#e4e7eb",
    "legend.frameon": False,
    "figure.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "dko",
    "pdf.fonttype": 42,
    # Names of genes are no formulas, whatever characters they have.
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False
}


# Of labels that may be drawn where the settings of the user hold.
OF_LABELS = {"fontsize": 8, "fontfamily": SETTINGS["font.family"], "parse_math": False, "color": INK}


@contextlib.contextmanager
def style():
    """Whatever is drawn and written within looks as in the report, and matplotlib does not warn of letters without a font.
    Outside, the settings of the user hold."""
    log = logging.getLogger("matplotlib")
    level = log.level
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)


# What gives panels() its axes, where figures are not drawn for the page: a function of count, size in inches and ratios.
_axes_from = contextvars.ContextVar("dko_axes_from", default=None)


@contextlib.contextmanager
def axes_from(take):
    """Within, figures are drawn on the axes that take(count, size, ratios) gives, of a figure that is the user's."""
    token = _axes_from.set(take)
    try:
        yield
    finally:
        _axes_from.reset(token)


def short(name: str, most: int = 18) -> str:
    """A name as it fits beside an axis: printable, the middle left out of long ones."""
    name = "".join(letter if letter.isprintable() else "·" for letter in name) or "(no name)"
    if len(name) <= most:
        return name
    return name[:most - most // 3 - 1] + "…" + name[-(most // 3):]


def panels(width: float, count: int, height: float, ratios=None):
    """Axes side by side, or one above the other where there is no room."""
    if _axes_from.get():
        axes = _axes_from.get()(count, (width, height), ratios)
        return whole_figure(axes[0]), axes
    if width >= NARROWEST_PANELS or count == 1:
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(1, count, squeeze=False, gridspec_kw={"width_ratios": ratios})[0]
    else:
        figure = Figure(figsize=(width, height * count), layout="constrained")
        axes = figure.subplots(count, 1, squeeze=False)[:, 0]
    FigureCanvasAgg(figure)
    return figure, list(axes)


def whole_figure(axes):
    figure = axes.figure
    while not isinstance(figure, Figure):  # a part of one
        figure = figure.figure
    return figure


def renderer_of(figure):
    """What measures text: of the figure's own canvas where that draws pixels."""
    if hasattr(figure.canvas, "get_renderer"):
        return figure.canvas.get_renderer()
    return RendererAgg(*(figure.get_size_inches() * figure.dpi), figure.dpi)


def arrange(figure):
    """Finds room for all once, not again at every drawing: that takes most of the time."""
    if _axes_from.get():  # the user's figure keeps its layout
        figure.draw_without_rendering()
        return
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        thin_ticks(figure)
        layout.execute(figure)
        figure.set_layout_engine("none")


def thin_ticks(figure):
    """Fewer ticks on linear x axes where their labels would run into each other."""
    renderer = figure.canvas.get_renderer()
    for axes in figure.axes:
        for ticks in (4, 3, 2, 1):
            if not isinstance(axes.xaxis.get_major_locator(), MaxNLocator) or labels_are_apart(axes, renderer):
                break
            axes.xaxis.set_major_locator(MaxNLocator(ticks))


def labels_are_apart(axes, renderer) -> bool:
    low, high = sorted(axes.get_xlim())
    shown = [label.get_window_extent(renderer) for at, label in zip(axes.get_xticks(), axes.get_xticklabels())
             if low <= at <= high]
    return all(left.x1 + 3 < right.x0 for left, right in zip(shown, shown[1:]))


def power_of_ten(value, _=None) -> str:
    """Ticks of logarithmic axes; matplotlib's own are formulas."""
    if value <= 0:
        return ""
    exponent = int(np.floor(np.log10(value) + 1e-9))
    if -4 < exponent < 3:
        return f"{value:.{max(0, -exponent)}f}"
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def logarithmic(axis, low: float, high: float):
    """A logarithmic axis from low to high, with as many ticks as have room."""
    axes = axis.axes
    getattr(axes, f"set_{axis.axis_name}scale")("log")
    getattr(axes, f"set_{axis.axis_name}lim")(low, high)
    decades = np.log10(high / low)
    place = axes.get_subplotspec() if hasattr(axes, "get_subplotspec") else None  # of axes that stand free
    beside = place.get_gridspec().ncols if axis.axis_name == "x" and place else 1
    room = axes.figure.get_size_inches()[0] / (2 * beside) / decades
    axis.set_major_locator(
        LogLocator(subs=(1, 2, 5) if room > 1.7 else (1, 3) if room > 0.9 else (1, ), numticks=12))
    axis.set_major_formatter(FuncFormatter(power_of_ten if room <= 0.9 else lambda value, _: f"{value:.2g}"))
    axis.set_minor_formatter(NullFormatter())


def dots(axes, labels, means, deviations, members, title: str, color: str, others=None):
    """A row for each name: mean, standard deviation over cells (thin), over members (thick)."""
    rows = np.arange(len(labels))[::-1]
    if members is not None:
        members = np.nan_to_num(members)
    axes.hlines(rows,
                means - np.nan_to_num(deviations),
                means + np.nan_to_num(deviations),
                color=color,
                alpha=0.45,
                linewidth=1.4,
                label="± sd over cells")
    if members is not None:
        axes.hlines(rows,
                    means - members,
                    means + members,
                    color=color,
                    linewidth=4,
                    alpha=0.55,
                    label="± sd over members")
    axes.plot(means, rows, "o", color=color, markersize=5, label="mean over cells")
    if others is not None:
        axes.plot(others, rows, "|", color=INK, markersize=9, markeredgewidth=1.6, label="own share")
    axes.set_yticks(rows, labels)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(-0.7, len(labels) - 0.3)
    axes.axvline(0, color="#7b8794", linewidth=0.8, zorder=0)
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    # No factor for all ticks beside the axis, which would stand on its label.
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "−")))
    axes.set_title(title)


def place_labels(figure, axes, points, standing, names, reaches=(9, 18)):
    """Names beside the `standing` ones of the points (x and y of each), each at the place around its point
    where it covers the fewest points, and none of the other names."""
    labels = Labels(axes, points, standing, names, reaches)
    if _axes_from.get():  # the user's figure may give the axes another size later
        axes.add_artist(labels)
        return
    arrange(figure)
    for name, point, place in labels.placed(renderer_of(figure)):
        axes.annotate(name, point, place, **options_of(place))


class Labels(Artist):
    """Finds the places when it is drawn, for axes of the size that they have then."""

    def __init__(self, axes, points, standing, names, reaches):
        super().__init__()
        self.axes_of, self.points, self.reaches = axes, np.asarray(points), reaches
        self.standing = list(zip(standing, names))
        self.set_zorder(5)
        self.set_in_layout(False)

    def draw(self, renderer):
        for name, point, place in self.placed(renderer):
            label = Annotation(name, point, place, **options_of(place))
            label.axes = self.axes_of
            label.set_figure(self.axes_of.figure)
            label.draw(renderer)

    def placed(self, renderer) -> list:
        """(name, point, offset in points) of those for which there is room."""
        axes, taken, labels = self.axes_of, [], []
        pixels = axes.transData.transform(self.points)
        for point, name in self.standing:
            best = self.place_of(axes.transData.transform(point), sized(axes, name, renderer), pixels, taken)
            if best:
                taken.append(best[1])
                labels.append((name, point, best[2]))
        return labels

    def place_of(self, at, size, pixels, taken):
        """(cost, box, offset in points) of the best place that is free; None where there is none."""
        frame, pixel, best = self.axes_of.get_window_extent(), self.axes_of.figure.dpi / 72, None
        for angle in np.arange(8) * np.pi / 4 + np.pi / 8:
            for reach in self.reaches:
                place = np.array([reach * np.cos(angle), reach * np.sin(angle)])
                low = at + place * pixel - (0 if place[0] > 0 else size[0], size[1] / 2)
                box = Bbox([low, low + size])
                inside = (box.min >= frame.min).all() and (box.max <= frame.max).all()
                covered = ((pixels >= box.min - 2) & (pixels <= box.max + 2)).all(axis=1).sum()
                cost = covered + 0.1 * (reach > self.reaches[0])
                free = inside and not any(box.overlaps(other) for other in taken)
                if free and (not best or cost < best[0]):
                    best = cost, box, place
        return best


def sized(axes, name: str, renderer):
    """Of a label in pixels."""
    sample = axes.figure.text(0, 0, name, **OF_LABELS)
    size = sample.get_window_extent(renderer).size
    sample.remove()
    return size


def options_of(place) -> dict:
    """Of a label that stands so many points beside its point."""
    return {**OF_LABELS, "textcoords": "offset points", "va": "center", "ha": "left" if place[0] > 0 else "right",
            "path_effects": [withStroke(linewidth=2, foreground="white")],
            "arrowprops": {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkB": 2}}


def leaf_order(square) -> list:
    """Genes that interact alike beside each other."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import pdist
    values = np.nan_to_num(square.to_numpy())
    if len(values) < 3:
        return list(square.index)
    return [square.index[at] for at in leaves_list(linkage(pdist(values), "average", optimal_ordering=True))]


def data_uri(figure) -> str:
    """The figure as SVG inside an address, to be loaded from nowhere."""
    buffer = io.BytesIO()
    arrange(figure)
    figure.dpi = 150  # of what is drawn as pixels
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})  # savefig draws twice
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
