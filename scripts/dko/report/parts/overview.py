"""What stands on top: what was screened in a sentence, figures in boxes, and the findings."""
from __future__ import annotations

import os

from dko.q_values import RATE
from dko.report.page import clean, number, percent
from dko.report.parts.belief import nearest_guess, seen_by
from dko.report.parts.words import NAMES, bold, counted, event_of, in_enough_cells, listing, mapping_of, rate


def title(report) -> str:
    name = os.path.basename(str(report.screen.provenance.get("input", "")).rstrip("/"))
    screen = report.screen
    what = "Screen of genes on and off in" if screen.list_adds_genes else f"{report.kind.event.capitalize()} screen of"
    return f"{what} {name or os.path.basename(screen.path)}"


def lead(report) -> str:
    """What was screened: how many knockouts of what in how many cells, by what scores, with which mapping."""
    screen = report.screen
    mapping = {"dko": "the original’s mapping", "sparse": "a sparse mapping"}.get(mapping_of(report), "its mapping")
    mapping = f"{screen.members} mappings" if screen.members > 1 and not mapping_of(report) else mapping
    mapping = f"an ensemble of {screen.members} {mapping_of(report) == 'sparse' and 'sparse ' or ''}mappings" \
        if screen.members > 1 else mapping
    return (f"What {listing(what_was_lost(report))}{report.kind.extent} would do {where(screen)} "
            f"({counted(len(screen.genes), 'gene')}), as <code>dko</code> predicts with {mapping}.")


def where(screen) -> str:
    """In which cells: each, or the chosen ones."""
    cells = len(screen.cells)
    if screen.has_singles and screen.screened.all():
        return f"to each of {counted(cells, 'cell')}" if cells > 1 else "to 1 cell"
    if screen.has_singles:
        return f"to {number(int(screen.screened.sum()))} of {counted(cells, 'cell')}"
    return f"in cells of the {number(cells)} that there are"


def what_was_lost(report) -> list:
    """In words with what was done before the first, and before those of a list that does more."""
    screen, parts = report.screen, []
    if screen.has_singles:
        parts.append("one gene")
    if screen.has_all_pairs or screen.has_summary:
        parts.append("any two together")
    if screen.list_adds_genes:
        events = "one gene of a list" if screen.list_order == 1 else f"{screen.list_order} listed genes together"
        return [*(f"{report.kind.doing} {part}" for part in parts), f"switching on or losing {events}"]
    if screen.list_order:
        kind = "kept" if screen.keep != "full" else "listed"
        parts.append({1: "one gene of a list", 2: f"two of {kind} pairs"}.get(screen.list_order,
                                                                              f"{screen.list_order} listed genes together"))
    parts = parts or ["genes"]
    return [f"{report.kind.doing} {parts[0]}", *parts[1:]]


def cards(report) -> str:
    screen = report.screen
    event, shown = report.kind.event, [(len(screen.genes), "gene"), (len(screen.cells), "cell")]
    if screen.n_singles:
        shown.append((screen.n_singles, f"single {event}"))
    if screen.has_all_pairs:
        shown.append((screen.n_pairs, f"double {event}"))
    if screen.n_listed:
        shown.append((screen.n_listed, "kept pair" if screen.keep != "full" else f"listed {event_of(report)}"))
    boxes = [(number(int(count)), words if count == 1 else words + "s") for count, words in shown]
    kind = mapping_of(report)
    if screen.members > 1:
        boxes.append((f"{screen.members} × {kind}" if kind else str(screen.members), "mappings"))
    elif kind:
        boxes.append((kind, "mapping"))
    return '<div class="cards">' + "".join(f'<div class="card"><b>{clean(value)}</b><span>{words}</span></div>'
                                           for value, words in boxes) + "</div>"


def findings(report) -> str:
    """The page in a few sentences."""
    words = toward_in_words(report), gene_in_words(report), pair_in_words(report), visibility_in_words(report), \
        rates_in_words(report), quality_in_words(report)
    found = [text for text in words if text]
    return '<div class="findings"><ul>' + "".join(f"<li>{text}</li>" for text in found) + "</ul></div>" if found else ""


def toward_in_words(report) -> str:
    """Which loss, or other event, moves cells of A furthest toward B, and away from B."""
    shown = report.toward
    if shown is None:
        return ""
    kind, sides = report.kind, (("toward", "toward B"), ("away", "away from B"))
    said = [one_way(shown, shown.best(side), words) for side, words in sides if len(shown.best(side))]
    if shown.seen.empty:
        return f"Which {kind.loss} moves cells of A toward B is unknown: no gene in enough cells is visible. {NOT_VISIBLE}"
    if not said:
        return f"No {kind.loss} of a {report.gene_word}{in_enough_cells(report)} moves cells of A toward B or away from B."
    states = f"A: <code>{clean(shown.a)}</code>; B: <code>{clean(shown.b)}</code>"
    return f"{kind.doing.capitalize()} {listing(said)}. {states}. <a href=\"#toward\">From A to B</a>"


def one_way(shown, table, words: str) -> str:
    row = table.iloc[0]
    q = f", q {rate(float(row['shift_q_value']))}" if shown.has_q_values else ""
    sure = shown.has_q_values and row["shift_q_value"] <= RATE
    chance = ", which may be chance" if shown.has_q_values and not sure else ""
    of = f", of genes with q up to {RATE}" if sure else ""
    mean = number(float(row["shift_mean"]))
    return f"{bold(row['gene'])} moves cells of A furthest {words}{of} (mean shift {mean}{q}{chance}{against(row)})"


def against(row) -> str:
    """The approach, where it has the other sign."""
    approach = float(row.get("approach_mean", 0))
    if not float(row["shift_mean"]) * approach < 0:
        return ""
    return f"; but mean approach {number(approach)}: in all genes they come {'nearer to' if approach > 0 else 'no nearer to'} B"


def gene_in_words(report) -> str:
    if report.genes is None or report.genes.empty:
        return ""
    score = report.gene_score
    best = report.top_genes(score, 1)
    if best.empty:
        return ""
    if "network_mean" in report.genes and not report.has_effects:
        return "No gene has an effect on others in this mapping: every network impact is 0."
    row = best.iloc[0]
    if score == "network" and row.get("not_visible"):
        return f"No gene of those ranked is visible: what their {report.kind.losses} change is unknown. {NOT_VISIBLE}"
    if score == "network" and row["network_mean"] == 0:
        return f"No {report.gene_word}{in_enough_cells(report)} has an effect on others in this mapping."
    what = "changes other genes most" if score == "network" else "has the highest impact"
    return (f"{report.kind.doing.capitalize()} {bold(row['gene'])} {what}: {NAMES[score]} "
            f"{number(float(row[f'{score}_mean']))} on average over "
            f"{counted(row['cells'], 'cell')}.")


def pair_in_words(report) -> str:
    if report.best_pairs is None or report.best_pairs.empty:
        return ""
    row, by, of = report.best_pairs.iloc[0], report.pairs_by, of_some(report)
    if by == "shift":
        return pair_toward(report)
    value, name = float(row[f"{by}_mean"]), both(report, row)
    if not by.endswith("interaction"):
        return f"The pair {name} has the highest {NAMES[by]}{of}: {number(value)} on average over " \
            f"{counted(row['cells'], 'cell')}."
    if value == 0:
        least = f" in at least {counted(report.pair_least, 'cell')}" if not of and report.pair_least > 1 else ""
        return f"No pair{least} interacts{of}: every {NAMES[by]} is 0."
    hidden = [gene for gene in (row["gene1"], row["gene2"]) if gene in report.unseen]
    if hidden:
        return (f"The pair {name} ranks highest by {NAMES[by]}{of}, but {listing(map(bold, hidden))} "
                f"{'is' if len(hidden) == 1 else 'are'} not visible: what they do together is unknown.")
    side = "less" if value < 0 else "more"
    what = "change other genes" if by == "network_interaction" else "do"
    return (f"{name} interact most{of}: together they {what} {side} than the sum of each, by {number(abs(value))} on average "
            f"over {counted(row['cells'], 'cell')} ({NAMES[by]}).")


def both(report, row) -> str:
    """The two genes of a pair."""
    return report.kind.pair(bold(row["gene1"]), bold(row["gene2"]), " + " if not report.kind.sign else " and ")


def of_some(report) -> str:
    """Of which pairs this is said, if not of all."""
    if not report.has_some_pairs:
        return ""
    pairs = "pairs that were kept" if report.screen.keep != "full" else "listed pairs"
    return f", of the {pairs} in at least {counted(report.min_cells, 'cell')}"


def pair_toward(report) -> str:
    """Of genes that are visible, where that is known."""
    best = report.best_pairs.head(1)
    if best.empty or not best.iloc[0]["shift_mean"] > 0:
        return ""
    row = best.iloc[0]
    return (f"Of two {report.gene_word}s together {both(report, row)} move cells of A furthest toward B"
            f"{of_some(report)}: mean shift {number(float(row['shift_mean']))} over {counted(row['cells'], 'cell')}.")


NOT_VISIBLE = 'See <a href="#belief">Can this be believed?</a>'
VISIBILITY_UNKNOWN = ("Which genes are visible is not known, so that any of them may have a number that says nothing of it. "
                      + NOT_VISIBLE)


def visibility_in_words(report) -> str:
    """How many genes can be seen, where that is known."""
    if report.visibility is None:
        return VISIBILITY_UNKNOWN
    seen, total = int(report.visibility["visible"].sum()), len(report.visibility)
    if seen == total:
        return f"All {counted(total, 'gene')} are visible: {seen_by(report)}." if total > 1 else ""
    return (f"<b>{number(seen)} of {counted(total, 'gene')} {'is' if seen == 1 else 'are'} visible</b>: what "
            f"{report.kind.doing} the others does is unknown, not zero. {NOT_VISIBLE}")


def rates_in_words(report) -> str:
    """How many genes have effects that are unlikely to be false, where that was computed."""
    rates = report.screen.q_values
    if rates is None:
        return ""
    sure = int((rates <= RATE).sum())
    return (f"<b>{number(sure)} of {counted(len(rates), 'gene')}</b> {'has' if sure == 1 else 'have'} an effect on others with "
            f"a false discovery rate (q) of at most {RATE}.")


def quality_in_words(report) -> str:
    metrics = (report.quality or {}).get("metrics")
    if metrics is None or "bray_curtis" not in metrics or not {"mapping", "mean_share"} <= set(metrics.index):
        return "How well the mapping predicts cells it was not trained on is not in this file. " + NOT_VISIBLE
    guess = nearest_guess(metrics["bray_curtis"])
    if guess is None:
        return "How far a simple guess is off beside the mapping is not in this file. " + NOT_VISIBLE
    ours, base, scaled = guess
    text = ("Profiles of cells left out of training are predicted to a Bray-Curtis distance of "
            f"{number(ours)}; giving every gene its mean share{scaled} reaches {number(base)}")
    if not ours < base:
        return text + ": <b>the mapping is no better than that, and its scores should not be relied on.</b>"
    return text + f", so the mapping is {percent(1 - ours / base)} nearer."
