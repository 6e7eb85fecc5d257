"""Double knockouts, or what else was screened: the pairs that interact most, and a heat map of the genes in them."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.data import heat_limit
from dko.report.page import clean, figure, note, number, section
from dko.report.parts.words import NAMES, bold, counted, few, listing, ranked, unseen, value_columns, whiskers
from dko.summary import SAME_SIGN

TITLE = "Which pairs interact"
# The measures beside the one that ranks.
OTHERS = {"shift": ("shift_interaction", "network"), "impact": ("network_interaction", "interaction", "network", "impact")}
SHIFT_TITLE = "Which pairs move cells from A toward B"


def part(report, drawn) -> str:
    if report.pairs is None:
        return nothing(report)
    by, best = report.pairs_by, report.pairs.head(report.top)
    title = SHIFT_TITLE if by == "shift" else TITLE
    if report.pairs.empty:
        return section("pairs", title, note(none(report)))
    return section(
        "pairs", title, *(note(clean(words)) for words in report.notes), restriction(report),
        ranking(report, best), ranked(best, ["gene1", "gene2"], columns_of(report, best)),
        footnote(report, best), hidden(report, best), away(report),
        figure(drawn, "pairs", rows_caption(report), "Pairs that rank highest"),
        figure(drawn, "heat_map", heat_caption(report), f"Mean {NAMES[by]} of pairs among the highest genes"),
        missing(report), suggest.block(all_pairs(report), suggest.pair_tables(report)))


def nothing(report) -> str:
    if report.listed is not None:
        return ""
    return section(
        "pairs", TITLE,
        note("This screen has no pairs of genes. The same with every pair (a random sample: <code>--sample M</code> "
             "beside it; only what they come to over cells: <code>--keep summary</code>):"),
        suggest.block("", [suggest.again(report, {"--order": "2", "--score": "impact,network"})]))


def leaves_out(report) -> bool:
    """Whether the pairs above are of visible genes alone."""
    return report.pairs_by == "shift" and bool(report.unseen)


def none(report) -> str:
    """Why there is no pair."""
    if leaves_out(report) and int(report.visibility["visible"].sum()) < 2:
        return f"Fewer than two genes are visible: how far {report.kind.doing} two of the others moves cells is unknown."
    of = "visible genes" if leaves_out(report) else "genes"
    return f"No pair of {of} was {report.kind.done} in at least {counted(report.pair_least, 'cell')}."


def all_pairs(report) -> str:
    """What the tables have beyond the page."""
    more = ["those with a gene that is not visible"] if leaves_out(report) else []
    more += [f"those in fewer than {counted(report.pair_least, 'cell')}"] if report.pair_least > 1 else []
    ways = "All pairs as a table" + (", both ways" if report.pairs_by == "shift" else "")
    return ways + (f", with {listing(more)} too" if more else "") + ":"


def restriction(report) -> str:
    """Which pairs are there, if not all."""
    screen = report.screen
    if not report.has_some_pairs:
        return ""
    if screen.keep != "full":
        return note(f"Only the pairs that were kept are in this screen (<code>{clean(screen.keep)}</code> by "
                    f"{clean(str(screen.keep_by).replace('-', ' ').replace('_', ' '))}): means over the cells in which a "
                    "pair was kept are not means over all cells, and are biased by that choice.")
    return "<p>Only listed or sampled pairs are in this screen: each in few cells.</p>"


def is_interaction(report) -> bool:
    return report.pairs_by.endswith("interaction")


def ranking(report, best) -> str:
    by = report.pairs_by
    least = f", of those in at least {counted(report.pair_least, 'cell')}" if report.pair_least > 1 else ""
    what = f"largest <b>mean {NAMES[by]}</b>, either way" if is_interaction(report) else f"highest <b>mean {NAMES[by]}</b>"
    doing, share = report.kind.doing, report.kind.share
    why = {
        "network_interaction": f": what {doing} both changes in other genes beyond the sum of {doing} each",
        "interaction": f": what {doing} both changes beyond the sum of {doing} each, {share}s included",
        "shift": f': how far {doing} both takes cells of A toward B (<a href="#toward">what that means</a>)'
    }.get(by, "")
    seen = " Pairs with a gene that is not visible are left out: what they do is unknown." if leaves_out(report) else ""
    return f"<p>The {counted(len(best), 'pair')} with the {what}{least}{why}.{seen}</p>"


def footnote(report, best) -> str:
    words = f'<p class="soft">Mean over the cells that {report.kind.have_pair} ± its standard error.'
    if SAME_SIGN.get(report.pairs_by) in best:
        words += f" Same sign: the share of these cells in which the {NAMES[report.pairs_by]} has the sign of its mean."
    return words + "</p>"


def columns_of(report, best) -> list:
    """The columns of values, greyed for pairs with a gene that is not visible."""
    columns = value_columns(best, report.pairs_by, OTHERS.get(report.pairs_by, OTHERS["impact"]))

    def as_seen(cell):
        return lambda row: unseen(cell(row)) if hidden_genes(report, row) else cell(row)

    return [(title, cell if title == "cells" else as_seen(cell)) for title, cell in columns]


def away(report) -> str:
    """The other way along a direction."""
    if report.pairs_away is None or report.pairs_away.empty:
        return ""
    best = report.pairs_away[report.pairs_away["shift_mean"] < 0].head(report.top)
    if best.empty:
        return "<h3>Away from B</h3><p>No pair moves cells away from B.</p>"
    return "<h3>Away from B</h3>" + ranked(best, ["gene1", "gene2"], columns_of(report, best))


def hidden_genes(report, row) -> list:
    """Those of a pair that are not visible."""
    return [row[name] for name in ("gene1", "gene2") if row[name] in report.unseen]


def hidden(report, best) -> str:
    """How many pairs are greyed, and why."""
    genes = [hidden_genes(report, row) for _, row in best.iterrows()]
    count = sum(map(bool, genes))
    if not count:
        return ""
    names = [f"{bold(name)} ({clean(report.unseen[name])})" for name in dict.fromkeys(sum(genes, []))]
    return note(f"Grey: {number(count)} of these {counted(len(best), 'pair')}, with a gene that is not visible. What they do "
                f"together is unknown, whatever the mapping gives: {few(names)}.")


def missing(report) -> str:
    """Why pairs do not rank by network interaction."""
    screen, by = report.screen, report.pairs_by
    if by in ("network_interaction", "shift"):
        return ""
    if by == "interaction":
        return note("The network impact of pairs is not in this screen, so that they rank by the interaction of impacts, "
                    f"in which {report.kind.share}s play a part. Store it too:") + suggest.block(
                        "", [suggest.again(report, {"--score": "impact,network"})])
    return note(f"Interactions cannot be told: the single {report.kind.events} "
                f"{'of all these genes are not' if screen.has_singles else 'are not'} in this screen with the same score. "
                "A list of pairs with <code>--order 1</code> beside it has them.")


def rows_caption(report) -> str:
    by, shown = report.pairs_by, report.pairs.head(report.rows_drawn)
    kind = "interact most, either way" if is_interaction(report) else "rank highest"
    words = (f"<b>The {counted(len(shown), 'pair')} that {kind}</b>, by mean {NAMES[by]}. Dots: mean over cells; "
             f"{whiskers(shown, by)}. ")
    hidden = any(hidden_genes(report, row) for _, row in shown.iterrows())
    grey = " Grey names: with a gene that is not visible." if hidden else ""
    if is_interaction(report):
        below = int((shown[f"{by}_mean"] < 0).sum())
        words += f"{number(below)} of {number(len(shown))} do less together than the sum of each (left of 0). "
    return words + f"Each is in at least {counted(int(shown['cells'].min()), 'cell')}." + grey


def heat_caption(report) -> str:
    if report.square is None:
        return ""
    values = report.square.to_numpy()
    known = np.abs(values[np.triu_indices(len(values), 1)])
    known = known[np.isfinite(known)]
    hub = report.square.index[int(np.nansum(np.abs(values), axis=1).argmax())]
    colours = ("Red: more than the sum of each; blue: less; grey" if is_interaction(report) else
               "Red: toward B; blue: away from B; grey" if report.pairs_by == "shift" else "Grey")
    beyond = int((known > heat_limit(values)).sum())
    words = (f"<b>Mean {NAMES[report.pairs_by]} among {counted(len(values), 'gene')}</b> of the highest pairs "
             f"({counted(len(known), 'pair')}; a linear scale). {colours}: no such pair in "
             f"{'the cells that were read' if report.reads_some_cells else 'this screen'}. ")
    if beyond:
        words += f"The colours end before the {counted(beyond, 'largest value')}, so that the others can be told apart. "
    if any(gene in report.unseen for gene in report.square.index):
        words += "Grey names: genes that are not visible. "
    seen = ", but is not visible" if hub in report.unseen else ""
    return words + (f"{bold(hub)} stands out most over all its pairs{seen}." if len(known) and known.max() > 0 else "")
