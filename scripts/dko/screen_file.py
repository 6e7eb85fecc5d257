"""The layout of a screen.h5: names, events and scores as they are stored. Used through dko.results."""
from __future__ import annotations

import os

import numpy as np

from dko.files import UNREADABLE, InputError, OpenFile, attributes, corrupt, open_file, read_names
from dko.names import NameTable
from dko.summary import Band

# The scores a file may have, in the order of the columns of tables.
MEANS = ("impact", "network", "shift")  # of which interactions are derived
DIRECTED = ("shift", "approach", "shift_sd", "approach_sd")
SINGLE_COLUMNS = ("impact", "network", "share", "impact_sd", "network_sd", *DIRECTED)
PAIR_COLUMNS = ("impact", "network", "impact_sd", "network_sd", *DIRECTED)
SUMMARY_MEASURES = ("impact", "network", "impact_sd", "network_sd", "interaction", "network_interaction",
                    "shift", "shift_sd", "shift_interaction")
INTERACTIONS = {"impact": "interaction", "network": "network_interaction", "shift": "shift_interaction"}

BLOCK = 1 << 20  # values read at once
SMALL_READ = 1 << 16  # so few values are read in one piece even if some are not needed


def interaction_of(pair, first, second) -> np.ndarray:
    """ε = pair − first − second in double precision, rounded to single; 0 where it is less than the single
    precision of the three can tell from none, 2⁻²¹ of the sum of their sizes. Bit for bit as dko computes it."""
    pair, first, second = (np.asarray(values, dtype=np.float64) for values in (pair, first, second))
    interaction = pair - first - second
    least = (np.abs(pair) + np.abs(first) + np.abs(second)) / (1 << 21)
    return np.where(np.abs(interaction) > least, interaction, 0.0).astype(np.float32)


class ScreenFile(OpenFile):
    """A finished screen, open for reading, as its arrays are. Scores are read by slices only."""

    def __init__(self, path):
        self.path = os.fspath(path)
        self._file = open_file(path, "screen")
        try:
            self._read_frame()
        except UNREADABLE as error:
            self._file.close()
            raise corrupt(self.path, error) from None
        except Exception:
            self._file.close()
            raise

    def _read_frame(self):
        self.provenance = attributes(self._file)
        if self.provenance.get("complete") != 1:
            raise InputError(f"{self.path}: the screen is not finished: continue it by its command with --resume "
                             f"(dko info --progress {self.path} tells how far it is)")
        self.members = self.provenance.get("members", 1)
        self.base = self.provenance.get("base", "fitted")
        self.keep, self.keep_by = self.provenance.get("keep", "full"), self.provenance.get("keep_by")
        genes = self._file["genes"]
        self.genes = read_names(genes["name"])
        self.gene_ids = read_names(genes["id"]) if "id" in genes else list(self.genes)
        self.cells = read_names(self._file["cells/name"])
        self._gene_labels = np.array(self.genes, dtype=object)
        self.activates = bool(self.provenance.get("activation", 0))
        self.presence = float(self.provenance.get("knockdown", 0.0))
        self._event_labels = "+" + self._gene_labels if self.activates else self._gene_labels
        self._cell_labels = np.array(self.cells, dtype=object)
        self._tables, self._arrays = {}, {}
        self.starts = self._read_starts("single", "indices") if self.has_singles else None
        self.pair_starts = self._read_starts("double", None) if "double" in self._file else None
        self._check_arrays()

    def _read_starts(self, group: str, values):
        starts = self._file[group]["indptr"][:]
        total = len(self._file[group][values]) if values else None
        sound = (len(starts) == len(self.cells) + 1 and starts[0] == 0 and (np.diff(starts) >= 0).all()
                 and (total is None or starts[-1] == total))
        if not sound:
            raise self._damaged(group)
        return starts.astype(np.int64)

    def _check_arrays(self):
        if self.has_singles:
            for score in self.single_scores:
                if len(self._file["single"][score]["data"]) != self.starts[-1]:
                    raise self._damaged(f"single/{score}")
        if self.pair_starts is not None:
            if not self.has_singles:
                raise self._damaged("double")
            counts, pairs = np.diff(self.starts), np.diff(self.pair_starts)
            if not ((pairs == 0) | (pairs == counts * (counts - 1) // 2)).all():
                raise self._damaged("double")
            for score in self._stored("double", PAIR_COLUMNS):
                if len(self._file["double"][score]) != self.pair_starts[-1]:
                    raise self._damaged(f"double/{score}")
        if "list" in self._file:
            shape = self._file["list/genes"].shape
            events = [self._file["list"][name] for name in ("cell", *self._stored("list", PAIR_COLUMNS))]
            if len(shape) != 2 or any(len(values) != shape[0] for values in events):
                raise self._damaged("list")

    def _damaged(self, group: str) -> InputError:
        return InputError(f"{self.path}/{group}: array sizes are inconsistent: the file is corrupt")

    def __repr__(self):
        return f"<dko screen {self.path}: {len(self.genes)} genes x {len(self.cells)} cells>"

    # What the file has ------------------------------------------------------------------------------------

    @property
    def has_singles(self) -> bool:
        """Whether single knockouts of every (chosen) gene are there."""
        return "single" in self._file

    @property
    def screened(self) -> np.ndarray:
        """Of each cell whether single genes were lost in it. Only where single knockouts are there."""
        return np.diff(self.starts) > 0

    @property
    def list_order(self) -> int:
        """How many genes are lost at once in the listed or sampled knockouts; 0 without a list."""
        return self._file["list/genes"].shape[1] if "list" in self._file else 0

    @property
    def has_pairs(self) -> bool:
        """Whether there are pairs: all of them (double/), or listed or sampled ones (list/)."""
        return "double" in self._file or self.list_order == 2

    @property
    def has_summary(self) -> bool:
        """Whether it holds what all pairs come to over cells (summary/), and not the pairs."""
        return "summary" in self._file

    @property
    def has_all_pairs(self) -> bool:
        return "double" in self._file

    def _stored(self, group: str, names) -> list:
        if (group, names) not in self._arrays:  # looked up for every cell: HDF5 takes its time
            self._arrays[group, names] = [name for name in names if group in self._file and name in self._file[group]]
        return list(self._arrays[group, names])

    @property
    def single_scores(self) -> list:
        """Which of impact, network, share, impact_sd, network_sd, shift and approach (and their deviations) the single
        knockouts have."""
        return self._stored("single", SINGLE_COLUMNS)

    @property
    def pair_scores(self) -> list:
        """The same of pairs, and the interactions that follow from them."""
        group = "double" if self.has_all_pairs else "list"
        if not self.has_pairs:
            return []
        return self._stored(group, PAIR_COLUMNS) + [INTERACTIONS[score] for score in self._interacting()]

    @property
    def pair_measures(self) -> list:
        """What pair_summary() has of pairs: the same, or what a stored summary has."""
        if self.has_summary:
            return self._stored("summary", SUMMARY_MEASURES)
        return self.pair_scores

    @property
    def list_scores(self) -> list:
        """The same of listed or sampled knockouts, without interactions."""
        return self._stored("list", PAIR_COLUMNS)

    def _interacting(self) -> list:
        """The scores of which interactions can be derived: the pairs' and all their singles' are there."""
        group = "double" if self.has_all_pairs else "list"
        both = [
            score for score in MEANS
            if score in self._stored(group, MEANS) and score in self._stored("single", MEANS)
        ]
        return both if self.has_all_pairs or (both and self._list_has_singles()) else []

    def _list_has_singles(self) -> bool:
        if not hasattr(self, "_listed_singles"):
            self._listed_singles = all(
                self._places_of_singles(cell, genes[:, at]).min(initial=0) >= 0
                for genes, cell, _ in self._list_blocks([]) for at in range(genes.shape[1]))
        return self._listed_singles

    @property
    def n_singles(self) -> int:
        return int(self.starts[-1]) if self.has_singles else 0

    @property
    def n_pairs(self) -> int:
        """Number of pairs, in all cells together."""
        if self.has_all_pairs:
            return int(self.pair_starts[-1])
        return len(self._file["list/cell"]) if self.has_pairs else 0

    @property
    def n_listed(self) -> int:
        return len(self._file["list/cell"]) if "list" in self._file else 0

    @property
    def expressed(self):
        """How many genes each cell expresses, or None if the file does not say (older ones)."""
        return self._file["cells/n_genes"][:] if "n_genes" in self._file["cells"] else None

    @property
    def pairs_of_cells(self) -> np.ndarray:
        """How many pairs each cell has. Only where all pairs are there."""
        return np.diff(self.pair_starts)

    def _table(self, kind: str) -> NameTable:
        if kind not in self._tables:
            names, ids = (self.genes, self.gene_ids) if kind == "gene" else (self.cells, ())
            self._tables[kind] = NameTable(self.path, kind, names, ids)
        return self._tables[kind]

    def gene_number(self, gene) -> int:
        """Of a name, else an id, or a number (dko.names). A name that several genes have is refused."""
        return self._table("gene").number(gene)

    def event_gene(self, gene) -> tuple:
        """The number of a gene as events have it, and whether it is switched on: by the + or - before what is no gene with
        it, else as in the screen."""
        if isinstance(gene, str) and gene[:1] in ("+", "-") and not self._table("gene").knows(gene):
            return self.gene_number(gene[1:]), gene[0] == "+"
        return self.gene_number(gene), self.activates

    def genes_named(self, name) -> list:
        """The numbers of all genes of this name."""
        return self._table("gene").named(name)

    def only_once(self, names) -> list:
        """Those of the names that one gene alone has: others cannot be asked for by name."""
        return [name for name in names if len(self.genes_named(name)) == 1]

    def cell_number(self, cell) -> int:
        return self._table("cell").number(cell)

    # Reading by slices ------------------------------------------------------------------------------------

    def _single_blocks(self, scores, first: int = 0, last=None):
        """Cells [first, last) in blocks of whole cells: their numbers, the genes, {score: values}, as long as
        each other. Holds about BLOCK values of each at a time."""
        single = self._file["single"]
        last = len(self.cells) if last is None else last
        while first < last:
            until = int(np.searchsorted(self.starts, self.starts[first] + BLOCK, "right")) - 1
            until = min(max(until, first + 1), last)
            lo, hi = self.starts[first], self.starts[until]
            if hi > lo:
                genes = single["indices"][lo:hi]
                self._require_below(genes, len(self.genes), "single/indices")
                cells = np.repeat(np.arange(first, until), np.diff(self.starts[first:until + 1]))
                yield cells, genes, {score: single[score]["data"][lo:hi] for score in scores}
            first = until

    def _require_below(self, numbers, bound: int, where: str):
        if len(numbers) and (numbers.min() < 0 or numbers.max() >= bound):
            raise InputError(
                f"{self.path}/{where}: names genes or cells that are not there: the file is corrupt")

    def genes_of(self, cell: int) -> np.ndarray:
        """The genes that are knocked out in a cell, ascending."""
        genes = self._file["single/indices"][self.starts[cell]:self.starts[cell + 1]]
        self._require_below(genes, len(self.genes), "single/indices")
        return genes

    def _places_of_singles(self, cells, genes) -> np.ndarray:
        """Where the singles of these events are in single/…/data; -1 where there is none. Reads the genes of
        the cells from the first to the last of them, in blocks."""
        places = np.full(len(cells), -1, dtype=np.int64)
        if not len(cells):
            return places
        width = len(self.genes)
        keys = cells.astype(np.int64) * width + genes
        for in_cells, in_genes, _ in self._single_blocks([], int(cells.min()), int(cells.max()) + 1):
            known = in_cells * width + in_genes
            chosen = np.flatnonzero((cells >= in_cells[0]) & (cells <= in_cells[-1]))
            at = np.minimum(np.searchsorted(known, keys[chosen]), len(known) - 1)
            found = known[at] == keys[chosen]
            places[chosen[found]] = self.starts[in_cells[0]] + at[found]
        return places

    def _singles_of(self, cell: int, score: str) -> np.ndarray:
        return self._file["single"][score]["data"][self.starts[cell]:self.starts[cell + 1]]

    def count_of(self, cell: int) -> int:
        return int(self.starts[cell + 1] - self.starts[cell])

    def _stored_pairs(self, cell: int, places, first: int, last: int) -> dict:
        """{score: values} of the pairs of places[i] and places[j] among the genes of a cell, i in
        [first, last), j > i, row by row. Reads one piece if it is small or all wanted, else row by row."""
        count = self.count_of(cell)
        rows = places[first:last]
        base = self.pair_starts[cell] + rows * (2 * count - rows - 1) // 2 - rows - 1
        values = {}
        for score in self._stored("double", PAIR_COLUMNS):
            data = self._file["double"][score]
            if not len(rows):
                values[score] = np.empty(0, dtype=np.float32)
                continue
            lo, hi = int(base[0] + places[first + 1]), int(base[-1] + places[-1]) + 1
            if len(places) == count:
                values[score] = data[lo:hi]
            elif hi - lo <= SMALL_READ:
                wanted = np.concatenate([base[i - first] + places[i + 1:] for i in range(first, last)])
                values[score] = data[lo:hi][wanted - lo]
            else:
                values[score] = np.concatenate([
                    data[start + places[i + 1]:start + places[-1] + 1][places[i + 1:] - places[i + 1]]
                    for i, start in zip(range(first, last), base)
                ])
        return values

    def _pairs_of_band(self, cell: int, label, band: Band):
        """The numbers in the band of a cell's pairs of labelled genes, and {measure: values} of them. `label`
        numbers the chosen genes of the screen, ascending; -1 are the others."""
        labels = label[self.genes_of(cell)]
        places = np.flatnonzero(labels >= 0)
        labels = labels[places]
        first, last = np.searchsorted(labels, [band.first, band.last])
        last = min(last, len(places) - 1)
        if first >= last or self.pair_starts[cell] == self.pair_starts[cell + 1]:
            return np.empty(0, dtype=np.int64), {}
        numbers = np.concatenate([band.numbers(labels[i], labels[i + 1:]) for i in range(first, last)])
        values = self._stored_pairs(cell, places, first, last)
        for score in self._interacting():
            singles = self._singles_of(cell, score)[places]
            seconds = np.concatenate([singles[i + 1:] for i in range(first, last)])
            firsts = np.repeat(singles[first:last], len(places) - 1 - np.arange(first, last))
            values[INTERACTIONS[score]] = interaction_of(values[score], firsts, seconds)
        return numbers, values

    def _list_blocks(self, scores):
        """Listed events in blocks: genes (n × order), cells, {score: values}; interactions too."""
        listed = self._file["list"]
        for lo in range(0, self.n_listed, BLOCK):
            genes, cells = listed["genes"][lo:lo + BLOCK], listed["cell"][lo:lo + BLOCK]
            self._require_below(genes.ravel(), len(self.genes), "list/genes")
            self._require_below(cells, len(self.cells), "list/cell")
            values = {score: listed[score][lo:lo + BLOCK] for score in scores if score in PAIR_COLUMNS}
            for score in MEANS:
                if INTERACTIONS[score] in scores:
                    stored = values[score] if score in values else listed[score][lo:lo + BLOCK]
                    singles = [
                        self._singles_at(self._places_of_singles(cells, genes[:, at]), score) for at in (0, 1)
                    ]
                    values[INTERACTIONS[score]] = interaction_of(stored, *singles)
            yield genes, cells, values

    @property
    def list_adds_genes(self) -> bool:
        """Whether genes of the list are switched on, beside others that are lost."""
        return "list" in self._file and "added" in self._file["list"]

    def _list_labels(self, genes, first: int, keep) -> np.ndarray:
        """The names of the events to `keep` of a block of the list from number `first` on, with a sign where any of the list
        are switched on."""
        labels = self._event_labels[genes[keep]]
        if not self.list_adds_genes:
            return labels
        added = self._file["list/added"][first:first + len(genes)][keep]
        return np.where(added != 0, "+", "-").astype(object) + labels

    def _singles_at(self, places, score: str) -> np.ndarray:
        """Values at any places of single/SCORE; reads from the first of them to the last, in blocks."""
        data = self._file["single"][score]["data"]
        values = np.empty(len(places), dtype=np.float32)
        for lo in range(int(places.min(initial=0)), int(places.max(initial=-1)) + 1, BLOCK):
            chosen = np.flatnonzero((places >= lo) & (places < lo + BLOCK))
            if len(chosen):
                values[chosen] = data[lo:lo + BLOCK][places[chosen] - lo]
        return values

    def _chosen_list_blocks(self, scores, genes, cells):
        for of, within, values in self._list_blocks(scores):
            keep = np.isin(of, genes).all(axis=1)
            if cells is not None:
                keep &= np.isin(within, cells)
            yield of[keep], within[keep], {score: value[keep] for score, value in values.items()}

    def _gene_numbers(self, genes) -> np.ndarray:
        if isinstance(genes, (str, int, np.integer)):
            genes = [genes]
        return np.unique(np.array(self._table("gene").all_numbers(genes), dtype=np.int64))
