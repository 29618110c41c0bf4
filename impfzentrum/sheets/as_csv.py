"""Tables as CSV that a German Excel opens as they are, and that run no formula there.

UTF-8 with a byte order mark (Excel takes the file for Windows-1252 without it), semicolons (the comma belongs to German
numbers), CRLF.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from impfzentrum.sheets.defusing import defuse
from impfzentrum.sheets.sheet import Cell, Column, Sheet, show_cell

BYTE_ORDER_MARK = "\ufeff"


def write_csv(sheet: Sheet, file: IO[bytes]) -> None:
    """The table line by line. Text that could be a formula gets an apostrophe in front; numbers stay numbers."""
    lines = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        lines.write(BYTE_ORDER_MARK)
        writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
        writer.writerow([defuse(column.heading) for column in sheet.columns])
        writer.writerows(_lines(sheet))
        lines.flush()
    finally:
        lines.detach()  # the file stays open: its owner closes it


def _lines(sheet: Sheet) -> Iterator[list[str]]:
    for row in sheet.rows:
        yield [_show(cell, column) for cell, column in zip(row, sheet.columns, strict=True)]


def _show(cell: Cell, column: Column) -> str:
    shown = show_cell(cell, column.kind)
    return defuse(shown) if isinstance(cell, str) else shown
