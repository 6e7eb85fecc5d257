"""Compares effects.h5ad, and its tables, with what dko explain says of the loss of each gene.

effects_again.py EFFECTS EXPLAINED SPARSE [LABEL=EXPLAINED...]: EXPLAINED is a folder with GENE.csv of every gene that
some cell can lose; of a label, with the cells of that label alone. SPARSE is 1 if only genes with a direct effect have entries.
"""
import json
import pathlib
import sys

import anndata
import numpy
import pandas

effects, explained, sparse, *labels = sys.argv[1:]
data = anndata.read_h5ad(effects)
genes = list(data.var_names)


def explained_in(folder):
    found = {}
    for lost in data.obs_names:
        path = pathlib.Path(folder) / f"{lost}.csv"
        if path.exists():
            found[lost] = pandas.read_csv(path).set_index("gene")
    return found


def close(a, b, what):
    error = abs(numpy.asarray(a, float) - numpy.asarray(b, float))
    assert (error <= 1e-12 + 1e-6 * abs(numpy.asarray(b, float))).all(), (what, error.max())


def check(suffix, changes):
    change = (data.X if not suffix else data.layers["change" + suffix]).tocsr()
    layer = {name: data.layers[name + suffix].tocsr() for name in ("relative", "cells")}
    sd = data.layers["change_sd" + suffix].tocsr() if "change_sd" + suffix in data.layers else None
    assert set(changes) and len(set(changes)) >= 2
    for row, lost in enumerate(data.obs_names):
        has = dict(zip(change.indices[change.indptr[row]:change.indptr[row + 1]],
                       range(change.indptr[row], change.indptr[row + 1])))
        if lost not in changes:
            assert data.obs["n_cells" + suffix].iloc[row] == 0
            assert not change[row].count_nonzero()
            continue
        table = changes[lost]
        assert data.obs["n_cells" + suffix].iloc[row] == table["cells"][lost]
        assert genes.index(lost) not in has
        rest = table[table["knocked_out"] == 0]
        stored = [gene for gene in rest.index if genes.index(gene) in has]
        missing = rest[~rest.index.isin(stored)]
        if sparse == "0":
            assert (missing["network_change"] == 0).all()
        elif "direct_q" in table and not suffix:
            assert not set(missing.index[missing["direct_q"].notna() & (missing["network_change"] != 0)])
            assert rest.loc[stored, "direct_q"].notna().all()
        at = [has[genes.index(gene)] for gene in stored]
        rows = rest.loc[stored]
        close(change.data[at], rows["network_change"], (lost, "change"))
        close(layer["relative"].data[at], rows["network_change"] / rows["renormalised"], (lost, "relative"))
        close(layer["cells"].data[at], rows["cells"], (lost, "cells"))
        if sd is not None:
            close(sd.data[at], rows["network_change_sd"], (lost, "sd"))
        if "q" in data.layers and not suffix:
            close(data.layers["q"].tocsr().data[at], rows["direct_q"].fillna(1), (lost, "q"))
        check_sets(suffix, row, lost, rest)


def check_sets(suffix, row, lost, rest):
    if "gene_sets" not in data.obsm:
        return
    for number, name in enumerate(data.uns["gene_sets"]):
        members = [gene for gene in sets[name] if gene in rest.index and gene != lost]
        total, share = rest.loc[members, "network_change"].sum(), rest.loc[members, "renormalised"].sum()
        close(data.obsm["gene_sets" + suffix][row, number], total, (lost, name))
        close(data.obsm["gene_sets_relative" + suffix][row, number], total / share if share else 0, (lost, name, "relative"))


def first(frame, by, count):
    order = frame.assign(size=frame["change"].abs()).sort_values([by, "size"], ascending=[True, False], kind="stable")
    return order.groupby(by).head(count)


def check_tables():
    entries = data.X.tocoo()
    table = pandas.DataFrame({"lost": entries.row, "gene": entries.col, "change": entries.data})
    for file, by, other in (("targets.csv", "lost", "gene"), ("regulators.csv", "gene", "lost")):
        if not pathlib.Path(file).exists():
            continue
        found = pandas.read_csv(file, dtype={"gene": str, "gene_lost": str}).rename(columns={"gene_lost": "lost"})
        expected = first(table, by, 3)
        assert list(found["lost"]) == [data.obs_names[lost] for lost in expected["lost"]]
        assert list(found["gene"]) == [genes[gene] for gene in expected["gene"]]
        close(found["change"], expected["change"], file)
        assert list(found["rank"]) == list(expected.groupby(by).cumcount() + 1)


def check_frames():
    lost = data.X.tocsr()
    for row, gene in enumerate(data.obs_names):
        own = lost[row]
        assert data.obs["n_targets"].iloc[row] == own.nnz
        if own.nnz:
            largest = abs(own.data).argmax()
            assert data.obs["strongest"].iloc[row] == genes[own.indices[largest]]
            close(data.obs["strongest_change"].iloc[row], own.data[largest], "strongest")
    assert (data.var["n_regulators"] == numpy.diff(lost.tocsc().indptr)).all()
    assert data.uns["dko"]["command"].startswith("dko effects")
    json.dumps(list(data.uns["dko"]))


sets = {}
if pathlib.Path("sets.gmt").exists():
    for line in open("sets.gmt"):
        name, _, *members = line.rstrip("\n").split("\t")
        sets[name] = sorted(set(members))
check("", explained_in(explained))
for label in labels:
    name, folder = label.split("=")
    check("_" + name, explained_in(folder))
    assert name in list(data.uns["dko"]["groups"])
check_tables()
check_frames()
