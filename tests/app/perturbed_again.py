"""Computes what dko evaluate --perturbed says again, with NumPy, SciPy and scikit-learn alone, and compares."""
import json

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu, spearmanr
from sklearn.metrics import average_precision_score, balanced_accuracy_score

from dko.model import Observed, open_model

found = json.load(open("found.json"))["perturbed"][0]
counts = pd.read_csv("perturbed.csv", index_col=0).T
labels = pd.read_csv("obs.csv", index_col=0)["target"].reindex(counts.index)
genes = list(counts.columns)
shares = counts.values / counts.values.sum(axis=1, keepdims=True)
control = shares[(labels == "control").values]
totals = counts.values.sum(axis=1)[(labels == "control").values]
compared = 0


def near(ours, theirs, what, most=1e-6):
    global compared
    compared += 1
    if theirs is None or np.isnan(theirs):
        assert ours is None, (what, ours, theirs)
    else:
        assert ours is not None and abs(ours - theirs) <= most, (what, ours, theirs)


def adjusted(p):
    order = np.argsort(p)
    rates = np.empty(len(p))
    rates[order] = np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1]
    return np.minimum(rates, 1)


def truth_of(target):
    cells = shares[(labels == target).values]
    change = np.log2((cells.mean(axis=0) + 1e-6) / (control.mean(axis=0) + 1e-6))
    p = np.array([mannwhitneyu(cells[:, g], control[:, g], method="asymptotic").pvalue for g in range(len(genes))])
    others = np.arange(len(genes)) != genes.index(target)
    changed = np.zeros(len(genes), dtype=bool)
    changed[others] = adjusted(p[others]) < 0.05
    return change, others, changed


def co_expression(lost):
    covariance = np.cov(control.T, bias=True)
    mean = control.mean(axis=0)
    change = -covariance[lost] / covariance[lost, lost] * mean[lost] / mean / np.log(2)
    change[lost] = np.nan
    return np.round(change, 9)  # what differs by less are ties


def by_mapping(lost):
    presence = (control > 0).astype(float)
    having = presence[:, lost] > 0
    observed = Observed("shrunk", control[having], totals[having])
    with open_model("model.h5") as model:
        before, after, rescaled, *_ = model.knock_out(presence[having], [lost], observed)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log2(after.sum(axis=0) / rescaled.sum(axis=0))
    change[lost] = np.nan
    return np.round(change, 9)  # what differs by less are ties


def compare(method, name, change, truth):
    real, others, changed = truth
    known = others & ~np.isnan(change)
    near(method["spearman"], spearmanr(change[known], real[known])[0] if np.ptp(change[known]) > 0 else np.nan, name)
    sizes = np.where(known, np.abs(change), 0)
    near(method["auprc"], average_precision_score(changed[others], sizes[others]), name)
    top = np.sort(sizes[others])[::-1][:changed.sum()]
    if top[-1] > np.sort(sizes[others])[::-1][changed.sum():].max():  # no ties at the border
        near(method["recall"], changed[others][np.argsort(-sizes[others])[:changed.sum()]].mean(), name)
    signed = changed & known & (np.abs(np.where(known, change, 0)) > 1e-12)
    assert method["signs"] == signed.sum(), (name, method, signed.sum())
    if signed.any():
        assert method["same_sign"] == ((change > 0) == (real > 0))[signed].sum(), (name, method)
        near(method["balanced_accuracy"], balanced_accuracy_score(real[signed] > 0, change[signed] > 0), name)
    near(method["error"], np.abs(np.where(known, change, 0) - real)[others].sum() / np.abs(real[others]).sum(), name)


truths = {target: truth_of(target) for target in ("g0", "g2", "g3")}
assert list(found["targets"]) == list(truths)
for target, (real, others, changed) in truths.items():
    entry = found["targets"][target]
    assert entry["changed"] == changed.sum() and entry["up"] == (changed & (real > 0)).sum(), (target, entry, changed.sum())
    assert entry["cells"] == (labels == target).sum() and entry["genes"] == others.sum()
    verdicts = {name: method["verdict"] for name, method in entry["methods"].items()}
    if target == "g3":
        assert set(verdicts.values()) == {"nothing to find"}, verdicts
        assert all(list(method) == ["verdict"] for method in entry["methods"].values())
        continue
    lost = genes.index(target)
    if target == "g2":
        hidden = {name for name, verdict in verdicts.items() if verdict == "not visible"}
        assert hidden == {"mapping", "mapping, direct effects", "cells lacking it, of equal depth",
                          "nearest cells by presence", "ridge knockouts"}, verdicts
        assert all(list(entry["methods"][name]) == ["verdict"] for name in hidden)
    else:
        compare(entry["methods"]["mapping"], "mapping", by_mapping(lost), truths[target])
        assert entry["methods"]["mapping"]["balanced_accuracy"] > 0.9, entry
    compare(entry["methods"]["co-expression"], "co-expression", co_expression(lost), truths[target])
    compare(entry["methods"]["no change"], "no change", np.zeros(len(genes)), truths[target])
    mean = np.full(len(genes), np.nan)
    for gene in range(len(genes)):
        rest = [truths[other][0][gene] for other in truths if other != target and genes.index(other) != gene]
        mean[gene] = np.mean(rest) if rest else np.nan
    compare(entry["methods"]["mean response"], "mean response", mean, truths[target])
    near(entry["methods"]["abundance"]["auprc"], average_precision_score(changed[others], control.mean(axis=0)[others]),
         "abundance")
    # The rank among all losses, by co-expression.
    agreement = []
    for other in range(len(genes)):
        change = co_expression(other)
        known = others & ~np.isnan(change)
        agreement.append(spearmanr(change[known], real[known])[0] if np.ptp(change[known]) > 0 else 0.0)
    rank = 1 + sum(value > agreement[lost] + 1e-12 for value in agreement)
    method = entry["methods"]["co-expression"]
    assert (method["rank"], method["losses"]) == (rank, len(genes)), (method, rank)
    near(method["p"], rank / len(genes), "p")
assert found["over_targets"]["targets"] == 1
directions = {name: method["targets"] for name, method in found["over_targets"]["methods"].items()}
assert directions["mapping"] == 1 and directions["abundance"] == 0, directions
near(found["over_targets"]["methods"]["mapping"]["spearman"], found["targets"]["g0"]["methods"]["mapping"]["spearman"], "mean")
assert compared > 25, compared
print(f"{compared} figures agree")
