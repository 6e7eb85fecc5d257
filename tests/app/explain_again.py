"""Computes the tables of dko explain again: explain_again.py MODEL EXPRESSION TABLE BASE CELL GENE...

Reads the weights with h5py and applies the formulas of both mappings in double precision, over all genes and
without the collapsed form. CELL is a number from 0, or "all" for the mean over the cells that express the genes.
"""
import functools
import sys

import h5py
import numpy
import pandas


@functools.cache
def weights(group, *names):
    """Arrays of a member's mapping, in double precision. They are read once, and used for each cell."""
    return [group["mapping/" + name][:].astype("f8") for name in names]


@functools.cache
def effects(group):
    """A of a sparse mapping, gene changed × gene present."""
    offset, = weights(group, "offset")
    a = numpy.zeros((len(offset), len(offset)))
    data, indices, indptr = (group["mapping/A"][name][:] for name in ("data", "indices", "indptr"))
    for column in range(len(offset)):
        entries = slice(indptr[column], indptr[column + 1])
        a[indices[entries], column] = data[entries]
    return a


def dense_profile(group, present, intact):
    w1t, b1, w2, b2 = weights(group, "W1t", "b1", "W2", "b2")
    assemblage = present / present.sum()
    outputs = assemblage * abs(w2 @ (w1t.T @ assemblage + b1) + b2)
    return outputs / outputs.sum()


def sparse_profile(group, present, intact):
    offset, loadings, responses, floor = weights(group, "offset", "loadings", "responses", "floor")
    state = loadings.T @ intact  # a knockout leaves it as it was
    outputs = offset + effects(group) @ present + responses @ state
    outputs = present * numpy.maximum(outputs, floor)
    return outputs / outputs.sum()


def ratios(group, c, fitted):
    """How each gene's output is rescaled so that the intact cell has the base profile (up to a factor)."""
    r = numpy.ones(len(fitted))
    n = (data[c] > 0).sum()
    observed = (data[c] / data[c].sum()).astype("f4").astype("f8")  # as dko holds them
    for gene in numpy.flatnonzero(data[c]):
        if base == "fitted" or fitted[gene] < 1e-6 / n:
            continue
        weight = 1.0
        if base == "shrunk" and counts:
            variance = weights(group, "share_variance")[0][gene]
            weight = variance / (variance + fitted[gene] / data[c].sum())
        r[gene] = ((1 - weight) * fitted[gene] + weight * observed[gene]) / fitted[gene]
    return r


def distance(p, q):
    return abs(p - q).sum() / (p + q).sum()


def predictions(group, c, lost):
    """b, b' and the rest of one member in one cell, and impact and network."""
    profile = sparse_profile if group["mapping"].attrs.get("kind") == "sparse" else dense_profile
    intact = presence[c]
    present = intact.copy()
    present[lost] = 0
    fitted = profile(group, intact, intact)
    r = ratios(group, c, fitted)
    before, after = fitted * r, profile(group, present, intact) * r
    before, after = before / before.sum(), after / after.sum()
    rest = before * present
    rest /= rest.sum()
    return before, after, rest, distance(after, before), distance(after, rest)


model, expression, table, base, cell, *lost = sys.argv[1:]
frame = pandas.read_csv(expression, index_col=0)
names = list(frame.index)
lost = sorted(names.index(gene) for gene in lost)
data = frame.to_numpy().T.astype("f4").astype("f8")
counts = (data == numpy.floor(data)).all()
presence = (data > 0).astype("f8")
cells = [int(cell)] if cell != "all" else [
    c for c in range(len(presence)) if presence[c, lost].all() and presence[c].sum() > len(lost)]
assert cells

changes, networks, shares = [], [], []
scores = []
with h5py.File(model) as f:
    groups = [f[f"member{k}"] for k in range(f.attrs["members"])] if "members" in f.attrs else [f]
    for group in groups:
        of_cells = [predictions(group, c, lost) for c in cells]
        before, after, rest = (numpy.mean([one[k] for one in of_cells], axis=0) for k in range(3))
        shares.append((before, after, rest))
        changes.append(after - before)
        networks.append(after - rest)
        alone = [[predictions(group, c, [gene])[3] for c in cells] for gene in lost]
        impacts = [one[3] for one in of_cells]
        scores.append((numpy.mean(impacts), numpy.mean([one[4] for one in of_cells]),
                       numpy.mean(impacts) - numpy.sum(numpy.mean(alone, axis=1))))

before, after, rest = numpy.mean(shares, axis=0)
expected = pandas.DataFrame({
    "share_before": before, "share_after": after, "change": numpy.mean(changes, axis=0), "renormalised": rest,
    "network_change": numpy.mean(networks, axis=0)}, index=names)
if len(groups) > 1:
    expected["change_sd"] = numpy.std(changes, axis=0, ddof=1)
    expected["network_change_sd"] = numpy.std(networks, axis=0, ddof=1)

found = pandas.read_csv(table)
count = pandas.Series(presence[cells].sum(axis=0), index=names)
assert set(found["gene"]) == set(count.index[count > 0])
assert list(found["cells"]) == list(count[found["gene"]])
assert sorted(found["gene"][found["knocked_out"] == 1]) == sorted(names[gene] for gene in lost)
assert list(found["knocked_out"]) == [1] * len(lost) + [0] * (len(found) - len(lost))
for column in expected:
    # Dense weights are held in single precision, and used in double.
    error = abs(found[column].to_numpy() - expected.loc[found["gene"], column].to_numpy()).max()
    assert error < 1e-12, (column, error)
rest_of_genes = found[found["knocked_out"] == 0]
assert rest_of_genes["network_change"].abs().is_monotonic_decreasing
ratio = numpy.log2(rest_of_genes["share_after"] / rest_of_genes["renormalised"])
assert abs(ratio - rest_of_genes["log2_ratio"]).max() < 1e-9
assert found["log2_ratio"].isna().sum() == len(lost)
impact, network, interaction = numpy.mean(scores, axis=0)
print(f"{impact:.9f} {network:.9f} {interaction:.9f}")
