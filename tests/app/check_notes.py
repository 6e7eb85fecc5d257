"""Reads training/ and quality/ of screens as a user would, and computes the quality again from model and data: in double
precision, where dko predicts in single, so that figures of ranks agree within what near ties leave of them."""
import csv

import h5py
import numpy
from near_ties import is_in, median_of, spearman

rows = list(csv.reader(open("data.csv")))
expression = numpy.array([[float(x) for x in row[1:]] for row in rows[1:]]).T  # cells × genes
shares = expression / expression.sum(axis=1, keepdims=True)


def close(x, y, within=1e-5):
    assert abs(x - y) <= within, (x, y)


def agrees(range_, figure):
    assert is_in(range_, None if numpy.isnan(figure) else figure, 1e-6), (figure, range_)  # in single precision


def compare(profiles, shares):
    return spearman(profiles, shares, 2e-6 * profiles.max(), 1e-7 * shares.max())


with h5py.File("lone.h5") as f, h5py.File("model.h5") as m:
    # n_genes, and shares that stand where the impacts stand.
    assert numpy.array_equal(f["cells/n_genes"][:], (expression > 0).sum(axis=1))
    assert f["single/share/indices"] == f["single/impact/indices"]
    assert f["single/share/data"].dtype == numpy.float32
    # The training is that of the model file.
    training, own = f["training"], f["training/member0"]
    assert training.attrs["mapping"] == "dko" and training.attrs["members"] == 1
    for name, value in m["training"].attrs.items():
        assert own.attrs[name] == value, name
        if not name.startswith("best"):
            assert training.attrs[name] == value, name
    for curve in ("training_losses", "validation_losses"):
        assert own[curve].shape == (30,) and numpy.array_equal(own[curve], m["training"][curve])

    # The quality, from the weights: which cells they are is found by their entries.
    quality = f["quality"]
    cells = numpy.unique(quality["entries/cell"][:])
    assert quality.attrs["cells"] == len(cells) == training.attrs["validation_cells"]
    assert quality.attrs["what"].startswith("the 12 cells that the training left out, but chose"), quality.attrs["what"]
    others = numpy.setdiff1d(numpy.arange(len(shares)), cells)
    w1t, b1, w2, b2 = (m["mapping/" + name][:].astype("f8") for name in ("W1t", "b1", "W2", "b2"))
    present = expression[cells] > 0
    assemblage = present / present.sum(axis=1, keepdims=True)
    outputs = assemblage * abs((assemblage @ w1t + b1) @ w2.T + b2)
    predicted = outputs / outputs.sum(axis=1, keepdims=True)
    true = shares[cells]


def mean_share(scale):
    """Each gene's mean over the other cells that express it, over the genes of the cell."""
    seen = expression[others] > 0
    scaled = shares[others] * (seen.sum(axis=1, keepdims=True) if scale else 1)
    means = scaled.sum(axis=0) / numpy.maximum(1, seen.sum(axis=0))
    weights = present * means
    return weights / weights.sum(axis=1, keepdims=True)


with h5py.File("lone.h5") as f:
    quality = f["quality"]
    for name, profiles in (("mapping", predicted), ("mean_share", mean_share(False)), ("scaled_share", mean_share(True))):
        figures = quality[name].attrs
        distance = abs(profiles - true).sum(axis=1) / (profiles + true).sum(axis=1)
        close(figures["bray_curtis"], distance.mean())
        agrees(compare(profiles.ravel(), true.ravel()), figures["spearman_all"])
        agrees(compare(profiles[present], true[present]), figures["spearman_expressed"])
        within = [
            compare(profiles[at, gene], true[at, gene])
            for gene in range(true.shape[1])
            for at in [present[:, gene]]
            if at.sum() >= 3
        ]
        agrees(median_of(within), figures["spearman_within_gene"])
    for gene in range(true.shape[1]):
        at = present[:, gene]
        stored = [quality["genes"][name][gene] for name in ("true_mean", "predicted_mean", "spearman")]
        if not at.any():
            assert numpy.isnan(stored).all()
            continue
        close(stored[0], true[at, gene].mean())
        close(stored[1], predicted[at, gene].mean())
        if at.sum() >= 3:
            agrees(compare(predicted[at, gene], true[at, gene]), stored[2])
        else:
            assert numpy.isnan(stored[2])
    entries = quality["entries"]
    place = numpy.searchsorted(cells, entries["cell"][:]), entries["gene"][:]
    assert len(place[0]) == present.sum()
    for name, profiles in (("true", true), ("predicted", predicted), ("mean_share", mean_share(False))):
        assert numpy.allclose(entries[name][:], profiles[place], atol=1e-6)

# A screen with a model that was trained before knows its training, but not which cells it was not trained on.
with h5py.File("again.h5") as f, h5py.File("lone.h5") as g:
    assert "quality" not in f
    assert dict(f["training"].attrs) == dict(g["training"].attrs)
    assert numpy.array_equal(f["training/member0/training_losses"], g["training/member0/training_losses"])
with h5py.File("two.h5") as f:
    assert f["training"].attrs["members"] == 2 and "member1" in f["training"] and "member2" not in f["training"]
    assert f["training/member0"].attrs["seed"] != f["training/member1"].attrs["seed"]
    assert "by the first member alone" in f["quality"].attrs["what"]
with h5py.File("last.h5") as f:
    assert "quality" not in f and numpy.isnan(f["training/member0"].attrs["best_validation_loss"])
with h5py.File("sparse.h5") as f:
    assert "quality" not in f and f["training"].attrs["mapping"] == "sparse"
    own = f["training/member0"].attrs
    assert own["cells"] == 60 and own["effects"] >= 0 and own["factors"] >= 0 and own["cross_validated_distance"] > 0
with h5py.File("sparse2.h5") as f:
    assert "never saw" in f["quality"].attrs["what"] and f["quality"].attrs["cells"] == 12
