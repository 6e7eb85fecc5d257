#!/usr/bin/env python3
"""Measures mappings and peers on simulated cells with what real cells have, and prints tables as Markdown.

    scripts/reference/hard.py ../shared/data/hard/* > tables.md          a minute a folder on two free cores
    scripts/reference/hard.py --no-peers ../shared/data/hard/types4      the mappings alone, some seconds

Each folder holds Ptrain.csv (genes × cells, no header), truth_single_KO.csv (dko evaluate --truth) and effects.npz, whose
R[g, i] is the mean relative change of gene i's level when gene g is lost. Seed 1, one rank, the original's mapping with
--patience 500.

1. Knockouts: Spearman of the impact with the truth over all events, beside the observed own share; AUPRC of finding
   knockouts that change other genes (by more than 0.0001 of the cell) by network; Spearman of network with that change.
2. Who changes when a gene is lost: AUPRC over pairs of genes of |R| > 0.1, by the mappings, by what dko evaluate compares
   with, and by peers: extra trees (per gene, of its share × n on the presence of the others, by feature importance, as
   GENIE3), and k nearest neighbours (cells that have the gene beside the nearest that lack it, by presence).
3. Mean Bray-Curtis distance of a held-out fifth of the cells; extra trees and neighbours predict share × n.

Needs the release build, and Python with NumPy and scikit-learn.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import average_precision_score

TREES = 50
NEIGHBOURS = 15
LEAST_CHANGE = 0.1
MAPPINGS = {"dko": ["--mapping", "dko", "--patience", "500"], "sparse": ["--mapping", "sparse"]}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", help="data sets")
    parser.add_argument("--dko", default="build/release/dko", help="the program")
    parser.add_argument("--no-peers", action="store_true", help="leave out what takes scikit-learn")
    parser.add_argument("--json", default="", help="also write all figures to this file, after each folder")
    return parser.parse_args()


class Runner:
    def __init__(self, dko, folder):
        self.dko, self.folder = os.path.abspath(dko), folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def __call__(self, *command):
        """Runs dko on one rank; returns its JSON summary."""
        summary = self.path("summary.json")
        subprocess.run([self.dko, *command, "--json", summary, "--force", "-q"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(summary) as file:
            return json.load(file)


# Peers ----------------------------------------------------------------------------------------------------


def scaled_shares(data):
    """Cells × genes: share × number of expressed genes; and presence."""
    presence = data > 0
    return data / data.sum(1, keepdims=True) * presence.sum(1, keepdims=True), presence


def fit_trees(shares, presence, known, cells):
    """Of every gene over the known cells that express it: importance of the presence of each gene (rows: those that act), and
    what is predicted in `cells`."""
    genes = shares.shape[1]
    importance, predicted = np.zeros((genes, genes)), np.zeros((len(cells), genes))
    features = presence.astype(np.float32)
    for gene in range(genes):
        rows = known[presence[known, gene]]
        if len(rows) < 10:
            predicted[:, gene] = shares[rows, gene].mean() if len(rows) else 0
            continue
        others = np.arange(genes) != gene
        trees = ExtraTreesRegressor(TREES, max_features="sqrt", min_samples_leaf=3, random_state=1, n_jobs=1)
        trees.fit(features[rows][:, others], shares[rows, gene])
        importance[others, gene] = trees.feature_importances_ * shares[rows, gene].var() / shares[rows, gene].mean()**2
        predicted[:, gene] = trees.predict(features[cells][:, others])
    return importance, predicted


def differences(presence, rows, columns):
    """Number of genes whose presence differs between two cells."""
    x, y = presence[rows].astype(np.float32), presence[columns].astype(np.float32)
    return x.sum(1)[:, None] + y.sum(1)[None] - 2 * x @ y.T


def neighbour_effects(shares, presence):
    """Mean relative difference of every gene between the nearest cells that lack a gene and those that have it."""
    genes = shares.shape[1]
    cells = np.arange(len(shares))
    distance, effects = differences(presence, cells, cells), np.zeros((genes, genes))
    for gene in range(genes):
        having, lacking = np.flatnonzero(presence[:, gene]), np.flatnonzero(~presence[:, gene])
        if len(having) < 5 or len(lacking) < 5:
            continue
        nearest = lacking[np.argsort(distance[np.ix_(having, lacking)], 1, kind="stable")[:, :NEIGHBOURS]]
        count = presence[nearest].sum(1)
        without = shares[nearest].sum(1) / np.maximum(1, count)
        both = presence[having] & (count > 0)
        sums = (shares[having] * both).sum(0)
        effects[gene] = np.where(sums > 0, (without * both).sum(0) / np.where(sums > 0, sums, 1) - 1, 0)
    return effects


def neighbour_profiles(shares, presence, known, cells):
    nearest = known[np.argsort(differences(presence, cells, known), 1, kind="stable")[:, :NEIGHBOURS]]
    count = presence[nearest].sum(1)
    means = shares[known].sum(0) / np.maximum(1, presence[known].sum(0))
    return np.where(count > 0, shares[nearest].sum(1) / np.maximum(1, count), means)


def distance_of(predicted, shares, presence, cells):
    """Mean Bray-Curtis distance, both renormalised over the genes that the cell expresses."""
    predicted = np.maximum(predicted, 0) * presence[cells]
    predicted /= np.maximum(predicted.sum(1, keepdims=True), 1e-30)
    true = shares[cells] / shares[cells].sum(1, keepdims=True)
    return float(np.abs(predicted - true).sum(1).mean() / 2)


def measure_peers(data, effects, held_out):
    shares, presence = scaled_shares(data)
    known = np.setdiff1d(np.arange(len(data)), held_out)
    importance, by_trees = fit_trees(shares, presence, known, held_out)
    pairs = ~np.eye(len(effects), dtype=bool)
    changes = np.abs(effects[pairs]) > LEAST_CHANGE
    found = {"extra trees": importance, "nearest cells": np.abs(neighbour_effects(shares, presence))}
    figures = {f"pairs {name}": float(average_precision_score(changes, scores[pairs])) for name, scores in found.items()}
    figures["held out extra trees"] = distance_of(by_trees, shares, presence, held_out)
    figures["held out nearest cells"] = distance_of(neighbour_profiles(shares, presence, known, held_out), shares, presence,
                                                    held_out)
    return figures


# Mappings -------------------------------------------------------------------------------------------------


def write_effects(path, effects):
    with open(path, "w") as file:
        file.write("gene_lost,gene,relative_change\n")
        for lost, row in enumerate(effects):
            file.writelines(f"gene{lost},gene{gene},{change:.9g}\n" for gene, change in enumerate(row) if gene != lost)


def measure_mapping(run, name, data, truth, effects, held_out):
    figures, model, prediction = {}, run.path("model.h5"), run.path("prediction.h5")
    training = run("train", data, *MAPPINGS[name], "--seed", "1", "-o", model)["training"]
    if "advice" in training:
        figures["advice"] = training["advice"]
    if os.path.exists(truth):
        table = run("evaluate", data, "--model", model, "--truth", truth, "--effect", "0.0001", "--bootstrap", "0")["truth"][0]
        for score, title in (("impact", name), ("network", name), ("own share", "own share")):
            changes = table["network_change"]["scores"][score]
            if score != "network":
                figures[f"impact {title}"] = table["all_change"]["scores"][score]["spearman_over_events"]["value"]
            if score != "impact":
                figures[f"network AUPRC {title}"] = changes["auprc"]["value"]
                figures[f"network {title}"] = changes["spearman_over_events"]["value"]
        figures["chance"] = table["network_change"]["base_rate"]
    found = run("evaluate", data, "--model", model, "--truth-effects", effects, "--bootstrap", "0")["truth_effects"][0]
    for method in ("mapping", "correlation", "partial correlation", "cells lacking it anyway"):
        figures[f"pairs {name if method == 'mapping' else method}"] = found[method]["auprc"]
    figures["pairs chance"] = found["effects"] / found["pairs"]
    run("predict", data, *MAPPINGS[name], "--held-out", held_out, "--seed", "1", "-o", prediction)
    predictors = run("evaluate", data, "--prediction", prediction, "--bootstrap", "0")["prediction"][0]["predictors"]
    for method in ("mapping", "ridge per gene", "mean share"):
        figures[f"held out {name if method == 'mapping' else method}"] = predictors[method]["bray_curtis"]
    return figures


def measure(run, folder, with_peers):
    data = os.path.join(folder, "Ptrain.csv")
    cells = np.loadtxt(data, delimiter=",").T
    with np.load(os.path.join(folder, "effects.npz")) as known:
        effects = known["R"]
    held_out = np.sort(np.random.default_rng(1).permutation(len(cells))[:len(cells) // 5])
    write_effects(run.path("effects.csv"), effects)
    np.savetxt(run.path("held_out.txt"), held_out, fmt="#%d")
    figures = {}
    for name in MAPPINGS:
        figures.update(measure_mapping(run, name, data, os.path.join(folder, "truth_single_KO.csv"), run.path("effects.csv"),
                                       run.path("held_out.txt")))
    if with_peers:
        figures.update(measure_peers(cells, effects, held_out))
    return figures


# Tables ---------------------------------------------------------------------------------------------------


TABLES = (
    ("Knockouts", ["impact dko", "impact sparse", "impact own share", "network AUPRC dko", "network AUPRC sparse",
                   "network AUPRC own share", "chance", "network dko", "network sparse", "network own share"]),
    ("Who changes when a gene is lost, AUPRC", [f"pairs {method}" for method in (
        "dko", "sparse", "cells lacking it anyway", "correlation", "partial correlation", "extra trees", "nearest cells",
        "chance")]),
    ("Held-out cells, Bray-Curtis", [f"held out {method}" for method in (
        "dko", "sparse", "ridge per gene", "extra trees", "nearest cells", "mean share")]))


def print_tables(rows):
    for title, columns in TABLES:
        common = os.path.commonprefix(columns) if title != "Knockouts" else ""
        print(f"\n{title}:\n")
        print("| data | " + " | ".join(column[len(common):] for column in columns) + " |")
        print("|---|" + "---|" * len(columns))
        for name, figures in rows.items():
            texts = ["–" if figures.get(column) is None else f"{figures[column]:.3f}" for column in columns]
            print(f"| {name} | " + " | ".join(texts) + " |")
    for name, figures in rows.items():
        if "advice" in figures:
            print(f"\n{name}: {figures['advice']}")


def main():
    arguments = parse_arguments()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for data in arguments.folders:
            name = os.path.basename(os.path.normpath(data))
            rows[name] = measure(Runner(arguments.dko, folder), data, not arguments.no_peers)
            print(f"{name} is done", file=sys.stderr)
            if arguments.json:
                with open(arguments.json, "w") as file:
                    json.dump(rows, file, indent=1)
    print_tables(rows)


if __name__ == "__main__":
    main()
