"""How well the mapping predicts cells that it was not trained on, beside baselines."""
from __future__ import annotations

import numpy as np

from dko.report.page import clean, figure, number, percent, section, table
from dko.report.parts.words import counted
from dko.report.prediction import HEXAGONS_FROM, range_of_entries

TITLE = "How well the mapping predicts"
ROWS = {
    "mapping": "the mapping",
    "mean_share": "mean share of each gene",
    "scaled_share": "mean share, scaled by the number of genes"
}
COLUMNS = (("bray_curtis", "Bray-Curtis ↓"), ("spearman_all", "Spearman ↑"), ("spearman_expressed", "of expressed ↑"),
           ("spearman_within_gene", "within genes ↑"))


def part(report, drawn) -> str:
    if report.quality is None:
        return ""  # the part before says so, and how to get it
    known = report.quality
    source = f'<span class="soft">({clean(report.quality_from)})</span>'
    return section("quality", TITLE, f"<p>Judged by: {clean(known.get('what', ''))} {source}</p>",
                   metrics_table(report, known["metrics"]),
                   figure(drawn, "quality", caption(known), "Predicted against true shares, and rank correlation of each gene"),
                   '<p>What this means: <a href="#belief">Can this be believed?</a></p>')


def metrics_table(report, metrics) -> str:
    columns = [(key, title) for key, title in COLUMNS if key in metrics and metrics[key].notna().any()]
    rows = [[ROWS[name], *(number(float(metrics.loc[name, key])) for key, _ in columns)] for name in metrics.index]
    return (table(["~", *(title for _, title in columns)], rows) +
            '<p class="soft">↓ lower is better, ↑ higher. The baselines know no combinations of genes: what the mapping '
            f"has over them is all that {report.kind.events} can rest on. Spearman: over all entries, over those of "
            "expressed genes, and within each gene over the cells that express it (median over genes).</p>")


def caption(known) -> str:
    words = []
    entries, genes = known.get("entries"), known.get("genes")
    if entries is not None and len(entries):
        words.append(entries_caption(entries))
    if genes is not None and genes["spearman"].notna().any():
        known_genes = genes["spearman"].dropna()
        best, worst = genes.loc[known_genes.idxmax()], genes.loc[known_genes.idxmin()]
        words.append(
            f"<b>Each gene over its cells</b>: rank correlations of {counted(len(known_genes), 'gene')}, "
            f"{number(int((known_genes > 0).sum()))} of them above 0; orange: their median; best {clean(best['gene'])} "
            f"({number(float(best['spearman']))}), worst {clean(worst['gene'])} ({number(float(worst['spearman']))}).")
    return " ".join(words)


def entries_caption(entries) -> str:
    low, high = range_of_entries(entries)
    off = np.abs(np.log2(entries["predicted"].clip(lower=1e-12) / entries["true"].clip(lower=1e-12)))
    edge = int(((entries["predicted"] < low) | (entries["predicted"] > high) | (entries["true"] < low)).sum())
    words = (f"<b>True against predicted shares</b> of {number(len(entries))} expressed entries (a gene in a cell), on "
             "logarithmic axes; on the orange line they agree. ")
    if len(entries) >= HEXAGONS_FROM:
        words += "Colour: how many entries, on a logarithmic scale. "
    if edge:
        words += f"{percent(edge / len(entries))} lie beyond the axes and are drawn at their ends. "
    return words + f"Half of them are off by less than a factor of {number(float(2 ** off.median()))}."
