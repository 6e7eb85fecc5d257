"""The figures that follow from a result of dko-scaling: medians, speed-up, efficiency, the figure of merit."""
import json
import math
import re

from dko.errors import InputError, NoFileError, ReadError
from dko.scaling.cases import SCREENS, words_of

FORMAT, VERSION = "dko-scaling", 3
# Version 2 has no case fit; 1 has other names of the sizes, which follow, and no forecasts.
OLD_VERSIONS = (1, 2)
SIZES_OF_1 = {"small": "trial", "standard": "small", "large": "large of version 1"}
# Of the definition in dko.scaling.command; to be counted up when what is run, timed or demanded changes.
MERIT_VERSION = 1
LEAST_REPEATS = 5
MOST_SPREAD = 0.05  # between the quartiles, of the median

# Pairs per second of a core of the reference machine (manual, chapter knockout), by expressed genes of the cell.
REFERENCE_GENES = 2000
REFERENCE_RATE = 12.5e6

PARTS = ["collapsing", "opening", "loading", "scoring", "writing", "waiting", "closing"]


def load(path):
    """A result, or InputError that names the file and what is missing."""
    return checked(path, load_json(path))


def checked(path, result):
    """The result, with today's names of sizes. @raises InputError"""
    check(path, result)
    if result["version"] == 1:
        result = dict(result, size=SIZES_OF_1.get(result["size"], result["size"]))
    return result


def load_json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise NoFileError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"{path}: is no JSON: {error}") from None


def check(path, result):
    if not isinstance(result, dict) or result.get("format") != FORMAT:
        raise InputError(f"{path}: is no result of dko-scaling: its 'format' is not '{FORMAT}'")
    if result.get("version") not in (*OLD_VERSIONS, VERSION):
        raise InputError(f"{path}: is of version {result.get('version')}, not 1 to {VERSION}")
    require(path, "it", result, {"machine": dict, "dko_version": str, "size": str, "cases": list})
    require(path, "'machine'", result["machine"], {"name": str, "cores": int})
    for number, case in enumerate(result["cases"]):
        require(path, f"case {number}", case, {"case": str, "ranks": int, "command": str, "runs": list})
        for run in case["runs"]:
            require(path, f"a run of case {number}", run, {"result": dict})
            check_run(path, f"a run of case {number}, {case['case']},", case["case"], run["result"])


def check_run(path, where, case, run):
    try:
        values = values_of(case, run)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(f"{path}: {where} lacks {error}") from None
    except ZeroDivisionError:
        values = [math.nan]
    if not all(isinstance(value, (int, float)) and math.isfinite(value) for value in values):
        raise InputError(f"{path}: {where} has a figure that is no number")


def values_of(case, run):
    """All figures that are drawn, or KeyError."""
    if case in SCREENS:
        return [seconds(run), pair_rate(run), scoring_rate(run), *parts(run).values(),
                len(run["instruction_set"]), run.get("forecast", {}).get("slowest_seconds", 0)]
    if case == "kernel":
        return [kernel["pairs_per_second"] + kernel["genes"] for kernel in run["kernels"]]
    if case == "train":
        network = run["network"] or {"latency_seconds": 0, "seconds_per_byte": 0}
        return [network["latency_seconds"], network["seconds_per_byte"],
                *((one["speed_up"] or 0) + one["seconds_per_step"] + size["genes"]
                  for size in run["sizes"] for one in size["runs"])]
    if case == "fit":
        return [1 / run["fit"]["seconds"], run["forecast"]["slowest_seconds"], run["genes"] + run["cells"]]
    if case == "io":
        return [way["gb_per_second"] for way in run["ways"]]
    return []


def require(path, where, found, wanted):
    if not isinstance(found, dict):
        raise InputError(f"{path}: {where} is no object")
    for key, kind in wanted.items():
        if not isinstance(found.get(key), kind):
            raise InputError(f"{path}: {where} lacks '{key}'")


def counted(count, noun):
    """1 rank, 2 ranks."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def quantile(values, part):
    """Between neighbours on a line, as numpy's default."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values):
    return quantile(values, 0.5)


def spread(values):
    """Between the quartiles, as a part of the median."""
    return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values)


def seconds(run):
    """Of a run of bench screen: scoring, writing, until the closed file is on the disk. Of bench fit: the fit."""
    return run["fit" if "fit" in run else "screen"]["seconds"]


def work_of(run):
    """What the seconds are for: pairs, or one fit."""
    return run["screen"]["pairs"] if "screen" in run else 1


def pair_rate(run):
    """Pairs a second of a run of bench screen."""
    return run["screen"]["pairs"] / seconds(run)


def scoring_rate(run):
    """Pairs a second of all ranks, had each nothing to do but to load cells and score."""
    its = run["screen"]["parts"]
    busy = its["loading"]["mean"] + its["scoring"]["mean"]
    return run["screen"]["pairs"] / busy


def parts(run):
    """Seconds of a run of bench screen by what they went into, means over the ranks."""
    its = run["screen"]["parts"]
    return {part: run["collapse_seconds"] if part == "collapsing" else its[part]["mean"] for part in PARTS}


def by_ranks(result, case):
    """{ranks: the results of its runs}, of what has run, by ascending ranks."""
    found = {one["ranks"]: [run["result"] for run in one["runs"]]
             for one in result["cases"] if one["case"] == case}
    return {ranks: found[ranks] for ranks in sorted(found) if found[ranks]}


def of_each(result, case, figure):
    """{ranks: median of the figure over the repeats}"""
    return {ranks: median([figure(run) for run in runs]) for ranks, runs in by_ranks(result, case).items()}


def speed_up(result, case):
    """{ranks: how many times as fast as one rank}, by medians of the seconds. Where one rank was not
    measured, the fewest ranks that were count as that many."""
    times = of_each(result, case, seconds)
    if not times:
        return {}
    fewest = min(times)
    return {ranks: fewest * times[fewest] / time for ranks, time in times.items()}


def strong_efficiency(result, case):
    """{ranks: speed-up for each rank}"""
    return {ranks: times / ranks for ranks, times in speed_up(result, case).items()}


def weak_efficiency(result):
    """{ranks: pairs a second for each rank, of those on the fewest ranks}"""
    rates = {ranks: rate / ranks for ranks, rate in of_each(result, "weak", pair_rate).items()}
    return {ranks: rate / rates[min(rates)] for ranks, rate in rates.items()}


def efficiency(result, case):
    return weak_efficiency(result) if case == "weak" else strong_efficiency(result, case)


def expected_efficiency(result, case):
    """{ranks: part of the speed of the fewest ranks that each rank should keep}, by the cost model's slowest rank, as
    dko forecasts it in each run: how evenly the work divides, and of screens what loading cells takes. Nothing of results
    before version 2, which have no forecast."""
    rates = {}
    for ranks, runs in by_ranks(result, case).items():
        seconds_expected = runs[0].get("forecast", {}).get("slowest_seconds", 0)
        if seconds_expected > 0:
            rates[ranks] = work_of(runs[0]) / seconds_expected / ranks
    return {ranks: rate / rates[min(rates)] for ranks, rate in rates.items()}


def ranks_of_first_node(result):
    """The most ranks that one node has place for, the job's tasks there or its cores, if there are more nodes; else None."""
    machine = result["machine"]
    if machine.get("nodes", 1) == 1:
        return None
    tasks = re.match(r"\d+", str((machine.get("slurm") or {}).get("tasks_per_node") or ""))
    return int(tasks.group()) if tasks else machine.get("cores_of_node")


def failed_cases(result):
    """{case: the numbers of ranks on which it failed}"""
    found = {}
    for case in result["cases"]:
        if case.get("failed"):
            found.setdefault(case["case"], []).append(case["ranks"])
    return found


def median_parts(result, case):
    """{ranks: {part: seconds}} of the repeat whose time is the median, so that the parts come to the whole; of an even number
    of repeats means of the two in the middle."""
    found = {}
    for ranks, runs in by_ranks(result, case).items():
        its = sorted((parts(run) for run in runs), key=lambda one: sum(one.values()))
        middle = its[(len(its) - 1) // 2:len(its) // 2 + 1]
        found[ranks] = {part: sum(one[part] for one in middle) / len(middle) for part in PARTS}
    return found


def kernel_rates(result, kernel, genes):
    """{ranks: [pairs a second of a core, of each repeat]}, of one kernel and number of expressed genes."""
    found = {}
    for ranks, runs in by_ranks(result, "kernel").items():
        rates = [one["pairs_per_second"] for run in runs for one in run["kernels"]
                 if one["kernel"] == kernel and one["genes"] == genes]
        if rates:
            found[ranks] = rates
    return found


def widest_kernel(result):
    """Its name: the last before the sparse mapping's."""
    names = [one["kernel"] for runs in by_ranks(result, "kernel").values() for run in runs
             for one in run["kernels"] if one["kernel"] != "sparse"]
    return names[-1] if names else None


def core_speed(result):
    """Speed of one core while all are busy, relative to the reference machine (manual, knockout); None if not measured."""
    rates = kernel_rates(result, widest_kernel(result), REFERENCE_GENES)
    return median(rates[max(rates)]) / REFERENCE_RATE if rates else None


def networks(result):
    """{ranks: [(latency in seconds, bytes a second), of each repeat]}, of sums between the ranks."""
    found = {}
    for ranks, runs in by_ranks(result, "train").items():
        its = [(run["network"]["latency_seconds"], 1 / run["network"]["seconds_per_byte"]) for run in runs
               if run["network"] and run["network"]["seconds_per_byte"] > 0]
        if its:
            found[ranks] = its
    return found


def training_speed_up(result, form, genes):
    """{ranks: how many times the steps of one rank, median}"""
    found = {}
    for ranks, runs in by_ranks(result, "train").items():
        wanted = "alone" if ranks == 1 else form
        its = [one["speed_up"] for run in runs for size in run["sizes"] if size["genes"] == genes
               for one in size["runs"] if one["form"] == wanted and one["speed_up"]]
        if its:
            found[ranks] = median(its)
    return found


def write_rates(result, way):
    """{ranks: [GB a second, of each repeat]}"""
    return {ranks: [one["gb_per_second"] for run in runs for one in run["ways"] if one["way"] == way]
            for ranks, runs in by_ranks(result, "io").items()}


def runs_of_merit(result):
    """Ranks and runs of the growing screen on as many ranks as there are cores, or else on the most."""
    runs = by_ranks(result, "weak")
    cores = result["machine"]["cores"]
    ranks = cores if cores in runs else max(runs, default=0)
    return ranks, runs.get(ranks, [])


def summary_of_rates(rates):
    return {
        "million_pairs_per_second": median(rates) if rates else None,
        "spread": spread(rates) if rates else None,
        "lowest": min(rates) if rates else None,
        "highest": max(rates) if rates else None,
    }


def other_ranks(found):
    """What is said of other than one rank on each physical core."""
    if found["ranks"] == found["cores"]:
        return []
    return [f"{counted(found['ranks'], 'rank')} on {counted(found['cores'], 'physical core')}"]


def few_repeats(found):
    if found["repeats"] >= LEAST_REPEATS:
        return []
    return [f"{counted(found['repeats'], 'repeat')}, fewer than {LEAST_REPEATS}"]


def wide_spread(found):
    if found["spread"] <= MOST_SPREAD:
        return []
    return [f"{100 * found['spread']:.1f} % between the quartiles, more than {100 * MOST_SPREAD:g} %"]


def merit(result):
    """The figure of merit as dko.scaling.command defines it, and whether it is one."""
    ranks, runs = runs_of_merit(result)
    rates = [pair_rate(run) / 1e6 for run in runs]
    found = {
        "merit_version": MERIT_VERSION,
        **summary_of_rates(rates),
        "repeats": len(rates),
        "ranks": ranks,
        "cores": result["machine"]["cores"],
        "words": " ".join(["dko", *words_of("weak", "small", ranks)]) if ranks else None,
        "instruction_set": runs[0]["instruction_set"] if runs else None,
        "without_files": median([scoring_rate(run) / 1e6 for run in runs]) if runs else None,
    }
    found["why"] = faults(result, found)
    found["valid"] = not found["why"]
    return found


def faults(result, found):
    """Why the figure is none of merit."""
    why = []
    if not found["repeats"]:
        return ["the case weak has not been run, or failed"]
    if result["size"] == "trial":
        why.append("the size is that of a trial")
    why += other_ranks(found)
    why += few_repeats(found)
    why += wide_spread(found)
    if any(case["case"] == "weak" and case["ranks"] == found["ranks"] and case.get("failed")
           for case in result["cases"]):
        why.append("a run of it failed")
    return why
