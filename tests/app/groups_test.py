"""Groups of cells and contrasts, against pandas and SciPy: groups_test.py WHAT, after groups.sh."""
import json
import sys

import anndata
import anndata.experimental
import dko
import h5py
import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

SCORES = {1: ["impact", "network", "share"], 2: ["impact", "network", "interaction", "network_interaction"]}


def make():
    data = anndata.read_h5ad("plain.h5ad")
    cells = data.n_obs
    draw = np.random.default_rng(4)
    state = np.array(["B", "A"], dtype=object)[draw.integers(0, 2, cells)]
    state[draw.permutation(cells)[:9]] = None
    data.obs["state"] = pd.Categorical(state, categories=["Z", "A", "B"])  # one that no cell has
    data.obs["depth"] = np.arange(cells) + 0.5
    data.obs["cluster"] = draw.integers(0, 3, cells).astype(float)
    data.obs.iloc[5, data.obs.columns.get_loc("cluster")] = np.nan
    data.obs["barcode"] = [f"x{cell}" for cell in range(cells)]
    data.write_h5ad("cells.h5ad")
    data.obs.iloc[::-1].to_csv("obs.csv", index_label="cell")
    table = data.to_df()
    table.T.to_csv("data.csv", index_label="gene")
    with open("in_A.txt", "w") as file:
        file.writelines(f"{name}\n" for name in data.obs_names[data.obs["state"] == "A"])


def same_labels(found, wanted):
    assert (found.astype(object).fillna("–") == wanted.astype(object).fillna("–")).all()


def kept():
    wanted = anndata.read_h5ad("cells.h5ad").obs
    for name, columns in (("full", {"state", "type"}), ("some", {"state", "depth", "cluster"})):
        with dko.open_screen(f"{name}.h5") as screen, h5py.File(f"{name}.h5") as file:
            frame = anndata.experimental.read_elem(file["obs"])  # as AnnData has it
            exported = anndata.read_h5ad(f"{name}.h5ad").obs
            for obs in (screen.obs, frame, exported):
                assert columns <= set(obs.columns) and "barcode" not in obs and list(obs.index) == list(wanted.index)
                same_labels(obs["state"], wanted["state"])
                assert list(obs["state"].cat.categories) == ["A", "B"]
            if "depth" in columns:
                np.testing.assert_array_equal(exported["depth"], wanted["depth"])
                np.testing.assert_array_equal(screen.obs["cluster"], wanted["cluster"])
    with dko.open_screen("table.h5") as screen, dko.open_screen("none.h5") as none:
        same_labels(screen.obs["state"], wanted["state"])
        assert len(none.obs.columns) == 0
        try:
            none.contrast("state", "A")
        except dko.UsageError as error:
            assert "keeps none" in str(error)
        else:
            raise AssertionError("a contrast without a column")


def events(path, order, column):
    """Exported scores with the group of their cell, those without one left out."""
    table = pd.read_csv(path, dtype={"gene_name": str, "cell_name": str}).rename(columns={"k_pred": "impact"})
    names = ["gene_name"] if order == 1 else ["gene1_name", "gene2_name"]
    table = table.rename(columns=dict(zip(names, ["gene"] if order == 1 else ["gene1", "gene2"])))
    obs = anndata.read_h5ad("cells.h5ad").obs
    table["group"] = obs[column].astype(object).reindex(table["cell_name"]).to_numpy()
    table = table[table["group"].notna()]
    if order == 1:
        with dko.open_screen("full.h5") as screen:
            shares = screen.singles().set_index(["gene", "cell"])["share"]
        table["share"] = shares.loc[list(zip(table["gene"], table["cell_name"]))].to_numpy(dtype=float)
    for score in SCORES[order]:
        table[score] = table[score].astype(np.float32).astype(float)
    return table


def close(found, wanted):
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(wanted, dtype=float), rtol=1e-6, atol=1e-12)


def groups_are(table, rows, order, key):
    """Means, deviations, numbers of cells and ranks within groups."""
    names = ["gene"] if order == 1 else ["gene1", "gene2"]
    grouped = table.groupby(["group", *names])
    assert len(rows) == grouped.ngroups
    found = rows.set_index(["group", *names]).loc[list(grouped.groups)]
    assert (found["cells"] == grouped.size()).all()
    for score in SCORES[order]:
        close(found[f"{score}_mean"], grouped[score].mean())
        close(found[f"{score}_sd"], grouped[score].std())
    for _, of in rows.groupby("group"):
        values = of[f"{key}_mean"].abs()
        assert (of["rank"] == np.arange(1, len(of) + 1)).all() and (values.diff().dropna() <= 0).all()


def by_hand(p):
    """q of Benjamini and Hochberg."""
    p = np.asarray(p)
    return np.array([min(1, min(other * len(p) / (p <= other).sum() for other in p[p >= one])) for one in p])


def contrast_is(table, rows, order, group, against, least, key):
    """Every figure of one contrast."""
    names = ["gene"] if order == 1 else ["gene1", "gene2"]
    rows = rows[(rows["group"] == group) & (rows["against"] == (against or "all others"))]
    others = table["group"] != group if against is None else table["group"] == against
    wanted = {}
    for name, of in table[(table["group"] == group) | others].groupby(names if order > 1 else "gene"):
        x, y = of[of["group"] == group], of[of["group"] != group]
        if min(len(x), len(y)) >= least:
            wanted[name] = (x, y)
    found = rows.set_index(names[0] if order == 1 else names)
    assert len(found) == len(wanted) > 5 and set(found.index) == set(wanted)
    found = found.loc[list(wanted)]
    assert (found["cells"] == [len(x) for x, _ in wanted.values()]).all()
    assert (found["cells_against"] == [len(y) for _, y in wanted.values()]).all()
    for score in SCORES[order]:
        means = np.array([(x[score].mean(), y[score].mean()) for x, y in wanted.values()])
        close(found[f"{score}_mean"], means[:, 0])
        close(found[f"{score}_mean_against"], means[:, 1])
        close(found[f"{score}_difference"], means[:, 0] - means[:, 1])
        p = [1 if len(set(x[score]) | set(y[score])) == 1 else mannwhitneyu(x[score], y[score], method="asymptotic").pvalue
             for x, y in wanted.values()]
        close(found[f"{score}_p"], p)
        close(found[f"{score}_q"], by_hand(found[f"{score}_p"]))
    ranked = rows if "not_visible" not in rows or key != "network" else rows[rows["not_visible"].isna()]
    assert (ranked[f"{key}_p"].diff().dropna() >= 0).all()


def same_as_package(rows, table):
    """What dko.Screen says, in the same order."""
    assert list(rows["gene"]) == list(table["gene"])
    for column in table:
        if column.endswith(("_mean", "_sd", "_p", "_q", "_difference", "cells", "_against", "rank")) and column in rows:
            close(table[column], rows[column])


def tables():
    single, double = events("single.csv", 1, "state"), events("double.csv", 2, "state")
    rows = pd.read_csv("g.csv")
    groups_are(single, rows, 1, "impact")
    groups_are(double, pd.read_csv("p.csv"), 2, "network_interaction")
    contrasts = pd.read_csv("c.csv")
    assert len(single["group"].unique()) == 2
    contrast_is(single, contrasts, 1, "A", "B", 3, "network")
    contrast_is(single, contrasts, 1, "A", None, 3, "network")
    contrast_is(double, pd.read_csv("pc.csv"), 2, "A", "B", 3, "network_interaction")
    each, of_types = pd.read_csv("each.csv", dtype={"group": str}), events("single.csv", 1, "type")
    for label in of_types["group"].unique():
        contrast_is(of_types, each, 1, label, None, 1, "impact")
    listed = events("list.csv", 2, "state")
    groups_are(listed, pd.read_csv("ptop.csv"), 2, "network_interaction")
    contrast_is(listed, pd.read_csv("pctop.csv"), 2, "A", "B", 3, "network_interaction")
    with dko.open_screen("full.h5") as screen:
        same_as_package(rows, screen.gene_summary_by("state"))
        same_as_package(contrasts[contrasts["against"] == "B"], screen.contrast("state", "A", "B"))
        same_as_package(each[each["group"] == of_types["group"].iloc[0]],
                        screen.contrast("type", of_types["group"].iloc[0], by="impact", min_cells=1))
        cells = screen.cells_of_group("state", "B")
        pairs = pd.read_csv("p.csv")
        pairs = pairs[pairs["group"] == "B"]
        found = screen.pair_summary(cells=cells).set_index(["gene1", "gene2"])
        close(found.loc[list(zip(pairs["gene1"], pairs["gene2"])), "impact_mean"], pairs["impact_mean"])
    with dko.open_screen("ensemble.h5") as screen:
        same_as_package(pd.read_csv("ge.csv"), screen.gene_summary_by("type"))
    with dko.open_screen("some.h5") as screen:
        assert set(pd.read_csv("gc.csv", dtype={"group": str})["group"]) == {"0", "1", "2"}
        same_as_package(pd.read_csv("gc.csv"), screen.gene_summary_by("cluster"))
    report = json.load(open("s.json"))
    assert [entry["group"] for entry in report["groups"]] == ["A", "B"] and report["cells_without_group"] == 9
    first = report["contrasts"]["genes"][0]
    assert first["group"] == "A" and first["against"] == "B"
    close(first["top"][0]["network_p"], contrasts["network_p"].iloc[0])


def screened():
    lost = set(pd.read_csv("single.high.csv").iloc[:, 1])
    with dko.open_screen("high.h5") as screen:
        states = screen.obs["state"].set_axis(range(len(screen.cells)))
        of_lost = states[[number for number, cell in enumerate(screen.cells) if {cell, number} & lost]].value_counts()
        of_all = states.value_counts()
    contrast = json.load(open("high.json"))["contrasts"]["genes"][0]
    assert contrast["cells_screened"] == of_lost["A"] and contrast["cells_screened_against"] == of_lost["B"] > 0
    title = f"genes in state=A ({of_all['A']} cells, {of_lost['A']} of them screened) against all others " \
        f"({of_all['B']} cells, {of_lost['B']} of them screened), the "
    assert title in open("said.txt").read(), title


def top():
    single = events("single.csv", 1, "state")
    groups = json.load(open("top.json"))["groups"]
    assert [entry["group"] for entry in groups] == ["A", "B"]
    for entry in groups:
        wanted = single[single["group"] == entry["group"]].nlargest(3, "impact")
        assert [found["cell"] for found in entry["single"]] == list(wanted["cell_name"])
        assert len(entry["double"]) == 3
    assert json.load(open("one.json"))["groups"][0]["single"] == groups[1]["single"]
    total = f", the 3 of {(single['group'] == 'B').sum():,} with the highest impact"
    assert total in open("one.txt").readline(), total


def damage():
    with h5py.File("damaged.h5", "a") as file:
        file["obs/state/codes"][3] = 7


def where():
    with dko.open_screen("where.h5") as found, dko.open_screen("cells.h5") as wanted, dko.open_screen("both.h5") as both:
        pd.testing.assert_frame_equal(found.singles(), wanted.singles())
        obs = found.obs
        assert set(found.singles()["cell"]) <= set(obs.index[obs["state"] == "A"])
        deep = set(wanted.cells[50:])
        assert set(both.singles()["cell"]) == set(wanted.singles()["cell"]) & deep


def resumed():
    with dko.open_screen("again.h5") as screen:
        assert list(screen.obs.columns) == ["cluster", "depth", "state"]


globals()[sys.argv[1]]()
