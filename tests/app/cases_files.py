"""Makes the inputs of cases_files.sh in the current directory: one small matrix in every guise that a row needs."""
import bz2
import gzip
import io
import lzma
import os
import tarfile
import warnings

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

warnings.simplefilter("ignore")
rng = np.random.default_rng(5)
GENES, CELLS = 8, 12
X = rng.poisson(1.5, (GENES, CELLS)) + np.eye(GENES, CELLS, dtype=int)  # genes × cells
symbols = [f"G{at}" for at in range(GENES)]
ids = [f"ENSG0000{at}" for at in range(GENES)]
cells = [f"c{at}" for at in range(CELLS)]
both = [f"{one}\t{other}" for one, other in zip(ids, symbols)]


def text(path, lines):
    with open(path, "w") as file:
        file.write("".join(f"{line}\n" for line in lines))


def csv(path, genes, names, before=(), title="gene"):
    text(path, [*before, ",".join([title, *names]), *[",".join([g, *map(str, row)]) for g, row in zip(genes, X)]])


def mtx(path, matrix=X, banner="%%MatrixMarket matrix coordinate integer general", comments=("%",), inside=()):
    entries = [f"{row + 1} {column + 1} {matrix[row, column]}" for row, column in np.argwhere(matrix)]
    text(path, [banner, *comments, f"{matrix.shape[0]} {matrix.shape[1]} {len(entries)}", *entries[:3], *inside, *entries[3:]])


def zipped(path):
    with open(path, "rb") as file, gzip.open(path + ".gz", "wb") as packed:
        packed.write(file.read())
    os.remove(path)


def folder(name, matrix=X, genes=None, barcodes=None, genes_in="features.tsv", cells_in="barcodes.tsv",
           matrix_in="matrix.mtx", **options):
    os.makedirs(name)
    mtx(f"{name}/{matrix_in}", matrix, **options)
    if genes_in:
        text(f"{name}/{genes_in}", symbols if genes is None else genes)
    if cells_in:
        text(f"{name}/{cells_in}", cells if barcodes is None else barcodes)


csv("symbols.csv", symbols, cells)
csv("accessions.csv", ids, cells)
csv("numbers.csv", [f"gene{at}" for at in range(GENES)], [f"cell{at}" for at in range(CELLS)])

for kind in ["float", "double", "real", "FLOAT", "float64", "int", "unsigned-integer", "complex"]:
    folder(f"type_{kind}", banner=f"%%MatrixMarket matrix coordinate {kind} general")
folder("comments", comments=("%", "% made by \"a program\" of 2024", "", "  % indented"), inside=("% within", ""))
folder("one_percent", banner="%MATRIXMARKET Matrix Coordinate Integer General")
folder("hash_in_matrix", comments=("# a comment",))

# ---- third columns
biotypes = ["protein_coding", "lincRNA"] * 4
folder("biotype", genes=[f"{b}\t{t}" for b, t in zip(both, biotypes)])
folder("chromosomes", genes=[f"{b}\t{at + 1}\t{at}0\t{at}5\t+\tprotein_coding" for at, b in enumerate(both)],
       genes_in="genes.tsv")
folder("genome", genes=[f"{b}\thg38" for b in both])
folder("antibodies", np.vstack([X, X[:2]]),
       genes=[f"{b}\tGene Expression" for b in both] + ["CD3\tCD3\tAntibody Capture", "CD4\tCD4\tAntibody Capture"])
folder("only_peaks", genes=[f"{b}\tPeaks" for b in both])
folder("types_second", genes=[f"{s}\tGene Expression" for s in symbols])


def tenx(path, types, spoil=None):
    matrix = sp.csc_matrix(X)
    with h5py.File(path, "w") as file:
        group = file.create_group("matrix")
        group["barcodes"] = np.array(cells, "S")
        group["data"], group["indices"], group["indptr"] = matrix.data, matrix.indices.astype("i8"), matrix.indptr.astype("i8")
        group["shape"] = np.array(X.shape, "i4")
        features = group.create_group("features")
        features["name"], features["id"] = np.array(symbols, "S"), np.array(ids, "S")
        features["feature_type"] = np.array(types, "S")
        if spoil:
            spoil(group)


def cut_indptr(group):
    group["indptr"][-1] -= 2


tenx("biotype_h5.h5", biotypes)
tenx("indptr_10x.h5", ["Gene Expression"] * GENES, cut_indptr)

# ---- lists
parse = {"genes": ["gene_id,gene_name,genome"] + [f"{i},{s},hg38" for i, s in zip(ids, symbols)],
         "barcodes": ["bc_wells,sample,gene_count"] + [f"{c},s,5" for c in cells], "cells_in": "cell_metadata.csv"}
folder("parse", X.T, matrix_in="count_matrix.mtx", genes_in="all_genes.csv", **parse)
folder("parse_old", X.T, matrix_in="DGE.mtx", genes_in="genes.csv", **parse)
folder("parse_gz", X.T, matrix_in="count_matrix.mtx", genes_in="all_genes.csv", **parse)
for name in os.listdir("parse_gz"):
    zipped(f"parse_gz/{name}")
kallisto = {"matrix": X.T, "matrix_in": "cells_x_genes.mtx", "cells_in": "cells_x_genes.barcodes.txt",
            "genes_in": "cells_x_genes.genes.txt", "genes": ids}
for name in ["kallisto", "kallisto_ids", "kallisto_two", "kallisto_short", "kallisto_nameless"]:
    folder(name, **kallisto)
text("kallisto/cells_x_genes.genes.names.txt", symbols)
text("kallisto_nameless/cells_x_genes.genes.names.txt", ["" if name == "G3" else name for name in symbols])
text("kallisto_short/cells_x_genes.genes.names.txt", symbols[:-1])
text("kallisto_two/cells_x_genes.genes.txt", both)
alevin = {"matrix": X.T, "matrix_in": "quants_mat.mtx", "cells_in": "quants_mat_rows.txt", "genes_in": "quants_mat_cols.txt",
          "genes": ids}
folder("alevin", **alevin)
folder("alevin_names/alevin", **alevin)
text("alevin_names/gene_id_to_name.tsv", [*reversed(both), "ENSG999\tother"])
folder("star", genes=[f"{b}\tGene Expression" for b in both])
mtx("star/UniqueAndMult-EM.mtx", 2 * X)
folder("prefixed", matrix_in="GSM7_s1_count_matrix.mtx", genes_in="GSM7_s1_genes.tsv", cells_in="GSM7_s1_barcodes.tsv",
       genes=both)
folder("r_lists", genes_in="genes.csv", cells_in="barcodes.csv",
       genes=['"","x"'] + [f'"{at + 1}","{s}"' for at, s in enumerate(symbols)],
       barcodes=['"","x"'] + [f'"{at + 1}","{c}"' for at, c in enumerate(cells)])
folder("quoted", genes_in="genes.tsv", genes=[f'"{i}"\t"{s}"' for i, s in zip(ids, symbols)],
       barcodes=[f'"{c}"' for c in cells])
folder("marked_header", genes_in="genes.tsv", genes=["#gene_id\tgene_name", *both])
folder("comment_in_list", genes_in="genes.tsv", genes=["# made by a program", *symbols])
folder("unknown_lists", matrix_in="counts.mtx", genes_in="my_genes.txt", cells_in="my_cells.txt")
folder("no_lists", genes_in=None, cells_in=None)
folder("no_cells", cells_in=None)
folder("rows_and_columns", matrix_in="counts.mtx", genes_in="counts_rows.txt", cells_in="counts_cols.txt")
folder("other_lengths", genes_in="genes.tsv", genes=symbols[:-1])
folder("list_is_folder", genes_in=None)
os.makedirs("list_is_folder/genes.tsv")
folder("list_leads_nowhere", cells_in=None)
os.symlink("nowhere.tsv", "list_leads_nowhere/barcodes.tsv")
folder("alone", matrix_in="counts.mtx", genes_in=None, cells_in=None)
csv("alone/same_as_table.csv", symbols, cells)
folder("square", X[:, :GENES] + 1, barcodes=cells[:GENES])
folder("square_alone", X[:, :GENES] + 1, matrix_in="counts.mtx", genes_in=None, cells_in=None)
folder("transposed", X.T)

# ---- text
csv("comment.csv", symbols, cells, before=["# exported by a program on 2024-11-28"])
csv("comment_commas.csv", symbols, cells, before=["#" + "," * CELLS])
csv("geo_series.txt", symbols, cells, before=["!Series_title\t\"cells\""])
csv("hash_title.csv", symbols, cells, title="#gene")
text("page.csv", ["<!DOCTYPE html>", "<html><head><title>Not found</title>"])
text("pointer.h5ad", ["version https://git-lfs.github.com/spec/v1", "oid sha256:0", "size 1"])
with tarfile.open("archive.tar.gz", "w:gz") as archive:
    archive.add("symbols.csv")
with open("symbols.csv", "rb") as file:
    data = file.read()
for path, packed in [("data.csv.bz2", bz2.compress(data)), ("data.csv.xz", lzma.compress(data)),
                     ("members.csv.gz", gzip.compress(data[:100]) + gzip.compress(data[100:]))]:
    with open(path, "wb") as file:
        file.write(packed)
buffer = io.BytesIO()
sp.save_npz(buffer, sp.csr_matrix(X))
with open("counts.npz", "wb") as file:
    file.write(buffer.getvalue())

# ---- AnnData and other HDF5


def sound(path, edit=None, var=None, **options):
    made = anndata.AnnData(sp.csr_matrix(X.T.astype("f4")), obs=pd.DataFrame(index=cells),
                           var=pd.DataFrame(index=symbols) if var is None else var, **options)
    made.write_h5ad(path)
    if edit:
        with h5py.File(path, "r+") as file:
            edit(file)


def empty(file, path):
    if path in file:
        del file[path]
    file[path] = h5py.Empty("f4")
    file[path].attrs.update({"encoding-type": "null", "encoding-version": "0.1.0"})


def shorter(file, path):
    values, attributes = file[path][:-1], dict(file[path].attrs)
    del file[path]
    file.create_dataset(path, data=values, dtype=h5py.string_dtype()).attrs.update(attributes)


layers = {"counts": sp.csr_matrix(X.T.astype("f4")), "spliced": X.T.astype("f4")}
sound("whole.h5ad")
zipped("whole.h5ad")
sound("null_x.h5ad", lambda file: empty(file, "X"), layers=layers)
sound("no_x.h5ad", lambda file: file.__delitem__("X"), layers=layers)
sound("null_layer.h5ad", lambda file: empty(file, "layers/none"), layers=layers)
sound("indptr.h5ad", lambda file: file["X/indptr"].__setitem__(CELLS, file["X/indptr"][CELLS] - 1))
sound("short_ids.h5ad", lambda file: shorter(file, "var/gene_ids"), var=pd.DataFrame({"gene_ids": ids}, index=symbols))
sound("short_obs.h5ad", lambda file: shorter(file, "obs/_index"))
square = anndata.AnnData(sp.csr_matrix(X[:, :GENES].T.astype("f4")), obs=pd.DataFrame(index=cells[:GENES]),
                         var=pd.DataFrame(index=symbols))
square.write_h5ad("no_encoding.h5ad")
with h5py.File("no_encoding.h5ad", "r+") as file:
    del file["X"].attrs["encoding-type"]
with h5py.File("molecules.h5", "w") as file:
    file["barcode_idx"] = file["umi"] = np.arange(3)

# ---- folders
for store, mark in [("store.zarr", ".zgroup"), ("store3.zarr", "zarr.json")]:
    os.makedirs(f"{store}/X")
    text(f"{store}/{mark}", ["{}"])
os.makedirs("folder_of_h5ad")
sound("folder_of_h5ad/one.h5ad")
sound("folder_of_h5ad/two.h5ad")
for name in ["filtered", "raw"]:
    folder(f"outs/{name}_feature_bc_matrix")
