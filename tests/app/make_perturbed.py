"""Makes control and perturbed cells as CSV, with a table of their columns: counts of 130 genes.

Half of the cells lack g0 and g1, all have the others. The loss of g0 lowers six genes and raises six, as its absence does; so
does that of g2, which all cells express; the loss of g3 does nothing."""
import numpy as np

rng = np.random.RandomState(5)
GENES, CONTROLS = 130, 300
level = rng.uniform(4, 12, GENES)
DOWN, UP = slice(6, 12), slice(12, 18)


def cells(count, lost=None):
    on = np.ones((count, GENES))
    on[:, :2] = rng.uniform(size=(count, 2)) < 0.5
    if lost is not None:
        on[:, lost] = 0
    rate = level * on * rng.lognormal(0, 0.2, (count, 1))
    effect = on[:, [0]] * on[:, [2]]
    rate[:, DOWN] *= 0.4 + 0.6 * effect
    rate[:, UP] *= 1.8 - 0.8 * effect
    counts = rng.poisson(rate)
    counts[:, 2] = np.maximum(counts[:, 2], 1)
    return counts


groups = [("control", CONTROLS, None), ("g0", 80, 0), ("g2", 90, 2), ("g3", 70, 3), ("g1", 4, 1), ("other", 12, None)]
counts = np.vstack([cells(count, lost) for _, count, lost in groups])
labels = np.concatenate([[label] * count for label, count, _ in groups])
names = np.array([f"c{at}" for at in range(len(counts))])


def write(path, chosen):
    with open(path, "w") as out:
        print("gene", *names[chosen], sep=",", file=out)
        for gene in range(GENES):
            print(f"g{gene}", *counts[chosen, gene], sep=",", file=out)


write("perturbed.csv", np.arange(len(counts)))
write("controls.csv", np.arange(CONTROLS))
with open("obs.csv", "w") as out:
    print("cell,target", file=out)
    for at in rng.permutation(len(counts)):
        print(names[at], "" if at == len(counts) - 1 else labels[at], sep=",", file=out)
