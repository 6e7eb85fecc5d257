"""Words and columns that several parts of the page share."""
from __future__ import annotations

import numpy as np

from dko.report.page import clean, name_of, number, percent, table
from dko.summary import SAME_SIGN

NAMES = {
    "impact": "impact",
    "network": "network impact",
    "share": "own share",
    "interaction": "interaction",
    "network_interaction": "network interaction",
    "impact_sd": "impact, sd of members",
    "network_sd": "network impact, sd of members",
    "shift": "shift",
    "approach": "approach",
    "shift_sd": "shift, sd of members",
    "approach_sd": "approach, sd of members",
    "shift_interaction": "shift interaction"
}
APPROACH = " <b>Approach</b> is how much nearer the cell comes to B's profile in all genes."
LEAST_RATE = 0.001
ZEROS = ("0", "0 <i>± 0</i>", "–")  # of number() and mean_and_error()


def bold(name) -> str:
    text = str(name)
    return f"<b>{clean(text if len(text) <= 80 else f'{text[:50]}…{text[-25:]}')}</b>"


def counted(count: int, what: str) -> str:
    """1 cell, 2 cells."""
    return f"{number(int(count))} {what}{'' if count == 1 else 's'}"


def in_enough_cells(report) -> str:
    """In how many cells genes that are shown are, where in some cells is not enough."""
    return f" in at least {counted(report.min_cells, 'cell')}" if report.min_cells > 1 else ""


def listing(words) -> str:
    """a, b and c."""
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def few(words, most: int = 5) -> str:
    """a, b and c; of many the first ones and how many more there are."""
    words = list(words)
    return listing(words) if len(words) <= most else ", ".join(words[:most]) + f" and {number(len(words) - most)} more"


def mapping_of(report) -> str:
    """dko, sparse, or nothing where the file does not tell."""
    return str((report.training or {}).get("settings", {}).get("mapping", ""))


def rate(q: float) -> str:
    """A false discovery rate."""
    return f"&lt; {LEAST_RATE}" if q < LEAST_RATE else f"{q:.3f}"


def mean_and_error(row, score: str) -> str:
    """The mean over cells and its standard error."""
    mean, error = float(row[f"{score}_mean"]), float(row[f"{score}_sd"]) / np.sqrt(row["cells"])
    return f"{number(mean)} <i>± {number(error, 1)}</i>" if np.isfinite(error) else number(mean)


def unseen(text: str, why: str = "") -> str:
    """A value of a gene that is not visible: greyed, or left out where it is 0, and the reason beside it if given."""
    reason = f'<span class="why">not visible: {clean(why)}</span>' if why else ""
    if text in ZEROS:
        return reason or "–"
    return f'<span class="unseen">{text}</span> {reason}'.rstrip()


def event_of(report) -> str:
    """What one of the screen's events is called, of any of a list that switches genes on beside losing others."""
    return "event" if report.screen.list_adds_genes else report.kind.event


def tells_of_it(report, table) -> list:
    """The column of how many cells the mapping learnt of an absence from, or where genes are switched on of a presence; none
    where that is not known."""
    if "cells_without" not in table:
        return []
    if not report.kind.activates:
        return [("lack it", lambda row: number(int(row["cells_without"])))]
    known = report.visibility[["cells_with", "cells_without"]].iloc[0]
    return [("express it", lambda row: number(int(known.sum() - row["cells_without"])))]


def value_columns(shown, score: str, others) -> list:
    """Titles and what stands below them, of a table of means over cells: a score and how sure it is, and the
    means of others beside it."""
    columns = [(NAMES[score], lambda row: mean_and_error(row, score)),
               ("sd over cells", lambda row: number(float(row[f"{score}_sd"]), 2))]
    if f"{score}_sd_mean" in shown:
        columns.append(("sd of members", lambda row: number(float(row[f"{score}_sd_mean"]), 2)))
    if SAME_SIGN.get(score) in shown:
        columns.append(("same sign", lambda row: percent(same_sign(row, score))))
    columns.append(("cells", lambda row: number(int(row["cells"]))))
    return columns + [(NAMES[other], lambda row, other=other: number(float(row[f"{other}_mean"])))
                      for other in others if other != score and f"{other}_mean" in shown]


def same_sign(row, score: str) -> float:
    """NaN where the mean has no sign."""
    return float(row[SAME_SIGN[score]]) if row[f"{score}_mean"] != 0 else np.nan


def ranked(shown, names, columns) -> str:
    """A table of genes or pairs, numbered."""
    rows = [[number(at + 1), *(name_of(row[name]) for name in names), *(cell(row) for _, cell in columns)]
            for at, (_, row) in enumerate(shown.iterrows())]
    titles = ["~" + ("gene" if name == "gene" else name.replace("gene", "gene ")) for name in names]
    return table(["#", *titles, *(title for title, _ in columns)], rows)


def whiskers(shown, score: str) -> str:
    """What the lines of a figure of rows are."""
    words = "thin lines: ± standard deviation over cells"
    return words + ("; thick lines: ± mean standard deviation over the members" if f"{score}_sd_mean" in shown else "")
