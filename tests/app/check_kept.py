"""What `dko screen --keep` left, against a full screen, by sorting and plain loops."""
import csv
import sys

import h5py
import numpy as np
from dko.screen_file import interaction_of

MEASURES = {"impact": ("impact", False), "network": ("network", False), "interaction": ("impact", True),
            "network-interaction": ("network", True)}


def numbers_of(file):
    """{path: array} of everything but texts and the checksums of what ranks wrote, which are by their parts."""
    found = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "if" and not name.startswith("progress/"):
            found[name] = item[()]

    file.visititems(keep)
    return found


def same(one, other):
    with h5py.File(one) as a, h5py.File(other) as b:
        first, second = numbers_of(a), numbers_of(b)
        assert first.keys() == second.keys() and len(first) > 3, (first.keys(), second.keys())
        for name, values in first.items():
            assert values.shape == second[name].shape and values.tobytes() == second[name].tobytes(), name


def pairs_of(file):
    """Genes, cell and {measure: values} of every pair of a full screen."""
    starts, targets = file["single/indptr"][:], file["single/indices"][:]
    genes, cells, places = [], [], []
    for cell in range(len(starts) - 1):
        of_cell = targets[starts[cell]:starts[cell + 1]]
        if file["double/indptr"][cell] == file["double/indptr"][cell + 1]:
            continue
        a, b = np.triu_indices(len(of_cell), 1)
        genes.append(np.stack([of_cell[a], of_cell[b]], axis=1))
        cells.append(np.full(len(a), cell))
        places.append(np.stack([a, b], axis=1) + starts[cell])
    genes, cells, places = np.concatenate(genes), np.concatenate(cells), np.concatenate(places)
    values = {}
    for name, (score, is_interaction) in MEASURES.items():
        pair = file["double"][score][:]
        if is_interaction:
            single = file["single"][score]["data"][:]
            pair = interaction_of(pair, single[places[:, 0]], single[places[:, 1]])
        values[name] = pair
    return genes, cells, values


def extremes(cells, values, count):
    keep = np.zeros(len(cells), dtype=bool)
    for cell in np.unique(cells):
        of_cell = np.flatnonzero(cells == cell)
        for sign in (1, -1):
            keep[of_cell[np.argsort(-sign * values[of_cell], kind="stable")[:count]]] = True
    return keep


def passing(values, threshold, by):
    return (np.abs(values) if "interaction" in by else values) >= threshold


def check_list(full, kept, by, choose):
    with h5py.File(full) as file, h5py.File(kept) as other:
        genes, cells, values = pairs_of(file)
        keep = choose(cells, values[by])
        assert 0 < keep.sum() < len(keep), keep.sum()
        assert np.array_equal(other["list/genes"][:], genes[keep]) and np.array_equal(other["list/cell"][:], cells[keep])
        for score in ("impact", "network"):
            assert np.array_equal(other["list"][score][:], values[score][keep]), score
        assert other.attrs["keep_by"] == by and "double" not in other


def tables(full, kept):
    def rows(path):
        with open(path, encoding="utf-8") as file:
            lines = list(csv.reader(file))
        return lines[0], {tuple(line[1:3]): line[3:] for line in lines[1:]}

    (head, wanted), (titles, found) = rows(full), rows(kept)
    assert head == titles and wanted.keys() == found.keys() and len(found) > 100
    for genes, line in wanted.items():
        for one, other in zip(line, found[genes]):
            assert one == other or abs(float(one) - float(other)) <= 2e-7 * abs(float(one)) + 1e-10, (genes, line)


def summary(full, kept):
    with h5py.File(full) as file, h5py.File(kept) as other:
        genes, cells, values = pairs_of(file)
        of = other["summary"]
        chosen = of["genes"][:]
        a, b = np.triu_indices(len(chosen), 1)
        assert np.array_equal(chosen, np.unique(genes))
        over = {name: {} for name in MEASURES}
        for name in MEASURES:
            for pair, value in zip(map(tuple, genes), values[name].astype(np.float64)):
                over[name].setdefault(pair, []).append(value)
        for name in MEASURES:
            stored = {array: data[:] for array, data in of[name.replace("-", "_")].items()}
            assert ("same_sign" in stored) == ("interaction" in name)
            for at, pair in enumerate(zip(chosen[a], chosen[b])):
                x = np.array(over[name].get(pair, []))
                assert of["cells"][at] == len(x)
                if not len(x):
                    assert all(np.isnan(data[at]) for data in stored.values())
                    continue
                assert stored["min"][at] == x.min().astype(np.float32) and stored["max"][at] == x.max().astype(np.float32)
                assert np.isclose(stored["mean"][at], x.mean(), rtol=2e-7, atol=1e-12)
                sd = stored["sd"][at]
                assert np.isclose(sd, x.std(ddof=1), rtol=1e-6, atol=1e-10) if len(x) > 1 else np.isnan(sd)
                if "same_sign" in stored:
                    assert np.isclose(stored["same_sign"][at], (x * x.mean() > 0).mean(), rtol=1e-6)


def main(what, *rest):
    if what == "top":
        full, kept, count, by = rest
        check_list(full, kept, by, lambda cells, values: extremes(cells, values, int(count)))
    elif what == "above":
        full, kept, threshold, by = rest
        check_list(full, kept, by, lambda cells, values: passing(values, float(threshold), by))
    elif what == "both":
        full, kept, threshold, count, by = rest
        check_list(full, kept, by, lambda cells, values:
                   extremes(cells, values, int(count)) & passing(values, float(threshold), by))
    else:
        {"same": same, "tables": tables, "summary": summary}[what](*rest)


main(*sys.argv[1:])
