"""The measures of dko.challenge on cases computed by hand, and by plain loops over the definitions."""
import math

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu

from dko.challenge import expression, panel as measure, response as de


def near(ours, theirs):
    assert abs(ours - theirs) < 1e-9, (ours, theirs)


def table(change, adjusted):
    return de.Response(np.array(change, float), np.array(adjusted, float) / 2, np.array(adjusted, float))


def by_hand():
    # Six genes; the reference calls 0 to 3, of which 3 has no direction; the submission calls 0, 1, 3 and 4.
    real = table([1, -2, 0.5, 0, 1, 1], [0.01, 0.01, 0.04, 0.02, 0.2, 0.9])
    predicted = table([2, 1, -1, 1, 3, 0], [0.001, 0.02, 0.3, 0.03, 0.04, 0.8])
    names = np.array(list("abcdef"))
    # Calls with a direction in the reference: 0 (right), 1 (wrong), 4 (right). k = 2, n_pred = 3, n_real = 4.
    near(de.fidelity(real, predicted), 2 / 4)
    # The budget in the order of the submission: 0, 1, 3, 2; with a direction: 0 right, 1 wrong, 2 wrong. k* = 1 of 4.
    near(de.reach(real, predicted, names), 1 / 4)
    # {0, 1, 2, 3} and {0, 1, 3, 4}.
    near(de.jaccard(real, predicted), 3 / 5)
    # Four genes are too few for the fold-change error. Ten are enough: |2 − 1| of each, and one that is not finite.
    assert de.change_error(real, real, predicted) is None
    ten = table([1] * 10, [0.01] * 10)
    near(de.change_error(ten, ten, table([2] * 9 + [math.inf], [0.01] * 10)), (9 * 1 + 1) / 10)
    # Nothing called: dropped from fidelity and reach, agreement in Jaccard; silence is 0 where there was something.
    silent = table([0.1] * 6, [0.5] * 6)
    assert de.fidelity(silent, silent) is None and de.reach(silent, predicted, names) is None
    near(de.jaccard(silent, silent), 1)
    near(de.fidelity(real, silent), 0)
    # One wrong call among ten does not end the reach: P(10) = 0.9.
    wrong_first = table([-1] + [1] * 9, np.arange(1, 11) / 1000)
    near(de.reach(ten, wrong_first, np.array(list("abcdefghij"))), 1)
    wrong_last = table([1] * 9 + [-1], np.arange(1, 11) / 1000)
    near(de.reach(ten, wrong_last, np.array(list("abcdefghij"))), 1)
    near(de.reach(ten, table([-1, -1] + [1] * 8, np.arange(1, 11) / 1000), np.array(list("abcdefghij"))), 0)
    # Ties in p go to the larger change: a wrong sign there ends the reach at once.
    near(de.reach(ten, table([1] * 9 + [-3], [0.01] * 10), np.array(list("abcdefghij"))), 1)
    near(de.reach(ten, table([1] * 8 + [-2, -3], [0.01] * 10), np.array(list("abcdefghij"))), 0)

    # Discrimination: control at 0, genes 0 and 1 perturbed, two genes left. Real effects (1, 0), (0, 1), (−1, 0).
    control, own = np.zeros(5), np.array([0, 1, 0])
    real = np.array([[-9, 9, 1, 0, 0], [9, -9, 0, 1, 0], [9, 9, -1, 0, 0]], float)
    # The first is nearest to its own, whatever it says of the perturbed genes; the second, (1, 0.5), is nearer to the first;
    # the third is 0, and all tie.
    predicted = np.array([[9, -9, 2, 0, 0], [5, 0, 1, 0.5, 0], [7, 7, 0, 0, 0]], float)
    for ours, theirs in zip(expression.discrimination(real, predicted, control, own), [1, 0.5, 0.5]):
        near(ours, theirs)

    # The unbiased error of groups of one cell has no correction: a ratio of squared distances without the perturbed gene.
    def log(share):
        return math.log(1 + 5e4 * share)

    control = np.array([[5, 5, 10]])
    cells, others = [np.array([[1, 9, 10]])], [np.array([[2, 12, 6]])]
    off = (log(12 / 20) - log(9 / 20))**2 + (log(6 / 20) - log(10 / 20))**2
    moved = (log(9 / 20) - log(5 / 20))**2 + (log(10 / 20) - log(10 / 20))**2
    near(expression.unbiased_error(cells, others, control, np.array([0])), off / moved)
    near(expression.unbiased_error(cells, [control], control, np.array([0])), 1)

    # Two cells: the one is what is left without the other, C = 1/2 Σ_g (v_1 − v_2)² / 2.
    pair = np.array([[1, 3], [2, 2]])
    near(expression.sampling_error(pair), ((log(1 / 2) - log(1 / 4))**2 + (log(1 / 2) - log(3 / 4))**2) / 4)
    near(expression.sampling_error(pair[:1]), 0)

    # Scales: 0 for the baseline, 1 for the replicate, clamped where the definition says so.
    value = dict.fromkeys(measure.MEASURES, 0.8)
    scaled = measure.scale(value, dict.fromkeys(measure.MEASURES, 0.5), dict.fromkeys(measure.MEASURES, 0.6))
    near(scaled["jaccard"], 3)
    near(scaled["unbiased_mse"], 1)
    near(measure.scale(value, dict.fromkeys(measure.MEASURES, 0.6), dict.fromkeys(measure.MEASURES, 0.59))["lfc_nmae"], -6)

    # E-distance of one cell each: twice the Euclidean distance.
    one = measure.Panel(np.array([[2.0, 2.0]]), [np.array([[1.0, 3.0]])], np.array([0]), np.array(["a", "b"]))
    apart = 2 * math.hypot(math.log(2501) - math.log(5001), math.log(7501) - math.log(5001))
    near(measure.e_distances(one, [np.array([[2.0, 2.0]])])[0]["predicted"], apart)
    assert abs(measure.e_distances(one, [np.array([[1.0, 3.0]])])[0]["predicted"]) < 1e-5  # the root of a rounding
    near(measure.e_distances(one, [np.array([[1.0, 3.0]])])[0]["control"], apart)
    # Of more cells than are taken at once, as SciPy has it.
    random = np.random.RandomState(4)
    x, y = random.normal(size=(measure.BLOCK_ROWS + 70, 5)), random.normal(size=(90, 5))
    near(measure.mean_distance(x, y), cdist(x, y).mean())
    near(measure.mean_distance(x, x), cdist(x, x).mean())


def by_loops():
    random = np.random.RandomState(3)
    genes, own = 12, [2, 5, 7]
    level = random.uniform(3, 20, genes)
    control = random.poisson(level, (30, genes))
    real = [random.poisson(level * random.lognormal(0, 0.5, genes), (20, genes)) for _ in own]
    predicted = [random.poisson(level * random.lognormal(0, 0.5, genes), (15, genes)) for _ in own]

    def profile(cells):
        sums = [sum(int(cell[g]) for cell in cells) for g in range(genes)]
        return [math.log(1 + 5e4 * value / sum(sums)) for value in sums]

    def jackknife(cells):
        left = [profile([other for at, other in enumerate(cells) if at != out]) for out in range(len(cells))]
        total = 0
        for g in range(genes):
            mean = sum(row[g] for row in left) / len(left)
            total += sum((row[g] - mean)**2 for row in left)
        return (len(cells) - 1) / len(cells) * total

    def error(groups):
        b, b_hat, scored = [profile(x) for x in real], [profile(x) for x in groups], genes - 1
        capped = [min(jackknife(x), jackknife(y)) for x, y in zip(groups, real)]
        spread = 0
        for g in range(genes):
            rows = [p for p in range(len(own)) if own[p] != g]
            mean = sum(b_hat[p][g] for p in rows) / len(rows)
            spread += sum((b_hat[p][g] - mean)**2 / scored for p in rows)
        rho = min(1, spread / (sum(capped) / scored))
        n = d = 0
        for p in range(len(own)):
            others = [g for g in range(genes) if g != own[p]]
            n += (sum((b_hat[p][g] - b[p][g])**2 for g in others) - rho * capped[p] - jackknife(real[p])) / scored
            d += (sum((b[p][g] - profile(control)[g])**2 for g in others) - jackknife(real[p]) - jackknife(control)) / scored
        return n / d

    near(expression.unbiased_error(real, predicted, control, np.array(own)), error(predicted))
    same = [control[:15]] * 3  # identical predictions forfeit their correction
    near(expression.unbiased_error(real, same, control, np.array(own)), error(same))

    tested = de.tested_genes(control)
    assert len(tested) == genes
    found = de.response(real[0], control, tested)
    for g in range(genes):
        x, y = ([1e6 * cell[g] / cell.sum() for cell in cells] for cells in (real[0], control))
        near(found.p[g], mannwhitneyu(x, y, method="asymptotic").pvalue)
        near(found.change[g], math.log2((sum(x) / len(x) + 1e-9) / (sum(y) / len(y) + 1e-9)))
    ranked = sorted(range(genes), key=lambda g: found.p[g])
    for rank, g in enumerate(ranked):
        near(found.adjusted[g], min(1, min(found.p[h] * genes / (at + 1) for at, h in enumerate(ranked) if at >= rank)))

    panel = measure.Panel(control, real, np.array(own), np.array([f"g{at}" for at in range(genes)]))
    perfect = measure.measures(panel, real)
    near(perfect["perturbation_discrimination"], 1)
    near(perfect["direction_fidelity"], 1)
    near(perfect["jaccard"], 1)
    repeated = measure.replicate(panel)
    assert repeated["perturbation_discrimination"] > 0.9 and 0 < repeated["jaccard"] < 1, repeated
    baseline = measure.measures(panel, measure.mean_response(panel))
    assert set(v for v in measure.scale(baseline, baseline, repeated).values() if v is not None) == {0.0}


by_hand()
by_loops()
