"""Writes random small files whose names and labels are made of digits, signs, |, quotes, blanks and repeats, has dko choose
among them by random lists and conditions, and compares with plain Python. What dko takes must be what Python takes; what
Python cannot read in one way only, dko must refuse.

    selections.py TOOL CASES [SEED]     with TOOL dko_selection_tool"""
import itertools
import os
import random
import re
import subprocess
import sys

import h5py
import numpy as np

TOOL = sys.argv[1]
GENES, CELLS = 9, 8
NAMES = ["7", "1", "01", "1.0", "1E0", "-1", "+1", "3", "T", "B", "T|B", "B|T", "|", '"T"', 'T"B', '"', " T", "T ", " T B ",
         "#1", "#3", "A", "A", "A-1", "a", "x,y", "T,B", "gene1", "675", "NA", "nan"]
LABELS = ["T", "B", "T|B", "B|X", "X", "T|B|X", " T", "T ", '"T"', '"T|B"', "1", "01", "1.0", "1E0", "=1", "x=1", "ctrl",
          " ctrl ", "|", "a<b", "nan"]
ALIKE = [["T", "B", "T|B", "X"], ["T|B", "B|X", "T", "B", "X"], ["1", "01", "1.0", "1E0"], ["ctrl", " ctrl ", '"ctrl"'],
         ["1", "=1", "x=1"]]


def is_number(text: str) -> bool:
    """A name that could be meant as a number."""
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text.strip(" \t\r")) is not None


def made_unique(names: list) -> list:
    """As anndata: A, A-1, A-2, and none that is there already."""
    taken, unique, last = set(names), [], {}
    for name in names:
        new = name
        if name in unique:
            while new in taken:
                last[name] = last.get(name, 0) + 1
                new = f"{name}-{last[name]}"
            taken.add(new)
        unique.append(new)
    return unique


def unquoted(text: str):
    match = re.fullmatch(r'"((?:[^"]|"")*)"', text)
    return match and match[1].replace('""', '"')


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def positions(spellings: list, names: list) -> list:
    """What a text means, by its spellings, or nothing."""
    for spelling in spellings:
        for known in (names, made_unique(names)):
            found = [at for at, name in enumerate(known) if name == spelling]
            if found:
                return found
    plain = re.fullmatch("0|[1-9][0-9]*", spellings[-1]) and not any(map(is_number, names))
    number = spellings[-1] if plain else re.fullmatch("#([0-9]+)", spellings[-1]) and spellings[-1][1:]
    return [int(number)] if number and int(number) < len(names) else []


# Files ----------------------------------------------------------------------------------------------------------------


def write_frame(group, index: list, columns: dict):
    group.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "_index",
                        "column-order": np.array(list(columns), dtype=h5py.string_dtype())})
    group.create_dataset("_index", data=np.array(index, dtype=object), dtype=h5py.string_dtype())
    for title, values in columns.items():
        if all(value is None or isinstance(value, str) for value in values):
            categories = sorted({value for value in values if value is not None})
            column = group.create_group(title)
            column.attrs.update({"encoding-type": "categorical", "encoding-version": "0.2.0", "ordered": False})
            column["codes"] = np.array([-1 if value is None else categories.index(value) for value in values], np.int8)
            column.create_dataset("categories", data=np.array(categories, dtype=object), dtype=h5py.string_dtype())
        else:
            group[title] = np.array([np.nan if value is None else value for value in values])


def write_h5ad(path: str, values, genes: list, cells: list, columns: dict):
    with h5py.File(path, "w") as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        file["X"] = values
        write_frame(file.create_group("obs"), cells, columns)
        write_frame(file.create_group("var"), genes, {})


def write_csv(path: str, values, genes: list, cells: list):
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(["gene", *map(quoted, cells)]) + "\n")
        for gene, row in zip(genes, values.T):
            file.write(",".join([quoted(gene), *map(str, row)]) + "\n")


def write_folder(path: str, values, genes: list, cells: list):
    os.makedirs(path, exist_ok=True)
    with open(path + "/matrix.mtx", "w", encoding="utf-8") as file:
        file.write(f"%%MatrixMarket matrix coordinate integer general\n{len(genes)} {len(cells)} {values.size}\n")
        file.writelines(f"{gene + 1} {cell + 1} {value}\n" for (cell, gene), value in np.ndenumerate(values))
    with open(path + "/genes.tsv", "w", encoding="utf-8") as file:
        file.writelines(quoted(gene) + "\n" for gene in genes)
    with open(path + "/barcodes.tsv", "w", encoding="utf-8") as file:
        file.writelines(quoted(cell) + "\n" for cell in cells)


# What dko takes -------------------------------------------------------------------------------------------------------


class Tool:
    """The tool, which answers one line for another."""

    def __init__(self):
        self.process = subprocess.Popen([TOOL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, kind: str, file: str, what: str):
        """The places that are taken, or the message, and the log."""
        self.process.stdin.write(f"{kind}\t{file}\t{what}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n").split("\t")
        if answer[0] == "ok":
            return [int(place) for place in answer[1].split()], answer[2]
        assert answer[0] == "refused" and answer[1] in "23", answer
        return answer[2], answer[3]


class Tally:
    """Cases, and those of them that went wrong."""

    def __init__(self):
        self.cases = self.taken = self.refused = 0
        self.wrong = []

    def add(self, what, expected, found, least: int = 1):
        """`expected`: the places, or None if it must be refused, as fewer than `least` are."""
        self.cases += 1
        if isinstance(found, str):
            self.refused += 1
            if expected is not None and len(expected) >= least:
                self.wrong.append((what, "refused", expected, found))
            return
        self.taken += 1
        if found != expected:
            self.wrong.append((what, "taken otherwise" if expected is not None else "not refused", expected, found))


def some_names(rng, count: int, of: list) -> list:
    return [rng.choice(of) for _ in range(count)]


def lists(rng, tool: Tool, tally: Tally):
    """--genes and --cells of a file or on the command line."""
    numeric = rng.random() < 0.5
    pool = NAMES if numeric else [name for name in NAMES if not is_number(name)]
    form = rng.choice(["h5ad", "csv", "folder"])
    if form == "folder":  # whose lists have no blanks around names, and no line that could be a comment
        pool = [name.strip() for name in pool if not name.startswith("#")]
    genes, cells = some_names(rng, GENES, pool), some_names(rng, CELLS, pool)
    values = np.arange(1, GENES * CELLS + 1).reshape(CELLS, GENES)
    if form == "h5ad":
        write_h5ad("x.h5ad", values, genes, cells, {})
    else:
        (write_csv if form == "csv" else write_folder)("x." + form, values, genes, cells)
    kind = rng.randrange(2)
    names = [genes, cells][kind]
    wanted = []
    for _ in range(rng.randrange(1, 5)):
        text = rng.choice([*rng.sample(names, 5), rng.choice(NAMES), str(rng.randrange(12)), f"#{rng.randrange(12)}"])
        wanted.append(rng.choice([text, text, quoted(text), " " + text]))
    if rng.random() < 0.5:
        with open("list.txt", "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in wanted)
        wanted = [line for line in wanted if line.strip()]
        meanings = [positions([line, line.strip(), unquoted(line.strip()) or line.strip()], names) for line in wanted]
        expected = united(meanings)
        argument = "list.txt"
    else:
        argument = ",".join(wanted)
        expected = by_commas(argument, names)
    found, _ = tool.ask(["genes", "cells"][kind], f"x.{form}", argument)
    tally.add((form, argument, wanted, names), expected, found, 2 - kind)
    if isinstance(found, str) and argument == "list.txt" and re.search("no (gene|cell) named", found):
        for line, meaning in zip(wanted, meanings):  # every unknown name is told
            assert meaning or (unquoted(line.strip()) or line.strip()) in found, (line, found)


def united(meanings: list):
    """The places of all, ascending, each once; None where one is unknown."""
    if not all(meanings):
        return None
    return sorted(set(itertools.chain(*meanings)))


def by_commas(text: str, names: list):
    """The whole text, or its parts between commas, without and with regard to quotes: the only one that fits."""
    if text in names or text in made_unique(names):
        return positions([text], names)
    readings = [text.split(",")]
    if re.fullmatch(r'( *"(?:[^"]|"")*" *|(?! *")[^,]*)(,( *"(?:[^"]|"")*" *|(?! *")[^,]*))*', text):
        parts = re.findall(r'(?:^|,)( *"(?:[^"]|"")*" *(?=,|$)|(?! *")[^,]*)', text)
        if any(part.strip().startswith('"') for part in parts):
            readings.append([part if unquoted(part.strip()) is None else unquoted(part.strip()) for part in parts])
    known = [reading for reading in readings
             if all({part, part.strip()} & {*names, *made_unique(names)} for part in reading)]
    results = {str(united([positions([part, part.strip()], names) for part in reading])) for reading in known}
    if len(results) > 1:
        return None
    return united([positions([part, part.strip()], names) for part in (known or readings)[-1]])


def ways(value: str, fits) -> list:
    """All lists of labels that a value with | could mean; the whole first."""
    if fits(value) is not None:
        return [[fits(value)]]
    pieces = value.split("|")
    found = []
    for cuts in range(1, 2 ** (len(pieces) - 1)):
        parts, part = [], pieces[0]
        for at, piece in enumerate(pieces[1:]):
            if cuts >> at & 1:
                parts.append(part)
                part = piece
            else:
                part += "|" + piece
        labels = [fits(one) for one in [*parts, part]]
        if None not in labels:
            found.append(labels)
    return found


def conditions(rng, tool: Tool, tally: Tally):
    """--where on a column of texts or of numbers."""
    cells = [f"c{at}" for at in range(CELLS)]
    numbers = rng.random() < 0.3
    labels = rng.choice([some_names(rng, 4, LABELS), *ALIKE])
    column = [rng.choice([0.0, 1.0, 1.5, -1.0, None] if numbers else [*labels, None]) for _ in cells]
    values = np.arange(1, GENES * CELLS + 1).reshape(CELLS, GENES)
    write_h5ad("w.h5ad", values, [f"g{at}" for at in range(GENES)], cells, {"c": column})
    there = {value for value in column if value is not None}
    if numbers:
        value = "|".join(rng.choice(["0", "1", "1.0", "1E0", "1.5", "-1", "x", " 1 "]) for _ in range(rng.randrange(1, 3)))

        def fits(text):
            return float(text) if is_number(text) and float(text) in there else None
    else:
        labels = [rng.choice([rng.choice(LABELS), *there, *there]) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        value = "|".join(rng.choice([label, label, quoted(label), f" {label} "]) for label in labels)

        def fits(text):
            for spelling in (text, text.strip(), unquoted(text.strip())):
                if spelling in there:
                    return spelling
            return None
    sign = rng.choice(["=", "!=", "=="])
    readings = {str(sorted(map(str, way))): way for way in ways(value, fits)}
    unequal = sign == "!="
    several = len(ways(value, fits)) > 1
    if sign != "!=" and (sign == "==" or value.startswith("=")):  # c==x: x, or =x
        other = ways("=" + value, fits) if sign == "==" else ways(value[1:], fits)
        several = several or (bool(other) and bool(readings)) or len(other) > 1
        readings.update((str(sorted(map(str, way))), way) for way in other)
    expected = None
    if len(readings) == 1 and not several:
        chosen = next(iter(readings.values()))
        expected = [at for at, label in enumerate(column) if label is not None and (label in chosen) != unequal]
    condition = f"c{sign}{value}"
    found, log = tool.ask("where", "w.h5ad", condition)
    tally.add((condition, column), expected, found)
    missing = column.count(None)
    if not isinstance(found, str) and missing:
        assert re.search(f"{missing} cells? without a value in column c", log), (condition, log)


def events(rng, tool: Tool, tally: Tally):
    """A list of knockouts by names, and --knockout-genes."""
    numeric = rng.random() < 0.5
    pool = [name for name in NAMES if numeric or not is_number(name)]
    genes, cells = some_names(rng, GENES, pool), [f"c{at}" for at in range(CELLS)]
    values = np.arange(1, GENES * CELLS + 1).reshape(CELLS, GENES)
    write_h5ad("e.h5ad", values, genes, cells, {})
    wanted = [rng.choice([*rng.sample(genes, 4), rng.choice(NAMES), str(rng.randrange(12)), f"#{rng.randrange(12)}"])
              for _ in range(rng.randrange(1, 3))]
    title = rng.choice(["gene", "gene_id", "gene_name", "gene_index"])
    with open("e.csv", "w", encoding="utf-8") as file:
        file.write(f"{title},cell_name\n")
        file.writelines(f"{quoted(gene)},c{at}\n" for at, gene in enumerate(wanted))
    meanings = []
    for gene in wanted:
        number = re.fullmatch("[#+]?([0-9]+)", gene)
        number = [int(number[1])] if number and int(number[1]) < GENES else []
        meaning = number if title == "gene_index" else positions([gene], genes)
        is_name = gene in genes or gene in made_unique(genes)
        if title == "gene_name" and not is_name and not gene.startswith("#"):
            meaning = []
        if title == "gene_id" and is_name and number and meaning != number:
            meaning = []  # could be either
        meanings.append(meaning)
    expected = [meaning[0] for meaning in meanings] if all(len(meaning) == 1 for meaning in meanings) else None
    found, _ = tool.ask("events", "e.h5ad", "e.csv")
    tally.add((title, wanted, genes), expected, found)


def main() -> int:
    count = int(sys.argv[2])
    tool, tally = Tool(), Tally()
    for case in range(count):
        rng = random.Random(f"{sys.argv[3] if len(sys.argv) > 3 else 1}-{case}")
        (lists, conditions, events)[case % 3](rng, tool, tally)
    print(f"{tally.cases} selections: {tally.taken} taken, {tally.refused} refused, {len(tally.wrong)} wrong")
    for wrong in tally.wrong[:20]:
        print(*wrong, sep="\n    ")
    return 1 if tally.wrong or not tally.taken or not tally.refused else 0


if __name__ == "__main__":
    sys.exit(main())
