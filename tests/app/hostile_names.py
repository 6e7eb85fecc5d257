"""Gives data hostile names, and finds them again, whole, in everything that was made of them."""
import csv
import html.parser
import json
import sys

import h5py

GENES = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", "a,b", 'say "hi"', "two\nlines", "tab\there",
    "\x1b[2J\x1b]0;owned\x07",
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&amp;\u2028", "$(rm -rf ~)`id`", "%s%n{}{0}",
    "../../etc/passwd", "\u202egnp.exe", "' OR 1=1 --", "\\", "null", " edges ", "\r\n0,0,1",
    "x" * 300, "\u57fa\u56e0", "\x7f\u0085"]


def numbered(at: int) -> str:
    return f"{GENES[at % len(GENES)]}#{at}"


def rename(path: str) -> None:
    with h5py.File(path, "a") as file:
        for frame, name in (("var", lambda at: GENES[at]), ("obs", numbered)):
            index = file[frame][file[frame].attrs["_index"]]
            count = index.shape[0]
            index[...] = [name(at) for at in range(count)]


def spoil(path: str) -> None:
    """Bytes that are no UTF-8 for the names of genes."""
    with h5py.File(path, "a") as file:
        names = file["genes/name"]
        names[...] = [b"\xff\xfe%d\x1b[2J" % at for at in range(names.shape[0])]


class Page(html.parser.HTMLParser):
    """A page in which nothing runs and nothing is loaded."""

    def __init__(self, text: str):
        super().__init__()
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "iframe", "object", "embed", "link"), tag
        for key, value in attrs:
            assert not key.startswith("on"), (tag, key)
            assert key not in ("src", "srcset", "href") or value.startswith(("#", "data:")), (tag, key, value[:40])

    def handle_data(self, data):
        self.words += data


def rows(path: str) -> list[dict]:
    with open(path, encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, strict=True))
    assert table and all(None not in row and None not in row.values() for row in table), path
    return table


def strings(value) -> set:
    if isinstance(value, dict):
        return set().union(*map(strings, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(strings, value)) if value else set()
    return {value} if isinstance(value, str) else set()


def check() -> None:
    cells = {numbered(at) for at in range(30)}
    single = rows("single.csv")
    genes = {row["gene_name"] for row in single}
    assert genes <= set(GENES) and len(genes) > 15, genes ^ set(GENES)
    assert {row["cell_name"] for row in single} <= cells
    assert {row["gene1_name"] for row in rows("double.csv")} <= set(GENES)
    for path, columns in (("genes.csv", ["gene"]), ("pairs.csv", ["gene1", "gene2"]), ("changes.csv", ["gene"])):
        table = rows(path)
        for column in columns:
            title = next(name for name in table[0] if name in (column, column + "_name"))
            assert {row[title] for row in table} <= set(GENES), (path, column)
    for path in ("top.json", "summary.json", "changes.json", "info.json", "screen.json"):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        if path in ("top.json", "changes.json"):
            assert len(strings(content) & set(GENES)) > 5, (path, strings(content))
    with open("report.html", encoding="utf-8") as file:
        page = Page(file.read())
    assert "alert(1)" in page.words and "@SUM(A1:A9)" in page.words
    assert not [letter for letter in page.words if ord(letter) < 32 and letter not in "\n\t"]


if __name__ == "__main__":
    {"rename": rename, "spoil": spoil, "check": check}[sys.argv[1]](*sys.argv[2:])
