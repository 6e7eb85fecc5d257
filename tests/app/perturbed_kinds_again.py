"""Computes what dko evaluate --perturbed says of activations and knockdowns again, with NumPy and SciPy alone, and compares:
perturbed_kinds_again.py activated|knocked MODEL F"""
import json
import sys

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from dko.model import Observed, open_model

name, model_path, keeps = sys.argv[1], sys.argv[2], float(sys.argv[3])
activates = name == "activated"
found = json.load(open(f"{name}.json"))["perturbed"][0]
counts = pd.read_csv(f"{name}.csv", index_col=0).T
labels = pd.read_csv(f"{name}.obs.csv", index_col=0)["target"].to_numpy()
genes = list(counts.columns)
values = counts.to_numpy(dtype=float)
shares = values / values.sum(axis=1, keepdims=True)
control, depth = shares[labels == "control"], values.sum(axis=1)[labels == "control"]
present = control > 0
compared = 0


def log2(after, before):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((after > 0) & (before > 0), np.log2(after / before), np.nan)


def without(profiles, gene):
    """Rows without a gene, rescaled."""
    left = profiles.copy()
    left[:, gene] = 0
    return left / left.sum(axis=1, keepdims=True)


def part_way(before, after):
    return keeps * before + (1 - keeps) * after


def by_mapping(gene):
    cells = present[:, gene] != activates
    observed = Observed("shrunk", control[cells], depth[cells])
    lost, added = ([], [gene]) if activates else ([gene], [])
    with open_model(model_path) as model:
        _, after, rescaled, *_ = model.knock_out(present[cells].astype(float), lost, observed, keeps=keeps, added=added)
    return log2(after.sum(axis=0), rescaled.sum(axis=0))


def co_expression(gene):
    covariance = np.cov(control.T, bias=True)
    mean = control.mean(axis=0)
    to = control[present[:, gene], gene].mean() if activates else keeps * mean[gene]
    with np.errstate(invalid="ignore"):  # of a gene that no cell expresses
        return covariance[gene] / covariance[gene, gene] * (to - mean[gene]) / mean / np.log(2)


def rescaling(gene):
    having = control[present[:, gene]]
    after = having / (1 - (1 - keeps) * having[:, [gene]])
    return log2(after.sum(axis=0), having.sum(axis=0))


def contrast(gene):
    """In ten classes of equal size by depth the cells with the gene weigh as much as those without."""
    order = np.argsort(depth, kind="stable")
    having, lacking = np.zeros(len(genes)), np.zeros(len(genes))
    for at in range(10):
        members = order[np.arange(len(order)) * 10 // len(order) == at]
        has = present[members, gene]
        if has.any() and not has.all():
            having += without(control[members[has]], gene).sum(axis=0) * (~has).sum() / has.sum()
            lacking += control[members[~has]].sum(axis=0)
    return log2(having, lacking) if activates else log2(part_way(having, lacking), having)


def neighbours(gene):
    """Each cell becomes the mean of the ten cells of the other kind that are nearest by presence, the first of equal ones."""
    cells, others = np.flatnonzero(present[:, gene] != activates), np.flatnonzero(present[:, gene] == activates)
    before, after = without(control[cells], gene).sum(axis=0), np.zeros(len(genes))
    for cell in cells:
        distance = (present[others] != present[cell]).sum(axis=1)
        after += without(control[others[np.argsort(distance, kind="stable")[:10]]], gene).mean(axis=0)
    return log2(after, before) if activates else log2(part_way(before, after), before)


def ours(gene, predict):
    change = np.round(predict(gene), 9)  # what differs by less are ties
    change[gene] = np.nan
    return change


def agreement(change, real, others):
    known = others & ~np.isnan(change)
    return spearmanr(change[known], real[known])[0] if np.ptp(change[known]) > 0 else 0.0


def near(told, again, what):
    global compared
    compared += 1
    assert abs(told - again) < 2e-5, (what, told, again)


kind = "activation" if activates else "knockdown"
METHODS = {
    "mapping": by_mapping, "co-expression": co_expression, "nearest cells by presence": neighbours,
    ("cells having it, of equal depth" if activates else "cells lacking it, of equal depth"): contrast
}
if not activates:
    METHODS["rescaling alone"] = rescaling
assert found["event"] == kind and found.get("knockdown", 0) == keeps, found
assert ("rescaling alone" in str(found.get("not_compared"))) == activates
for target, entry in found["targets"].items():
    assert ("rescaling alone" in entry["methods"]) == (not activates) and f"ridge {kind}s" in entry["methods"], entry
    gene = genes.index(target)
    cells = shares[labels == target]
    real = np.log2((cells.mean(axis=0) + 1e-6) / (control.mean(axis=0) + 1e-6))
    if control[:, gene].mean() > 0:
        near(entry["own_ratio"] / (cells[:, gene].mean() / control[:, gene].mean()), 1, "own ratio")
    else:
        assert entry["own_ratio"] is None, entry["own_ratio"]
    others = (np.arange(len(genes)) != gene) & ((cells.mean(axis=0) > 0) | (control.mean(axis=0) > 0))
    told = {method: figures["verdict"] for method, figures in entry["methods"].items()}
    if target == "g2":
        assert told["mapping"] == told["nearest cells by presence"] == told[f"ridge {kind}s"] == "not visible", told
        assert told["co-expression"] == "no prediction" and told["abundance"] == "predicts no direction", told
        continue
    if target == "g3":
        assert set(told.values()) == {"nothing to find"}, told
        continue
    for method, predict in METHODS.items():
        change, figures = ours(gene, predict), entry["methods"][method]
        near(figures["spearman"], agreement(change, real, others), (target, method))
        size = np.where(others & ~np.isnan(change), change, 0)
        near(figures["error"], np.abs(size - real)[others].sum() / np.abs(real[others]).sum(), (target, method, "error"))
        if method not in ("mapping", "co-expression"):
            continue
        # Among all genes that can be perturbed in ten cells or more; of an activation also have been seen in as many.
        can = [g for g in range(len(genes)) if present[:, g].sum() >= 10 and (not activates or (~present[:, g]).sum() >= 10)]
        can = sorted({*can, *(genes.index(one) for one in found["targets"])})
        null = []
        for other in can:
            usable = (present[:, other] != activates).sum() >= 10 if method == "mapping" else present[:, other].any()
            if other != gene and usable:
                null.append(agreement(ours(other, predict), real, others))
        mine = agreement(change, real, others)
        better, equal = sum(value > mine + 1e-12 for value in null), sum(abs(value - mine) <= 1e-12 for value in null)
        assert figures[f"{kind}s"] == len(null) + 1, (target, method, figures, len(null))
        assert abs(figures["rank"] - (1 + better + (equal + 1) // 2)) <= 1, (target, method, figures, better)
assert compared >= (18 if activates else 11), compared
print(f"{name}: {compared} figures agree")
