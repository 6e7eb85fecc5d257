"""How to read the scores."""
from dko.report.page import clean, section
from dko.report.parts.words import APPROACH

BASES = {
    "fitted": "as the mapping predicts it",
    "shrunk": "between what the mapping predicts and what was observed, by the noise of counting",
    "observed": "as it was observed"
}

SCORES = {"knockout": """
<p><b>Impact</b> is how much the predicted make-up of the cell changes: the Bray-Curtis distance between its
profile before the loss, BASE, and the one predicted after it, from 0 (nothing) to 1 (everything). The lost gene's own share
is in it: an abundant gene has a high impact even where nothing else happens.</p>
<p><b>Network impact</b> leaves the own share out: it is what changes in the <em>other</em> genes beyond
their being rescaled to fill the gap. It is 0 where no effect on other genes was found, which does not mean that
there is none.</p>
<p><b>Interaction</b> of a pair is the impact of losing both less the impacts of losing each: positive where
two losses do more than the sum of each, negative where they do less (as when both act on the same genes), 0
where each does its own. <b>Network interaction</b> is the same of the network impacts.</p>
""", "activation": """
<p>An activation is of a gene and a cell that lacks it: the mapping predicts the cell again, with the gene present.
<b>Impact</b> is how much the predicted make-up of the cell changes: the Bray-Curtis distance between its
profile before, BASE, and the one predicted with the gene, from 0 (nothing) to 1 (everything). The share that is predicted of
the gene, its <b>predicted share</b>, is in it: a gene that is abundant wherever it is on has a high impact even where nothing
else happens.</p>
<p><b>Network impact</b> leaves the predicted share out: it is what changes in the <em>other</em> genes beyond
their being rescaled to make room. It is 0 where no effect on other genes was found, which does not mean that
there is none.</p>
<p><b>Interaction</b> of a pair is the impact of switching on both less the impacts of switching on each: positive where
two activations do more than the sum of each, negative where they do less (as when both act on the same genes), and near 0
where each does its own (a little below, for two genes share the room that they take). <b>Network interaction</b> is the same
of the network impacts.</p>
""", "knockdown": """
<p>A knockdown leaves a gene KEEPS of its presence in what the mapping is given, and KEEPS of its share.
<b>Impact</b> is how much the predicted make-up of the cell changes: the Bray-Curtis distance between its
profile before, BASE, and the one predicted after it, from 0 (nothing) to 1 (everything). What goes of the gene's own share,
TAKES of it, is in it: an abundant gene has a high impact even where nothing else happens.</p>
<p><b>Network impact</b> leaves the own share out: it is what changes in the <em>other</em> genes beyond
their being rescaled to fill the gap. It is 0 where no effect on other genes was found, which does not mean that
there is none.</p>
<p><b>Interaction</b> of a pair is the impact of knocking down both less the impacts of knocking down each: positive where
two knockdowns do more than the sum of each, negative where they do less (as when both act on the same genes), 0
where each does its own. <b>Network interaction</b> is the same of the network impacts.</p>
"""}

GUIDE = """SHIFT
RATES
<h3>What they are not</h3>
<p>All scores are predictions from which genes occur together in unperturbed cells. They are no measurements
and no proof of cause: genes that merely go together, with depth, cell type or cycle, can look as if one
acted on the other. A gene that nearly all cells express, or nearly none, cannot be seen. The standard deviation over
cells tells how much cells differ, that over members how far
mappings trained anew disagree; neither tells how far from the truth all of them are. Pairs with few cells
have unsteady means. Before anything is built on a score, compare the mapping with its baselines (above, and
<code>dko evaluate</code>), and test in the lab.</p>
"""


SHIFT = """
<p><b>Shift</b> is how far A_LOSS takes a cell along the way from A to B, by what changes in the other genes: 1 is the whole
way, below 0 leads away.APPROACH</p>
"""


def part(report, _) -> str:
    base, kind = BASES.get(report.screen.base, clean(report.screen.base)), report.kind
    text = (SCORES[kind.event] + GUIDE).replace("SHIFT", SHIFT if report.toward is not None else "")
    for word, meaning in (("BASE", base), ("A_LOSS", kind.a_loss), ("KEEPS", f"{kind.keeps:g}"), ("TAKES", f"{kind.takes:g}")):
        text = text.replace(word, meaning)
    text = text.replace("APPROACH", APPROACH if "approach" in report.screen.single_scores else "")
    return section("guide", "How to read the scores", text.replace("RATES", rates(report)))


def rates(report) -> str:
    """Which q is which, of those on this page."""
    kinds = []
    if report.genes is not None and "q_value" in report.genes:
        event = "presence" if report.kind.activates else "loss"
        kinds.append(f"<b>q of effects</b>: whether the {event} of the gene changes any other gene (against decoys of the "
                     "gene)")
    if report.toward is not None and report.toward.has_q_values:
        it = "its whole loss" if report.kind.keeps else "it"
        kinds.append(f"<b>q of shift</b>: whether {it} moves cells of A toward B or away (against decoys, and against the "
                     "noise of few cells)")
    if report.groups is not None and len(report.groups.contrast):
        kinds.append("<b>q of difference</b>: whether a score differs between groups of cells (a rank-sum test, which takes "
                     "cells as independent)")
    if report.effects is not None and "q" in report.effects.effects:
        kinds.append("<b>q of the effect</b>: of one gene on one other")
    if not kinds:
        return ""
    return f"<p>Each <b>q</b> is a false discovery rate, but of another question; they do not compare. {'; '.join(kinds)}.</p>"
