"""report_toward_test.py make_inputs: cells.h5ad with layers and a UMAP, and others to refuse. check: the pages, by pandas and
by profiles in plain numpy. commands PAGE: what the page tells to run."""
import html
import re
import shutil
import sys

import anndata
import dko
import h5py
import numpy as np
import pandas as pd
import scipy.sparse
from dko.input_cells import InputCells
from dko.report import cell_map, data, drawing, figures
from dko.report.groups import collect_groups
from dko.report.parts import cells, guide, overview, pairs, toward
from dko.report.umap import collect_umap, score_panel
from report_test_page import Page, make, refused
from toward_again import Plain


def counts_of(name="cells.h5ad"):
    cells = anndata.read_h5ad(name)
    return cells.layers["counts"].toarray().T, list(cells.var_names), cells.obs["type"].to_numpy()


def make_inputs():
    given = anndata.read_h5ad("plain.h5ad")
    given.X = given.X.tocsr() if scipy.sparse.issparse(given.X) else scipy.sparse.csr_matrix(given.X)
    # Labels of which the cells of type0, which are screened, have two; and half of the genes in all of type0's cells.
    thirds = np.where(given.obs["type"] == "type0", np.where(np.arange(given.n_obs) % 2, "odd", "even"), "elsewhere")
    given.obs["thirds"] = pd.Categorical(thirds)
    given.layers["counts"] = given.X.copy()
    given.X = given.X * 0.5
    given.obsm["X_umap"] = np.random.default_rng(1).normal(size=(given.n_obs, 2))
    given.write_h5ad("cells.h5ad")
    other = given.copy()
    other.layers["counts"] = other.layers["counts"] + scipy.sparse.eye(*other.shape, format="csr")
    other.write_h5ad("other.h5ad")
    # As many genes in each cell, and the same totals: only the shifts tell.
    swapped = given.copy()
    swapped.var_names = [*given.var_names[::-1]]
    swapped.write_h5ad("swapped.h5ad")
    given[:, :30].copy().write_h5ad("fewer.h5ad")
    random = np.random.default_rng(2)
    mixed = given[random.permutation(given.n_obs)][:, random.permutation(given.n_vars)].copy()
    mixed.layers["columns"] = mixed.layers["counts"].tocsc()
    mixed.layers["dense"] = mixed.layers["counts"].toarray()
    mixed.raw = mixed.copy()
    mixed.write_h5ad("mixed.h5ad")
    shares = given.layers["counts"].toarray() / given.layers["counts"].sum(axis=1)
    profile = np.asarray(shares[(given.obs["type"] == "type1").to_numpy()].mean(axis=0)).ravel()
    pd.Series(profile, given.var_names).to_csv("profile.csv", header=False)


def made(name, arguments, *figures):
    """The page, which has these figures of those that the input, a direction and sets give."""
    make(f"{arguments} -o {name}.html")
    page = Page(name)
    found = [figure for figure in page.figures if figure in ("shifts", "cell_map", "umap", "sets")]
    assert found == list(figures), page.figures
    return page


def rows_of(page, title):
    """{gene: its values by their titles} of the table below a heading, in its order."""
    part = page.source.split(f"<h3>{title}</h3>")[1].split("</table>")[0].split("<tbody>")[1]
    rows = {}
    for row in part.split("</tr>")[:-1]:
        names = re.findall(r'<td class="text" ?>([^<]*)</td>', row)
        values = re.findall(r'<td +data-title="([^"]*)">(.*?)</td>', row)
        rows[" + ".join(names)] = {key: re.sub("<[^>]*>", "", value) for key, value in values}
    return rows


def near(text, value):
    """Whether the page's figure, of three digits, is this number."""
    shown = float(text.split(" ")[0].replace("−", "-").replace(",", ""))
    return abs(shown - value) <= 0.006 * abs(value) + 1e-9


def check_tables(page, screen, q_values=True):
    singles, seen, direction = screen.singles(), screen.visibility, screen.direction
    means = singles.astype({"shift": float, "approach": float}).groupby("gene")[["shift", "approach"]].agg(["mean", "count"])
    means = means[means[("shift", "count")] >= 3]
    visible = means[seen.loc[means.index, "visible"].to_numpy()]
    assert 0 < len(visible) < len(means), "no test of visibility"
    for title, sign in (("Toward B", -1), ("Away from B", 1)):
        wanted = (sign * visible[("shift", "mean")]).sort_values(kind="stable")
        wanted = wanted[wanted < 0]
        rows = rows_of(page, title)
        assert list(rows) == list(wanted.index[:len(rows)]) and len(rows) == min(20, len(wanted)) > 2, (title, list(rows))
        for gene, row in rows.items():
            assert near(row["shift"], means.loc[gene, ("shift", "mean")]), (gene, row)
            assert near(row["approach"], means.loc[gene, ("approach", "mean")]), (gene, row)
            assert row["cells"] == str(means.loc[gene, ("shift", "count")]), (gene, row)
            assert row["lack it"] == str(seen.loc[gene, "cells_without"]), (gene, row)
            assert near(row["information"], seen.loc[gene, "information"]), (gene, row)
            assert ("q of shift" in row) == q_values
            if q_values:
                assert row["q of shift"] == f"{direction['genes'].loc[gene, 'q_value']:.3f}", (gene, row)
    a, b = len(direction["from_cells"]), len(direction["toward_cells"])
    assert f"A: the cells with type=type0 ({a} cells)" in page.text, page.text[:2000]
    return a, b


def check_pairs(page, screen):
    both = page.source.split('<section id="pairs">')[1]
    whole = screen.pair_summary(min_cells=3)
    lowest = screen.pair_summary(min_cells=3, top=9, lowest=True)
    assert list(lowest["shift_mean"]) == sorted(whole["shift_mean"])[:9] and list(lowest["rank"]) == list(range(1, 10))
    part = both.split("<h3>Away from B</h3>")[1].split("</table>")[0]
    shifts = [float(text.replace("−", "-")) for text in re.findall(r'data-title="shift">(?:<[^>]*>)?(−[0-9.e−]+)', part)]
    assert len(shifts) == 20 and shifts == sorted(shifts), shifts
    assert "Which pairs move cells from A toward B" in page.text


def map_of(shown, model):
    with InputCells("cells.h5ad") as given:
        return cell_map.collect_map(shown, given, model)


def check_map(name, model, base, number_of_arrows):
    """By profiles in plain numpy of every cell of A and B, a singular value decomposition, and every knockout by itself."""
    counts, genes, types = counts_of()
    plain = Plain(model, base, counts)
    cells = np.flatnonzero((types == "type0") | (types == "type1"))
    profiles = np.array([plain.profile(cell) for cell in cells])
    in_a = types[cells] == "type0"
    a, b = profiles[in_a].mean(axis=0), profiles[~in_a].mean(axis=0)
    d = b - a
    rest = profiles - profiles.mean(axis=0)
    rest = rest - np.outer(rest @ d, d) / (d @ d)
    _, sizes, axes = np.linalg.svd(rest)
    across = axes[0] * np.sign(axes[0][np.abs(axes[0]).argmax()])
    with dko.open_screen(name) as screen:
        shown = data.collect(screen, 20, None, 10**8)
        found = map_of(shown, model)
        order = np.concatenate([cells[in_a], cells[~in_a]])
        wanted = np.array([profiles[list(cells).index(cell)] for cell in order]) - a
        assert list(found.cells["is_b"]) == [False] * in_a.sum() + [True] * (~in_a).sum() and found.all_cells
        assert np.allclose(found.cells["along"], wanted @ d / (d @ d), atol=1e-6)
        assert np.allclose(found.cells["across"], wanted @ across / np.sqrt(d @ d), atol=1e-6)
        assert abs(found.explained - sizes[0]**2 / (sizes**2).sum()) < 1e-6
        assert len(found.arrows) == number_of_arrows, found.arrows
        for arrow in found.arrows.itertuples():
            lost = [genes.index(gene) for gene in arrow.name.split(" + ")]
            moves = []
            for cell in cells[in_a]:
                if (counts[lost, cell] > 0).all():
                    left = plain.profile(cell)
                    left[lost] = 0
                    moves.append(plain.profile(cell, lost) - left / left.sum())
            move = np.mean(moves, axis=0)
            assert arrow.cells == len(moves)
            assert abs(arrow.along - move @ d / (d @ d)) < 1e-6 and abs(arrow.across - move @ across / np.sqrt(d @ d)) < 1e-6
        assert (found.arrows["along"][found.arrows["kind"] == "toward"] > 0).all()
        # Of many cells some are drawn, and of their knockouts some make an arrow.
        cell_map.MOST_CELLS, cell_map.MOST_MOVED = 10, 7
        few = map_of(shown, model)
        cell_map.MOST_CELLS, cell_map.MOST_MOVED = 1000, 300
        assert len(few.cells) == 20 and not few.all_cells and few.arrows["cells"].max() == 7


def check_input():
    """Rows and columns of every layout, in any order, also where a block holds little."""
    counts, genes, _ = counts_of()
    names = list(anndata.read_h5ad("cells.h5ad").obs_names)
    from dko import input_cells
    for block in (1 << 24, 50):
        input_cells.BLOCK = block
        with InputCells("mixed.h5ad") as given:
            rows = given.rows_of(names)
            chosen = np.array([5, 3, 77, 4])
            for layer, raw in (("counts", False), ("columns", False), ("dense", False)):
                found = given.counts(rows[chosen], genes, genes, layer, raw)
                assert (found.toarray() == counts[:, chosen].T).all(), (layer, block)
            assert (given.counts(rows[chosen], genes, genes, None, True).toarray() == 0.5 * counts[:, chosen].T).all()
            umap = anndata.read_h5ad("cells.h5ad").obsm["X_umap"]
            assert (given.umap(rows) == umap).all()
    input_cells.BLOCK = 1 << 24


class Part:
    """The part of a page, without drawing."""

    def __init__(self, source):
        self.source, self.text = source, " ".join(re.sub("<[^>]*>", "", source).split())


def check_others():
    """Without q-values, toward a profile, and without a direction."""
    with dko.open_screen("dense.h5") as screen:
        shown = data.collect(screen, 20, None, 10**8)
        shown.paths = {"out": "no_q.html", "model": "dense_model.h5"}
        page = Part(toward.part(shown, {}))
        check_tables(page, screen, q_values=False)
        assert "trained without --levels and --fdr" in page.text and "q of shift" not in page.text
        assert "--model dense_model.h5 --input cells.h5ad" in page.text, page.text
    one, other = dko.pl.shifts("dense.h5", top=2)
    assert [label.get_text() for label in one.get_yticklabels()] == list(shown.toward.toward(2)["gene"])
    assert [label.get_text() for label in other.get_yticklabels()] == list(shown.toward.away(2)["gene"])
    with dko.open_screen("profile.h5") as screen:
        shown = data.collect(screen, 20, None, 10**8)
        shown.toward.map = map_of(shown, "model.h5")
        assert not shown.toward.map.cells["is_b"].any() and abs(shown.toward.map.cells["along"].mean()) < 1e-6
        page = Part(toward.part(shown, {}))
        assert "B: the profile in profile.csv" in page.text and "toward the profile profile.csv" in toward.map_caption(shown)
        assert shown.pairs_away["shift_mean"].is_monotonic_increasing and shown.pairs_away["shift_mean"].iloc[0] < 0
    with dko.open_screen("all.h5") as screen:
        shown = data.collect(screen, 20, None, 10**8)
        assert shown.toward is None and toward.part(shown, {}) == "" and "q of shift" not in guide.part(shown, {})
        shown.groups = collect_groups(shown, "type")
        with InputCells("cells.h5ad") as given:
            shown.umap = collect_umap(shown, given)
        by_label, by_score = shown.umap.panels
        assert by_label.labels == ["type0", "type1", "type2"] and (by_label.values >= 0).all()
        means = screen.cell_summary(visible_only=True)["network_mean"].to_numpy()
        assert np.array_equal(by_score.values, means, equal_nan=True) and "UMAP" in cells.part(shown, {})
        with drawing.style():
            assert len(figures.umap(shown, drawing.NARROW).axes) >= 3


def collected(screen):
    shown = data.collect(screen, 20, None, 10**8)
    shown.paths = {"out": "page.html", "model": "model.h5"}
    return shown


def changed(name, work):
    """A copy of toward.h5 in which work(file) has changed something."""
    shutil.copy("toward.h5", name)
    with h5py.File(name, "a") as file:
        work(file)
    return dko.open_screen(name)


def check_unknown_visibility():
    """Of a screen that does not say which genes are visible nothing is called so."""
    with changed("unknown.h5", lambda file: file.pop("visibility")) as screen:
        shown = collected(screen)
        page = Part(toward.part(shown, {}) + overview.findings(shown) + pairs.part(shown, {}))
        assert "visible gene" not in page.text and "are not visible" not in page.text, page.text
        assert page.text.count("Which genes are visible is not known") == 2 and page.source.count('href="#belief"') >= 2


def check_none_visible():
    with changed("hidden.h5", lambda file: file["visibility/information"].write_direct(np.zeros(40))) as screen:
        shown = collected(screen)
        page = Part(toward.part(shown, {}) + pairs.part(shown, {}))
        assert "No pair of genes was knocked out" not in page.text and "Fewer than two genes are visible" in page.text
        assert "Of 0 visible genes" not in page.text and "No gene in at least 3 cells is visible" in page.text


def check_kept_pairs():
    """The best pair is one that was kept in enough cells, though one kept in few is first: in some of the screens it is."""
    few_first = [most for most in (5, 10, 20) if check_pairs_kept(f"kept{most}.h5")]
    assert few_first, "no test of few cells"


def check_pairs_kept(name):
    with dko.open_screen(name) as screen:
        shown = collected(screen)
        least, kept = shown.min_cells, screen.pair_summary()
        enough = kept[(kept["cells"] >= least) & ~kept["gene1"].isin(shown.unseen) & ~kept["gene2"].isin(shown.unseen)]
        best = enough.iloc[0]
        said = Part(overview.pair_in_words(shown)).text
        assert f"{best['gene1']} + {best['gene2']}" in said and "of the pairs that were kept" in said, (said, best)
        drawn = [name for name, kind, _ in cell_map.losses_drawn(shown) if kind == "pairs"]
        assert drawn == [f"{row.gene1} + {row.gene2}" for row in enough.head(2).itertuples()], drawn
        few = data.collect(screen, 20, 1000, 10**8)
        assert overview.pair_in_words(few) == "" and not len(cell_map.losses_drawn(few))
        return shown.pairs.iloc[0]["cells"] < least


def check_by_number():
    """Cells of one name are told apart, and a cell without a stored shift is not passed over."""
    with dko.open_screen("toward.h5") as screen, changed("one_name.h5", named_alike) as alike:
        wanted, found = (score_panel(collected(one)) for one in (screen, alike))
        assert np.isfinite(wanted.values).sum() > 10 and np.array_equal(wanted.values, found.values, equal_nan=True)
        stored = np.array([0.1, 0.2])
        cell_map.require_shifts(screen, stored, stored)
        for other in (stored[::-1], np.array([0.1, np.nan])):
            try:
                cell_map.require_shifts(screen, other, stored)
            except dko.InputError:
                continue
            raise AssertionError(other)


def named_alike(file):
    file["cells/name"][:] = "cell"


def check_map_without_h5ad():
    """No command is offered that cannot run."""
    with changed("of_csv.h5", lambda file: file.attrs.update(input="cells.csv")) as screen:
        page = Part(toward.part(collected(screen), {}))
        assert "--input" not in page.text and "cells.csv, is none" in page.text, page.text[-900:]


def check():
    page = made("toward", "toward.h5 --model model.h5 --input cells.h5ad --effects effects.h5ad --group-by thirds",
                "shifts", "cell_map", "umap", "sets")
    with dko.open_screen("toward.h5") as screen:
        a, b = check_tables(page, screen)
        assert f"B: the cells with type=type1 ({b} cells)" in page.text
        check_pairs(page, screen)
        seen = screen.gene_summary("shift")
        seen = seen[(seen["not_visible"] == "") & (seen["cells"] >= 3)]
        sure = seen[seen["shift_q_value"] <= 0.1]
        for words, sign in (("toward B", 1), ("away from B", -1)):
            side = sure[sign * sure["shift_mean"] > 0]
            best = (side if len(side) else seen).sort_values("shift_mean", ascending=sign < 0).iloc[0]
            assert f"{best['gene']} moves cells of A furthest {words}" in page.text, (words, best)
        assert len(sure) < len(seen)
        assert "are not visible, whose shifts are unknown" in page.text
        # Labels that no screened cell has are in no table.
        assert "elsewhere" not in page.text and "even" in page.text and "odd" in page.text
        refused(2, "column type has 1 label among the cells in which genes were lost", "toward.h5 -o new.html --group-by type")
    for words in ("Each q is a false discovery rate, but of another question", "q of effects: whether", "q of shift: whether",
                  "q of difference: whether", "q of the effect: of one", "Ranks depend on which genes were used",
                  "Cells of A in blue, and orange of B"):
        assert words in page.text, words
    again = next(line for line in commands_of("toward") if "--prediction toward.prediction.h5 --group-by thirds" in line)
    assert " toward.h5 -o toward.html --model model.h5 --effects effects.h5ad --input cells.h5ad " in again, again

    check_others()
    check_unknown_visibility()
    check_none_visible()
    check_kept_pairs()
    check_map_without_h5ad()
    check_by_number()

    check_map("toward.h5", "model.h5", "shrunk", 9)
    check_map("fitted.h5", "fitted_model.h5", "fitted", 7)
    check_map("dense.h5", "dense_model.h5", "fitted", 7)
    check_input()
    refused(3, "values are not those that were screened", "toward.h5 -o new.html --model model.h5 --input other.h5ad")
    refused(3, "its shifts are not those of losing genes", "toward.h5 -o new.html --model model.h5 --input swapped.h5ad")
    refused(3, "does not have genes of the screen", "toward.h5 -o new.html --model model.h5 --input fewer.h5ad")
    refused(3, "is no h5ad", "toward.h5 -o new.html --input profile.csv")
    refused(3, "there is no such file", "toward.h5 -o new.html --input nothing.h5ad")
    refused(3, "is not the model", "toward.h5 -o new.html --model dense_model.h5 --input cells.h5ad")
    refused(2, "is an input", "toward.h5 -o cells.h5ad --input cells.h5ad --force")


def commands_of(name):
    with open(f"{name}.html", encoding="utf-8") as file:
        source = file.read()
    blocks = re.findall("<pre>(.*?)</pre>", source, re.S)
    return [line for block in blocks for line in html.unescape(re.sub("<[^>]*>", "", block)).split("\n")]


def commands(page):
    print("\n".join(commands_of(page.removesuffix(".html"))))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
