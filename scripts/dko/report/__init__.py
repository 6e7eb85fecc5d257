"""One page that shows a screen: the command dko-report."""
from dko.command_line import require


def main(arguments=None):
    """As on the command line, whose arguments are the default. Returns the exit code."""
    require("report", ["h5py", "pandas", "matplotlib", "scipy"])
    from dko.report.command import main as command
    return command(arguments)
