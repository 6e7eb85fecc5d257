"""Compares what dko.R read, as r_test.R wrote it, with what Python's package reads."""
import dko
import numpy as np
import pandas as pd

TEXTS = ("gene", "gene1", "gene2", "cell", "id", "not_visible", "why", "type")
COUNTS = ("cells", "rank", "cells_with", "cells_without", "cells_against")
EXACT = (*COUNTS, "q_value", "shift_q_value", "information", "unexplained")


def read(name):
    table = pd.read_csv(name, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    for column in table:
        if column in COUNTS:
            table[column] = table[column].astype(int)
        elif column not in (*TEXTS, "visible", "by_level"):
            table[column] = [float.fromhex(text) if text not in ("NA", "NaN") else np.nan for text in table[column]]
    return table


def same(name, wanted, exact=True):
    """Columns of R that Python has too, all rows in their order: to the bit, or means within rounding."""
    found = read(name)
    assert len(found) == len(wanted) > 0, (name, len(found), len(wanted))
    for column in found:
        if column == "visible":
            why = wanted["not_visible" if "not_visible" in wanted else "why"]
            assert ((found[column] == "TRUE") == (why == "").to_numpy()).all(), name
        elif column == "by_level":
            assert ((found[column] == "TRUE") == wanted[column].to_numpy()).all(), name
        elif column in TEXTS:
            assert list(found[column]) == list(wanted[column]), (name, column)
        else:
            values = wanted[column].to_numpy(dtype=float)
            tolerance = 0 if exact or column in EXACT else 1e-12
            assert np.allclose(found[column], values, rtol=tolerance, atol=0, equal_nan=True), (name, column)
    return set(found)


for screen_name in ("sparse", "ensemble", "some", "compressed"):
    with dko.open_screen(f"{screen_name}.h5") as screen:
        singles = screen.singles()
        assert set(singles) == same(f"{screen_name}.singles.tsv", singles)
        known = same(f"{screen_name}.genes.tsv", screen.gene_summary(), exact=False)
        assert known == set(screen.gene_summary()) | {"visible"}, known
        visibility = screen.visibility.reset_index()
        assert set(visibility) == same(f"{screen_name}.visibility.tsv", visibility)
        assert visibility["visible"].any() and not visibility["visible"].all(), screen_name
        score = "impact" if screen_name == "ensemble" else "network"
        same(f"{screen_name}.scores.tsv", singles.rename(columns={score: "value"}))
        if screen_name != "some":
            pairs = screen.pairs(cell="cell7")
            assert set(pairs) == same(f"{screen_name}.pairs.tsv", pairs)
with dko.open_screen("sparse.h5") as screen:
    assert {"基因", "a,b", "NA"} <= set(screen.genes)
    same("network.genes.tsv", screen.gene_summary("network"), exact=False)
    parts = [screen.singles(gene=["NA", "gene7"], cell=cell) for cell in ("cell9", "cell3")]
    same("chosen.singles.tsv", pd.concat(parts, ignore_index=True))
    same("chosen.pairs.tsv", screen.pairs(cell="cell7", gene1="gene7"))
with dko.open_screen("always.h5") as screen:  # genes that enter by their level are visible; every reason why others are not
    visibility = screen.visibility.reset_index()
    same("always.visibility.tsv", visibility)
    same("always.genes.tsv", screen.gene_summary("network"), exact=False)
    for words in ("no cell expresses it", "all cells express it", "all but 1 of", "counting explains",
                  " of 1200 cells express it", "% of the cells express it"):
        assert visibility["why"].str.contains(words, regex=False).any(), words
    assert visibility["visible"].to_numpy()[visibility["information"] < 5].sum() == 1 == visibility["by_level"].sum()
with dko.open_screen("on.h5") as screen:
    assert screen.activates and read("on.singles.tsv")["gene"].str.startswith("+").all()
    assert set(screen.singles()) == same("on.singles.tsv", screen.singles())
    same("on.chosen.tsv", screen.singles(gene="gene7"))
    same("on.genes.tsv", screen.gene_summary("network"), exact=False)
    cell = "cell7"
    same("on.pairs.tsv", screen.pairs(cell=cell))
    lacking = screen.pairs(cell=cell)["gene1"].iloc[0].removeprefix("+")
    same("on.some_pairs.tsv", screen.pairs(cell=cell, gene1=lacking))
with dko.open_screen("mixed.h5") as screen:
    assert screen.list_adds_genes and not read("mixed.singles.tsv")["gene"].str.startswith("+").any()
    same("mixed.singles.tsv", screen.singles())
with dko.open_screen("types.h5") as screen:
    assert {"shift", "approach"} < same("types.singles.tsv", screen.singles())
    assert {"shift_mean", "shift_q_value"} < same("types.genes.tsv", screen.gene_summary(), exact=False)
    with_pairs = next(cell for cell in screen.cells if cell == "cell7")
    assert "shift_interaction" in same("types.pairs.tsv", screen.pairs(cell=with_pairs))
with dko.open_screen("all_types.h5") as screen:
    same("groups.tsv", screen.obs.reset_index().astype({"type": str}))
    for name, score, arguments in (("contrast", "network", ("type0", "type1")), ("others", "impact", ("type1", ))):
        least = {"min_cells": 5} if name == "others" else {}
        wanted = screen.contrast("type", *arguments, by=score, **least)
        wanted.columns = [title.removeprefix(f"{score}_") for title in wanted.columns]
        same(f"{name}.tsv", wanted, exact=False)
with dko.open_screen("unlabelled.h5") as screen:
    labels = screen.obs["type"]
    assert labels.isna().sum() == 4 and labels.isna().iloc[0]
    same("unlabelled.tsv", pd.DataFrame({"cell": screen.cells, "type": labels.astype(object).fillna("NA").to_numpy()}))
    wanted = screen.contrast("type", "type0", "type1")
    same("unlabelled.contrast.tsv", wanted.rename(columns=lambda title: title.removeprefix("network_")), exact=False)
with dko.open_screen("halves.h5") as screen:
    wanted = screen.contrast("half", "x", "y", by="shift")
    first = pd.read_csv("first.csv", keep_default_na=False)["gene"]
    told = pd.read_csv("halves.contrast.csv", keep_default_na=False)
    assert list(wanted["gene"]) == list(told["gene"]) and first[0] in list(told["gene"][1:])
    assert (told["not_visible"] != "").is_monotonic_increasing
    same("halves.tsv", wanted.rename(columns=lambda title: title.removeprefix("shift_")), exact=False)
with dko.open_screen("batches.h5") as screen:
    wanted = screen.contrast("batch", "100000")
    assert (wanted["cells"] + wanted["cells_against"] <= 45).all()
    same("batches.tsv", wanted.rename(columns=lambda title: title.removeprefix("network_")), exact=False)
with dko.open_screen("impact.h5") as screen:
    wanted = screen.contrast("type", "type1")
    same("impact.contrast.tsv", wanted.rename(columns=lambda title: title.removeprefix("impact_")), exact=False)
