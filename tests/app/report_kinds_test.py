"""Pages of screens that report_kinds.sh made: make_lists; check; commands SCREEN."""
import contextlib
import html
import os
import re
import sys

import dko
import h5py
import numpy as np
from dko.input_cells import InputCells
from dko.report import cell_map, command, data, figures, kind
from dko.report.drawing import NARROW, WIDE
from dko.report.groups import collect_groups
from dko.report.page import FIGURES
from dko.report.parts import overview
from report_test_page import Page, make, make_commands, pasted, refused
from toward_again import Plain

KEEPS = 0.3
# What a page of activations says of losses: how to cite the method, the training, and what q-values of shifts are of.
OF_LOSSES = ("Predicting cell-specific gene expression profile and knockout impact", "Loss over 30 steps",
             "Loss of training and validation cells over steps", "they are of the loss of genes")


def make_lists():
    """Genes on and off together, and single genes on."""
    with h5py.File("cells.h5ad") as file:
        genes = file["var"][file["var"].attrs["_index"]].asstr()[:]
        cells = file["obs"][file["obs"].attrs["_index"]].asstr()[:]
    with dko.open_screen("down.single.h5") as down, dko.open_screen("on.single.h5") as on:
        assert list(on.genes) == list(genes) and list(on.cells) == list(cells)
        with open("mixed.csv", "w", encoding="utf-8") as both, open("one.csv", "w", encoding="utf-8") as one:
            print("gene1_name,gene2_name,cell_name", file=both)
            print("gene_name,cell_name", file=one)
            for cell in range(12):
                added, lost = (screen.genes[screen.genes_of(cell)[cell % 3]] for screen in (on, down))
                print(f"+{added},-{lost},{cells[cell]}", file=both)
                print(f"+{added},{cells[cell]}", file=one)


@contextlib.contextmanager
def collected(name, **more):
    with dko.open_screen(f"{name}.h5") as screen:
        report = data.collect(screen, 20, None, 10**8, **more)
        report.paths = {"out": "page.html"}
        yield report


def page_of(report, name):
    """Its page, with all captions and without pictures."""
    drawn = {figure: ("data:image/svg+xml;base64,", "data:image/svg+xml;base64,") for figure in FIGURES}
    with open(f"{name}.html", "w", encoding="utf-8") as file:
        file.write(command.build_page(report, drawn))
    return Page(name)


def said_on(page):
    """All that is read, and what pictures are said to be."""
    return page.text + " ".join(html.unescape(words) for words in re.findall(r'alt="(.*?)"', page.source))


def check_words(page, name):
    text = said_on(page)
    if name.startswith("on"):
        for words in OF_LOSSES:
            text = text.replace(words, "")
        found = re.findall("(?i).{60}(?:knock|loss|lost|losing|lose ).{40}", text)
        assert not found, found
        assert "Activation screen of cells.h5ad" in text and "dko effects" not in text
        assert "own share" not in text and "cells that lack the gene" in text
        assert "dko evaluate --perturbed FILE --activate compares them" in text
        assert not re.search("that express the gene|that expresses it|have the pair", text)
    else:
        text = re.sub(r"--knockout gene\d+ --knockdown 0.3", "", text.replace(OF_LOSSES[0], "").replace(OF_LOSSES[1], ""))
        # q-values are of the whole loss, and so are the effects of dko effects.
        for words in ("whether the loss of the gene changes any other gene", "whether its whole loss moves", OF_LOSSES[2],
                      "of the whole loss of the gene, not of the knockdown to 0.3", "lost genes keep 0.3 of their presence"):
            text = text.replace(words, "")
        found = re.findall(".{60}(?:knockout|loss|lost|losing|knocked out).{40}", text)
        assert not found, found
        assert "that lack the gene" not in text and "that lacks it" not in text and "cells that express the gene" in text
        assert "dko evaluate --perturbed FILE --knockdown 0.3 compares them" in text
        assert "Knockdown screen of cells.h5ad" in text and "to 0.3 of their presence" in page.text


def rows_of(page, section):
    """{gene: its values by their titles} of the first table of a section."""
    part = page.source.split(f'<section id="{section}">')[1].split("</table>")[0].split("<tbody>")[1]
    rows = {}
    for row in part.split("</tr>")[:-1]:
        gene = re.search(r'<td class="text" ?>([^<]*)</td>', row)[1]
        values = re.findall(r'<td +data-title="([^"]*)">(.*?)</td>', row)
        rows[gene] = {title: re.sub("<[^>]*>", "", value) for title, value in values}
    return rows


def near(text, value):
    """Whether the page's figure, of three digits, is this number."""
    return abs(float(text.split(" ")[0].replace("−", "-").replace(",", "")) - value) <= 0.006 * abs(value) + 1e-9


def check_numbers(page, report):
    """The table of genes and what is told of shares, beside the summary of the screen and its single events."""
    screen, on = report.screen, report.kind.activates
    summary = screen.gene_summary("network").set_index("gene")
    seen = screen.visibility
    rows, share = rows_of(page, "genes"), "predicted share" if on else "own share"
    assert len(rows) == 20 and list(rows) == list(summary.index[summary["cells"] >= report.min_cells][:20]), list(rows)
    assert all(gene.startswith("+") == on for gene in rows)
    for gene, row in rows.items():
        known, bare = summary.loc[gene], gene.removeprefix("+")
        assert row["cells"] == str(known["cells"]), (gene, row)
        assert near(row[share], known["share_mean"]) and near(row["impact"], known["impact_mean"]), (gene, row)
        assert known["not_visible"] or near(row["network impact"], known["network_mean"]), (gene, row)
        assert ("express it" in row, "lack it" in row) == (on, not on)
        told = seen.loc[bare, "cells_with" if on else "cells_without"]
        assert row["express it" if on else "lack it"] == str(told), (gene, row)
        assert not on or screen.direction is not None or known["cells"] == seen.loc[bare, "cells_without"]
    part = 1 if on else 1 - KEEPS
    above = (summary["impact_mean"] > 1.1 * part * summary["share_mean"])[summary["share_mean"] > 0].mean()
    assert f"{100 * above:.0f} % of the genes lie more than a tenth above it" in page.text, above
    assert on or f"{100 * (summary['impact_mean'] > 1.1 * summary['share_mean']).mean():.0f} %" != f"{100 * above:.0f} %"
    if screen.direction is None:
        total = int((seen["cells_without" if on else "cells_with"]).sum())
        every = "every gene that a cell lacks, in every cell" if on else "every expressed gene of every cell"
        assert f"{total:,} single" in page.text and f"({every})" in page.text
    what = "genes that the cells lack are switched on" if on else "lost genes keep 0.3 of their presence and of their share"
    assert what in page.text
    hidden = [gene for gene, why in seen["why"].items() if why]
    assert hidden and report.unseen == {("+" if on else "") + gene: seen.loc[gene, "why"] for gene in hidden}


def check_figures(report):
    """Where the line and the ticks of the baseline are drawn."""
    part = 1 if report.kind.activates else 1 - KEEPS
    line = figures.share(report, WIDE).axes[0].lines[0]
    assert np.allclose(line.get_ydata(), part * np.asarray(line.get_xdata()))
    drawn, plain = [], figures.dots
    try:
        figures.dots = lambda axes, names, *values: (drawn.append((names, values[-1])), plain(axes, names, *values))
        figures.genes(report, NARROW)
    finally:
        figures.dots = plain
    (_, of_network), (names, of_impact) = drawn
    shares = report.genes.set_index("gene")["share_mean"]
    assert of_network is None and np.allclose(of_impact, part * shares.loc[names])
    labels = [label.get_text() for label in figures.shifts(report, WIDE).axes[0].get_yticklabels()]
    assert labels and all(label.startswith("+") == report.kind.activates for label in labels), labels


class Changed(Plain):
    """Profiles after genes are switched on or knocked down, as the chapter defines them."""

    def change(self, cell, genes, activates):
        """(b′, r)."""
        counts = self.counts[:, cell]
        intact = (counts > 0).astype(float)
        given, stays = intact.copy(), intact.copy()
        before = self.profile(cell)
        given[genes] = 1 if activates else KEEPS
        stays[genes] = 0
        everything = self.outputs_of_all(intact, given)
        fitted = self.outputs(intact, intact)
        # The ratio b/q of the genes that stay is that of the intact cell.
        ratio = np.divide(before, fitted / fitted.sum(), out=np.zeros_like(before), where=fitted > 0)
        of_k = np.zeros_like(before)
        of_k[genes] = (everything / (everything * np.maximum(stays, given > 0)).sum())[genes] if activates \
            else KEEPS * before[genes]
        rest = 1 - of_k.sum()
        after, rescaled = everything * ratio * stays, before * stays
        return of_k + rest * after / after.sum(), of_k + rest * rescaled / rescaled.sum()

    def outputs_of_all(self, intact, given):
        if self.sparse:
            return np.maximum(self.c + self.a @ given + self.d @ (self.v.T @ intact), self.floor)
        return np.abs(self.a @ (given / given.sum()) + self.c)


def counts_of(screen):
    with InputCells("cells.h5ad") as given:
        return given.counts(given.rows_of(screen.cells), screen.genes, screen.gene_ids, None, False).toarray().T


def map_of(report, model):
    with InputCells("cells.h5ad") as given:
        return cell_map.collect_map(report, given, f"{model}.h5")


def check_map(name, model):
    """Every arrow by its own cells in plain numpy; and the stored shifts refuse arrows of other events."""
    with collected(name) as report:
        screen, found = report.screen, map_of(report, model)
        plain, activates = Changed(f"{model}.h5", screen.base, counts_of(screen)), report.kind.activates
        genes, d = list(screen.genes), screen.direction["genes"]["d"].to_numpy()
        a = screen.numbers_along("from_cells")
        kinds = found.arrows["kind"].value_counts()
        assert kinds["toward"] > 2 and kinds["away"] == 2 and kinds["pairs"] == 2, kinds
        for arrow in found.arrows.itertuples():
            names = [gene.removeprefix("+") for gene in re.split(r" \+ | (?=\+)", arrow.name)]
            assert len(names) == (2 if arrow.kind == "pairs" else 1), arrow.name
            changed = [genes.index(gene) for gene in names]
            cells = [cell for cell in a if ((plain.counts[changed, cell] > 0) != activates).all()]
            moves = [np.subtract(*plain.change(cell, changed, activates)) for cell in cells]
            assert arrow.cells == len(cells), arrow
            assert abs(arrow.along - np.mean(moves, axis=0) @ d / (d @ d)) < 1e-6, (arrow, np.mean(moves, axis=0) @ d / (d @ d))
        others = kind.ACTIVATION if not activates else kind.KNOCKOUT
        check_refusal(report, model, others)


def check_refusal(report, model, others):
    """Of events that are not those of the screen."""
    known = cell_map.kind_of_screen
    try:
        cell_map.kind_of_screen = lambda screen: others
        map_of(report, model)
    except dko.InputError as error:
        assert f"its shifts are not those of {others.doing} genes" in str(error), error
        return
    finally:
        cell_map.kind_of_screen = known
    raise AssertionError(f"arrows of {others.events}")


def check_levels(name):
    """Genes that enter by their level: the stored shifts are compared within."""
    with collected(name) as report:
        assert len(map_of(report, "levels").arrows) > 3


def check_kind(of, word):
    for name in ("single", "pairs", "kept", "summary", "toward", "dense", "levels"):
        with collected(f"{of}.{name}") as report:
            if report.toward is None:
                report.groups = collect_groups(report, "type")
            page = page_of(report, f"{of}.{name}.text")
            check_words(page, of)
            assert f"Which single {word}s do most" in page.text and f"single {word}s" in page.text
            if report.gene_scores == ["network", "impact"] and report.gene_score == "network":
                check_numbers(page, report)
            if name == "pairs":
                assert f"{report.screen.n_pairs:,}double {word}s" in page.text, page.text[:600]
                rows = report.pairs.iloc[0]
                assert overview.both(report, rows) in page.source.replace("</b>", "</b>")
            if name == "toward":
                assert f"Which {'activation' if of == 'on' else 'knockdown'} moves cells from A toward B" in page.text
                assert ("There are no q-values of shifts: they are of the loss" in page.text) == (of == "on")
                assert ("It is of the whole loss of the gene, not of the knockdown to 0.3" in page.text) == (of == "down")
                check_figures(report)


def check_whole_pages():
    make("on.toward.h5 -o on.toward.html --model sparse.h5 --input cells.h5ad --top 8")
    page = Page("on.toward")
    assert page.figures[:2] == ["shifts", "cell_map"], page.figures
    assert "Arrows, from the mean of A: the mean move of its cells by an activation" in page.text
    with dko.open_screen("on.toward.h5") as screen:
        best = screen.gene_summary("shift").iloc[0]["gene"]
    assert f"--activate {best[1:]}" in page.text and best in page.text
    drawn = "".join(picture.decode("utf-8", "replace") for picture in page.pictures)
    assert "activation toward B" in drawn and "loss toward B" not in drawn
    make("down.toward.h5 -o down.toward.html --model sparse.h5 --effects effects.h5ad --top 8")
    page = Page("down.toward")
    assert "effects" in page.figures and "the knockdowns of this screen, which leave 0.3 of it, change less" in page.text
    refused(2, "effects.h5ad: is of the loss of genes, and on.single.h5 switches genes on: leave out --effects",
            "on.single.h5 -o new.html --effects effects.h5ad")
    refused(2, "among the cells in which genes were switched on", "on.toward.h5 -o new.html --group-by type")


def check_mixed():
    """Lists that switch genes on are shown as they are, and not summed up."""
    for name in ("mixed", "mixed_and_all", "mixed_singles"):
        with collected(name) as report:
            page = page_of(report, f"{name}.text")
            assert "Listed events" in page.text and 'id="listed"' in page.source and "12listed events" in page.text
            listed = report.screen.listed(top=20, by=report.listed_by)
            for _, row in listed.iterrows():
                for gene in row[[title for title in listed if title.startswith("gene")]]:
                    assert gene[0] in "+-" and f">{gene}</td>" in page.source, gene
            if name == "mixed_and_all":
                words = "What losing one gene, losing any two together and switching on or losing 2 listed genes together"
                assert words in page.text
                assert "interact most" in page.text  # of the losses, which are summed up
            assert report.screen.has_all_pairs or report.pairs is None


def check_suggestions():
    """All commands of a page at once, as they stand, with what each leaves behind."""
    make_commands(draws=False)
    for of, word in (("on", "--activate"), ("down", "--knockdown 0.3")):
        with collected(f"{of}.single") as report:
            report.paths["out"] = f"{of}.page.html"
            page = page_of(report, f"{of}.page")
        run = pasted(page, re.search(r"<code>cd (.*?)</code>", page.source)[1])
        assert len(re.findall(f"^dko (?:explain|screen) .*{word}", run, re.M)) == 2, run
        with dko.open_screen(f"{of}.single.more.h5") as screen:  # with the pairs that were missing
            assert screen.has_all_pairs and screen.activates == (of == "on") and "network_interaction" in screen.pair_scores
        again = Page(f"{of}.page")
        assert f"({of}.single.prediction.h5)" in again.text and not again.figures
        assert os.path.getsize(f"{of}.single.genes.csv") and os.path.exists(f"{of}.single.effects.h5ad") == (of == "down")


def check():
    with dko.open_screen("down.single.h5") as screen:
        assert screen.presence == KEEPS
    check_kind("on", "activation")
    check_kind("down", "knockdown")
    for of in ("on", "down"):
        check_map(f"{of}.toward", "sparse")
        check_map(f"{of}.dense", "dense")
        check_levels(f"{of}.levels")
    check_whole_pages()
    check_mixed()
    check_suggestions()


def commands(name):
    with open(f"{name}.html", encoding="utf-8") as file:
        source = file.read()
    for block in re.findall("<pre>(.*?)</pre>", source, re.S):
        print(html.unescape(re.sub("<[^>]*>", "", block)))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
