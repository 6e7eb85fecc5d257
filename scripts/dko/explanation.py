"""dko.Screen.explain: what an event of a screen, or one like it, does to every gene."""
from __future__ import annotations

import numpy as np
import pandas as pd

from dko.files import InputError, UsageError
from dko.model import ENTRIES, RESIDUE, Model, open_model


def explain(screen, model, genes, cell=None) -> pd.DataFrame:
    """Every gene's predicted change in an event of `genes`, in one cell or averaged over the cells in which it can happen. It
    is what the screen does: all of them are lost, lose a part (--knockdown), or are switched on (--activate). A + before a
    gene says that it is switched on, a - that it is lost, as in the tables of the screen: what the screen was made for
    does not matter then. A gene whose own name begins with a sign is found by that name. Columns:

    gene            of those that any of these cells expresses, or that are switched on
    knocked_out     whether it is one of the lost ones
    activated       whether it is one of those that are switched on; only where there are such
    cells           how many of the cells express it; in the others its share counts as 0
    share_before    its share of the intact cell, in the base profile of the screen
    share_after     after the event
    change          share_after - share_before
    renormalised    what its share would be if the lost ones were cut out, or those switched on put in, and the rest rescaled
    network_change  share_after - renormalised: what comes through other genes
    direct_q        least q-value of the direct effects of these genes on it; NaN without such an effect. Only
                    where the model has q-values

    The genes of the event come first, then the largest network change, either way: the columns and the order of
    `dko explain`. The attributes (attrs) of the table: cells, impact, network (means over the cells), not_visible:
    {gene: reason} of genes of the event whose absence the cells do not show, so that what they do to others is unknown; and
    knockdown, F, where lost genes keep that part. Which genes a cell expresses comes from the single events of the screen.
    A screen that switches genes on does not hold what the cells express of others: it explains events on the fitted profile,
    and no others. Holds 4 million cells × genes at a time, and no weights of the original's mapping beyond 1,024 rows.
    """
    if not isinstance(model, Model):
        with open_model(model) as opened:
            return explain(screen, opened, genes, cell)
    if model.genes != screen.genes:
        raise InputError(f"{model.path}: is of other genes than {screen.path}")
    stated = [file.provenance.get("model_checksum") for file in (model, screen)]
    if stated[0] != stated[1]:
        raise InputError(f"{model.path}: is not the model that {screen.path} was made with")
    event = Event(screen, genes)
    cells = [screen.cell_number(cell)] if cell is not None else range(len(screen.cells))
    require_profiles(screen, model)
    return table_of(screen, model, event, cells_of(screen, event, cells, must=cell is not None))


class Event:
    """The numbers of the genes that are lost and of those that are switched on, ascending; what lost genes keep."""

    def __init__(self, screen, genes):
        genes = [genes] if isinstance(genes, (str, int, np.integer)) else list(genes)
        found = [screen.event_gene(gene) for gene in genes]
        self.lost = np.unique([number for number, adds in found if not adds]).astype(np.int64)
        self.added = np.unique([number for number, adds in found if adds]).astype(np.int64)
        self.genes = np.concatenate([self.lost, self.added])
        self.keeps = screen.presence
        both = np.intersect1d(self.lost, self.added)
        if not len(self.genes):
            raise UsageError("explain() wants at least one gene to lose, or to switch on")
        if len(both):
            raise UsageError(f"{screen.genes[both[0]]} is to be lost, and to be switched on: it can be one of them")
        if self.keeps > 0 and len(self.added):
            raise UsageError(f"{screen.path}: lost genes keep {self.keeps:g} of their presence, and none can be switched on "
                             "then: explain with a screen of knockouts or activations")


def require_profiles(screen, model):
    """@raises UsageError where the screen does not hold what the cells express, or how much of it where that matters"""
    if not screen.has_singles:
        raise UsageError(f"{screen.path}: has no single knockouts or activations, which tell what the cells express: explain "
                         "with a screen of all of them, or with dko.explain (dko explain) and the expression data")
    if screen.activates and (screen.base != "fitted" or model.has_levels):
        raise UsageError(f"{screen.path}: switches genes on, and does not hold how much the cells express of others, which "
                         f"{'the levels of this model take' if model.has_levels else f'--base {screen.base} takes'}: "
                         "explain with a screen of all knockouts by this model, and a + before the gene, or with "
                         "dko.explain(model, adata, activate=...) (dko explain --activate)")


def expressed_in(screen, cell: int) -> np.ndarray:
    """The genes that a cell expresses: those that were lost in it, or all but those that were switched on; ascending."""
    genes = screen.genes_of(cell)
    return np.setdiff1d(np.arange(len(screen.genes)), genes) if screen.activates else genes


def require_all_genes(screen, cells):
    """Refuses cells of which the screen does not have all genes that they express, or lack.
    @raises UsageError"""
    stored = np.diff(screen.starts)[cells]
    if screen.expressed is not None:
        expressed = screen.expressed[cells]
        possible, least = (len(screen.genes) - expressed, 1) if screen.activates else (expressed, 2)
        restricted = bool(((stored != possible) & (expressed >= least)).any())
    else:  # an older file, of which only the command tells
        words = str(screen.provenance.get("command", "")).split()
        restricted = any(word == option or word.startswith(option + "=") for word in words
                         for option in ("--knockout-genes", "--knockout-cells"))
    if restricted and screen.activates:
        raise UsageError(
            f"{screen.path}: holds the activations of some genes or cells only (--activate, --knockout-cells): it does not "
            "tell which genes the cells express; explain with a screen of all, or with "
            "dko.explain(model, adata, activate=...) (dko explain --activate)")
    if restricted:
        raise UsageError(
            f"{screen.path}: holds the knockouts of some genes or cells only (--knockout-genes, --knockout-cells): "
            "it does not tell which genes the cells express; explain with a screen of all, or "
            "with dko explain and the expression data")


def cells_of(screen, event: Event, cells, must: bool) -> np.ndarray:
    """Those of `cells` that express all lost genes and at least one more, and none of those to switch on."""
    require_all_genes(screen, np.fromiter(cells, dtype=np.int64))
    found = []
    for cell in cells:
        expressed = expressed_in(screen, cell)
        if len(expressed) > len(event.lost) and np.isin(event.lost, expressed).all() and \
                not np.isin(event.added, expressed).any():
            found.append(cell)
    if not found:
        names = [", ".join(screen.genes[gene] for gene in genes) for genes in (event.lost, event.added)]
        cannot = [f"{names[0]} cannot be lost"] if names[0] else []
        cannot += [f"{names[1]} cannot be switched on"] if names[1] else []
        why = ["not expressed there, or nothing else is"] if names[0] else []
        why += ["expressed there already, or nothing is" if not names[0] else "or expressed there already"] if names[1] else []
        where = f"cell {screen.cells[cells[0]]}" if must else "any cell"
        raise UsageError(f"{screen.path}: {' and '.join(cannot)} in {where}: {', '.join(why)}")
    return np.array(found)


def not_visible(model, genes) -> dict:
    """{gene: reason} of those of the genes numbered so that are not visible; empty where that is not known."""
    known = model.visibility
    if known is None:
        return {}
    hidden = known["why"].iloc[genes]
    return hidden[hidden != ""].to_dict()


class Sums:
    """Profiles before, after and rescaled, scores, and how many cells express each gene: over cells."""

    def __init__(self, screen, model, event: Event, cells):
        width = len(screen.genes)
        self.profiles, self.scores = np.zeros((3, width)), np.zeros(2)
        self.expressing = np.zeros(width, dtype=np.int64)
        block = max(1, ENTRIES // width)
        for first in range(0, len(cells), block):
            of_block = cells[first:first + block]
            presence = np.zeros((len(of_block), width))
            for row, cell in enumerate(of_block):
                presence[row, expressed_in(screen, cell)] = 1
            *profiles, impact, network = model.knock_out(presence, event.lost, screen.observed(of_block),
                                                         screen.covariates(of_block), keeps=event.keeps, added=event.added)
            self.profiles += [profile.sum(axis=0) for profile in profiles]
            self.scores += impact.sum(), network.sum()
            self.expressing += presence.sum(axis=0).astype(np.int64)


def table_of(screen, model, event: Event, cells) -> pd.DataFrame:
    sums = Sums(screen, model, event, cells)
    before, after, rescaled = sums.profiles / len(cells)
    numbers = np.arange(len(screen.genes))
    columns = {"gene": np.array(screen.genes, dtype=object), "knocked_out": np.isin(numbers, event.lost)}
    if len(event.added):
        columns["activated"] = np.isin(numbers, event.added)
    table = pd.DataFrame({
        **columns,
        "cells": sums.expressing,
        "share_before": before,
        "share_after": after,
        "change": after - before,
        "renormalised": rescaled,
        "network_change": np.where(np.abs(after - rescaled) < RESIDUE, 0.0, after - rescaled)
    })
    direct_q = model.direct_q_values(event.genes)
    if direct_q is not None:
        table["direct_q"] = direct_q
    is_of_event = np.isin(numbers, event.genes)
    shown = np.flatnonzero((sums.expressing > 0) | is_of_event)
    order = np.lexsort((-table["network_change"].abs().iloc[shown], ~is_of_event[shown]))
    table = table.iloc[shown[order]].reset_index(drop=True)
    impact, network = sums.scores / len(cells)
    table.attrs = {
        "cells": len(cells),
        "impact": float(impact),
        "network": float(network),
        "not_visible": not_visible(model, event.genes)
    }
    if event.keeps > 0:
        table.attrs["knockdown"] = event.keeps
    return table
