"""Computes every figure of model.json and screen.json again from the files, with pandas, SciPy and scikit-learn. Where
these round otherwise than dko, a figure of ranks must lie in the range that near ties leave it (near_ties.py)."""
import json

import h5py
import numpy
import pandas
from near_ties import count, exactly, is_in, kolmogorov_smirnov, median_of, spearman
from sklearn.linear_model import Ridge
from sklearn.metrics import average_precision_score, roc_auc_score

report = json.load(open("model.json"))
report["truth"] = json.load(open("screen.json"))["truth"]  # of the scores that were exported
x = pandas.read_csv("data.csv", index_col=0).values.T.astype("f4")  # cells x genes
profiles = (x.astype("f8") / x.sum(1, dtype="f8", keepdims=True)).astype("f4").astype("f8")
present = x > 0


def median_rho(frame, by, score):
    return median_of([spearman(part[score], part.truth) for _, part in frame.groupby(by) if len(part) >= 10])


def rounding_of(means):
    return 1e-12 * abs(means).max()


def figures(frame, unit, score):
    effect = frame.truth.abs() > report["least_effect"]
    means = frame.groupby(unit)[[score, "truth"]].mean()
    # Means of a single event are that event.
    near = [rounding_of(means[of]) if frame[unit].duplicated().any() else 0.0 for of in (score, "truth")]
    return {
        "spearman_over_events": spearman(frame[score], frame.truth),
        "spearman_of_means": spearman(means[score], means.truth, *near),
        "spearman_within_unit": median_rho(frame, unit, score),
        "spearman_within_cell": median_rho(frame, "cell", score),
        "auroc": exactly(roc_auc_score(effect, frame[score].abs())) if 0 < effect.mean() < 1 else None,
        "auprc": exactly(average_precision_score(effect, frame[score].abs())) if effect.any() else None,
    }


def compare(part, key, truth, frame, unit, scores):
    frame = frame.assign(truth=truth)
    assert part[key]["events"] == len(frame)
    for name, column in scores.items():
        ours = part[key]["scores"][name]
        for figure, range_ in figures(frame, unit, column).items():
            got = ours[figure]["value"]
            assert is_in(range_, got), (key, name, figure, got, range_)
        assert ours["units_compared"] <= frame[unit].nunique() and ours["cells_compared"] <= frame.cell.nunique()
        for figure in figures(frame, unit, column):
            interval = ours[figure]["interval"]
            assert interval is None or interval[0] <= interval[1]


singles = pandas.read_csv("s.csv").rename(columns={"gene_id": "gene", "cell_id": "cell"})
frame = pandas.read_csv("data.truth_single.csv", float_precision="round_trip").merge(singles, on=["gene", "cell"])
frame["share"] = profiles[frame.cell, frame.gene]
part = report["truth"][0]
scores = {"impact": "k_pred", "network": "network", "own share": "share"}
compare(part, "all_change", frame.K_true_vs_original, frame, "gene", scores)
compare(part, "network_change", frame.K_true_vs_renormalised, frame, "gene", scores)

doubles = pandas.read_csv("d.csv").rename(columns={"gene1_id": "gene1", "gene2_id": "gene2", "cell_id": "cell"})
frame = pandas.read_csv("data.truth_double.csv", float_precision="round_trip").merge(doubles, on=["gene1", "gene2", "cell"])
frame["share"] = profiles[frame.cell, frame.gene1] + profiles[frame.cell, frame.gene2]
frame["pair"] = frame.gene1 * 1000 + frame.gene2
# The scores are single-precision numbers, interactions are taken of them in double precision.
of = {name: singles.set_index(["gene", "cell"])[name].astype("f4").astype("f8") for name in ("k_pred", "network")}
for name, column in (("k_pred", "interaction"), ("network", "network_interaction")):
    first = of[name].loc[list(zip(frame.gene1, frame.cell))].values
    second = of[name].loc[list(zip(frame.gene2, frame.cell))].values
    pair = frame[name].astype("f4").astype("f8")
    left = pair - first - second
    left = left.where(abs(left) > (pair + first + second) / 2**21, 0.0).astype("f4").astype("f8")
    assert numpy.allclose(left, frame[column], rtol=1e-6, atol=0)
    frame[column] = left
part = report["truth"][1]
compare(part, "all_change", frame.K_true_vs_original, frame, "pair", scores)
compare(part, "network_change", frame.K_true_vs_renormalised, frame, "pair", scores)
frame["product"] = -profiles[frame.cell, frame.gene1] * profiles[frame.cell, frame.gene2]
interactions = {
    "interaction": "interaction",
    "network-interaction": "network_interaction",
    "own share": "share",
    "-product of own shares": "product",
}


def difference(pair, first, second):
    left = pair - first - second
    return left.where(abs(left) >= 1e-9, 0.0)


truth = difference(frame.K_true_vs_original, frame.K_single1, frame.K_single2)
compare(part, "interaction", truth, frame, "pair", interactions)
truth = difference(
    frame.K_true_vs_renormalised, frame.K_single1_vs_renormalised, frame.K_single2_vs_renormalised
)
compare(part, "network_interaction", truth, frame, "pair", interactions)

# Held-out profiles and the baselines.
with h5py.File("prediction.h5") as f:
    held_out = [int(name[4:]) for name in f["cells/name"].asstr()[:]]
    predicted = f["predicted"][:].astype("f8")
known = numpy.array([cell for cell in range(len(x)) if cell not in held_out])
n = present.sum(1)


def renormalised(q):
    q = q * present[held_out]
    return q / q.sum(1, keepdims=True)


def mean_where_expressed(values):
    return numpy.array([values[known][present[known, g], g].mean() if present[known, g].any() else 0
                        for g in range(x.shape[1])])


def ridge(penalty):
    q = numpy.zeros((len(held_out), x.shape[1]))
    for g in range(x.shape[1]):
        cells = known[present[known, g]]
        if len(cells) == 0:
            continue
        fit = Ridge(alpha=penalty, solver="svd").fit(present[cells].astype(float), profiles[cells, g] * n[cells])
        q[:, g] = fit.predict(present[held_out].astype(float))
    return renormalised(numpy.maximum(q, 0))


truth = profiles[held_out]
part = report["prediction"][0]
ours = part["predictors"]
for name, q in (
    ("mapping", predicted),
    ("mean share", renormalised(numpy.tile(mean_where_expressed(profiles), (len(held_out), 1)))),
    ("mean share × n", renormalised(numpy.tile(mean_where_expressed(profiles * n[:, None]), (len(held_out), 1)))),
    ("ridge per gene", ridge(part["ridge_penalty"])),
):
    q = q.astype("f4").astype("f8")
    got = ours[name]
    expressed = truth > 0
    # All but the ridge, whose solver is another, round alike and have the same ties; correlations of genes never.
    is_ridge = name == "ridge per gene"
    near = 2**-21 * q.max() if is_ridge else 0.0
    near_correlation = 1e-5 if is_ridge else 1e-12

    def within(entries):
        return spearman(q[entries], truth[entries], near) if expressed[entries].sum() >= 3 else None

    genes, cells = [], []
    for g in range(x.shape[1]):
        genes.append(within((expressed[:, g], g)))
    for c in range(len(truth)):
        cells.append(within((c, expressed[c])))
    assert abs(got["bray_curtis"] - (abs(q - truth).sum(1) / (q + truth).sum(1)).mean()) < 1e-6, name
    for figure, range_ in (
        ("spearman_all", spearman(q.ravel(), truth.ravel(), near)),
        ("spearman_expressed", spearman(q[expressed], truth[expressed], near)),
        ("spearman_within_gene", median_of(genes)),
        ("spearman_within_cell", median_of(cells)),
    ):
        assert is_in(range_, got[figure]), (name, figure, got[figure], range_)
    varying = [g for g in range(x.shape[1]) if numpy.ptp(truth[:, g]) > 0 and numpy.ptp(q[:, g]) > 0]
    upper = numpy.triu_indices(len(varying), 1)
    of_truth, of_q = (numpy.corrcoef(p[:, varying].T)[upper] for p in (truth, q))
    genes = got["gene_correlations"]
    assert genes["pairs"] == len(of_truth)
    assert abs(genes["median_true"] - numpy.median(of_truth)) < 1e-9
    range_ = kolmogorov_smirnov(of_truth, of_q, near_correlation)
    assert is_in(range_, genes["distance"]), (name, genes["distance"], range_)
    range_ = spearman(of_truth, of_q, 1e-12, near_correlation)
    assert is_in(range_, genes["spearman"]), (name, genes["spearman"], range_)

# The real knockout, by the two layers of the model.
with h5py.File("model.h5") as f:
    w1t, b1, w2, b2 = (f["mapping/" + name][:].astype("f8") for name in ("W1t", "b1", "W2", "b2"))


def profile(z):
    z = z / z.sum()
    y = z * abs(w2 @ (w1t.T @ z + b1) + b2)
    return y / y.sum()


def predicted_change(gene):
    before, after = [], []
    for cell in numpy.flatnonzero(present[:, gene]):
        z = present[cell].astype(float)
        q = profile(z)
        q[gene] = 0
        z[gene] = 0
        before.append(q / q.sum())
        after.append(profile(z))
    return numpy.mean(before, 0), numpy.mean(after, 0)


def contrast(gene):
    rest = x.astype("f8")
    rest[:, gene] = 0
    rest /= rest.sum(1, keepdims=True)
    return rest[present[:, gene]].mean(0), rest[~present[:, gene]].mean(0)


real = pandas.read_csv("real.csv").log2fc_KO_vs_WT.values
significant = pandas.read_csv("real.csv").mwu_p.values < 0.05


def agreement(before, after):
    use = (before > 0) & (after > 0)
    use[7] = False
    change = numpy.log2(after[use] / before[use])
    near = 1e-9 * abs(change).max()
    same, unsure = numpy.sign(change) == numpy.sign(real[use]), abs(change) < 1e-11
    of = significant[use]
    return spearman(change, real[use], near), count(same, unsure), count(same[of], unsure[of])


part = report["real_knockout"][0]
assert part["cells"] == present[:, 7].sum()
candidates = [g for g in range(x.shape[1]) if g != 7 and present[:, g].sum() >= 10]
for name, change in (("mapping", predicted_change), ("cells lacking it anyway", contrast)):
    value, same, same_significant = agreement(*change(7))
    if change is contrast:  # means over ten cells and more
        assert (~present[:, 7]).sum() >= 10 and part[name]["cells_after"] == (~present[:, 7]).sum()
        candidates = [g for g in candidates if (~present[:, g]).sum() >= 10]
    null = [agreement(*change(g))[0] for g in candidates]
    assert is_in(value, part[name]["spearman"]), (name, part[name]["spearman"], value)
    assert is_in(same, part[name]["same_sign"]) and is_in(same_significant, part[name]["significant_same_sign"])
    assert part[name]["null_genes"] == len(candidates)
    low, high = (numpy.array(ends) for ends in zip(*null))
    as_good = (low > value[1] + 1e-11).sum(), (high > value[0] - 1e-11).sum()
    assert is_in([(1 + of) / (1 + len(null)) for of in as_good], part[name]["p"]), (name, part[name]["p"], as_good)
    assert is_in(median_of(null), part[name]["null_median"]), (name, part[name]["null_median"])
