"""The figure of merit, version 2, of what dko-scaling --merit measured, and its verdict: jobs/merit.md has the rules."""
from dko.errors import InputError
from dko.scaling import figures
from dko.scaling.figures import (counted, few_repeats, median, other_ranks, pair_rate, seconds, summary_of_rates,
                                 wide_spread)

FORMAT, FORMAT_VERSION = "dko-merit", 1
# Of the rules in jobs/merit.md; to be counted up when what is run, timed, verified or demanded changes.
MERIT_VERSION = 2
LEAST_CHANCE = 0.99  # of finding wrong scores, if one in 10⁵ is
SAMPLES = 500000  # knockouts of each repeat that are scored again, at least
LEAST_SECONDS = {"trial": 0.5, "small": 60, "official": 300}


def load(path):
    """A result of dko-scaling, with --merit or without. @raises InputError, ReadError"""
    found = figures.load_json(path)
    if isinstance(found, dict) and found.get("format") == FORMAT:
        check_merit(path, found)
        return found
    return figures.checked(path, found)


def check_merit(path, found):
    if found.get("version") != FORMAT_VERSION:
        raise InputError(f"{path}: is of version {found.get('version')}, not {FORMAT_VERSION}")
    figures.require(path, "it", found, {"machine": dict, "dko_version": str, "size": str, "ranks": int, "runs": list})
    figures.require(path, "'machine'", found["machine"], {"name": str, "cores": int})
    for run in found["runs"]:
        if run.get("result"):
            figures.check_run(path, "a run", "weak", run["result"])
    try:
        merit(found)
    except KeyError as error:
        raise InputError(f"{path}: it lacks {error}") from None
    except (TypeError, AttributeError, ArithmeticError, ValueError):
        raise InputError(f"{path}: it lacks a figure, or has one that is no number") from None


def merit(result):
    """The figure, and why it is not valid, if it is not."""
    runs = [run for run in result["runs"] if run["result"]]
    rates = [pair_rate(run["result"]) / 1e6 for run in runs]
    times = [seconds(run["result"]) for run in runs]
    checks = [run["verification"] for run in runs if run["verification"]]
    found = {
        "merit_version": MERIT_VERSION,
        **summary_of_rates(rates),
        "shortest_seconds": min(times) if times else None,
        "longest_seconds": max(times) if times else None,
        "repeats": len(rates),
        "ranks": result["ranks"],
        "cores": result["machine"]["cores"],
        "instruction_set": runs[0]["result"]["instruction_set"] if runs else None,
        "sampled": sum(check["sampled"] for check in checks),
        "wrong": sum(check["wrong"] for check in checks),
        "largest_difference": max((number(check["largest_difference"]) for check in checks), default=None),
        "joules_per_million_pairs": joules_per_million_pairs(result, runs),
    }
    found["why"] = faults(result, found)
    found["valid"] = not found["why"]
    return found


def number(value):
    """JSON has no infinity: dko writes null."""
    return float("inf") if value is None else value


def joules_per_million_pairs(result, runs):
    """Of all nodes: what the first one's processors took, times nodes, which all have as many ranks."""
    nodes = len(result["placement"]["hosts"] or {}) or result["machine"].get("nodes", 1)
    its = [(run["energy"]["joules"], run["result"]["screen"]["pairs"]) for run in runs]
    if not its or any(joules is None for joules, _ in its):
        return None
    return median([joules * nodes / (pairs / 1e6) for joules, pairs in its])


def faults(result, found):
    """Why the figure is not valid, the gravest reasons first."""
    return wrong_results(result) + wrong_runs(result, found) + wrong_machine(result, found)


def wrong_results(result):
    """What was computed or stored wrongly."""
    why = []
    for run in result["runs"]:
        check = run["verification"]
        if run["failed"]:
            why.append(f"repeat {run['repeat']}: {run['failed']}")
        elif check is None:
            why.append(f"repeat {run['repeat']}: not verified")
        elif not check["valid"]:
            why += [f"repeat {run['repeat']}: {fault}" for fault in check["why"]]
    return why


def wrong_runs(result, found):
    """What makes the figure unstable, or none."""
    why = []
    least = result["least_seconds"]
    if not found["repeats"]:
        return ["nothing was measured" + ended_early(result)]
    if not result["complete"]:
        why.append(f"{found['repeats']} of {counted(result['repeats'], 'repeat')} measured" + ended_early(result))
    why += of_trial(result) + few_repeats(found)
    if found["shortest_seconds"] < least:
        why.append(f"a repeat of {found['shortest_seconds']:.1f} s, less than {least:g} s")
    chance = min((run["verification"]["chance"] for run in result["runs"] if run["verification"]), default=1)
    if chance < LEAST_CHANCE:
        why.append(f"one wrong score in 100,000 would be found with a chance of {chance:.3f}, less than {LEAST_CHANCE}")
    why += wide_spread(found)
    return why


def ended_early(result):
    """Why, in the words of the log."""
    words = result.get("failed") or result.get("stopped")
    return f": {words}" if words else ""


def wrong_machine(result, found):
    why = other_ranks(found) or uneven_hosts(result)
    version = result["dko_version"]
    if not version:
        why.append("the version of dko is not known: neither the launcher nor this machine tells it")
    if version.endswith("-dirty)"):
        why.append(f"dko {version}: its source was changed and not committed")
    if version.endswith("(commit unknown)"):
        why.append(f"dko {version}: the commit that it was built from is not stated: build it in a git checkout")
    return why


def known_at_start(result):
    """Why the figure will not be valid, as far as that is known before anything runs."""
    found = {"ranks": result["ranks"], "cores": result["machine"]["cores"], "repeats": result["repeats"]}
    return of_trial(result) + few_repeats(found) + wrong_machine(result, found)


def of_trial(result):
    return ["the size is that of a trial"] if result["size"] == "trial" else []


def uneven_hosts(result):
    """Hosts on which ranks and physical cores are not as many."""
    hosts, cores = result["placement"]["hosts"], result["machine"]["cores_of_node"]
    if hosts is None:
        return [f"where the ranks are is not known: {result['placement'].get('why', 'not recorded')}"]
    return [f"{counted(ranks, 'rank')} on host {host}, which has {counted(cores, 'physical core')}"
            for host, ranks in hosts.items() if ranks != cores]


def report(result):
    """In words, the verdict last."""
    found = result["merit"]
    lines = [f"{result['machine']['name']}, dko {result['dko_version']}"]
    if found["million_pairs_per_second"] is not None:
        lines += figure_lines(result, found)
    lines.append("VALID" if found["valid"] else "INVALID: " + "; ".join(found["why"]))
    return "\n".join(lines)


def figure_lines(result, found):
    energy = found["joules_per_million_pairs"]
    runs = [run for run in result["runs"] if run["result"]]
    clock = runs[0]["clock"]["mean_mhz"]
    cached = sum(not run["verification"].get("page_cache_dropped", True) for run in runs if run["verification"])
    from_cache = f", of {counted(cached, 'repeat')} perhaps from the page cache" if cached else ""
    largest = "–" if found["largest_difference"] is None else f"{found['largest_difference']:.2g}"
    return [
        f"figure of merit, version {MERIT_VERSION}: {found['million_pairs_per_second']:.4g} million pairs/s on "
        f"{counted(found['ranks'], 'rank')} with {found['instruction_set']}",
        f"  {counted(found['repeats'], 'repeat')} of {found['shortest_seconds']:.1f} to {found['longest_seconds']:.1f} s, "
        f"{found['lowest']:.4g} to {found['highest']:.4g} million pairs/s, quartiles {100 * found['spread']:.1f} % apart",
        f"  verified: {found['sampled']:,} knockouts scored again, {found['wrong']:,} wrong, largest difference {largest}"
        f"{from_cache}",
        f"  energy: {'not readable' if energy is None else f'{energy:.3g} J per million pairs, of one node times nodes'}; "
        f"clock: {'not readable' if clock is None else f'{clock:.0f} MHz'}",
    ]
