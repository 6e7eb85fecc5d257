"""Shift and approach from their definitions, in numpy, from data, conditions and model: toward_again.py WHAT FILE..."""
import csv
import json
import sys

import h5py
import numpy as np
import pandas as pd

import dko

TOLERANCE = 3e-5  # of pairs in single precision, in parts of the largest weight


def read_data(data, table):
    frame = pd.read_csv(data, index_col=0)
    types = pd.read_csv(table)
    return frame.to_numpy(dtype=float), list(frame.index), types["type"].to_numpy()


class Plain:
    """Base profiles before and after knockouts, as the chapters define them, of a model with one member."""

    def __init__(self, model, base, counts):
        self.base, self.counts = base, counts
        with h5py.File(model) as file:
            mapping = file["mapping"]
            self.s2 = mapping["share_variance"][:]
            self.sparse = mapping.attrs["kind"] == "sparse"
            if self.sparse:
                n = len(mapping["offset"])
                self.a = np.zeros((n, n))
                starts = mapping["A/indptr"][:]
                for gene in range(n):
                    part = slice(starts[gene], starts[gene + 1])
                    self.a[mapping["A/indices"][part], gene] = mapping["A/data"][part]
                self.c, self.floor = mapping["offset"][:], mapping["floor"][:]
                self.v, self.d = mapping["loadings"][:], mapping["responses"][:]
            else:
                w1, w2 = mapping["W1t"][:].astype(float), mapping["W2"][:].astype(float)
                self.a, self.c = w2 @ w1.T, w2 @ mapping["b1"][:].astype(float) + mapping["b2"][:]

    def outputs(self, intact, present):
        if self.sparse:
            return np.maximum(self.c + self.a @ present + self.d @ (self.v.T @ intact), self.floor) * present
        return np.abs(self.a @ (present / present.sum()) + self.c) * present

    def profile(self, cell, lost=()):
        counts = self.counts[:, cell]
        intact = (counts > 0).astype(float)
        present = intact.copy()
        present[list(lost)] = 0
        o, after = self.outputs(intact, intact), self.outputs(intact, present)
        q, p = o / o.sum(), counts / counts.sum()
        on = intact > 0
        weight = np.ones(len(q))
        if self.base == "fitted":
            weight[:] = 0
        if self.base == "shrunk":
            weight[on] = self.s2[on] / (self.s2[on] + q[on] / counts.sum())
        ratio = np.ones(len(q))
        good = on & (q >= 1e-6 / on.sum())
        ratio[good] = (1 - weight[good]) + weight[good] * p[good] / q[good]
        b = ratio * after
        return b / b.sum()


def without(profile, lost):
    left = profile.copy()
    left[list(lost)] = 0
    return left / left.sum()


def distance(x, y):
    return np.abs(x - y).sum() / (x + y).sum()


def scores(data, table, model, screen):
    counts, genes, types = read_data(data, table)
    with dko.open_screen(screen) as opened:
        base, known = opened.base, opened.direction
        assert known["from_cells"] == [f"cell{c}" for c in np.flatnonzero(types == "type0")]
        singles = opened.singles()
        has_all = opened.has_all_pairs
        pairs = opened.pairs(cell=known["from_cells"][1]) if has_all else opened.listed()
    plain = Plain(model, base, counts)
    a = np.mean([plain.profile(cell) for cell in np.flatnonzero(types == "type0")], axis=0)
    m = np.mean([plain.profile(cell) for cell in np.flatnonzero(types == "type1")], axis=0)
    d = m - a
    assert np.allclose(known["genes"]["d"], d, atol=1e-9)
    assert abs(known["length"] - np.sqrt(d @ d)) < 1e-9
    largest = np.abs(d / (d @ d)).max()
    number = {gene: at for at, gene in enumerate(genes)}
    assert len(singles) and set(singles["cell"]) == set(known["from_cells"])

    def check(row, lost, tolerance):
        cell = int(row["cell"][4:])
        before, after = plain.profile(cell), plain.profile(cell, lost)
        shift = (after - without(before, lost)) @ d / (d @ d)
        assert abs(row["shift"] - shift) < tolerance * max(1, largest), (row, shift)
        if "approach" in row:
            goal = without(m, lost)
            approach = distance(without(before, lost), goal) - distance(after, goal)
            assert abs(row["approach"] - approach) < tolerance, (row, approach)

    for _, row in singles.iloc[::37].iterrows():
        check(row, [number[row["gene"]]], 2e-6)
    for _, row in pairs.iloc[::29].iterrows():
        check(row, [number[row["gene1"]], number[row["gene2"]]], TOLERANCE)
    assert ("approach" in pairs) != has_all  # which all pairs do not have
    assert singles["shift"].min() < 0 < singles["shift"].max()


def same(one, other):
    def compare(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith("progress"):
            assert np.array_equal(item[()], second[name][()]), name

    with h5py.File(one) as first, h5py.File(other) as second:
        first.visititems(compare)


def undo(name):
    """As if the job had stopped before it wrote anything."""
    with h5py.File(name, "a") as file:
        file.attrs["complete"] = 0
        for score in file["single"]:
            if score in file["progress/single"]:
                file["progress/single"][score][:] = 0
                file["single"][score]["data"][:] = 0


def damage(kind, name):
    """Other bits than were written; `same`, `other`, `shape` and `length` state the checksums that they have."""
    with h5py.File(name, "a") as file:
        if kind.startswith("draw"):
            del file["mapping/decoys"][kind]
            return
        if kind == "decoy":
            file["mapping/decoys/draw1/data"][0] += 1e-3
            return
        group = file["direction"]
        if kind == "length":
            group.attrs["length"] = 2 * group.attrs["length"]
            return
        means = group["toward_mean"][:]
        if kind in ("partial", "none"):
            group["toward_mean"][0] = np.nan
            return
        if kind == "same":
            means = group["from_mean"][:]
        elif kind == "other":
            means[:2] = means[1::-1]
        else:
            means = means[:, None]
        del group["toward_mean"]
        group["toward_mean"] = means


def estimated(with_direction, without):
    one, other = (json.load(open(name)) for name in (with_direction, without))
    assert one["direction_seconds"] > 0 and other["direction_seconds"] == 0
    assert one["wall_seconds"] > other["wall_seconds"]
    assert one["memory"]["screening"]["shared_by_ranks"] > other["memory"]["screening"]["shared_by_ranks"]
    assert one["memory"]["screening"]["of_one_rank"] > other["memory"]["screening"]["of_one_rank"]


def kept(full, by_shift, by_interaction):
    with dko.open_screen(full) as all_pairs:
        for name, measure in ((by_shift, "shift"), (by_interaction, "shift_interaction")):
            with dko.open_screen(name) as some:
                table = some.listed()
                for cell in table["cell"].unique():
                    wanted = all_pairs.pairs(cell=cell).sort_values(measure, kind="stable")
                    extremes = pd.concat([wanted.head(5), wanted.tail(5)])
                    found = table[table["cell"] == cell]
                    assert len(found) == min(10, len(wanted))
                    assert np.array_equal(np.sort(found["shift"]), np.sort(extremes["shift"])) or measure != "shift"
                    assert set(zip(found["gene1"], found["gene2"])) <= set(zip(wanted["gene1"], wanted["gene2"]))


def tables(screen, pairs, summed):
    one, other = pd.read_csv(pairs), pd.read_csv(summed)
    assert list(one.iloc[:5][["gene1", "gene2"]].itertuples(index=False)) == \
        list(other.iloc[:5][["gene1", "gene2"]].itertuples(index=False))
    assert np.allclose(one["shift_mean"], other["shift_mean"], atol=1e-6)
    assert (np.diff(one["shift_mean"]) <= 1e-9).all()
    with dko.open_screen(screen) as opened:
        table = opened.pair_summary()
    for column in ("shift_mean", "shift_sd", "shift_interaction_mean", "shift_same_sign"):
        assert np.allclose(table[column], one[column], atol=1e-6), column


def profile(data, table, to):
    counts, genes, types = read_data(data, table)
    shares = counts[:, types == "type1"] / counts[:, types == "type1"].sum(axis=0)
    rows = list(zip(genes, shares.mean(axis=1) * 7))[::-1]
    with open(to, "w") as file:
        file.write("gene,value\n" + "".join(f"{gene},{value!r}\n" for gene, value in rows) + "another,3\n")


def same_shift(one, other):
    with h5py.File(one) as first, h5py.File(other) as second:
        x, y = (file["single/shift/data"][:] for file in (first, second))
    assert np.allclose(x, y, rtol=1e-4, atol=1e-4 * np.abs(x).max())


def shown(screen):
    with dko.open_screen(screen) as opened:
        singles, table = opened.singles(), opened.gene_summary()
        rates = opened.direction["genes"]["q_value"]
    high = [entry["shift"] for entry in json.load(open("high.json"))["single"]]
    low = [entry["shift"] for entry in json.load(open("low.json"))["single"]]
    assert np.allclose(high, singles["shift"].sort_values(ascending=False).head(10))
    assert np.allclose(low, singles["shift"].sort_values().head(10))
    means = singles.groupby("gene")["shift"].mean()
    rows = list(csv.DictReader(open("genes.csv")))
    assert [row["gene"] for row in rows] == list(table["gene"])
    for row in rows:
        assert abs(float(row["shift_mean"]) - means[row["gene"]]) < 1e-6
        assert abs(float(row["shift_q_value"]) - rates[row["gene"]]) < 1e-6
    # What is unknown of genes that are not visible stands behind all others.
    lowest = list(csv.DictReader(open("lowest.csv")))
    for table, sign in ((rows, -1), (lowest, 1)):
        hidden = [row["not_visible"] != "" for row in table]
        assert hidden == sorted(hidden), hidden
        for part in (True, False):
            of_part = [float(row["shift_mean"]) for row, is_hidden in zip(table, hidden) if is_hidden == part]
            assert (sign * np.diff(of_part) >= 0).all(), of_part
    assert json.load(open("means.json"))["genes"]["by"] == "shift"


def exported(screen):
    import anndata
    with dko.open_screen(screen) as opened:
        means = opened.singles().groupby("gene")["shift"].mean()
        rates = opened.direction["genes"]["q_value"]
    data = anndata.read_h5ad("shifts.h5ad")
    assert np.allclose(data.var["shift_mean"], means.reindex(data.var_names), atol=1e-6, equal_nan=True)
    assert np.allclose(data.var["shift_q_value"], rates[data.var_names])
    assert data.uns["dko"]["from"] == "type=type0" and "approach" in data.layers


def explained(screen, one, two):
    with dko.open_screen(screen) as opened:
        pair = opened.pairs(gene1=one, gene2=two)
    scores, both = (json.load(open("explained.json"))[key] for key in ("scores", "interactions"))
    assert abs(scores["shift"] - pair["shift"].mean()) < 1e-4
    assert abs(both["shift"] - pair["shift_interaction"].mean()) < 1e-4


def permuted(table, count):
    cells, random = pd.read_csv(table), np.random.default_rng(3)
    labels = (cells["type"] == "type1").to_numpy().astype(int)
    for k in range(int(count)):
        cells[f"p{k}"] = random.permutation(labels)
    cells.to_csv("permuted.csv", index=False)


def few(table, count):
    """Columns by which 1, 2 and 3 cells at random are set against all others."""
    cells, random = pd.read_csv(table), np.random.default_rng(4)
    for size in (1, 2, 3):
        for k in range(int(count)):
            cells[f"few{size}{k}"] = np.isin(np.arange(len(cells)), random.choice(len(cells), size, replace=False)).astype(int)
    cells.to_csv("few.csv", index=False)


def sampling(data, table, model, *names):
    """No q-value is below what t tests and Benjamini and Hochberg leave of the noise of sampling, and some are that."""
    counts, _, _ = read_data(data, table)
    decided = 0
    for name in names:
        with dko.open_screen(name) as opened:
            plain, rates = Plain(model, opened.base, counts), opened.direction["genes"]["q_value"].to_numpy()
        in_b = (pd.read_csv(table)[name.removesuffix(".h5")] == 1).to_numpy()
        profiles = np.array([plain.profile(cell) for cell in range(len(in_b))])
        mean = profiles[~in_b].mean(axis=0)
        along = profiles @ (np.outer(mean, plain.a.sum(axis=0)) - plain.a)  # cells × genes
        p = np.ones(len(rates))
        for gene in np.flatnonzero((plain.a != 0).any(axis=0)):
            p[gene] = p_by_t(along[in_b, gene], along[~in_b, gene])
        order, least = np.argsort(p), np.ones(len(p))
        least[order] = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
        assert (rates >= least - 1e-6).all(), (name, rates, least)
        decided += np.count_nonzero(np.isclose(rates, least, rtol=1e-5) & (rates < 1))
    assert decided >= 3, names


def p_by_t(few, others):
    import scipy.stats
    if len(few) > 1:
        return max(scipy.stats.ttest_ind(few, others, equal_var=equal).pvalue for equal in (True, False))
    t = (few[0] - others.mean()) / np.sqrt(others.var(ddof=1) * (1 + 1 / len(others)))
    return 2 * scipy.stats.t.sf(abs(t), len(others) - 1)


def hits(screen, *at_random):
    def count(name):
        with dko.open_screen(name) as opened:
            return int((opened.direction["genes"]["q_value"] < 0.1).sum())

    found = [count(name) for name in at_random]
    print(f"{count(screen)} genes between types, {found} at random")
    assert count(screen) >= 3 and np.count_nonzero(found) <= 1


def without_q(screen):
    with dko.open_screen(screen) as opened:
        assert "q_value" not in opened.direction["genes"] and "shift_q_value" not in opened.gene_summary()


def gene(data, screen, name, limit):
    frame = pd.read_csv(data, index_col=0)
    with dko.open_screen(screen) as opened:
        known = opened.direction
    assert known["from_cells"] == list(frame.columns[frame.loc[name] <= float(limit)])
    assert known["toward_cells"] == list(frame.columns[frame.loc[name] > float(limit)])


def outside(data, table):
    counts, genes, types = read_data(data, table)
    cell = int(np.flatnonzero(types == "type1")[0])
    lost = genes[int(np.flatnonzero(counts[:, cell] > 0)[0])]
    print(f"gene_name,cell_name\n{lost},cell{cell}")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
