"""Tells of two results whether a change is beyond noise: of dko-scaling, or of dko-scaling --merit.

    dko-bench-compare old.json new.json        # scripts/bench-compare.py in the source tree

Every figure is a rate: more is better. `old` and `new` are medians over the repeats, as dko-scaling prints them. A change is
the ratio of the geometric means over the repeats, new to old, in which all of them count. Its noise is found by a
bootstrap over the repeats: p is the part of resamples without a change (drawn from the deviations of
all repeats from the mean of their result) whose difference, in units of its own standard error, is as large as the one
that was measured. Of several figures p is Holm's, so that a whole comparison without any change names one with a chance of at
most --level. What is the same in all repeats of a result cannot be seen in them: a machine that was slower that day
looks like a change. Measure old and new in turns, on the same nodes.

Exit codes: 0 nothing became slower beyond noise, 10 something did, 2 the results cannot be compared or the command line
is wrong, 3 a file is no result, 4 a file cannot be read, 1 anything else. Needs Python 3.6, and nothing else.
"""
import argparse
import math
import random

from dko.command_line import Parser, at_least_one, called, exit_code_of
from dko.errors import DkoError, UsageError
from dko.scaling import figures, verdict

LEAST_REPEATS = 3


class Slower(DkoError):
    """A figure became less, beyond noise. Nothing else is said of it than its exit code."""

    exit_code = 10


def part(text):
    value = float(text)
    if not 0 < value < 1:
        raise ValueError
    return value


part.__name__ = "number between 0 and 1"


def parse_options(arguments):
    parser = Parser(
        prog=called("bench-compare"), description="Tells of two results of dko-scaling whether a change is beyond noise.",
        epilog=__doc__.partition("\n\n")[2], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="OLD", help="JSON of dko-scaling, or of dko-scaling --merit")
    parser.add_argument("new", metavar="NEW", help="the same of another version, build or day")
    parser.add_argument("--level", type=part, default=0.05, metavar="P",
                        help="chance that a comparison without any change names one; default: 0.05")
    parser.add_argument("--least", type=part, default=0.01, metavar="R",
                        help="changes of a smaller part than this are not named; default: 0.01")
    parser.add_argument("--resamples", type=at_least_one, default=10000, metavar="B", help="default: 10000")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the resamples; default: 1")
    parser.add_argument("--any-machine", action="store_true",
                        help="compare results of unlike machines, sizes or numbers of ranks, too")
    return parser.parse_args(arguments)


def series(result):
    """{name of a figure: its rates, one for each repeat}, all above 0."""
    if result["format"] == verdict.FORMAT:
        rates = [figures.pair_rate(run["result"]) for run in result["runs"] if run["result"]]
        return {"figure of merit": rates}
    found = {}
    for case in result["cases"]:
        for run in case["runs"]:
            for name, rate in rates_of(case["case"], run["result"]):
                found.setdefault(f"{case['case']}{name} on {figures.counted(case['ranks'], 'rank')}", []).append(rate)
    return found


def unit_of(name):
    """Of a figure by its name: how it is written, and in units of what."""
    case = name.split()[0]
    if case == "kernel":
        return "million pairs/s of a core", 1e6
    return {"fit": ("fits/s", 1), "train": ("steps/s", 1), "io": ("GB/s", 1)}.get(case, ("million pairs/s", 1e6))


def rates_of(case, run):
    """[(name, rate)] of a run of a case of dko-scaling."""
    if case in figures.SCREENS:
        return [("", figures.pair_rate(run))]
    if case == "fit":
        return [("", 1 / figures.seconds(run))]
    if case == "kernel":
        return [(f" {one['kernel']}, {one['genes']} genes", one["pairs_per_second"]) for one in run["kernels"]]
    if case == "train":
        return [(f" {one['form']}, {size['genes']} genes", 1 / one["seconds_per_step"])
                for size in run["sizes"] for one in size["runs"]]
    return [(f" {one['way']}", one["gb_per_second"]) for one in run["ways"] if one["way"] == "screen"]


def require_alike(old, new, options):
    """@raises UsageError where a difference would be of the machines"""
    if old["format"] != new["format"]:
        raise UsageError("one is of dko-scaling, the other of dko-scaling --merit: they share no figure")
    if options.any_machine:
        return
    for what, values in (("size", [one["size"] for one in (old, new)]),
                         ("processor", [one["machine"].get("cpu") for one in (old, new)]),
                         ("cores", [one["machine"].get("cores") for one in (old, new)]),
                         ("ranks", [one["ranks"] for one in (old, new)])):
        if values[0] != values[1]:
            raise UsageError(f"they differ in {what}: {values[0]} and {values[1]}; --any-machine compares them all the same")


def mean(values):
    return sum(values) / len(values)


def variance(values):
    """Of the mean."""
    middle = mean(values)
    return sum((value - middle)**2 for value in values) / (len(values) - 1) / len(values)


def studentized(old, new):
    """Difference of the means in units of its standard error; 0 where nothing differs."""
    difference, error = mean(new) - mean(old), math.sqrt(variance(old) + variance(new))
    if difference == 0:
        return 0.0
    return difference / error if error > 0 else math.copysign(math.inf, difference)


def about_zero(values):
    middle = mean(values)
    return [value - middle for value in values]


def bootstrap(old, new, resamples, stream):
    """p of no change between the logarithms of rates."""
    measured = abs(studentized(old, new))
    deviations = about_zero(old) + about_zero(new)
    larger = sum(abs(studentized(stream.choices(deviations, k=len(old)), stream.choices(deviations, k=len(new)))) >= measured
                 for _ in range(resamples))
    return (1 + larger) / (1 + resamples)


def holm(values):
    """p of each among all."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    found, worst = [0.0] * len(values), 0.0
    for place, at in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - place) * values[at]))
        found[at] = worst
    return found


def compare(old, new, options):
    """[{name, old, new (medians), repeats, change, p, beyond}] of the figures of both, and the names of those left out."""
    olds, news = series(old), series(new)
    rows, left_out = [], [name for name in {**olds, **news} if name not in olds or name not in news]
    for name in [name for name in olds if name in news]:
        logs = [[math.log(rate) for rate in rates[name]] for rates in (olds, news)]
        if min(map(len, logs)) < LEAST_REPEATS:
            left_out.append(name)
            continue
        # A stream for each, so that none depends on which others there are.
        p = bootstrap(*logs, options.resamples, random.Random(f"{options.seed} {name}"))
        change = math.exp(mean(logs[1]) - mean(logs[0])) - 1
        rows.append({"name": name, "old": figures.median(olds[name]), "new": figures.median(news[name]),
                     "repeats": [len(one) for one in logs], "change": change, "p": p})
    for row, p in zip(rows, holm([row["p"] for row in rows])):
        row["p"] = p
        row["beyond"] = p <= options.level and abs(row["change"]) >= options.least
    return rows, left_out


def doubts(result):
    """Why a result does not count, in words; none where it does."""
    if result["format"] == verdict.FORMAT:
        found = verdict.merit(result)
        return "" if found["valid"] else "INVALID: " + "; ".join(found["why"])
    failed = [f"{case['case']} on {figures.counted(case['ranks'], 'rank')}" for case in result["cases"] if case.get("failed")]
    return "; ".join(["not finished"] * (not result.get("complete", True)) + [f"failed: {', '.join(failed)}"] * bool(failed))


def print_header(paths, results):
    for side, path, result in zip(("old", "new"), paths, results):
        print(f"{side}: {path}: {result['machine']['name']}, dko {result['dko_version']}, size {result['size']}, "
              f"{result.get('started', 'no date')}")
        if doubts(result):
            print(f"     {doubts(result)}")


def print_table(rows, left_out):
    width = max(len(row["name"]) for row in rows)
    unit_width = max(len(unit_of(row["name"])[0]) for row in rows)
    print(f"{'figure':<{width}}  {'old':>10} {'new':>10} {'':<{unit_width}} {'change':>8} {'p':>8}")
    for row in rows:
        unit, one = unit_of(row["name"])
        verdict_word = ("faster" if row["change"] > 0 else "slower") if row["beyond"] else ""
        print(f"{row['name']:<{width}}  {row['old'] / one:>10.4g} {row['new'] / one:>10.4g} {unit:<{unit_width}} "
              f"{100 * row['change']:>+7.1f}% {row['p']:>8.4f}  {verdict_word}".rstrip())
    print("old and new: medians of the repeats; change and p: of their geometric means")
    if left_out:
        print(f"not compared, in one result only or with fewer than {LEAST_REPEATS} repeats: {', '.join(left_out)}")


def run(options):
    old, new = verdict.load(options.old), verdict.load(options.new)
    require_alike(old, new, options)
    rows, left_out = compare(old, new, options)
    if not rows:
        raise UsageError(f"they share no figure with at least {LEAST_REPEATS} repeats")
    print_header((options.old, options.new), (old, new))
    print_table(rows, left_out)
    slower = [row["name"] for row in rows if row["beyond"] and row["change"] < 0]
    faster = [row["name"] for row in rows if row["beyond"] and row["change"] > 0]
    if not slower + faster:
        print("no change beyond noise")
    if faster:
        print(f"faster beyond noise: {', '.join(faster)}")
    if slower:
        print(f"slower beyond noise: {', '.join(slower)}")
        raise Slower("")


def main(arguments=None):
    return exit_code_of("bench-compare", run, parse_options(arguments))
