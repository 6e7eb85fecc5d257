"""Whether the scores can be believed: which genes the cells show, and whether the mapping knows more than a guess."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.page import clean, note, number, percent, section
from dko.report.parts.words import bold, counted, few, mapping_of
from dko.visibility import LEAST_INFORMATION

TITLE = "Can this be believed?"
LITTLE = 0.05  # so much nearer than a baseline is little to base a knockout on
GUESS = 0.1  # rank correlation within genes below which it is near a guess


def part(report, _) -> str:
    return section("belief", TITLE, "<p>Two things must hold: the cells must show what the "
                   f"{report.kind.loss} of a gene does, and the mapping must have learnt it.</p>",
                   "<h3>Which genes are visible</h3>", *visibility(report),
                   "<h3>Does the mapping know more than a simple guess?</h3>", *skill(report), "<h3>What both mean</h3>",
                   meaning(report))


# Visibility -----------------------------------------------------------------------------------------------


def visibility(report) -> list:
    known = report.visibility
    if known is None:
        return not_stored(report)
    seen, total = int(known["visible"].sum()), len(known)
    kind = report.kind
    by_level = known.index[known["by_level"]]
    learnt = f"<code>dko</code> learns what a gene does {kind.learnt_from}. "
    if len(by_level):
        learnt += (f"Of {counted(len(by_level), 'gene')} that nearly all cells express, it learns from how much the cells "
                   f"express {'it' if len(by_level) == 1 else 'them'}: {few([bold(gene) for gene in by_level], 8)}. ")
    if seen == total:
        shown = seen_by(report)
        return [f"<p><b>All {counted(total, 'gene')} {'is' if total == 1 else 'are'} visible.</b> {learnt}"
                f"{shown[0].upper()}{shown[1:]}.</p>"]
    others = f"the other {counted(total - seen, 'gene')}" if seen else "them"
    return [f"<p><b>{number(seen)} of {counted(total, 'gene')} {'is' if seen == 1 else 'are'} visible.</b> {learnt}For "
            f"{others} too few cells show {kind.seen_by}: what {kind.doing} such a gene does is <b>unknown, not zero</b>. The "
            "mapping still gives a number; it says nothing about the gene.</p>", reasons(known), in_table(report)]


def seen_by(report) -> str:
    """What shows the effects of genes that are all visible."""
    lack = "express and lack" if report.kind.activates else "lack"
    by_level = int(report.visibility["by_level"].sum())
    if not by_level:
        return f"enough cells {lack} each of them"
    if by_level == len(report.visibility):
        return "their levels vary enough among the cells"
    return (f"enough cells {lack} {number(len(report.visibility) - by_level)} of them, and the "
            f"{'level' if by_level == 1 else 'levels'} of the other {number(by_level)} "
            f"{'varies' if by_level == 1 else 'vary'} enough among the cells")


def not_stored(report) -> list:
    again = suggest.again(report, {}) if suggest.run_of(report).name == "run" else ""
    how = "Run it again with this dko:" if again else \
        "Train the mapping again with this dko (<code>dko train</code>), and screen with it (<code>dko screen</code>)."
    return [note("Not known: this screen does not say which genes are visible. It, or its model, was made by an earlier dko. "
                 "A gene that nearly all cells express, or nearly none, gets 0 or a guess. " + how),
            suggest.block("", [again])]


def kind_of(gene) -> str:
    """Why a gene is not visible, in one of a few ways."""
    if gene.cells_with >= LEAST_INFORMATION and gene.cells_without and gene.unexplained < gene.cells_without / 2:
        return "Absent only where few molecules were counted"
    return f"Expressed by nearly {'no cell' if gene.cells_with <= gene.cells_without else 'all cells'}"


def reasons(known) -> str:
    hidden = known[~known["visible"]]
    kinds = np.array([kind_of(gene) for gene in hidden.itertuples()])
    groups = {kind: [bold(gene) for gene in hidden.index[kinds == kind]] for kind in dict.fromkeys(kinds)}
    lines = [f"{kind}: {counted(len(names), 'gene')} ({few(names, 3)})"
             for kind, names in sorted(groups.items(), key=lambda group: -len(group[1]))]
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def in_table(report) -> str:
    """Which of the genes that the page ranks are not visible."""
    if report.genes is None or report.genes.empty:
        return ""
    best = report.top_genes(report.gene_score, report.top)["gene"]
    hidden = [f"{bold(gene)} ({clean(report.unseen[gene])})" for gene in best if gene in report.unseen]
    if best.empty or not (hidden or report.unseen):
        return ""
    of = f'Of the {counted(len(best), "gene")} in the table of <a href="#genes">single {report.kind.events}</a>'
    if not hidden:
        return f"<p>{of} all are visible.</p>"
    return f"<p>{of} {number(len(hidden))} {'is' if len(hidden) == 1 else 'are'} not visible: {few(hidden, 8)}.</p>"


# Skill ----------------------------------------------------------------------------------------------------


def skill(report) -> list:
    metrics = (report.quality or {}).get("metrics")
    if metrics is None or "bray_curtis" not in metrics or "mapping" not in metrics.index:
        return no_unseen_cells(report)
    lines = [verdict(report, metrics["bray_curtis"])]
    if "spearman_within_gene" in metrics and np.isfinite(metrics.loc["mapping", "spearman_within_gene"]):
        lines.append(within_genes(metrics["spearman_within_gene"]))
    if report.screen.advice:
        lines.append(f"Said when it was trained: {clean(str(report.screen.advice.get('text', '')).rstrip('.'))}.")
    return [f"<p>Judged by: {clean(str(report.quality.get('what', '')).rstrip('.'))}.</p>",
            "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>",
            suggest.block("More baselines, a regression for each gene among them:",
                          ([] if report.paths.get("prediction") else [suggest.predict(report)]) + [suggest.evaluate(report)])]


def nearest_guess(distance):
    """Of distances from the true profiles: the mapping's, that of the nearest baseline, and what was done with mean shares
    in it; None without a baseline."""
    others = distance.drop("mapping").dropna()
    if others.empty:
        return None
    scaled = ", scaled by the number of genes," if others.idxmin() == "scaled_share" else ""
    return float(distance["mapping"]), float(others.min()), scaled


def verdict(report, distance) -> str:
    """The mapping beside the nearest baseline, by their distances from the true profiles."""
    ours = float(distance["mapping"])
    text = f"Its predicted profiles are off by {number(ours)} (0: exactly right; 1: all wrong)"
    guess = nearest_guess(distance)
    if guess is None:
        return text + "; how far a simple guess is off is not in this file."
    _, base, scaled = guess
    text += f". Giving every gene its mean share{scaled} is off by {number(base)}. "
    if not ours < base:
        return text + "<b>The mapping is no better than that guess: do not rely on its scores.</b>"
    little = f": little to base {report.kind.a_event} on" if 1 - ours / base < LITTLE else ""
    return f"{text}The mapping is <b>{percent(1 - ours / base)} nearer</b>{little}."


def within_genes(correlation) -> str:
    """How well the mapping orders the cells within a gene."""
    ours, base = float(correlation["mapping"]), float(correlation.get("mean_share", np.nan))
    beside = f"; the mean share: {number(base)}" if np.isfinite(base) else ""
    text = (f"It tells in which cells a gene is high and in which low with a rank correlation of {number(ours)} "
            f"(1: always right; 0: a guess{beside}).")
    return text + (" <b>That is hardly more than a guess.</b>" if ours < GUESS else "")


def no_unseen_cells(report) -> list:
    why = "this screen holds no prediction of cells that its mapping had not seen"
    distance = cross_validated(report)
    if mapping_of(report) == "sparse" and report.screen.members == 1:
        why = "a sparse mapping is fitted to all cells, so that none are left to test it on"
    inside = "" if distance is None else (
        f" By cross-validation its profiles are off by about {number(distance)} (0: exactly right; 1: all wrong), a little too "
        "good; how far a simple guess is off is not in this file.")
    more = "" if suggest.selection_is_known(report) else (
        "<p>The model was trained by a command of its own, which this screen does not state: <code>dko info</code> of the "
        "model does. Add its options that choose cells and genes, or make this page with <code>--model</code>, which adds "
        "them.</p>")
    return [note(f"Not known: {why}.{inside} Without it no score should be relied on. To find out, hold out cells, and make "
                 "this page again; <code>dko evaluate</code> compares with more baselines:"),
            suggest.block("", [*suggest.with_prediction(report), suggest.evaluate(report)]), more]


def cross_validated(report):
    """Mean distance that the fits of a sparse mapping state; None where they do not."""
    members = (report.training or {}).get("members", [])
    stated = [member["cross_validated_distance"] for member in members if "cross_validated_distance" in member]
    return float(np.mean(stated)) if stated else None


# Meaning --------------------------------------------------------------------------------------------------


def choice_of_genes(report) -> str:
    """That ranks depend on which genes were used."""
    used = suggest.run_of(report).value("--top-genes") or suggest.training_of(report).value("--top-genes")
    here = f" (here <code>--top-genes {clean(used)}</code>)" if used else f" (here {counted(len(report.screen.genes), 'gene')})"
    return (f"Ranks depend on which genes were used{here}: a profile is of these alone, and an effect of a gene that was left "
            "out is given to others. Screen with another number of genes, and follow up what ranks high in both.")


def meaning(report) -> str:
    lines = []
    if report.unseen:
        lines += ["A gene that is not visible is no negative result, and a number beside it is no finding. Other cell types or "
                  f"conditions help where all cells express it{', or none does' if report.kind.activates else ''}, deeper "
                  "sequencing where few molecules were counted.",
                  "A mapping may predict cells well and still know nothing of such a gene."]
    lines.append(choice_of_genes(report))
    kind = report.kind
    compares = " --activate" if kind.activates else f" --knockdown {kind.keeps:g}"
    real = f"; where real ones were measured, <code>dko evaluate --perturbed FILE{compares}</code> compares them." \
        if kind.activates or kind.keeps else \
        "; where a real knockout was measured, <code>dko evaluate --real-knockout</code> compares it."
    lines += [f"A mapping that is no better than the mean share has learnt nothing that {kind.a_event} could rest on.",
              f"Both are needed, and not enough: {kind.in_the_lab}. Genes that go together need not act "
              "on each other. Take the scores as a list of what to test" + real]
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
