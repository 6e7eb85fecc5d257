"""The effects of the top regulators as a network: where they stand, and the picture."""
from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import TwoSlopeNorm
from matplotlib.patches import FancyArrowPatch

from dko.report.drawing import INK, arrange, renderer_of, short


BENDS = (0.12, -0.12, 0.25, -0.25, 0.4, -0.4, 0.55, -0.55)  # of arrows, as parts of their length


def places_of(names, links, ratio: float) -> np.ndarray:
    """Places in a rectangle of width `ratio` and height 1: joined genes attract, all repel each other (Fruchterman and
    Reingold 1991). The same every time."""
    count = len(names)
    number = {name: at for at, name in enumerate(names)}
    ends = np.array([(number[a], number[b]) for a, b in links])
    turn = np.arange(count) * np.pi * (3 - 5**0.5)  # spread evenly, with no two alike
    radius = 0.5 * np.sqrt((np.arange(count) + 0.5) / count)
    size = np.array([ratio, 1.0])
    places = size * (0.5 + np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None])
    ideal = 0.9 * np.sqrt(ratio / max(count, 1))
    for step in range(400):
        apart = places[:, None] - places[None]
        distance = np.sqrt((apart**2).sum(2)) + 1e-9
        force = (apart / distance[..., None] * (ideal**2 / distance)[..., None]).sum(1)
        along = places[ends[:, 0]] - places[ends[:, 1]]
        pull = along * (np.sqrt((along**2).sum(1)) / ideal)[:, None]
        np.add.at(force, ends[:, 0], -pull)
        np.add.at(force, ends[:, 1], pull)
        force += (size / 2 - places) * 0.6  # what is not joined to the rest stays near
        length = np.sqrt((force**2).sum(1))[:, None] + 1e-9
        places += force / length * np.minimum(length, 0.1 * (1 - step / 400) * size.max())
        places = np.clip(places, 0, size)
    low, high = places.min(0), places.max(0)
    return (places - low) / np.where(high > low, high - low, 1)


def apart(places, sizes, low, high, rounds: int = 500) -> np.ndarray:
    """Centres of boxes of these sizes moved as little as it takes for none to cover another, within low and high as far as
    there is room."""
    places, half = np.clip(places, low + sizes / 2, high - sizes / 2), sizes / 2
    for _ in range(rounds):
        away = places[:, None] - places[None]
        covered = half[:, None] + half[None] - np.abs(away)
        meets = (covered > 0).all(axis=2)
        np.fill_diagonal(meets, False)
        if not meets.any():
            break
        for one, other in zip(*np.nonzero(np.triu(meets))):
            axis = int(covered[one, other].argmin())
            step = 0.5 * covered[one, other, axis] + 1e-6
            side = np.sign(away[one, other, axis]) or 1.0
            places[one, axis] += side * step
            places[other, axis] -= side * step
        places = np.clip(places, low + half, high - half)
    return places


def without_overlap(figure, axes, places, texts) -> dict:
    """{name: place} in the units of the axes, so that the frames of the texts do not cover each other."""
    arrange(figure)
    figure.draw_without_rendering()  # texts get their frames when they are drawn
    renderer, frame = renderer_of(figure), axes.get_window_extent()
    boxes = [text.get_bbox_patch().get_window_extent(renderer) for text in texts.values()]
    sizes = np.array([box.size for box in boxes]) + 3
    pixels = axes.transData.transform(np.array([places[name] for name in texts]))
    moved = axes.transData.inverted().transform(apart(pixels, sizes, frame.min, frame.max))
    return dict(zip(texts, moved))


def bend_of(pixels, boxes, start: int, end: int) -> float:
    """How much an arrow between two of the places is curved: the least that runs under the fewest boxes of others.
    `pixels`: centres; `boxes`: their low and high corners, places × 2 × 2."""
    others = np.delete(boxes, [start, end], axis=0)
    (x1, y1), (x2, y2) = pixels[start], pixels[end]
    part = np.linspace(0, 1, 40)[:, None]

    def covered(bend: float) -> int:
        middle = np.array([(x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)])  # as of matplotlib's arc3
        curve = (1 - part)**2 * pixels[start] + 2 * part * (1 - part) * middle + part**2 * pixels[end]
        inside = (curve[:, None] >= others[None, :, 0]) & (curve[:, None] <= others[None, :, 1])
        return int(inside.all(axis=2).any(axis=0).sum())

    return min(BENDS, key=covered)


def draw_network(figure, axes, network: pd.DataFrame, wide: bool):
    """Arrows from the lost gene to what changes: blue falls, red rises, wider for larger changes."""
    links = list(zip(network["gene_lost"].astype(str), network["gene"].astype(str)))
    names = sorted({name for link in links for name in link})
    # Less wide than the picture: names need more room across than up.
    places = dict(zip(names, places_of(names, links, 1.0 if wide else 0.6)))
    limit = float(network["change"].abs().max())
    norm = TwoSlopeNorm(0, -limit, limit)
    colors = matplotlib.colormaps["RdBu_r"]
    regulators = {lost for lost, _ in links}
    axes.set(xlim=(-0.08, 1.08), ylim=(-0.05, 1.05))
    axes.axis("off")
    bar = figure.colorbar(ScalarMappable(norm, colors), ax=axes, pad=0.02,
                          **({"shrink": 0.6, "aspect": 20} if wide else {"location": "bottom", "shrink": 0.9, "aspect": 25}))
    bar.ax.locator_params(nbins=5)
    bar.set_label("mean change of the share beyond rescaling")
    bar.outline.set_visible(False)
    texts = {name: named(axes, place, name, name in regulators, wide) for name, place in places.items()}
    places = without_overlap(figure, axes, places, texts)
    for name, text in texts.items():
        text.set_position(places[name])
    draw_arrows(figure, axes, network, places, texts)


def draw_arrows(figure, axes, network: pd.DataFrame, places: dict, texts: dict):
    """The largest change on top."""
    at, renderer = {name: number for number, name in enumerate(texts)}, renderer_of(figure)
    pixels = axes.transData.transform(np.array([places[name] for name in texts]))
    sizes = np.array([text.get_bbox_patch().get_window_extent(renderer).size for text in texts.values()])
    boxes, limit = np.stack([pixels - sizes / 2, pixels + sizes / 2], axis=1), float(network["change"].abs().max())
    colors = matplotlib.colormaps["RdBu_r"]
    for row in network.iloc[::-1].itertuples():
        lost, gene, part = str(row.gene_lost), str(row.gene), abs(row.change) / limit
        shade = 0.5 + np.sign(row.change) * (0.25 + 0.25 * part)  # the palest can still be told from white
        bend = bend_of(pixels, boxes, at[lost], at[gene])
        axes.add_patch(FancyArrowPatch(places[lost], places[gene], arrowstyle="-|>", mutation_scale=7 + 5 * part,
                                       linewidth=0.8 + 2.2 * part, color=colors(shade), shrinkA=9, shrinkB=9, zorder=1,
                                       connectionstyle=f"arc3,rad={bend}"))


def named(axes, place, name: str, lost: bool, wide: bool):
    return axes.text(*place, short(name, 14 if wide else 10), ha="center", va="center", color=INK, zorder=2,
                     fontsize=8.5 if wide else 7, fontweight="bold" if lost else "normal",
                     bbox={"boxstyle": "round,pad=0.25", "facecolor": "#fdf6e3" if lost else "white",
                           "edgecolor": "#b0b8c1", "linewidth": 0.6})
