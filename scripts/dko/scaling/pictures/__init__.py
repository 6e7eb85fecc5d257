"""The pictures of dko-plot-scaling. A machine has the same colour and letter in all of them."""
from __future__ import annotations

from matplotlib.figure import Figure

from dko.scaling.pictures.machines import draw_machines
from dko.scaling.pictures.sheet import SCREENS, all_ranks, finish, sheet
from dko.scaling.pictures.speed import draw_efficiency, draw_scaling, draw_speed
from dko.scaling.pictures.time import draw_parts, draw_time, key
from dko.scaling.pictures.training import draw_training


def draw(name: str, results: list) -> Figure:
    return {
        "scaling": draw_scaling,
        "time": draw_time,
        "training": draw_training,
        "machines": draw_machines,
        "overview": draw_overview
    }[name](results)


def draw_overview(results):
    """Speed-up, efficiency and where the time goes, of the screens."""
    figure, axes = sheet("How screens scale, and where their time goes", results, 8.6, 3, 3)
    ranks = all_ranks(results)
    key(figure, results)
    for column, (case, title) in enumerate(SCREENS):
        draw_speed(axes[0, column], case, title, results, ranks)
        draw_efficiency(axes[1, column], case, results, ranks)
        draw_parts(axes[2, column], results[0], case)
    axes[2, 0].set_ylabel("% of the time" + (", A" if len(results) > 1 else ""))
    finish(figure)
    return figure
