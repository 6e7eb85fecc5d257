"""Options of the program as keyword arguments of Python. Which there are the program itself says, in its man pages."""
from __future__ import annotations

import difflib
import functools
import keyword
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from dko.errors import ProgramError, ReadError
from dko.places import program

MOST_IN_LINE = 500  # names of a list that stand in the command line; more are written to a file
ENTRY = re.compile(r"\.TP\n(.*)\n(.*)\n?")
HEAD = re.compile(r"(?:\\fB-\w\\fR, )?\\fB--([\w-]+)\\fR(?: \\fI(.*)\\fR)?")


@dataclass(frozen=True)
class Option:
    """One option of a command: --name VALUE, or a flag where there is no value."""

    name: str
    value: str
    help: str

    @property
    def takes_names(self) -> bool:
        """Whether a list may be given as a file with one name a line: LIST, or LIST|all."""
        return self.value.split("|")[0] == "LIST"

    @property
    def is_repeated(self) -> bool:
        """Whether several values are several options, and not joined by commas."""
        return "may be given again" in self.help


@functools.lru_cache(maxsize=None)
def options_of(command: str, _program: str | None = None) -> dict:
    """{keyword: Option} of a command of the program, such as top_genes of --top-genes."""
    with tempfile.TemporaryDirectory(prefix="dko-") as folder:
        try:
            done = subprocess.run([program(), "--man-pages", folder], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise ReadError(f"{program()}: cannot be started: {error.strerror}") from None
        if done.returncode:
            raise ProgramError(f"{program()} does not tell its options: {done.stderr.strip()}", done.returncode)
        with open(os.path.join(folder, f"dko-{command}.1"), encoding="utf-8") as page:
            text = page.read().replace("\\-", "-")
    found = {}
    for head, words in ENTRY.findall(text):
        match = HEAD.fullmatch(head)
        if match:
            found[match[1].replace("-", "_")] = Option(match[1], match[2] or "", words)
    return found


def words_of(command: str, given: dict, folder: str, taken=()) -> list:
    """The words of the command line for keyword arguments: top_genes=500 is --top-genes 500, from_="type=A" is --from type=A,
    resume=True is --resume; False and None leave an option out. Lists are joined by commas, or repeat the option where it may
    be given again; names that commas cannot separate, and long lists, are written to files in `folder`. `taken`: options that
    the caller sets itself. @raises TypeError for an option that the command does not have, or a value that it cannot take"""
    known = {writable(name): option for name, option in options_of(command, program()).items() if name not in taken}
    words = []
    for name, value in given.items():
        name = writable(name)
        if name not in known:
            similar = difflib.get_close_matches(name, known, 3, 0.5)
            raise TypeError(f"dko {command} has no option {name!r}" +
                            (f"; did you mean {' or '.join(similar)}?" if similar else f"; dko {command} --help lists all"))
        words += words_of_one(known[name], name, value, folder)
    return words


def writable(name: str) -> str:
    """An option as a keyword argument: from_ for --from, since `from` is a word of Python's own."""
    return f"{name}_" if keyword.iskeyword(name) else name


def words_of_one(option: Option, name: str, value, folder: str) -> list:
    if value is None or value is False:
        return []
    if (value is True) != (option.value == ""):
        raise TypeError(f"{name} is either True or False" if option.value == "" else f"{name} takes a value: {option.value}")
    if value is True:
        return [f"--{option.name}"]
    if isinstance(value, (str, os.PathLike)) or not hasattr(value, "__iter__"):
        return [f"--{option.name}", text_of(value)]
    texts = [text_of(one) for one in value]
    if not texts:
        raise TypeError(f"{name} is an empty list")
    if option.is_repeated:
        return [word for text in texts for word in (f"--{option.name}", text)]
    if option.takes_names and (len(texts) > MOST_IN_LINE or any(needs_file(text) for text in texts)):
        return [f"--{option.name}", write_list(os.path.join(folder, f"{option.name}.txt"), name, texts)]
    return [f"--{option.name}", ",".join(quoted(text) for text in texts)]


def needs_file(text: str) -> bool:
    return text != text.strip() or any(letter in text for letter in ',"')


def quoted(text: str) -> str:
    """A name between commas as the program reads it."""
    return '"' + text.replace('"', '""') + '"' if needs_file(text) else text


def write_list(path: str, name: str, texts) -> str:
    if any("\n" in text or "\r" in text for text in texts):
        raise TypeError(f"{name}: a name with a line break cannot be passed to the program; write its number, such as #7")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for text in texts)
    return path


def text_of(value) -> str:
    if isinstance(value, bytes):
        return value.decode()
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
