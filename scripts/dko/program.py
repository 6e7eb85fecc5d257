"""Starts the program dko, shows what it says while it works, and says what stopped it."""
from __future__ import annotations

import numbers
import os
import shlex
import signal
import subprocess
import sys

from dko.errors import ProgramError, ReadError, UsageError
from dko.places import program

# By these the program takes itself for one rank of a job: one that is started alone, from a Python that is a rank, is none.
RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", "PMI_RANK",
                  "PMI_SIZE", "PALS_RANKID", "PALS_SIZE", "PMIX_RANK", "PMIX_NAMESPACE", "SLURM_PROCID")
LAST_WORDS = 5  # lines of a program that died without an error of its own


def ranks_here(ranks) -> int:
    """As many as were asked for, else the tasks of the SLURM job that this Python is in, else 1."""
    if ranks is None:
        tasks = os.environ.get("SLURM_NTASKS", "") if "SLURM_JOB_ID" in os.environ else ""
        return int(tasks) if tasks.isdigit() and int(tasks) > 0 else 1
    if isinstance(ranks, bool) or not isinstance(ranks, numbers.Real) or not (ranks >= 1 and ranks % 1 == 0):
        raise UsageError(f"ranks is a whole number above 0, not {ranks!r}")
    return int(ranks)


def command_line(words, ranks=None, launcher=None) -> list:
    """What is started for `dko WORDS`: the program alone on one rank, else by `launcher` (a command, before -n RANKS):
    srun within a SLURM job, mpirun elsewhere."""
    ranks = ranks_here(ranks)
    if launcher is None:
        start = [] if ranks == 1 else ["srun" if "SLURM_JOB_ID" in os.environ else "mpirun"]
    else:
        start = shlex.split(launcher) if isinstance(launcher, str) else list(launcher)
    if start:
        start += ["-n", str(ranks)]
    return [*start, program(), *words]


def environment_of(command) -> dict:
    environment = dict(os.environ)
    if command[0] == program():
        for variable in RANK_VARIABLES:
            environment.pop(variable, None)
    return environment


def run(command, show: bool = True) -> str:
    """Starts the command, passes every line that it says to sys.stderr at once, and waits. Returns what it said. Stopped
    from the keyboard it lets the program save what can be resumed.
    @raises ProgramError with the program's own error and exit code"""
    said = []
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env=environment_of(command), start_new_session=True)
    except OSError as error:
        raise ReadError(f"{command[0]}: cannot be started: {error.strerror}") from None
    with process:
        try:
            for line in process.stdout:
                said.append(line.decode("utf-8", "replace").rstrip("\n"))
                if show:
                    print(said[-1], file=sys.stderr, flush=True)
        except BaseException:
            stop(process)
            raise
    if process.returncode:
        raise ProgramError(what_stopped(said, process.returncode), process.returncode, command)
    return "\n".join(said)


def stop(process):
    """Asks for an end with everything saved; a second interrupt ends it at once."""
    try:
        process.send_signal(signal.SIGUSR1)  # mpirun and srun pass it on, and wait
        process.communicate()
    except BaseException:
        process.kill()
        raise


def what_stopped(said, code: int) -> str:
    for line in said:
        if line.startswith("dko: error: "):
            return line[len("dko: error: "):]
    how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"dko {how}: " + ("; ".join(line for line in said[-LAST_WORDS:] if line.strip()) or "it said nothing")
