"""The parts of the page, one module each, in their order: results first, where they come from last.

A part is a function `part(report, drawn)` of what dko.report.data collected and of the pictures that were drawn; it gives
HTML, "" where there is nothing to show. To add one: a module here, and its line in PARTS.
"""
from dko.report.parts import (belief, cells, citing, effects, genes, groups, guide, listed, pairs, quality, run, toward,
                              training)

# Anchor, title in the menu (EVENTS: knockouts, or what else was screened), function.
PARTS = (
    ("toward", "From A to B", toward.part),
    ("genes", "Genes", genes.part),
    ("groups", "Groups of cells", groups.part),
    ("cells", "UMAP", cells.part),
    ("pairs", "Pairs", pairs.part),
    ("effects", "Effects", effects.part),
    ("listed", "Listed EVENTS", listed.part),
    ("belief", "Can this be believed?", belief.part),
    ("quality", "Quality", quality.part),
    ("guide", "How to read it", guide.part),
    ("training", "Training", training.part),
    ("citing", "How to cite", citing.part),
    ("run", "How it was made", run.part),
)
