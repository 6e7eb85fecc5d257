"""Jobs of dko that are to be killed, and what they leave: shared by crash_test.py and the tests."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np


def variables_of(path):
    """The NAME=VALUE lines of a file."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


MPI_ENVIRONMENT = {
    **variables_of(Path(__file__).with_name("oversubscribed-mpi.env")),
    # Open MPI keeps memory until the process ends, which the leak check must not mind.
    "ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0",
}
PATIENCE = 300  # seconds after which a job counts as hanging
SURVIVAL = 10  # seconds that processes of a killed job may live on


class Deviation(Exception):
    """Something that must not happen; the message says what."""


def processes_of(session):
    """The living processes of a session: {pid: parent}. A dead one whose threads still end is not yet gone."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            threads = sum(1 for _ in (entry / "task").iterdir())
        except OSError:
            continue  # it ended meanwhile
        state, parent, its_session = fields[0], int(fields[1]), int(fields[3])
        if its_session == session and (state not in "ZX" or threads > 1):
            found[int(entry.name)] = parent
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Job:
    """A command under mpirun in a session of its own, by which its processes are known."""

    def __init__(self, command, ranks, log, environment=None, preload=None):
        self.log_path = Path(log)
        launcher = ["mpirun", "-n", str(ranks)]
        if preload:
            launcher += ["env", f"LD_PRELOAD={preload}"]
        with open(log, "wb") as output:
            self.process = subprocess.Popen(launcher + [str(word) for word in command],
                                            stdin=subprocess.DEVNULL,
                                            stdout=output,
                                            stderr=subprocess.STDOUT,
                                            start_new_session=True,
                                            env=os.environ | MPI_ENVIRONMENT | (environment or {}))
        self.session = self.process.pid
        self.started = time.monotonic()

    def wait_for(self, is_there):
        """Until there is something, or the job has ended."""
        while not is_there() and self.process.poll() is None:
            time.sleep(0.01)
            if time.monotonic() > self.started + PATIENCE:
                return

    def rank_pids(self):
        return sorted(pid for pid, parent in processes_of(self.session).items() if parent == self.process.pid)

    def kill(self, victims, number=signal.SIGKILL):
        for pid in victims:
            send(pid, number)

    def wait(self, patience=PATIENCE):
        """The exit code, once no process is left. Raises Deviation if one hangs or lives on."""
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.clean_up()
            raise Deviation(f"the job hangs: it was still there after {patience} s")
        end = time.monotonic() + SURVIVAL
        while processes_of(self.session):
            if time.monotonic() > end:
                left = len(processes_of(self.session))
                self.clean_up()
                raise Deviation(f"{left} processes of a killed job lived on for {SURVIVAL} s")
            time.sleep(0.02)
        self.seconds = time.monotonic() - self.started
        return code

    def clean_up(self):
        for _ in range(50):
            left = processes_of(self.session)
            if not left:
                break
            self.kill(left)
            time.sleep(0.1)
        self.process.wait()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def last_words(self):
        """What dko said at the end, without its progress and mpirun's comments."""
        return "\n".join([line for line in self.log.splitlines() if line.startswith("dko")][-4:])


def beside(out, ending):
    """The file that belongs to an output: its name with an ending."""
    return Path(f"{out}{ending}")


def files_beside(out):
    """All files whose names begin with that of an output, and go on."""
    return sorted(path for path in Path(out).absolute().parent.glob(Path(out).name + ".*"))


def arrays_of(group):
    """All arrays under a group."""
    arrays = []
    group.visititems(lambda _, item: arrays.append(item[()]) if isinstance(item, h5py.Dataset) else None)
    return arrays


def recorded_blocks(partial):
    """Of an unfinished screen: (blocks that are recorded, blocks, knockouts in recorded ones).

    Of a summary, where the pairs of a first gene count as a block, and of kept pairs, whose list is written at the
    end, only the single knockouts are counted.
    """
    recorded = blocks = knockouts = 0
    with h5py.File(partial, "r") as file:
        progress = file["progress"]
        keeps_best = ":" in progress.attrs["keep"]  # as in top:100
        apart = {"summary", "list"} if keeps_best else {"summary"}
        for array, group in progress.items():
            done = np.all([checksums != 0 for checksums in arrays_of(group)], axis=0)
            recorded += int(done.sum())
            blocks += len(done)
            if array not in apart:
                block, events = int(group.attrs["block"]), int(group.attrs["events"])
                sizes = np.minimum(block, events - block * np.arange(len(done)))
                knockouts += int(sizes[done].sum())
    return recorded, blocks, knockouts


def lose_scores(partial, random):
    """Sets some of the scores of an unfinished screen to 0, as if the disk had lost what was written last."""
    places = []
    with h5py.File(partial, "r") as file:
        for array in ("single", "double", "list"):
            if array in file:
                file[array].visititems(lambda _, item: places.append((item.id.get_offset(), item.nbytes)) if
                                       isinstance(item, h5py.Dataset) and item.dtype == np.float32 else None)
    offset, size = random.choice([place for place in places if place[0] is not None])
    first = random.randrange(size)
    with open(partial, "r+b") as file:
        file.seek(offset + first)
        file.write(bytes(min(random.randrange(1, 1 << 20), size - first)))


def phase_of(out):
    """What a job was doing when it ended, by the files it left."""
    partial = beside(out, ".partial")
    if Path(out).exists():
        return "finished"
    if partial.exists() and partial.stat().st_size > 0:
        return phase_of_screen(partial)
    if beside(out, ".partial.new").exists():
        return "skeleton being made"
    if beside(out, ".model").exists():
        return "model there"
    if beside(out, ".checkpoint").exists():
        return "training"
    return "claimed" if partial.exists() else "starting"


def phase_of_screen(partial):
    try:
        with h5py.File(partial, "r") as file:
            if "progress" not in file:
                return "unfinished file"
        recorded, blocks, _ = recorded_blocks(partial)
    except (OSError, KeyError, RuntimeError):
        return "unreadable file"
    if recorded == 0:
        return "no block yet"
    return "blocks" if recorded < blocks else "all blocks"


def datasets_of(path):
    """Of a file, all arrays by their paths, but for those that say how it was made."""
    arrays = {}
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: arrays.update({name: item[()]})
                        if isinstance(item, h5py.Dataset) else None)
    return {
        name: values
        for name, values in arrays.items()
        if not name.startswith("progress/") and not name.endswith(("seconds", "command"))
    }


def differing(path, expected):
    """How many elements differ in their bits from those of a file; raises Deviation if arrays lack."""
    ours, theirs = datasets_of(path), datasets_of(expected)
    if ours.keys() != theirs.keys():
        raise Deviation(f"{path} has other arrays than {expected}: {sorted(ours.keys() ^ theirs.keys())}")
    differ = 0
    for name, values in ours.items():
        other = theirs[name]
        if np.shape(values) != np.shape(other):
            raise Deviation(f"{path}: {name} has shape {np.shape(values)} instead of {np.shape(other)}")
        differ += count_differing(np.atleast_1d(values), np.atleast_1d(other))
    return differ


def count_differing(values, other):
    if values.dtype.kind == "f":  # the bits, so that a NaN equals itself
        bits = f"u{values.dtype.itemsize}"
        values, other = values.view(bits), other.view(bits)
    return int(np.count_nonzero(values != other))


def curves_differ(path, expected, tolerance=1e-2):
    """Whether the losses of two trainings, which ran on unlike numbers of ranks, are not near each other."""
    ours, theirs = ({
        name: values
        for name, values in datasets_of(file).items() if name.endswith(("training_losses", "validation_losses"))
    } for file in (path, expected))
    if not ours or ours.keys() != theirs.keys():
        return True
    return any(
        len(a) != len(theirs[name]) or not np.allclose(a[:300], theirs[name][:300], rtol=tolerance, atol=0)
        for name, a in ours.items())


def numbers_in(pattern, text):
    """The numbers that a pattern's groups find in a log, with commas between thousands."""
    found = re.search(pattern, text)
    return [int(group.replace(",", "")) for group in found.groups()] if found else None
