"""Single knockouts, or what else was screened: the genes that rank highest, and how they differ from their own shares and
between cells."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.page import figure, note, number, percent, section
from dko.report.parts.words import NAMES, counted, listing, ranked, rate, tells_of_it, unseen, value_columns, whiskers
from dko.report.prediction import spearman


def title(report) -> str:
    return f"Which single {report.kind.events} do most"


def part(report, drawn) -> str:
    if report.genes is None or report.genes.empty:
        return nothing(report)
    kind = report.kind
    score, best = report.gene_score, report.top_genes(report.gene_score, report.top)
    if best.empty:
        return section("genes", title(report), note(
            f"No gene was {kind.done} in at least {counted(report.min_cells, 'cell')}, the fewest that this page shows "
            "(option <code>--min-cells</code>)."), missing(report))
    return section(
        "genes", title(report), ranking(report, score, best),
        ranked(best, ["gene"], columns_of(report, best, score)),
        f'<p class="soft">Mean over the cells that {kind.express} the gene ± its standard error, which tells how well the mean '
        "is known if cells are independent, not how right the mapping is." + q_in_words(report, best) + "</p>",
        figure(drawn, "genes", rows_caption(report), "Genes with the highest scores"),
        figure(drawn, "share", share_caption(report), f"Impact of each gene against its {kind.share}"),
        figure(drawn, "distribution", distribution_caption(report), "Scores of the highest genes in every cell"),
        missing(report),
        suggest.block("All genes as a table" + (f", and what one {kind.loss} does to every other gene:"
                                                if suggest.explain(report) else ":"),
                      [suggest.gene_table(report), suggest.explain(report)]),
        "" if report.effects is not None else suggest.block("Who changes whom, of all genes at once, on this page:",
                                                            suggest.effects(report)))


def columns_of(report, best, score: str) -> list:
    """The columns of values. What a gene that is not visible does to others is unknown: scores are greyed, and the reason
    stands beside the network impact, or the impact where that is all there is, in the place of a 0."""
    shown_by = "network" if "network" in report.screen.single_scores else "impact"
    columns = [(report.kind.share if title == NAMES["share"] else title, cell)
               for title, cell in value_columns(best, score, ("network", "impact", "share", "shift"))]
    known = ("cells", report.kind.share)
    columns = [(title, cell if title in known else as_seen(cell, title == NAMES[shown_by])) for title, cell in columns]
    if "q_value" in best:
        columns.append(("q of effects", lambda row: rate(float(row["q_value"]))))
    return columns + tells_of_it(report, best)


def as_seen(cell, with_reason: bool):
    """The same column; of genes that are not visible what words.unseen makes of it."""

    def shown(row) -> str:
        why = row.get("not_visible", "")
        return unseen(cell(row), why if with_reason else "") if why else cell(row)

    return shown


def q_in_words(report, best) -> str:
    words = ""
    if "q_value" in best:
        words = (" q of effects: the false discovery rate of a gene's network impact, the share of false ones to be expected "
                 "among the effects that stand out as much as the most certain one of this gene.")
    if "cells_without" in best:
        words += (" Express it: the cells that have the gene, by which, beside those that lack it, <code>dko</code> learns "
                  "what it does." if report.kind.activates else
                  " Lack it: the cells that do not express the gene, from which <code>dko</code> learns what it does.")
    return words


def nothing(report) -> str:
    if report.listed is not None:
        return ""
    if report.screen.has_singles and not report.gene_scores:
        return section("genes", title(report), note("This screen stores neither the impact of genes nor their network impact."))
    if report.screen.has_singles:
        return section("genes", title(report), note(report.kind.none))
    return section("genes", title(report), note(f"This screen has no single {report.kind.events} of every gene."))


def ranking(report, score: str, best) -> str:
    """By what the table ranks, and why."""
    least = f", of those in at least {counted(report.min_cells, 'cell')}" if report.min_cells > 1 else ""
    kind = report.kind
    words = f"<p>The {counted(len(best), 'gene')} with the highest <b>mean {NAMES[score]}</b>{least}"
    if score == "network":
        hidden = any(best.get("not_visible", ()))
        last = " Genes that are not visible come last: their effects are unknown." if hidden else ""
        return words + f": what their {kind.loss} changes in <em>other</em> genes.{last}</p>"
    if "network" in report.screen.single_scores:
        return words + f". No {kind.loss} changes other genes in this mapping (every network impact is 0), so that impact " \
                       f"ranks, which is then {kind.baseline}.</p>"
    return words + f", which includes {kind.baseline}.</p>"


def missing(report) -> str:
    """Which score is not there, and how to get it."""
    absent = [score for score in ("impact", "network") if score not in report.screen.single_scores]
    if not absent:
        return ""
    why = ("in the impact, abundant genes come first" if absent == ["network"] else
           f"without the impact, {report.kind.share}s cannot be compared")
    return note(f"This screen does not store the {NAMES[absent[0]]} of single {report.kind.events}: {why}. Store both:") + \
        suggest.block("", [suggest.again(report, {"--score": "impact,network"})])


def rows_caption(report) -> str:
    highest = [report.top_genes(name, report.rows_drawn)["gene"] for name in report.gene_scores]
    drawn, score = [len(genes) for genes in highest], report.gene_scores[0]
    words = (f"<b>The {number(drawn[0])} highest genes by {listing(['mean ' + NAMES[name] for name in report.gene_scores])}"
             f"</b>. Dots: mean over the cells that {report.kind.express} the gene; {whiskers(report.genes, score)}")
    if "impact" in report.gene_scores and "share_mean" in report.genes:
        words += f"; ticks: {report.kind.baseline}, which is what its impact would be without effects on others"
    words += "."
    if any(gene in report.unseen for genes in highest for gene in genes):
        words += " Grey names: genes that are not visible, whose effects are unknown."
    if len(report.gene_scores) == 2 and len(report.genes) > drawn[0]:
        both = set(highest[0]) & set(highest[1])
        words += f" The two lists share {number(len(both))} of {counted(drawn[0], 'gene')}."
    return words


def share_caption(report) -> str:
    points, kind = report.share_points(), report.kind
    if points is None:
        return ""
    rank = spearman(points["share_mean"], points["impact_mean"])
    above = float((points["impact_mean"] > 1.1 * kind.takes * points["share_mean"]).mean())
    left_out = len(report.genes) - len(points)
    words = (f"<b>Impact against {kind.share}</b> of {counted(len(points), 'gene')}, a point each; both axes are logarithmic"
             + (f", on which {counted(left_out, 'gene')} with a mean of 0 cannot stand" if left_out else "") +
             f". {kind.on_the_line} {percent(above)} of the genes lie more than a tenth above it; ")
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
    words = (f"<b>How cells differ.</b> Left: {NAMES[score]} of the {count} in each cell that {report.kind.expresses} it "
             "(line: median; box: middle half; whiskers: 5 to 95 %; dots: cells beyond). Right: "
             f"the mean over {report.kind.genes_of_cell.replace('SEEN', 'visible ' if hidden else '')}, of "
             f"{counted(len(means), 'cell')}; orange: their mean.")
    if np.isfinite(spread):
        words += f" Between cells it varies by {percent(spread)} of that (standard deviation)."
    return words.replace("Left:", '<span class="wide">Left</span><span class="narrow">Above</span>:').replace(
        "Right:", '<span class="wide">Right</span><span class="narrow">Below</span>:')
