"""Pictures of what dko-scaling measured, of one machine or of several side by side.

    dko-plot-scaling results.json -o pictures    # scaling.png, time.png, training.png, machines.png
    dko-plot-scaling old.json new.json -o pictures --pdf
    dko-plot-scaling results.json -o scaling.png         # how screens scale and where their time goes

Needs Debian's python3-matplotlib and python3-numpy. In the source tree the command is scripts/plot_scaling.py.
"""
from __future__ import annotations

import os
import signal

from dko.command_line import Parser, called, exit_code_of, require
from dko.errors import UsageError, WriteError
from dko.outputs import check_output, remove_older, write_complete
from dko.scaling import verdict

PICTURES = ["scaling", "time", "training", "machines"]
MOST_RESULTS = 6


def parse_arguments(arguments):
    parser = Parser(prog=called("plot-scaling"),
                    description="Draws what dko-scaling measured.",
                    epilog=f"example: {called('plot-scaling')} results.json more.json -o pictures")
    parser.add_argument("results", nargs="+", metavar="JSON", help=f"of dko-scaling, {MOST_RESULTS} at most")
    parser.add_argument("-o", "--out", required=True, metavar="DIR|PNG",
                        help="a folder, for all pictures; or one PNG of how screens scale")
    parser.add_argument("--pdf", action="store_true", help="write PDF files beside the PNG files")
    parser.add_argument("-f", "--force", action="store_true", help="replace files that exist")
    return parser.parse_args(arguments)


def planned_files(options, kinds):
    """{picture: its paths}, as files of these kinds"""
    if options.out.endswith(".png"):
        return {"overview": [f"{options.out[:-4]}.{kind}" for kind in kinds]}
    return {name: [os.path.join(options.out, f"{name}.{kind}") for kind in kinds] for name in PICTURES}


def check(options, planned):
    if len(options.results) > MOST_RESULTS:
        raise UsageError(f"{len(options.results)} results, more than {MOST_RESULTS}, cannot be told apart")
    is_png = options.out.endswith(".png")
    if not is_png and os.path.exists(options.out) and not os.path.isdir(options.out):
        raise UsageError(f"{options.out} is no folder, and no name of a PNG file")
    if is_png or os.path.isdir(options.out):
        for path in (path for its in planned.values() for path in its):
            check_output(path, options.force)


def write(figure, paths):
    for path in paths:
        kind = path.rpartition(".")[2]
        metadata = {"CreationDate": None} if kind == "pdf" else None
        write_complete(path, lambda file: figure.savefig(file, format=kind, dpi=160, metadata=metadata))


def loaded(path):
    """A result; of --merit without any of the cases that it has none of."""
    return {"cases": [], **verdict.load(path)}


def plot(options):
    planned = planned_files(options, ["png", "pdf"] if options.pdf else ["png"])
    replaced = planned if options.out.endswith(".png") else planned_files(options, ["png", "pdf"])
    check(options, replaced)
    results = [loaded(path) for path in options.results]
    if not any(result["cases"] for result in results) and not options.out.endswith(".png"):
        planned = {"machines": planned["machines"]}  # where figures of merit are, of which there is nothing else to draw
    from dko.report.drawing import style
    from dko.scaling import pictures  # takes a while: after all that may be refused
    with style():
        draw_planned(options, planned, results, pictures)
    remove_older(*([path for its in files.values() for path in its] for files in (replaced, planned)))


def draw_planned(options, planned, results, pictures):
    try:
        if not options.out.endswith(".png"):
            os.makedirs(options.out, exist_ok=True)
        for name, paths in planned.items():
            write(pictures.draw(name, results), paths)
    except OSError as error:
        raise WriteError(f"{options.out}: cannot be written: {error.strerror or error}") from None


def main(arguments=None) -> int:
    require("plot-scaling", ["matplotlib", "numpy"])
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    return exit_code_of("plot-scaling", plot, parse_arguments(arguments))
