#!/usr/bin/env python3
"""Measures what Figure 2 of the original's paper shows, and prints it as Markdown: how well held-out profiles are predicted in
simulated networks of several kinds, densities and dropouts, and whether the correlations between genes come out.

    scripts/reference/figure2.py --runs 10 > table.md                       some ten minutes on two free cores
    scripts/reference/figure2.py --runs 3 --degrees 3 --dropouts 0.3        the figures that the paper names

Each run draws a network of 100 genes and 500 cells (dko simulate), holds out a fifth of the cells and predicts them with the
original's mapping (dko predict). Figures are means over the runs, with standard deviations:

- Spearman over all entries of the held-out cells, over those of expressed genes alone, and within genes over the cells that
  express them (median over genes);
- Spearman over pairs of genes of the true with the predicted correlation between the two over the held-out cells; and the same
  with the predicted shares of each gene shuffled over the cells.

Needs the release build, and Python with h5py, NumPy and SciPy.
"""
import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import warnings

import h5py
import numpy as np
from scipy import stats

NETWORKS = {"er": ("ER", ["--network", "erdos-renyi"])}
NETWORKS.update({f"sf{gamma}": (f"scale-free, γ = {gamma}", ["--network", "scale-free", "--exponent", gamma])
                 for gamma in ("2.5", "3", "3.5")})
FIGURES = ("spearman_all", "expressed", "spearman_within_gene", "correlations", "shuffled")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dko", default="build/release/dko", help="the program")
    parser.add_argument("--runs", type=int, default=10, help="networks of each kind, with seeds 1, 2, ...")
    parser.add_argument("--networks", nargs="*", choices=list(NETWORKS), default=list(NETWORKS))
    parser.add_argument("--degrees", nargs="*", default=["3", "5", "7"], help="mean degrees")
    parser.add_argument("--dropouts", nargs="*", default=["0", "0.3", "0.5", "0.7"])
    parser.add_argument("--options", default="", help="more options of dko predict, in one text, such as '--patience 500'")
    parser.add_argument("--json", default="", help="also write the figures of every run to this file, after each point")
    return parser.parse_args()


def correlation_vector(profiles):
    """Pearson's correlation of every two genes over the cells; NaN of a gene that does not vary."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore")
        matrix = np.corrcoef(profiles, rowvar=False)
    return matrix[np.triu_indices_from(matrix, 1)]


def agreement(x, y):
    known = np.isfinite(x) & np.isfinite(y)
    return float(stats.spearmanr(x[known], y[known])[0])


def measure(dko, folder, seed, degree, dropout, network, more):
    """The figures of one run."""
    data, prediction, summary = (os.path.join(folder, name) for name in ("data.csv", "prediction.h5", "summary.json"))

    def run(*command):
        subprocess.run([dko, *command, "--seed", str(seed), "--force", "-q"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    run("simulate", "--genes", "100", "--cells", "500", *NETWORKS[network][1], "--mean-degree", degree, "--dropout", dropout,
        "-o", data)
    run("predict", data, *more, "-o", prediction, "--json", summary)
    with open(summary) as file:
        figures = json.load(file)["mapping"]
    with h5py.File(prediction) as file:
        true, predicted = file["true"][()], file["predicted"][()]
    figures["expressed"] = agreement(true[true > 0], predicted[true > 0])
    vector = correlation_vector(true)
    figures["correlations"] = agreement(vector, correlation_vector(predicted))
    figures["shuffled"] = agreement(vector, correlation_vector(np.random.default_rng(seed).permuted(predicted, axis=0)))
    return {name: figures.get(name) for name in FIGURES}


def text(values):
    values = [value for value in values if value is not None]
    if not values:
        return "–"
    spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.3f}{spread}"


def print_table(points):
    print("| network | ⟨k⟩ | d | runs | held-out Spearman | of expressed | within genes | gene-gene correlations | shuffled |")
    print("|---|---|---|---|---|---|---|---|---|")
    for point in points:
        columns = [text([run[name] for run in point["runs"]]) for name in FIGURES]
        print("| " + " | ".join([NETWORKS[point["network"]][0], point["degree"], point["dropout"], str(len(point["runs"])),
                                 *columns]) + " |")


def main():
    arguments = parse_arguments()
    dko = os.path.abspath(arguments.dko)
    points = [{"network": network, "degree": degree, "dropout": dropout, "runs": []} for network, degree, dropout in
              itertools.product(arguments.networks, arguments.degrees, arguments.dropouts)]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, arguments.runs + 1):
            for point in points:
                point["runs"].append(measure(dko, folder, seed, point["degree"], point["dropout"], point["network"],
                                             arguments.options.split()))
                if arguments.json:
                    with open(arguments.json, "w") as file:
                        json.dump(points, file, indent=1)
            print(f"run {seed} of {arguments.runs} is done", file=sys.stderr)
    print_table(points)


if __name__ == "__main__":
    main()
