"""The figures of the report, each drawn for a width in inches: wide for a desk, narrow for a phone."""
from __future__ import annotations

import os

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from dko.outputs import write_complete
from dko.report.data import heat_limit
from dko.report.drawing import (BLUE, GREEN, GREY, INK, NARROW, NARROWEST_PANELS, ORANGE, WIDE, data_uri, dots,
                                leaf_order, logarithmic, panels, place_labels, short, style)
from dko.report.group_figures import contrast, groups  # noqa: F401 (drawn by their names)
from dko.report.network import draw_network
from dko.report.set_figures import sets  # noqa: F401
from dko.report.toward_figures import cell_map, shifts, umap  # noqa: F401
from dko.report.page import FIGURES
from dko.report.parts.training import steps_averaged
from dko.report.parts.words import NAMES
from dko.report.prediction import HEXAGONS_FROM, range_of_entries
from dko.visibility import rank_genes


def pair_label(report, row, width: float) -> str:
    """Both names; on two lines where there is little room beside them."""
    between = " + " if width > NARROWEST_PANELS else " +\n"
    return report.kind.pair(short(row.gene1, 14), short(row.gene2, 14), between)


# Each figure (FIGURES of dko.report.page) is of a report and a width; None where there is nothing to draw.


def quality(report, width: float):
    known = report.quality or {}
    entries, genes = known.get("entries"), known.get("genes")
    with_entries = entries is not None and len(entries) > 0
    with_genes = genes is not None and genes["spearman"].notna().sum() > 0
    if not (with_entries or with_genes):
        return None
    figure, axes = panels(width, int(with_entries) + int(with_genes), 3.5)
    if with_entries:
        draw_entries(figure, axes[0], entries)
    if with_genes:
        draw_gene_correlations(axes[-1], genes["spearman"].dropna().to_numpy())
    return figure


def draw_entries(figure, axes, entries):
    low, high = range_of_entries(entries)
    true, predicted = (entries[name].to_numpy(dtype=float).clip(low, high) for name in ("true", "predicted"))
    if len(true) >= HEXAGONS_FROM:
        hexagons = axes.hexbin(true,
                               predicted,
                               gridsize=45,
                               xscale="log",
                               yscale="log",
                               bins="log",
                               mincnt=1,
                               cmap="Blues",
                               linewidths=0.1,
                               extent=(np.log10(low), np.log10(high)) * 2)
        hexagons.set_clim(0.4, None)
        bar = figure.colorbar(hexagons, ax=axes, shrink=0.6, pad=0.02, aspect=15)
        bar.set_label("entries")
        bar.outline.set_visible(False)
        bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.scatter(true, predicted, s=7, color=BLUE, alpha=0.35, linewidths=0)
    axes.plot([low, high], [low, high], color=ORANGE, linewidth=1.2)
    for axis in (axes.xaxis, axes.yaxis):
        logarithmic(axis, low, high)
    axes.set_aspect("equal")
    axes.set(xlabel="true share of the cell", ylabel="predicted share", title="Every gene in every cell")


def draw_gene_correlations(axes, correlations):
    axes.hist(correlations, bins=np.linspace(-1, 1, 41), color=BLUE, alpha=0.85)
    axes.axvline(0, color="#7b8794", linewidth=0.8)
    axes.axvline(np.median(correlations), color=ORANGE, linewidth=1.6)
    axes.annotate(f" median {np.median(correlations):.2f}", (np.median(correlations), 1),
                  va="top",
                  xycoords=("data", "axes fraction"),
                  color=ORANGE,
                  fontsize=8.5,
                  ha="left" if np.median(correlations) < 0.4 else "right")
    low = min(-0.25, np.min(correlations) - 0.05)
    axes.set(xlim=(max(-1, low), 1),
             xlabel="Spearman over cells, true with predicted",
             ylabel="genes",
             title="Each gene over its cells")
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def losses(report, width: float):
    table = report.training["losses"] if report.training else None
    if table is None or len(table) < 2:
        return None
    figure, (axes, ) = panels(width, 1, 2.9)
    best = []
    for member, curve in table.groupby("member"):
        step = steps_averaged(len(curve))
        smooth = curve.groupby(curve["step"] // step)[["step", "training_loss"]].mean()
        first = member == 0
        axes.plot(smooth["step"],
                  smooth["training_loss"],
                  color=GREY,
                  linewidth=0.9,
                  alpha=0.7,
                  label="training batches" if first else None)
        validated = curve[curve["validation_loss"].notna()]
        if len(validated):
            axes.plot(validated["step"],
                      validated["validation_loss"],
                      color=BLUE,
                      linewidth=1,
                      label="validation cells" if first else None)
        stated = report.training["members"][member]
        if "best_step" in stated and np.isfinite(stated.get("best_validation_loss", np.nan)):
            best.append((stated["best_step"], stated["best_validation_loss"]))
    if best:
        axes.plot(*zip(*best),
                  "o",
                  color=ORANGE,
                  markersize=7,
                  markeredgecolor="white",
                  zorder=5,
                  label="step whose weights were kept")
    every = table[["training_loss", "validation_loss"]].to_numpy(dtype=float)
    high = np.nanquantile(every[table["step"] >= table["step"].max() * 0.02], 0.999)
    axes.set_ylim(np.nanmin(every) * 0.9, max(high * 1.15, np.nanmin(every) * 1.2))
    axes.set(xlabel="step", ylabel="mean Bray-Curtis distance", xlim=(0, table["step"].max()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y")
    axes.legend(fontsize=8.5, loc="upper right")
    return figure


def genes(report, width: float):
    if report.genes is None or report.genes.empty:
        return None
    scores = report.gene_scores
    rows = [report.top_genes(score, report.rows_drawn) for score in scores]
    if not len(rows[0]):
        return None
    figure, axes = panels(width, len(scores), max(1.9, 0.9 + 0.24 * max(map(len, rows))))
    for score, table, place in zip(scores, rows, axes):
        members = table.get(f"{score}_sd_mean")
        share = report.kind.takes * table["share_mean"] if score == "impact" and "share_mean" in table else None
        dots(place, [short(name) for name in table["gene"]], table[f"{score}_mean"].to_numpy(),
             table[f"{score}_sd"].to_numpy(), None if members is None else members.to_numpy(),
             f"Highest {NAMES[score]}", GREEN if score == "network" else BLUE, share)
        place.set_xlabel(f"mean {NAMES[score]}")
        grey_out(place.get_yticklabels(), table["gene"].isin(report.unseen))
        high = place.get_xlim()[1]
        place.set_xlim(0, high if high > 0 else 1)
    return figure


def grey_out(labels, hidden):
    """The names of genes whose effects are unknown."""
    for label, is_hidden in zip(labels, hidden):
        label.set_color(GREY if is_hidden else INK)


def share(report, width: float):
    table = report.share_points()
    if table is None:
        return None
    figure, (axes, ) = panels(width, 1, 4.2 if width > NARROWEST_PANELS else 3.9)
    draw_share(figure, axes, table, report, width > NARROWEST_PANELS)
    place = ["share_mean", "impact_mean"]
    standing = rank_genes(table, "network" if report.has_effects else "impact").head(10 if width > NARROWEST_PANELS else 5)
    place_labels(figure, axes, table[place].to_numpy(), standing[place].to_numpy(),
                 [short(gene, 14) for gene in standing["gene"]])
    return figure


def draw_share(figure, axes, table, report, wide: bool):
    kind, with_network = report.kind, report.has_effects
    limits = [(values.min() / 1.3, values.max() * 1.5) for values in (table["share_mean"], table["impact_mean"])]
    ends = np.array([min(low for low, _ in limits), max(high for _, high in limits)])
    axes.plot(ends, kind.takes * ends, color="#7b8794", linewidth=1, linestyle=(0, (4, 3)))
    style = {"s": 20 if len(table) < 1000 else 9, "linewidths": 0.3, "edgecolors": "white", "rasterized": len(table) > 3000}
    colors = {"color": BLUE}
    if with_network:
        is_hidden = table["gene"].isin(report.unseen)
        hidden, table = table[is_hidden], table[~is_hidden].sort_values("network_mean")
        axes.scatter(hidden["share_mean"], hidden["impact_mean"], color="#c3cad1", **style)
        most = table["network_mean"].quantile(0.99) if len(table) else 0
        colors = {"c": table["network_mean"], "cmap": "viridis_r", "norm": Normalize(0, max(1e-12, most))}
    points = axes.scatter(table["share_mean"], table["impact_mean"], **style, **colors)
    for axis, (low, high) in zip((axes.xaxis, axes.yaxis), limits):
        logarithmic(axis, low, high)
    part = f"dashed: {kind.takes:g} of it, " if kind.keeps else ""
    axes.set(xlabel=f"mean {kind.share}" + (f" ({part}the impact without effects)" if wide else ""),
             ylabel="mean impact")
    axes.grid()
    axes.set_axisbelow(True)
    if with_network:
        beyond = table["network_mean"].max() > colors["norm"].vmax
        bar = figure.colorbar(points, ax=axes, shrink=0.7, pad=0.02, aspect=18, extend="max" if beyond else "neither")
        bar.set_label("mean network impact")
        bar.outline.set_visible(False)


def distribution(report, width: float):
    boxes = report.boxes()
    if not boxes:
        return None
    figure, axes = panels(width, 2, 3.4, ratios=(1.25, 1))
    draw_boxes(axes[0], boxes, NAMES[report.gene_score])
    means = report.cells[f"{report.gene_score}_mean"].dropna().to_numpy()
    axes[1].hist(means, bins=min(40, max(5, len(means) // 8)), color=BLUE, alpha=0.85)
    axes[1].axvline(means.mean(), color=ORANGE, linewidth=1.6)
    genes_of_cell = report.kind.genes_of_cell.replace("SEEN", "")
    axes[1].set(xlabel=f"mean {NAMES[report.gene_score]} of {genes_of_cell}", ylabel="cells", title="All cells")
    axes[1].xaxis.set_major_locator(MaxNLocator(4))
    axes[1].yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return figure


def draw_boxes(axes, boxes: dict, score: str):
    lines = {"color": BLUE, "linewidth": 0.9}
    box = axes.boxplot(list(boxes.values())[::-1], vert=False, widths=0.6, patch_artist=True, whis=(5, 95),
                       flierprops={"marker": ".", "markersize": 2.5, "markeredgecolor": GREY}, whiskerprops=lines,
                       capprops=lines, medianprops={"color": ORANGE, "linewidth": 1.6})
    for patch in box["boxes"]:
        patch.set(facecolor="#cfe3f1", edgecolor=BLUE, linewidth=0.9)
    for fliers in box["fliers"]:
        fliers.set_rasterized(len(fliers.get_xdata()) > 500)
    axes.set_yticks(range(1, len(boxes) + 1), [short(name, 14) for name in boxes][::-1])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set(xlabel=f"{score} in a cell", title="Highest genes, cell by cell")
    high = max(float(values.max()) for values in boxes.values())
    axes.set_xlim(0, 1.05 * high if high > 0 else 1)
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5))


def pairs(report, width: float):
    if report.pairs is None or report.pairs.empty:
        return None
    table, by = report.pairs.head(report.rows_drawn), report.pairs_by
    row = 0.25 if width > NARROWEST_PANELS else 0.38
    figure, (axes, ) = panels(width, 1, 1.0 + row * len(table))
    members = table.get(f"{by}_sd_mean")
    dots(axes, [pair_label(report, row, width) for row in table.itertuples()], table[f"{by}_mean"].to_numpy(),
         table[f"{by}_sd"].to_numpy(), None if members is None else members.to_numpy(), "", BLUE)
    axes.set_xlabel(f"mean {NAMES[by]}")
    grey_out(axes.get_yticklabels(), table["gene1"].isin(report.unseen) | table["gene2"].isin(report.unseen))
    return figure


def heat_map(report, width: float):
    if report.square is None:
        return None
    square = report.square.loc[leaf_order(report.square), leaf_order(report.square)]
    values = np.ma.masked_invalid(square.to_numpy())
    if values.count() == 0:
        return None
    limit, signed = heat_limit(square.to_numpy()), report.pairs_by.endswith("interaction") or report.pairs_by == "shift"
    norm = TwoSlopeNorm(0, -limit, limit) if signed else Normalize(0, limit)
    wide = width > NARROWEST_PANELS
    height = min(width * (0.75 if wide else 1.2), 1.9 + 0.4 * len(square))  # few genes: no huge squares
    figure, (axes, ) = panels(width, 1, height)
    colors = matplotlib.colormaps["RdBu_r" if signed else "viridis"].with_extremes(bad="#d9dee3")
    axes.imshow(values, cmap=colors, norm=norm, interpolation="nearest")
    labels = [short(name, 12 if wide else 10) for name in square.index]
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=8 if wide else 7)
    axes.set_yticks(range(len(labels)), labels, fontsize=8 if wide else 7)
    axes.tick_params(length=0, labelcolor=INK)
    for axis in (axes.xaxis, axes.yaxis):
        grey_out(axis.get_ticklabels(), square.index.isin(report.unseen))
    for spine in axes.spines.values():
        spine.set_visible(False)
    beyond = np.abs(values).max() > limit
    bar = figure.colorbar(ScalarMappable(norm, colors), ax=axes, pad=0.02, **(
        {"shrink": 0.6, "aspect": 20} if wide else {"location": "bottom", "shrink": 0.9, "aspect": 25}),
        extend=("both" if signed else "max") if beyond else "neither")
    bar.ax.locator_params(nbins=5)
    bar.set_label(f"mean {NAMES[report.pairs_by]}")
    bar.outline.set_visible(False)
    return figure


def effects(report, width: float):
    if report.effects is None:
        return None
    network = report.effects.network()
    if network.empty:
        return None
    wide = width > NARROWEST_PANELS
    figure, (axes, ) = panels(width, 1, width * (0.68 if wide else 1.5))
    draw_network(figure, axes, network, wide)
    return figure


@style()
def draw_all(report, folder=None) -> dict:
    """{name: (wide, narrow) as addresses}, of the figures that there is something to draw for. The wide ones
    go into `folder` too, as PNG and as PDF."""
    drawn = {}
    for name in FIGURES:
        draw = globals()[name]
        wide = draw(report, WIDE)
        if wide is None:
            continue
        drawn[name] = (data_uri(wide), data_uri(draw(report, NARROW)))
        for kind in ("png", "pdf") if folder else ():
            metadata = {"CreationDate": None} if kind == "pdf" else None
            write_complete(os.path.join(folder, f"{name}.{kind}"),
                           lambda file: wide.savefig(file, format=kind, dpi=200, metadata=metadata))
    return drawn
