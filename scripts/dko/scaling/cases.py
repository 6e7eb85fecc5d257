"""What dko-scaling runs: the cases, their sizes, and the words of dko for each number of ranks."""

# By size: cells, genes and expressed genes of the screens of fixed size; cells for each rank of the growing one, and its
# genes; GiB that each rank writes in bench io; genes, cells and molecules a cell of the fit, and how many genes of a cell
# these show; options of the others. The growing screen is the figure of merit: when its numbers change, so must
# MERIT_VERSION of dko.scaling.figures. `nodes` are those that the size is made for.
SIZES = {
    "trial": {
        "nodes": 1, "dense_cells": 3, "sparse_cells": 4, "fixed": (300, 120), "cells_per_rank": 2, "growing": (300, 120),
        "written_per_rank": 0.004, "least_written": 0.008, "kernel_genes": [100], "train_genes": [100],
        "fit": (60, 100, 300), "fit_expressed": 41
    },
    "small": {
        "nodes": 1, "dense_cells": 150, "sparse_cells": 500, "fixed": (4000, 2000), "cells_per_rank": 20,
        "growing": (4000, 2000), "written_per_rank": 0.125, "least_written": 0.5, "kernel_genes": [500, 2000],
        "train_genes": [1000, 4000], "fit": (1000, 4000, 5000), "fit_expressed": 660
    },
}
SIZES["medium"] = dict(SIZES["small"], nodes=16, dense_cells=20000, sparse_cells=100000, train_genes=[4000, 10000],
                       fit=(10000, 20000, 10000), fit_expressed=4540)
SIZES["large"] = dict(SIZES["small"], nodes=1000, dense_cells=250000, sparse_cells=500000, fixed=(10000, 4000),
                      train_genes=[10000, 20000], fit=(20000, 100000, 10000), fit_expressed=6280)

CASES = ["strong-dense", "strong-sparse", "weak", "kernel", "train", "fit", "io"]
# What --cases takes beside the names themselves.
GROUPS = {"strong": ["strong-dense", "strong-sparse"]}
SCREENS = ["strong-dense", "strong-sparse", "weak"]


def screen_words(shape, cells):
    genes, expressed = shape
    return ["bench", "screen", "--genes", genes, "--expressed", expressed, "--cells", cells, "--seed", 1]


def dense_words(shape, cells):
    """A = W2·W1 with few hidden units, so that it takes no time worth the name."""
    return screen_words(shape, cells) + ["--mapping", "dko", "--hidden", 100]


def sparse_words(shape, cells):
    """The pairs are scored so fast that most would wait for the disk: only the best are kept."""
    return screen_words(shape, cells) + ["--mapping", "sparse", "--nonzeros", 32, "--keep", "top:100"]


def cells_of(case, size, ranks):
    """Of a screen."""
    return {"strong-dense": size["dense_cells"], "strong-sparse": size["sparse_cells"],
            "weak": size["cells_per_rank"] * ranks}[case]


def shape_of(case, size):
    """Genes, and expressed genes of each cell, of a screen."""
    return size["growing" if case == "weak" else "fixed"]


def written_gib(size, ranks):
    """By bench io."""
    return max(size["least_written"], size["written_per_rank"] * ranks)


def words_of(case, size_name, ranks):
    """The words after dko, without files."""
    size = SIZES[size_name]
    if case in SCREENS:
        make = sparse_words if case == "strong-sparse" else dense_words
        words = make(shape_of(case, size), cells_of(case, size, ranks))
    elif case == "kernel":
        words = ["bench", "kernel", "--genes", *size["kernel_genes"], "--repeats", 1]
    elif case == "train":
        words = ["bench", "train", "--genes", *size["train_genes"], "--repeats", 1]
    elif case == "fit":
        genes, cells, molecules = size["fit"]
        words = ["bench", "fit", "--genes", genes, "--cells", cells, "--umi", molecules, "--seed", 1]
    elif case == "io":
        words = ["bench", "io", "--size", f"{written_gib(size, ranks):g}", "--repeats", 1]
    return [str(word) for word in words]


def writes_file(case):
    return case in SCREENS or case == "io"
