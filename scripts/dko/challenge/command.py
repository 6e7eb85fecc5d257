"""The six measures of the Virtual Cell Challenge 2026, and the E-distance, of predicted perturbations against real ones.

    dko-challenge perturbed.h5ad --by target --control non-targeting --model model.h5 -o predicted.h5ad
    dko-challenge perturbed.h5ad --by target --control non-targeting --predicted predicted.h5ad

The cells are counts in X, the perturbed gene (or the label of control cells) in a column of obs. Each measure is shown as it
is, for the mean response, for a replicate (halves of the cells), and scaled: 0 for the mean response, 1 for a replicate.
Definitions: ArcInstitute/cell-eval2, docs/vcc2026_metrics/vcc2026-metrics.md. What -o writes is read by cell-eval2 and pertpy.
Needs Debian's python3-anndata, python3-h5py, python3-pandas and python3-scipy. In the source tree the command is
scripts/challenge.py.
"""
from __future__ import annotations

import json
import os
import sys

from dko.command_line import Parser, called, exit_code_of, require
from dko.errors import UsageError
from dko.outputs import check_output, write_complete


def parse_arguments(arguments):
    parser = Parser(prog=called("challenge"), description=__doc__.split("\n\n")[0],
                    epilog=f"example: {called('challenge')} perturbed.h5ad --by target --control NT --model model.h5")
    parser.add_argument("real", metavar="H5AD", help="counts of control and really perturbed cells")
    parser.add_argument("--by", required=True, metavar="COLUMN", help="column of obs with the perturbed gene of each cell")
    parser.add_argument("--control", required=True, metavar="LABEL", help="what it says of control cells")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="FILE", help="model.h5, which predicts the cells")
    source.add_argument("--predicted", metavar="H5AD", help="or predicted cells, labelled by the same column")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--activate", action="store_true", help="the targets were switched on (CRISPRa), and --model does so")
    kind.add_argument("--knockdown", type=float, metavar="F", default=0.0,
                      help="or a part F of them is left (CRISPRi): 0, the default, is a knockout")
    parser.add_argument("-o", "--out", metavar="H5AD", help="write control and predicted cells")
    parser.add_argument("--json", metavar="FILE", help="write all figures for programs")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of cells drawn and of splits (0)")
    parser.add_argument("-f", "--force", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    if options.out and not options.model:
        parser.error("-o is for --model: the predicted cells are there already")
    if (options.activate or options.knockdown) and not options.model:
        parser.error("--activate and --knockdown are for --model: the predicted cells are there already")
    if not 0 <= options.knockdown < 1:
        parser.error("--knockdown must be 0 or more, and below 1")
    return options


def _text(value):
    return "–" if value is None else f"{value:.3f}"


def _warn(name, words):
    print(f"{called(name)}: warning: {words}", file=sys.stderr)


def _predicted(options, panel, targets):
    """Predicted cells of each target, and why those that are not visible are not."""
    from dko.challenge import cells
    if options.predicted:
        return cells.predicted_groups(options.predicted, options.by, panel, targets), {}
    from dko.explanation import not_visible
    from dko.model import open_model
    with open_model(options.model) as model:
        groups = cells.predict(model, panel, targets, options.seed, options.activate, options.knockdown)
        hidden = not_visible(model, [model.genes.index(target) for target in targets])
    if hidden:
        named = ", ".join(f"{gene} ({why})" for gene, why in hidden.items())
        _warn("challenge", f"{len(hidden)} of {len(targets)} targets are not visible, and what the mapping says of them is "
              f"unknown: {named}")
    return groups, hidden


def _report(found, targets):
    print(f"{'measure':28} {'value':>8} {'mean response':>14} {'replicate':>10} {'scaled':>8}")
    for name in found["value"]:
        figures = (_text(found[kind][name]) for kind in ("value", "mean_response", "replicate", "scaled"))
        print("{:28} {:>8} {:>14} {:>10} {:>8}".format(name, *figures))
    print(f"{'mean of the scaled':28} {_text(found['score']):>43}")
    print("\nE-distance from the real cells: of the prediction, of control cells")
    for target in targets:
        distances = found["e_distance"][target]
        print(f"{target:28} {_text(distances['predicted']):>8} {_text(distances['control']):>8}")


def work(options):
    from dko.challenge import cells
    from dko.challenge import panel as measure
    used = {os.path.realpath(path) for path in (options.real, options.model, options.predicted) if path}
    for path in filter(None, (options.out, options.json)):
        if os.path.realpath(path) in used:
            raise UsageError(f"{path}: is an input, or another output, not to be written over")
        used.add(os.path.realpath(path))
        check_output(path, options.force)
    if options.seed < 0:
        raise UsageError("--seed must be 0 or more")
    panel, targets = cells.panel_of(options.real, cells.read_cells(options.real, options.by), options.control)
    groups, hidden = _predicted(options, panel, targets)
    if options.out:  # before the measures, which take long
        cells.write_cells(options.out, panel, targets, groups, options.by, options.control)
    found = {
        "targets": targets,
        **({"event": "activation"} if options.activate else {}),
        **({"event": "knockdown", "knockdown": options.knockdown} if options.knockdown else {}),
        "not_visible": hidden,
        "value": measure.measures(panel, groups),
        "mean_response": measure.measures(panel, measure.mean_response(panel, options.seed)),
        "replicate": measure.replicate(panel, options.seed)
    }
    found["scaled"] = measure.scale(found["value"], found["mean_response"], found["replicate"])
    known = [value for value in found["scaled"].values() if value is not None]
    found["score"] = sum(known) / len(known) if len(known) == len(found["scaled"]) else None
    found["e_distance"] = dict(zip(targets, measure.e_distances(panel, groups)))
    if options.json:
        write_complete(options.json, lambda file: file.write((json.dumps(found, indent=2) + "\n").encode()))
    _report(found, targets)


def main(arguments=None):
    options = parse_arguments(arguments)
    require("challenge", ["anndata", "h5py", "pandas", "scipy"])
    return exit_code_of("challenge", work, options)
