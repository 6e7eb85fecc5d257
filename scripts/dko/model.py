"""Reads model.h5 and predicts with it in numpy, in double precision: for dko.Screen.explain (dko.explanation).

Of the original's mapping o = W2 (W1 z/n + b1) + b2 and q = z |o| / Σ z |o|; of a sparse one o =
max(floor, c + A z + D Vᵀ z_intact + B x) and q = z o / Σ z o, z being the presence (0/1) of the genes, n their
number, x the covariates of the cell, if there are any. A knockout takes genes out of z; the state Vᵀ z_intact and x
stay. On another base profile than the fitted one outputs are rescaled gene by gene, so that those of the intact cell
make that profile (the chapter on mappings). An ensemble predicts the mean of what its members do.
"""
from __future__ import annotations

import os

import numpy as np
import pandas as pd

from dko.files import (UNREADABLE, InputError, OpenFile, UsageError, attributes, corrupt, member_groups, open_file, read_names,
                       read_training)
from dko.q_values import read_rates, upper_median
from dko.visibility import read_visibility

ROWS = 1024  # rows of the weights that are widened to double precision at once
ENTRIES = 1 << 22  # cells × genes that are predicted at once
LEAST_OUTPUT = 1e-6  # of a cell's mean output: below, the fitted share stays
RESIDUE = 1e-12  # what rounding leaves of a profile where nothing but renormalisation happens


class DenseMapping:
    """The original's mapping. Its weights are read from the file in pieces whenever it predicts."""
    has_levels = False

    def __init__(self, group, genes: int):
        self._w1t, self._w2 = group["W1t"], group["W2"]
        self._b1, self._b2 = (group[name][:].astype(np.float64) for name in ("b1", "b2"))
        hidden = len(self._b1)
        if self._w1t.shape != (genes, hidden) or self._w2.shape != (genes, hidden) or len(self._b2) != genes:
            raise InputError(f"{group.file.filename}{group.name}: is not of {genes} genes")

    def outputs(self, presence, intact, covariates=None, shares=None) -> np.ndarray:
        """|o| of cells × genes; only `presence` matters."""
        genes = presence.shape[1]
        hidden = np.zeros((len(presence), len(self._b1)))
        for lo in range(0, genes, ROWS):
            hidden += presence[:, lo:lo + ROWS] @ self._w1t[lo:lo + ROWS].astype(np.float64)
        hidden = hidden / presence.sum(axis=1, keepdims=True) + self._b1
        outputs = np.empty_like(presence)
        for lo in range(0, genes, ROWS):
            outputs[:, lo:lo + ROWS] = hidden @ self._w2[lo:lo + ROWS].astype(np.float64).T
        return np.abs(outputs + self._b2)


class SparseMapping:
    """The mapping of few effects per gene; all of it is held."""

    def __init__(self, group, genes: int):
        import scipy.sparse
        parts = tuple(group["A"][name][:] for name in ("data", "indices", "indptr"))
        self._offset, self._floor = group["offset"][:], group["floor"][:]
        self._loadings, self._responses = group["loadings"][:], group["responses"][:]
        self._covariate_responses = group["covariate_responses"][:] if "covariate_responses" in group else None
        self.has_levels = "level_scale" in group
        if self.has_levels:
            self._level_scale, self._level_mean = group["level_scale"][:], group["level_mean"][:]
            self._level_certainty = float(group.attrs["level_certainty"])
            passed = tuple(group["passed"][name][:] for name in ("data", "indices", "indptr"))
            self._passed = scipy.sparse.csc_matrix(passed, shape=(genes, genes))
        sizes = {len(self._offset), len(self._floor), len(self._loadings), len(self._responses)}
        if self._covariate_responses is not None:
            sizes.add(len(self._covariate_responses))
        if sizes != {genes} or len(parts[2]) != genes + 1:
            raise InputError(f"{group.file.filename}{group.name}: is not of {genes} genes")
        self._effects = scipy.sparse.csc_matrix(parts, shape=(genes, genes))
        self.q_values = read_rates(group, "q_value", len(parts[0]))  # in the order of the effects; None: not computed

    def effects(self, genes) -> pd.DataFrame:
        """A row for each effect: gene_lost, gene, effect, and q_value where they were computed."""
        lost = np.repeat(np.arange(len(genes)), np.diff(self._effects.indptr))
        names = np.array(genes, dtype=object)
        table = pd.DataFrame({
            "gene_lost": names[lost],
            "gene": names[self._effects.indices],
            "effect": self._effects.data
        })
        if self.q_values is not None:
            table["q_value"] = self.q_values
        return table

    def direct_q_values(self, lost) -> np.ndarray:
        """Of each gene the least q-value of the effects of those numbered `lost`; NaN where there is none."""
        least = np.full(self._effects.shape[0], np.nan)
        for gene in lost:
            part = slice(self._effects.indptr[gene], self._effects.indptr[gene + 1])
            rows = self._effects.indices[part]
            least[rows] = np.fmin(least[rows], self.q_values[part])
        return least

    def inputs(self, shares) -> np.ndarray:
        """x of cells × genes: 1, or of a gene that enters by its level s log(1 + p/(m f)), of one that a cell lacks the
        mean level's, s log 2. f is of the cell: the median of p/m over such genes that it expresses, to the power of the
        mapping's certainty."""
        is_level = self._level_scale > 0
        ratios = np.where(shares[:, is_level] > 0, shares[:, is_level] / self._level_mean[is_level], np.nan)
        factors = np.ones((len(shares), 1))
        some = ~np.isnan(ratios).all(axis=1)
        factors[some, 0] = np.nanmedian(ratios[some], axis=1)**self._level_certainty
        levels = np.where(shares > 0, shares / (self._level_mean * factors), 1.0)  # of what is switched on the mean
        return np.where(is_level, self._level_scale * np.log1p(levels), 1.0)

    def outputs(self, presence, intact, covariates=None, shares=None) -> np.ndarray:
        """o of cells × genes, with the state of the intact cells, and their covariates, cells × numbers. `shares` are those
        observed in the intact cells, cells × genes; only a mapping with levels needs them."""
        if self.has_levels:
            inputs = self.inputs(shares)
            raw = (self._effects @ (intact * inputs).T).T - (self._passed @ ((intact - presence) * inputs).T).T
        else:
            raw = (self._effects @ presence.T).T
        raw = raw + self._offset + (intact @ self._loadings) @ self._responses.T
        if self._covariate_responses is not None:
            if covariates is None:
                raise UsageError("the model was trained with --covariate: what its cells have in those columns is needed, "
                                 "which this does not know")
            raw += covariates @ self._covariate_responses.T
        return np.maximum(raw, self._floor)


def relative(outputs, presence) -> np.ndarray:
    """Profiles that sum to 1, or are all 0."""
    kept = outputs * presence
    total = kept.sum(axis=1, keepdims=True)
    return np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)


def bray_curtis(p, q) -> np.ndarray:
    total = (p + q).sum(axis=1)
    return np.divide(np.abs(p - q).sum(axis=1), total, out=np.zeros(len(p)), where=total > 0)


def shares_of_changed(outputs, before, left, lost, keeps: float, added) -> np.ndarray:
    """Of cells × genes what lost genes keep of their share, and what the mapping gives those that are switched on; 0
    elsewhere. `left`: 1 for the genes that are neither."""
    shares = np.zeros_like(before)
    shares[:, lost] = keeps * before[:, lost]
    entered = left.copy()
    entered[:, added] = 1
    shares[:, added] = relative(outputs, entered)[:, added]
    return shares


def fill_in(after, rescaled, shares):
    """Gives both profiles these shares, and the rest what they leave."""
    rest = 1 - shares.sum(axis=1, keepdims=True)
    for profile in (after, rescaled):
        profile *= rest
        profile += shares


class Observed:
    """What was observed of some cells: the base profile of a screen that is not "fitted" is made of it."""

    def __init__(self, base: str, shares, totals):
        self.base, self.shares, self.totals = base, shares, totals  # p, cells × genes; T, infinite without counts

    def ratios(self, outputs, presence, variances) -> np.ndarray:
        """r = b/q, up to a factor of each cell, of cells × genes; 1 where nothing is expressed."""
        kept = outputs * presence
        total = kept.sum(axis=1, keepdims=True)
        count = presence.sum(axis=1, keepdims=True)
        scaled = (kept > 0) & (kept >= LEAST_OUTPUT * total / count)
        fitted = np.divide(kept, total, out=np.ones_like(kept), where=scaled)
        weight = np.ones_like(kept)
        if self.base == "shrunk":
            noise = fitted / self.totals[:, None]
            np.divide(variances, variances + noise, out=weight, where=noise > 0)
        return np.where(scaled, (1 - weight) + weight * self.shares / fitted, 1.0)


class Model(OpenFile):
    """A model.h5, open for reading. genes, kind ("dko" or "sparse"), provenance, members (their mappings)."""

    def __init__(self, path):
        self.path = os.fspath(path)
        self._file = open_file(path, "model")
        try:
            self.provenance = attributes(self._file)
            self.genes = read_names(self._file["genes/name"])
            self._groups = member_groups(self._file) or [self._file]
            kinds = {attributes(group["mapping"]).get("kind", "dko") for group in self._groups}
            if len(kinds) != 1 or not kinds <= {"dko", "sparse"}:
                raise InputError(f"{self.path}: has mappings of kinds that this module does not know: " +
                                 ", ".join(sorted(map(str, kinds))))
            self.kind = kinds.pop()
            mapping = DenseMapping if self.kind == "dko" else SparseMapping
            self.members = [mapping(group["mapping"], len(self.genes)) for group in self._groups]
            self._variances = [
                group["mapping/share_variance"][:] if "share_variance" in group["mapping"] else None
                for group in self._groups
            ]
        except UNREADABLE as error:
            self._file.close()
            raise corrupt(self.path, error) from None
        except Exception:
            self._file.close()
            raise

    @property
    def training(self) -> dict:
        """As dko.Screen.training."""
        records = [group["training" if self.kind == "dko" else "fit"] for group in self._groups]
        settings = {**attributes(records[0]), "mapping": self.kind, "members": len(records)}
        return {"settings": settings, **read_training(records)}

    @property
    def visibility(self):
        """As dko.Screen.visibility."""
        return read_visibility(self._file, self.genes)

    def effects(self) -> pd.DataFrame:
        """The effects of a sparse mapping: member, gene_lost, gene, effect (of the presence of gene_lost on the output
        of gene), and where they were computed q_value, an estimated false discovery rate.
        @raises UsageError for a model of the original's kind"""
        if self.kind != "sparse":
            raise UsageError(f"{self.path}: is of the original's kind, in which every gene acts on every other")
        tables = [member.effects(self.genes) for member in self.members]
        return pd.concat(tables, keys=range(len(tables)), names=["member"]).reset_index("member").reset_index(drop=True)

    def direct_q_values(self, lost):
        """Of each gene the median over the members of the least q-value of the direct effects of `lost` (numbers), a
        member without any counting as 1; NaN where none has one. None if they were not computed."""
        if self.kind != "sparse" or any(member.q_values is None for member in self.members):
            return None
        rates = np.array([member.direct_q_values(lost) for member in self.members])
        return np.where(np.isnan(rates).all(axis=0), np.nan, upper_median(np.where(np.isnan(rates), 1, rates)))

    @property
    def has_levels(self) -> bool:
        """Whether genes enter by their level (train --levels), so that predictions need the cells' shares."""
        return any(member.has_levels for member in self.members)

    def knock_out(self, presence, lost, observed=None, covariates=None, shares=None, keeps: float = 0.0, added=()):
        """Profiles of cells × genes, means over the members: before; after the loss of the genes numbered
        `lost`, which keep the part `keeps` of their presence and share, or after those numbered `added`, which the cells
        lack, are switched on; and as they would be if what is left were only rescaled. And the impact and the network impact
        of every cell. `presence` is cells × genes, 0 or 1, double. On what is `observed` of the cells; None: on the
        fitted profile. `covariates` of the cells, cells × numbers, for a model that has such. `shares`, cells × genes, for
        a model with levels; those of `observed` are taken where they are not given."""
        if shares is None and observed is not None:
            shares = observed.shares
        if shares is None and self.has_levels:
            raise UsageError(f"{self.path}: was trained with --levels: the levels of the cells' genes are needed, which a "
                             "screen holds that was made with --base shrunk or observed")
        left = presence.copy()
        left[:, lost] = 0
        given = left.copy()  # what the mapping is given
        given[:, lost], given[:, added] = keeps, 1
        sums = [0.0] * 5
        for member, variances in zip(self.members, self._variances):
            outputs = member.outputs(presence, presence, covariates, shares)
            ratios = 1.0 if observed is None else observed.ratios(outputs, presence, variances)
            before = relative(outputs * ratios, presence)
            outputs = member.outputs(given, presence, covariates, shares)
            after, rescaled = relative(outputs * ratios, left), relative(before, left)
            if keeps > 0 or len(added):
                fill_in(after, rescaled, shares_of_changed(outputs, before, left, lost, keeps, added))
            network = bray_curtis(after, rescaled)
            network[network * (before * left).sum(axis=1) < RESIDUE] = 0
            parts = before, after, rescaled, bray_curtis(after, before), network
            sums = [total + part for total, part in zip(sums, parts)]
        return [total / len(self.members) for total in sums]


def open_model(path) -> Model:
    """Opens a model; use it in a `with` statement, or call close(). Raises ReadError or InputError."""
    return Model(path)
