"""Reads from the h5ad that was screened what a screen does not hold: the expression of some of its cells, and where a UMAP has
placed them. Needs h5py alone of what reads h5ad."""
from __future__ import annotations

import os

import h5py
import numpy as np
import pandas as pd

from dko.errors import InputError, NoFileError, ReadError
from dko.files import UNREADABLE, OpenFile, plain, read_names

BLOCK = 1 << 24  # stored values that are read at once
UMAP = "obsm/X_umap"


class InputCells(OpenFile):
    """An h5ad, open for reading; use it in a `with` statement.
    @raises NoFileError, ReadError; InputError if it is none, or not of the screen's cells"""

    def __init__(self, path):
        self.path = os.fspath(path)
        if not os.path.exists(self.path):
            raise NoFileError(f"{self.path}: there is no such file")
        try:
            self._file = h5py.File(self.path, "r")
        except PermissionError as error:
            raise ReadError(f"{self.path}: cannot be read: {error.strerror or error}") from None
        except OSError:
            raise InputError(f"{self.path}: is no h5ad: maps of cells are made of the h5ad that was screened") from None

    def rows_of(self, cells) -> np.ndarray:
        """In which rows the cells of a screen are."""
        return self._places(self._names("obs"), cells, None, "cells")

    def umap(self, rows):
        """Where the UMAP of the file has these rows, rows × 2; None where it has none."""
        try:
            if UMAP not in self._file or not isinstance(self._file[UMAP], h5py.Dataset):
                return None
            places = self._file[UMAP][:].astype(float)
        except UNREADABLE as error:
            raise self._damaged(error) from None
        return places[rows, :2] if places.ndim == 2 and places.shape[1] > 1 else None

    def counts(self, rows, genes, accessions, layer=None, raw: bool = False):
        """The values of rows × genes of X, a layer or raw, a CSR matrix. Reads the file in blocks, holds what was asked for."""
        place = "raw/X" if raw else f"layers/{layer}" if layer else "X"
        try:
            if place not in self._file:
                raise InputError(f"{self.path}: has no {place}, which was screened")
            columns = self._places(self._names("raw/var" if raw else "var"), genes, accessions, "genes")
            return self._read(self._file[place], rows, columns)
        except UNREADABLE as error:
            raise self._damaged(error) from None

    def _damaged(self, error) -> InputError:
        return InputError(f"{self.path}: cannot be read as AnnData: {' '.join(str(error).split())}")

    def _names(self, frame: str) -> list:
        try:
            group = self._file[frame]
            return read_names(group[plain(group.attrs.get("_index", "_index"))])
        except UNREADABLE as error:
            raise self._damaged(error) from None

    def _places(self, names, wanted, others, what: str) -> np.ndarray:
        """Of names that are unique, or of all names in their order."""
        if list(names) == list(wanted):
            return np.arange(len(names))
        index = pd.Index(names, dtype=object)
        if not index.is_unique:
            raise InputError(f"{self.path}: its names of {what} are not unique, and not those of the screen in their order")
        places = index.get_indexer(pd.Index(wanted, dtype=object))
        if others is not None and (places < 0).any():
            places = np.where(places < 0, index.get_indexer(pd.Index(others, dtype=object)), places)
        missing = [wanted[at] for at in np.flatnonzero(places < 0)[:3]]
        if missing:
            raise InputError(f"{self.path}: does not have {what} of the screen ({', '.join(missing)}): it is not what was "
                             "screened")
        return places

    @staticmethod
    def _read(stored, rows, columns):
        order = np.argsort(rows, kind="stable")
        back = np.argsort(order)
        if isinstance(stored, h5py.Dataset):
            return stacked(dense_blocks(stored, rows[order], columns), len(columns))[back]
        kind = plain(stored.attrs.get("encoding-type", stored.attrs.get("h5sparse_format", "")))
        if kind in ("csr_matrix", "csr"):
            return stacked(vector_blocks(stored, rows[order], columns), len(columns))[back]
        order = np.argsort(columns, kind="stable")
        return stacked(vector_blocks(stored, columns[order], rows), len(rows))[np.argsort(order)].T.tocsr()


def stacked(blocks, width: int):
    import scipy.sparse
    blocks = list(blocks)
    return scipy.sparse.vstack(blocks, format="csr") if blocks else scipy.sparse.csr_matrix((0, width))


def dense_blocks(stored, rows, columns):
    """The `rows`, ascending, of a dense array as sparse matrices. Reads slices, for HDF5 takes long to choose single rows."""
    import scipy.sparse
    step = max(1, BLOCK // max(1, stored.shape[1]))
    for first in range(0, stored.shape[0], step):
        here = rows[(rows >= first) & (rows < first + step)]
        if len(here):
            block = stored[here[0]:here[-1] + 1]
            yield scipy.sparse.csr_matrix(block[here - here[0]][:, columns].astype(float))


def vector_blocks(stored, wanted, within):
    """Of a compressed matrix the vectors `wanted`, ascending, and of them the entries `within`."""
    import scipy.sparse
    starts = stored["indptr"][:].astype(np.int64)
    width = max(int(side) for side in stored.attrs["shape" if "shape" in stored.attrs else "h5sparse_shape"])
    first = 0
    while first < len(starts) - 1:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + BLOCK, "right")) - 1)
        here = wanted[(wanted >= first) & (wanted < last)]
        if len(here):
            lo, hi = starts[first], starts[last]
            parts = stored["data"][lo:hi].astype(float), stored["indices"][lo:hi], starts[first:last + 1] - lo
            yield scipy.sparse.csr_matrix(parts, shape=(last - first, width))[here - first][:, within]
        first = last
