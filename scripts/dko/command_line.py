"""What the commands share: the name by which the user called one, what it needs of Python, and how it ends."""
import importlib.util
import os
import sys

from dko.errors import DkoError


def called(name):
    """How the user calls the command: NAME.py of the source tree, or dko-NAME where it is installed."""
    script = name.replace("-", "_") + ".py"
    return script if os.path.basename(sys.argv[0]) == script else f"dko-{name}"


def require(name, modules):
    """Ends the command if this Python lacks one of the modules."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        debian = " ".join(f"python3-{module}" for module in missing)
        sys.exit(f"{called(name)}: error: {sys.executable} has no {', '.join(missing)}: install them (on Debian {debian}), "
                 "or start this script by a Python that has them")


def at_least_one(text):
    """A type for argparse."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


at_least_one.__name__ = "whole number above 0"


def exit_code_of(name, work, *arguments):
    """Does the work of a command and says in one line what stopped it, if that has words. Returns the exit code."""
    try:
        work(*arguments)
    except DkoError as error:
        if str(error):
            print(f"{called(name)}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_code
    return 0
