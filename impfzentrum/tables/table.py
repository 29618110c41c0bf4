"""A table as it was read: headings and lines of plain text, with what could not be read of a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LARGEST_FILE = 5_000_000
"""Bytes. A county's day of 1,000 appointments is about 100 kB."""

MOST_LINES = 20_000
"""Lines with something in them, without the heading."""

MOST_COLUMNS = 60
"""Columns beyond are not read: nobody could choose among them."""

LONGEST_CELL = 500
"""Characters; more is cut off, and whatever the cell was meant to say is refused as too long."""

NOTE_EVERY = 2_000


class Unreadable(StrEnum):
    """Why a whole file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    OLD_EXCEL = "old_excel"
    NOT_A_TABLE = "not_a_table"
    DAMAGED = "damaged"
    INFLATED = "inflated"
    ONE_COLUMN = "one_column"


class Blemish(StrEnum):
    """Why one cell is refused whatever it was meant to say."""

    FORMULA = "formula"
    ERROR = "error"
    REPEATS = "repeats"
    ZONE = "zone"


class TableRefused(Exception):
    """The file as a whole cannot be read, or is more than is read."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(slots=True)
class Line:
    """One line. `number` is that of the file as people see it, from 1; `blemishes` by the place of the cell, from 0."""

    number: int
    cells: list[str]
    blemishes: dict[int, str] = field(default_factory=dict)

    def cell(self, place: int) -> str:
        """What stands there; lines may be shorter than the heading."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(slots=True)
class Table:
    headings: list[str]
    lines: list[Line]

    def as_plain(self) -> dict[str, Any]:
        """Plain values, to be kept as JSON."""
        lines = [[line.number, line.cells, {str(at): why for at, why in line.blemishes.items()}] for line in self.lines]
        return {"headings": self.headings, "lines": lines}

    @classmethod
    def from_plain(cls, kept: dict[str, Any]) -> Table:
        lines = [Line(number, cells, {int(at): why for at, why in bad.items()}) for number, cells, bad in kept["lines"]]
        return cls(kept["headings"], lines)


Note = Callable[[int], None]
"""Told every NOTE_EVERY lines how many have been read."""


def collect(lines: Iterable[Line], note: Note) -> list[Line]:
    """The lines that hold anything. Raises TableRefused above MOST_LINES (and a heading of at most as many)."""
    kept: list[Line] = []
    for line in lines:
        while line.cells and not line.cells[-1] and len(line.cells) - 1 not in line.blemishes:
            line.cells.pop()
        if not line.cells:
            continue
        kept.append(line)
        if len(kept) > MOST_LINES + HEADING_WITHIN:
            raise TableRefused(Unreadable.TOO_MANY_LINES)
        if len(kept) % NOTE_EVERY == 0:
            note(len(kept))
    return kept


HEADING_WITHIN = 15
"""The heading is looked for in so many lines from the top: reports begin with a title, a date, a logo."""


def split_heading(lines: Sequence[Line], is_heading: Callable[[str], bool]) -> Table:
    """Find the line of the headings: the one with the most cells that `is_heading` knows, at least two, and the last of
    several such lines.

    Without such a line the first one with at least two cells is the heading. A heading merged over two lines leaves
    its lower cell empty; then the one above counts. Raises TableRefused for a file without two columns.
    """
    top = lines[:HEADING_WITHIN]
    known = [sum(is_heading(cell) for cell in line.cells if cell) for line in top]
    if known and max(known) >= 2:
        at = known.index(max(known))
        while at + 1 < len(known) and known[at + 1] >= 2:
            at += 1
    else:
        wide = (index for index, line in enumerate(top) if sum(bool(cell) for cell in line.cells) >= 2)
        at = next(wide, -1)
    if at < 0:
        raise TableRefused(Unreadable.ONE_COLUMN if lines else Unreadable.EMPTY)
    headings = _merge_headings(
        lines[at], lines[at - 1] if at and lines[at - 1].number == lines[at].number - 1 else None
    )
    if at == len(lines) - 1:
        raise TableRefused(Unreadable.EMPTY)
    if len(lines) - at - 1 > MOST_LINES:
        raise TableRefused(Unreadable.TOO_MANY_LINES)
    return Table(headings, list(lines[at + 1 :]))


def _merge_headings(line: Line, above: Line | None) -> list[str]:
    if above is None:
        return list(line.cells)
    width = max(len(line.cells), len(above.cells))
    return [line.cell(place) or above.cell(place) for place in range(width)]


def tidy_cell(text: str) -> str:
    """One cell as text: without the spaces and line breaks that reports put around values."""
    return " ".join(text.split())[:LONGEST_CELL]
