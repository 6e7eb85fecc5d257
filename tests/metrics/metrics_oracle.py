"""Compares the metrics with SciPy's and scikit-learn's: ties, constants, empty classes, weighted samples."""
import subprocess
import sys
import warnings

import numpy
from scipy.spatial.distance import braycurtis
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

warnings.simplefilter("ignore")
random = numpy.random.RandomState(1)


def samples():
    for size in (0, 1, 2, 3, 5, 20, 300):
        for levels in (1, 2, 4, 1000000):  # constants, many ties, hardly any
            for positives in (0.0, 0.1, 0.5, 1.0):
                for scale in (1.0, 1e-9):
                    x = numpy.float32(random.randint(levels, size=size) * scale).astype(float)
                    y = numpy.float32(random.randint(max(levels // 2, 1), size=size) * scale).astype(float)
                    labels = (random.uniform(size=size) < positives).astype(int)
                    yield x, y, labels, random.poisson(1.0, size=size)


def correlation(x, y):
    if len(x) < 2 or len(set(x)) < 2 or len(set(y)) < 2:
        return None
    return spearmanr(x, y)[0]


def expected(x, y, labels, weights):
    repeated = [numpy.repeat(values, weights) for values in (x, y, labels)]
    figures = []
    for a, b, _ in ((x, y, labels), repeated):
        figures.append(correlation(a, b))
    for a, _, c in ((x, y, labels), repeated):
        figures.append(roc_auc_score(c, a) if len(set(c)) == 2 else None)
    for a, _, c in ((x, y, labels), repeated):
        figures.append(average_precision_score(c, a) if c.sum() > 0 else None)
    for a in (x, repeated[0]):
        figures.append(numpy.median(a) if len(a) else None)
    figures.append(braycurtis(x, y) if len(x) and x.sum() + y.sum() > 0 else 0.0)
    return figures


cases = list(samples())
text = "\n".join(
    f"{len(case[0])}\n" + "\n".join(" ".join(repr(value) for value in values.tolist()) for values in case) for case in cases
)
lines = subprocess.run(sys.argv[1], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
assert len(lines) == len(cases), (len(lines), len(cases))
compared = 0
for line, case in zip(lines, cases):
    got = [None if word == "none" else float(word) for word in line.split()]
    for figure, (ours, theirs) in enumerate(zip(got, expected(*case))):
        assert (ours is None) == (theirs is None), (figure, case, ours, theirs)
        assert ours is None or abs(ours - theirs) <= 1e-12, (figure, case, ours, theirs)
        compared += ours is not None
print(f"{compared} figures of {len(cases)} samples agree to 1e-12")
