"""Measures how dko scales on a machine: screens of fixed and of growing size, the kernel, training, a fit, writing.

    dko-scaling -o results.json                                  # on a workstation, or in a Slurm job
    dko-scaling -o results.json --scratch /scratch/me --name 'Example cluster, 4 nodes'
    dko-plot-scaling results.json -o pictures

Starts `dko bench ...` on 1, 2, 4 … ranks, again and again, and writes one JSON file: the machine, the full
command lines, and what dko measured in each repeat. The repeats go through all cases and numbers of ranks in
turn, so that a machine that drifts does so for all alike. The file is replaced after every run, so that what
was measured is kept if the job ends early. In the source tree the command is scripts/scaling.py. Needs Python
3.6 or newer, and nothing else.

`dko-scaling --merit -o merit.json` measures the figure of merit, version 2, alone: rules in jobs/merit.md.

A first look at it, version 1, is part of every result (`merit` in the JSON, with `valid` and `why` it is not):

    million pairs/s = median over the repeats of (pairs / seconds) / 1e6

    of `LAUNCHER dko bench screen --genes 4000 --expressed 2000 --cells C --seed 1 --mapping dko --hidden 100
    -o FILE --json JSON`, where C is 20 cells for each rank: 39,980,000 pairs a rank, 160 MB of scores.
    `pairs` and `seconds` are those of `screen` in JSON: from making the file to the moment at which all
    ranks have closed it and its scores are on the disk; making the problem up and A = W2·W1 come before. It
    counts if

    - there is one rank for each physical core of all nodes of the machine, and no other job on them;
    - FILE is on the file system that is offered for screens, and is removed after each repeat;
    - the instructions are the widest that every rank has, which is dko's default, and are stated;
    - there are at least 5 repeats, each a start of its own, and their quartiles are at most 5 % of the
      median apart. The spread is stated beside the figure.

It is made from the case `weak` on as many ranks as there are cores.
"""
import os
import shlex
import shutil
import time

from dko import places
from dko.command_line import Parser, at_least_one, called, exit_code_of
from dko.errors import ReadError, UsageError, WriteError
from dko.outputs import check_output
from dko.scaling import figures
from dko.scaling import machine as scaling_machine
from dko.scaling import merit_run, plan
from dko.scaling.cases import CASES, GROUPS, SIZES, words_of, writes_file
from dko.scaling.figures import counted
from dko.scaling.launching import CaseFailure, default_launcher, launcher_words, version_by_launcher, with_ranks
from dko.scaling.measuring import (ScratchFiles, advice_on_scratch, has_no_run, keep_why, now, origin, require_ranks, run_dko,
                                   say, warn_of_scratch, write_result)
from dko.scaling.stopping import stop_by_signals


def parse_options(arguments):
    parser = Parser(
        prog=called("scaling"),
        description="Measures how dko scales on a machine, and its figure of merit.",
        epilog=f"example: {called('scaling')} -o results.json --scratch /scratch/me --ranks 1 16 32 64")
    add = parser.add_argument
    add("-o", "--out", metavar="JSON", help="the result to write")
    add("--merit", action="store_true",
        help="measure the figure of merit alone, version 2 (rules: jobs/merit.md in the manual): timed, verified, with the "
        "verdict VALID or INVALID; about 9 minutes")
    add("--official", action="store_true", help="with --merit: repeats of 300 s, in place of 60; about 45 minutes")
    add("--launcher", metavar="WORDS",
        help="what starts dko on {ranks} ranks of {nodes} nodes, as 'srun --mpi=pmix -N {nodes} -n {ranks}'; "
        "where it does not say so, they are added. Default: in a Slurm job 'srun --mpi=pmix', or pmi2 with MPICH; else mpirun")
    add("--ranks", type=at_least_one, nargs="+", metavar="P",
        help="numbers of ranks, one after the other; default: powers of two up to the tasks of the job, or the physical "
        "cores, and all of these (medium and large begin with a 64th of them). With --merit one number; default: all")
    add("--repeats", type=at_least_one, default=5, metavar="N",
        help="how often each case runs; default: 5, the fewest of a valid figure of merit")
    add("--size", choices=list(SIZES), default="small",
        help="for how large a machine: small, one node (the default); medium, 16 nodes; large, a thousand; trial: a few "
        "seconds in all, to see that everything works, and never a valid figure of merit")
    add("--plan", action="store_true",
        help="run nothing: print what each case takes (time, memory, disk) and what it stresses, and the sums over all "
        "repeats, on the ranks that a run would take here, those of --ranks, or by --ranks-per-node")
    add("--ranks-per-node", type=at_least_one, metavar="R",
        help="with --plan: on as many nodes as the size is made for, with R ranks each; with --ranks too, so many on each node "
        "(default: 64)")
    add("--cases", metavar="NAMES",
        help="which cases are run, with commas between; default: " + ",".join(CASES))
    add("--scratch", metavar="DIR",
        help="where screens would be written, on a file system that all nodes of the job share: files are made there and "
        "removed; default: beside the result")
    add("--dko", metavar="PATH", help="the program; default: the one installed with this command, or else that in PATH")
    add("--name", default="", help="of the machine, as pictures have it; default: its processor and cores")
    add("--patience", type=at_least_one, default=3600, metavar="SECONDS",
        help="after which a single run is ended and counts as failed; default: 3600")
    add("-f", "--force", action="store_true",
        help="replace the result if it exists; one that ended without a measurement is replaced anyway")
    return parser.parse_args(arguments)


def require_together(options):
    """@raises UsageError for what would be ignored"""
    if options.official and not options.merit:
        raise UsageError("--official goes with --merit")
    if options.ranks_per_node and not options.plan:
        raise UsageError("--ranks-per-node goes with --plan")
    if options.merit and options.plan:
        raise UsageError("--plan does not go with --merit, which finds the size itself; jobs/merit.md tells how long it takes")
    if options.merit and options.cases:
        raise UsageError("--cases does not go with --merit, which measures one screen")
    files = {"--out": options.out, "--launcher": options.launcher, "--scratch": options.scratch, "--dko": options.dko,
             "--name": options.name, "--force": options.force}
    given = [name for name, value in files.items() if value]
    if options.plan and given:
        raise UsageError(f"{' and '.join(given)} {'does' if len(given) == 1 else 'do'} not go with --plan, which runs nothing")


def chosen_cases(text):
    names = [name for part in text.split(",") for name in GROUPS.get(part, [part])]
    for name in names:
        if name not in CASES:
            raise UsageError(f"--cases: '{name}' is none of {', '.join([*CASES, *GROUPS])}")
    return [name for name in CASES if name in names]


def default_ranks(size, most):
    """Powers of two and all; where the size is one for many nodes from a 64th of all on, for fewer would take hours."""
    fewest = 1 if SIZES[size]["nodes"] == 1 else most // 64
    powers = [2**power for power in range(most.bit_length()) if fewest <= 2**power <= most]
    return sorted({*powers, most})


def check(options):
    check_output(options.out, options.force or has_no_run(options.out))
    if not os.path.isdir(options.scratch):
        raise WriteError(f"--scratch: there is no directory {options.scratch}: it must be one that all nodes of the job see")
    launcher = launcher_words(options.launcher, 1)
    if not launcher or not shutil.which(launcher[0]):
        raise UsageError(f"--launcher '{options.launcher}': there is no such program")
    if not shutil.which(options.dko) and not version_by_launcher(options)[0]:
        raise UsageError(f"--dko: there is no program {options.dko}, nor does the launcher find one")


class Measuring:
    """A result that grows run by run."""

    def __init__(self, options, cases):
        self.options = options
        self.files = ScratchFiles(options.scratch, "dko-scaling")
        self.checksum = None  # of the mapping that the case fit gives
        self.result = {
            "format": figures.FORMAT,
            "version": figures.VERSION,
            "complete": False,
            "failed": None,
            "stopped": None,
            **origin(options),
            "launcher": options.launcher,
            "size": options.size,
            "repeats": options.repeats,
            "ranks": options.ranks,
            "cases": [self.case(name, ranks) for name in cases for ranks in options.ranks],
        }

    def case(self, name, ranks):
        words = launcher_words(self.options.launcher, ranks) + [self.options.dko]
        words += words_of(name, self.options.size, ranks) + ["--quiet", "--json", self.files.path("json")]
        if writes_file(name):
            words += ["-o", self.files.path("h5")]
        return {"case": name, "ranks": ranks, "words": words, "command": " ".join(map(shlex.quote, words)),
                "failed": None, "runs": []}

    def run_all(self):
        warn_of_scratch(self.result["machine"], self.options.scratch)
        for repeat in range(1, self.options.repeats + 1):
            for case in self.result["cases"]:
                if case["failed"]:
                    continue
                self.run(case, repeat)
                self.write()
        self.result["complete"] = True
        self.write()

    def run(self, case, repeat):
        began, started = time.monotonic(), now()
        try:
            found = self.run_once(case)
        except CaseFailure as failure:
            case["failed"] = f"repeat {repeat}: {failure}"
            say(f"{name_of(case)} failed: {failure}")
            return
        finally:
            self.files.remove()
        took = time.monotonic() - began
        case["runs"].append({"repeat": repeat, "started": started, "wall_seconds": round(took, 3),
                             "result": found})
        say(f"{repeat}/{self.options.repeats} {name_of(case)}: {took:.1f} s")

    def run_once(self, case):
        """What dko says of the run."""
        found, failed = run_dko(case["words"], self.files.path("json"), self.options.patience)
        if failed:
            raise CaseFailure(failed + advice_on_scratch(failed, self.result["machine"], self.options.scratch))
        require_ranks(found, case["ranks"])
        if case["case"] == "fit":
            self.require_same_mapping(found["fit"]["checksum"])
        for size in found.get("sizes", []):
            size.pop("forecast", None)  # nothing that was measured
        return found

    def require_same_mapping(self, checksum):
        """@raises CaseFailure unless it is that of the first fit: the bits do not depend on the ranks"""
        self.checksum = self.checksum or checksum
        if checksum != self.checksum:
            raise CaseFailure(f"the fit gave another mapping, {checksum}, than the first one, {self.checksum}: processors of "
                              "several kinds, or a fault")

    def write(self):
        self.result["finished"] = now()
        self.result["merit"] = figures.merit(self.result)
        self.result["core_speed"] = figures.core_speed(self.result)
        written = {**self.result, "cases": [without_words(case) for case in self.result["cases"]]}
        write_result(self.options.out, written)


def name_of(case):
    return f"{case['case']} on {counted(case['ranks'], 'rank')}"


def without_words(case):
    return {key: value for key, value in case.items() if key != "words"}


def report(result):
    """A table of medians, and the figure of merit."""
    print(f"{result['machine']['name']}, dko {result['dko_version']}")
    rows = [("case", "ranks", "median", "", "spread")]
    for case, unit, figure in (("strong-dense", "s", figures.seconds),
                               ("strong-sparse", "s", figures.seconds), ("fit", "s", figures.seconds),
                               ("weak", "million pairs/s", lambda run: figures.pair_rate(run) / 1e6)):
        for ranks, runs in figures.by_ranks(result, case).items():
            values = [figure(run) for run in runs]
            rows.append((case, str(ranks), f"{figures.median(values):.4g}", unit,
                         f"{100 * figures.spread(values):.1f} %"))
    for row in rows:
        print("{:<15}{:>7}{:>12} {:<17}{:>7}".format(*row).rstrip())
    if result["core_speed"]:
        print(f"core speed, relative to the reference machine: {result['core_speed']:.3g}")
    merit = result["merit"]
    if merit["million_pairs_per_second"] is not None:
        print(f"figure of merit: {merit['million_pairs_per_second']:.4g} million pairs/s on "
              f"{counted(merit['ranks'], 'rank')} with {merit['instruction_set']}, spread "
              f"{100 * merit['spread']:.1f} %, {counted(merit['repeats'], 'repeat')}")
    if not merit["valid"]:
        print(f"no valid figure of merit: {'; '.join(merit['why'])}")


def default_program():
    """As dko.places finds it; by its name alone where it is in PATH, as it may be in a container that the launcher starts."""
    try:
        found = places.program()
    except ReadError:
        return "dko"
    return "dko" if found == shutil.which("dko") else found


def prepare(options):
    """Fills in what depends on the machine, and refuses what cannot be done."""
    if not options.out:
        raise UsageError("the following arguments are required: -o/--out")
    options.dko = options.dko or default_program()
    options.launcher = with_ranks(options.launcher or default_launcher(options.dko))
    options.scratch = options.scratch or os.path.dirname(options.out) or "."
    usual = default_ranks(options.size, scaling_machine.allocated_ranks())
    options.ranks = sorted(set(options.ranks or usual[-1 if options.merit else 0:]))
    if options.merit:
        merit_run.require_merit_options(options)
    check(options)


def print_plan(options, cases):
    ranks, ranks_per_node = planned_ranks(options)
    print(plan.table(options.size, ranks, ranks_per_node, cases, options.patience))
    print(plan.totals(options.size, ranks, ranks_per_node, cases, options.repeats))


def planned_ranks(options):
    """Those that a run would take here, and how many are on a node; with --ranks-per-node those on the nodes that the size is
    made for."""
    if options.ranks:
        return sorted(set(options.ranks)), options.ranks_per_node or 64
    if options.ranks_per_node:
        return default_ranks(options.size, SIZES[options.size]["nodes"] * options.ranks_per_node), options.ranks_per_node
    tasks = max(count or 0 for count in scaling_machine.slurm_nodes())
    return default_ranks(options.size, scaling_machine.allocated_ranks()), tasks or scaling_machine.physical_cores()


def measure(options):
    require_together(options)
    cases = chosen_cases(options.cases or ",".join(CASES))
    if options.plan:
        print_plan(options, cases)
        return
    prepare(options)
    if options.merit:
        merit_run.measure_merit(options)
        return
    measuring = Measuring(options, cases)
    measuring.write()
    keep_why(measuring, measuring.run_all)
    report(measuring.result)
    failed = [name_of(case) for case in measuring.result["cases"] if case["failed"]]
    if failed:
        raise CaseFailure(f"failed: {', '.join(failed)}; the rest is in {options.out}")


def main(arguments=None):
    options = parse_options(arguments)
    stop_by_signals()
    return exit_code_of("scaling", measure, options)
