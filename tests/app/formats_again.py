"""Writes one matrix in every way that users' programs do, and in many wrong ways, and asks dko_read_tool for each.

Usage: formats_again.py READ_TOOL. Works in the current directory. What holds the same data must have the same
checksum as the CSV, which is written with plain Python; what is wrong must be refused with words that name the place.
"""
import gzip
import os
import re
import shutil
import subprocess
import sys

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse as sp

rng = np.random.default_rng(7)
CELLS, GENES = 23, 17
X = rng.poisson(0.8, (CELLS, GENES)).astype(np.float32)
X[:, 3] += 1
X[2, 1] = 2 ** 20 + 0.5  # a value that needs single precision, and no less
cells = [f"AAACGGTTAACC{at:03d}-1" for at in range(CELLS)]
genes = [f"Gene{at}" for at in range(GENES)]
ids = [f"ENSMUSG000000{at:05d}" for at in range(GENES)]
csr = sp.csr_matrix(X)
whole = np.floor(X)  # for files of whole numbers

same, same_whole, refused = [], [], []


def equal(path, layer="", raw="0", genome="", orientation="", of=None, ids=None):
    (same if of is None else of).append(((path, layer, raw, genome, orientation), ids))


def wrong(words, path, layer="", raw="0", genome="", orientation="", code="3"):
    refused.append(((path, layer, raw, genome, orientation), words, code))


def csv(path, values, sep=",", corner="gene", rows=None, columns=None, end="\n", quote="", bom=False, one_short=False):
    rows, columns = rows or genes, columns or cells

    def q(text):
        return f"{quote}{text}{quote}"

    lines = [sep.join(([] if one_short else [q(corner)]) + [q(c) for c in columns])]
    lines += [sep.join([q(name)] + [repr(float(v)) if v != int(v) else str(int(v)) for v in row])
              for name, row in zip(rows, values)]
    data = end.join(lines) + end
    with open(path, "wb") as file:
        file.write((b"\xef\xbb\xbf" if bom else b"") + data.encode())


def adata(matrix=None, var=None):
    obs = pd.DataFrame({"kind": pd.Categorical(["a", "b"] * 11 + ["a"]), "depth": X.sum(1)}, index=cells)
    return anndata.AnnData(csr if matrix is None else matrix, obs=obs,
                           var=pd.DataFrame(index=genes) if var is None else var)


def h5ad(name, matrix=None, var=None, edit=None, **options):
    adata(matrix, var).write_h5ad(name, **options)
    if edit:
        with h5py.File(name, "r+") as file:
            edit(file)
    return name


def replace(file, name, data, **options):
    attributes = dict(file[name].attrs)
    del file[name]
    made = file.create_dataset(name, data=data, **options)
    for key, value in attributes.items():
        made.attrs[key] = value


# ---- text
csv("x.csv", X.T)
equal("x.csv")
csv("whole.csv", whole.T)
equal("whole.csv", of=same_whole)
csv("tabs.txt", X.T, sep="\t", quote='"', end="\r\n", bom=True)
equal("tabs.txt")
csv("r.txt", X.T, sep=" ", quote='"', one_short=True)  # R's write.table
equal("r.txt")
csv("semicolon.csv", X.T, sep=";", corner="")
equal("semicolon.csv")
open("trailing.csv", "w").write(open("x.csv").read().replace("\n", ",\n"))
equal("trailing.csv")
csv("cells.csv", X, rows=cells, columns=genes, corner="cell")
equal("cells.csv", orientation="cells")
wrong("named like cells", "cells.csv")
with gzip.open("x.tsv.gz", "wb") as file:
    file.write(open("tabs.txt", "rb").read())
equal("x.tsv.gz")
open("utf16.csv", "wb").write(open("x.csv").read().encode("utf-16"))
wrong("UTF-16", "utf16.csv")
open("book.xlsx", "wb").write(b"PK\x03\x04\x00\x00\x00\x00")
wrong("zip or Excel", "book.xlsx")
with gzip.open("x.rds", "wb") as file:
    file.write(b"X\n\x00\x00\x00\x03\x00\x04")
wrong("R objects", "x.rds")
wrong("no such file", "absent.csv")
wrong("layer is for AnnData", "x.csv", layer="counts", code="2")
wrong("genome is for 10x", "x.csv", genome="mm10", code="2")

# ---- AnnData: the matrix
equal(h5ad("csr.h5ad"))
equal(h5ad("csr_gzip.h5ad", compression="gzip"))
equal(h5ad("csr_lzf.h5ad", compression="lzf"))
equal(h5ad("csc.h5ad", sp.csc_matrix(X)))
equal(h5ad("dense.h5ad", X))
equal(h5ad("dense64.h5ad", X.astype(np.float64), compression="gzip"))
equal(h5ad("dense_lzf.h5ad", X, compression="lzf"))
small_kinds = []
for kind in ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16"]:
    small = np.minimum(whole, 100).astype(kind)
    name = f"dense_{kind}.h5ad"
    h5ad(name, X)
    with h5py.File(name, "r+") as file:
        replace(file, "X", small)
    equal(name, of=small_kinds)
    name = f"csr_{kind}.h5ad"
    h5ad(name, sp.csr_matrix(np.minimum(whole, 100)))
    with h5py.File(name, "r+") as file:
        replace(file, "X/data", file["X/data"][:].astype(kind))
    equal(name, of=small_kinds)
csv("small.csv", np.minimum(whole, 100).T)
equal("small.csv", of=small_kinds)

# More entries than one block of reading, whose borders are within cells; most cells are plain, some are not.
large = []
big = rng.poisson(0.9, (400, 1500)).astype(np.float32)
big_cells, big_genes = [f"c{at}" for at in range(400)], [f"g{at}" for at in range(1500)]
csv("large.csv", big.T, rows=big_genes, columns=big_cells)
equal("large.csv", of=large)


def h5ad_large(name, matrix, edit=None, **options):
    anndata.AnnData(matrix, obs=pd.DataFrame(index=big_cells), var=pd.DataFrame(index=big_genes)).write_h5ad(name, **options)
    if edit:
        with h5py.File(name, "r+") as file:
            edit(file["X/indptr"][:], file)
    equal(name, of=large)


def disorder(starts, file):
    indices, data = file["X/indices"][:], file["X/data"][:]
    for cell in [0, 170, 171, 399]:
        part = slice(starts[cell], starts[cell + 1])
        indices[part], data[part] = indices[part][::-1].copy(), data[part][::-1].copy()
    replace(file, "X/indices", indices)
    replace(file, "X/data", data)


def split_values(starts, file):  # a value as the sum of two entries, and zeros
    cell, end = 250, int(starts[251])
    indices, data = file["X/indices"][:], file["X/data"][:]
    data[end - 1] -= 0.5
    replace(file, "X/indices", np.insert(indices, end, [indices[end - 1], 3]))
    replace(file, "X/data", np.insert(data, end, [0.5, 0]))
    starts[cell + 1:] += 2
    replace(file, "X/indptr", starts)


h5ad_large("large_csr.h5ad", sp.csr_matrix(big))
h5ad_large("large_gzip.h5ad", sp.csr_matrix(big), compression="gzip")
h5ad_large("large_csc.h5ad", sp.csc_matrix(big))
h5ad_large("large_disorder.h5ad", sp.csr_matrix(big), disorder)
h5ad_large("large_split.h5ad", sp.csr_matrix(big), split_values)
h5ad_large("large_one_chunk.h5ad", sp.csr_matrix(big), lambda starts, file: [
    replace(file, f"X/{name}", file[f"X/{name}"][:], chunks=file[f"X/{name}"].shape) for name in ("data", "indices")])

presence = []
csv("presence.csv", (X > 0).T)
equal("presence.csv", of=presence)
h5ad("bool.h5ad", X)
with h5py.File("bool.h5ad", "r+") as file:
    replace(file, "X", X > 0)
equal("bool.h5ad", of=presence)

h5ad("big_endian.h5ad", X)
with h5py.File("big_endian.h5ad", "r+") as file:
    replace(file, "X", X.astype(">f8"))
equal("big_endian.h5ad")
h5ad("index64.h5ad")
with h5py.File("index64.h5ad", "r+") as file:
    replace(file, "X/indices", file["X/indices"][:].astype(np.int64))
    replace(file, "X/indptr", file["X/indptr"][:].astype(np.uint64))
equal("index64.h5ad")


def scramble(file, by_cell=True):
    """Unsorted indices, entries in two halves, zeros where nothing is."""
    matrix = csr if by_cell else sp.csc_matrix(X)
    data, indices, indptr = [], [], [0]
    for run in range(matrix.shape[0] if by_cell else matrix.shape[1]):
        part = slice(matrix.indptr[run], matrix.indptr[run + 1])
        entries = list(zip(matrix.indices[part], matrix.data[part]))
        first = [(i, v - 1) for i, v in entries if 1 < v < 1000]
        second = [(i, 1 if 1 < v < 1000 else v) for i, v in entries]
        zeros = [(i, 0) for i in range(matrix.shape[1] if by_cell else matrix.shape[0])]
        mixed = first + second + zeros
        rng.shuffle(mixed)
        indices += [i for i, _ in mixed]
        data += [v for _, v in mixed]
        indptr.append(len(data))
    for name, values, kind in [("data", data, "f4"), ("indices", indices, "i4"), ("indptr", indptr, "i4")]:
        replace(file, f"X/{name}", np.array(values, dtype=kind))


equal(h5ad("unsorted.h5ad", edit=scramble))
equal(h5ad("unsorted_csc.h5ad", sp.csc_matrix(X), edit=lambda file: scramble(file, False)))

made = adata(np.log1p(X))
made.layers["counts"] = csr
made.layers["dense counts"] = X
made.uns["log1p"] = {"base": None}
made.raw = adata()
made.write_h5ad("layers.h5ad")
equal("layers.h5ad", layer="counts")
equal("layers.h5ad", layer="dense counts")
equal("layers.h5ad", raw="1")
wrong("has no layer Counts; its layers: counts, dense counts", "layers.h5ad", layer="Counts")
wrong("mutually exclusive", "layers.h5ad", layer="counts", raw="1", code="2")
wrong("has no raw", "csr.h5ad", raw="1")

more = adata(np.hstack([X, X]), pd.DataFrame(index=genes + [f"other{at}" for at in range(GENES)]))
subset = adata(np.log1p(X))
subset.raw = more
subset.write_h5ad("raw_wider.h5ad")
csv("wider.csv", np.hstack([X, X]).T, rows=list(more.var_names))
wider = []
equal("wider.csv", of=wider)
equal("raw_wider.h5ad", raw="1", of=wider)

# ---- AnnData: names
symbols = pd.DataFrame({"gene_symbols": genes}, index=ids)
equal(h5ad("symbols.h5ad", var=symbols), ids=ids[0])
equal(h5ad("categorical_symbols.h5ad", var=symbols.astype("category").rename(columns={"gene_symbols": "feature_name"})),
      ids=ids[0])
equal(h5ad("accessions.h5ad", var=pd.DataFrame({"gene_ids": ids}, index=genes)), ids=ids[0])


def other_index(file):
    for frame, title in [("obs", "barcode"), ("var", "symbol")]:
        file[frame].move("_index", title)
        file[frame].attrs["_index"] = title


def fixed_names(file):
    replace(file, "obs/_index", np.array(cells, dtype="S"))
    replace(file, "var/_index", np.array([name.ljust(12) for name in genes], dtype="S20"))
    replace(file, "var/_index", np.array(genes, dtype="S20"))


equal(h5ad("other_index.h5ad", edit=other_index))
equal(h5ad("fixed_names.h5ad", edit=fixed_names))


def nullable_index(file):
    del file["var/_index"]
    group = file["var"].create_group("_index")
    group["values"] = np.array(genes, dtype=h5py.string_dtype())
    group["mask"] = np.zeros(GENES, dtype=bool)
    group.attrs.update({"encoding-type": "nullable-string-array", "encoding-version": "0.1.0"})


equal(h5ad("nullable_index.h5ad", edit=nullable_index))


def behind_text(path, source, text):
    """The content of an HDF5 file in another, which begins with a text, as MuData's programs and Muon.jl write them."""
    with h5py.File(source, "r") as old, h5py.File(path, "w", userblock_size=512) as new:
        for key in old:
            old.copy(key, new)
        new.attrs.update(old.attrs)
    with open(path, "r+b") as file:
        file.write(text.encode())


behind_text("user_block.h5ad", "csr.h5ad", "AnnData (format-version=0.1.0;creator=Muon.jl)")
equal("user_block.h5ad")


def nullable_categories(file):
    """As anndata wrote categories of pandas' text type for a while."""
    del file["var/feature_types"]
    group = file["var"].create_group("feature_types")
    group.attrs.update({"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False})
    group["codes"] = np.zeros(GENES, dtype="i1")
    group["categories/values"] = np.array(["Gene Expression"], dtype=h5py.string_dtype())
    group["categories/mask"] = np.zeros(1, dtype=bool)


equal(h5ad("nullable_categories.h5ad", var=pd.DataFrame({"feature_types": ["Gene Expression"] * GENES}, index=genes),
           edit=nullable_categories))
h5ad("numbered.h5ad")
with h5py.File("numbered.h5ad", "r+") as file:
    replace(file, "obs/_index", np.arange(CELLS))
csv("numbered.csv", X.T, columns=[str(at) for at in range(CELLS)])
numbered = []
equal("numbered.h5ad", of=numbered)
equal("numbered.csv", of=numbered)


def legacy(path, dense=False):
    """anndata 0.6: h5sparse groups, annotations as records, raw beside them, categories in uns."""
    with h5py.File(path, "w") as file:
        def matrix(name):
            if dense:
                file[name] = X
                return
            group = file.create_group(name)
            group.attrs["h5sparse_format"] = "csr"
            group.attrs["h5sparse_shape"] = X.shape
            for part in ["data", "indices", "indptr"]:
                group[part] = getattr(csr, part)
        matrix("X")
        matrix("raw.X")
        text = h5py.string_dtype() if dense else "S20"
        obs = np.empty(CELLS, dtype=[("index", text), ("kind", "i1"), ("depth", "f4")])
        obs["index"], obs["kind"], obs["depth"] = cells, np.arange(CELLS) % 2, X.sum(1)
        var = np.empty(GENES, dtype=[("index", text), ("n_cells", "i8")])
        var["index"], var["n_cells"] = genes, 1
        file["obs"], file["var"], file["raw.var"] = obs, var, var
        file["uns/kind_categories"] = np.array(["a", "b"], dtype=text)


legacy("legacy.h5ad")
legacy("legacy_dense.h5ad", dense=True)
for name in ["legacy.h5ad", "legacy_dense.h5ad"]:
    equal(name)
    equal(name, raw="1")

# ---- 10x
gene_text = np.array(genes, dtype="S")


def tenx2(path, groups=("mm10",)):
    matrix = sp.csc_matrix(X.T)
    with h5py.File(path, "w") as file:
        for name in groups:
            group = file.create_group(name)
            group["barcodes"], group["genes"], group["gene_names"] = np.array(cells, "S"), np.array(ids, "S"), gene_text
            group["data"], group["indices"], group["indptr"] = matrix.data, matrix.indices.astype("i8"), matrix.indptr
            group["shape"] = np.array([GENES, CELLS], "i4")


def tenx3(path, extra=0, types=True):
    rows = np.vstack([X.T, np.full((extra, CELLS), 3)]) if extra else X.T
    matrix = sp.csc_matrix(rows)
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(cells, "S")
        group["data"], group["indices"], group["indptr"] = matrix.data, matrix.indices.astype("i8"), matrix.indptr
        group["shape"] = np.array(rows.shape, "i4")
        features = group.create_group("features")
        features["name"] = np.array(genes + [f"CD{at}" for at in range(extra)], "S")
        features["id"] = np.array(ids + [f"CD{at}" for at in range(extra)], "S")
        features["feature_type"] = np.array(["Gene Expression"] * GENES + ["Antibody Capture"] * extra, "S")
        features["genome"] = np.array(["mm10"] * (GENES + extra), "S")


tenx2("v2.h5")
equal("v2.h5", ids=ids[0])
tenx2("v2_two.h5", ("hg19", "mm10"))
wrong("several genomes, hg19, mm10", "v2_two.h5")
equal("v2_two.h5", genome="mm10", ids=ids[0])
wrong("has no genome hg38", "v2_two.h5", genome="hg38")
tenx3("v3.h5")
equal("v3.h5", ids=ids[0])
tenx3("v3_antibodies.h5", extra=4)
equal("v3_antibodies.h5", ids=ids[0])
wrong("no genes of genome hg19", "v3.h5", genome="hg19")


# ---- MatrixMarket
def zipped(path):
    with open(path, "rb") as source, gzip.open(path + ".gz", "wb") as target:
        shutil.copyfileobj(source, target)
    os.remove(path)


def lines(path, texts):
    with open(path, "w") as file:
        file.write("".join(text + "\n" for text in texts))


def mtx(path, matrix, field="real"):
    with open(path, "wb") as file:
        scipy.io.mmwrite(file, sp.coo_matrix(matrix), field=field, precision=9)


def folder(name, matrix=None, prefix="", matrix_name="matrix.mtx", features="features.tsv", barcodes="barcodes.tsv",
           columns=3, gz=False, field="real"):
    os.makedirs(name)
    mtx(f"{name}/{prefix}{matrix_name}", X.T if matrix is None else matrix, field)
    listed = {1: genes, 2: [f"{i}\t{g}" for i, g in zip(ids, genes)],
              3: [f"{i}\t{g}\tGene Expression" for i, g in zip(ids, genes)]}[columns]
    lines(f"{name}/{prefix}{features}", listed)
    lines(f"{name}/{prefix}{barcodes}", cells)
    if gz:
        for file in os.listdir(name):
            zipped(f"{name}/{file}")
    return name


equal(folder("v3_folder", gz=True), ids=ids[0])
equal("v3_folder/matrix.mtx.gz", ids=ids[0])
equal(folder("v2_folder", features="genes.tsv", columns=2), ids=ids[0])
# R's write.table: the header is one field short of the rows, which begin with numbers.
equal(folder("r_lists", features="genes.tsv", columns=1))
lines("r_lists/genes.tsv", ['"x"', *(f'"{at + 1}"\t"{gene}"' for at, gene in enumerate(genes))])
lines("r_lists/barcodes.tsv", ["x", *(f"{at + 1}\t{cell}" for at, cell in enumerate(cells))])
equal(folder("r_table", features="genes.tsv", columns=1), ids=ids[0])
# A first line that lacks a field is none, and keeps its place.
equal(folder("short_line"), ids=ids[0])
equal(folder("ragged"), ids=ids[0])
kinds = ["", "\tGene Expression"] + [""] * (GENES - 2)
lines("ragged/features.tsv", [f"{i}\t{g}{kind}" for i, g, kind in zip(ids, genes, kinds)])
# R's table of cells, of which dko knows the title of one column.
equal(folder("r_cells", columns=1))
lines("r_cells/barcodes.tsv", ["orig.ident\tn\tcell", *(f"{at}\ta\t7\t{cell}" for at, cell in enumerate(cells))])
lines("short_line/features.tsv", [f"{ids[0]}\t{genes[0]}", *(f"{i}\t{g}\tGene Expression" for i, g in zip(ids[1:], genes[1:]))])
lines("r_table/genes.tsv", ["gene_id\tgene_name", *(f"{at + 1}\t{i}\t{g}" for at, (i, g) in enumerate(zip(ids, genes)))])
equal(folder("prefixed", prefix="GSM123_", gz=True), ids=ids[0])
equal(folder("transposed", X, matrix_name="cells_x_genes.mtx", features="cells_x_genes.genes.txt",
             barcodes="cells_x_genes.barcodes.txt", columns=1))
equal(folder("unsorted_mtx", sp.coo_matrix(X.T).tocsr()[:, ::-1].tocsr()[:, ::-1]), ids=ids[0])
equal(folder("integers", whole.T, field="integer"), of=same_whole)
equal(folder("pattern", (X > 0).T, field="pattern"), of=presence)
os.makedirs("array")
with open("array/matrix.mtx", "wb") as file:
    scipy.io.mmwrite(file, X.T, precision=9)
lines("array/genes.tsv", genes)
lines("array/barcodes.tsv", cells)
equal("array")
folder("star")
mtx("star/UniqueAndMult-EM.mtx", 2 * X.T)
equal("star", ids=ids[0])
folder("two", matrix_name="one.mtx")
mtx("two/other.mtx", X.T)
wrong("several matrices, one.mtx, other.mtx", "two")
folder("titles")
lines("titles/barcodes.tsv", ["x"] + cells)
lines("titles/features.tsv", ["gene_id\tsymbol\ttype"] + [f"{i}\t{g}\tGene Expression" for i, g in zip(ids, genes)])
equal("titles", ids=ids[0])
os.makedirs("nothing")
wrong("without a MatrixMarket file", "nothing")
folder("short_list")
lines("short_list/barcodes.tsv", cells[:-1])
wrong("22 cells", "short_list")
folder("cut")
text = open("cut/matrix.mtx").read().splitlines()
lines("cut/matrix.mtx", text[:-2])
wrong("truncated", "cut")
for name, words, line in [("beyond", "there is no row 99 of 17", "99 1 1"), ("zero_based", "there is no row 0", "0 1 1"),
                          ("negative", "Gene0.*-3.*negative", "1 1 -3"), ("nan", "is NaN", "1 1 nan"),
                          ("word", "x is not a number", "1 1 x"), ("fields", "has 2 fields", "1 1")]:
    folder(name)
    lines(f"{name}/matrix.mtx", text[:-1] + [line])
    wrong(f"{name}/matrix.mtx, line [0-9]+: .*{words}", name)
folder("complex")
lines("complex/matrix.mtx", ["%%MatrixMarket matrix coordinate complex general"] + text[1:])
wrong("values of type complex", "complex")

# ---- damaged, and of other programs


def edited(name, words, edit, matrix=None, **options):
    h5ad(name, matrix, edit=edit)
    wrong(words, name, **options)


def set_at(dataset, at, value):
    def edit(file):
        values = file[dataset][:]
        values[at] = value
        replace(file, dataset, values)
    return edit


edited("nan.h5ad", f"nan.h5ad:/X, cell {cells[1]}, gene Gene3: the value is NaN",
       lambda file: file["X"].__setitem__((1, 3), np.nan), X)
edited("infinite.h5ad", "infinite", set_at("X/data", 5, np.inf))
edited("negative.h5ad", "negative; give counts or normalised expression", set_at("X/data", 0, -0.25))
edited("beyond.h5ad", "there are 17 genes: the file is corrupt", set_at("X/indices", 0, GENES))
edited("below.h5ad", "X/indices: entry 0 is -1", set_at("X/indices", 0, -1))
edited("descending.h5ad", "indptr: is not ascending", set_at("X/indptr", 3, 0))
edited("past_end.h5ad", "indptr: is not ascending", set_at("X/indptr", CELLS, 10 ** 6))
edited("short_data.h5ad", "data has [0-9]+ entries and indices", lambda file: replace(file, "X/data", file["X/data"][:-1]))
edited("short_obs.h5ad", "indptr|shape", lambda file: replace(file, "obs/_index", file["obs/_index"][:-1]))
edited("text.h5ad", "X: is not numeric", lambda file: replace(file, "X", np.full(X.shape, b"a")), X)
edited("no_x.h5ad", "has no X", lambda file: file.__delitem__("X"))
edited("coo.h5ad", "has the encoding coo_matrix", lambda file: file["X"].attrs.__setitem__("encoding-type", "coo_matrix"))
edited("codes.h5ad", "there are 0 categories",
       lambda file: (file["var"].__delitem__("_index"), file["var"].create_group("_index").update(
           {"codes": np.zeros(GENES, "i1"), "categories": np.array([], dtype="S1")})))


def claim(file):
    replace(file, "X", np.zeros((1, 1), "f4"))
    del file["X"]
    file.create_dataset("X", shape=(2 ** 30, 2 ** 30), dtype="f4", chunks=(1024, 1024))


edited("claims.h5ad", "claims more data than the file holds", claim, X)


data = open("csr.h5ad", "rb").read()
for share in [0.1, 0.5, 0.9]:
    open(f"cut{share}.h5ad", "wb").write(data[:int(len(data) * share)])
    wrong("", f"cut{share}.h5ad")
with h5py.File("loom.h5", "w") as file:
    file["matrix"] = X.T
    file.create_group("row_attrs")
    file.create_group("col_attrs")
wrong("loom file: convert", "loom.h5")
with h5py.File("mudata.h5mu", "w") as file:
    file.create_group("mod/rna")
wrong("MuData", "mudata.h5mu")
# As their programs write them: behind a text of 512 bytes, MuData with tables of its own.
behind_text("mudata_text.h5mu", "csr.h5ad", "MuData (format-version=0.1.0;creator=muon)")
with h5py.File("mudata_text.h5mu", "r+") as file:
    file.create_group("mod/rna")
wrong("is a MuData file", "mudata_text.h5mu")
with h5py.File("seurat.h5seurat", "w") as file:
    file.create_group("assays")
wrong("h5Seurat", "seurat.h5seurat")
with h5py.File("unknown.h5", "w") as file:
    file.create_group("stuff")
wrong("neither AnnData nor 10x: it holds stuff", "unknown.h5")

# ---- ask
everything = [same, same_whole, small_kinds, large, presence, wider, numbered]
queries = [query for group in everything for query, _ in group] + [query for query, _, _ in refused]
answer = subprocess.run([sys.argv[1]], input="".join("\t".join(query) + "\n" for query in queries), text=True,
                        capture_output=True)
if answer.returncode != 0:
    sys.exit(f"the reader ended with {answer.returncode}:\n{answer.stdout[-2000:]}{answer.stderr[-4000:]}")
answers = dict(zip(queries, (line.split("\t") for line in answer.stdout.splitlines())))
failures = []
for group in everything:
    csv_query = next(query for query, _ in group if query[0].endswith(".csv"))
    expected = answers[csv_query]
    if expected[0] != "ok":
        failures.append(f"{csv_query}: {expected}")
        continue
    for query, first_id in group:
        if answers[query][:5] != expected[:5]:
            failures.append(f"{query}: {answers[query]} instead of {expected}")
        elif first_id and answers[query][6] != first_id:
            failures.append(f"{query}: accession {answers[query][6]} instead of {first_id}")
for query, words, code in refused:
    got = answers[query]
    if got[0] != "refused" or got[1] != code or not re.search(words, got[2]) or (
            code == "3" and query[0] not in got[2]):
        failures.append(f"{query}: {got} instead of code {code} and '{words}'")
logarithms = subprocess.run([sys.argv[1]], input="layers.h5ad\n", text=True, capture_output=True).stdout
if "X holds logarithms" not in logarithms or "layer counts" not in logarithms:
    failures.append(f"nothing is said of logarithms: {logarithms}")
print(f"{len(queries)} files, {len(failures)} failures")
sys.exit("\n".join(failures) if failures else 0)
