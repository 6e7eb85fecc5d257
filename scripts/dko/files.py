"""Opening the HDF5 files of dko: what all modules beside this one share."""
from __future__ import annotations

import os

import h5py
import numpy as np
import pandas as pd

from dko.errors import DkoError, InputError, NoFileError, ReadError, UsageError  # noqa: F401


# What h5py and numpy raise where a file's structure is not what it should be.
UNREADABLE = (KeyError, OSError, RuntimeError, ValueError, TypeError, AttributeError, IndexError)


def corrupt(path, error) -> InputError:
    words = " ".join(str(error.args[0] if error.args else error).split())
    return InputError(f"{path}: is corrupt: {words}; dko info --verify tells more")


def plain(value):
    """An HDF5 attribute as Python's own str, int or float."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.item() if isinstance(value, np.generic) else value


def attributes(location) -> dict:
    return {key: plain(value) for key, value in location.attrs.items() if not key.startswith("encoding-")}


class OpenFile:
    """What holds an HDF5 file open, in `_file`; use it in a `with` statement."""

    def close(self):
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def open_file(path, kind: str) -> h5py.File:
    """An HDF5 file of dko, open for reading; `kind` is "screen", "model", "prediction" or "effects"."""
    path = os.fspath(path)
    try:
        with open(path, "rb"):
            pass
    except FileNotFoundError:
        more = f"; {path}.partial is there: the job that writes it is not finished, or was stopped (dko info --progress " + \
            f"{path} tells)" if os.path.exists(f"{path}.partial") else ""
        raise NoFileError(f"{path}: there is no such file{more}") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path}: is no HDF5 file, or is corrupt: {error}") from None
    try:
        header = {key: plain(file.attrs[key]) for key in ("format", "version") if key in file.attrs}
        found = header.get("format")
        if found != f"dko {kind}":
            raise InputError(f"{path}: is not a dko {kind}" + (f", but a {found}" if found else ""))
        if header.get("version") != 1:
            raise InputError(f"{path}: is a dko {kind} of version {header.get('version')}; this module reads version 1: use "
                             "the Python side of the dko that wrote it, or a newer one")
    except InputError:
        file.close()
        raise
    except UNREADABLE as error:
        file.close()
        raise corrupt(path, error) from None
    return file


def read_names(dataset) -> list:
    return dataset.asstr("utf-8", "replace")[:].tolist()


def read_training(members) -> dict:
    """How mappings came to be, from one group of attributes and curves each: {"members": their attributes,
    "losses": columns member, step, training_loss, validation_loss, mean Bray-Curtis distances before each
    step's update, NaN where a step was not validated; empty of sparse mappings, which are not trained in
    steps}. Loads the curves."""
    curves = []
    for number, group in enumerate(members):
        training = group["training_losses"][:] if "training_losses" in group else np.empty(0, np.float32)
        validation = np.full_like(training, np.nan)
        if "validation_losses" in group and group["validation_losses"].size:
            validation[::group.attrs.get("validate_every", 1)] = group["validation_losses"][:]
        curves.append(
            pd.DataFrame({
                "member": number,
                "step": np.arange(len(training)),
                "training_loss": training,
                "validation_loss": validation
            }))
    columns = ["member", "step", "training_loss", "validation_loss"]
    return {
        "members": [attributes(group) for group in members],
        "losses": pd.concat(curves, ignore_index=True).reindex(columns=columns)
    }


def member_groups(parent) -> list:
    """The groups member0, member1, … of `parent`, as many as it says it has; none of a single mapping."""
    there = {int(name[6:]) for name in parent if name.startswith("member") and name[6:].isdigit()}
    count = int(parent.attrs.get("members", len(there)))
    missing = [f"member{number}" for number in range(count) if number not in there]
    if missing:
        raise InputError(f"{parent.file.filename}: is incomplete: it states {count} members, and lacks " +
                         ", ".join(missing))
    return [parent[f"member{number}"] for number in range(count)]


def read_metrics(parent) -> pd.DataFrame:
    """The figures of each mapping and baseline: a row each, named by its group; NaN where there is none."""
    names = [name for name in ("mapping", "mean_share", "scaled_share") if name in parent]
    return pd.DataFrame([attributes(parent[name]) for name in names], index=names)
