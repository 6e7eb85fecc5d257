"""What dko-scaling runs: the cases, their sizes, and the words of dko for each number of ranks."""

# By size: cells of the screens of fixed size, dense and sparse; cells for each rank of the growing one; genes
# and expressed genes of all of them; GiB that each rank writes in bench io; options of the others. The
# growing screen is the figure of merit: when its numbers change, so must MERIT_VERSION of dko.scaling.figures.
SIZES = {
    "small": {
        "dense_cells": 3, "sparse_cells": 4, "cells_per_rank": 2, "genes": 300, "expressed": 120,
        "written_per_rank": 0.004, "least_written": 0.008, "kernel_genes": [100], "train_genes": [100]
    },
    "standard": {
        "dense_cells": 150, "sparse_cells": 500, "cells_per_rank": 20, "genes": 4000, "expressed": 2000,
        "written_per_rank": 0.125, "least_written": 0.5, "kernel_genes": [500, 2000],
        "train_genes": [1000, 4000]
    },
}
# For machines on which the standard size is over before it has begun: ten times the work of fixed size.
SIZES["large"] = dict(SIZES["standard"], dense_cells=1500, sparse_cells=5000, train_genes=[4000, 10000])

CASES = ["strong-dense", "strong-sparse", "weak", "kernel", "train", "io"]
# What --cases takes beside the names themselves.
GROUPS = {"strong": ["strong-dense", "strong-sparse"]}
SCREENS = ["strong-dense", "strong-sparse", "weak"]


def screen_words(size, cells):
    return ["bench", "screen", "--genes", size["genes"], "--expressed", size["expressed"], "--cells", cells,
            "--seed", 1]


def dense_words(size, cells):
    """A = W2·W1 with few hidden units, so that it takes no time worth the name."""
    return screen_words(size, cells) + ["--mapping", "dko", "--hidden", 100]


def sparse_words(size, cells):
    """The pairs are scored so fast that most would wait for the disk: only the best are kept."""
    return screen_words(size, cells) + ["--mapping", "sparse", "--nonzeros", 32, "--keep", "top:100"]


def words_of(case, size_name, ranks):
    """The words after dko, without files."""
    size = SIZES[size_name]
    if case == "strong-dense":
        words = dense_words(size, size["dense_cells"])
    elif case == "strong-sparse":
        words = sparse_words(size, size["sparse_cells"])
    elif case == "weak":
        words = dense_words(size, size["cells_per_rank"] * ranks)
    elif case == "kernel":
        words = ["bench", "kernel", "--genes", *size["kernel_genes"], "--repeats", 1]
    elif case == "train":
        words = ["bench", "train", "--genes", *size["train_genes"], "--repeats", 1]
    elif case == "io":
        written = max(size["least_written"], size["written_per_rank"] * ranks)
        words = ["bench", "io", "--size", f"{written:g}", "--repeats", 1]
    return [str(word) for word in words]


def writes_file(case):
    return case in SCREENS or case == "io"
