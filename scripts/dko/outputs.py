"""Files that the commands write: what a target may be, and how it gets its name only when it is complete."""
import os
import stat

from dko.errors import UsageError, WriteError


def check_output(path, force):
    """Refuses, before anything is computed, what cannot or must not be written.
    @raises UsageError, WriteError"""
    if os.path.isdir(path):
        raise UsageError(f"{path} is a directory: name a file in it")
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror}") from None
    if mode is not None and not stat.S_ISREG(mode):
        raise UsageError(f"{path} is no regular file (a device, FIFO or socket): name another")
    if mode is not None and not force:
        raise UsageError(f"{path} exists: give another name, or --force to replace it")
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        shown = os.path.dirname(path) if not os.path.islink(path) else folder
        raise WriteError(f"{path}: there is no directory {shown}: make it, or name another")
    if not os.access(folder, os.W_OK):
        raise WriteError(f"{path}: cannot be written: no permission to write into {folder}")


def remove_older(paths, written):
    """Removes those of `paths`, which check_output() has seen, that this run did not write: what an older one left would
    pass for a part of the new.
    @raises WriteError"""
    for path in set(paths) - set(written):
        try:
            os.remove(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise WriteError(f"{path}: cannot be removed: {error.strerror or error}") from None


def write_complete(path, write):
    """Calls write(file) with a binary file beside the target (that of a link), which then gets the target's name, when it is
    on the disk.
    @raises WriteError, and leaves nothing behind"""
    target = os.path.realpath(path)
    partial = f"{target}.partial"
    try:
        with open(partial, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
        folder = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException as error:
        if os.path.lexists(partial):
            os.remove(partial)
        if isinstance(error, OSError):
            raise WriteError(f"{path}: cannot be written: {error.strerror or error}") from None
        raise
