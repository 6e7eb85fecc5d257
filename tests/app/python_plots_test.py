"""The figures of dko.pl against the tables of the package."""
import logging

import dko
import matplotlib
import numpy as np
from dko.report.drawing import Labels, options_of
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Annotation, Text


def refused(words, call, *arguments, **keywords):
    try:
        call(*arguments, **keywords)
    except dko.UsageError as error:
        assert words in str(error), str(error)
        return
    raise AssertionError(f"not refused: {words}")


def labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def means(axes):
    """Of the dots of a figure of rows, from the top."""
    line = next(line for line in axes.lines if line.get_label() == "mean over cells")
    return line.get_xdata()


settings, backend, level = dict(matplotlib.rcParams), matplotlib.get_backend(), logging.getLogger("matplotlib").level
with dko.open_screen("sparse.h5") as screen:
    least = 3
    genes = screen.gene_summary("network")
    genes = genes[genes["cells"] >= least]
    pairs = screen.pair_summary(top=5, min_cells=least)

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    engine = figure.get_layout_engine()
    assert dko.pl.genes(screen, "network", top=5, ax=left) is left
    assert labels(left) == list(genes["gene"].head(5)) and np.array_equal(means(left), genes["network_mean"].head(5))
    assert dko.pl.pairs(screen, top=5, ax=right) is right
    assert [label.split() for label in labels(right)] == [[a, "+", b] for a, b in zip(pairs["gene1"], pairs["gene2"])]
    assert np.array_equal(means(right), pairs["network_interaction_mean"])
    assert figure.axes == [left, right] and figure.get_layout_engine() is engine
    figure.savefig("given.svg")

    both = dko.pl.genes(screen)
    assert both.shape == (2, ) and all(isinstance(axes, Axes) for axes in both)
    assert plt.gcf() is both[0].figure and [axes.get_xlabel() for axes in both] == ["mean network impact", "mean impact"]
    axes = dko.pl.share(screen)
    drawn = np.concatenate([points.get_offsets() for points in axes.collections])
    shown = genes[(genes["share_mean"] > 0) & (genes["impact_mean"] > 0)]
    assert sorted(map(tuple, drawn)) == sorted(zip(shown["share_mean"], shown["impact_mean"])), drawn
    axes.figure.savefig("share.svg")
    # On free axes, of a part of a figure, in the middle of a figure of another size.
    figure = plt.figure(figsize=(5, 4))
    free = dko.pl.share(screen, ax=figure.add_axes([0.2, 0.2, 0.7, 0.7]))
    assert free.get_xlabel() == "mean own share"
    part = plt.figure(figsize=(8, 4)).subfigures(1, 2)[0]
    assert dko.pl.heat_map(screen, ax=part.subplots()).images
    impacts = dko.pl.distribution(screen, "impact")
    assert impacts.shape == (2, ) and any("impact" in axes.get_xlabel() + axes.get_ylabel() for axes in impacts), [
        (axes.get_xlabel(), axes.get_ylabel()) for axes in impacts]
    refused("genes has 2 panels here, and 1 axes were given; score=... draws one", dko.pl.genes, screen, ax=left)
    refused("sparse.h5: has nothing to draw for losses", dko.pl.losses, screen)
    refused("has no share of single knockouts to draw", dko.pl.genes, screen, "share")
assert dko.pl.quality("sparse.h5", prediction="prediction.h5").shape == (2, )
refused("dense.h5: has nothing to draw for pairs", dko.pl.pairs, "dense.h5")
refused("dense.h5: has no network of single knockouts to draw, only impact", dko.pl.genes, "dense.h5", "network")
# Knockdowns and activations are drawn as such: by their scores, against what they do without effects, in their words.
for path, keeps, share in (("down.h5", 0.3, "own share"), ("on.h5", 0.0, "predicted share")):
    with dko.open_screen(path) as screen:
        genes = screen.gene_summary()
        assert (genes["gene"].str[0] == "+").all() == screen.activates
        axes = dko.pl.share(screen)
        drawn = np.concatenate([points.get_offsets() for points in axes.collections])
        shown = genes[(genes["share_mean"] > 0) & (genes["impact_mean"] > 0)]
        assert sorted(map(tuple, drawn)) == sorted(zip(shown["share_mean"], shown["impact_mean"])) and len(shown) > 5
        assert axes.get_xlabel().startswith(f"mean {share}")
        lines = [np.divide(line.get_ydata(), line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
        assert any(np.allclose(line, 1 - keeps) for line in lines), lines
        axes = dko.pl.genes(screen, "network", top=5)
        assert set(labels(axes)) <= set(genes["gene"]) and len(labels(axes)) == 5, labels(axes)
    refused(f"{path}: has nothing to draw for pairs", dko.pl.pairs, path)
refused("on.h5: has nothing to draw for shifts", dko.pl.shifts, "on.h5")
assert dko.pl.quality("down.h5", prediction="prediction.h5").shape == (2, )
assert dko.pl.losses("dense.h5").get_xlabel() == "step"
with dko.open_screen("types.h5") as screen:
    column = next(name for name in screen.obs if len(set(screen.obs[name])) == 3)
    one, two = sorted(set(screen.obs[column]))[:2]
    axes = dko.pl.groups(screen, column)
    (image, ) = axes.images
    means = screen.gene_summary_by(column, by="network").set_index(["gene", "group"])["network_mean"]
    for gene, row in zip(labels(axes), image.get_array()):
        for label, value in zip(axes.get_xticklabels(), row):
            assert np.ma.is_masked(value) or value == means[gene, label.get_text()]
    axes = dko.pl.contrast(screen, column, one, two)
    assert axes.get_title(loc="left") == f"{one} against {two}"
    drawn = np.concatenate([points.get_offsets() for points in axes.collections])
    table = screen.contrast(column, one, two, by="network", min_cells=3)
    assert np.array_equal(sorted(drawn[:, 0]), sorted(table["network_difference"])) and len(table) > 5
    # Two labels that are given apart are no single label, whatever commas they have.
    refused("its labels: ", dko.pl.contrast, screen, column, f"{one},{two}")
    refused("name the group too", dko.pl.contrast, screen, column, against=two)
    refused("its labels: ", dko.pl.contrast, screen, column, one, "nothing")
# Labels stand apart, and within their axes, also where the layout gives these another size when all is drawn.
figure, grid = plt.subplots(2, 3, figsize=(9, 5), layout="constrained")
for axes in grid[:, 0]:
    dko.pl.share("sparse.h5", ax=axes)
for axes in grid[:, 1]:
    dko.pl.contrast("types.h5", ax=axes)
for axes in grid[:, 2]:
    dko.pl.genes("sparse.h5", "network", ax=axes)
assert grid[0, 0].get_xlabel() == "mean own share"
figure.canvas.draw()
renderer, named = RendererAgg(*figure.get_size_inches() * figure.dpi, figure.dpi), 0
for axes in grid[:, :2].ravel():
    drawn = []
    for artist in axes.get_children():
        if isinstance(artist, Labels):
            drawn += [axes.annotate(name, point, place, **options_of(place)) for name, point, place in artist.placed(renderer)]
        elif isinstance(artist, Annotation):
            drawn.append(artist)
    for label in drawn:
        label.update_positions(renderer)
    boxes = [Text.get_window_extent(label, renderer) for label in drawn]
    named += len(boxes)
    frame = axes.get_window_extent()
    assert all(frame.x0 - 1 <= box.x0 and box.x1 <= frame.x1 + 1 for box in boxes), [label.get_text() for label in drawn]
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])
assert named > 8
figure.savefig("grid.svg")
plt.close("all")
assert {key for key in settings if settings[key] != matplotlib.rcParams[key]} <= {"backend"}
assert matplotlib.get_backend() == backend and logging.getLogger("matplotlib").level == level
