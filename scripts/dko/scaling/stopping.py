"""Ending a measurement by a signal: with what was measured, and without files or processes left behind."""
import contextlib
import os
import signal

from dko.errors import DkoError

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Stopped(DkoError):
    """By a signal."""

    exit_code = 5


def stop(number, _):
    """Slurm sends SIGUSR1 as early as SBATCH_SIGNAL says, and SIGTERM at the time limit: one is enough."""
    for other in SIGNALS:
        signal.signal(other, lambda *_: None)
    raise Stopped(f"stopped by {signal.Signals(number).name}; what was measured before is kept")


def stop_by_signals():
    for number in SIGNALS:
        signal.signal(number, stop)


@contextlib.contextmanager
def signals_held():
    """Within it a signal is noted; it comes at the end."""
    noted = []
    before = {number: signal.signal(number, lambda number, _: noted.append(number)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in noted:
            os.kill(os.getpid(), number)
