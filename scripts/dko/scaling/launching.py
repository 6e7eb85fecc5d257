"""Starting dko on some ranks: by which launcher, with what environment, and until when."""
import itertools
import os
import shlex
import shutil
import signal
import subprocess

from dko.errors import DkoError, UsageError
from dko.scaling import machine as scaling_machine
from dko.scaling.stopping import signals_held


class CaseFailure(DkoError):
    """A case that gave no result."""


def default_launcher(dko):
    """srun in a Slurm job, with the interface that dko's MPI has there."""
    if "SLURM_JOB_ID" not in os.environ or not shutil.which("srun"):
        return "mpirun"
    is_open_mpi = any("Open MPI" in library for library in scaling_machine.version_of(dko))
    return f"srun --mpi={'pmix' if is_open_mpi else 'pmi2'}"


def with_ranks(launcher):
    """The first nodes of a job are filled first, so that few ranks do not lie apart on many."""
    words = launcher.split()
    if "{ranks}" in launcher or not words:
        return launcher
    return launcher + (" -N {nodes} -n {ranks}" if os.path.basename(words[0]) == "srun" else " -n {ranks}")


def launcher_words(template, ranks):
    nodes = scaling_machine.nodes_for(ranks, scaling_machine.slurm_nodes())
    try:
        return [word.format(ranks=ranks, nodes=nodes) for word in shlex.split(template)]
    except (KeyError, IndexError, ValueError):
        raise UsageError(f"--launcher '{template}': only {{ranks}} and {{nodes}} are filled in") from None


def version_by_launcher(options):
    """Of the dko that is measured: where the launcher starts it in a container, it is another than this machine's."""
    try:
        _, said = run_to_end([*launcher_words(options.launcher, 1), options.dko, "--version"], min(60, options.patience))
    except OSError:
        said = ""
    return scaling_machine.version_in(said)


def environment():
    """What sbatch was told of tasks per node is not for steps of fewer."""
    return {key: value for key, value in os.environ.items() if not key.startswith("SLURM_NTASKS_PER_")}


def run_to_end(words, patience):
    """Exit code, None if it had to be killed, and what it said."""
    process = None
    try:
        with signals_held():  # a process that has started is one that can be ended
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, universal_newlines=True, errors="replace",
                                       start_new_session=True, env=environment())
        said, _ = process.communicate(timeout=patience)
        return process.returncode, said
    except subprocess.TimeoutExpired:
        end(process)
        return None, process.communicate()[0]
    except BaseException:
        if process:
            end(process)
        raise


def end(process):
    """With all of its session; first so that a launcher can end what it started on other nodes."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(30)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            pass


def last_words(said):
    """What dko says is wrong; or what Open MPI says first between its last two rules; or the last line."""
    lines = [line.strip() for line in said.splitlines()]
    errors = [line for line in lines if line.startswith("dko: error")]
    if errors:
        return errors[0]
    rules = [number for number, line in enumerate(lines) if len(line) > 40 and set(line) == {"-"}]
    for start in rules[-2:-1]:
        paragraph = itertools.takewhile(bool, itertools.dropwhile(lambda line: not line, lines[start + 1:rules[-1]]))
        words = " ".join(paragraph)
        if words:
            return words
    said_something = [line for line in lines if line and set(line) != {"-"}]
    return said_something[-1] if said_something else "it said nothing"
