"""What the Python side and the report tell of the screens that screen_kinds.sh made."""
import glob
import html
import json
import math
import os
import re

import dko
import h5py
import numpy as np
from dko.report import command, data, figures
from dko.report.drawing import NARROW
from dko.report.parts.words import NAMES
from report_test_page import Page, make_commands, pasted

# Of these screens the pictures are drawn too, which takes most of the time.
DRAWN = re.compile(
    r"(single|pairs|sample|summary|top|events1|events2|events3|one_gene|some_cells|default_pairs)\.dense|stopped")


def near(one, other):
    """Equal but for rounding; None, as JSON has it, is no number."""
    if one is None or other is None or math.isnan(one) or math.isnan(other):
        return (one is None or math.isnan(one)) and (other is None or math.isnan(other))
    return abs(one - other) <= 1e-7 + 1e-6 * abs(other)


def compare_rows(table, told, genes, where):
    """Rows of summarize in JSON and of a table of Python's, by their genes."""
    assert len(told["top"]) == told["total"] == len(table), (where, told["total"], len(table))
    rows = {tuple(row[gene] for gene in genes): row for _, row in table.iterrows()}
    for entry in told["top"]:
        row = rows[tuple(entry["genes"])]
        assert row["cells"] == entry["cells"], (where, entry)
        for key, value in entry.items():
            if key == "not_visible":
                assert row[key] == value, (where, row[key], value)
            elif key not in ("genes", "cells"):
                assert near(float(row[key]), value), (where, key, row[key], value)


def expected_ranking(screen):
    """By what pairs rank: where the network impact of pairs is stored, by its interaction."""
    measures = screen.pair_measures
    return next(name for name in ("network_interaction", "interaction", "network", "impact") if name in measures)


def compare_summaries(name, screen, report):
    try:
        with open(f"{name}.summary.json") as file:
            told = json.load(file)
    except FileNotFoundError:
        assert report.genes is None and report.pairs is None, name
        return
    assert ("genes" in told) == (report.genes is not None) and ("pairs" in told) == (report.pairs is not None), name
    if "genes" in told:
        table = screen.gene_summary()
        compare_rows(table, told["genes"], ["gene"], name)
        assert told["genes"]["by"] == screen.single_scores[0], name
        assert [row["genes"][0] for row in told["genes"]["top"]] == list(table["gene"]), name
    if "pairs" in told:
        table = screen.pair_summary()
        compare_rows(table, told["pairs"], ["gene1", "gene2"], name)
        assert ("not_visible" in table) == (screen.visibility is not None), name
        by = expected_ranking(screen)
        assert told["pairs"]["by"] == by.replace("_", "-") and report.pairs_by == by, (name, told["pairs"]["by"], by)
        strength = table[f"{by}_mean"].abs() if by.endswith("interaction") else table[f"{by}_mean"]
        assert strength.is_monotonic_decreasing, name


def compare_top(name, screen):
    with open(f"{name}.top.json") as file:
        told = json.load(file)
    if "single" in told:
        singles = screen.singles()
        assert near(float(singles[screen.single_scores[0]].max()), told["single"][0][screen.single_scores[0]]), name
    if "list" in told:
        score = screen.list_scores[0]
        listed = screen.listed(top=5)
        assert [near(float(value), entry[score]) for value, entry in zip(listed[score], told["list"])].count(False) == 0
        for score in screen.list_scores:
            assert screen.listed(top=3, by=score)[score].is_monotonic_decreasing


def check_lacking(screen):
    """What a screen lacks is named, by an error of dko's alone."""
    calls = [lambda: screen.singles(cell=1), lambda: screen.pairs(cell=1), lambda: screen.pairs(gene1="gene1", gene2="gene3"),
             screen.gene_summary, screen.cell_summary, screen.listed,
             *(lambda score=score: screen.singles_matrix(score) for score in ("impact", "network", "share")),
             *(lambda score=score: screen.pair_summary(by=score) for score in ("impact", "network", "interaction")
               if score not in screen.pair_measures),
             *(lambda score=score: screen.listed(by=score) for score in ("impact", "network"))]
    for call in calls:
        try:
            call()
        except dko.UsageError as error:
            assert screen.path in str(error), error


def check_page(name, report, drawn):
    with open("page.html", "w", encoding="utf-8") as file:
        file.write(command.build_page(report, drawn))
    page = Page("page")
    anchors = re.findall(r'<section id="(\w+)">', page.source)
    assert anchors[-1] == "run" and anchors[0] != "run" and len(set(anchors)) == len(anchors), (name, anchors)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaN\b|KeyError", page.text), (name, page.text)
    screen = report.screen
    if report.genes is not None and len(report.genes):
        for score, words in (("impact", "does not store the impact of"), ("network", "does not store the network impact of")):
            assert (words in page.text) == (score not in screen.single_scores), (name, words)
    if report.pairs is not None and len(report.pairs):
        assert f"mean {NAMES[report.pairs_by]}" in page.text, name
        assert f"--by {report.pairs_by.replace('_', '-')}" in page.text
    if screen.list_order and not screen.has_all_pairs and screen.keep != "full":
        assert "biased by that choice" in page.text, name
    return page


def check(path):
    name = path[:-len(".h5")]
    with dko.open_screen(path) as screen:
        report = data.collect(screen, 20, None, 10**8)
        report.paths = {"out": f"{name}.html"}
        compare_summaries(name, screen, report)
        compare_top(name, screen)
        check_lacking(screen)
        drawn = {}
        if DRAWN.match(name):
            for figure in command.report_page.FIGURES:
                if getattr(figures, figure)(report, NARROW) is not None:
                    drawn[figure] = ("data:image/svg+xml;base64,", "data:image/svg+xml;base64,")
            assert ("heat_map" in drawn) == (report.square is not None and report.square.notna().any(axis=None)), name
            assert ("genes" in drawn) == (report.genes is not None and len(report.genes) > 0), name
            assert ("pairs" in drawn) == (report.pairs is not None and len(report.pairs) > 0), name
        return check_page(name, report, drawn)


def check_suggestions():
    make_commands()
    with dko.open_screen("a & b/screen.h5") as screen:
        report = data.collect(screen, 20, None, 10**8)
        report.paths = {"out": "a & b/page.html"}
        page = check_page("a & b", report, {})
    commands = pasted(page, re.search(r"<code>cd (.*?)</code>", html.unescape(page.source)).group(1))
    for words in ("""--genes 'it'"'"'s mine.txt'""", "'my data.csv'", "--mapping sparse", "--seed 7", "dko explain model.h5",
                  "dko summarize screen.h5 --by network", "--prediction screen.prediction.h5"):
        assert words in commands, (words, commands)
    for file in ("screen.genes.csv", "screen.pairs.csv", "screen.prediction.h5", "screen.more.h5", "page.html"):
        assert os.path.getsize(f"a & b/{file}"), file
    with h5py.File("a & b/screen.prediction.h5") as prediction:
        assert len(prediction["genes/name"]) == 8
    with dko.open_screen("a & b/screen.more.h5") as screen:  # with the score that was missing
        assert "network_interaction" in screen.pair_scores and len(screen.genes) == 8


def check_damaged():
    """Values that are no numbers do not stop a page; a file that lacks a part is refused in words of dko's."""
    with open("pairs.dense.impact,network.h5", "rb") as file:
        whole = file.read()
    parts = []
    with h5py.File("pairs.dense.impact,network.h5") as file:
        file.visit(parts.append)
    for part in [None, *parts]:
        with open("damaged.h5", "wb") as copy:
            copy.write(whole)
        with h5py.File("damaged.h5", "a") as file:
            if part is None:
                file["single/network/data"][::3] = np.nan
                file["double/network"][::2] = np.nan
            else:
                del file[part]
        try:
            with dko.open_screen("damaged.h5") as screen:
                try:
                    report = data.collect(screen, 20, None, 10**8)
                except command.UNREADABLE:
                    continue  # dko-report says that it is corrupt
                check_page("damaged", report, {})
        except dko.InputError as error:
            assert "damaged.h5" in str(error), error
            assert part is not None


for path in sorted(glob.glob("*.h5")):
    if os.path.exists(path[:-3] + ".top.json"):
        check(path)
for path, words in (("two.screen.h5", "No pair of genes"), ("cell.screen.h5", "1 cell")):
    with dko.open_screen(path) as screen:
        report = data.collect(screen, 20, None, 10**8)
        drawn = [name for name in command.report_page.FIGURES if getattr(figures, name)(report, NARROW) is not None]
        assert words in check_page(path, report, {}).text, path
check_suggestions()
check_damaged()
