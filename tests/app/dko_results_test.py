"""Compares dko_results with the program's own exports, with pandas, and with plain formulas."""
import json

import dko_model
import dko_results
import dko_screen_file
import dko_stored_summary
import dko_summary
import h5py
import numpy as np
import pandas as pd
import scipy.sparse

COLUMNS = {
    "gene_name": "gene",
    "gene1_name": "gene1",
    "gene2_name": "gene2",
    "cell_name": "cell",
    "k_pred": "impact",
    "k_pred_sd": "impact_sd"
}
SCORES = ["impact", "network", "share", "impact_sd", "network_sd", "interaction", "network_interaction"]


def exported(path):
    """An export, its scores as the single precision they were written from."""
    table = pd.read_csv(path, dtype={column: str for column in COLUMNS if column.endswith("name")})
    table = table.rename(columns=COLUMNS)
    return table.astype({name: np.float32 for name in SCORES if name in table})


def same(table, wanted):
    """Equal to the bit, in the same order, in every column that both have (what is exported, all)."""
    shared = [column for column in wanted if column in table]
    assert set(wanted) <= set(table.columns), (set(wanted), set(table.columns))
    assert len(wanted), "nothing to compare"
    pd.testing.assert_frame_equal(table[shared].reset_index(drop=True),
                                  wanted[shared].reset_index(drop=True),
                                  check_exact=True)


def refused(error, words, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except error as found:
        assert words in str(found), str(found)
        return
    raise AssertionError(f"not refused: {words}")


def compare_with_exports(name):
    singles, pairs = exported(f"{name}.single.csv"), exported(f"{name}.double.csv")
    with dko_results.open_screen(f"{name}.h5") as screen:
        same(screen.singles(), singles)
        for cell in (0, 31, "cell59"):
            label = cell if isinstance(cell, str) else screen.cells[cell]
            same(screen.singles(cell=cell), singles[singles["cell"] == label])
            same(screen.pairs(cell=cell), pairs[pairs["cell"] == label])
        same(screen.singles(gene=["gene7", 20]), singles[singles["gene"].isin(["gene7", "gene20"])])
        same(screen.singles(gene=7, cell="cell5"),
             singles[(singles["gene"] == "gene7") & (singles["cell"] == "cell5")])
        most = pairs.groupby(["gene1", "gene2"]).size().idxmax()
        wanted = pairs[(pairs["gene1"] == most[0]) & (pairs["gene2"] == most[1])]
        same(screen.pairs(gene1=most[0], gene2=most[1]), wanted)
        same(screen.pairs(gene1=most[1], gene2=most[0], cell=wanted["cell"].iloc[-1]), wanted.tail(1))
        matrix = screen.singles_matrix("network")
        assert matrix.nnz == len(singles) == screen.n_singles
        assert np.array_equal(matrix.data, singles["network"]) and matrix.shape == (60, 30)
        compare_top(screen, name, singles, pairs)
        compare_summaries(screen, singles, pairs)


def compare_top(screen, name, singles, pairs):
    """dko top names the same events with the same scores."""
    with open(f"{name}.top.json") as file:
        top = json.load(file)
    for entry in top["single"]:
        row = screen.singles(cell=entry["cell"], gene=entry["genes"]).iloc[0]
        assert row["impact"] == np.float32(entry["impact"]) and row["network"] == np.float32(entry["network"])
    assert top["single"][0]["impact"] == singles["impact"].max()
    of_pairs = top["double" if screen.has_all_pairs else "list"]
    for entry in of_pairs:
        row = screen.pairs(cell=entry["cell"], gene1=entry["genes"][0], gene2=entry["genes"][1]).iloc[0]
        assert row["impact"] == np.float32(entry["impact"])
        assert row["interaction"] == np.float32(entry["interaction"])
    assert of_pairs[0]["impact"] == pairs["impact"].max()


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-13)


def compare_summaries(screen, singles, pairs):
    summary = screen.gene_summary().set_index("gene")
    assert summary["impact_mean"].is_monotonic_decreasing
    wanted = singles.astype({"impact": float, "network": float}).groupby("gene")
    summary = summary.loc[list(wanted.groups)]
    assert (summary["cells"] == wanted.size()).all()
    for score in ("impact", "network"):
        close(summary[f"{score}_mean"], wanted[score].mean())
        close(summary[f"{score}_sd"], wanted[score].std())
    of_cells = screen.cell_summary().set_index("cell")
    close(of_cells["impact_mean"],
          singles.astype({
              "impact": float
          }).groupby("cell", sort=False)["impact"].mean())

    compare_pair_summary(screen.pair_summary(), pairs)
    # The same in bands of some rows, in blocks of few values, and row by row.
    for module, constant, value in ((dko_summary, "PAIR_MEMORY", 6000), (dko_screen_file, "BLOCK", 97)):
        before = getattr(module, constant)
        setattr(module, constant, value)
        compare_pair_summary(screen.pair_summary(), pairs)
        setattr(module, constant, before)
    chosen = ["gene20", "gene3", "gene7", "gene8", "gene11"]
    among = pairs[pairs["gene1"].isin(chosen) & pairs["gene2"].isin(chosen)]
    for dko_screen_file.SMALL_READ in (0, 1 << 16):
        compare_pair_summary(screen.pair_summary(genes=chosen), among)
    within = ["cell3", "cell4", "cell40"]
    compare_pair_summary(screen.pair_summary(cells=within, by="impact"), pairs[pairs["cell"].isin(within)],
                         "impact")
    everything = screen.pair_summary(min_cells=3)
    assert (everything["cells"] >= 3).all()
    same(screen.pair_summary(top=7, min_cells=3), everything.head(7))


def compare_not_visible(screen):
    """Tables of knockouts and of pairs tell which genes are not visible."""
    why = screen.visibility["why"]
    hidden = set(why.index[why != ""])
    assert hidden and len(hidden) < len(why), "the data must have both"
    for table in (screen.singles(), screen.singles(cell=3), screen.singles(gene="gene7")) if screen.has_singles else ():
        assert list(table["not_visible"]) == list(why[table["gene"]])
    pairs = screen.pair_summary()
    wanted = [", ".join(gene for gene in pair if gene in hidden) for pair in zip(pairs["gene1"], pairs["gene2"])]
    assert list(pairs["not_visible"]) == wanted and any(", " in text for text in wanted) and "" in wanted


def compare_pair_summary(found, pairs, by=None):
    measures = [name for name in SCORES if name in pairs]
    by = by or next(name for name in ("network_interaction", "interaction") if name in measures)
    groups = pairs.astype({name: float for name in measures}).groupby(["gene1", "gene2"])
    assert len(found) == groups.ngroups and (found["rank"] == np.arange(1, len(found) + 1)).all()
    assert found[f"{by}_mean"].abs().is_monotonic_decreasing
    found = found.set_index(["gene1", "gene2"]).loc[list(groups.groups)]
    assert (found["cells"] == groups.size()).all()
    for name in measures:
        close(found[f"{name}_mean"], groups[name].mean())
        if not name.endswith("_sd"):
            close(found[f"{name}_sd"], groups[name].std())
    same_sign = groups["interaction"].apply(lambda values: np.mean(np.sign(values) == np.sign(values.mean())))
    same_sign[groups["interaction"].mean() == 0] = 0
    close(found["same_sign"], same_sign)


def layers(group):
    return [group[f"mapping/{name}"][:].astype(float) for name in ("W1t", "b1", "W2", "b2")]


def dense_profile(weights, expressed, _):
    w1t, b1, w2, b2 = weights
    z = np.zeros(len(b2))
    z[expressed] = 1 / len(expressed)
    y = z * abs(w2 @ (w1t.T @ z + b1) + b2)
    return y / y.sum()


def sparse_parts(group):
    parts = [group[f"mapping/{name}"][:] for name in ("offset", "floor", "loadings", "responses")]
    effects = group["mapping/A"]
    kind = {"csr_matrix": scipy.sparse.csr_matrix, "csc_matrix": scipy.sparse.csc_matrix}[effects.attrs["encoding-type"]]
    arrays = tuple(effects[name][:] for name in ("data", "indices", "indptr"))
    return [kind(arrays, shape=effects.attrs["shape"]).toarray(), *parts]


def sparse_profile(parts, expressed, intact):
    effects, offset, floor, loadings, responses = parts
    profile = np.zeros(len(offset))
    for gene in expressed:
        output = offset[gene] + effects[gene,
                                        expressed].sum() + responses[gene] @ loadings[intact].sum(axis=0)
        profile[gene] = max(floor[gene], output)
    return profile / profile.sum()


def base_ratios(base, counts, variances, fitted):
    """b/q of the base profile of one cell, up to a factor."""
    ratios = np.ones(len(fitted))
    for gene in np.flatnonzero(counts):
        if base == "fitted" or fitted[gene] < 1e-6 / (counts > 0).sum():
            continue
        weight = 1.0
        if base == "shrunk" and (counts == np.floor(counts)).all():
            weight = variances[gene] / (variances[gene] + fitted[gene] / counts.sum())
        observed = float(np.float32(counts[gene] / counts.sum()))  # as dko holds it
        ratios[gene] = (1 - weight) + weight * observed / fitted[gene]
    return ratios


def explained_again(members, profile, expressed, lost, base, counts):
    """share_before, share_after and renormalised by plain formulas, and the impact."""
    left = [gene for gene in expressed if gene not in lost]
    parts = []
    for member, variances in members:
        before, after = profile(member, expressed, expressed), profile(member, left, expressed)
        ratios = base_ratios(base, counts, variances, before)
        before, after = (part * ratios / (part * ratios).sum() for part in (before, after))
        rescaled = np.where(np.isin(np.arange(len(before)), left), before, 0)
        parts.append((before, after, rescaled / rescaled.sum(), abs(after - before).sum() / 2))
    return [np.mean([part[at] for part in parts], axis=0) for at in range(4)]


def compare_explanation(name, read, profile, expression="data"):
    counts = pd.read_csv(f"{expression}.csv", index_col=0).to_numpy(dtype=np.float32).T.astype(float)
    with h5py.File(f"{name}_model.h5") as file:
        groups = [file[f"member{at}"]
                  for at in range(file.attrs.get("members", 1))] if "member0" in file else [file]
        members = [(read(group), group["mapping/share_variance"][:]) for group in groups]
    with dko_results.open_screen(f"{name}.h5") as screen:
        for lost in (["gene7"], ["gene3", "gene20"]):
            numbers = [screen.gene_number(gene) for gene in lost]
            able = [cell for cell in range(60) if np.isin(numbers, screen.genes_of(cell)).all()]
            again = {
                cell: explained_again(members, profile,
                                      screen.genes_of(cell).tolist(), numbers, screen.base, counts[cell])
                for cell in able
            }
            for cell in (able[0], None):
                found = screen.explain(f"{name}_model.h5", lost, cell=cell)
                wanted = again[cell] if cell is not None else [
                    np.mean([again[c][at] for c in able], axis=0) for at in range(4)
                ]
                compare_table(screen, found, wanted, 1 if cell is not None else len(able))
            stored = screen.singles(cell=able[0], gene=lost[0])["impact"].iloc[0]
            if len(lost) == 1:
                explained = screen.explain(f"{name}_model.h5", lost, cell=able[0])
                assert abs(explained.attrs["impact"] - stored) < 1e-6
                network = screen.singles(cell=able[0], gene=lost[0])["network"].iloc[0]
                assert abs(explained.attrs["network"] - network) < 1e-6
        model = dko_model.open_model(f"{name}_model.h5")
        members_stated = model.training["settings"]["members"]
        assert members_stated == len(members) == len(model.training["members"])
        absent = next(cell for cell in range(60) if not np.isin(numbers, screen.genes_of(cell)).all())
        refused(dko_results.UsageError, "cannot be lost in cell", screen.explain, model, lost, cell=absent)
        model.close()


def compare_table(screen, found, wanted, cells):
    before, after, rescaled, impact = wanted
    assert found.attrs["cells"] == cells and abs(found.attrs["impact"] - impact) < 1e-12
    lost = found["knocked_out"].to_numpy()
    assert lost[:lost.sum()].all() and lost.sum() in (1, 2) and (found["change"][lost] < 0).all()
    assert found["network_change"][~lost].abs().is_monotonic_decreasing
    table = found.set_index("gene").reindex(screen.genes)
    shown = before > 0
    assert (table["share_before"].notna().to_numpy() == shown).all()
    table = table[shown]
    close(table["share_before"], before[shown])
    close(table["share_after"], after[shown])
    close(table["renormalised"], rescaled[shown])
    close(table["change"], (after - before)[shown])
    close(table["network_change"], (after - rescaled)[shown])
    assert abs(table["network_change"].sum()) < 1e-12 and abs(table["change"].sum()) < 1e-12


def compare_refusals():
    refused(dko_results.ReadError, "there is no such file", dko_results.open_screen, "none.h5")
    refused(dko_results.InputError, "no HDF5 file", dko_results.open_screen, "data.csv")
    refused(dko_results.InputError, "a dko model", dko_results.open_screen, "dense_model.h5")
    refused(dko_results.InputError, "a dko screen", dko_model.open_model, "dense.h5")
    for change, words in (({"complete": 0}, "not finished"), ({"version": 9}, "version 9")):
        with open("dense.h5", "rb") as source, open("changed.h5", "wb") as copy:
            copy.write(source.read())
        with h5py.File("changed.h5", "a") as file:
            file.attrs.update(change)
        refused(dko_results.InputError, words, dko_results.open_screen, "changed.h5")
    with open("dense.h5", "rb") as source, open("cut.h5", "wb") as copy:
        copy.write(source.read()[:30000])
    refused(dko_results.InputError, "corrupt", dko_results.open_screen, "cut.h5")
    with open("dense.h5", "rb") as source, open("changed.h5", "wb") as copy:
        copy.write(source.read())
    with h5py.File("changed.h5", "a") as file:
        file["single/indices"][3] = 1000
    with dko_results.open_screen("changed.h5") as screen:
        refused(dko_results.InputError, "not there", screen.singles)
    with dko_results.open_screen("dense.h5") as screen:
        refused(dko_results.UsageError, "no gene named 'Trem2'", screen.singles, gene="Trem2")
        refused(dko_results.UsageError, "no gene named 'x'; there is no gene named 'y'", screen.pair_summary,
                genes=["gene3", "x", "y"])
        refused(dko_results.UsageError, "no gene named '7'; write #7", screen.singles, gene="7")
        assert screen.gene_number("#7") == screen.gene_number(7) == screen.gene_number("gene7") == 7
        refused(dko_results.UsageError, "no cell 60", screen.pairs, cell=60)
        refused(dko_results.UsageError, "would not fit", screen.pairs)
        refused(dko_results.UsageError, "same gene", screen.pairs, gene1="gene3", gene2=3)
        refused(dko_results.UsageError, "no share_sd", screen.singles_matrix, "share_sd")
        refused(dko_results.InputError, "not the model", screen.explain, "ensemble_model.h5", ["gene7"])
    with dko_results.open_screen("some.h5") as screen:
        refused(dko_results.UsageError, "some genes or cells only", screen.explain, "dense_model.h5",
                ["gene7"])
        refused(dko_results.UsageError, "--order 2", screen.pair_summary)
        assert not screen.has_pairs and set(screen.singles()["gene"]) == {"gene3", "gene7", "gene8", "gene20"}


def compare_kept():
    """A stored summary is that of the full screen, to single precision; kept pairs are a list like others."""
    with dko_results.open_screen("dense.h5") as full, dko_results.open_screen("summary.h5") as screen:
        assert (screen.keep, screen.keep_by, full.keep) == ("summary", None, "full")
        wanted, found = full.pair_summary(), screen.pair_summary()
        assert set(wanted) < set(found) and len(wanted) == len(found)
        assert found["network_interaction_mean"].abs().is_monotonic_decreasing
        pairs = exported("dense.double.csv").groupby(["gene1", "gene2"])
        labels = ["gene1", "gene2"]
        by_gene = found.set_index(labels).loc[list(pairs.groups)]
        assert list(by_gene["not_visible"]) == list(wanted.set_index(labels).loc[by_gene.index, "not_visible"])
        for name in wanted.drop(columns=["rank", "not_visible", *labels]):
            np.testing.assert_allclose(by_gene[name], wanted.set_index(labels).loc[by_gene.index, name],
                                       rtol=1e-6, atol=1e-10)
        for name in ("impact", "network", "interaction", "network_interaction"):
            assert np.array_equal(by_gene[f"{name}_min"], pairs[name].min())
            assert np.array_equal(by_gene[f"{name}_max"], pairs[name].max())
        same(screen.pair_summary(top=7), found.head(7))
        dko_stored_summary.BLOCK = 50
        same(screen.pair_summary(top=7), found.head(7))
        same(screen.pair_summary(), found)
        few = found[found["gene1"].isin(["gene3", "gene7", "gene8"]) & found["gene2"].isin(["gene3", "gene7", "gene8"])]
        same(screen.pair_summary(genes=["gene3", 7, "gene8"]).drop(columns="rank"), few.drop(columns="rank"))
        assert (screen.pair_summary(min_cells=20)["cells"] >= 20).all()
        assert screen.pair_summary(by="network")["network_mean"].is_monotonic_decreasing
        refused(dko_results.UsageError, "pair_summary()", screen.pairs, cell=3)
        refused(dko_results.UsageError, "over all cells", screen.pair_summary, cells=[1])
        refused(dko_results.UsageError, "has no impact_sd", screen.pair_summary, by="impact_sd")
        same(screen.singles(), full.singles())
    with dko_results.open_screen("top.h5") as screen:
        assert (screen.keep, screen.keep_by) == ("top:5", "interaction")
        pairs = exported("dense.double.csv")
        for cell in (0, 31):
            of_cell = pairs[pairs["cell"] == screen.cells[cell]]
            order = of_cell["interaction"].sort_values(kind="stable").index
            kept = of_cell.loc[sorted({*order[:5], *order[-5:]})]
            same(screen.pairs(cell=cell), kept)


def compare_losses():
    """A training that was validated at every seventh step has no loss of validation at others."""
    model = dko_model.open_model("seldom_model.h5")
    losses = model.training["losses"]
    model.close()
    assert losses["training_loss"].notna().all() and list(losses["step"]) == list(range(30))
    assert list(losses["step"][losses["validation_loss"].notna()]) == [0, 7, 14, 21, 28]
    with h5py.File("seldom_model.h5") as file:
        same_values = losses["validation_loss"].dropna().to_numpy() == file["training/validation_losses"][:]
    assert same_values.all()


def compare_visibility():
    """The figures of the file and the words of the program, in screens and models; None where a file does not tell."""
    for name in ("hidden", "counts"):
        with dko_results.open_screen(f"{name}.h5") as screen, dko_model.open_model(f"{name}_model.h5") as model:
            known = screen.visibility
            pd.testing.assert_frame_equal(model.visibility, known)
        data = pd.read_csv(f"{name}.csv", index_col=0)
        assert list(known.index) == list(data.index) and (known["cells_with"] == (data > 0).sum(axis=1)).all()
        assert (known["cells_with"] + known["cells_without"] == 60).all()
        assert (known["visible"] == (known["information"] >= 5)).all() and (known["visible"] == (known["why"] == "")).all()
        with h5py.File(f"{name}.h5ad") as file:  # the words of the program
            assert (file["var/not_visible"].asstr()[:] == known["why"]).all()
            assert (file["var/information"][:] == known["information"]).all()
        words = known["why"]
        if name == "hidden":
            assert words["gene0"] == "all cells express it" and words["gene1"] == "3 of 60 cells express it"
            assert words["gene2"] == "96.7 % of the cells express it" and known["information"]["gene2"] == 2
        else:
            assert words.str.contains("counting explains").sum() > 3 and known["visible"].sum() > 3, words
    for change, wanted in ((lambda file: file.pop("visibility/unexplained"), "is corrupt"),
                           (lambda file: file["visibility/information"].write_direct(np.full(30, np.nan)), "impossible")):
        with open("hidden.h5", "rb") as source, open("changed.h5", "wb") as copy:
            copy.write(source.read())
        with h5py.File("changed.h5", "a") as file:
            change(file)
        with dko_results.open_screen("changed.h5") as screen:
            refused(dko_results.InputError, wanted, lambda: screen.visibility)
    with h5py.File("changed.h5", "a") as file:
        del file["visibility"]
    with dko_results.open_screen("changed.h5") as screen:
        assert screen.visibility is None and "not_visible" not in screen.gene_summary("network")


def compare_ranks():
    """By network genes that are not visible come after all others, also where others are lower."""
    for name, by in (("hidden", "network"), ("hidden_network", None)):
        with dko_results.open_screen(f"{name}.h5") as screen:
            genes, known = screen.gene_summary(by), screen.visibility
        assert (genes["rank"] == np.arange(1, len(genes) + 1)).all()
        assert (genes["not_visible"] == known["why"].loc[genes["gene"]].to_numpy()).all()
        assert (genes["information"] == known["information"].loc[genes["gene"]].to_numpy()).all()
        seen, hidden = genes[genes["not_visible"] == ""], genes[genes["not_visible"] != ""]
        assert set(hidden["gene"]) == {"gene0", "gene1", "gene2"}  # gene5 is in no cell, and cannot be lost
        assert hidden.index.min() == len(seen) and hidden["network_mean"].max() > seen["network_mean"].min()
        for part in (seen, hidden):
            assert part["network_mean"].is_monotonic_decreasing
    with dko_results.open_screen("hidden.h5") as screen:
        assert screen.gene_summary()["impact_mean"].is_monotonic_decreasing
        assert screen.explain("hidden_model.h5", ["gene2", "gene7"]).attrs["not_visible"] == \
            {"gene2": "96.7 % of the cells express it"}
        refused(dko_results.UsageError, "has no interaction", screen.gene_summary, "interaction")


compare_losses()
compare_visibility()
for screen_name in ("counts_pairs", "counts_summary"):
    with dko_results.open_screen(f"{screen_name}.h5") as screen_of_counts:
        compare_not_visible(screen_of_counts)
compare_ranks()
compare_kept()
for screen_name in ("dense", "sampled", "ensemble"):
    compare_with_exports(screen_name)
compare_explanation("dense", layers, dense_profile)
compare_explanation("ensemble", layers, dense_profile)
compare_explanation("sampled", sparse_parts, sparse_profile)
compare_explanation("observed", layers, dense_profile)
compare_explanation("shrunk", sparse_parts, sparse_profile, "counts")
compare_refusals()
