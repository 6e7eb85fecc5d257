"""Solves the network of net.csv again with SciPy, with and without the knocked-out genes, and reads one.h5ad."""
import anndata
import numpy
import pandas
from scipy.integrate import solve_ivp

network = pandas.read_csv("net.csv")
levels = pandas.read_csv("solved.csv", index_col=0).values.T  # cells x genes
genes = levels.shape[1]
raising = numpy.zeros((genes, genes))  # target x regulator
lowering = numpy.zeros((genes, genes))
for edge in network.itertuples():
    table = raising if edge.sign > 0 else lowering
    table[int(edge.target[4:]), int(edge.regulator[4:])] = edge.weight


def settled(start):
    """Genes at zero stay there: where lost repressors free their targets, it does not matter why they are."""
    present = start > 0

    def rate(_, x):
        return present * (raising @ (x / (1 + x)) + lowering @ (1 / (1 + x))) - x

    result = solve_ivp(rate, (0, 300), start, method="DOP853", rtol=1e-12, atol=1e-14)
    return numpy.where(result.y[:, -1] < 1e-8, 0, result.y[:, -1])


def distance(p, q):
    return abs(p - q).sum() / (p + q).sum()


def relative(x):
    return x / x.sum() if x.sum() > 0 else x


def check(name):
    truth = pandas.read_csv(name)
    columns = [column for column in truth.columns if column in ("gene", "gene1", "gene2")]
    for row in truth.iloc[::5].itertuples():
        before = levels[row.cell]
        removed = [getattr(row, column) for column in columns]
        without = before.copy()
        without[removed] = 0
        after = relative(settled(without))
        for value, p in ((row.K_true_vs_original, before), (row.K_true_vs_renormalised, without)):
            assert abs(distance(after, relative(p)) - value) < 1e-8, (name, row, distance(after, relative(p)))


for cell in levels:
    assert abs(settled(cell) - cell).max() < 1e-8
check("solved.truth_single.csv")
check("solved.truth_double.csv")

# The AnnData file holds counts and levels of the same cells.
data = anndata.read_h5ad("one.h5ad")
counts = pandas.read_csv("one.csv", index_col=0)
assert list(data.var_names) == list(counts.index) and list(data.obs_names) == list(counts.columns)
assert numpy.array_equal(data.X.toarray(), counts.values.T.astype("f4"))
assert numpy.array_equal(data.layers["levels"].toarray(), pandas.read_csv("l.csv", index_col=0).values.T.astype("f4"))
