"""Where the results come from: the run, its data, its mapping."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.page import clean, facts, number, section
from dko.report.parts.words import counted, event_of, mapping_of

# What has a row of its own, or is of no use to a reader.
KNOWN_FACTS = {
    "format", "version", "complete", "dko_version", "command", "host", "started", "finished", "ranks", "seed", "job",
    "job_at_end", "input", "selection", "input_checksum", "model_checksum", "members", "screen_seconds", "training_seconds",
    "keep", "keep_by", "base", "activation", "knockdown"
}


def part(report, _) -> str:
    said, screen = report.screen.provenance, report.screen

    def mono(key):
        return f'<span class="mono">{clean(said.get(key, "–") or "–")}</span>'

    rows = [("command", mono("command")), ("input", mono("input")), ("selection", clean(said.get("selection") or "all")),
            ("data", f"{counted(len(screen.genes), 'gene')} × {counted(len(screen.cells), 'cell')}"),
            (f"{event_of(report)}s", knockouts(report)), *events_in_words(report),
            ("scores stored", clean(", ".join(stored_scores(screen)))),
            ("mapping", kind_of(report) + mapping_details(report)),
            ("scored on", f"the {clean(screen.base)} profile of the cell")]
    rows += [(title, clean(time_of(said[key])))
             for title, key in (("seed", "seed"), ("ranks", "ranks"), ("host", "host"), ("job", "job"),
                                ("job that finished it", "job_at_end"), ("started", "started"), ("finished", "finished"))
             if said.get(key) not in (None, "")]
    rows += [(title, f"{number(float(said[key]))} s")
             for title, key in (("training took", "training_seconds"), ("screen took", "screen_seconds")) if key in said]
    rows += [("dko", clean(said.get("dko_version", "–"))), ("checksum of the data", mono("input_checksum")),
             ("checksum of the model", mono("model_checksum"))]
    rows += [(clean(key.replace("_", " ")), clean(value)) for key, value in said.items() if key not in KNOWN_FACTS]
    return section("run", "How it was made", f"<p>{suggest.where(report)}</p>", facts(rows))


def kind_of(report) -> str:
    """What kind of mapping made the scores."""
    members = report.screen.members
    words = {"dko": "original's mapping", "sparse": "sparse mapping"}.get(mapping_of(report))
    if words is None:
        return counted(members, "mapping") if members > 1 else "not told in this file"
    return f"{members} × {words}" if members > 1 else words


def time_of(value) -> str:
    """2026-01-31T12:00:00Z as people write it; other values as they are."""
    text = str(value)
    return text.replace("T", " ").replace("Z", " UTC") if text.endswith("Z") and text[10:11] == "T" else text


def events_in_words(report) -> list:
    """A row that tells what the events are, where they are no knockouts."""
    return [("events", report.kind.what)] if report.kind.what else []


def knockouts(report) -> str:
    screen, parts = report.screen, []
    if screen.n_singles:
        parts.append(f"{number(screen.n_singles)} single")
    if screen.has_all_pairs:
        parts.append(f"{number(screen.n_pairs)} double")
    if screen.has_summary:
        parts.append("all double, of which what they come to over cells is kept")
    if screen.n_listed:
        parts.append(f"{number(screen.n_listed)} {'kept' if screen.keep != 'full' else 'listed or sampled'}, of "
                     f"{counted(screen.list_order, 'gene')} each" +
                     (f" ({clean(screen.keep)} by {clean(screen.keep_by)})" if screen.keep != "full" else ""))
    text = ", ".join(parts)
    expressed = screen.expressed
    if expressed is not None and screen.has_singles:
        possible = np.where(expressed > 0, len(screen.genes) - expressed, 0) if screen.activates else \
            np.where(expressed > 1, expressed, 0)
        able = int(possible.sum())
        text += (f" ({report.kind.every})" if able == screen.n_singles else
                 f" (of {number(able)} single ones that there are: some genes or cells were chosen)")
    return text or "none"


def stored_scores(screen) -> list:
    names = list(dict.fromkeys([*(screen.single_scores if screen.has_singles else []), *screen.pair_measures,
                                *screen.list_scores]))
    return [name.replace("_sd", " (sd over members)").replace("_", " ") for name in names]


def mapping_details(report) -> str:
    settings, members = (report.training or {}).get("settings", {}), report.screen.members
    words = [
        f"{number(settings[key])} {what}"
        for key, what in (("steps", "steps"), ("batch", "cells a step"), ("training_cells", "cells to train"),
                          ("validation_cells", "to choose the weights"), ("cells", "cells to fit")) if key in settings
    ]
    if "learning_rate" in settings:
        words.append(f"learning rate {settings['learning_rate']:g}")
    return (": " + ", ".join(words) + (" each" if members > 1 else "")) if words else ""
