"""AnnData for the program and back: writes the h5ad that a command reads, and puts summaries of a screen where scanpy's users
look."""
from __future__ import annotations

import os
import warnings

import h5py
import numpy as np
import pandas as pd

from dko.errors import UsageError
from dko.events import is_summable
from dko.files import plain

# Columns of adata.var and adata.obs that annotate() writes, after what they begin with, and the key of adata.uns.
GENE_COLUMNS = ("impact", "network", "share", "cells", "q_value", "information", "not_visible")
CELL_COLUMNS = ("impact", "network", "top_gene", "top_score")
OF_LOSSES, OF_ACTIVATIONS = "dko_", "dko_activation_"
KEY = "dko"
PAIRS = 100  # the strongest, in adata.uns
MOST_PAIRS = 100_000_000  # of more their summary is left to the user: it takes minutes
NOT_SCREENED = "not in the screen"  # of genes that were not chosen


def require_names(adata):
    """@raises UsageError for names of genes or cells that are not unique"""
    for axis in ("var", "obs"):
        names = getattr(adata, f"{axis}_names")
        if not names.is_unique:
            twice = list(dict.fromkeys(names[names.duplicated()]))
            shown = ", ".join(map(str, twice[:5])) + (", …" if len(twice) > 5 else "")
            raise UsageError(f"{axis}_names are not unique: {shown}; call adata.{axis}_names_make_unique() first")


def write_input(adata, path: str, layer=None, raw: bool = False):
    """An h5ad of the values that are to be read (X, a layer, or raw), the columns of obs, and the texts of var."""
    import anndata
    require_names(adata)
    if layer is not None and raw:
        raise UsageError("layer and raw are two sources of the values: give one of them")
    if layer is not None and layer not in adata.layers:
        raise UsageError(f"there is no layer {layer!r}, only {', '.join(map(repr, adata.layers.keys())) or 'X'}")
    if raw and adata.raw is None:
        raise UsageError("there is no raw in this AnnData")
    place = "raw/X" if raw else f"layers/{layer}" if layer is not None else "X"
    found = [prefix + name for prefix in (OF_LOSSES, OF_ACTIVATIONS) for name in CELL_COLUMNS]
    obs = written_columns(adata.obs.drop(columns=found, errors="ignore"))  # what earlier screens found is no input
    var = written_columns(adata.var, texts_only=True)
    anndata.AnnData(obs=obs, var=var).write_h5ad(path)
    with h5py.File(path, "r+") as file:
        if raw:
            write_elem(file, "raw/var", written_columns(adata.raw.var, texts_only=True))
        stored = stored_values(adata, place)
        if place in file:
            del file[place]
        if stored is not None:
            file.copy(stored, file.require_group(os.path.dirname(place) or "/"), os.path.basename(place))
        else:
            write_elem(file, place, values_of(adata, layer, raw))


def write_elem(file, place: str, value):
    try:
        from anndata.io import write_elem as write
    except ImportError:
        from anndata.experimental import write_elem as write
    write(file, place, value)


def stored_values(adata, place: str):
    """The array of a backed AnnData, to be copied without holding it; None where the values are in memory, or are a part."""
    if not adata.isbacked or adata.is_view or place.startswith("layers/"):
        return None
    return adata.file[place] if place in adata.file else None


def values_of(adata, layer, raw: bool):
    """A numpy array, or a matrix of scipy by rows or columns."""
    import scipy.sparse
    values = adata.raw.X if raw else adata.X if layer is None else adata.layers[layer]
    if values is None:
        raise UsageError("there is no X in this AnnData: name a layer")
    if hasattr(values, "to_memory"):
        values = values.to_memory()
    if scipy.sparse.issparse(values):
        return scipy.sparse.csc_matrix(values) if values.format == "csc" else scipy.sparse.csr_matrix(values)
    return np.asarray(values)


def written_columns(table, texts_only: bool = False) -> pd.DataFrame:
    """The columns that an h5ad can hold and the program can read: numbers, truth values, categories and texts."""
    kept = {}
    for name in table.columns:
        if isinstance(name, str) and "/" not in name and name != "_index":
            column = written_column(table[name])
            if column is not None and not (texts_only and column.dtype.kind != "O"):
                kept[name] = column
    return pd.DataFrame(kept, index=pd.Index(table.index.astype(str), name=None))


def written_column(column):
    if isinstance(column.dtype, pd.CategoricalDtype):
        kind = column.dtype.categories.dtype
        if all(isinstance(category, str) for category in column.cat.categories):
            return column
        if column.isna().any() and getattr(kind, "kind", "O") in "iub":  # such numbers cannot be missing
            if kind.kind == "b":
                return column.cat.rename_categories([str(category) for category in column.cat.categories])
            kind = float
        return written_column(column.astype(kind))
    if pd.api.types.is_bool_dtype(column.dtype) and not column.isna().any():
        return column.astype(bool)
    if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind in "iufb":
        return column.astype(float) if pd.api.types.is_extension_array_dtype(column.dtype) else column
    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        missing = column.isna()
        if all(isinstance(value, str) for value in column[~missing]):
            return column.astype(object) if not missing.any() else column.astype(object).astype("category")
    return None


def annotate(adata, screen, options: dict, command):
    """Columns GENE_COLUMNS and CELL_COLUMNS of what the screen has, and uns[KEY]; earlier ones are replaced: losses and
    activations have columns of their own. Warns of a list that is left out since its events are of both."""
    pairs = strongest_pairs(screen)  # before anything is changed
    prefix = OF_ACTIVATIONS if screen.activates else OF_LOSSES
    for table, names in ((adata.var, GENE_COLUMNS), (adata.obs, CELL_COLUMNS)):
        for name in names:
            if prefix + name in table:
                del table[prefix + name]
    uns = {
        "screen": os.path.abspath(screen.path),
        "command": " ".join(map(str, command)),
        "options": {name: text_of(value) for name, value in options.items()},
        "provenance": {name: plain(value) for name, value in screen.provenance.items()
                       if isinstance(plain(value), (str, int, float))}
    }
    if screen.has_singles:
        genes = screen.gene_summary()
        score = ranked_by(genes)
        add_genes(adata, screen, genes, prefix)
        add_cells(adata, screen, score, prefix)
        uns["ranked_by"] = score
    if pairs is not None:
        uns["pairs"] = pairs
    adata.uns[KEY] = uns
    if screen.list_adds_genes:
        warnings.warn(f"{screen.path}: its list switches genes on, and adata does not tell of it: listed() has its events",
                      UserWarning, stacklevel=3)


def strongest_pairs(screen):
    """None where there are no pairs, too many, or such as have no sums over cells."""
    if not screen.pair_measures or screen.n_pairs > MOST_PAIRS or not is_summable(screen):
        return None
    pairs = screen.pair_summary(top=PAIRS)
    pairs.index = pairs.index.astype(str)
    return pairs


def text_of(value) -> str:
    if isinstance(value, (str, os.PathLike)) or not hasattr(value, "__iter__"):
        return str(value)
    return ",".join(map(str, value))


def ranked_by(genes) -> str:
    """Network where any event changes other genes, else impact, as the report ranks; else what there is."""
    if "network_mean" in genes and (genes["network_mean"].max() > 0 or "impact_mean" not in genes):
        return "network"
    return next((score for score in ("impact", "shift", "approach") if f"{score}_mean" in genes), "impact")


def places_of(wanted, names, accessions=None) -> np.ndarray:
    """Where the genes or cells of a screen are among names; by their accessions where those are the names. -1: not there."""
    places = pd.Index(names.astype(str)).get_indexer(wanted)
    if accessions is not None and (places < 0).any():
        others = pd.Index(names.astype(str)).get_indexer(accessions)
        places = np.where(places < 0, others, places)
    return places


def add_genes(adata, screen, genes, prefix: str):
    """By the names; genes of raw that are not in var are left out."""
    names = genes["gene"].str[1:] if screen.activates else genes["gene"]
    places = places_of(names, adata.var_names, genes["id"])
    known = places >= 0
    columns = {"impact_mean": "impact", "network_mean": "network", "share_mean": "share", "cells": "cells",
               "q_value": "q_value", "information": "information"}
    for of, name in columns.items():
        if of in genes:
            values = np.full(adata.n_vars, 0 if of == "cells" else np.nan, dtype=np.int64 if of == "cells" else float)
            values[places[known]] = genes[of].to_numpy()[known]
            adata.var[prefix + name] = values
    if "not_visible" in genes:
        everywhere = places_of(screen.genes, adata.var_names, screen.gene_ids)
        words = np.full(adata.n_vars, NOT_SCREENED, dtype=object)
        words[everywhere[everywhere >= 0]] = screen.visibility["why"].to_numpy()[everywhere >= 0]
        adata.var[f"{prefix}not_visible"] = words


def add_cells(adata, screen, score: str, prefix: str):
    """Means over the visible genes of each cell, of those that it lacks where genes are switched on, and the visible gene
    whose loss or activation hits the cell hardest."""
    cells = screen.cell_summary(visible_only=True)
    places = places_of(cells["cell"], adata.obs_names)
    for of in ("impact", "network"):
        if f"{of}_mean" in cells:
            values = np.full(adata.n_obs, np.nan)
            values[places] = cells[f"{of}_mean"].to_numpy()
            adata.obs[prefix + of] = values
    genes, highest = strongest(screen, score)
    names, values = np.full(adata.n_obs, None, dtype=object), np.full(adata.n_obs, np.nan)
    known = genes >= 0
    places = places_of(screen.cells, adata.obs_names)[known]
    names[places], values[places] = np.array(screen.genes, dtype=object)[genes[known]], highest[known]
    adata.obs[f"{prefix}top_gene"], adata.obs[f"{prefix}top_score"] = pd.Categorical(names), values


def strongest(screen, score: str):
    """Of each cell of the screen the number of the visible gene with the highest score above 0, -1 where there is none, and
    its score. Reads the singles once, in blocks."""
    seen = np.full(len(screen.genes), True)
    if screen.visibility is not None:
        seen = screen.visibility["visible"].to_numpy()
    numbers, highest = np.full(len(screen.cells), -1), np.full(len(screen.cells), np.nan)
    for cells, genes, values in screen._single_blocks([score]):
        kept = seen[genes] & (values[score] > 0)
        cells, genes, scores = cells[kept], genes[kept], values[score][kept]
        order = np.lexsort((-scores, cells))
        first = order[np.unique(cells[order], return_index=True)[1]]
        numbers[cells[first]], highest[cells[first]] = genes[first], scores[first]
    return numbers, highest
