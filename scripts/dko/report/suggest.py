"""Commands that the page suggests: with the selection, the options and the paths of the run, quoted for a shell."""
from __future__ import annotations

import os
import shlex

from dko.command_line import called
from dko.report.page import clean

SWITCHES = {"--raw", "--resume", "--force", "--quiet", "--verbose", "--help", "--ignore-missing", "--levels", "--prior-signs"}
SHORT = {"-m": "--model", "-o": "--out", "-f": "--force", "-q": "--quiet", "-v": "--verbose", "-h": "--help"}
# How the data are read and chosen, and how a mapping is made of them: options of dko run, dko train and dko predict alike.
SELECTION = ("--layer", "--raw", "--genome", "--orientation", "--cells", "--where", "--obs-file", "--min-genes", "--min-cells",
             "--genes", "--top-genes", "--with-genes", "--ignore-missing")
OF_GENES = ("--min-genes", "--min-cells", "--genes", "--top-genes", "--with-genes")
TRAINING = ("--mapping", "--ensemble", "--steps", "--seed", "--batch", "--learning-rate", "--schedule", "--weight-decay",
            "--validation", "--patience", "--validate-every", "--parallel", "--hidden",
            "--levels", "--covariate", "--categorical", "--prior", "--prior-signs", "--fdr")
# From which cells to which, and on which profile: options of dko screen and dko explain alike.
DIRECTION = ("--from", "--toward", "--toward-profile", "--base")


class Typed:
    """A command of dko as a file states it: its name ("run"), INPUT, and the options in their order."""

    def __init__(self, text: str):
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
        while words and os.path.basename(words[0]) != "dko":  # variables of the environment stand before it
            words = words[1:]
        self.name = words[1] if len(words) > 1 else ""
        self.places, self.options = [], []
        words = words[2:]
        while words:
            self._take(words)

    def _take(self, words):
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            self.places.append(word)
            return
        name, has_value, value = word.partition("=")
        if not name.startswith("--") and len(name) > 2:  # -oFILE
            name, has_value, value = name[:2], True, word[2:]
        name = SHORT.get(name, name)
        if name in SWITCHES:
            self.options.append((name, None))
        else:
            self.options.append((name, value if has_value else words.pop(0) if words else ""))

    def value(self, name: str):
        """Of an option, None if it was not given."""
        return next((value for option, value in self.options if option == name), None)

    def only(self, names) -> list:
        return [(option, value) for option, value in self.options if option in names]


def written(*words) -> str:
    return " ".join(shlex.quote(str(word)) for word in words)


def flat(options) -> list:
    return [word for name, value in options for word in ([name] if value is None else [name, value])]


def run_of(report) -> Typed:
    return Typed(str(report.screen.provenance.get("command", "")))


def training_of(report) -> Typed:
    """The command that made the mapping: that of the screen, or of its model where that was given. Without a name where
    no file here states it."""
    run = run_of(report)
    return run if run.name == "run" else Typed(report.model_command)


def run_folder(report):
    """The folder in which the run was started, which its relative paths are of: found by where its output is now. None
    where that does not tell."""
    out = run_of(report).value("--out")
    here = os.path.abspath(report.screen.path)
    if not out or os.path.isabs(out):
        return None
    ending = os.sep + os.path.normpath(out)
    return (here[:-len(ending)] or os.sep) if here.endswith(ending) else None


def place(report, path) -> str:
    """A path of today, as it is called in the folder of the run."""
    folder = run_folder(report) or os.getcwd()
    inside = os.path.relpath(os.path.abspath(path), folder)
    return os.path.abspath(path) if inside.startswith(os.pardir) else inside


def beside(report, ending: str) -> str:
    """A new file beside the screen, by its name."""
    return place(report, os.path.splitext(report.screen.path)[0] + ending)


def block(words: str, commands) -> str:
    """Words, and the commands to paste; "" where there are none."""
    commands = [command for command in commands if command]
    if not commands:
        return ""
    return (f"<p>{words}</p>" if words else "") + f"<pre>{clean_lines(commands)}</pre>"


def clean_lines(commands) -> str:
    """Escaped; words that fit into a line of a phone are not broken at their hyphens."""
    return "\n".join(
        " ".join(f'<span class="word">{clean(word)}</span>' if "-" in word and len(word) < 30 else clean(word)
                 for word in command.split(" ")) for command in commands)


def where(report) -> str:
    """In which folder the commands of the page are to be started, in HTML."""
    folder = run_folder(report)
    if folder:
        return ("The commands on this page are for the folder in which the run was started: "
                f"<code>{clean(written('cd', folder))}</code>.")
    return ("The commands on this page name the files of the run as they were given to it: start them in the folder in which "
            "the run was started.")


def gene_table(report) -> str:
    return written("dko", "summarize", place(report, report.screen.path), "--by", report.gene_score, "--gene-table",
                   beside(report, ".genes.csv"))


def along(report) -> list:
    """Of a direction: the genes either way, and what the best loss does to every gene on average over the cells of A."""
    screen = place(report, report.screen.path)
    tables = [written("dko", "summarize", screen, "--by", "shift", "--gene-table", beside(report, ".toward.csv")),
              written("dko", "summarize", screen, "--by", "shift", "--lowest", "--gene-table", beside(report, ".away.csv"))]
    best = report.toward.best("toward")["gene"]
    return tables + ([explained(report, best.iloc[0])] if len(best) else [])


def contrasts(report) -> str:
    return written("dko", "summarize", place(report, report.screen.path), "--group-by", report.groups.column, "--contrast",
                   "each", "--contrast-table", beside(report, ".contrasts.csv"))


def pair_tables(report) -> list:
    """All pairs, along a direction either way."""
    by = ["dko", "summarize", place(report, report.screen.path), "--by", report.pairs_by.replace("_", "-")]
    tables = [written(*by, "--pair-table", beside(report, ".pairs.csv"))]
    if report.pairs_by == "shift":
        tables.append(written(*by, "--lowest", "--pair-table", beside(report, ".pairs-away.csv")))
    return tables


def top_of_list(report) -> str:
    return written("dko", "top", place(report, report.screen.path), "--of", "list", "--score", report.listed_by, "-n", "1000")


def model_of(report):
    """The model's path as the run was told of it, or as it was given for this page; None where there is none."""
    run = run_of(report)
    if report.paths.get("model"):
        return place(report, report.paths["model"])
    return run.value("--model") or run.value("--save-model")


def explain(report) -> str:
    """What the highest gene does to every other one; "" where the model was not kept, or its name cannot be written so."""
    if report.genes is None or report.genes.empty:
        return ""
    best = report.top_genes(report.gene_score, 1)["gene"]
    return explained(report, best.iloc[0]) if len(best) else ""


def source_of(report):
    """The expression data: as given for this page, or as the run names them. None where they are gone: dko.screen() writes an
    AnnData to a file that it removes when it is done."""
    if report.paths.get("input"):
        return place(report, report.paths["input"])
    stated = report.screen.provenance.get("input")
    return None if stated and is_of_python(stated) and not os.path.exists(stated) else stated


def is_of_python(path) -> bool:
    """Whether dko.screen() wrote this file itself."""
    return os.path.basename(path) == "cells.h5ad" and os.path.basename(os.path.dirname(path)).startswith("dko-")


def with_used_table(report, options, uses) -> list:
    """Options without --obs-file where a command has no use for it, and would refuse it: it is for the options `uses`, and for
    the covariates of a model."""
    names = {name for name, _ in options}
    is_used = names & set(uses) or "--model" in uses and report.screen.has_covariates
    return [option for option in options if is_used or option[0] != "--obs-file"]


def explained(report, gene: str) -> str:
    model, source = model_of(report), source_of(report)
    if not model or not source or any(letter in gene for letter in ", \t"):
        return ""
    kind, name = report.kind, report.kind.bare(gene)
    event = ["--activate", name] if kind.activates else ["--knockout", name]
    event += ["--knockdown", f"{kind.keeps:g}"] if kind.keeps else []
    options = with_used_table(report, run_of(report).only(SELECTION + DIRECTION), ("--where", "--from", "--toward", "--model"))
    return written("dko", "explain", model, source, *flat(options), *event)


def effects(report) -> list:
    """What every loss does to every other gene, and this page with it; nothing where the model was not kept, or genes are
    switched on, which dko effects does not do."""
    model, source = model_of(report), source_of(report)
    if not model or not source or report.kind.activates:
        return []
    out = beside(report, ".effects.h5ad")
    options = with_used_table(report, run_of(report).only((*SELECTION, "--base")), ("--where", "--model"))
    return [written("dko", "effects", model, source, *flat(options), "-o", out),
            this_page(report, effects=out)]


def again(report, changes: dict) -> str:
    """The run once more with other options, into a new file; "" where the file does not tell what was run."""
    run = run_of(report)
    if run.name not in ("run", "screen") or not run.places:
        return ""
    left_out = {*changes, "--out", "--force", "--resume", "--quiet", "--verbose", "--json", "--save-model", "--checkpoint",
                "--time-limit", "--checkpoint-every"}
    kept = [option for option in run.options if option[0] not in left_out]
    if "shift" in report.screen.single_scores and "--score" in changes:  # a direction asks for it
        changes = {**changes, "--score": changes["--score"] + ",shift,approach"}
    ranks = report.screen.provenance.get("ranks", 1)
    launcher = ["mpirun", "-n", ranks] if isinstance(ranks, int) and ranks > 1 else []
    return written(*launcher, "dko", run.name, *run.places, *flat(kept), *flat(changes.items()), "-o",
                   beside(report, ".more.h5"))


def selection_of(report) -> list:
    """How the data of the mapping were read and chosen: dko screen takes the genes of its model, whatever it says itself."""
    training = training_of(report)
    return (training if training.name else run_of(report)).only(SELECTION)


def predict(report) -> str:
    """Holds out cells with the selection and the settings of the run."""
    training = training_of(report)
    source = source_of(report) or "INPUT.h5ad"
    options = selection_of(report)
    if training.name:
        options += training.only(TRAINING)
    else:  # what the file itself tells of the mapping
        settings = (report.training or {}).get("settings", {})
        options += [("--mapping", "sparse")] if settings.get("mapping") == "sparse" else []
        options += [("--ensemble", report.screen.members)] if report.screen.members > 1 else []
    options = with_used_table(report, options, ("--where", "--covariate"))
    return written("dko", "predict", source, *flat(options), "-o", beside(report, ".prediction.h5"))


def this_page(report, **more) -> str:
    """This page again, with its own options, and with other files: prediction, model, effects, input."""
    words = [called("report"), place(report, report.screen.path), "-o", place(report, report.paths.get("out", "report.html"))]
    given = {name: place(report, path) for name, path in report.paths.items() if path and name != "out"}
    for name, value in {**given, **more}.items():
        words += [f"--{name}", value]
    asked = [(name, place(report, value) if name == "--figures" else value) for name, value in report.asked]
    return written(*words, *flat(asked), "--force")


def is_h5ad(path) -> bool:
    """By its name: the page may be made where the input is not."""
    return str(path).rstrip("/").lower().endswith(".h5ad")


def with_map(report) -> str:
    """This page with the map of its cells, which need an h5ad."""
    return this_page(report, model=model_of(report) or "MODEL", input=source_of(report) or "INPUT.h5ad")


def with_prediction(report) -> list:
    return [predict(report), this_page(report, prediction=beside(report, ".prediction.h5"))]


def evaluate(report) -> str:
    """The prediction beside more baselines, with the selection that it was made with."""
    source, given = source_of(report) or "INPUT.h5ad", report.paths.get("prediction")
    options = with_used_table(report, selection_of(report), ("--where",))
    return written("dko", "evaluate", source, *flat(options), "--prediction",
                   place(report, given) if given else beside(report, ".prediction.h5"))


def selection_is_known(report) -> bool:
    """Whether the commands can choose the genes and cells of the mapping: the screen's command does, or its model's, or
    all were used."""
    return bool(training_of(report).name) or len(run_of(report).only(OF_GENES)) > 0
