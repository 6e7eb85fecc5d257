"""Computes the figures of dko evaluate --truth on activations again, with pandas, SciPy and scikit-learn: activations.json is
of the scores in one_on.csv, exported from the screen one_on.h5, of one.truth_activate.csv and one.csv."""
import json

import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

told = json.load(open("activations.json"))["truth"][0]
counts = pd.read_csv("one.csv", index_col=0)
shares = counts / counts.sum()
elsewhere = shares.where(counts > 0).mean(axis=1).fillna(0).to_numpy()
events = pd.read_csv("one.truth_activate.csv", dtype={"gene": str}, float_precision="round_trip")
events["gene"] = events["gene"].str[1:].astype(int)
scores = pd.read_csv("one_on.csv", float_precision="round_trip", dtype={"gene_id": str})
scores = scores.rename(columns={"gene_id": "gene", "cell_id": "cell", scores.columns[2]: "impact"})
scores["gene"] = scores["gene"].str[1:].astype(int)
events = events.merge(scores, on=["gene", "cell"], validate="one_to_one")
events["share where expressed"] = elsewhere[events["gene"]]
assert told["event"] == "activation" and told["events"] == len(events) == (counts == 0).to_numpy().sum(), told["events"]
compared = 0
for effect, truth in (("all_change", events["K_true_vs_original"]), ("network_change", events["K_true_vs_renormalised"])):
    assert set(told[effect]["scores"]) == {"impact", "network", "share where expressed"}
    large = truth > 0.001
    for name, figures in told[effect]["scores"].items():
        wanted = {"spearman_over_events": spearmanr(events[name], truth)[0]}
        means = events.assign(truth=truth).groupby("gene")[[name, "truth"]].mean()
        wanted["spearman_of_means"] = spearmanr(means[name], means["truth"])[0]
        if 0 < large.mean() < 1:
            wanted["auroc"] = roc_auc_score(large, events[name])
            wanted["auprc"] = average_precision_score(large, events[name])
        for figure, value in wanted.items():
            assert abs(figures[figure]["value"] - value) < 1e-4, (effect, name, figure, figures[figure], value)
            compared += 1
assert compared >= 18, compared
