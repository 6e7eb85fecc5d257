"""Which knockout, or other event, moves cells from A toward B: the answer in a sentence, the genes either way, and the map."""
from __future__ import annotations

import pandas as pd

from dko.q_values import RATE
from dko.report import suggest
from dko.report.page import clean, figure, note, number, percent, section
from dko.report.parts.overview import NOT_VISIBLE, VISIBILITY_UNKNOWN, pair_toward
from dko.report.parts.words import APPROACH, bold, counted, few, in_enough_cells, ranked, rate, tells_of_it, value_columns


def part(report, drawn) -> str:
    shown, kind = report.toward, report.kind
    if shown is None:
        return ""
    title = f"Which {kind.loss} moves cells from A toward B"
    if shown.seen.empty:
        return section("toward", title, question(report), answer(report), hidden(report))
    return section(
        "toward", title, question(report), "" if report.visibility is not None else note(VISIBILITY_UNKNOWN), answer(report),
        one_way(report, "toward", "Toward B"), one_way(report, "away", "Away from B"), against(report), hidden(report),
        figure(drawn, "shifts", caption(report), "Genes with the highest and the lowest mean shift"),
        figure(drawn, "cell_map", map_caption(report), f"Cells of A and B, and where {kind.losses} take those of A"),
        pairs_pointer(report),
        suggest.block(f"All genes as a table, both ways, and what the best {kind.loss} does to every gene:",
                      suggest.along(report)), map_pointer(report))


def question(report) -> str:
    shown, kind = report.toward, report.kind
    b = (f"B: the cells with <code>{clean(shown.b)}</code> ({counted(shown.b_cells, 'cell')})" if shown.b_cells else
         f"B: the profile in <code>{clean(shown.b)}</code>")
    of = "" if shown.screened == shown.a_cells else f", of which genes were {kind.lost} in {number(shown.screened)}"
    approach = APPROACH if "approach_mean" in shown.genes else ""
    return (f"<p>A: the cells with <code>{clean(shown.a)}</code> ({counted(shown.a_cells, 'cell')}{of}). {b}. "
            f"<b>Shift</b> is how far the {kind.loss} takes a cell of A along the way from A's mean profile to that of B, by "
            "what changes in <em>other</em> genes: 1 is the whole way, below 0 leads away." + approach + "</p>")


def answer(report) -> str:
    """How many genes stand out of chance."""
    kind, shown, least = report.kind, report.toward, f"in at least {counted(report.min_cells, 'cell')}"
    if shown.genes.empty:
        return note(f"No gene was {kind.lost} {least}.")
    if shown.seen.empty:
        return note(f"No gene {least} is visible: how far their {kind.losses} move cells is unknown. {NOT_VISIBLE}")
    if not shown.has_q_values and kind.activates:
        return note("There are no q-values of shifts: they are of the loss of genes. How much of these shifts is chance is not "
                    "known.")
    if not shown.has_q_values:
        return note("There are no q-values of shifts: this mapping has no decoys to compare with (a sparse mapping of this "
                    "dko has, if it is trained without <code>--levels</code> and <code>--fdr</code>). How much of these "
                    "shifts is chance is not known.")
    rates = shown.seen["shift_q_value"]
    sure = shown.seen[rates <= RATE]
    words = f"Of {counted(len(shown.seen), report.gene_word)} {least} <b>{number(len(sure))}</b> " \
        f"{'has' if len(sure) == 1 else 'have'} a mean shift with q up to {RATE}"
    up, down = (list(map(bold, sure[side]["gene"])) for side in (sure["shift_mean"] > 0, sure["shift_mean"] < 0))
    parts = [f"{few(names, 6)} {which}" for names, which in ((up, "toward B"), (down[::-1], "away from B")) if names]
    none = "" if len(sure) else ": take the order below as no more than a list of what to look at"
    return f"<p>{words}{': ' + '; '.join(parts) if parts else none}.</p>"


def one_way(report, side: str, title: str) -> str:
    best = getattr(report.toward, side)(report.top)
    if best.empty:
        words = f"No {report.kind.loss} of a {report.gene_word}{in_enough_cells(report)} moves cells " + \
            ("toward B." if side == "toward" else "away from B.")
        return f"<h3>{title}</h3><p>{words}</p>"
    return f"<h3>{title}</h3>" + ranked(best, ["gene"], columns_of(report, best)) + \
        (footnote(report) if side == "toward" else "")


def columns_of(report, best) -> list:
    columns = value_columns(best, "shift", ())
    if report.toward.has_q_values:
        columns.insert(1, ("q of shift", lambda row: rate(float(row["shift_q_value"]))))
    if "approach_mean" in best:
        columns.insert(-1, ("approach", lambda row: number(float(row["approach_mean"]))))
    if "cells_without" in best:
        columns += tells_of_it(report, best)
        columns.append(("information", lambda row: number(float(row["information"]))))
    return columns


def footnote(report) -> str:
    least = f" Genes in fewer than {counted(report.min_cells, 'cell')} are left out." if report.min_cells > 1 else ""
    q = (" q of shift: the false discovery rate of the gene's mean shift, the greater of two: against effects of decoys along "
         "the same way, and against the noise of so few cells." + of_losses(report)) if report.toward.has_q_values else ""
    kind = report.kind
    absences = (" Express it: those of all cells of the mapping that have the gene, by which, beside those that lack it, its "
                "effects are learnt; information: about how many cells tell of its absence, 5 at least for a visible gene."
                if kind.activates else
                " Lack it: those of all cells of the mapping that do not express the gene, from which its effects are learnt; "
                "information: about how many cells tell of its absence, 5 at least for a visible gene.")
    if report.visibility is not None and report.visibility["by_level"].any():
        absences += " A gene whose effects are learnt from its level is visible with less."
    absences = absences if "cells_without" in report.toward.genes else ""
    return (f'<p class="soft">Mean over the cells of A that {kind.express} the gene ± its standard error; cells: their '
            "number." + q +
            absences + least + "</p>")


def of_losses(report) -> str:
    """What q-values of shifts are of, where that is another thing than what was screened."""
    keeps = report.kind.keeps
    return f" It is of the whole loss of the gene, not of the knockdown to {keeps:g}." if keeps else ""


def against(report) -> str:
    """The genes of the tables whose approach has the other sign."""
    if "approach_mean" not in report.toward.genes:
        return ""
    shown = pd.concat([report.toward.toward(report.top), report.toward.away(report.top)])
    names = [bold(gene) for gene in shown["gene"][shown["shift_mean"] * shown["approach_mean"] < 0]]
    if not names:
        return ""
    kind = report.kind
    own = ", and takes the gene's own share away" if kind.event == "knockout" else ""
    return (f'<p class="soft">The approach has not the sign of the shift for {few(names)}: such {kind.a_loss} moves cells '
            f"along the way from A to B and off it too{own}. Approach counts all of that, shift the way alone.</p>")


def hidden(report) -> str:
    unseen = report.toward.genes[report.toward.genes["not_visible"] != ""]
    moving = unseen[unseen["shift_mean"] != 0]
    if unseen.empty:
        return ""
    names = [f"{bold(row.gene)} ({clean(row.not_visible)})" for row in moving.head(3).itertuples()]
    are = "is" if len(unseen) == 1 else "are"
    such = f", such as {few(names)}" if names else ""
    tables = "" if report.toward.seen.empty else " of both tables"
    return (f'<p class="soft">Left out{tables}: {counted(len(unseen), "gene")} that {are} not visible, whose shifts are '
            f"unknown{such}.</p>")


def caption(report) -> str:
    words = ("<b>The mean shifts of the highest and the lowest genes</b>. Dots: mean over the cells of A that "
             f"{report.kind.express} the gene; thin lines: ± standard deviation over these cells")
    words += "; thick lines: over the members" if "shift_sd_mean" in report.toward.genes else ""
    return words + (f". Bold: q of shift up to {RATE}." if report.toward.has_q_values else ".")


def map_caption(report) -> str:
    known = report.toward.map
    if known is None:
        return ""
    scale, shown = known.scale, report.toward
    b = "and orange of B" if shown.b_cells else f"toward the profile {clean(shown.b)}"
    words = (f"<b>Cells of A in blue, {b}</b>, by their base profiles. Across: the way from the mean of A (0) to that of B "
             f"(1), in which a step is a shift. Up: the first principal component at right angles to it, in the same units, "
             f"with {percent(known.explained)} of the variance there. ")
    words += "" if known.all_cells else f"{counted(len(known.cells), 'cell')}, spread evenly, are drawn. "
    if len(known.arrows):
        longer = f", drawn <b>{scale} times as long</b> as they are" if scale > 1 else ""
        words += (f"Arrows, from the mean of A: the mean move of its cells by {report.kind.a_loss}{longer}; the move of a "
                  "cell begins where the cell is. ")
    return words + ("A few cells lie beyond the edges. Two directions are not all: cells that are near here can differ in "
                    "others.")


def pairs_pointer(report) -> str:
    if report.pairs is None or report.pairs_by != "shift" or report.pairs.empty:
        return ""  # the section of pairs says why
    return f'<p>{pair_toward(report)} <a href="#pairs">Pairs, either way</a></p>'


def map_pointer(report) -> str:
    if report.toward.map is not None:
        return ""
    what = f"A map of the cells, with arrows of the best {report.kind.losses}, needs the h5ad that was screened and the model"
    given = report.paths.get("input") or report.screen.provenance.get("input")
    if given and not suggest.is_h5ad(given):
        return note(f"{what}: the input of this screen, {clean(given)}, is none.")
    return suggest.block(what + ":", [suggest.with_map(report)])
