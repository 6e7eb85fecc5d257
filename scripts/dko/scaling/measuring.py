"""What all measurements of dko-scaling have in common: times, words, files in the scratch folder, and starts of dko."""
import glob
import json
import os
import shlex
import sys
import time

from dko.command_line import called, one_line
from dko.errors import DkoError
from dko.outputs import write_complete
from dko.scaling import machine as scaling_machine
from dko.scaling.conditions import settings
from dko.scaling.figures import counted, load_json
from dko.scaling.launching import CaseFailure, last_words, run_to_end, version_by_launcher
from dko.scaling.stopping import Stopped, signals_held


# That a node mounts alone.
LOCAL_FILE_SYSTEMS = ("tmpfs", "ramfs", "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "overlay")


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def origin(options):
    """When, how and where a result was measured, and by which dko."""
    found = version_by_launcher(options)
    version, *libraries = found if found[0] else scaling_machine.version_of(options.dko)
    return {
        "started": now(),
        "command": " ".join(map(shlex.quote, [called("scaling"), *sys.argv[1:]])),
        "machine": {**scaling_machine.machine(options.name, options.scratch), "libraries": libraries},
        "dko_version": version,
        "environment": settings(),
    }


def say(text):
    print(f"{called('scaling')}: {text}", file=sys.stderr, flush=True)


class ScratchFiles:
    """The files of a measurement: one of each kind, `json` and `h5`."""

    KINDS = ("json", "h5")

    def __init__(self, folder, stem):
        self.folder, self.stem = folder, f"{stem}-{os.getpid()}"

    def path(self, kind):
        return os.path.join(self.folder, f"{self.stem}.{kind}")

    def remove(self, kinds=KINDS):
        """With what of them is half-written."""
        for kind in kinds:
            path = self.path(kind)
            # Open MPI locks what it shares of a file by one of its own, which a process that is killed leaves.
            locks = [lock for file in (path, f"{path}.partial") for lock in glob.glob(f"{glob.escape(file)}-*.lock")]
            for name in (path, f"{path}.partial", f"{path}.partial.lock", *locks):
                try:
                    os.remove(name)
                except FileNotFoundError:
                    pass


def run_dko(words, summary, patience):
    """What dko wrote into the file `summary` in JSON, and how it failed, if it did: both where it failed after writing."""
    code, said = run_to_end(words, patience)
    try:
        with open(summary, encoding="utf-8") as file:
            found, failed = json.load(file), None
    except (OSError, ValueError) as error:
        found, failed = None, f"no summary: {error}"
    if code != 0:
        how = f"did not end in {patience} s" if code is None else f"exit code {code}"
        failed = f"{how}: {last_words(said)}"
    return found, failed


def write_result(path, result):
    """The file is whole at any moment."""
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    write_complete(path, lambda file: file.write(text.encode("utf-8", "replace")))


def keep_why(measurement, work):
    """Does the work; what ended it early is in the result, too, in the words of the log: `stopped` or `failed`. No file of it
    stays in the scratch folder, wherever the work was stopped: while it removed them, or between two runs."""
    try:
        work()
    except DkoError as error:
        measurement.result["stopped" if isinstance(error, Stopped) else "failed"] = one_line(error)
        measurement.write()
        raise
    finally:
        with signals_held():
            measurement.files.remove()


def has_no_run(path):
    """Whether it is a result of dko-scaling, of either kind, that has ended without a measurement."""
    if not os.path.isfile(path):
        return False
    try:
        found = load_json(path)
        runs = found["runs"] if "runs" in found else [run for case in found["cases"] for run in case["runs"]]
        ended = found.get("failed") or found.get("stopped") or found.get("complete")
        return found["format"].startswith("dko-") and bool(ended) and not any(run["result"] for run in runs)
    except (DkoError, KeyError, TypeError, AttributeError):
        return False


def warn_of_scratch(machine, scratch):
    """Where its file system is hardly one that all nodes share."""
    if machine["nodes"] > 1 and machine["file_system"] in LOCAL_FILE_SYSTEMS:
        say(f"warning: --scratch {scratch} is on {machine['file_system']}, which other nodes seldom see: all of the job must")


def advice_on_scratch(failed, machine, scratch):
    """What to add to the words of a failure."""
    if machine["nodes"] > 1 and any(words in failed for words in ("no such file", "No such file")):
        return f" (do all nodes see --scratch {scratch}? It must be on a file system that they share)"
    return ""


def require_ranks(found, ranks):
    """@raises CaseFailure unless dko says that it ran on so many"""
    its = found.get("ranks") or found.get("provenance", {}).get("ranks")
    if its != ranks:
        raise CaseFailure(f"dko ran on {counted(its, 'rank')}: the launcher does not join them")
