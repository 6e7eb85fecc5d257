"""What users may write for a gene or a cell: the same as on the command line of dko."""
import re

import numpy as np

from dko.files import UsageError


class NameTable:
    """Finds genes or cells by name, accession or number. A text is compared whole, with the names first, then
    with the accessions. A number is an int, or a text such as "#7" if that is no name; a text "7" never is one."""

    def __init__(self, path, kind: str, names, accessions=()):
        self.path, self.kind, self.names = path, kind, names
        self._tables = [self._positions(names), self._positions(accessions)]

    @staticmethod
    def _positions(names) -> dict:
        positions = {}
        for at, name in enumerate(names):
            positions.setdefault(name, []).append(at)
        return positions

    def named(self, name) -> list:
        """The numbers of all of this name."""
        return list(self._tables[0].get(name, ()))

    def knows(self, text: str) -> bool:
        """Whether it is the name or the accession of any."""
        return any(text in table for table in self._tables)

    def number(self, wanted) -> int:
        """@raises UsageError for one that is unknown, or that several have"""
        if isinstance(wanted, (int, np.integer)) and not isinstance(wanted, (bool, np.bool_)):
            return self._in_range(int(wanted))
        for table in self._tables:
            found = table.get(wanted, ()) if isinstance(wanted, str) else ()
            if len(found) > 1:
                choices = ", ".join(f"{self.names[at]} (number {at})" for at in found[:10])
                raise UsageError(f"{self.path}: {wanted!r} names {len(found)} {self.kind}s: {choices}; choose one "
                                 "by its number")
            if found:
                return found[0]
        if isinstance(wanted, str) and re.fullmatch("#[0-9]+", wanted):
            return self._in_range(int(wanted[1:]))
        hint = f"; write #{wanted} for {self.kind} number {wanted}" if str(wanted).isdecimal() else ""
        raise UsageError(f"{self.path}: there is no {self.kind} named {wanted!r}{hint}")

    def _in_range(self, number: int) -> int:
        if not 0 <= number < len(self.names):
            raise UsageError(f"{self.path}: there is no {self.kind} {number}, only 0 to {len(self.names) - 1}")
        return number

    def all_numbers(self, wanted) -> list:
        """@raises UsageError that lists all that are unknown"""
        numbers, errors = [], []
        for one in wanted:
            try:
                numbers.append(self.number(one))
            except UsageError as error:
                errors.append(str(error).removeprefix(f"{self.path}: "))
        if errors:
            more = f"; and {len(errors) - 20} more" if len(errors) > 20 else ""
            raise UsageError(f"{self.path}: " + "; ".join(errors[:20]) + more)
        return numbers
