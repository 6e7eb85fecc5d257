"""What the report says of a screen in sentences: findings, and captions of the figures, from its figures."""
from __future__ import annotations

import numpy as np

from dko.report.data import spearman
from dko.report.page import clean, number, percent

NAMES = {
    "impact": "impact",
    "network": "network impact",
    "share": "own share",
    "interaction": "interaction",
    "network_interaction": "network interaction"
}


def bold(name) -> str:
    return f"<b>{clean(name)}</b>"


def pair_name(row) -> str:
    return f"{bold(row.gene1)} + {bold(row.gene2)}"


def quality_in_words(report) -> str:
    metrics = (report.quality or {}).get("metrics")
    if metrics is None or not {"mapping", "mean_share"} <= set(metrics.index):
        return "How well the mapping predicts cells it was not trained on is not in this file."
    ours, base = (metrics.loc[name, "bray_curtis"] for name in ("mapping", "mean_share"))
    text = (
        "Profiles of cells left out of training are predicted to a Bray-Curtis distance of "
        f"{number(ours)}; giving "
        f"every gene its mean share reaches {number(base)}")
    if ours >= base:
        return text + ": <b>the mapping is no better than that, and its scores should not be relied on.</b>"
    return text + f", so the mapping is {percent(1 - ours / base)} nearer."


def gene_in_words(report) -> str:
    if report.genes is None or report.genes.empty:
        return ""
    score = report.gene_score
    best = report.top_genes(score, 1)
    if best.empty:
        return ""
    row = best.iloc[0]
    what = "changes other genes most" if score == "network" else "has the highest impact"
    if "network_mean" in report.genes and report.genes["network_mean"].max() == 0:
        return "No gene has an effect on others in this mapping: every network impact is 0."
    return (
        f"Losing {bold(row['gene'])} {what}: {NAMES[score]} {number(row[f'{score}_mean'])} on average over "
        f"{number(int(row['cells']))} cells.")


def pair_in_words(report) -> str:
    if report.pairs is None or report.pairs.empty:
        return ""
    row, by = next(report.pairs.itertuples()), report.pairs_by
    value = getattr(row, f"{by}_mean")
    if not by.endswith("interaction"):
        return f"The pair {pair_name(row)} has the highest {NAMES[by]}: {number(value)} on average."
    if value == 0:
        return "No pair interacts: every pair does what its genes do alone."
    side = "less" if value < 0 else "more"
    return (f"{pair_name(row)} interact most: together they do {side} than the sum of each, by "
            f"{number(abs(value))} on average over {number(int(row.cells))} cells.")


def quality_caption(known) -> str:
    words = []
    entries, genes = known.get("entries"), known.get("genes")
    if entries is not None and len(entries):
        off = np.abs(np.log2(entries["predicted"].clip(lower=1e-12) / entries["true"].clip(lower=1e-12)))
        words.append(
            f"<b>True against predicted shares</b> of {number(len(entries))} expressed entries; on the line "
            f"they agree. Half of them are off by less than a factor of {number(float(2 ** off.median()))}.")
    if genes is not None and genes["spearman"].notna().any():
        known_genes = genes["spearman"].dropna()
        best, worst = genes.loc[known_genes.idxmax()], genes.loc[known_genes.idxmin()]
        words.append(
            f"<b>Each gene over its cells</b>: {number(int((known_genes > 0).sum()))} of "
            f"{number(len(known_genes))} genes are predicted in the right direction; best "
            f"{clean(best['gene'])} "
            f"({number(float(best['spearman']))}), worst {clean(worst['gene'])} "
            f"({number(float(worst['spearman']))}).")
    return " ".join(words)


def genes_caption(report) -> str:
    words = "<b>Highest genes</b>: mean over the cells that express them (dots) ± standard deviation."
    if report.gene_score == "network" and "impact" in report.screen.single_scores:
        count = min(report.top, 15, len(report.top_genes("impact", 15)))
        both = set(report.top_genes("network", count)["gene"]) & set(
            report.top_genes("impact", count)["gene"])
        words += f" The two lists share {number(len(both))} of {number(count)} genes."
    return words


def share_caption(report) -> str:
    genes = report.genes
    if "share_mean" not in genes:
        return (
            "<b>Network impact against impact.</b> This file does not have the genes' own shares (a newer "
            "<code>dko</code> stores them); genes far up change other genes.")
    rank = spearman(genes["share_mean"], genes["impact_mean"])
    above = float((genes["impact_mean"] > 1.1 * genes["share_mean"]).mean())
    return (
        "<b>Impact against own share.</b> On the dashed line a gene does nothing but leave: its impact is "
        "the share it "
        f"takes with it. {percent(above)} of the genes lie more than a tenth above it; over all genes "
        "impact and "
        f"share go together with Spearman {number(rank, 2)}. Names mark the genes that change others most.")


def distribution_caption(report) -> str:
    score = report.gene_score
    means = report.cells[f"{score}_mean"]
    spread = means.std() / means.mean() if means.mean() > 0 else 0
    return (
        f"<b>How cells differ.</b> Boxes: {NAMES[score]} of the highest genes in each cell (line: median, "
        "box: middle "
        "half, whiskers: 5 to 95 %). Histogram: the mean over a cell's genes; between cells it varies by "
        f"{percent(spread)} of its mean.")


def pairs_caption(report) -> str:
    by, shown = report.pairs_by, report.pairs.head(min(report.top, 15))
    if not by.endswith("interaction"):
        return (f"<b>Pairs with the highest {NAMES[by]}.</b> Interactions cannot be told: the single "
                "knockouts are not there.")
    below = int((shown[f"{by}_mean"] < 0).sum())
    cells = int(shown["cells"].min())
    return (
        "<b>Pairs that interact most</b>, either way (mean ± standard deviation over cells): "
        f"{'all' if below == len(shown) else number(below)} of these "
        f"{number(len(shown))} do less together than the sum of each (left of 0). Each is in at least "
        f"{number(cells)} cells."
    )


def heat_caption(report) -> str:
    if report.square is None:
        return ""
    by = report.pairs_by
    shown = report.square.to_numpy()
    known = int(np.isfinite(shown).sum() // 2)
    names = report.square.index
    strength = np.nan_to_num(np.abs(shown)).sum(axis=1)
    hub = names[int(strength.argmax())]
    what = "Grey: not measured, or no pair."
    if by.endswith("interaction"):
        what = "Red: more than the sum of each, blue: less; grey: not measured, or no pair."
    return (f"<b>Mean {NAMES[by]} among the genes of the strongest pairs</b> ({number(known)} pairs). {what} "
            f"{bold(hub)} stands out most over all its pairs.")
