#!/usr/bin/env python3
"""Kills jobs of dko at random moments and checks that a resumed one ends as if nothing had happened.

    crash_test.py --dko build/release/dko --kills 200 --seed 1

Each trial starts a job on 1 to --ranks-max ranks, kills one rank, all ranks or mpirun with SIGKILL at a random
moment, resumes it on another number of ranks, perhaps to be killed again, and compares all arrays of the final
file, bit for bit, with those of a job that was left alone. Prints a table of what was killed in which phase,
and ends with exit code 1 if a score was lost or changed, a job hung, a process lived on, or files were left
behind. Needs h5py and numpy.
"""
from __future__ import annotations

import argparse
import collections
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from crash_job import (Deviation, Job, beside, curves_differ, differing, files_beside, lose_scores, numbers_in,
                       phase_of, recorded_blocks)

STOPPED = "rank, stopped"  # by SIGTERM, which lets it save its state
MOST_KILLS = 4  # of one trial; after them it is left to end
TRAINING = ["--steps", "800", "--batch", "10", "--checkpoint-every", "0.1"]
MEMBERS = ["--ensemble", "3", "--steps", "300", "--batch", "10", "--checkpoint-every", "0.1"]
FIT = ["--mapping", "sparse", "--checkpoint-every", "0.1"]


@dataclass
class Kind:
    """What is run: the words of the command after its input, without output and --resume."""
    name: str
    command: str
    words: list = field(default_factory=list)
    ranks_matter: bool = False  # whether the numbers depend, to rounding, on the number of ranks


def kinds_of(model, members, cells):
    screen = ["--model", model]
    pairs = screen + ["--order", "2"]
    ensemble = ["--model", members, "--order", "2"]
    return [
        Kind("screen of pairs", "screen", pairs),
        Kind("screen of pairs, two scores", "screen", pairs + ["--score", "impact,network"]),
        Kind("screen of singles", "screen", screen),
        Kind("screen of a sample", "screen", pairs + ["--sample", str(5000 * cells)]),
        Kind("screen, best kept", "screen", pairs + ["--keep", "top:100"]),
        Kind("screen, threshold", "screen", pairs + ["--threshold", "0.01"]),
        Kind("screen, summary", "screen", pairs + ["--keep", "summary"]),
        Kind("screen by an ensemble", "screen", ensemble),
        Kind("screen by an ensemble, best kept", "screen", ensemble + ["--keep", "top:50"]),
        Kind("screen by an ensemble, summary", "screen", ensemble + ["--keep", "summary"]),
        Kind("train", "train", TRAINING, ranks_matter=True),
        Kind("train, ensemble", "train", MEMBERS, ranks_matter=True),
        Kind("train, sparse", "train", FIT),
        Kind("train, sparse, ensemble", "train", FIT + ["--ensemble", "2"]),
        Kind("run", "run", TRAINING + ["--order", "2"], ranks_matter=True),
        Kind("run, summary", "run", TRAINING + ["--order", "2", "--keep", "summary"], ranks_matter=True),
        Kind("run, ensemble", "run", MEMBERS + ["--order", "2"], ranks_matter=True),
    ]


class Trials:
    """All trials of a test: their data, the undisturbed results, and the counts."""

    # Numbers differing; knockouts and steps that had been saved and were made again nevertheless.
    COUNTED = ("compared files", "lost files", "changed numbers", "scored again", "steps made again",
               "deviations")

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.random = random.Random(options.seed)
        self.data = folder / "data.csv"
        self.model = folder / "model.h5"
        self.members = folder / "members.h5"  # an ensemble
        self.undisturbed_jobs = 0
        self.expected = {}  # (kind, ranks) -> (file, seconds)
        self.kills = collections.Counter()  # (victim, phase)
        self.totals = collections.Counter()

    def make_data(self):
        cells = str(self.options.cells)
        self.finish(["simulate", "--genes", "200", "--cells", cells, "--seed", "3", "-o", self.data, "-q"], 1)
        short = ["--steps", "50", "--batch", "10", "-q"]
        self.finish(["train", self.data, "-o", self.model, *short], 2)
        self.finish(["train", self.data, "-o", self.members, "--ensemble", "3", *short], 2)

    def start(self, words, ranks):
        return Job([self.options.dko, *words], ranks, self.folder / "log.txt")

    def finish(self, words, ranks):
        """Runs a job to its end; the job."""
        job = self.start(words, ranks)
        if code := job.wait():
            raise Deviation(f"exit code {code} of a job that was left alone: {job.last_words}")
        return job

    def words(self, kind, out):
        return [kind.command, self.data, *kind.words, "-o", out]

    def undisturbed(self, kind, ranks):
        """The result that a kind of job must have, and the seconds it took to train or screen."""
        key = (kind.name, ranks if kind.ranks_matter else 0)
        if key not in self.expected:
            self.undisturbed_jobs += 1  # a name of its own for each: one that hangs leaves its files
            out = self.folder / f"expected{self.undisturbed_jobs}.h5"
            job = self.start(self.words(kind, out), ranks)
            job.wait_for(lambda: has_begun(job))
            began = time.monotonic()
            if code := job.wait():
                raise Deviation(f"exit code {code} of a job that was left alone: {job.last_words}")
            self.expected[key] = (out, time.monotonic() - began)
        return self.expected[key]

    def trial(self, kind):
        """One job, killed until luck or patience ends. Raises Deviation."""
        ranks = self.random.randint(1, self.options.ranks_max)
        keeps_ranks = kind.command == "run" or (kind.ranks_matter and self.random.random() < 0.5)
        expected, seconds = self.undisturbed(kind, ranks)
        out = self.folder / "job.h5"
        state = Attempt(kind, out, ranks)
        while state.number < MOST_KILLS and self.attempt(state, seconds):
            state.number += 1
            if not keeps_ranks:
                state.ranks = self.random.randint(1, self.options.ranks_max)
        if not out.exists():
            self.complete(state)
        self.compare(kind, out, expected, keeps_ranks or not kind.ranks_matter)
        for left in files_beside(out):
            if not state.may_leave_files:
                raise Deviation(f"{left.name} was left behind")
            left.unlink()
        out.unlink()

    def resuming(self, state):
        words = self.words(state.kind, state.out)
        return words + ["--resume"] if state.number > 0 else words

    def attempt(self, state, seconds):
        """Starts or resumes the job and kills it; False if it was done before."""
        job = self.start(self.resuming(state), state.ranks)
        if self.random.random() < 0.9:
            job.wait_for(lambda: has_begun(job))
        time.sleep(self.random.uniform(0, 1.05 * seconds))
        victim = self.kill_some(job)
        code = job.wait()
        if code in (2, 3, 4):
            raise Deviation(f"exit code {code} of a job that was to be killed: {job.last_words}")
        self.check_resumption(state, job)
        if code == 0:
            return False
        phase = phase_of(state.out)
        self.kills[victim, state.kind.name, phase] += 1
        self.totals["stops" if victim == STOPPED else "kills"] += 1
        state.remember(phase)
        if phase == "blocks" and self.random.random() < 0.2:
            lose_scores(beside(state.out, ".partial"), self.random)
            self.totals["disks that lost scores"] += 1
            state.has_lost = True
        # It may be killed after the file had got its name, but before what stood beside it was removed.
        state.may_leave_files = phase == "finished"
        return phase != "finished"

    def kill_some(self, job):
        """Kills some of the job's processes, or asks one to stop; says which."""
        ranks = job.rank_pids()
        victim = self.random.choice(["one rank", "all ranks", "mpirun", STOPPED])
        if not ranks or victim == "mpirun":
            job.kill([job.process.pid])
            return "mpirun"
        job.kill(ranks if victim == "all ranks" else [self.random.choice(ranks)],
                 signal.SIGTERM if victim == STOPPED else signal.SIGKILL)
        return victim

    def complete(self, state):
        job = self.start(self.resuming(state), state.ranks)
        if code := job.wait():
            raise Deviation(f"exit code {code} of a resumed job: {job.last_words}")
        self.check_resumption(state, job)

    def check_resumption(self, state, job):
        """What was there when the last job ended must not be computed again. A job says nothing of it if it
        was killed before it could, or had nothing to go on with."""
        if said := numbers_in(r"([\d,]+) of [\d,]+ knockouts? (?:is|are) scored already", job.log):
            if not state.has_lost:
                self.totals["scored again"] += max(0, state.scored - said[0])
            state.scored = max(state.scored, said[0])
        # Members of an ensemble are saved apart.
        said = numbers_in(r"resuming after ([\d,]+) (?:steps?|fits?)", job.log)
        if said and "ensemble" not in state.kind.name:
            self.totals["steps made again"] += max(0, state.steps - said[0])
            state.steps = max(state.steps, said[0])

    def compare(self, kind, out, expected, by_bits):
        if not out.exists():
            self.totals["lost files"] += 1
            raise Deviation(f"there is no {out.name}")
        if by_bits:
            changed = differing(out, expected)
            self.totals["changed numbers"] += changed
            if changed:
                raise Deviation(f"{changed} numbers differ from those of an undisturbed job")
        elif curves_differ(out, expected):
            raise Deviation("the losses are not near those of an undisturbed job")
        self.totals["compared files"] += 1

    def report(self):
        print(f"\n{'killed':<15}{'job':<30}{'phase':<24}{'kills':>6}")
        for (victim, kind, phase), count in sorted(self.kills.items()):
            print(f"{victim:<15}{kind:<30}{phase:<24}{count:>6}")
        print(f"\n{self.totals['kills']} kills and {self.totals['stops']} stops;", end=" ")
        print("disks that lost scores", self.totals["disks that lost scores"], end=", ")
        print(", ".join(f"{what} {self.totals[what]}" for what in self.COUNTED))


@dataclass
class Attempt:
    """Where a trial is."""
    kind: Kind
    out: Path
    ranks: int
    number: int = 0  # of kills so far
    scored: int = 0  # knockouts that a job had found scored or had put on record
    steps: int = 0  # of a training, which a job had gone on from
    has_lost: bool = False  # scores that were on record
    may_leave_files: bool = False

    def remember(self, phase):
        if phase in ("no block yet", "blocks", "all blocks"):
            self.scored = max(self.scored, recorded_blocks(beside(self.out, ".partial"))[2])


def has_begun(job):
    """Whether it has come to train or to screen."""
    return any(f"dko: {word}" in job.log for word in ("training on", "fitting", "computing A"))


def parse_options():
    parser = argparse.ArgumentParser(description="Kills jobs of dko at random moments and checks what a "
                                     "resumed one comes to.")
    parser.add_argument("--dko", default="dko", help="the program")
    parser.add_argument("--kills", type=int, default=200, help="kills in all; default: 200")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices; default: 1")
    parser.add_argument("--ranks-max", type=int, default=4, help="default: 4")
    parser.add_argument("--minutes", type=float, default=60, help="end after so many at the latest")
    parser.add_argument("--cells", type=int, default=600, help="of the synthetic data; more make longer jobs")
    parser.add_argument("--only", default="", help="only jobs whose names contain this")
    parser.add_argument("--folder", help="where to work, and to keep what is there after a deviation")
    return parser.parse_args()


def run_trials(trials, options):
    end = time.monotonic() + 60 * options.minutes
    kinds = [kind for kind in kinds_of(trials.model, trials.members, options.cells) if options.only in kind.name]
    trials.make_data()
    while trials.totals["kills"] < options.kills and time.monotonic() < end:
        kind = trials.random.choice(kinds)
        try:
            trials.trial(kind)
        except Deviation as deviation:
            trials.totals["deviations"] += 1
            print(f"DEVIATION: {kind.name}: {deviation}", flush=True)
            keep(trials)
    if trials.totals["kills"] < options.kills:
        print(f"time is up after {trials.totals['kills']} kills")
    if not trials.totals["kills"] or not trials.totals["compared files"]:
        trials.totals["deviations"] += 1
        print("DEVIATION: nothing was killed and compared", flush=True)


def keep(trials):
    """Moves what a deviating job left out of the way of the next."""
    place = trials.folder / f"deviation{trials.totals['deviations']}"
    place.mkdir()
    shutil.copy(trials.folder / "log.txt", place)
    for path in [trials.folder / "job.h5", *files_beside(trials.folder / "job.h5")]:
        if path.exists():
            shutil.move(path, place)


def main():
    options = parse_options()
    options.dko = shutil.which(options.dko) or sys.exit(f"there is no {options.dko}")
    options.dko = str(Path(options.dko).absolute())
    folder = Path(options.folder or tempfile.mkdtemp(prefix="dko-crash-"))
    folder.mkdir(parents=True, exist_ok=True)
    trials = Trials(options, folder)
    run_trials(trials, options)
    trials.report()
    bad = sum(trials.totals[what] for what in Trials.COUNTED[1:])
    if not bad and not options.folder:
        shutil.rmtree(folder)
    elif bad:
        print(f"what deviating jobs left is in {folder}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
