"""One page that shows a screen: what was run, how good the mapping is, genes, pairs, how to read and cite it.

    dko-report screen.h5 -o report.html
    dko-report screen.h5 -o report.html --prediction prediction.h5 --figures figures

The page is one HTML file that loads nothing from elsewhere. Needs Debian's python3-h5py, python3-pandas,
python3-matplotlib and python3-scipy. In the source tree the command is scripts/report.py.
"""
from __future__ import annotations

import os
import signal

from dko.command_line import Parser, at_least_one, called, exit_code_of
from dko.errors import InputError, UsageError, WriteError
from dko.files import UNREADABLE
from dko.input_cells import InputCells
from dko.outputs import check_output, remove_older, write_complete
from dko.report import data as report_data
from dko.report import page as report_page
from dko.report.cell_map import collect_map
from dko.report.groups import collect_groups
from dko.report.parts import PARTS, overview
from dko.report.parts.words import event_of
from dko.results import open_screen


TOP = 20  # genes and pairs in a table


def parse_arguments(arguments):
    parser = Parser(
        prog=called("report"),
        description="Makes one self-contained HTML page of a screen.",
        epilog=f"example: {called('report')} screen.h5 -o report.html --prediction prediction.h5")
    parser.add_argument("screen", metavar="SCREEN", help="screen.h5 of dko run or dko screen")
    parser.add_argument("-o", "--out", required=True, metavar="HTML", help="the page to write")
    parser.add_argument("--model",
                        metavar="FILE",
                        help="model.h5, for the curve of losses if the screen lacks it")
    parser.add_argument("--prediction",
                        metavar="FILE",
                        help="prediction.h5 of dko predict, for how well unseen cells are predicted")
    parser.add_argument("--effects",
                        metavar="FILE",
                        help="effects.h5ad of dko effects, for a network of them and sets of genes")
    parser.add_argument("--input",
                        metavar="H5AD",
                        help="the h5ad that was screened, for maps of its cells: of a direction (with --model), and its UMAP")
    parser.add_argument("--figures", metavar="DIR", help="write the pictures as PNG and PDF there too")
    parser.add_argument("--top",
                        type=at_least_one,
                        default=TOP,
                        metavar="N",
                        help=f"how many genes and pairs the tables list ({TOP})")
    parser.add_argument("--group-by",
                        metavar="COLUMN",
                        help="compare groups of cells by this column (the first with 2 to 20 labels)")
    parser.add_argument("--contrast",
                        metavar="A,B",
                        help="compare these two labels, or one with all others (the largest)")
    parser.add_argument("--min-cells",
                        type=at_least_one,
                        metavar="N",
                        help="leave out genes and pairs in fewer cells (2 %% of the cells, at least 3)")
    parser.add_argument("--most-pairs",
                        type=at_least_one,
                        default=100_000_000,
                        metavar="N",
                        help="of larger screens read the pairs of some cells only (100,000,000)")
    parser.add_argument("-f", "--force", action="store_true", help="replace files that exist")
    return parser.parse_args(arguments)


def check_outputs(options):
    """Refuses, before anything is computed, what cannot or must not be written."""
    given = options.screen, options.model, options.prediction, options.effects, options.input
    inputs = {os.path.realpath(path) for path in given if path}
    if os.path.realpath(options.out) in inputs:
        raise UsageError(f"{options.out}: is an input, not to be written over")
    check_output(options.out, options.force)
    if options.figures:
        if os.path.exists(options.figures) and not os.path.isdir(options.figures):
            raise UsageError(f"{options.figures} is no directory")
        if os.path.isdir(options.figures):
            for path in pictures(options.figures, report_page.FIGURES):
                check_output(path, options.force)


def pictures(folder, names) -> list:
    return [os.path.join(folder, f"{name}.{kind}") for name in names for kind in ("png", "pdf")]


def build_page(report, drawn) -> str:
    parts = [(anchor, title.replace("EVENTS", f"{event_of(report)}s"), part(report, drawn)) for anchor, title, part in PARTS]
    parts = [part for part in parts if part[2]]
    top = overview.cards(report) + overview.findings(report)
    return report_page.page(
        overview.title(report), overview.lead(report), [top, *(part[2] for part in parts)], [part[:2] for part in parts],
        f"Made by {called('report')} from {report_page.clean(os.path.basename(report.screen.path))}.")


def draw_figures(report, folder):
    from dko.report import figures  # takes a while: after all that may be refused
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
        drawn = figures.draw_all(report, folder)
        if folder:
            remove_older(pictures(folder, report_page.FIGURES), pictures(folder, drawn))
        return drawn
    except OSError as error:
        raise WriteError(f"{folder}: cannot be written: {error.strerror or error}") from None


def asked_for(options) -> list:
    """The options of the page that are not files, as the commands on it repeat them."""
    named = [("--group-by", options.group_by), ("--contrast", options.contrast), ("--min-cells", options.min_cells),
             ("--top", options.top if options.top != TOP else None), ("--figures", options.figures)]
    return [(name, value) for name, value in named if value is not None]


def add_maps(report, options):
    """What the input tells of where its cells lie."""
    if not options.input:
        return
    from dko.report.umap import collect_umap
    with InputCells(options.input) as given:
        report.umap = collect_umap(report, given)
        if report.toward is not None and options.model:
            report.toward.map = collect_map(report, given, options.model)


def make_report(options):
    check_outputs(options)
    with open_screen(options.screen) as screen:
        if options.effects and screen.activates:
            raise UsageError(f"{options.effects}: is of the loss of genes, and {options.screen} switches genes on: leave out "
                             "--effects; dko explain --activate GENE tells what one gene does to all others")
        try:
            report = report_data.collect(screen, options.top, options.min_cells, options.most_pairs,
                                         options.model, options.prediction, options.effects)
            report.groups = collect_groups(report, options.group_by, options.contrast)
            report.paths = {name: getattr(options, name) for name in ("out", "model", "prediction", "effects", "input")}
            report.asked = asked_for(options)
            add_maps(report, options)
        except UNREADABLE as error:
            raise InputError(f"{options.screen}: is corrupt, or was damaged: dko info --verify finds where ({error})") \
                from error
        text = build_page(report, draw_figures(report, options.figures))
        write_complete(options.out, lambda file: file.write(text.encode("utf-8", "replace")))


def main(arguments=None) -> int:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    return exit_code_of("report", make_report, parse_arguments(arguments))
