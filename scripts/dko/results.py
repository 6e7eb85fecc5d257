"""Reads what dko computed: opens a screen.h5 and gives its scores as pandas tables, with names.

    import dko
    with dko.open_screen("screen.h5") as screen:
        screen.singles(cell="AAACCTGCAAGGACAC")        # every single knockout of one cell
        screen.pairs(cell=17)                          # its pairs, with their interactions
        screen.pairs(gene1="Trem2", gene2="Cd74")      # one pair, in every cell that expresses both
        screen.gene_summary()                          # every gene over its cells
        screen.obs                                     # columns of the cells, such as their types
        screen.gene_summary_by("type")                 # every gene within each group of cells
        screen.contrast("type", "A", "B")              # every gene in cells of A compared with those of B
        screen.visibility                              # of which genes the cells show an absence
        screen.pair_summary(top=100)                   # the pairs that interact most, over cells
        screen.explain("model.h5", ["Trem2"], cell=17) # what every other gene does then

Genes and cells are named (a string) or numbered from 0 (an integer). A screen is never loaded whole: every
function says what it reads and holds. Needs h5py, numpy and pandas, scipy for matrices and explain(). The
manual (include/dko/knockout/README.md) says what the scores mean.
"""
from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from dko.events import require_summable
from dko.files import (  # noqa: F401 (some are for users)
    DkoError,
    InputError,
    ReadError,
    UsageError,
    attributes,
    member_groups,
    read_metrics,
    read_training)
from dko.groups import Groups
from dko.q_values import read_gene_q_values, read_rates
from dko.screen_file import INTERACTIONS, PAIR_COLUMNS, ScreenFile, interaction_of
from dko.stored_summary import StoredSummary
from dko.summary import Moments, PairTable, pair_ranking, summarise_double, summarise_list
from dko.visibility import rank_genes, read_visibility


def open_screen(path) -> "Screen":
    """Opens a screen; use it in a `with` statement, or call close(). Reads the names of genes and cells and
    where each cell's scores start, no scores. Raises ReadError or InputError."""
    return Screen(path)


class Screen(ScreenFile, Groups):
    """A finished screen, open for reading.

    genes, gene_ids, cells   names, in the order of the input
    provenance               what was run: command, input, seed, checksums, … (a dict)
    members                  by how many mappings it was made
    base                     the profile whose change was scored: "fitted", "shrunk" or "observed"
    keep, keep_by            how much of all pairs it holds: "full", "top:100", "summary", …, and selected by what
    has_singles, has_pairs, has_all_pairs, has_summary, list_order, n_singles, n_pairs, single_scores, pair_scores
    """

    # Single knockouts -------------------------------------------------------------------------------------

    def singles(self, cell=None, gene=None) -> pd.DataFrame:
        """Single knockouts: columns gene, cell, and what is stored of impact, network, share, impact_sd and
        network_sd (the deviations over the members of an ensemble), along a direction shift and approach too; where it is
        known `not_visible` (see visibility; the reason, empty for a visible gene). `gene` may be a list.

        Of a cell its own scores are read. Of genes all of single/ is read in blocks, and what is theirs is
        held. Without either all single knockouts are held: 24 bytes and 4 a score each. A list of single
        knockouts (list/) serves where single/ is absent, without `not_visible`."""
        if not self.has_singles:
            if self.list_order != 1:
                raise UsageError(f"{self.path}: has no single knockouts")
            return self._listed(cell, [] if gene is None else self._gene_numbers(gene), any_of=True)
        chosen = None if gene is None else self._gene_numbers(gene)
        first, last = (0, None) if cell is None else (self.cell_number(cell), self.cell_number(cell) + 1)
        why = {} if self._reasons is None else {"not_visible": self._reasons}
        parts = []
        for cells, genes, values in self._single_blocks(self.single_scores, first, last):
            keep = slice(None) if chosen is None else np.isin(genes, chosen)
            parts.append(
                pd.DataFrame({
                    "gene": self._event_labels[genes[keep]],
                    "cell": self._cell_labels[cells[keep]],
                    **{score: value[keep]
                       for score, value in values.items()},
                    **{title: reasons[genes[keep]]
                       for title, reasons in why.items()}
                }))
        return _joined(parts, ["gene", "cell", *self.single_scores, *why])

    def singles_matrix(self, score: str = "impact"):
        """One score of all single knockouts, a scipy CSR matrix of cells × genes. What a gene does not have
        in a cell is not stored, and reads as 0. Loads the score and its places: 8 bytes a knockout."""
        import scipy.sparse
        if score not in self.single_scores:
            raise UsageError(f"{self.path}: has no {score} of single knockouts")
        group = self._file["single"]
        parts = (group[score]["data"][:], group["indices"][:], self.starts)
        return scipy.sparse.csr_matrix(parts, shape=(len(self.cells), len(self.genes)))

    def scores_over_cells(self, score: str, genes) -> np.ndarray:
        """One score of the single knockouts of some genes, genes × cells in the order of cells, in single precision; NaN
        where a cell did not lose the gene. Reads single/ once, in blocks."""
        if score not in self._need_singles():
            raise UsageError(f"{self.path}: has no {score} of single knockouts")
        numbers = np.array([self.gene_number(gene) for gene in genes], dtype=np.int64)
        found = np.full((len(numbers), len(self.cells)), np.nan, dtype=np.float32)
        for cells, lost, values in self._single_blocks([score]) if len(numbers) else ():
            for row, number in enumerate(numbers):
                at = lost == number
                found[row, cells[at]] = values[score][at]
        return found

    def gene_summary(self, by=None) -> pd.DataFrame:
        """Every gene over the cells in which it was knocked out: rank, gene, id, cells (their number), of
        every stored score NAME_mean and NAME_sd (sample standard deviation over cells; NaN of one cell), of
        deviations over members only the mean, and where they are known `q_value` (see q_values), `shift_q_value` (see
        direction), `cells_without`, `information` and `not_visible` (see visibility; the reason, empty for a visible gene).
        Highest mean
        `by` first, a stored score (shift where there is a direction, else impact, else network). The network impact of a
        gene that is not visible is unknown: by it such genes come after all others.
        Reads single/ once, in blocks; holds a few numbers a gene."""
        scores = self._need_singles()
        moments = Moments(len(self.genes), scores)
        for _, genes, values in self._single_blocks(scores):
            moments.add(genes, values)
        return self._gene_table(moments, by)

    def _gene_table(self, moments: Moments, by) -> pd.DataFrame:
        """The genes that have a value, the highest mean first."""
        scores = self.single_scores
        by = ("shift" if "shift" in scores else scores[0]) if by is None else by
        if by not in scores:
            raise UsageError(f"{self.path}: has no {by} of single knockouts, only {', '.join(scores)}")
        table = self._summary(moments, self._event_labels, "gene", "cells")
        table.insert(1, "id", np.array(self.gene_ids, dtype=object)[table.index])
        q_values = self.q_values
        if q_values is not None:
            table["q_value"] = q_values.to_numpy()[table.index]
        direction = self.direction
        if direction is not None and "q_value" in direction["genes"]:
            table["shift_q_value"] = direction["genes"]["q_value"].to_numpy()[table.index]
        known = self.visibility
        if known is not None:
            for name in ("cells_without", "information"):
                table[name] = known[name].to_numpy()[table.index]
            table["not_visible"] = known["why"].to_numpy()[table.index]
        table = rank_genes(table, by).reset_index(drop=True)
        table.insert(0, "rank", np.arange(1, len(table) + 1))
        return table

    def cell_summary(self, visible_only: bool = False) -> pd.DataFrame:
        """The same of every cell over its genes: cell, genes, NAME_mean, NAME_sd, in the order of cells. With
        visible_only over those that are visible, where that is known (see visibility): effects of others are unknown."""
        return self.numbered_cells(visible_only).reset_index(drop=True)

    def numbered_cells(self, visible_only: bool = False) -> pd.DataFrame:
        """cell_summary() with the numbers of the cells as its index, which tell cells of one name apart."""
        moments = Moments(len(self.cells), self._need_singles())
        known = self.visibility if visible_only else None
        seen = np.full(len(self.genes), True) if known is None else known["visible"].to_numpy()
        for cells, genes, values in self._single_blocks(self.single_scores):
            kept = seen[genes]
            moments.add(cells[kept], {score: value[kept] for score, value in values.items()})
        return self._summary(moments, self._cell_labels, "cell", "genes")

    def _need_singles(self) -> list:
        if not self.has_singles:
            raise UsageError(f"{self.path}: has no single knockouts of every gene to summarise")
        return self.single_scores

    @staticmethod
    def _summary(moments: Moments, labels, what: str, over: str) -> pd.DataFrame:
        """Of those that have any value, in their order, by which they are the index."""
        chosen = np.flatnonzero(moments.count)
        columns = {what: labels[chosen], over: moments.count[chosen], **moments.columns(chosen)}
        return pd.DataFrame(columns, index=chosen)

    # Pairs ------------------------------------------------------------------------------------------------

    def pairs(self, cell=None, gene1=None, gene2=None) -> pd.DataFrame:
        """Double knockouts: columns gene1, gene2, cell, what is stored of impact, network, impact_sd and
        network_sd, and interaction = impact(pair) - impact(gene1) - impact(gene2) (network_interaction of
        network) where the single knockouts are there.

        Of a cell all its pairs: reads and holds n(n-1)/2 of n expressed genes. Of gene1 and gene2 the pair in
        every cell that has it: reads the genes of all cells in blocks, and a value a cell. Where only listed
        or sampled pairs are there, reads the list in blocks and holds what was asked for."""
        if self.has_summary:
            raise UsageError(f"{self.path}: holds a summary of its pairs over cells: see pair_summary()")
        if not self.has_pairs:
            raise UsageError(f"{self.path}: has no pairs of genes: screen with --order 2")
        if cell is None and (gene1 is None or gene2 is None):
            raise UsageError("pairs() is of a cell, or of gene1 and gene2: all pairs would not fit into "
                             "memory; pair_summary() tells of them over all cells")
        genes = [self.gene_number(gene) for gene in (gene1, gene2) if gene is not None]
        if len(set(genes)) < len(genes):
            raise UsageError("gene1 and gene2 are the same gene")
        if not self.has_all_pairs:
            return self._listed(cell, genes)
        if len(genes) == 2:
            table = self._pair_over_cells(*sorted(genes))
            return table if cell is None else \
                table[table["cell"] == self.cells[self.cell_number(cell)]].reset_index(drop=True)
        table = self._pairs_of_cell(self.cell_number(cell))
        for gene in genes:
            table = table[(table["gene1"] == self._event_labels[gene]) | (table["gene2"] == self._event_labels[gene])]
        return table.reset_index(drop=True)

    def _pairs_of_cell(self, cell: int) -> pd.DataFrame:
        targets = self.genes_of(cell)
        if self.pair_starts[cell] == self.pair_starts[cell + 1]:
            targets = targets[:0]
        first, second = np.triu_indices(len(targets), 1)
        values = self._stored_pairs(cell, np.arange(len(targets)), 0, max(0, len(targets) - 1))
        singles = {score: self._singles_of(cell, score) for score in self._interacting()}
        for score, of_genes in singles.items():
            values[INTERACTIONS[score]] = interaction_of(values[score], of_genes[first], of_genes[second])
        labels = self._event_labels
        return pd.DataFrame({
            "gene1": labels[targets[first]],
            "gene2": labels[targets[second]],
            "cell": self.cells[cell],
            **{name: values[name]
               for name in self.pair_scores}
        })

    def _pair_over_cells(self, gene1: int, gene2: int) -> pd.DataFrame:
        stored = self._stored("double", PAIR_COLUMNS)
        rows = []
        for cells, genes, singles in self._single_blocks(self._interacting()):
            first, second = np.flatnonzero(genes == gene1), np.flatnonzero(genes == gene2)
            both, at1, at2 = np.intersect1d(cells[first],
                                            cells[second],
                                            assume_unique=True,
                                            return_indices=True)
            start = self.starts[cells[0]]
            for cell, place1, place2 in zip(both, first[at1], second[at2]):
                if self.pair_starts[cell] == self.pair_starts[cell + 1]:
                    continue
                a, b = (place + start - self.starts[cell] for place in (place1, place2))
                number = self.pair_starts[cell] + a * (2 * self.count_of(cell) - a - 1) // 2 + b - a - 1
                row = {
                    "gene1": self._event_labels[gene1],
                    "gene2": self._event_labels[gene2],
                    "cell": self.cells[cell],
                    **{score: self._file["double"][score][number]
                       for score in stored}
                }
                for score, values in singles.items():
                    row[INTERACTIONS[score]] = interaction_of(row[score], values[place1], values[place2])[()]
                rows.append(row)
        return pd.DataFrame(rows, columns=["gene1", "gene2", "cell", *self.pair_scores])

    def pair_summary(self, genes=None, cells=None, top=None, by=None, min_cells: int = 1,
                     lowest: bool = False) -> pd.DataFrame:
        """Every pair over its cells, as `dko summarize` has it: rank, gene1, gene2, cells (their number), of
        every score and interaction NAME_mean and NAME_sd (sample standard deviation over cells; of deviations
        over members only the mean), and same_sign (the share of cells in which the interaction has the sign
        of its mean; network_same_sign of network_interaction), and where it is known `not_visible` (the names of
        those of the two genes that are not visible; empty where both are visible).
        The highest mean shift comes first where there is a direction; else the strongest mean network interaction, either
        way, or interaction where that is not known,
        or network, or impact; or the highest mean of another score `by`; with `lowest` the lowest mean of it.

        Only of pairs among `genes` and over `cells`, if given; only pairs of at least `min_cells`; only the
        `top` strongest. Reads the pairs of each cell in turn, and holds sums of at most 512 MB at a time,
        beside the table that it returns: give `top` or `genes` where there are many thousand genes.

        Of a screen by `--keep summary` the table is read as it is stored, in single precision and with
        NAME_min and NAME_max, in blocks; over all its cells only. Of one by `--keep top:K` or `--threshold` it
        is over the pairs that were kept, and biased by that choice."""
        if self.has_summary:
            if cells is not None:
                raise UsageError(f"{self.path}: holds a summary over all cells; a full screen has each")
            chosen = np.arange(len(self.genes)) if genes is None else self._gene_numbers(genes)
            stored = StoredSummary(self._file["summary"], self._event_labels, f"{self.path}/summary", self.visibility)
            return stored.table(chosen, top, by, min_cells, lowest)
        if not self.has_pairs:
            raise UsageError(f"{self.path}: has no pairs of genes: screen with --order 2")
        require_summable(self)
        measures = self.pair_scores
        by = pair_ranking(measures, by, self.path)
        chosen = np.arange(len(self.genes)) if genes is None else self._gene_numbers(genes)
        within = None if cells is None else np.unique(self._table("cell").all_numbers(cells))
        table = PairTable(self._event_labels, measures, by, top, min_cells, lowest, self.visibility)
        if self.has_all_pairs:
            summarise_double(self._pairs_of_band, len(self.genes), chosen,
                             np.arange(len(self.cells)) if within is None else within, measures, table)
        else:
            summarise_list(lambda scores: self._chosen_list_blocks(scores, chosen, within), len(self.genes),
                           len(self.cells), measures, table)
        return table.finish()

    # Lists ------------------------------------------------------------------------------------------------

    def listed(self, cell=None, top=None, by=None) -> pd.DataFrame:
        """The listed or sampled knockouts (list/), of any number of genes, in their order, or the `top` of
        them with the highest score `by` (impact, else network): gene1, gene2, … (gene of single ones), cell and
        scores. Reads the list in blocks, holds what was asked for."""
        if not self.list_order:
            raise UsageError(f"{self.path}: has no list of knockouts")
        if by is not None and by not in self.list_scores:
            raise UsageError(f"{self.path}: has no {by} of its list, only {', '.join(self.list_scores)}")
        return self._listed(cell, [], top=top, by=by)

    def _listed(self, cell, genes, any_of: bool = False, top=None, by=None) -> pd.DataFrame:
        """Of events that hold all of `genes`, or any of them."""
        order = self.list_order
        titles = ["gene"] if order == 1 else [f"gene{at + 1}" for at in range(order)]
        scores = self.pair_scores if order == 2 and not self.has_all_pairs else self._stored(
            "list", PAIR_COLUMNS)
        within = None if cell is None else self.cell_number(cell)
        parts, first = [], 0
        for of, cells, values in self._list_blocks(scores):
            keep = np.full(len(cells), True) if within is None else cells == within
            if any_of and len(genes):
                keep &= np.isin(of, genes).any(axis=1)
            elif not any_of:
                for gene in genes:
                    keep &= (of == gene).any(axis=1)
            labels = self._list_labels(of, first, keep)
            first += len(cells)
            parts.append(
                pd.DataFrame({
                    **{title: labels[:, at]
                       for at, title in enumerate(titles)}, "cell": self._cell_labels[cells[keep]],
                    **{score: values[score][keep]
                       for score in scores}
                }))
            if top is not None:
                held = _joined(parts, [])
                parts = [held.sort_values(by or scores[0], ascending=False, kind="stable").head(top)]
        return _joined(parts, [*titles, "cell", *scores])

    # The mapping ------------------------------------------------------------------------------------------

    @property
    def visibility(self):
        """How well the cells that made the mapping show the absence of each gene, a table indexed by gene:
        cells_with, cells_without, unexplained (absences that counting does not explain), information (in cells),
        visible, by_level (visible by its level alone), and why (why it is not visible, in words; empty for a visible
        gene). A gene that is not visible has unknown effects on others, whatever its scores. None if the file does not
        say (made by 0.1)."""
        return read_visibility(self._file, self.genes)

    @functools.cached_property
    def _reasons(self):
        """Why each gene is not visible, by number; None where that is not known."""
        known = self.visibility
        return None if known is None else known["why"].to_numpy()

    @property
    def q_values(self):
        """The false discovery rate of each gene's network, a Series indexed by gene: the least q-value of its
        effects on others. None if they were not computed: of the original's mapping, or by an earlier version."""
        return read_gene_q_values(self._file, self.genes)

    @property
    def direction(self):
        """What shift and approach are along: {"from", "toward": the conditions on cells A and B (or the file of a
        profile), "from_cells", "toward_cells": their names, "length": |d|, "genes": a table indexed by gene of the mean
        profiles from_mean and toward_mean and their difference d, and q_value, the false discovery rate of the gene's
        mean shift, where it is known}; None of a screen without a direction."""
        if "direction" not in self._file:
            return None
        group = self._file["direction"]
        known = attributes(group)
        table = pd.DataFrame({name: group[name][:] for name in ("from_mean", "toward_mean")},
                             index=pd.Index(self._gene_labels, name="gene"))
        table["d"] = table["toward_mean"] - table["from_mean"]
        rates = read_rates(group, "gene_q_value", len(self.genes))
        if rates is not None:
            table["q_value"] = rates
        cells = {name: list(self._cell_labels[self.numbers_along(name)]) for name in ("from_cells", "toward_cells")}
        return {**{name: known[name] for name in ("from", "toward", "length")}, **cells, "genes": table}

    def numbers_along(self, name: str) -> np.ndarray:
        """The numbers of the cells of a direction, "from_cells" or "toward_cells"; none of the latter where it leads to a
        profile."""
        numbers = self._file["direction"][name][:]
        self._require_below(numbers, len(self.cells), f"direction/{name}")
        return numbers.astype(np.int64)

    @property
    def training(self):
        """How the mapping came to be: {"settings", "members": attributes of each, "losses": a table of its
        steps}; None if the file does not say (older ones). Loads the curves."""
        if "training" not in self._file:
            return None
        group = self._file["training"]
        return {"settings": attributes(group), **read_training(member_groups(group))}

    @property
    def quality(self):
        """How the mapping predicts profiles of cells that it was not trained on: {"cells", "what": which
        cells these are, "metrics": figures of it and of baselines, "genes", "entries": tables}; None if the
        file does not say. Loads at most 20,000 entries and three numbers a gene."""
        if "quality" not in self._file:
            return None
        group = self._file["quality"]
        quality = {**attributes(group), "metrics": read_metrics(group)}
        if "genes" in group:
            columns = {name: group["genes"][name][:] for name in group["genes"]}
            quality["genes"] = pd.DataFrame({"gene": self._gene_labels, **columns})
        if "entries" in group:
            columns = {name: group["entries"][name][:] for name in group["entries"]}
            for name, labels in (("gene", self._gene_labels), ("cell", self._cell_labels)):
                self._require_below(columns[name], len(labels), f"quality/entries/{name}")
                columns[name] = labels[columns[name]]
            quality["entries"] = pd.DataFrame(columns)
        return quality

    @property
    def advice(self):
        """What was said when the original's mapping was trained: {"determined": whether validation cells determine it,
        "text", and the figures behind it}; None where there were too few such cells, or the file does not say."""
        return attributes(self._file["advice"]) if "advice" in self._file else None

    def observed(self, cells):
        """What the file tells of these cells for explain(); None where the base is fitted."""
        if self.base == "fitted":
            return None
        from dko.model import Observed
        shares = np.zeros((len(cells), len(self.genes)))
        for row, cell in enumerate(cells):
            shares[row, self.genes_of(cell)] = self._file["single/observed"][self.starts[cell]:self.starts[cell + 1]]
        return Observed(self.base, shares, self.totals(cells))

    def totals(self, cells):
        """The sum of each cell's counts, infinite where the data are none; None where the base is fitted."""
        return None if self.base == "fitted" else self._file["cells/total"][:][np.asarray(cells)]

    @property
    def has_covariates(self) -> bool:
        """Whether the mapping takes covariates of the cells."""
        return "covariates" in self._file["cells"]

    def covariates(self, cells):
        """The numbers of these cells that a model with covariates takes, cells × numbers; None without such."""
        if not self.has_covariates:
            return None
        return self._file["cells/covariates"][:][np.asarray(cells)]

    def explain(self, model, genes, cell=None) -> pd.DataFrame:
        """What losing `genes` does to every gene, or what else the screen does to them ("+gene": switching it on), by the
        model of this screen (the path of model.h5, or what dko.open_model gave): see dko.explanation.explain."""
        from dko.explanation import explain
        return explain(self, model, genes, cell)


def _joined(parts, columns) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
