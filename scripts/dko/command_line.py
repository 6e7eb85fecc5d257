"""What the commands share: the name by which the user called one, and what it needs of Python."""
import importlib.util
import os
import sys


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
