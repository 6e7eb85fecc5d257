"""Compares Screen.explain() of activations, knockdowns and both kinds of genes in one event, which computes in NumPy, with the
tables of dko explain: explain_kinds_test.py DKO, beside what activation.sh made."""
import subprocess
import sys

import numpy as np
import pandas as pd

import dko

PROGRAM = sys.argv[1]
tables = 0


def run(*words):
    subprocess.run([PROGRAM, *words, "-q"], check=True, stdout=subprocess.DEVNULL)


def refused(words, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except dko.UsageError as error:
        assert words in str(error), (words, str(error))
    else:
        raise SystemExit(f"not refused: {words}")


def compare(screen, model, genes, options, cell=None):
    """The same table, and impact and network, as `dko explain` with these options."""
    global tables
    told = screen.explain(f"{model}.h5", genes, cell=cell)
    in_cell = [] if cell is None else ["--cell", cell]
    run("explain", f"{model}.h5", data_of(model), *options, *in_cell, "--base", screen.base, "-o", "told.csv",
        "--json", "told.json", "--force")
    wanted = pd.read_csv("told.csv", float_precision="round_trip")
    wanted = wanted.drop(columns=[name for name in wanted if name.endswith("_sd")] + ["log2_ratio"])
    assert list(told) == list(wanted), (list(told), list(wanted))
    told, wanted = (table.set_index("gene").sort_index() for table in (told.reset_index(drop=True), wanted))
    assert list(told.index) == list(wanted.index)
    for name in wanted:
        assert np.allclose(told[name].astype(float), wanted[name].astype(float), rtol=1e-6, atol=2e-9, equal_nan=True), \
            (name, genes, (told[name].astype(float) - wanted[name].astype(float)).abs().max())
    scores = pd.read_json("told.json", typ="series")["scores"]
    for name in ("impact", "network"):
        assert abs(told.attrs[name] - scores[name]) < 1e-8, (name, told.attrs, scores)
    tables += 1
    return told


def data_of(model):
    return "levels.csv" if model == "levels" else "data.csv"


def cells_of(counts, on=(), off=()):
    return [cell for cell in counts if (counts.loc[list(on), cell] > 0).all() and (counts.loc[list(off), cell] == 0).all()]


for model in ("dko", "sparse", "levels"):
    if model == "levels":  # of genes that all cells express
        run("simulate", "--genes", "40", "--cells", "120", "--seed", "5", "--kinetics", "multiplicative", "--acyclic",
            "--strength", "4", "--always-on", "0.5", "--rate-noise", "0.3", "-o", "levels.csv")
        run("train", "levels.csv", "--mapping", "sparse", "--levels", "-o", "levels.h5")
    counts = pd.read_csv(data_of(model), index_col=0)
    share = (counts > 0).mean(axis=1)
    a, b, c = share.index[(share > 0.15) & (share < 0.85)][:3]
    for base in ("fitted", "shrunk"):
        for name, words in (("out", []), ("low", ["--knockdown", "0.3"]), ("up", ["--activate", "all"])):
            run("screen", data_of(model), "--model", f"{model}.h5", "--base", base, *words, "-o", f"{name}.{base}.h5",
                "--force")
        with dko.open_screen(f"out.{base}.h5") as out, dko.open_screen(f"low.{base}.h5") as low, \
                dko.open_screen(f"up.{base}.h5") as up:
            if model == "levels" and base == "fitted":  # levels are of what was observed
                refused("--levels", out.explain, f"{model}.h5", f"+{a}")
                refused("the levels of this model take", up.explain, f"{model}.h5", a)
                continue
            # Switched on, and both at once, by a screen of knockouts, which holds what the cells express.
            table = compare(out, model, f"+{a}", ["--activate", a])
            assert table["activated"].sum() == 1 and not table["knocked_out"].any() and table.loc[a, "share_after"] > 0
            compare(out, model, [f"+{a}"], ["--activate", a], cells_of(counts, off=[a])[0])
            compare(out, model, [f"+{a}", f"-{b}", c], ["--activate", a, "--knockout", f"{b},{c}"])
            # Knocked down.
            table = compare(low, model, [b, a], ["--knockout", f"{a},{b}", "--knockdown", "0.3"])
            assert table.attrs["knockdown"] == 0.3 and (table.loc[[a, b], "share_after"] > 0).all()
            compare(low, model, f"-{b}", ["--knockout", b, "--knockdown", "0.3"], cells_of(counts, on=[b])[0])
            refused("none can be switched on then", low.explain, f"{model}.h5", [f"+{a}"])
            # By a screen that switches genes on.
            if base != "fitted":
                refused("a + before the gene", up.explain, f"{model}.h5", a)
                continue
            compare(up, model, a, ["--activate", a])
            compare(up, model, [f"+{a}", b], ["--activate", f"{a},{b}"])
            cell = cells_of(counts, on=[c], off=[a])[0]
            compare(up, model, [a, f"-{c}"], ["--activate", a, "--knockout", c], cell)
            # As its own scores are.
            single = up.singles(cell=cell, gene=a).iloc[0]
            alone = up.explain(f"{model}.h5", single["gene"], cell=cell)
            assert abs(alone.attrs["impact"] - single["impact"]) < 1e-6
            refused("cannot be switched on in cell", up.explain, f"{model}.h5", a, cell=cells_of(counts, on=[a])[0])
            refused("it can be one of them", up.explain, f"{model}.h5", [a, f"-{a}"])
            refused("at least one gene", up.explain, f"{model}.h5", [])
run("screen", "data.csv", "--model", "dko.h5", "--activate", "gene1,gene2", "-o", "some_up.h5", "--force")
with dko.open_screen("some_up.h5") as screen:
    refused("activations of some genes or cells only", screen.explain, "dko.h5", "gene1")
with dko.open_screen("both.h5") as screen:
    refused("has no single knockouts or activations", screen.explain, "sparse.h5", ["+gene1"])
assert tables == 5 * 5 + 2 * 3, tables
print(f"{tables} tables agree")
