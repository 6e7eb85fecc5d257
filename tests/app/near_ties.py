"""The range of a rank statistic over all that rounding may make of near ties: programs that round in other ways,
or on other processors, agree to lie in it, and to rounding where there are none.

A range is (lowest, highest), or None where the statistic does not exist.
"""
import numpy
from scipy.stats import rankdata, spearmanr

ROUNDING = 1e-12  # of a statistic itself


def is_in(range_, value, rounding=ROUNDING):
    if range_ is None or value is None:
        return range_ is None and value is None
    return range_[0] - rounding <= value <= range_[1] + rounding


def exactly(value):
    return None if value is None else (value, value)


def median_of(ranges):
    ranges = [one for one in ranges if one is not None]
    return tuple(numpy.median(ranges, axis=0)) if ranges else None


def ranks(values, near):
    """(ranks, length): values that lie within `near` of the next as ties, and how far, as vectors of ranks, any
    order of them is from that at most. Where near is 0, equal values are ties for certain; zeros always are."""
    values = numpy.asarray(values, "f8")
    order = numpy.argsort(values, kind="stable")
    begins = numpy.diff(values[order], prepend=-numpy.inf) > near
    group = numpy.empty(len(values), int)
    group[order] = numpy.cumsum(begins)
    size = numpy.bincount(group).astype("f8")
    is_sure = (numpy.bincount(group, abs(values)) == 0) | (near == 0)
    # Ranks of a group, in whatever order, differ from their mean by (t³ − t)/12 in squares.
    squares = numpy.where(is_sure, 0, (size**3 - size) / 12)
    return rankdata(group), numpy.sqrt(squares.sum())


def spearman(a, b, near_a=0.0, near_b=0.0):
    """Of two vectors that another order of near ties turns by an angle each: that between them changes by the sum."""
    if len(set(a)) < 2 or len(set(b)) < 2:
        return None
    (ranks_a, off_a), (ranks_b, off_b) = ranks(a, near_a), ranks(b, near_b)
    if off_a == off_b == 0:
        return exactly(spearmanr(ranks_a, ranks_b)[0])
    lengths = [numpy.linalg.norm(r - r.mean()) for r in (ranks_a, ranks_b)]
    if min(lengths) == 0:
        return -1.0, 1.0
    turn = numpy.arctan(off_a / lengths[0]) + numpy.arctan(off_b / lengths[1])
    angle = numpy.arccos(numpy.clip(numpy.corrcoef(ranks_a, ranks_b)[0, 1], -1, 1))
    return numpy.cos(min(angle + turn, numpy.pi)), numpy.cos(max(angle - turn, 0))


def kolmogorov_smirnov(a, b, near):
    """The largest gap between the distributions of two samples, of which each value may be off by `near`."""
    a, b = numpy.sort(a), numpy.sort(b)
    wide = 1.01 * near
    places = numpy.concatenate([a - near, a, a + near, b - near, b, b + near])

    def share(sample, at):
        return numpy.searchsorted(sample, at, side="right") / len(sample)

    # With values moved, a distribution at x lies between its own at x − near and at x + near.
    low = numpy.maximum(share(a, places - wide) - share(b, places + wide),
                        share(b, places - wide) - share(a, places + wide)).max()
    high = numpy.maximum(share(a, places + wide) - share(b, places - wide),
                         share(b, places + wide) - share(a, places - wide)).max()
    return max(low, 0.0), high


def count(chosen, uncertain):
    """Of how many hold, when the uncertain ones may or may not."""
    return int((chosen & ~uncertain).sum()), int((chosen | uncertain).sum())
