"""Single knockouts: the genes that rank highest, and how they differ from their own shares and between cells."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.page import figure, note, number, percent, section
from dko.report.parts.words import NAMES, counted, listing, ranked, rate, unseen, value_columns, whiskers
from dko.report.prediction import spearman

TITLE = "Which single knockouts do most"


def part(report, drawn) -> str:
    if report.genes is None or report.genes.empty:
        return nothing(report)
    score, best = report.gene_score, report.top_genes(report.gene_score, report.top)
    if best.empty:
        return section("genes", TITLE, note(
            f"No gene was knocked out in at least {counted(report.min_cells, 'cell')}, the fewest that this page shows "
            "(option <code>--min-cells</code>)."), missing(report))
    return section(
        "genes", TITLE, ranking(report, score, best),
        ranked(best, ["gene"], columns_of(report, best, score)),
        '<p class="soft">Mean over the cells that express the gene ± its standard error, which tells how well the mean '
        "is known if cells are independent, not how right the mapping is." + q_in_words(best) + "</p>",
        figure(drawn, "genes", rows_caption(report), "Genes with the highest scores"),
        figure(drawn, "share", share_caption(report), "Impact of each gene against its own share"),
        figure(drawn, "distribution", distribution_caption(report), "Scores of the highest genes in every cell"),
        missing(report),
        suggest.block("All genes as a table" + (", and what one loss does to every other gene:"
                                                if suggest.explain(report) else ":"),
                      [suggest.gene_table(report), suggest.explain(report)]),
        "" if report.effects is not None else suggest.block("Who changes whom, of all genes at once, on this page:",
                                                            suggest.effects(report)))


def columns_of(report, best, score: str) -> list:
    """The columns of values. What a gene that is not visible does to others is unknown: scores are greyed, and the reason
    stands beside the network impact, or the impact where that is all there is, in the place of a 0."""
    shown_by = "network" if "network" in report.screen.single_scores else "impact"
    columns = value_columns(best, score, ("network", "impact", "share", "shift"))
    known = ("cells", NAMES["share"])
    columns = [(title, cell if title in known else as_seen(cell, title == NAMES[shown_by])) for title, cell in columns]
    if "q_value" in best:
        columns.append(("q of effects", lambda row: rate(float(row["q_value"]))))
    if "cells_without" in best:
        columns.append(("lack it", lambda row: number(int(row["cells_without"]))))
    return columns


def as_seen(cell, with_reason: bool):
    """The same column; of genes that are not visible what words.unseen makes of it."""

    def shown(row) -> str:
        why = row.get("not_visible", "")
        return unseen(cell(row), why if with_reason else "") if why else cell(row)

    return shown


def q_in_words(best) -> str:
    words = ""
    if "q_value" in best:
        words = (" q of effects: the false discovery rate of a gene's network impact, the share of false ones to be expected "
                 "among the effects that stand out as much as the most certain one of this gene.")
    if "cells_without" in best:
        words += " Lack it: the cells that do not express the gene, from which <code>dko</code> learns what it does."
    return words


def nothing(report) -> str:
    if report.listed is not None:
        return ""
    if report.screen.has_singles:
        return section("genes", TITLE, note("No gene could be knocked out: a knockout must leave at least one other "
                                            "expressed gene in the cell."))
    return section("genes", TITLE, note("This screen has no single knockouts of every gene."))


def ranking(report, score: str, best) -> str:
    """By what the table ranks, and why."""
    least = f", of those in at least {counted(report.min_cells, 'cell')}" if report.min_cells > 1 else ""
    words = f"<p>The {counted(len(best), 'gene')} with the highest <b>mean {NAMES[score]}</b>{least}"
    if score == "network":
        hidden = any(best.get("not_visible", ()))
        last = " Genes that are not visible come last: their effects are unknown." if hidden else ""
        return words + f": what their loss changes in <em>other</em> genes.{last}</p>"
    if "network" in report.screen.single_scores:
        return words + ". No loss changes other genes in this mapping (every network impact is 0), so that impact ranks, " \
                       "which is then the gene's own share.</p>"
    return words + ", which includes the gene's own share.</p>"


def missing(report) -> str:
    """Which score is not there, and how to get it."""
    absent = [score for score in ("impact", "network") if score not in report.screen.single_scores]
    if not absent:
        return ""
    why = ("in the impact, abundant genes come first" if absent == ["network"] else
           "without the impact, own shares cannot be compared")
    return note(f"This screen does not store the {NAMES[absent[0]]} of single knockouts: {why}. Store both:") + \
        suggest.block("", [suggest.again(report, {"--score": "impact,network"})])


def rows_caption(report) -> str:
    highest = [report.top_genes(name, report.rows_drawn)["gene"] for name in report.gene_scores]
    drawn, score = [len(genes) for genes in highest], report.gene_scores[0]
    words = (f"<b>The {number(drawn[0])} highest genes by {listing(['mean ' + NAMES[name] for name in report.gene_scores])}"
             f"</b>. Dots: mean over the cells that express the gene; {whiskers(report.genes, score)}")
    if "impact" in report.gene_scores and "share_mean" in report.genes:
        words += "; ticks: the gene's own share, which is what its impact would be without effects on others"
    words += "."
    if any(gene in report.unseen for genes in highest for gene in genes):
        words += " Grey names: genes that are not visible, whose effects are unknown."
    if len(report.gene_scores) == 2 and len(report.genes) > drawn[0]:
        both = set(highest[0]) & set(highest[1])
        words += f" The two lists share {number(len(both))} of {counted(drawn[0], 'gene')}."
    return words


def share_caption(report) -> str:
    points = report.share_points()
    if points is None:
        return ""
    rank = spearman(points["share_mean"], points["impact_mean"])
    above = float((points["impact_mean"] > 1.1 * points["share_mean"]).mean())
    left_out = len(report.genes) - len(points)
    words = (f"<b>Impact against own share</b> of {counted(len(points), 'gene')}, a point each; both axes are logarithmic"
             + (f", on which {counted(left_out, 'gene')} with a mean of 0 cannot stand" if left_out else "") +
             ". On the dashed line a gene does nothing but leave: its impact is the share it takes with it. "
             f"{percent(above)} of the genes lie more than a tenth above it; ")
    words += f"impact and share go together with Spearman {number(rank, 2)}. " if np.isfinite(rank) else ""
    if report.has_effects and any(gene in report.unseen for gene in points["gene"]):
        words += "Grey: genes that are not visible. "
    if report.has_effects:
        return words + "Colour: mean network impact. Names mark the highest by it, as far as there is room."
    return words + "Names mark the highest by impact, as far as there is room."


def distribution_caption(report) -> str:
    score = report.gene_score
    means = report.cells[f"{score}_mean"].dropna()
    spread = means.std() / means.mean() if len(means) > 1 and means.mean() > 0 else np.nan
    hidden = bool(report.unseen)
    count = counted(len(report.boxes()), "highest visible gene" if hidden else "highest gene")
    words = (f"<b>How cells differ.</b> Left: {NAMES[score]} of the {count} in each cell that expresses it "
             "(line: median; box: middle half; whiskers: 5 to 95 %; dots: cells beyond). Right: "
             f"the mean over a cell's {'visible ' if hidden else ''}genes, of {counted(len(means), 'cell')}; orange: their "
             "mean.")
    if np.isfinite(spread):
        words += f" Between cells it varies by {percent(spread)} of that (standard deviation)."
    return words.replace("Left:", '<span class="wide">Left</span><span class="narrow">Above</span>:').replace(
        "Right:", '<span class="wide">Right</span><span class="narrow">Below</span>:')
