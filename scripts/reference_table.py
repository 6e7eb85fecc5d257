#!/usr/bin/env python3
"""Measures how far the mapping's predictions hold, and prints the reference table of the evaluation chapter as Markdown.

    scripts/reference_table.py --data ../shared/data > table.md      about half an hour on two cores
    scripts/reference_table.py --sizes 100 --seeds 1                 simulated networks only, a minute
    scripts/reference_table.py --data ../shared/data --only THP-1 --seeds 1     some rows

Per data set, with the original's mapping and with the sparse one: a fifth of the cells is held out and predicted
(dko predict), then the mapping is trained on all cells (dko train) and its knockout scores are compared with
the truth, or a real knockout (dko evaluate). Without
--data, or for what is missing there, only the simulated networks are measured. Needs the release build,
mpirun, and Python without packages. Figures are medians over the seeds; times are of the first seed.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SEEDS_WHERE_TRAINING_IS_LONG = 1
LONG_FROM_GENES = 1000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dko", default="build/release/dko", help="the program")
    parser.add_argument("--data", default="",
                        help="folder with dko_published, grn_truth_100g, hard, trem2_microglia and papalexi_thp1")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 300, 1000], help="genes of the simulated networks")
    parser.add_argument("--seeds", type=int, default=3, help="seeds of the training; one from 1,000 genes on")
    parser.add_argument("--mappings", nargs="*", choices=["dko", "sparse"], default=["dko", "sparse"],
                        help="only these; columns of the other stay empty")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--truth", default="20000", help="single and double knockouts to solve in each simulated data set")
    parser.add_argument("--only", nargs="*", default=[], help="rows whose name contains one of these")
    parser.add_argument("--json", default="", help="also write all figures to this file")
    return parser.parse_args()


class Runner:
    def __init__(self, arguments, folder):
        self.dko = os.path.abspath(arguments.dko)
        self.ranks = arguments.ranks
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def __call__(self, *command):
        """Runs dko on all ranks; returns its JSON summary."""
        summary = self.path("summary.json")
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "oversubscribed-mpi.env")) as file:
            environment = dict(os.environ, **dict(line.strip().split("=", 1) for line in file if "=" in line))
        line = ["mpirun", "-n", str(self.ranks), self.dko, *command, "--json", summary, "--force", "-q"]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=environment)
        with open(summary) as file:
            return json.load(file)


def published_held_out(folder):
    """The cells of the authors' test set: their profiles are rows of mapping_true.csv."""

    def table(name):
        with open(os.path.join(folder, name)) as file:
            return [[float(value) for value in row] for row in csv.reader(file)]
    cells = [[value / sum(column) for value in column] for column in zip(*table("Ptrain.csv"))]

    def distance(a, b):
        return sum(abs(x - y) for x, y in zip(a, b))

    return [min(range(len(cells)), key=lambda cell: distance(cells[cell], row)) for row in table("mapping_true.csv")]


def ranks_of(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in range(first, last + 1):
            ranks[order[place]] = (first + last) / 2
        first = last + 1
    return ranks


def spearman(x, y):
    x, y = ranks_of(x), ranks_of(y)
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    product = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    return product / (sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y)) ** 0.5


def third_column(path):
    with open(path) as file:
        return [float(row[2]) for row in list(csv.reader(file))[1:]]


def value(report, *path):
    for step in path:
        report = report.get(step) if isinstance(report, dict) else None
    return report


def truth_figures(report):
    figures = {}
    for table in report.get("truth", []):
        kind = "single" if table["genes_each"] == 1 else "double"
        for score in ("impact", "own share"):
            figures[f"{kind} {score}"] = value(table, "all_change", "scores", score, "spearman_over_events", "value")
        figures[f"{kind} network AUPRC"] = value(table, "network_change", "scores", "network", "auprc", "value")
        figures[f"{kind} own share AUPRC"] = value(table, "network_change", "scores", "own share", "auprc", "value")
        figures[f"{kind} base rate"] = value(table, "network_change", "base_rate")
        if kind == "double":
            figures["interaction"] = value(table, "interaction", "scores", "interaction", "spearman_over_events", "value")
    real = report.get("real_knockout", [{}])[0]
    figures["real p"] = value(real, "mapping", "p")
    figures["real spearman"] = value(real, "mapping", "spearman")
    return figures


def measure(run, data, seed, mapping):
    """All figures of one data set and mapping with one seed."""
    figures = {}
    of_mapping = ["--mapping", mapping]
    held_out = ["--held-out", data["held_out"]] if "held_out" in data else []
    run("predict", data["input"], *held_out, *of_mapping, "--seed", str(seed), "-o", run.path("prediction.h5"))
    training = run("train", data["input"], *of_mapping, "--seed", str(seed), "-o", run.path("model.h5"))["training"]
    screen = run("screen", data["input"], "--model", run.path("model.h5"), "-o", run.path("screen.h5"))["screen"]
    against = [option for table in data.get("truth", []) for option in ("--truth", table)]
    if "real" in data:
        against += ["--real-knockout", data["real"], "--gene", data["gene"]]
    if against:
        against += ["--model", run.path("model.h5")]
    if "effect" in data:
        against += ["--effect", data["effect"]]
    # The intervals are not in the table.
    report = run("evaluate", data["input"], "--prediction", run.path("prediction.h5"), "--bootstrap", "0", *against)
    for name in ("mapping", "ridge per gene", "mean share"):
        figures[f"BC {name}"] = report["prediction"][0]["predictors"][name]["bray_curtis"]
    figures.update(truth_figures(report))
    figures["training seconds"] = training["seconds"]
    figures["screen seconds"] = screen["seconds"]
    if "published" in data:
        subprocess.run([run.dko, "export", run.path("screen.h5"), "--single", run.path("s.csv"), "--force"], check=True)
        figures["published impacts"] = spearman(third_column(run.path("s.csv")), third_column(data["published"]))
    return figures


def shared_data(folder):
    published = os.path.join(folder, "dko_published")
    if os.path.isdir(published):
        yield {"name": "the original's data", "genes": 100, "input": os.path.join(published, "Ptrain.csv"),
               "published": os.path.join(published, "Impact_results.csv"), "held_out_of": published}
    grn = os.path.join(folder, "grn_truth_100g")
    if os.path.isdir(grn):
        truth = [os.path.join(grn, f"truth_{kind}_KO.csv") for kind in ("single", "double")]
        yield {"name": "DS1 network, noise-free", "genes": 100, "input": os.path.join(grn, "Ptrain.csv"), "truth": truth}
        yield {"name": "DS1 network, UMI counts", "genes": 100, "input": os.path.join(grn, "counts_umi.csv"), "truth": truth}
    trem2 = os.path.join(folder, "trem2_microglia")
    if os.path.isdir(trem2):
        yield {"name": "microglia, Trem2 lost", "genes": 500, "input": os.path.join(trem2, "trem2_WT_500g.csv"),
               "real": os.path.join(trem2, "truth_WT_vs_KO_500g.csv"), "gene": "Trem2"}
    # One truth a target: dko evaluate takes one real knockout at a time.
    thp1 = os.path.join(folder, "papalexi_thp1")
    for target in ("STAT1", "JAK2", "IFNGR2", "UBE2L6") if os.path.isdir(thp1) else ():
        yield {"name": f"THP-1, {target} lost", "genes": 299, "input": os.path.join(thp1, "controls.h5ad"),
               "real": os.path.join(thp1, f"truth_{target}.csv"), "gene": target}
    yield from hard_data(os.path.join(folder, "hard"))


def hard_data(folder):
    """Simulated cells with what real cells have; reference/hard.py has more of them, and peers."""
    for kind in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        truth = os.path.join(folder, kind, "truth_single_KO.csv")
        if os.path.exists(truth):
            yield {"name": f"hard cells, {kind}", "genes": 250, "input": os.path.join(folder, kind, "Ptrain.csv"),
                   "truth": [truth], "effect": "0.0001"}


def simulated(run, sizes, knockouts):
    for genes in sizes:
        for name, options in (("Erdős–Rényi", ["--network", "erdos-renyi"]),
                              ("scale-free, γ = 2.5", ["--network", "scale-free", "--exponent", "2.5"]),
                              ("scale-free, γ = 3", ["--network", "scale-free", "--exponent", "3"])):
            path = run.path("simulated.csv")
            run("simulate", "--genes", str(genes), "--cells", "500", *options, "--truth-single", knockouts,
                "--truth-double", knockouts, "-o", path)
            yield {"name": name, "genes": genes, "input": path,
                   "truth": [path.replace(".csv", f".truth_{kind}.csv") for kind in ("single", "double")]}


def median_of(measured):
    figures = {}
    for name in measured[0]:
        values = [figures_of_seed[name] for figures_of_seed in measured if figures_of_seed.get(name) is not None]
        figures[name] = statistics.median(values) if values else None
    for name in ("training seconds", "screen seconds"):
        figures[name] = measured[0][name]
    return figures


def measure_all(run, data, seeds, mappings):
    """Medians of every mapping under names that begin with it; what needs no mapping as it is."""
    figures = {}
    for mapping in mappings:
        for name, value_of in median_of([measure(run, data, seed, mapping) for seed in seeds]).items():
            figures[name if name in WITHOUT_MAPPING else f"{mapping} {name}"] = value_of
    return figures


def text(number, digits=3):
    return "–" if number is None else f"{number:.{digits}f}"


WITHOUT_MAPPING = {"BC ridge per gene", "BC mean share"} | {
    f"{kind} {figure}" for kind in ("single", "double") for figure in ("own share", "own share AUPRC", "base rate")}


def figure(name, digits=3):
    return lambda row: text(row.get(name), digits)


def seconds(name, digits):
    return lambda row: "–" if row.get(name) is None else f"{row[name]:.{digits}f} s"


COLUMNS = (
    ("data", lambda row: row["name"]),
    ("genes", lambda row: f"{row['genes']:,}"),
    ("held-out Bray-Curtis: dko", figure("dko BC mapping", 4)),
    ("sparse", figure("sparse BC mapping", 4)),
    ("ridge", figure("BC ridge per gene", 4)),
    ("mean share", figure("BC mean share", 4)),
    ("singles, all that changes: dko", figure("dko single impact")),
    ("sparse", figure("sparse single impact")),
    ("own share", figure("single own share")),
    ("singles, other genes: dko", figure("dko single network AUPRC")),
    ("sparse", figure("sparse single network AUPRC")),
    ("base rate", figure("single base rate")),
    ("pairs: dko", figure("dko double impact")),
    ("sparse", figure("sparse double impact")),
    ("own share", figure("double own share")),
    ("interaction: dko", figure("dko interaction")),
    ("sparse", figure("sparse interaction")),
    ("training: dko", seconds("dko training seconds", 1)),
    ("sparse", seconds("sparse training seconds", 1)),
    ("singles: dko", seconds("dko screen seconds", 2)),
    ("sparse", seconds("sparse screen seconds", 2)),
)


def print_table(rows):
    print("| " + " | ".join(title for title, _ in COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    for row in rows:
        print("| " + " | ".join(cell(row) for _, cell in COLUMNS) + " |")
    for row in rows:
        for mapping in ("dko", "sparse"):
            if row.get(f"{mapping} published impacts") is not None:
                print(f"\n{row['name']}, {mapping}: single impacts against the published ones, "
                      f"Spearman {row[f'{mapping} published impacts']:.4f}.")
            if row.get(f"{mapping} real p") is not None:
                print(f"\n{row['name']}, {mapping}: predicted against real change, "
                      f"Spearman {row[f'{mapping} real spearman']:.3f}, p = {row[f'{mapping} real p']:.3f}.")


def main():
    arguments = parse_arguments()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        run = Runner(arguments, folder)
        sources = [shared_data(arguments.data)] if arguments.data else []
        sources.append(simulated(run, arguments.sizes, arguments.truth))
        for source in sources:
            for data in source:
                if arguments.only and not any(words in data["name"] for words in arguments.only):
                    continue
                started = time.time()
                if "held_out_of" in data:
                    data["held_out"] = run.path("held_out.txt")
                    with open(data["held_out"], "w") as file:
                        file.writelines(f"{cell}\n" for cell in published_held_out(data["held_out_of"]))
                seeds = SEEDS_WHERE_TRAINING_IS_LONG if data["genes"] >= LONG_FROM_GENES else arguments.seeds
                figures = measure_all(run, data, range(1, seeds + 1), arguments.mappings)
                rows.append({"name": data["name"], "genes": data["genes"], "seeds": seeds, **figures})
                print(f"{data['name']}, {data['genes']} genes: {time.time() - started:.0f} s", file=sys.stderr)
    print_table(rows)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=2)


if __name__ == "__main__":
    main()
