"""Makes control cells, and cells in which genes were switched on or knocked down, as CSV with tables of their columns:
counts of 130 genes.

Half of the control cells lack g0, g3 and g4, none has g2, nine tenths have each of the others. g0 lowers six genes and
raises six. What it does to them goes with the part of it that is there: all of it where it is switched on, 0.3 of it where it
is knocked down. g2 raises six others; g3 does nothing; g4 falls where it is said to be switched on, and g0 is."""
import numpy as np

rng = np.random.RandomState(11)
GENES, CONTROLS = 130, 300
level = rng.uniform(4, 12, GENES)
DOWN, UP, OTHER = slice(6, 12), slice(12, 18), slice(18, 24)


def cells(count, **fixed):
    """`fixed`: how much there is of genes that were perturbed, 1 being all."""
    on = (rng.uniform(size=(count, GENES)) < 0.9).astype(float)
    on[:, [0, 3, 4]] = rng.uniform(size=(count, 3)) < 0.5
    on[:, 2] = 0
    for gene, left in fixed.items():
        on[:, int(gene[1:])] *= left if left < 1 else 0
        on[:, int(gene[1:])] += 1 if left == 1 else 0
    rate = level * on * rng.lognormal(0, 0.2, (count, 1))
    rate[:, DOWN] *= 1 - 0.6 * on[:, [0]]
    rate[:, UP] *= 1 + 0.8 * on[:, [0]]
    rate[:, OTHER] *= 1 + on[:, [2]]
    return rng.poisson(rate)


def write(path, counts, labels):
    names = [f"c{at}" for at in range(len(counts))]
    with open(f"{path}.csv", "w") as out:
        print("gene", *names, sep=",", file=out)
        for gene in range(GENES):
            print(f"g{gene}", *counts[:, gene], sep=",", file=out)
    with open(f"{path}.obs.csv", "w") as out:
        print("cell,target", file=out)
        for name, label in zip(names, labels):
            print(name, label, sep=",", file=out)


def perturb(path, *groups):
    parts = [controls] + [cells(count, **fixed) for _, count, fixed in groups]
    labels = ["control"] + [label for label, _, _ in groups]
    write(path, np.vstack(parts), np.repeat(labels, [len(part) for part in parts]))


controls = cells(CONTROLS)
write("controls", controls, ["control"] * CONTROLS)
perturb("activated", ("g0", 80, {"g0": 1}), ("g2", 90, {"g2": 1}), ("g3", 70, {"g3": 1}), ("g4", 70, {"g0": 1, "g4": 0.5}))
perturb("knocked", ("g0", 80, {"g0": 0.3}), ("g3", 70, {"g3": 0.3}))
