"""What the commands share: the name by which the user called one, what it needs of Python, and how it ends."""
import argparse
import importlib.util
import os
import sys
import traceback

from dko.errors import DkoError


def called(name):
    """How the user calls the command: NAME.py of the source tree, or dko-NAME where it is installed."""
    script = os.path.basename(sys.argv[0])
    return script if script in (f"{name}.py", name.replace("-", "_") + ".py") else f"dko-{name}"


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line in one line, and ends with exit code 2."""

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {' '.join(message.split())}; --help lists the options\n")


def require(name, modules):
    """Ends the command if this Python lacks one of the modules, or cannot load it."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        debian = " ".join(f"python3-{module}" for module in missing)
        sys.exit(f"{called(name)}: error: {sys.executable} has no {', '.join(missing)}: install them (on Debian {debian}), "
                 "or start this script by a Python that has them")
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # of any kind: they are others' code
            sys.exit(f"{called(name)}: error: {sys.executable} cannot load {module}: {one_line(error)}; install it anew, or "
                     "start this script by another Python")


def at_least_one(text):
    """A type for argparse."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


at_least_one.__name__ = "whole number above 0"


def one_line(error):
    return " ".join(str(error).split())


def exit_code_of(name, work, *arguments):
    """Does the work of a command and says in one line what stopped it. Returns the exit code."""
    try:
        work(*arguments)
        return 0
    except DkoError as error:
        words, code = one_line(error), error.exit_code
    except KeyboardInterrupt:
        words, code = "stopped from the keyboard; nothing half-written is left", 1
    except MemoryError:
        words, code = "there is not enough memory here: start it on a node with more, or ask for less", 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        words, code = f"{place}{error.strerror or one_line(error)}", 4
    except Exception as error:  # a mistake of ours: no trace for users, but one for whoever mends it
        if os.environ.get("DKO_TRACEBACK"):
            traceback.print_exc()
        words = f"unforeseen {type(error).__name__}: {one_line(error)}; please report it, with what DKO_TRACEBACK=1 shows"
        code = 1
    if words:
        print(f"{called(name)}: error: {words}", file=sys.stderr)
    return code
