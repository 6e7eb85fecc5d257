"""What the report shows of a screen, computed once: tables, figures and captions are of it, so that they agree."""
from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dko.effects import Effects, read_effects
from dko.events import is_summable
from dko.files import InputError
from dko.model import open_model
from dko.report.groups import GroupsShown
from dko.report.kind import Kind, kind_of_screen
from dko.report.prediction import read_prediction
from dko.report.toward import Toward, collect_toward
from dko.results import Screen
from dko.summary import pair_ranking
from dko.visibility import rank_genes

MOST_ROWS = 15  # genes or pairs in a figure of rows
BOXES = 12  # genes whose distribution over cells is drawn
HEAT_GENES = 20  # genes of the heat map
LEAST_HEAT_GENES = 4


@dataclass
class Report:
    """Everything on the page; None and empty tables where the files do not tell."""

    screen: Screen
    top: int
    min_cells: int = 1
    genes: pd.DataFrame | None = None  # gene_summary
    visibility: pd.DataFrame | None = None
    unseen: dict = field(default_factory=dict)  # {gene: why it is not visible}, genes as the tables call them
    cells: pd.DataFrame | None = None  # numbered_cells over the visible genes
    of_top_genes: pd.DataFrame | None = None  # all single knockouts of those that the distribution shows
    pairs: pd.DataFrame | None = None  # the strongest, pair_summary; by shift those of visible genes
    best_pairs: pd.DataFrame | None = None  # those that are named on top and drawn as arrows: none of a few cells of a list
    pairs_by: str = ""
    pair_cells: int = 0  # over how many cells the pairs were summed
    reads_some_cells: bool = False  # there are pairs in others, too
    pair_least: int = 1  # fewest cells of a pair in the tables
    square: pd.DataFrame | None = None  # mean of pairs_by among the genes of the heat map
    listed: pd.DataFrame | None = None  # the highest listed knockouts, where they are not the pairs above
    listed_by: str = ""
    pairs_away: pd.DataFrame | None = None  # with a direction the pairs of the lowest shift
    groups: GroupsShown | None = None
    toward: Toward | None = None
    umap: object = None  # dko.report.umap.Umap
    effects: Effects | None = None
    training: dict | None = None
    quality: dict | None = None
    quality_from: str = ""
    model_command: str = ""  # by which the model was made, where the model was given
    notes: list = field(default_factory=list)
    paths: dict = field(default_factory=dict)  # as the user gave them: out, model, prediction, effects, input
    asked: list = field(default_factory=list)  # further options of the page, as (name, value)
    scores: tuple = ("network", "impact")  # of single knockouts that are shown, where they are there

    @property
    def kind(self) -> Kind:
        """What its events are."""
        return kind_of_screen(self.screen)

    def only_once(self, labels) -> list:
        """Those of the genes of tables whose name one gene alone has."""
        return [label for label in labels if self.screen.only_once([self.kind.bare(label)])]

    def names_of(self, labels) -> list:
        """Of genes of tables, as Screen finds them."""
        return [self.kind.bare(label) for label in labels]

    @property
    def gene_scores(self) -> list:
        """Which scores of single knockouts are there, network first."""
        return [score for score in self.scores if score in self.screen.single_scores]

    @property
    def has_effects(self) -> bool:
        """Whether any gene's loss changes another gene, as far as that is stored."""
        known = self.genes is not None and "network_mean" in self.genes
        return bool(known and self.genes["network_mean"].max() > 0)

    @property
    def gene_score(self) -> str:
        """By what genes rank: what other genes do, where there is any such effect."""
        if "network" in self.gene_scores and (self.has_effects or self.gene_scores == ["network"]):
            return "network"
        return "impact"

    @property
    def gene_word(self) -> str:
        """What genes are called that are not known not to be visible."""
        return "gene" if self.visibility is None else "visible gene"

    @property
    def has_some_pairs(self) -> bool:
        """Whether the pairs are of a list: selected, sampled or asked for, each in cells of its own."""
        return not (self.screen.has_all_pairs or self.screen.has_summary)

    @property
    def rows_drawn(self) -> int:
        return min(self.top, MOST_ROWS)

    def top_genes(self, score: str, count: int) -> pd.DataFrame:
        """The highest by the mean of a score, of genes in enough cells; by network those that are not visible last."""
        return rank_genes(self.genes[self.genes["cells"] >= self.min_cells], score).head(count)

    def seen_genes(self) -> list:
        """Visible genes in enough cells, in the order in which the page ranks them."""
        highest = self.top_genes(self.gene_score, len(self.genes))["gene"]
        return list(highest[~highest.isin(self.unseen)])

    def share_points(self) -> pd.DataFrame | None:
        """The genes of the figure of impact against share: those that can stand on logarithmic axes. None where
        there is nothing to draw."""
        genes = self.genes
        if genes is None or not {"share_mean", "impact_mean"} <= set(genes):
            return None
        points = genes[(genes["share_mean"] > 0) & (genes["impact_mean"] > 0)]
        return points if len(points) > 1 else None

    def boxed(self) -> list:
        """The highest genes of the figure of distributions: visible ones, for what others do is unknown."""
        return self.seen_genes()[:BOXES]

    def boxes(self) -> dict:
        """{gene: its values in all cells} of the figure of distributions, the highest first."""
        if self.of_top_genes is None or self.of_top_genes.empty:
            return {}
        groups = dict(iter(self.of_top_genes.groupby("gene")[self.gene_score]))
        values = {name: groups[name].to_numpy(dtype=float) for name in self.boxed() if name in groups}
        values = {name: value[np.isfinite(value)] for name, value in values.items()}
        return {name: value for name, value in values.items() if len(value)}


def collect(screen, top: int, min_cells, most_pairs: int, model=None, prediction=None, effects=None, with_pairs: bool = True,
            **more) -> Report:
    """Reads what the report shows. `min_cells` None: 2 % of the cells that have knockouts, at least 3. Without pairs these are
    not read. `more`: fields of Report that are known beforehand."""
    if min_cells is None:
        cells = int(np.count_nonzero(screen.screened)) if screen.has_singles else len(screen.cells)
        min_cells = max(1, min(cells, max(3, round(0.02 * cells))))
    report = Report(screen, top, min_cells, visibility=screen.visibility, **more)
    if report.visibility is not None:
        hidden = report.visibility["why"]
        report.unseen = {report.kind.sign + gene: why for gene, why in hidden[hidden != ""].items()}
    if screen.has_singles:
        summary = screen.gene_summary()
        report.toward = collect_toward(report, summary)
    if screen.has_singles and report.gene_scores:
        report.genes, report.cells = summary, screen.numbered_cells(visible_only=True)
        shown = report.only_once(report.boxed())
        report.of_top_genes = screen.singles(gene=report.names_of(shown)) if shown else None
    if with_pairs and screen.pair_measures and is_summable(screen):
        add_pairs(report, most_pairs)
    if screen.list_order and (screen.list_order != 2 or screen.has_all_pairs or screen.list_adds_genes):
        known = [score for score in ("network", "impact", "shift", "approach") if score in screen.list_scores]
        report.listed_by = known[0] if known else "impact"
        report.listed = screen.listed(top=top, by=report.listed_by)
    report.training = screen.training
    if model is not None:
        add_model(report, model)
    if screen.quality is not None:
        report.quality, report.quality_from = screen.quality, os.path.basename(screen.path)
    if prediction is not None:
        report.quality = read_prediction(screen, prediction)
        report.quality_from = os.path.basename(prediction)
    if effects is not None:
        report.effects = read_effects(effects)
        unknown = set(report.effects.effects["gene"].cat.categories) - set(screen.genes)
        if unknown:
            raise InputError(f"{effects}: is of other genes than {screen.path}: {len(unknown):,} of its genes are not there")
        checksums = {report.effects.model_checksum, screen.provenance.get("model_checksum")} - {"", None}
        if len(checksums) > 1:
            raise InputError(f"{effects}: is not of the model that {screen.path} was made with")
    return report


def add_pairs(report: Report, most_pairs: int):
    """The strongest pairs, over all cells or, of very large screens, over cells spread evenly."""
    screen = report.screen
    report.pairs_by = pair_ranking(screen.pair_measures, None, screen.path)
    cells = np.flatnonzero(screen.pairs_of_cells) if screen.has_all_pairs else np.arange(len(screen.cells))
    with_pairs = len(cells)
    if screen.has_all_pairs and screen.n_pairs > most_pairs:
        count = max(1, with_pairs * most_pairs // screen.n_pairs)
        report.notes.append(f"{screen.n_pairs:,} pairs are many: their means are over {count:,} of the {with_pairs:,} "
                            "cells, spread evenly (option --most-pairs).")
        cells = spread(cells, count)
    report.pair_cells, report.reads_some_cells = len(cells), len(cells) < with_pairs
    if not report.has_some_pairs:
        report.pair_least = least_cells_of_pairs(report.min_cells, len(cells), with_pairs)
    chosen = cells if len(cells) < len(screen.cells) else None
    # Where cells are to be moved, what is unknown would crowd out what is known.
    seen = np.flatnonzero(report.visibility["visible"]) if report.pairs_by == "shift" and report.unseen else None
    of = {"genes": seen, "cells": chosen, "min_cells": report.pair_least}
    report.pairs = report.best_pairs = screen.pair_summary(top=max(report.top, 60), **of)
    if report.has_some_pairs and report.min_cells > report.pair_least:
        report.best_pairs = screen.pair_summary(top=report.top, **{**of, "min_cells": report.min_cells})
    if report.pairs_by == "shift":
        report.pairs_away = screen.pair_summary(top=report.top, lowest=True, **of)
    genes = report.only_once(dict.fromkeys(report.pairs[["gene1", "gene2"]].to_numpy().ravel()))[:HEAT_GENES]
    if len(genes) >= LEAST_HEAT_GENES:
        report.square = square_of(screen.pair_summary(genes=report.names_of(genes), cells=chosen, by=report.pairs_by), genes,
                                  f"{report.pairs_by}_mean")


def least_cells_of_pairs(min_cells: int, read: int, of: int) -> int:
    """In how many cells a pair must be to be shown: as many as a gene, or where only some cells are read, the same part of
    these."""
    return min_cells if read == of else max(1, round(min_cells * read / of))


def spread(numbers, most: int) -> np.ndarray:
    """All, or so many of them, spread evenly."""
    return numbers if len(numbers) <= most else numbers[np.linspace(0, len(numbers) - 1, most, dtype=np.int64)]


def square_of(pairs, genes, column: str) -> pd.DataFrame:
    square = pd.DataFrame(np.nan, index=genes, columns=genes)
    for gene1, gene2, value in pairs[["gene1", "gene2", column]].itertuples(index=False):
        square.loc[gene1, gene2] = square.loc[gene2, gene1] = value
    return square


def add_model(report: Report, path):
    """The training of the model, where the screen does not tell itself.
    @raises InputError if it is not the model of the screen"""
    with open_model(path) as model:
        if model.provenance.get("model_checksum") != report.screen.provenance.get("model_checksum"):
            raise InputError(f"{path}: is not the model that {report.screen.path} was made with")
        report.model_command = str(model.provenance.get("command", ""))
        if report.training is None:
            report.training = model.training


def heat_limit(values) -> float:
    """Where the colours of the heat map end: a single large pair must not take them from all others."""
    known = np.abs(values[np.isfinite(values)])
    largest = float(known.max(initial=0)) or 1e-12
    return float(np.quantile(known, 0.97)) or largest if len(known) else largest
