"""The parts of the report: tables, figures and words about one screen, from what dko.report.data collected."""
from __future__ import annotations

import os

import numpy as np

from dko.command_line import called
from dko.report.page import (CITING, GUIDE, clean, facts, figure, name_of, note, number, percent, section, table)
from dko.report.words import (NAMES, bold, distribution_caption, gene_in_words, genes_caption, heat_caption,
                              pair_in_words, pairs_caption, quality_caption, quality_in_words, share_caption)

KNOWN_FACTS = {
    "format", "version", "complete", "dko_version", "command", "host", "started", "finished", "ranks", "seed",
    "job", "job_at_end",
    "input", "input_checksum", "model_checksum", "members", "screen_seconds", "training_seconds"
}


def kind_of(report) -> str:
    """What kind of mapping made the scores."""
    kind = (report.training or {}).get("settings", {}).get("mapping")
    members = report.screen.members
    words = {"dko": "original's mapping", "sparse": "sparse mapping"}.get(kind)
    if words is None:
        return f"{members} mappings" if members > 1 else "not told in this file"
    return f"{members} × {words}" if members > 1 else words


def lead(report) -> str:
    source = report.screen.provenance.get("input", "")
    return (f"What losing genes would do to each of {number(len(report.screen.cells))} cells, as "
            f"<code>dko</code> predicts it from {bold(os.path.basename(str(source)))}.")


def cards(report) -> str:
    screen = report.screen
    shown = [(number(len(screen.genes)), "genes"), (number(len(screen.cells)), "cells")]
    if screen.n_singles:
        shown.append((number(screen.n_singles), "single knockouts"))
    if screen.has_all_pairs:
        shown.append((number(screen.n_pairs), "double knockouts"))
    if screen.n_listed:
        shown.append((number(screen.n_listed), "listed or sampled knockouts"))
    kind = (report.training or {}).get("settings", {}).get("mapping")
    if screen.members > 1:
        shown.append((f"{screen.members} × {kind}" if kind else str(screen.members), "mappings"))
    elif kind:
        shown.append((kind, "mapping"))
    return '<div class="cards">' + "".join(
        f'<div class="card"><b>{clean(value)}</b><span>{words}</span></div>'
        for value, words in shown) + "</div>"


def findings(report) -> str:
    """The page in a few sentences."""
    found = [
        text for text in (quality_in_words(report), gene_in_words(report), pair_in_words(report)) if text
    ]
    return '<div class="findings"><ul>' + "".join(f"<li>{text}</li>"
                                                  for text in found) + "</ul></div>" if found else ""


def what_was_run(report) -> str:
    said, screen = report.screen.provenance, report.screen
    settings = (report.training or {}).get("settings", {})

    def mono(key):
        return f'<span class="mono">{clean(said.get(key, "–") or "–")}</span>'

    rows = [("command", mono("command")), ("input", mono("input")),
            ("data", f"{number(len(screen.genes))} genes × {number(len(screen.cells))} cells"),
            ("knockouts", knockouts(screen)), ("scores stored", clean(", ".join(stored_scores(screen)))),
            ("mapping", clean(kind_of(report)) + mapping_details(settings, screen.members))]
    rows += [(title, clean(time_of(said[key])))
             for title, key in (("seed", "seed"), ("ranks", "ranks"), ("host", "host"), ("job", "job"),
                                ("job that finished it", "job_at_end"),
                                ("started", "started"), ("finished", "finished"))
             if said.get(key) not in (None, "")]
    rows += [(title, f"{number(float(said[key]))} s")
             for title, key in (("training took", "training_seconds"), ("screen took", "screen_seconds"))
             if key in said]
    rows += [("dko", clean(said.get("dko_version", "–"))), ("checksum of the data", mono("input_checksum")),
             ("checksum of the model", mono("model_checksum"))]
    rows += [(clean(key.replace("_", " ")), clean(value)) for key, value in said.items()
             if key not in KNOWN_FACTS]
    return section("run", "What was run", facts(rows))


def time_of(value) -> str:
    """2026-01-31T12:00:00Z as people write it; other values as they are."""
    text = str(value)
    return text.replace("T", " ").replace("Z", " UTC") if text.endswith("Z") and text[10:11] == "T" else text


def knockouts(screen) -> str:
    parts = []
    if screen.n_singles:
        parts.append(f"{number(screen.n_singles)} single")
    if screen.has_all_pairs:
        parts.append(f"{number(screen.n_pairs)} double")
    if screen.n_listed:
        parts.append(f"{number(screen.n_listed)} listed or sampled, of {screen.list_order} genes each")
    text = ", ".join(parts)
    expressed = screen.expressed
    if expressed is not None and screen.has_singles:
        able = int(np.where(expressed > 1, expressed, 0).sum())
        text += (" (every expressed gene of every cell)" if able == screen.n_singles else
                 f" (of {number(able)} that there are: some genes or cells were chosen)")
    return text


def stored_scores(screen) -> list:
    names = screen.single_scores if screen.has_singles else []
    names = names + [score for score in screen.pair_scores if score not in names]
    return [name.replace("_sd", " (sd over members)").replace("_", " ") for name in names]


def mapping_details(settings: dict, members: int) -> str:
    words = [
        f"{number(settings[key])} {what}"
        for key, what in (("steps", "steps"), ("batch", "cells a step"), ("training_cells", "cells to train"),
                          ("validation_cells", "to choose the weights"), ("cells", "cells to fit"))
        if key in settings
    ]
    if "learning_rate" in settings:
        words.append(f"learning rate {settings['learning_rate']:g}")
    return (": " + ", ".join(words) + (" each" if members > 1 else "")) if words else ""


def quality_section(report, drawn) -> str:
    title = "How well the mapping predicts"
    if report.quality is None:
        settings = (report.training or {}).get("settings", {})
        options = " --mapping sparse" if settings.get("mapping") == "sparse" else ""
        options += f" --ensemble {report.screen.members}" if report.screen.members > 1 else ""
        source = clean(os.path.basename(str(report.screen.provenance.get("input", "INPUT"))))
        ours = clean(os.path.basename(report.screen.path))
        return section(
            "quality", title,
            note(
                "This screen does not tell how well its mapping predicts cells that it was not trained on, "
                "and without "
                "that no score should be relied on. To find out, hold out cells, with the options that the "
                "screen was made "
                "with, and make this page again:"), f"<pre>dko predict {source}{options} -o prediction.h5\n"
            f"{called('report')} {ours} -o report.html --prediction prediction.h5</pre>",
            "<p><code>dko evaluate</code> compares with more baselines.</p>")
    known = report.quality
    source = f'<span class="soft">({clean(report.quality_from)})</span>'
    what = f"<p>Judged by: {clean(known.get('what', ''))} {source}</p>"
    return section(
        "quality", title, what, metrics_table(known["metrics"]),
        figure(drawn, "quality", quality_caption(known),
               "Predicted against true shares, and rank correlation of each gene"))


def metrics_table(metrics) -> str:
    titles = {
        "mapping": "the mapping",
        "mean_share": "mean share of each gene",
        "scaled_share": "mean share, scaled by the number of genes"
    }
    columns = [("bray_curtis", "Bray-Curtis ↓"), ("spearman_all", "Spearman ↑"),
               ("spearman_expressed", "of expressed ↑"), ("spearman_within_gene", "within genes ↑")]
    columns = [(key, title) for key, title in columns if key in metrics and metrics[key].notna().any()]
    rows = [[titles[name], *(number(float(metrics.loc[name, key])) for key, _ in columns)]
            for name in metrics.index]
    return (
        table(["~", *(title for _, title in columns)], rows) +
        '<p class="soft">↓ lower is better, ↑ higher. The baselines know no combinations of genes: what '
        'the mapping '
        "has over them is all that knockouts can rest on. Spearman: over all entries, over those of "
        "expressed genes, "
        "and within each gene over the cells that express it (median over genes).</p>")


def training_section(report, drawn) -> str:
    title = "How the mapping was trained"
    if report.training is None:
        return section(
            "training", title,
            note("The curve of losses is not in this screen. It is in the model, if that was kept: "
                 f"<code>{called('report')} … --model model.h5</code>."))
    members = report.training["members"]
    if report.training["settings"].get("mapping") == "sparse":
        return section(
            "training", title,
            "<p>A sparse mapping is fitted, not trained in steps: its penalties are chosen "
            "by cross-validation within its cells, which also gives the distance below (a little too good, "
            "for the penalties were chosen by it).</p>", sparse_table(members))
    kept = [member for member in members if np.isfinite(member.get("best_validation_loss", np.nan))]
    words = "<b>Loss over the steps</b>, the mean Bray-Curtis distance of a cell."
    if kept:
        steps = ", ".join(number(int(member["best_step"]))
                          for member in kept[:8]) + (" …" if len(kept) > 8 else "")
        words += (f" The weights of step {steps} were kept, where the validation cells were predicted best "
                  f"({number(float(np.mean([member['best_validation_loss'] for member in kept])))}"
                  f"{' on average' if len(kept) > 1 else ''}). An early step is the rule on noisy data.")
    return section("training", title,
                   figure(drawn, "losses", words, "Loss of training and validation cells over steps"))


def sparse_table(members) -> str:
    columns = [(key, title)
               for key, title in (("cells", "cells"), ("factors", "factors of cell state"),
                                  ("effects", "effects between genes"), ("cross_validated_distance",
                                                                         "cross-validated distance"))
               if any(key in member for member in members)]
    rows = [[
        f"member {at}" if len(members) > 1 else "the mapping", *(number(member.get(key))
                                                                 for key, _ in columns)
    ] for at, member in enumerate(members)]
    return table(["~", *(title for _, title in columns)], rows)


def mean_and_error(row, score: str) -> str:
    """The mean over cells and its standard error."""
    mean, error = float(row[f"{score}_mean"]), float(row[f"{score}_sd"]) / np.sqrt(row["cells"])
    return f"{number(mean)} <i>± {number(error, 1)}</i>" if np.isfinite(error) else number(mean)


def value_columns(shown, score: str, others) -> list:
    """Titles and what stands below them, of a table of means over cells: a score and how sure it is, and the
    means of others beside it."""
    columns = [("cells", lambda row: number(int(row["cells"]))),
               (NAMES[score], lambda row: mean_and_error(row, score)),
               ("sd", lambda row: number(float(row[f"{score}_sd"]), 2))]
    if f"{score}_sd_mean" in shown:
        columns.append(("sd of members", lambda row: number(float(row[f"{score}_sd_mean"]), 2)))
    if score == "interaction":
        columns.append(("same sign", lambda row: percent(row["same_sign"])))
    return columns + [(NAMES[other], lambda row, other=other: number(float(row[f"{other}_mean"])))
                      for other in others if other != score and f"{other}_mean" in shown]


def ranked(shown, names, columns) -> str:
    """A table of genes or pairs, numbered."""
    rows = [[number(at + 1), *(name_of(row[name]) for name in names), *(cell(row) for _, cell in columns)]
            for at, (_, row) in enumerate(shown.iterrows())]
    titles = ["~" + ("gene" if name == "gene" else name.replace("gene", "gene ")) for name in names]
    return table(["", *titles, *(title for title, _ in columns)], rows)


def genes_section(report, drawn) -> str:
    if report.genes is None or report.genes.empty:
        return section("genes", "Genes", note("No single knockouts of every gene are in this screen.")) \
            if report.listed is None else ""
    score = report.gene_score
    best = report.top_genes(score, report.top)
    least = f" of those in at least {number(report.min_cells)} cells" if report.min_cells > 1 else ""
    return section(
        "genes", "Genes", figure(drawn, "genes", genes_caption(report), "Genes with the highest scores"),
        figure(drawn, "share", share_caption(report), "Impact of each gene against its own share"),
        figure(drawn, "distribution", distribution_caption(report),
               "Scores of the highest genes in every cell"),
        f"<h3>The {number(len(best))} genes with the highest {NAMES[score]}{least}</h3>",
        ranked(best, ["gene"], value_columns(best, score, ("network", "impact", "share"))),
        '<p class="soft">Mean ± its standard error, and standard deviation (sd), over the cells that '
        'express the gene. The '
        "standard error tells how well the mean is known if cells are independent, not how right the "
        "mapping is. <code>dko summarize</code> writes all genes.</p>",
        "" if "network" in report.screen.single_scores else note(
            "Only the impact is stored, in which abundant genes come first. <code>--score "
            "impact,network</code> stores "
            "what changes in other genes too."))


def pairs_section(report, drawn) -> str:
    if report.pairs is None:
        return section(
            "pairs", "Pairs",
            note(
                "No pairs of genes are in this screen. <code>--order 2</code> scores all of them, "
                "<code>--order 2 --sample "
                "M</code> a random sample.")) if report.listed is None else ""
    if report.pairs.empty:
        return section("pairs", "Pairs", note("No pair of genes is expressed in enough cells."))
    by, best = report.pairs_by, report.pairs.head(report.top)
    columns = value_columns(best, by, ("network_interaction", "impact", "network"))
    return section(
        "pairs", "Pairs", *(note(clean(words)) for words in report.notes), ""
        if report.screen.has_all_pairs else "<p>Only listed or sampled pairs are in this screen: each in few "
        "cells.</p>", figure(drawn, "pairs", pairs_caption(report), "Pairs that interact most"),
        figure(drawn, "heat_map", heat_caption(report), "Mean interaction of pairs among the highest genes"),
        f"<h3>The {number(len(best))} pairs with the "
        f"{'largest' if by.endswith('interaction') else 'highest'} "
        f"{NAMES[by]}</h3>", ranked(best, ["gene1", "gene2"], columns),
        '<p class="soft">Mean ± its standard error, and standard deviation (sd), over the cells that have '
        'the pair.'
        + (" Same sign: the share of these cells in which the interaction has the sign of its mean."
           if by == "interaction" else "") + " <code>dko summarize</code> writes all pairs.</p>")


def listed_section(report) -> str:
    if report.listed is None or report.listed.empty:
        return ""
    names = [name for name in report.listed if name.startswith("gene")] + ["cell"]
    columns = [(NAMES.get(name, name.replace("_sd", " sd")), lambda row, name=name: number(float(row[name])))
               for name in report.listed if name not in names]
    return section(
        "listed", "Listed knockouts",
        f"<p>The {number(len(report.listed))} of {number(report.screen.n_listed)} with the highest "
        f"{columns[0][0]}.</p>", ranked(report.listed, names, columns))


def guide_section() -> str:
    return section("guide", "How to read the scores", GUIDE)


def citing_section(report) -> str:
    version = clean(report.screen.provenance.get("dko_version", "–"))
    return section("citing", "How to cite", CITING, f"<p>dko, version {version}.</p>")
