"""What dko-scaling --merit does: a trial that finds the size, and repeats that are timed and verified."""
import math
import shlex
import shutil
import time

from dko.errors import UsageError, WriteError
from dko.scaling import verdict
from dko.scaling.cases import SIZES, dense_words
from dko.scaling.conditions import Clock, Energy, governor, placement
from dko.scaling.figures import counted, seconds
from dko.scaling.launching import CaseFailure, launcher_words
from dko.scaling.measuring import (ScratchFiles, advice_on_scratch, keep_why, now, origin, require_ranks, run_dko, say,
                                   warn_of_scratch, write_result)

# A trial is long enough to go by from this part of the time of a repeat on; repeats are planned to take so much more.
TRIAL_PART, MARGIN = 0.1, 1.25
MOST_TRIALS = 3  # sets of repeats that were too short
MOST_CELLS = 10**7  # that dko bench screen takes


def cells_for(cells, took, wanted):
    """Cells for each rank that take `wanted` seconds, by those that took so long."""
    return max(cells, math.ceil(cells * wanted / took))


def memory_needed(memory, factor):
    """Bytes on the scarcest node for so many times as many cells, by what dko says of a trial: every node holds all cells,
    every rank their names."""
    of_cells = sum(memory["per_node"].get(part, 0) for part in ("data", "targets"))
    names = memory["per_rank"].get("names", 0) * memory["ranks"]
    return memory["total"] + (of_cells + names) * (factor - 1)


class Merit:
    """A measurement that grows repeat by repeat, in a file that is whole at any moment."""

    def __init__(self, options):
        self.options = options
        self.files = ScratchFiles(options.scratch, "dko-merit")
        self.restarts = 0  # of the repeats, for one was too short
        self.launcher = launcher_words(options.launcher, options.ranks[-1])
        self.result = {
            "format": verdict.FORMAT,
            "version": verdict.FORMAT_VERSION,
            "complete": False,
            "failed": None,
            "stopped": None,
            **origin(options),
            "build": None,
            "launcher": options.launcher,
            "governor": governor(),
            "placement": placement(self.launcher, options.patience),
            "size": options.size,
            "official": options.official,
            "least_seconds": verdict.LEAST_SECONDS["official" if options.official else options.size],
            "ranks": options.ranks[-1],
            "repeats": options.repeats,
            "cells_per_rank": None,
            "command_of_run": None,
            "trials": [],
            "runs": [],
        }
        self.count_hosts()

    def count_hosts(self):
        """Nodes are those that the launcher reaches: a job may have others than those that the scheduler tells of."""
        hosts = self.result["placement"]["hosts"]
        machine = self.result["machine"]
        if hosts:
            machine["nodes"] = max(machine["nodes"], len(hosts))
            machine["cores"] = machine["nodes"] * machine["cores_of_node"]

    def screen_words(self, cells_per_rank):
        words = dense_words(SIZES[self.options.size]["growing"], cells_per_rank * self.result["ranks"])
        return [str(word) for word in words[2:]]

    def run_dko(self, words):
        """What dko says in JSON, and how it failed, if it did."""
        self.files.remove(["json"])
        summary = self.files.path("json")
        words = self.launcher + [self.options.dko, *words, "--quiet", "--json", summary]
        found, failed = run_dko(words, summary, self.options.patience)
        if failed:
            failed += advice_on_scratch(failed, self.result["machine"], self.options.scratch)
        return found, failed

    def screen(self, cells_per_rank):
        """Times a screen. Its file stays."""
        words = self.screen_words(cells_per_rank)
        found, failed = self.run_dko(["bench", "screen", *words, "-o", self.files.path("h5")])
        if failed:
            raise CaseFailure(failed)
        require_ranks(found, self.result["ranks"])
        return found

    def find_size(self):
        """Cells for each rank, by trials that are also the warm-up."""
        least = self.result["least_seconds"]
        cells = SIZES[self.options.size]["cells_per_rank"]
        while True:
            found, took = self.trial(cells)
            if took >= TRIAL_PART * least:
                # Once more: what slowed this one down may not slow down the repeats.
                took = min(took, self.trial(cells)[1])
                return self.choose(cells_for(cells, took, MARGIN * least), found, cells)
            longer = min(cells_for(cells, took, 2 * TRIAL_PART * least), 100 * cells)
            self.require_room(found, cells, longer, "a longer trial needs")
            cells = longer

    def trial(self, cells):
        """What dko says of it, and its seconds."""
        try:
            found = self.screen(cells)
        finally:
            self.files.remove()
        took = max(seconds(found), 1e-3)
        self.result["trials"].append({"cells_per_rank": cells, "seconds": took})
        say(f"trial of {counted(cells, 'cell')} for each rank: {took:.2f} s")
        return found, took

    def choose(self, cells, found, cells_of_trial):
        self.require_room(found, cells_of_trial, cells, f"repeats that take {self.result['least_seconds']:g} s need")
        self.result["cells_per_rank"] = cells
        words = self.launcher + [self.options.dko, "bench", "screen", *self.screen_words(cells), "-o", "FILE"]
        self.result["command_of_run"] = " ".join(map(shlex.quote, words))

    def require_room(self, found, cells_of_trial, cells_per_rank, needing):
        """For so many cells for each rank, by what dko said of a trial. @raises CaseFailure, WriteError"""
        cells, factor = cells_per_rank * self.result["ranks"], cells_per_rank / cells_of_trial
        memory = found["memory"]
        if cells > MOST_CELLS or memory_needed(memory, factor) > memory["available"]:
            raise CaseFailure(f"{needing} {cells:,} cells, of which every node holds all: "
                              f"{memory_needed(memory, factor) / 1e9:.1f} GB on each, of {memory['available'] / 1e9:.1f} GB "
                              f"available, and {MOST_CELLS:,} cells at most: use fewer nodes")
        needed = 4.2 * found["screen"]["pairs"] * factor
        free = shutil.disk_usage(self.options.scratch).free
        if free < needed:
            raise WriteError(f"--scratch {self.options.scratch}: {needing} {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are "
                             f"free: name another folder")

    def repeat(self, number):
        run = {"repeat": number, "started": now(), "result": None, "verification": None, "failed": None,
               "clock": None, "energy": None}
        self.result["runs"].append(run)
        began = time.monotonic()
        try:
            energy = Energy()
            with Clock(energy.look) as clock:
                found = self.screen(self.result["cells_per_rank"])
            run.update(result=found, energy=energy.found(), clock=clock.found())
            self.verify(run, number)
        except CaseFailure as failure:
            run["failed"] = str(failure)
        finally:
            self.files.remove()
        run["wall_seconds"] = round(time.monotonic() - began, 3)
        words = run["failed"] or f"{seconds(run['result']):.1f} s"
        say(f"{number}/{self.options.repeats}: {words}")

    def repeat_longer(self):
        """Whether the repeats start again with more cells, for the last one was too short: the machine was slower before. All
        so far are trials then. Where scores are not right the repeats stay as they are."""
        runs, cells, least = self.result["runs"], self.result["cells_per_rank"], self.result["least_seconds"]
        if self.restarts == MOST_TRIALS or any(run["failed"] or not run["verification"]["valid"] for run in runs):
            return False
        last = runs[-1]["result"]
        took = seconds(last)
        if took >= least:
            return False
        longer = max(cells_for(cells, took, MARGIN * least), cells + 1)
        self.choose(longer, last, cells)
        say(f"{took:.2f} s is too short, less than {least:g} s: again with more cells, {longer:,} for each rank")
        self.result["trials"] += [{"cells_per_rank": cells, "seconds": seconds(run["result"])} for run in runs]
        runs.clear()
        self.restarts += 1
        return True

    def verify(self, run, number):
        """By another start of dko, which has nothing of the screen but its file."""
        words = ["bench", "verify", self.files.path("h5"), *self.screen_words(self.result["cells_per_rank"]),
                 "--samples", str(verdict.SAMPLES), "--sample-seed", str(number)]
        found, failed = self.run_dko(words)
        if found is None or (failed and found["verification"]["valid"]):
            raise CaseFailure(f"verification: {failed}")
        try:
            require_ranks(found, self.result["ranks"])
        except CaseFailure as failure:
            raise CaseFailure(f"verification: {failure}") from None
        run["verification"] = found["verification"]
        self.result["build"] = found["build"]

    def write(self):
        self.result["finished"] = now()
        self.result["merit"] = verdict.merit(self.result)
        write_result(self.options.out, self.result)

    def run_all(self):
        warn_of_scratch(self.result["machine"], self.options.scratch)
        doubts = verdict.known_at_start(self.result)
        if doubts:
            say(f"warning: the verdict will be INVALID: {'; '.join(doubts)}")
        self.find_size()
        number = 1
        while number <= self.options.repeats:
            self.repeat(number)
            number = 1 if self.repeat_longer() else number + 1
            self.result["complete"] = number > self.options.repeats
            self.write()


def require_merit_options(options):
    """@raises UsageError for what does not go with --merit"""
    if options.size not in verdict.LEAST_SECONDS:
        raise UsageError(f"--size {options.size} does not go with --merit, which finds the size itself: "
                         "--official takes longer")
    if options.official and options.size == "trial":
        raise UsageError("--official does not go with --size trial")
    if len(options.ranks) != 1:
        raise UsageError("--ranks: the figure of merit is of one number of ranks")


def measure_merit(options):
    merit = Merit(options)
    merit.write()
    keep_why(merit, merit.run_all)
    print(verdict.report(merit.result))
    wrong = verdict.wrong_results(merit.result)
    if wrong:
        raise CaseFailure(f"{options.out}: repeats or their verification failed: {'; '.join(wrong)}")
