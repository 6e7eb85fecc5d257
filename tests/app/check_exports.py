"""Compares s.h5ad and t.h5 of a screen with its CSV export s.csv and d.csv, and exports of other screens with theirs."""
import sys

import anndata
import h5py
import numpy
import pandas


def read_csv(path):
    return pandas.read_csv(path, dtype={name: "f4" for name in ("k_pred", "k_pred_sd", "network", "share", "interaction")})


singles, doubles = read_csv("s.csv"), read_csv("d.csv")
adata = anndata.read_h5ad("s.h5ad")
assert adata.shape == (60, 30) and adata.X.nnz == len(singles) and adata.X.dtype == numpy.float32
assert set(adata.layers) == {"network", "impact_sd", "network_sd", "share"}
rows, columns = adata.obs_names.get_indexer(singles.cell_name), adata.var_names.get_indexer(singles.gene_name)
for matrix, name in ((adata.X, "k_pred"), (adata.layers["network"], "network"),
                     (adata.layers["impact_sd"], "k_pred_sd"), (adata.layers["share"], "share")):
    assert numpy.array_equal(numpy.asarray(matrix[rows, columns]).ravel(), singles[name].to_numpy()), name
    assert matrix.nnz == len(singles)

# Summaries over cells and over genes.
by_gene = singles.astype({"k_pred": "f8", "network": "f8", "share": "f8"}).groupby("gene_name")
var = adata.var
assert list(var.gene_ids) == list(var.index)
for stored, expected in (
    (var.n_cells, by_gene.size()),
    (var.impact_mean, by_gene.k_pred.mean()),
    (var.impact_sd, by_gene.k_pred.std()),
    (var.network_mean, by_gene.network.mean()),
    (var.network_sd, by_gene.network.std()),
    (var.share_mean, by_gene.share.mean()),
    (var["rank"], by_gene.k_pred.mean().rank(ascending=False)),
):
    assert numpy.allclose(stored[expected.index], expected, rtol=1e-9, equal_nan=True), stored.name
    never = stored.drop(expected.index)
    assert len(never) == 1 and (never.isna().all() or (never == 0).all())
by_cell = singles.astype({"k_pred": "f8"}).groupby("cell_name")
assert numpy.allclose(adata.obs.impact_mean[by_cell.size().index], by_cell.k_pred.mean())
assert (adata.obs.n_knockouts[by_cell.size().index] == by_cell.size()).all()
assert (adata.obs.n_genes == adata.obs.n_knockouts).all()
strongest = singles.loc[singles.groupby("cell_name").k_pred.idxmax()].set_index("cell_name").gene_name
assert (adata.obs.strongest.astype(str)[strongest.index] == strongest).all()

# Slices, and what is written again and read again.
part = adata[adata.obs_names[5:9], ["gene3", "gene1"]].copy()
assert part.X[1, 0] == adata.X[6, 3]
part.write_h5ad("again.h5ad")
assert anndata.read_h5ad("again.h5ad").shape == (4, 2)
origin = adata.uns["dko"]
assert origin["X"] == "impact" and origin["members"] == 2 and origin["ranks"] == 2 and origin["seed"] == "1"
assert "dko run data.csv" in origin["screen_command"] and "--h5ad s.h5ad" in origin["command"]

network = anndata.read_h5ad("n.h5ad")
assert network.uns["dko"]["X"] == "network" and set(network.layers) == {"network_sd", "share"}
assert (network.X != adata.layers["network"]).nnz == 0

few = anndata.read_h5ad("few.h5ad")
assert few.shape == (60, 30) and few.X.nnz == few.obs.n_knockouts.sum() == few.var.n_cells.sum() <= 4
assert few.obs.impact_mean.isna().sum() >= 58 and (few.obs.strongest[few.obs.n_knockouts == 0] == "").all()


# What the cells show of each gene's absence. By network unknown genes come after all others.
old = anndata.read_h5ad("old.h5ad")
assert {"information", "not_visible"} <= set(few.var) and not {"information", "not_visible"} & set(old.var)
assert (old.var["rank"].dropna() == few.var["rank"].dropna()).all()
hidden = anndata.read_h5ad("hidden.h5ad")
with h5py.File("hidden.h5") as f:
    assert (hidden.var.information == f["visibility/information"][:]).all()
unknown = hidden.var.not_visible.astype(str)
assert unknown[["gene0", "gene1", "gene2", "gene3", "gene5"]].tolist() == [
    "all cells express it", "3 of 60 cells express it", "96.7 % of the cells express it", "", "no cell expresses it"]
assert ((unknown == "") == (hidden.var.information >= 5)).all()
ranked, is_unknown = hidden.var.sort_values("rank").dropna(subset="rank"), unknown != ""
assert ranked.index[-3:].isin(["gene0", "gene1", "gene2"]).all() and not ranked.network_mean.is_monotonic_decreasing
assert ranked.network_mean[:-3].is_monotonic_decreasing and ranked.network_mean[-3:].is_monotonic_decreasing
scores = hidden.X.toarray()
assert is_unknown.to_numpy()[scores.argmax(axis=1)].any(), "no test of the strongest"
scores[:, is_unknown] = -1
assert (hidden.obs.strongest.astype(str) == hidden.var_names[scores.argmax(axis=1)]).all()


# Genes that are switched on: of each a score where the cell lacks it, 0 included, under names that are not those of losses.
def check_entries(adata, told, in_x, scores, wanted):
    rows, columns = adata.obs_names.get_indexer(told.cell_name), adata.var_names.get_indexer(told.gene_name)
    assert len(told) == wanted.sum() > 50
    for score in scores:
        matrix = adata.X if score == in_x else adata.layers[f"activation_{score}"]
        entries = matrix.copy()
        entries.data[:] = 1
        assert matrix.nnz == wanted.sum() and (entries.toarray() == wanted).all(), score
        found = numpy.asarray(matrix[rows, columns]).ravel()
        assert numpy.array_equal(found, told[score].to_numpy()) and found.any(), score


def check_means(adata, told, scores):
    for titles, table, of in (("gene_name", adata.var, adata.var_names), ("cell_name", adata.obs, adata.obs_names)):
        groups = told.groupby(titles)
        for score in scores:
            means = groups[score].mean().reindex(of)
            assert numpy.allclose(table[f"activation_{score}_mean"], means, rtol=1e-9, atol=1e-15, equal_nan=True), score
    spread = told.groupby("gene_name")[scores].std().reindex(adata.var_names)
    for score in scores:
        if not score.endswith("_sd"):
            assert numpy.allclose(adata.var[f"activation_{score}_sd"], spread[score], equal_nan=True), score


def check_order(adata, told, in_x):
    """By network genes that are not visible come last. Returns whether that changes the order."""
    is_last = (adata.var.not_visible.astype(str) != "") & (in_x == "network")
    means = pandas.DataFrame({"last": is_last, "mean": -told.groupby("gene_name")[in_x].mean().reindex(adata.var_names)})
    ranked = adata.var.sort_values("activation_rank").dropna(subset="activation_rank")
    assert list(ranked.index) == list(means.dropna().sort_values(["last", "mean"], kind="stable").index)
    told = told.assign(last=told.gene_name.map(is_last)).sort_values(["last", in_x], ascending=[True, False], kind="stable")
    strongest = told.drop_duplicates("cell_name").set_index("cell_name").gene_name.reindex(adata.obs_names, fill_value="")
    assert (adata.obs.activation_strongest.astype(str) == strongest).all()
    return not ranked[f"activation_{in_x}_mean"].is_monotonic_decreasing


def check_activations(name, in_x, wanted, layers):
    adata, told = anndata.read_h5ad(f"{name}.h5ad"), pandas.read_csv(f"{name}.csv")
    told = told.rename(columns={"k_pred": "impact", "k_pred_sd": "impact_sd"})
    scores = list(told.columns[2:])
    assert told.gene_name.str.startswith("+").all() and set(scores) <= {in_x} | layers
    told["gene_name"] = told.gene_name.str[1:]
    told = told.astype({score: "f4" for score in scores})
    assert set(adata.layers) == {f"activation_{layer}" for layer in layers}
    facts = {"n_genes", "n_activations", "gene_ids", "information", "not_visible"}
    assert not [title for title in (*adata.obs, *adata.var) if not title.startswith("activation_") and title not in facts]
    check_entries(adata, told, in_x, scores, wanted)
    assert (adata.var.activation_n_cells == wanted.sum(axis=0)).all()
    assert (adata.obs.n_activations == wanted.sum(axis=1)).all()
    told = told.astype({score: "f8" for score in scores})
    check_means(adata, told, scores)
    origin = adata.uns["dko"]
    assert origin["X"] == f"activation_{in_x}" and origin["activation"] == 1 and "knockdown" not in origin
    assert ("from" in origin) == ("shift" in layers)
    return adata, told, check_order(adata, told, in_x)


lacking = pandas.read_csv("hidden.csv", index_col=0).T == 0  # cells × genes
assert (lacking.index == hidden.obs_names).all() and (lacking.columns == hidden.var_names).all()
along = lacking.to_numpy() & lacking["gene3"].to_numpy()[:, None]
directed = {"network", "share", "shift", "approach"}
on, told, _ = check_activations("on_sparse", "impact", along, directed)
assert (told.network == 0).any() and (on.obs.n_genes == 30 - lacking.sum(axis=1)).all()
assert (on.obs.activation_strongest[~lacking["gene3"]] == "").all() and not lacking["gene3"].all()
deviations = {f"{score}_sd" for score in ("impact", "network", "shift", "approach")}
check_activations("on_dense", "impact", along, directed | deviations)
some = lacking.columns.isin([f"gene{number}" for number in (1, 2, 3, 5, 6, 7, 8)])
*_, is_any_last = check_activations("on_some", "network", lacking.to_numpy() & some, {"share", "network_sd"})
assert is_any_last, "no test of genes that are not visible"
assert "activation" not in adata.uns["dko"]


# Tables, as the README reads them.
def table(path, group):
    with h5py.File(path) as f:
        names = {"gene": f["genes/name"].asstr()[:], "cell": f["cells/name"].asstr()[:]}
        frame = pandas.DataFrame({column: f[group][column][:] for column in f[group].attrs["columns"]})
    for column in frame.columns[frame.dtypes == "int32"]:
        frame[column] = pandas.Categorical.from_codes(frame[column], names[column.rstrip("0123456789")])
    return frame


pairs = table("t.h5", "pairs")
scores = ["impact", "impact_sd", "network", "network_sd"]
assert list(pairs.columns) == ["gene1", "gene2", "cell"] + scores + ["interaction", "network_interaction", "share"]
assert len(pairs) == len(doubles)
for ours, theirs in (("gene1", "gene1_name"), ("gene2", "gene2_name"), ("cell", "cell_name")):
    assert (pairs[ours].astype(str) == doubles[theirs]).all()
for ours, theirs in (("impact", "k_pred"), ("impact_sd", "k_pred_sd"), ("network", "network"),
                     ("interaction", "interaction"), ("share", "share")):
    assert pairs[ours].dtype == numpy.float32 and (pairs[ours] == doubles[theirs]).all(), ours
of_singles = table("t.h5", "singles")
assert list(of_singles.columns) == ["gene", "cell"] + scores + ["share"]
assert (of_singles.gene.astype(str) == singles.gene_name).all() and (of_singles.impact == singles.k_pred).all()
with h5py.File("t.h5") as f:
    assert set(f) == {"genes", "cells", "singles", "pairs"}
    assert f.attrs["format"] == "dko score table" and f.attrs["input_checksum"].startswith("crc64:")
with h5py.File("one.h5") as f:
    assert set(f) == {"genes", "cells", "pairs"} and list(f["pairs"].attrs["columns"])[3:] == ["interaction"]
listed = pandas.read_csv("l.csv", dtype={"k_pred": "f4"})
sampled = table("l.h5", "pairs")
assert (sampled.gene2.astype(str) == listed.gene2_name).all() and (sampled.impact == listed.k_pred).all()
with h5py.File("listed_t.h5") as f:
    assert set(f) == {"genes", "cells", "singles"} and f["singles/gene"].shape == (2,)
# Without --score all measures.
assert list(table("n.h5", "singles").columns) == ["gene", "cell", "network", "network_sd", "share"]
assert "tables" not in sys.modules
