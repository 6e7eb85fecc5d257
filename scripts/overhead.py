#!/usr/bin/env python3
"""What saving costs: runs two commands in turn, and compares the time of their processors and of the clock.

    overhead.py --pairs 15 --with 'dko train d.csv -o a.h5 -f --checkpoint-every 10' \\
                           --without 'dko train d.csv -o b.h5 -f --checkpoint none'

Each pair of runs is one after the other, the order changing from pair to pair, so that a machine that is slow for
a while is slow for both. Prints the medians, and of the ratios of the pairs the median and the quartiles. On a
machine that others use trust the processor's time, not the clock's.
"""
import argparse
import resource
import shlex
import statistics
import subprocess
import sys
import time

from dko.command_line import at_least_one
from dko.scaling.figures import quantile


def seconds_of(command):
    """(processor, clock) of a command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    ended = subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    clock = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        sys.exit(f"exit code {ended.returncode}: {command}\n{ended.stdout}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--with", dest="more", required=True, metavar="COMMAND", help="that saves")
    parser.add_argument("--without", dest="less", required=True, metavar="COMMAND", help="that does not")
    parser.add_argument("--pairs", type=at_least_one, default=15, help="of runs; default: 15")
    options = parser.parse_args()
    runs = {"more": [], "less": []}
    for command in (options.less, options.more):
        seconds_of(command)  # the first run finds nothing in the caches
    for pair in range(options.pairs):
        for which in ("more", "less") if pair % 2 else ("less", "more"):
            runs[which].append(seconds_of(getattr(options, which)))
    for what, name in enumerate(("processor", "clock")):
        more, less = ([run[what] for run in runs[which]] for which in ("more", "less"))
        ratios = [a / b - 1 for a, b in zip(more, less)]
        low, middle, high = (quantile(ratios, part) for part in (0.25, 0.5, 0.75))
        print(f"{name:<10}{statistics.median(less):>9.3f} s without,{statistics.median(more):>9.3f} s with: "
              f"{100 * middle:+.2f} % (quartiles {100 * low:+.2f} to {100 * high:+.2f} %), {options.pairs} pairs")


if __name__ == "__main__":
    main()
