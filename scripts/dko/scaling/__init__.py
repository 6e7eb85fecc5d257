"""How dko scales on a machine: the commands dko-scaling, here, and dko-plot-scaling, in dko.scaling.plot."""


def main(arguments=None):
    """As dko-scaling on the command line, whose arguments are the default. Returns the exit code."""
    from dko.scaling.command import main as command
    return command(arguments)
