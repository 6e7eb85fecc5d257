"""Compares what the package does on an AnnData with the files that python_call.sh made by the commands."""
import contextlib
import gc
import io
import os
import shlex
import signal
import warnings

import anndata
import dko
import h5py
import numpy as np
import pandas as pd
import scipy.sparse
from dko import options, places, program

warnings.filterwarnings("ignore", category=UserWarning)
SPARSE = {"mapping": "sparse", "order": 2, "score": ["impact", "network"], "quiet": True}


def cells():
    return anndata.read_h5ad("cells.h5ad")


def said_by(call, *arguments, **keywords):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        result = call(*arguments, **keywords)
    return result, said.getvalue()


def refused(error, words, call, *arguments, **keywords):
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            call(*arguments, **keywords)
        except error as found:
            assert words in str(found), str(found)
            return found
    raise AssertionError(f"not refused: {words}")


def arrays_of(path):
    found = {}
    with h5py.File(path) as file:
        for part in ("genes", "cells", "single", "double", "visibility", "fdr", "obs"):
            if part in file:
                file[part].visititems(lambda name, of, part=part: found.update({f"{part}/{name}": of[()]})
                                      if isinstance(of, h5py.Dataset) else None)
        return found, [file.attrs[name] for name in ("input_checksum", "model_checksum")]


def same_screen(path, by_hand, with_obs=True):
    (found, checksums), (wanted, wanted_checksums) = arrays_of(path), arrays_of(by_hand)
    assert checksums == wanted_checksums, (path, by_hand)
    if not with_obs:
        found, wanted = ({name: values for name, values in arrays.items() if not name.startswith("obs/")}
                         for arrays in (found, wanted))
    assert set(found) == set(wanted) and len(wanted) > 5
    for name in wanted:
        assert np.array_equal(found[name], wanted[name]), (path, name)


def same_bits_as_by_hand():
    for adata in (cells(), with_x(cells(), scipy.sparse.csr_matrix), with_x(cells(), scipy.sparse.csc_matrix),
                  with_x(cells(), scipy.sparse.coo_matrix), with_x(cells(), lambda values: np.asfortranarray(dense(values)))):
        with dko.screen(adata, ranks=2, **SPARSE) as screen:
            same_screen(screen.path, "hand.h5")
    with dko.screen(cells(), steps=30, batch=10, top_genes=20, quiet=True) as screen:
        same_screen(screen.path, "dense.h5")


def dense(values):
    return values.toarray() if scipy.sparse.issparse(values) else np.asarray(values)


def with_x(adata, change):
    return anndata.AnnData(X=change(adata.X), obs=adata.obs, var=adata.var) if change is not scipy.sparse.coo_matrix else \
        anndata.AnnData(X=scipy.sparse.csr_matrix(adata.X), obs=adata.obs, var=adata.var)


def other_places_of_values():
    """A layer, raw, a view, and data that stay in their file, dense and sparse."""
    adata = cells()
    counts, adata.X = adata.X.copy(), np.log1p(dense(adata.X))
    adata.layers["counts"] = counts
    with dko.screen(adata, layer="counts", **SPARSE) as screen:
        same_screen(screen.path, "hand.h5")
        assert " --layer counts" in screen.provenance["command"]
    adata = cells()
    adata.raw = adata
    adata = adata[:, ::2].copy()
    with dko.screen(adata, raw=True, **SPARSE) as screen:
        same_screen(screen.path, "hand.h5")
        means = screen.gene_summary().set_index("gene")["impact_mean"]
    assert adata.var["dko_impact"].dropna().equals(means.reindex(adata.var_names).dropna().rename("dko_impact"))
    view = cells()[::2]
    assert view.is_view
    with dko.screen(view, mapping="sparse", quiet=True) as screen:
        same_screen(screen.path, "half.h5")
    assert view.obs["dko_impact"].notna().all() and "dko_impact" in view.var
    with_x(cells(), scipy.sparse.csr_matrix).write_h5ad("csr.h5ad")
    with_x(cells(), dense).write_h5ad("dense.h5ad")
    for name in ("csr.h5ad", "dense.h5ad"):
        for mode in ("r", "r+"):
            backed = anndata.read_h5ad(name, backed=mode)
            with dko.screen(backed, **SPARSE) as screen:
                same_screen(screen.path, "hand.h5")
            assert "dko_network" in backed.var
            backed.file.close()
    backed = anndata.read_h5ad("dense.h5ad", backed="r")
    refused(dko.UsageError, "view of a backed AnnData", dko.screen, backed[:30])
    with dko.train(backed[::2], mapping="sparse", quiet=True) as model, h5py.File("half.h5") as half:
        assert model.provenance["model_checksum"] == half.attrs["model_checksum"]


def columns_as_by_hand():
    """The program chooses cells by columns of obs, of whatever type."""
    adata = cells()
    even = np.arange(60) % 2 == 0
    columns = {
        "text": np.where(even, "yes", "no"), "kind": pd.Categorical(np.where(even, "yes", "no")),
        "code": pd.Categorical(np.where(even, 1, 2)), "truth": even, "number": np.where(even, 1, 2),
        "some": pd.array(np.where(even, 1, 2), dtype="Int64"), "string": pd.array(np.where(even, "yes", "no"), dtype="string"),
        "gaps": np.where(even, "yes", None), "lacking": pd.Categorical(np.where(even, 1.0, np.nan)).rename_categories([1]),
        "mixed": [(1, 2)] * 60, "a/b": even
    }
    for name, values in columns.items():
        adata.obs[name] = values
    adata.obs.loc[~even, "some"] = pd.NA
    conditions = ("text=yes", "kind=yes", "code=1", "truth=True", "number<2", "some=1", "string=yes", "gaps=yes",
                  "lacking=1")
    for condition in conditions:
        with dko.screen(adata, mapping="sparse", where=[condition], quiet=True) as screen:
            same_screen(screen.path, "half.h5", with_obs=False)
    with dko.screen(adata, mapping="sparse", where=["text=yes", "number<2"], quiet=True) as screen:
        same_screen(screen.path, "half.h5", with_obs=False)
    with dko.screen(adata, mapping="sparse", cells=list(adata.obs_names[::2]), quiet=True) as screen:
        same_screen(screen.path, "half.h5", with_obs=False)
    error = refused(dko.ProgramError, "mixed", dko.screen, adata, where="mixed=1")
    assert error.exit_code == 3, error.exit_code
    assert not adata.obs["dko_impact"].isna().all() and adata.obs["dko_impact"].isna().sum() == 30


def summaries():
    adata = cells()
    adata.obs["dko_top_gene"] = ["of", "an earlier screen"] * 30
    with dko.screen(adata, out="kept.h5", **SPARSE) as screen:
        assert "dko_top_gene" not in screen.obs and len(screen.obs.columns) > 0
        pairs, singles = screen.pair_summary(top=100), screen.singles()
        seen = screen.visibility["visible"]
    table = pd.read_csv("genes.csv", dtype={"gene": str}, keep_default_na=False).set_index("gene")
    var = adata.var.loc[table.index]
    assert np.allclose(var["dko_impact"], table["impact_mean"].astype(float), rtol=1e-6, atol=0)
    assert np.allclose(var["dko_network"], table["network_mean"].astype(float), rtol=1e-6, atol=0)
    assert (var["dko_cells"] == table["cells"].astype(int)).all()
    assert (var["dko_not_visible"] == table["not_visible"]).all() and 0 < (var["dko_not_visible"] == "").sum() < 40
    assert np.allclose(var["dko_q_value"], table["q_value"].astype(float), rtol=1e-6)
    assert {"dko_share", "dko_information"} <= set(adata.var)
    # Of each cell, over the visible genes, by pandas.
    kept = singles[singles["gene"].map(seen)]
    assert np.allclose(adata.obs["dko_network"], kept.groupby("cell")["network"].mean()[adata.obs_names], rtol=1e-6)
    best = kept.sort_values("network", ascending=False, kind="stable").drop_duplicates("cell").set_index("cell")
    assert (adata.obs["dko_top_gene"].astype(str) == best["gene"][adata.obs_names]).all()
    assert (adata.obs["dko_top_score"] == best["network"][adata.obs_names]).all()
    uns = adata.uns["dko"]
    assert uns["ranked_by"] == "network" and uns["screen"] == os.path.abspath("kept.h5"), uns
    assert uns["options"]["score"] == "impact,network" and uns["provenance"]["seed"] == 1
    adata.write_h5ad("written.h5ad")
    again = anndata.read_h5ad("written.h5ad")
    pd.testing.assert_frame_equal(again.uns["dko"]["pairs"].reset_index(drop=True), pairs, check_dtype=False,
                                  check_categorical=False)
    assert dict(again.uns["dko"]["provenance"]) == uns["provenance"]
    assert again.var["dko_network"].equals(adata.var["dko_network"])
    with dko.screen(adata, mapping="sparse", score="impact", top_genes=20, quiet=True):
        assert "dko_network" not in adata.var and adata.var["dko_impact"].notna().sum() <= 20
        assert (adata.var["dko_not_visible"] == "not in the screen").sum() == 20
        assert adata.uns["dko"]["ranked_by"] == "impact" and "pairs" not in adata.uns["dko"]


def models():
    adata = cells()
    with dko.train(adata, mapping="sparse", out="trained.h5", quiet=True) as model, dko.open_model("model.h5") as wanted:
        assert model.provenance["model_checksum"] == wanted.provenance["model_checksum"]
        with dko.screen(adata, model=model, order=2, score="impact,network", quiet=True) as screen:
            same_screen(screen.path, "hand.h5")
        changes = dko.explain(model, adata, ["gene0", "gene1"])
    by_hand = pd.read_csv("changes.csv", float_precision="round_trip")
    assert list(changes) == list(by_hand) and changes["knocked_out"].dtype == bool
    pd.testing.assert_frame_equal(changes, by_hand, check_dtype=False, check_exact=True)
    having = adata.obs_names[np.flatnonzero(dense(adata[:, "gene0"].X))[0]]
    assert len(dko.explain("model.h5", adata, "gene0", cell=having)) < len(changes)
    refused(TypeError, "no option 'mapping'", dko.screen, adata, model="model.h5", mapping="sparse")


def told_by(call, *arguments, **keywords):
    """What is returned, and the warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        result = call(*arguments, **keywords)
    return result, [str(one.message) for one in told if "UserWarning" in one.category.__name__ and ".h5: " in str(one.message)]


def switched_on():
    """A list of both kinds is told to be left out, and the screen is there in any case."""
    adata = cells()
    values = dense(adata.X)
    cell = int(np.flatnonzero((values == 0).any(axis=1))[0])
    off, on = (adata.var_names[np.flatnonzero(where)[0]] for where in (values[cell] == 0, values[cell] > 0))
    name = adata.obs_names[cell]
    with open("both.csv", "w", encoding="utf-8") as file:
        print("gene1_name,gene2_name,cell_name", f"+{off},-{on},{name}", sep="\n", file=file)
    for order in ({}, {"order": 1}):
        adata.var["dko_share"] = adata.obs["dko_top_score"] = 7.0  # of an earlier screen
        screen, told = told_by(dko.screen, adata, model="model.h5", events="both.csv", quiet=True, **order)
        with screen:
            assert list(screen.listed()[["gene1", "gene2"]].iloc[0]) == [f"+{off}", f"-{on}"]
        assert len(told) == 1 and "its list switches genes on" in told[0] and "listed()" in told[0], told
        assert "pairs" not in adata.uns["dko"]
        assert "dko_share" not in adata.var or not (adata.var["dko_share"] == 7).any()
        assert ("dko_impact" in adata.var) == ("dko_impact" in adata.obs) == bool(order)
    assert told_by(dko.screen, adata, model="model.h5", quiet=True)[1] == []
    # Alone, and beside a loss.
    for none in ({}, {"knockout": []}, {"knockout": None}, {"knockout": np.array([], dtype=str)}):
        alone = dko.explain("model.h5", adata, activate=off, cell=name, **none)
        assert alone["activated"].dtype == alone["knocked_out"].dtype == bool
        assert list(alone["gene"][alone["activated"]]) == [off] and not alone["knocked_out"].any()
    both = dko.explain("model.h5", adata, on, activate=[off], cell=name)
    assert list(both["gene"][both["activated"]]) == [off] and list(both["gene"][both["knocked_out"]]) == [on]
    refused(TypeError, "knockout is an empty list", dko.explain, "model.h5", adata, [])
    refused(dko.ProgramError, "give the genes to lose", dko.explain, "model.h5", adata)


def activations():
    """Have columns of their own beside those of losses, over the cells that lack a gene, by pandas."""
    for model in ("model.h5", "dense_model.h5"):
        adata = cells()
        adata.var["gene_ids"] = [f"ENSG{number}" for number in range(adata.n_vars)]
        dko.screen(adata, model=model, quiet=True).close()
        lost = adata.copy()
        adata.var["dko_activation_share"] = adata.obs["dko_activation_top_score"] = 7.0  # of an earlier screen
        screen, told = told_by(dko.screen, adata, model=model, activate="all", order=2, score=["impact", "network"], quiet=True)
        with screen:
            assert screen.activates and told == [], told
            assert not [title for title in screen.obs if title.startswith("dko_")]
            singles, pairs, seen = screen.singles(), screen.pair_summary(top=100), screen.visibility
        as_by_pandas(adata, singles, seen)
        uns = adata.uns["dko"]
        assert uns["provenance"]["activation"] == 1 and uns["pairs"]["gene1"].str.startswith("+").all()
        assert (uns["pairs"]["network_interaction_mean"].to_numpy() == pairs["network_interaction_mean"].to_numpy()).all()
        for now, before in ((adata.var, lost.var), (adata.obs, lost.obs)):  # and those of losses are as they were
            assert "dko_impact" in before and before.equals(now[before.columns])
            assert len([name for name in now if name.startswith("dko_activation_")]) > 3
        adata.write_h5ad("both.h5ad")
        both = anndata.read_h5ad("both.h5ad")
        assert both.obs["dko_activation_network"].equals(adata.obs["dko_activation_network"])
        with dko.screen(both, model=model, quiet=True) as screen:  # the other way round
            assert not [title for title in screen.obs if title.startswith("dko_")]
        assert "activation" not in both.uns["dko"]["provenance"]
        assert both.var["dko_activation_impact"].equals(adata.var["dko_activation_impact"])
        assert both.var["dko_impact"].equals(lost.var["dko_impact"])
    # Some genes: of an earlier screen of them nothing is left.
    some = list(adata.var["dko_activation_cells"][seen["visible"]].nlargest(2).index)
    with dko.screen(adata, model="model.h5", activate=some, score="impact", quiet=True) as screen:
        singles, seen = screen.singles(), screen.visibility
    assert "dko_activation_network" not in adata.var and "dko_activation_network" not in adata.obs
    assert sorted(adata.var_names[adata.var["dko_activation_impact"].notna()]) == sorted(some)
    as_by_pandas(adata, singles, seen)


def as_by_pandas(adata, singles, known):
    """The columns of activations are means of `singles`, and `known` of the genes' visibility."""
    singles = singles.assign(gene=singles["gene"].str[1:]).astype({"impact": float, "share": float})
    by_gene, var = singles.groupby("gene"), adata.var
    scores = [score for score in ("impact", "network", "share") if score in singles]
    for score in scores:
        means = by_gene[score].mean().reindex(adata.var_names)
        assert np.allclose(var[f"dko_activation_{score}"], means, rtol=1e-6, equal_nan=True), score
    assert (var["dko_activation_cells"] == by_gene.size().reindex(adata.var_names, fill_value=0)).all()
    assert (var["dko_activation_cells"] <= (dense(adata.X) == 0).sum(axis=0)).all()
    screened = var["dko_activation_information"].notna()
    assert (var["dko_activation_information"] == known["information"][adata.var_names])[screened].all() and screened.any()
    assert (var["dko_activation_not_visible"] == known["why"][adata.var_names]).all()
    kept = singles[singles["gene"].map(known["visible"])]
    for score in scores[:-1]:
        means = kept.groupby("cell")[score].mean().reindex(adata.obs_names)
        assert np.allclose(adata.obs[f"dko_activation_{score}"], means, rtol=1e-6, equal_nan=True), score
    score = adata.uns["dko"]["ranked_by"]
    kept = kept[kept[score] > 0].sort_values(score, ascending=False, kind="stable").drop_duplicates("cell").set_index("cell")
    best = kept.reindex(adata.obs_names)
    assert len(kept) > 20 and adata.obs["dko_activation_top_gene"].astype(object).equals(best["gene"])
    assert np.array_equal(adata.obs["dko_activation_top_score"], best[score], equal_nan=True)


def files_stay_as_long_as_the_screen():
    screen = dko.screen(cells(), mapping="sparse", quiet=True)
    folder = os.path.dirname(screen.path)
    assert os.listdir(folder) == ["screen.h5"]
    screen.singles(cell=3)
    screen.close()
    del screen
    gc.collect()
    assert not os.path.exists(folder)
    assert not [name for name in os.listdir() if name.startswith("dko-")], os.listdir()


def progress():
    (screen, said) = said_by(dko.screen, cells(), mapping="sparse", ranks=2)
    assert "dko: fitting the sparse mapping to 60 cells\n" in said and "knockouts scored in" in said, said
    (screen, said) = said_by(dko.screen, cells(), mapping="sparse", quiet=True)
    assert all(line.startswith("dko: warning: ") for line in said.splitlines()), said


def errors():
    adata = cells()
    assert issubclass(dko.ProgramError, dko.Error) and dko.Error is dko.DkoError
    error = refused(dko.ProgramError, "no gene named nothing", dko.screen, adata, genes="nothing", ranks=2)
    assert error.exit_code == 3 and error.command[0] == "mpirun", (error.exit_code, error.command)
    error = refused(dko.ProgramError, "kept.h5 exists", dko.screen, adata, out="kept.h5")
    assert error.exit_code == 2
    refused(TypeError, "no option 'top_gene'; did you mean top_genes", dko.screen, adata, top_gene=20)
    refused(TypeError, "no option 'xyz'; dko run --help", dko.screen, adata, xyz=20)
    refused(TypeError, "top_genes takes a value: N", dko.screen, adata, top_genes=True)
    refused(TypeError, "resume is either True or False", dko.screen, adata, resume="yes")
    refused(TypeError, "no option 'help'", dko.screen, adata, help=True)
    refused(dko.UsageError, "no layer 'counts'", dko.screen, adata, layer="counts")
    refused(dko.UsageError, "no raw", dko.screen, adata, raw=True)
    for ranks in (0, 2.5, float("nan"), "two"):
        refused(dko.UsageError, "ranks is a whole number above 0", dko.screen, adata, ranks=ranks)
    refused(TypeError, "no option 'form'; did you mean from_", dko.screen, adata, form="type=type0")
    error = refused(dko.ProgramError, "nothing.h5", dko.screen, adata, model="nothing.h5")
    assert error.exit_code == 3
    twice = cells()
    twice.var_names = ["gene0", "gene0", *twice.var_names[2:]]
    refused(dko.UsageError, "var_names are not unique: gene0; call adata.var_names_make_unique() first", dko.screen, twice)
    assert "dko" not in adata.uns and "dko_impact" not in adata.var
    refused(dko.ReadError, "cannot be started", with_environment, {"DKO": "/nowhere/dko"}, dko.screen, adata)
    error = refused(dko.ProgramError, "dko ended with exit code 127: no library", with_environment,
                    {"DKO": os.path.abspath("broken")}, dko.screen, adata)
    assert error.exit_code == 127
    refused(dko.ReadError, "not found", with_environment, {"DKO": "", "PATH": ""}, lone_program)


def lone_program():
    """As of a package that no program lies beside."""
    place, places.__file__ = places.__file__, os.path.abspath("elsewhere/lib/python3/dist-packages/dko/places.py")
    try:
        return places.program()
    finally:
        places.__file__ = place


def with_environment(changes, call, *arguments, **keywords):
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        return call(*arguments, **keywords)
    finally:
        os.environ.clear()
        os.environ.update(before)


def launchers():
    real = os.environ["DKO"]
    job = {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "48"}
    assert program.command_line(["run"], 4) == ["mpirun", "-n", "4", real, "run"]
    assert program.command_line(["run"]) == program.command_line(["run"], 1) == [real, "run"]
    assert with_environment(job, program.command_line, ["run"]) == ["srun", "-n", "48", real, "run"]
    assert with_environment(job, program.command_line, ["run"], 6) == ["srun", "-n", "6", real, "run"]
    assert with_environment(job, program.command_line, ["run"], 1) == [real, "run"]
    assert with_environment({"SLURM_NTASKS": "48"}, program.command_line, ["run"]) == [real, "run"]
    given = program.command_line(["run"], 2, "mpirun --oversubscribe --mca 'a b'")
    assert given == ["mpirun", "--oversubscribe", "--mca", "a b", "-n", "2", real, "run"], given
    # Started alone by a rank of another job, it is no rank.
    ranked = {"SLURM_PROCID": "3", "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "PMIX_RANK": "1"}
    with with_environment(ranked, dko.screen, cells(), ranks=1, **SPARSE) as screen:
        same_screen(screen.path, "hand.h5")
    os.mkdir("prefix")
    os.makedirs("prefix/bin")
    os.symlink(real, "prefix/bin/dko")
    assert with_environment({"DKO": "", "PATH": os.path.abspath("prefix/bin")}, lone_program).endswith("prefix/bin/dko")


def words_of_options():
    def words(**given):
        return shlex.join(options.words_of("run", given, ".")).replace("'", "")

    assert words(top_genes=500, resume=True, force=False, seed=None) == "--top-genes 500 --resume"
    assert words(score=["impact", "network"], covariate="batch") == "--score impact,network --covariate batch"
    assert words(where=["a=b", "c<1"]) == "--where a=b --where c<1"
    assert words(from_="a=b", toward="c>1") == words(**{"from": "a=b"}, toward="c>1") == "--from a=b --toward c>1"
    assert words(learning_rate=np.float32(0.5), checkpoint="none") == "--learning-rate 0.5 --checkpoint none"
    assert words(genes=["A", "B,C"]) == "--genes ./genes.txt" and open("genes.txt").read() == "A\nB,C\n"
    assert words(covariate=["a,b", 'c"d']) == '--covariate "a,b","c""d"'
    # All options that the help lists, and no other.
    import re
    import subprocess
    for command in ("run", "screen", "train", "explain"):
        text = subprocess.run([os.environ["DKO"], command, "--help"], capture_output=True, text=True, check=True).stdout
        listed = re.findall(r"^  (?:-\w \[ )?--([\w-]+)", text, re.M)
        known = options.options_of(command, os.environ["DKO"])
        single = {name.replace("_", "-") for name, option in known.items() if len(option.name) > 1}
        assert set(listed) == single and len(listed) > 15, set(listed) ^ single


class Interrupting(io.StringIO):
    """The user's Ctrl-C as soon as the program says that it waits."""

    def write(self, text):
        if "waiting" in text:
            os.kill(os.getpid(), signal.SIGINT)
        return len(text)


def stopped_from_the_keyboard():
    """The program is asked to save and waited for, and nothing temporary is left."""
    try:
        with contextlib.redirect_stderr(Interrupting()):
            with_environment({"DKO": os.path.abspath("waiting")}, dko.screen, cells(), out="stopped.h5")
        raise AssertionError("not stopped")
    except KeyboardInterrupt:
        pass
    assert open("said_at_the_end").read() == "saved\n"
    assert not [name for name in os.listdir() if name.startswith("dko-")]


same_bits_as_by_hand()
other_places_of_values()
columns_as_by_hand()
summaries()
models()
switched_on()
activations()
files_stay_as_long_as_the_screen()
progress()
errors()
launchers()
words_of_options()
stopped_from_the_keyboard()
