"""q-values of sparse models against simulated truth, and where they are shown: fdr_again.py WHAT NAME..."""
import csv
import json
import sys

import h5py
import numpy as np

RATE, MOST_FALSE, LEAST_KEPT, LEAST_CHANGE = 0.1, 0.08, 0.45, 0.01


def effects_of(name):
    """Gene lost, gene and q of every effect, and the number of genes."""
    with h5py.File(f"{name}.h5") as file:
        mapping = file["mapping"]
        starts = mapping["A/indptr"][:]
        lost = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return lost, mapping["A/indices"][:], mapping["q_value"][:], len(starts) - 1


def truth_of(name, genes):
    changes = np.full((genes, genes), np.nan)
    with open(f"{name}.truth_effects.csv") as file:
        for row in csv.DictReader(file):
            changes[int(row["gene_lost"][4:]), int(row["gene"][4:])] = float(row["relative_change"])
    return changes


def calibrated(*names):
    found = false = kept = true = 0
    for name in names:
        lost, gene, q, genes = effects_of(name)
        change = truth_of(name, genes)[lost, gene]
        known = np.isfinite(change)
        is_true, low = np.abs(change[known]) > LEAST_CHANGE, q[known] <= RATE
        figures = low.sum(), (low & ~is_true).sum(), (low & is_true).sum(), is_true.sum()
        print(f"{name}: {len(q)} effects, {figures[0]} with q <= {RATE}, {figures[1]} false; {figures[2]} of {figures[3]} kept")
        found, false, kept, true = (total + figure for total, figure in zip((found, false, kept, true), figures))
        assert figures[1] <= MOST_FALSE * figures[0] + 2
    assert false <= MOST_FALSE * found and kept >= LEAST_KEPT * true and found > 100


def silent(name):
    *_, q, genes = effects_of(name)
    print(f"{name}: {len(q)} effects, {(q <= RATE).sum()} with q <= {RATE}")
    assert len(q) and (q <= RATE).sum() <= 0.01 * genes * (genes - 1)


def same(one, other):
    for x, y in zip(effects_of(one), effects_of(other)):
        assert np.array_equal(x, y)


def kept(whole, reduced):
    lost, gene, q, _ = effects_of(whole)
    low = q <= RATE
    assert 0 < low.sum() < len(q)
    for x, y in zip((lost[low], gene[low], q[low]), effects_of(reduced)):
        assert np.array_equal(x, y)


def shown(name, best):
    lost, gene, q, genes = effects_of(name)
    least = np.array([q[lost == number].min(initial=1) for number in range(genes)])
    with h5py.File("screen.h5") as file:
        assert np.array_equal(file["fdr/gene_q_value"][:], least)
        names = file["genes/name"].asstr()[:]
    of = dict(zip(names, least))
    with open("genes.csv") as file:
        assert all(abs(float(row["q_value"]) - of[row["gene"]]) < 1e-6 for row in csv.DictReader(file))
    for entry in json.load(open("summary.json"))["genes"]["top"] + json.load(open("top.json"))["single"]:
        assert entry["q_value"] == of[entry["genes"][0]]
    number = list(names).index(best)
    direct = {names[target]: rate for target, rate in zip(gene[lost == number], q[lost == number])}
    rows = {row["gene"]: row["direct_q"] for row in csv.DictReader(open("changes.csv"))}
    assert any(rows.values())
    for target, rate in rows.items():
        assert (rate == "") == (target not in direct)
        assert rate == "" or abs(float(rate) - direct[target]) < 1e-6


{"calibrated": calibrated, "silent": silent, "same": same, "kept": kept, "shown": shown}[sys.argv[1]](*sys.argv[2:])
