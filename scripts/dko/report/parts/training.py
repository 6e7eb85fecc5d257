"""How the mapping was trained or fitted."""
from __future__ import annotations

import numpy as np

from dko.report import suggest
from dko.report.page import figure, note, number, section, table
from dko.report.parts.words import mapping_of

TITLE = "How the mapping was trained"
SPARSE_COLUMNS = (("cells", "cells"), ("factors", "factors of cell state"), ("effects", "effects between genes"),
                  ("cross_validated_distance", "cross-validated distance"))


def part(report, drawn) -> str:
    if report.training is None:
        model = suggest.model_of(report)
        again = [suggest.this_page(report, model=model)] if model else []
        return section("training", TITLE,
                       note("How the mapping was trained is not in this screen. It is in the model, if that was kept" +
                            (":" if again else " (option <code>--model</code> of this report).")), suggest.block("", again))
    members = report.training["members"]
    if mapping_of(report) == "sparse":
        return section(
            "training", TITLE,
            "<p>A sparse mapping is fitted, not trained in steps: its penalties are chosen by cross-validation within its "
            "cells, which also gives the distance below (a little too good, for the penalties were chosen by it).</p>",
            sparse_table(members))
    return section("training", TITLE, figure(drawn, "losses", caption(report.training["losses"], members),
                                             "Loss of training and validation cells over steps"))


def caption(losses, members) -> str:
    steps = int(losses["step"].max()) + 1 if len(losses) else 0
    averaged = steps_averaged(steps)
    words = (f"<b>Loss over {number(steps)} steps</b>, the mean Bray-Curtis distance of a cell. Grey: training batches"
             + (f", averaged over {number(averaged)} steps" if averaged > 1 else "") +
             "; blue: validation cells. The first steps may lie above the picture.")
    kept = [member for member in members if np.isfinite(member.get("best_validation_loss", np.nan))]
    if kept:
        best = ", ".join(number(int(member["best_step"])) for member in kept[:8]) + (" …" if len(kept) > 8 else "")
        words += (f" The weights of step {best} were kept, where the validation cells were predicted best "
                  f"({number(float(np.mean([member['best_validation_loss'] for member in kept])))}"
                  f"{' on average' if len(kept) > 1 else ''}). An early step is the rule on noisy data.")
    return words


def steps_averaged(steps: int) -> int:
    """Over how many steps a point of the curve of training is."""
    return max(1, steps // 400)


def sparse_table(members) -> str:
    columns = [(key, title) for key, title in SPARSE_COLUMNS if any(key in member for member in members)]
    rows = [[f"member {at}" if len(members) > 1 else "the mapping", *(number(member.get(key)) for key, _ in columns)]
            for at, member in enumerate(members)]
    return table(["~", *(title for _, title in columns)], rows)
