"""Reads screen.h5 and model.h5 as a user would, and compares with the exports s.csv and d.csv."""
import anndata.experimental
import h5py
import numpy

with h5py.File("screen.h5") as f:
    impact = anndata.experimental.read_elem(f["single/impact"])
    genes = list(anndata.experimental.read_elem(f["genes/name"]))
    cells = list(anndata.experimental.read_elem(f["cells/name"]))
    pairs = anndata.experimental.read_elem(f["double/impact"])
    starts = anndata.experimental.read_elem(f["double/indptr"])
    # One copy of the events, under two names.
    assert f["single/indptr"] == f["single/impact/indptr"]
    assert f["single/indices"] == f["single/impact/indices"]
    for array in (f["single/impact/data"], f["double/impact"]):
        assert array.chunks is None and array.compression is None and array.dtype == numpy.float32
    assert f.attrs["format"] == "dko screen" and f.attrs["complete"] == 1 and f.attrs["ranks"] == 2

singles = numpy.loadtxt("s.csv", delimiter=",", skiprows=1)
doubles = numpy.loadtxt("d.csv", delimiter=",", skiprows=1)
assert impact.shape == (len(cells), len(genes)) == (60, 30)
assert genes[7] == "gene7" and cells[59] == "cell59"
assert impact.nnz == len(singles)
assert numpy.array_equal(impact[singles[:, 1].astype(int), singles[:, 0].astype(int)].A1, singles[:, 2].astype("f4"))

# Pair (a < b) of a cell of n genes: a(2n-a-1)/2 + (b-a-1) after the cell's start.
assert starts[-1] == len(pairs) == len(doubles)
for gene1, gene2, cell, score in doubles[::7]:
    expressed = impact[int(cell)].indices
    n = len(expressed)
    a, b = numpy.searchsorted(expressed, [gene1, gene2])
    assert pairs[starts[int(cell)] + a * (2 * n - a - 1) // 2 + b - a - 1] == numpy.float32(score)

# As the README reads the pairs of a cell.
with h5py.File("screen.h5") as f:
    cell = 17
    genes_of_cell = impact[cell].indices
    of_cell = f["double/impact"][slice(*f["double/indptr"][cell:cell + 2])]
    a, b = numpy.triu_indices(len(genes_of_cell), 1)
rows = doubles[doubles[:, 2] == cell]
assert numpy.array_equal(genes_of_cell[a], rows[:, 0]) and numpy.array_equal(genes_of_cell[b], rows[:, 1])
assert numpy.array_equal(of_cell, rows[:, 3].astype("f4"))

# The model: o = W2 (W1 z/n + b1) + b2 gives the scores again.
with h5py.File("model.h5") as f:
    w1t, b1, w2, b2 = (f["mapping/" + name][:].astype("f8") for name in ("W1t", "b1", "W2", "b2"))
    assert f["training/training_losses"].shape == (30,)


def profile(expressed):
    z = numpy.zeros(len(genes))
    z[expressed] = 1 / len(expressed)
    y = z * abs(w2 @ (w1t.T @ z + b1) + b2)
    return y / y.sum()


for gene1, gene2, cell, score in doubles[::29]:
    expressed = impact[int(cell)].indices
    left = [g for g in expressed if g not in (gene1, gene2)]
    p, q = profile(left), profile(expressed)
    assert abs(abs(p - q).sum() / (p + q).sum() - score) < 1e-6
