"""What the cases of dko-scaling will take, before anything runs: time, memory of a node, disk, and what each stresses.

Times are those of cores like the reference machine's (manual, chapter knockout), and without starting the ranks. The rates of
the kernels were measured there; the rest follows from what dko stores:

    data of a node      12 bytes for each gene that a cell expresses (index, share, knockout)
    A of a node         8 bytes for each pair of genes, with the dense mapping
    memory of a rank    32 MiB of scores to write, and 9 bytes for each pair of a cell's genes with the dense mapping, and 8
                        more for up to 4,112 genes (half of it for outputs that may cross zero)
    file                4 bytes for each score; of the sparse mapping, the 100 pairs of each cell that are kept

What `dko bench train` takes depends on the memory that there is: it leaves out forms that do not fit. A fit is planned by the
costs of `dko estimate`, with all genes as frequent as the mean one, and the abundant ones in as many cells as simulated cells
have of any gene; simulating the cells comes before, and is not in its time.
"""
import math

from dko.scaling.cases import CASES, SCREENS, SIZES, cells_of, shape_of, written_gib
from dko.scaling.figures import counted
from dko.units import size_text

GIB = 2**30
TIMES = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms")]
ELEMENTS = 25e9  # of the dense pair kernel, a second and core of the reference machine
SPARSE_PAIRS = 52.5e6  # a second and core, at 2,000 expressed genes and more
IO_WAYS = 3  # dko bench io writes its volume by each, one after the other
# Of a sparse fit, as in src/training/sparse/fit_cost.cpp: seconds, and powers of cells that express a gene and of genes.
FIT_OF_CHOICE = (9e-7, 0.42, 0.79)
FIT_OF_ROUNDS = [(2.8e-7, 0.46, 0.9), (3.6e-8, 0.31, 1.09), (2e-7, 0.44, 0.95)]
FIT_OF_EFFECTS, FIT_OF_DRAWS = (3.3e-8, 0.88, 0.48), [(3e-9, 0.53, 1.07)] * 4
JUDGING_GENES, FACTOR_CHOICES = 100, 5
MOST_EXPRESSING = 0.8  # of the cells
STRESSES = {
    "strong-dense": "multiply-adds of the cores, and one file that all write",
    "strong-sparse": "caches, and how evenly work is divided; hardly any writing",
    "weak": "the same for each rank: the file system, and starting",
    "kernel": "cores alone, all at once: clock and power",
    "train": "bandwidth of the memory, and sums between ranks",
    "fit": "branches and caches of the cores, and how evenly genes divide",
    "io": "the file system: collective writes beside plain ones",
}


def pairs_of(case, size, ranks):
    expressed = shape_of(case, size)[1]
    return cells_of(case, size, ranks) * expressed * (expressed - 1) // 2


def screen_plan(case, size, ranks, ranks_per_node):
    genes, expressed = shape_of(case, size)
    cells, pairs = cells_of(case, size, ranks), pairs_of(case, size, ranks)
    is_sparse = case == "strong-sparse"
    rate = SPARSE_PAIRS if is_sparse else ELEMENTS / expressed
    kept = min(100 * cells, pairs) if is_sparse else pairs
    return {
        "pairs": pairs,
        "seconds": pairs / rate / ranks,
        "bytes_of_node": 12 * cells * expressed + (0 if is_sparse else 8 * genes**2)
        + min(ranks, ranks_per_node) * (2**25 + (0 if is_sparse else 9 * expressed**2 + 8 * min(expressed, 4112) ** 2)),
        "bytes_on_disk": 4 * (pairs + cells * expressed) if not is_sparse else 16 * kept + 4 * cells * expressed,
    }


def fit_seconds(genes, cells, expressed, ranks):
    """Of the slowest rank: ranks take whole genes, and whole fits that choose the number of factors."""
    def seconds_of(law, expressing):
        return law[0] * expressing**law[1] * genes**law[2]

    of_gene = sum(seconds_of(law, cells * expressed / genes) for law in [*FIT_OF_ROUNDS, FIT_OF_EFFECTS, *FIT_OF_DRAWS])
    of_choice = FACTOR_CHOICES * seconds_of(FIT_OF_CHOICE, cells * MOST_EXPRESSING)
    return math.ceil(genes / ranks) * of_gene + math.ceil(min(genes, JUDGING_GENES) / ranks) * of_choice


def fit_plan(size, ranks, ranks_per_node):
    genes, cells, _ = size["fit"]
    entries = cells * size["fit_expressed"]
    candidates, active = min(genes, 2000), min(genes, 1000)
    bits = cells * genes / 8  # presence
    products = 9 * (4 * candidates + 12 * active) * active
    of_rank = bits + 0.19 * cells * candidates + 200 * cells + 16 * entries / ranks + products
    return {
        "pairs": None,
        "seconds": fit_seconds(genes, cells, size["fit_expressed"], ranks),
        "bytes_of_node": 8 * entries + 2 * bits + min(ranks, ranks_per_node) * of_rank + 150 * 100 * genes,
        "bytes_on_disk": 0,
    }


def plan(case, size_name, ranks, ranks_per_node):
    """{pairs, seconds, bytes_of_node, bytes_on_disk}, None what is not known beforehand."""
    size = SIZES[size_name]
    found = {"pairs": None, "seconds": None, "bytes_of_node": None, "bytes_on_disk": 0}
    if case in SCREENS:
        return screen_plan(case, size, ranks, ranks_per_node)
    if case == "fit":
        return fit_plan(size, ranks, ranks_per_node)
    if case == "io":
        found["bytes_on_disk"] = int(written_gib(size, ranks) * GIB)
    return found


def human(value):
    """Bytes."""
    return "–" if value is None else size_text(value) if value else "0"


def human_seconds(value):
    if not value:
        return "–" if value is None else "0 s"
    unit, name = next(((unit, name) for unit, name in TIMES if value >= unit), TIMES[-1])
    return f"{value / unit:.3g} {name}"


def totals(size_name, all_ranks, ranks_per_node, cases, repeats):
    """In words, of all repeats: time, disk at once, for files are removed after each run, and what is written."""
    plans = [plan(case, size_name, ranks, ranks_per_node) for case in cases for ranks in all_ranks]
    untimed = [case for case in cases if plan(case, size_name, all_ranks[0], ranks_per_node)["seconds"] is None]
    took = repeats * sum(found["seconds"] or 0 for found in plans)
    on_disk = [found["bytes_on_disk"] for found in plans]
    written = [found["bytes_on_disk"] * (IO_WAYS if case == "io" else 1)
               for case, found in zip([case for case in cases for _ in all_ranks], plans)]
    without = ", ".join([*untimed, "writing"])
    return (f"in all, {counted(repeats, 'repeat')}: {human_seconds(took)} of computing, without {without} and starts; at most "
            f"{human(max(on_disk))} on the disk at once; {human(repeats * sum(written))} written")


def table(size_name, all_ranks, ranks_per_node, cases=tuple(CASES), patience=math.inf):
    """As text. Rows that take longer than `patience` seconds are marked."""
    rows = [("case", "ranks", "pairs", "time", "memory of a node", "disk", "stresses")]
    for case in cases:
        for ranks in all_ranks:
            found = plan(case, size_name, ranks, ranks_per_node)
            mark = " > --patience" if (found["seconds"] or 0) > patience else ""
            rows.append((case, f"{ranks:,}", "–" if found["pairs"] is None else f"{found['pairs']:.3g}",
                         human_seconds(found["seconds"]) + mark, human(found["bytes_of_node"]), human(found["bytes_on_disk"]),
                         STRESSES[case] if ranks == all_ranks[0] else ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
