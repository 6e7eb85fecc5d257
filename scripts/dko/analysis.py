"""The program in one call on an AnnData: dko.screen, dko.train and dko.explain."""
from __future__ import annotations

import os
import shutil
import tempfile
import weakref

from dko import program
from dko.anndata_file import annotate, require_names, write_input
from dko.errors import ProgramError, UsageError
from dko.options import words_of

INPUT = "cells.h5ad"
OURS = ("out", "help")  # options that these functions do not pass on


def screen(adata, *, model=None, out=None, ranks=None, launcher=None, **options):
    """Trains a mapping on the cells of an AnnData and scores knockouts, or with `activate` genes that are switched on, as
    `dko run` does, or with `model` (a path, or what dko.open_model or dko.train gave) only scores them, as `dko screen` does.
    Returns the open dko.Screen.

    out        where the screen is kept; else in a temporary folder, which lives as long as the returned screen
    ranks      processes; default: the tasks of a SLURM job within one, else 1
    launcher   what starts several, such as "mpirun --oversubscribe"; default: srun within a SLURM job, else mpirun
    options    all others of `dko run` or `dko screen`: top_genes=500 is --top-genes 500, from_="state=A" is --from state=A,
               resume=True is --resume, a list is joined by commas or repeats the option. layer and raw choose the values.

    What the program says appears on sys.stderr while it works; quiet=True leaves warnings. Summaries go into adata:

    var        dko_impact, dko_network, dko_share: means over the cells that express the gene; dko_cells, their number;
               dko_q_value, dko_information, and dko_not_visible, why what its loss does is unknown (empty: it is visible)
    obs        dko_impact, dko_network: means over the visible genes of the cell; dko_top_gene and dko_top_score: the visible
               gene whose loss hits the cell hardest, by network where there are effects, else by impact
    uns        "dko": path of the screen, command, options, provenance, ranked_by, and the 100 strongest of up to 10^8 pairs

    A screen that switches genes on (activate) has columns of its own, dko_activation_impact and so on: means over the cells
    that lack the gene, or over the visible genes that the cell lacks. A column is there where the screen has it; those of an
    earlier screen of the same kind are removed, those of the other kind stay, and uns["dko"] is of the last one. A list of
    events with + is not in uns["dko"]["pairs"]; a warning tells.

    Raises TypeError for an option that there is not, dko.UsageError for an AnnData that cannot be used, and dko.ProgramError
    with the program's own error and exit code.
    """
    from dko.results import open_screen
    require_names(adata)
    if adata.isbacked and adata.is_view:
        raise UsageError("a view of a backed AnnData cannot take results: copy it by .to_memory() first")
    command = "run" if model is None else "screen"
    taken = (*OURS, *(["model"] if model is not None else []))
    with_model = [] if model is None else ["--model", path_of(model)]
    opened, started = run_to(open_screen, "screen.h5", command, adata, out, with_model, options, taken, ranks, launcher)
    annotate(adata, opened, {"ranks": program.ranks_here(ranks), **options}, started)
    return opened


def train(adata, *, out=None, ranks=None, launcher=None, **options):
    """Trains a mapping as `dko train` does, with its options as in dko.screen. Returns the open dko.Model, which `model` of
    dko.screen and dko.explain takes."""
    from dko.model import open_model
    return run_to(open_model, "model.h5", "train", adata, out, [], options, OURS, ranks, launcher)[0]


def explain(model, adata, knockout=None, *, ranks=1, launcher=None, **options):
    """What losing the genes `knockout` (a name, or a list of names) together does to every gene, as `dko explain` writes it:
    a DataFrame. `model` is a path, or what dko.train gave; cell="NAME" is of one cell, else the mean over cells.
    activate=... switches genes on, in cells that lack them, with the losses or alone (`knockout` left out, or empty): then a
    column activated is beside knocked_out, both of truth values."""
    if options.get("activate") is not None and is_empty(knockout):
        knockout = None
    with tempfile.TemporaryDirectory(prefix="dko-") as folder:
        table = os.path.join(folder, "changes.csv")
        words = words_of("explain", {"knockout": knockout, **options}, folder, OURS)
        start("explain", adata, folder, [path_of(model)], ["--out", table, *words], options, ranks, launcher, show=False)
        return read_changes(table)


def is_empty(names) -> bool:
    """Of a list, an array or an index of names."""
    return not isinstance(names, str) and hasattr(names, "__len__") and len(names) == 0


def read_changes(path: str):
    """The CSV of `dko explain`. Only what is empty is no number; genes may be called NA."""
    import pandas as pd
    columns = pd.read_csv(path, nrows=0).columns
    table = pd.read_csv(path, dtype={"gene": str}, keep_default_na=False, float_precision="round_trip",
                        na_values={name: ["", "nan"] for name in columns if name != "gene"})
    truths = {name: bool for name in ("knocked_out", "activated") if name in table}
    return table.astype(truths)


def run_to(open_result, name: str, command: str, adata, out, words, options, taken, ranks, launcher):
    """Runs the command and opens what it wrote: at `out`, or as `name` in a folder that goes when the result does. Returns
    it and the command."""
    folder = tempfile.mkdtemp(prefix="dko-", dir=scratch(out))
    try:
        target = os.path.join(folder, name) if out is None else os.fspath(out)
        given = [*words, *words_of(command, options, folder, taken)]
        started = start(command, adata, folder, [], ["--out", target, *given], options, ranks, launcher)
        if not os.path.exists(target):  # MPICH's mpirun ends with 0 after it passed a signal on
            raise ProgramError(f"dko was stopped before {target} was done", 5, started)
        opened = open_result(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if out is None:
        os.remove(os.path.join(folder, INPUT))
        weakref.finalize(opened, shutil.rmtree, folder, ignore_errors=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return opened, started


def scratch(out):
    """Where temporary files are: all nodes of a SLURM job must see them, so beside `out`, or here."""
    if out is not None:
        return os.path.dirname(os.path.abspath(out))
    return os.getcwd() if "SLURM_JOB_ID" in os.environ else None


def start(command, adata, folder, before, after, options, ranks, launcher, show=True):
    """`dko COMMAND BEFORE INPUT AFTER`, with the data written to INPUT in the folder. Returns what was started."""
    path = os.path.join(folder, INPUT)
    started = program.command_line([command, *before, path, *after], ranks, launcher)
    write_input(adata, path, options.get("layer"), bool(options.get("raw")))
    program.run(started, show)
    return started


def path_of(model) -> str:
    return os.fspath(getattr(model, "path", model))
