"""Strikes a job at one operation on its files after the other, and checks how it ends and what is left.

For each job: counts the operations that each rank makes on the files whose names begin with that of the output,
then runs the job once for each of them (or each --stride-th) with a fault there. A job must end in seconds; with
an error of the disk in exit code 4 and one message; its final name must be that of a complete file with the
right bits or not be there; and with --resume the next job must end with these bits, on another number of ranks.
"""
import argparse
import collections
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
from crash_job import Deviation, Job, curves_differ, differing, files_beside, phase_of

DKO = os.environ["DKO"]
FAULTS = os.environ["DKO_FAULTS"]
DISK = ("ENOSPC", "EDQUOT", "EIO", "EROFS", "ESTALE", "SHORT")
STOPS = ("TERM", "INT", "USR1")
SECONDS = 60  # that a struck job may take, on a busy machine and with the sanitizers
COMMON_SECONDS = 100  # where the disk fails while all ranks are in one call: the watchdog waits a minute; on a quiet machine 20


@dataclass
class Task:
    """A command that writes a file, OUT among its words."""
    words: list
    is_resumable: bool = False
    depends_on_ranks: bool = False  # its numbers do, to rounding


def tasks(data, model, screen):
    pairs = ["screen", data, "--model", model, "--order", "2", "-o", "OUT"]
    training = ["--steps", "3", "--batch", "10", "-o", "OUT", "--checkpoint-every", "0"]
    export = ["export", screen]
    return {
        "pairs": Task(pairs, is_resumable=True),
        "single": Task(["screen", data, "--model", model, "-o", "OUT"], is_resumable=True),
        "list": Task(pairs + ["--sample", "5000"], is_resumable=True),
        "top": Task(pairs + ["--keep", "top:50"], is_resumable=True),
        "summary": Task(pairs + ["--keep", "summary"], is_resumable=True),
        "train": Task(["train", data, *training], is_resumable=True, depends_on_ranks=True),
        "run": Task(["run", data, *training, "--order", "2"], is_resumable=True, depends_on_ranks=True),
        "predict": Task(["predict", data, *training[:4], "-o", "OUT"], depends_on_ranks=True),
        "export": Task(export + ["--single", "OUT"]),
        "h5ad": Task(export + ["--h5ad", "OUT"]),
        "compress": Task(export + ["--compress", "OUT"]),
        "summarize": Task(["summarize", screen, "--gene-table", "OUT"]),
    }


def is_in_a_common_call(before, call):
    """Whether Open MPI or HDF5 makes this operation while all ranks open or close a file, so that the others wait
    for the rank where the disk fails just then, and not yet when all try it before."""
    return "locktest" in call or "locktest" in before or call.startswith("pwrite 48 ")


class Sweep:
    def __init__(self, name, task, options):
        self.name, self.task, self.options = name, task, options
        self.out = Path(f"{name}.out").absolute()
        self.expected = Path(f"{name}.expected").absolute()
        self.seen = collections.Counter()  # how the struck jobs ended
        self.common = set()  # operations, by rank and number, in calls that all ranks make
        self.deviations = 0
        self.longest = 0

    def start(self, out, ranks, resumes=False, **settings):
        words = [out if word == "OUT" else word for word in self.task.words]
        environment = {f"DKO_FAULT{key}": str(value) for key, value in settings.items()}
        return Job([DKO, *words, *(["--resume"] if resumes else [])], ranks, "log.txt", environment,
                   FAULTS if settings else None)

    def finish(self, out, ranks, **more):
        job = self.start(out, ranks, **more)
        if code := job.wait():
            raise Deviation(f"exit code {code}: {job.last_words}")

    def operations(self):
        """Of each rank their numbers, without those that are left out."""
        log = Path("operations.txt").absolute()
        log.unlink(missing_ok=True)
        self.finish(self.out, self.options.ranks, _LOG=log, _PATH=self.out)
        self.clean()
        numbers = collections.defaultdict(list)
        before = {}
        for line in log.read_text().splitlines():
            rank, number, call = line.split(maxsplit=2)
            is_common = is_in_a_common_call(before.get(rank, ""), call)
            if is_common or not self.options.common:
                numbers[rank].append(int(number))
            if is_common:
                self.common.add((rank, int(number)))
            before[rank] = call
        if not numbers:
            raise Deviation("no operation was counted")
        return numbers

    def clean(self):
        self.out.unlink(missing_ok=True)
        for path in files_beside(self.out):
            path.unlink()

    def run(self):
        self.expected.unlink(missing_ok=True)
        self.clean()
        self.finish(self.expected, self.options.ranks)
        for rank, numbers in sorted(self.operations().items()):
            for at in numbers[self.options.first::self.options.stride]:
                for when in self.options.when.split(","):
                    self.strike(rank, at, when)
        if not self.seen or all(ending.startswith("0 ") for ending in self.seen):
            self.deviations += 1
            print(f"DEVIATION: {self.name}: {self.options.fault}: no job was struck", flush=True)
        endings = ", ".join(f"{count} × {ending}" for ending, count in sorted(self.seen.items()))
        print(f"{self.name}: {self.options.fault}: {sum(self.seen.values())} jobs: {endings}; "
              f"the longest {self.longest:.1f} s", flush=True)

    def strike(self, rank, at, when):
        self.clean()
        job = self.start(self.out, self.options.ranks, _AT=at, _RANK=rank, _WHEN=when, _PATH=self.out,
                         **{"": self.options.fault})
        try:
            code = job.wait()
            self.longest = max(self.longest, job.seconds)
            phase = phase_of(self.out)
            self.check_end(job, code, COMMON_SECONDS if (rank, at) in self.common else SECONDS)
            self.seen[f"{code} ({phase})"] += 1
            if self.options.resume and self.task.is_resumable:
                self.check_resumption(at)
        except Deviation as deviation:
            self.deviations += 1
            print(f"DEVIATION: {self.name}: {self.options.fault} {when} operation {at} of rank {rank}: "
                  f"{deviation}\n    the struck job said: {job.last_words}", flush=True)

    def check_end(self, job, code, most_seconds):
        fault = self.options.fault
        messages = job.log.count("dko: error") + job.log.count("dko: stopped")
        if job.seconds > most_seconds:
            raise Deviation(f"it took {job.seconds:.0f} s to end")
        if fault in DISK and code not in (0, 4):
            raise Deviation(f"exit code {code} instead of 4")
        if fault in STOPS and code not in (0, 5):
            raise Deviation(f"exit code {code} instead of 5")
        if fault in DISK + STOPS and messages != (code != 0):
            raise Deviation(f"{messages} messages, with exit code {code}")
        if code == 0 and not self.out.exists():
            raise Deviation("there is no result though the exit code says so")
        if self.out.exists():
            self.check_bits()

    def check_bits(self, ranks_changed=False):
        if self.task.depends_on_ranks and ranks_changed:
            if self.task.words[0] == "train" and curves_differ(self.out, self.expected):
                raise Deviation("the losses are not near those of an undisturbed job")
        elif h5py.is_hdf5(self.expected):
            if changed := differing(self.out, self.expected):
                raise Deviation(f"{changed} numbers differ from those of an undisturbed job")
        elif self.out.read_bytes() != self.expected.read_bytes():
            raise Deviation("the file differs from that of an undisturbed job")

    def check_resumption(self, at):
        if self.out.exists():
            return
        stays = self.task.depends_on_ranks and at % 2 == 0  # and the bits with it
        ranks = self.options.ranks if stays else self.options.ranks % 3 + 1
        self.finish(self.out, ranks, resumes=True)
        self.check_bits(ranks != self.options.ranks)
        for left in files_beside(self.out):
            raise Deviation(f"{left.name} was left behind")


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("model")
    parser.add_argument("screen")
    parser.add_argument("--jobs", default="", help="names with commas between; default: all")
    parser.add_argument("--fault", default="KILL")
    parser.add_argument("--when", default="before")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="operations to leave out")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--common", action="store_true", help="only operations in calls that all ranks make together")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def main():
    options = parse_options()
    known = tasks(options.data, options.model, options.screen)
    deviations = 0
    for name in options.jobs.split(",") if options.jobs else known:
        sweep = Sweep(name, known[name], options)
        sweep.run()
        deviations += sweep.deviations
    sys.exit(1 if deviations else 0)


main()
