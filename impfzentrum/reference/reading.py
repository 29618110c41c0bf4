"""Reading the files: every cell that cannot be what it should be names its file and line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class ReferenceDataError(Exception):
    """A reference file holds something impossible. `line` counts from 1, with the header."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, Zeile {line}: {problem}")
        self.file, self.line, self.problem = file, line, problem


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file with typed access to its cells. All getters raise ReferenceDataError."""

    file: str
    line: int
    cells: dict[str, str]

    def refuse(self, problem: str) -> ReferenceDataError:
        return ReferenceDataError(self.file, self.line, problem)

    def text(self, column: str) -> str:
        """The cell, which may be empty."""
        return self.cells[column]

    def required(self, column: str) -> str:
        if not self.cells[column]:
            raise self.refuse(f"{column} fehlt")
        return self.cells[column]

    def number(self, column: str) -> int:
        return self._convert(column, int, "eine ganze Zahl")

    def number_or_none(self, column: str) -> int | None:
        return self.number(column) if self.cells[column] else None

    def day(self, column: str) -> date:
        return self._convert(column, date.fromisoformat, "ein Datum wie 2021-04-24")

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.cells[column] else None

    def clock(self, column: str) -> time:
        return self._convert(column, time.fromisoformat, "eine Uhrzeit wie 08:00")

    def _convert(self, column: str, convert: Callable[[str], T], meaning: str) -> T:
        cell = self.required(column)
        try:
            return convert(cell)
        except ValueError:
            raise self.refuse(f"{column} ist {cell!r}, erwartet wird {meaning}") from None


def read_rows(folder: Path, name: str, columns: Sequence[str]) -> list[Row]:
    """All lines of a file whose header must be exactly `columns`. Raises ReferenceDataError."""
    with (folder / name).open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        header = next(reader, [])
        if header != list(columns):
            raise ReferenceDataError(name, 1, f"die Spalten müssen {','.join(columns)} sein")
        rows = []
        for cells in reader:
            if len(cells) != len(columns):
                raise ReferenceDataError(name, reader.line_num, f"{len(cells)} statt {len(columns)} Spalten")
            stripped = (cell.strip() for cell in cells)
            rows.append(Row(name, reader.line_num, dict(zip(columns, stripped, strict=True))))
    return rows


def refuse_overlaps(rows: Sequence[Row], *key: str) -> None:
    """Of the rows with the same `key` at most one may hold on a day. Raises ReferenceDataError for the later one."""
    latest: dict[tuple[str, ...], tuple[Row, date | None]] = {}
    for row in sorted(rows, key=lambda row: (row.day("valid_from"), row.line)):
        start, end = row.day("valid_from"), row.day_or_none("valid_until")
        if end is not None and end < start:
            raise row.refuse(f"valid_until {end} liegt vor valid_from {start}")
        name = tuple(row.text(column) for column in key)
        before, before_end = latest.get(name, (None, None))
        if before is not None and (before_end is None or before_end >= start):
            raise row.refuse(f"{', '.join(name)} gilt am {start} schon nach Zeile {before.line}")
        latest[name] = (row, end)
