"""Groups of cells: the highest genes in each, and what differs most between one and others."""
from __future__ import annotations

from dko.q_values import RATE
from dko.report import suggest
from dko.report.groups import LEAST_CELLS, LEAST_LABELS, MOST_LABELS, unknown
from dko.report.page import clean, figure, note, number, section
from dko.report.parts.words import NAMES, bold, counted, few, ranked

TITLE = "How groups of cells differ"


def part(report, drawn) -> str:
    shown = report.groups
    if shown is None:
        return ""
    return section("groups", TITLE, choice(shown),
                   figure(drawn, "groups", heat_caption(report, shown), "Genes by groups of cells"),
                   contrast_words(report, shown), contrast_table(report, shown) if len(shown.contrast) else "",
                   figure(drawn, "contrast", volcano_caption(report, shown), "Differences between groups, and their p"),
                   suggest.block("All genes, every group against all others, as a table:", [suggest.contrasts(report)]))


def choice(shown) -> str:
    """Which column was taken, and how to take another."""
    sizes = [f"{bold(label)} ({number(int(cells))})" for label, cells in shown.sizes.items()]
    words = f"<p>Groups by the column <b>{clean(shown.column)}</b> of the cells"
    if not shown.was_asked:
        words += f", the first with {LEAST_LABELS} to {MOST_LABELS} labels"
    words += f": {few(sizes, 20)} cells."
    if shown.without:
        words += f" {counted(shown.without, 'cell')} without a label {'is' if shown.without == 1 else 'are'} in none."
    others = f" This screen also keeps {few([clean(name) for name in shown.others])}." if shown.others else ""
    return words + others + " Another column is chosen by <code>--group-by COLUMN</code>, another comparison by " \
        "<code>--contrast A,B</code>.</p>"


def heat_caption(report, shown) -> str:
    return (f"<b>Mean {NAMES[shown.score]} of {counted(len(shown.means), 'gene')} in each group</b>: those that are highest "
            f"over all cells or in one of the groups. Each mean is over the cells of the group that {report.kind.express} "
            f"the gene; grey: fewer than {LEAST_CELLS} do.")


def both_sides(shown) -> str:
    """What is compared, with the numbers of cells that were screened."""
    against = bold(shown.against) if shown.against is not None else "all others"
    return (f"{bold(shown.group)} ({counted(shown.cells, 'screened cell')}) against {against} "
            f"({counted(shown.cells_against, 'screened cell')})")


def contrast_words(report, shown) -> str:
    words = (f"<p>{both_sides(shown)}: the genes whose {NAMES[shown.score]} differs with the lowest p, by a "
             f"rank-sum test over the cells that {report.kind.express} the gene. q of difference: the false discovery rate "
             f"of Benjamini and Hochberg, over {counted(len(shown.contrast), 'gene')} with at least {LEAST_CELLS} such cells "
             "in both groups.</p>")
    if shown.contrast.empty:
        return words + note("There is no such gene.")
    return words + note("p and q take cells as independent samples. Scores of one mapping are not, and cells of one donor "
                        "are not either: they order genes, and overstate how certain a difference is.")


def contrast_table(report, shown) -> str:
    score = shown.score
    best = shown.contrast[~unknown(report, shown)].head(report.top)
    columns = [("difference", lambda row: number(float(row[f"{score}_difference"]))),
               (f"in {clean(shown.group)}", lambda row: number(float(row[f"{score}_mean"]))),
               (f"in {clean(shown.against_words)}", lambda row: number(float(row[f"{score}_mean_against"]))),
               ("p", lambda row: number(float(row[f"{score}_p"]), 2)),
               ("q of difference", lambda row: number(float(row[f"{score}_q"]), 2)),
               ("cells", lambda row: f"{number(int(row['cells']))} / {number(int(row['cells_against']))}")]
    return ranked(best, ["gene"], columns)


def volcano_caption(report, shown) -> str:
    q, difference = (shown.contrast[f"{shown.score}_{figure}"] for figure in ("q", "difference"))
    low = (q < RATE) & ~unknown(report, shown)
    return (f"<b>{both_sides(shown)}</b>, a point a gene. Orange: higher in the first with "
            f"q below {RATE} ({number(int((low & (difference > 0)).sum()))}); blue: lower "
            f"({number(int((low & (difference <= 0)).sum()))})"
            + ("; light grey: genes that are not visible, whose effects are unknown." if unknown(report, shown).any() else "."))
