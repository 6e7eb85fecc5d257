"""What can go wrong in the scripts, with the exit codes of dko's commands."""


class DkoError(Exception):
    """Something went wrong; the message says what and where."""

    exit_code = 1


class UsageError(DkoError):
    """Asked for something that is not there: a gene, a cell, a score."""

    exit_code = 2


class InputError(DkoError):
    """A file that cannot be used: of another kind, unfinished, corrupt."""

    exit_code = 3


class ReadError(DkoError):
    """A file that cannot be opened."""

    exit_code = 4


class NoFileError(ReadError):
    """A file that is not there."""

    exit_code = 3


class WriteError(DkoError):
    """A file that cannot be written."""

    exit_code = 4


Error = DkoError  # short, for `except dko.Error`


class ProgramError(DkoError):
    """The program dko ended with an error: its own words, its exit code, and the command that was started."""

    def __init__(self, words: str, exit_code: int, command=()):
        super().__init__(words)
        self.exit_code, self.command = exit_code, list(command)
