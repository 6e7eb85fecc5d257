"""The pages that report.sh made: well-formed, loading nothing, with the names and figures that belong."""
import os
import re
import shutil
import xml.dom.minidom
from types import SimpleNamespace

import dko
import h5py
import numpy as np
import pandas as pd
from dko.files import open_file, read_metrics
from dko.report import data, drawing, figures, suggest
from dko.report.parts.pairs import heat_caption
from report_test_page import Page, make, refused


def read(name, figures):
    page = Page(name)
    assert page.figures == figures, (name, page.figures)
    assert "@import" not in page.source and not re.search(r"url\(\s*['\"]?(?!data:)", page.source)
    assert len(page.pictures) == 2 * len(figures)  # wide and narrow
    for picture in page.pictures:
        drawn = xml.dom.minidom.parseString(picture)
        for image in drawn.getElementsByTagName("image"):
            assert image.getAttribute("xlink:href").startswith("data:"), "a picture loads another"
        assert not drawn.getElementsByTagName("script")
    for words in ("How it was made", "How to read the scores", "arXiv 2510.03359", "dko, version"):
        assert words in page.text, (name, words)
    return page


def figure_of(value):
    """Three digits that count, as the page writes them."""
    text = f"{abs(value):#.3g}"
    return ("−" if value < 0 else "") + text


def changed(name, **attributes):
    """A copy of a screen of other attributes."""
    shutil.copy("two.h5", name)
    with h5py.File(name, "a") as file:
        file.attrs.update(attributes)
    return name


# Drawing takes most of the time.
make("sampled.h5 -o sampled.html --prediction prediction.h5 --model members.h5 --top 5")
make("list.h5 -o list.html")
make("two.h5 -o two.html")
make("hidden.h5 -o hidden.html")
make("sparse.h5 -o sparse.html --top 14")
make("types.h5 -o types.html --top 14")
make("types.h5 -o asked.html --group-by type --contrast type1,type2 --top 3")
make("hostile.h5 -o effects.html --effects hostile.h5ad --top 6")
make("sparse.h5 -o hidden_effects.html --effects hidden.h5ad")

hostile = read("hostile", ["genes", "share", "distribution", "pairs", "heat_map", "quality", "losses"])
with dko.open_screen("hostile.h5") as screen:
    genes = screen.gene_summary().sort_values("network_mean", ascending=False)
    pairs = screen.pair_summary(top=20, min_cells=3)
    for row in pairs.head(5).itertuples():
        assert figure_of(row.network_interaction_mean) in hostile.text, row
        assert all(gene in hostile.text or len(gene) > 80 for gene in (row.gene1, row.gene2)), row
    for row in genes.head(5).itertuples():
        assert figure_of(row.network_mean) in hostile.text and f"{row.cells}" in hostile.text, row
    shown = set(genes[genes["cells"] >= 3].head(20)["gene"])
    assert '<script>alert("x")</script>' in shown and r"$\frac{1}{0}$" in shown, "no test of escaping"
    for gene in shown:
        assert gene in hostile.text or len(gene) > 80, gene
    bray_curtis = screen.quality["metrics"].loc["mapping", "bray_curtis"]
    assert figure_of(bray_curtis) in hostile.text
    for key in ("model_checksum", "command"):
        assert screen.provenance[key] in hostile.text
    step = screen.training["members"][0]["best_step"]
    assert f"The weights of step {step} were kept" in hostile.text
    # Pairs are of as many cells as genes; where the pairs of some cells are read, of that part of them.
    have_pairs = int((screen.pairs_of_cells > 0).sum())
    for least, most, of_pairs in ((None, 10**8, 3), (25, 10**8, 25), (40, screen.n_pairs // 2, None)):
        known = data.collect(screen, 20, least, most)
        of_pairs = of_pairs or round(least * known.pair_cells / have_pairs)
        words = "no such pair in " + ("this screen" if most == 10**8 else "the cells that were read")
        assert words in heat_caption(known), heat_caption(known)
        assert known.pair_least == of_pairs and (known.pair_cells < have_pairs) == (most < 10**8), (least, known.pair_least)
        assert len(known.pairs) and known.pairs["cells"].min() >= of_pairs, (least, known.pairs)
assert hostile.source.count("<script") == 0

sampled = read("sampled", ["genes", "distribution", "pairs", "heat_map", "quality"])
assert "Only listed or sampled pairs" in sampled.text and "(prediction.h5)" in sampled.text
assert "sd of members" in sampled.text and "effects between genes" in sampled.text
assert sampled.rows < hostile.rows  # --top 5
with open_file("prediction.h5", "prediction") as file:
    assert figure_of(file["metrics/mapping"].attrs["bray_curtis"]) in sampled.text

listed = read("list", ["pairs", "losses"])
assert "dko predict data.csv --steps 30 --batch 10 -o list.prediction.h5" in listed.text
# A table of the cells is named where a command takes it alone.
given = [("--obs-file", "cells.csv"), ("--genes", "a,b"), ("--where", "type=A")]
for covariates in (False, True):
    mapping = SimpleNamespace(screen=SimpleNamespace(has_covariates=covariates))
    assert suggest.with_used_table(mapping, given, ("--where",)) == given
    assert suggest.with_used_table(mapping, given[:2], ("--where",)) == given[1:2]
    assert suggest.with_used_table(mapping, given[:2], ("--where", "--model")) == given[not covariates:2]
assert "Interactions cannot be told" in listed.text or "interact most" in listed.text
two = read("two", ["genes", "share", "distribution", "quality", "losses"])
assert "2 genes × 60 cells" in two.text and "No pair of genes" in two.text


def nearer(metrics):
    """What the page says of the mapping beside the nearest baseline."""
    distance = metrics["bray_curtis"]
    gain = 1 - distance["mapping"] / distance.drop("mapping").min()
    return f"{100 * gain:.0f} % nearer" if gain > 0 else "no better than that guess"


# Can it be believed: what the cells show, and what the mapping knows beside a guess.
for page in (hostile, sampled, listed, two):
    assert "Can this be believed?" in page.text and 'id="belief"' in page.source
with dko.open_screen("hostile.h5") as screen:
    assert nearer(screen.quality["metrics"]) in hostile.text and "All 14 genes are visible" in hostile.text
    assert "not visible:" not in hostile.text and 'class="unseen"' not in hostile.source
    assert screen.advice["cells"] == 12 and f"Said when it was trained: {screen.advice['text']}" in hostile.text
assert "this screen does not say which genes are visible" in listed.text and "not visible:" not in listed.text
assert "Not known: this screen holds no prediction of cells" in listed.text
assert "dko evaluate data.csv --prediction list.prediction.h5" in listed.text
assert "dko evaluate data.csv --prediction prediction.h5" in sampled.text
with open_file("prediction.h5", "prediction") as file:
    assert nearer(read_metrics(file["metrics"])) in sampled.text

REASONS = {"gene0": "all cells express it", "gene1": "96.7 % of the cells express it"}
hidden = read("hidden", ["genes", "share", "distribution", "pairs", "heat_map", "quality", "losses"])
sparse = read("sparse", ["genes", "share", "distribution"])
for name, page in (("hidden", hidden), ("sparse", sparse)):
    assert "12 of 14 genes are visible" in page.text and "2 are not visible" in page.text
    assert "Expressed by nearly all cells: 2 genes" in page.text
    rows = re.findall(r'<td class="text" ?>(gene\d+)</td>(.*?)</tr>', page.source.split('id="belief"')[0].split("</table>")[0])
    assert len(rows) == 14 and {gene for gene, _ in rows[-2:]} == set(REASONS), rows  # after all others, 0 or not
    with dko.open_screen(f"{name}.h5") as screen:
        means = screen.gene_summary().set_index("gene")["network_mean"]
    assert name == "sparse" or means[rows[-2][0]] > means[:-1].min(), "no test of the order"
    for gene, row in rows:
        shown = row.split("</td>")[0].split(">", 1)[1]  # network impact
        assert (f"not visible: {REASONS[gene]}" if gene in REASONS else figure_of(means[gene])) in shown, (gene, shown)
        if gene in REASONS and means[gene] != 0:
            assert shown.startswith(f'<span class="unseen">{figure_of(means[gene])}'), shown
        assert gene in REASONS or "unseen" not in row, row
    if name == "sparse":
        assert means["gene0"] == 0
        bare = '"why">not visible: all cells express it</span></td><td data-title="sd over cells">–'
        assert bare in page.source, "a 0 that looks like a finding"
assert "with a gene that is not visible" in hidden.text
assert "of the 12 highest visible genes" in hidden.text and "over a cell's visible genes" in hidden.text

# Groups of cells: which column, which labels are compared, and by what figures.
of_types, asked = (read(name, ["genes", "share", "distribution", "groups", "contrast"]) for name in ("types", "asked"))
with dko.open_screen("types.h5") as screen:
    labels, codes = screen.groups("type")
    largest = labels[int(np.bincount(codes).argmax())]
    assert "Groups by the column type of the cells, the first with 2 to 20 labels" in of_types.text
    assert "the first with 2 to" not in asked.text and "Groups by the column type of the cells: " in asked.text
    for page, group, against in ((of_types, largest, None), (asked, "type1", "type2")):
        among = pd.Series(codes[screen.screened]).map(dict(enumerate(labels))).value_counts()
        others = among.sum() - among[group] if against is None else among[against]
        sides = f"{group} ({among[group]} screened cells) against {against or 'all others'} ({others} screened cells)"
        assert f"{sides}: the genes whose" in page.text, sides
        table = screen.contrast("type", group, against)
        table = table[~table["gene"].isin(screen.visibility.index[~screen.visibility["visible"]])]
        for row in table.head(3).itertuples():
            for value in (row.network_difference, row.network_mean, row.network_mean_against):
                assert value == 0 or figure_of(value) in page.text, (row, value)
        assert "dko summarize types.h5 --group-by type --contrast each --contrast-table types.contrasts.csv" in page.text
refused(2, "keeps no column kind of its cells; it keeps type", "types.h5 -o new.html --group-by kind")
refused(2, "not '9'; its labels: ", "types.h5 -o new.html --contrast 9")
refused(3, "hidden.h5ad: is not of the model that hidden.h5 was made with", "hidden.h5 -o new.html --effects hidden.h5ad")
refused(2, "no column of its cells has 2 to 20 labels", "two.h5 -o new.html --contrast 9")

# What is drawn of how cells differ is of visible genes alone; and on a phone labels of ticks do not run into each other.
with dko.open_screen("hidden.h5") as screen:
    shown, singles = data.collect(screen, 20, None, 10**6), screen.singles()
    assert set(shown.boxes()) == set(screen.genes) - set(REASONS), list(shown.boxes())
    means = singles[~singles["gene"].isin(REASONS)].astype({"network": float}).groupby("cell", sort=False)["network"].mean()
    assert np.allclose(shown.cells["network_mean"], means)
    assert not np.allclose(screen.cell_summary()["network_mean"], means)
    shown.pairs = shown.pairs.assign(gene1="ENSMUSG00000012345", gene2="ENSMUSG00000054321")
    for scale in (1, 1e-3, 1e-6):
        shown.pairs[f"{shown.pairs_by}_mean"] *= scale
        shown.pairs[f"{shown.pairs_by}_sd"] *= scale
        narrow = figures.pairs(shown, drawing.NARROW)
        drawing.arrange(narrow)
        axes, renderer = narrow.axes[0], narrow.canvas.get_renderer()
        labels = [label.get_window_extent(renderer) for label in axes.get_xticklabels()]
        labels = [label for label, at in zip(labels, axes.get_xticks()) if axes.get_xlim()[0] <= at <= axes.get_xlim()[1]]
        assert labels and all(one.x1 < other.x0 for one, other in zip(labels, labels[1:])), scale
        assert axes.get_window_extent(renderer).width > 0.4 * narrow.bbox.width and labels[-1].x1 <= narrow.bbox.x1, scale
        assert not axes.xaxis.get_offset_text().get_text(), scale
assert "a sparse mapping is fitted to all cells" in sparse.text and 'id="quality"' not in sparse.source
with dko.open_screen("sparse.h5") as screen:
    distance = screen.training["members"][0]["cross_validated_distance"]
assert f"off by about {figure_of(distance)}" in sparse.text
assert "dko predict hidden.csv --mapping sparse -o sparse.prediction.h5" in sparse.text


def with_effects(drawn, *more):
    """They stand after pairs, before the quality."""
    at = drawn.index("quality") if "quality" in drawn else len(drawn)
    return [*drawn[:at], "effects", *more, *drawn[at:]]


# The largest effects of visible genes, as a table and as a network of no more than 40 genes; sets of genes.
for name, screen, file, visible in (("effects", "hostile", "hostile", True), ("hidden_effects", "sparse", "hidden", False)):
    page = read(name, with_effects({"hostile": hostile, "sparse": sparse}[screen].figures, *(["sets"] if visible else [])))
    known = dko.read_effects(f"{file}.h5ad")
    largest = known.effects[~known.effects["gene_lost"].isin([] if visible else REASONS)]
    largest = largest.iloc[np.argsort(-largest["change"].abs(), kind="stable")]
    network = known.network()
    assert 0 < len(network) <= 60 and len(set(network["gene_lost"]) | set(network["gene"])) <= 40
    assert (network["change"].to_numpy() == largest["change"].to_numpy()[:len(network)]).all()  # so few genes: all
    small = known.network(most_genes=3)
    assert len(set(small["gene_lost"]) | set(small["gene"])) <= 3 and small.iloc[0].equals(network.iloc[0])
    for row in network.head(6).itertuples():
        assert figure_of(row.change) in page.text and (row.gene in page.text or len(row.gene) > 80), row
    assert page.source.count("<script") == 0
assert known.sets is None and not set(network["gene_lost"]) & set(REASONS)
with h5py.File("hostile.h5ad") as file:
    sets = dko.read_effects("hostile.h5ad").sets
    assert (sets.to_numpy() == file["obsm/gene_sets"][:]).all() and list(sets) == ["first", "</td>&"]
page = read("effects", with_effects(hostile.figures, "sets"))
assert figure_of(sets.to_numpy().flat[abs(sets.to_numpy()).argmax()]) in page.text and "Sets of genes" in page.text
refused(3, "is not a dko effects, but a dko model", "hostile.h5 -o new.html --effects model.h5")
refused(3, "hostile.h5ad: is of other genes", "two.h5 -o new.html --effects hostile.h5ad")
refused(2, "is an input", "hostile.h5 -o hostile.h5ad --effects hostile.h5ad --force")

refused(2, "hostile.html exists: .*--force", "hostile.h5 -o hostile.html")
refused(2, "quality.png exists", "two.h5 -o new.html --figures figures")
refused(2, "is an input", "two.h5 -o two.h5 --force")
refused(2, "is a directory", "two.h5 -o figures")
refused(2, "is no directory", "two.h5 -o new.html --figures two.h5")
refused(2, "required: -o/--out", "two.h5")
refused(2, "invalid whole number above 0", "two.h5 -o new.html --top 0")
refused(4, "no directory nowhere", "two.h5 -o nowhere/new.html")
refused(3, "none.h5: there is no such file", "none.h5 -o new.html")
refused(3, "is no HDF5 file", "data.csv -o new.html")
refused(3, "is not a dko screen, but a dko model", "model.h5 -o new.html")
refused(3, "is not the model", "two.h5 -o new.html --model model.h5")
refused(3, "of other genes", "hostile.h5 -o new.html --prediction prediction.h5")
refused(3, "cut.h5", "cut.h5 -o new.html")
refused(3, "not finished: continue it by its command with --resume", f"{changed('begun.h5', complete=0)} -o new.html")
refused(3, "version 9; .* a newer one", f"{changed('newer.h5', version=9)} -o new.html")
refused(3, "is corrupt", f"{changed('odd.h5', version=[1, 2])} -o new.html")
refused(4, "Is a directory", "figures -o new.html")
refused(2, "unrecognized arguments: --fast; --help lists the options", "two.h5 -o new.html --fast")
os.mkfifo("fifo")
refused(2, "no regular file", "two.h5 -o fifo")
refused(2, "no regular file", "two.h5 -o fifo --force")
refused(2, "no regular file", "two.h5 -o /dev/null --force")
os.symlink("nowhere/page.html", "dangling.html")
refused(4, "no directory", "two.h5 -o dangling.html --force")

# A link is followed: what it points to is the page.
os.mkdir("pages")
os.symlink("pages/page.html", "link.html")
make("two.h5 -o link.html --top 1")
assert os.path.islink("link.html") and os.listdir("pages") == ["page.html"], os.listdir("pages")
