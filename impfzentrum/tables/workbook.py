"""Excel workbooks (.xlsx), row by row: real dates, cached values of formulas, no hidden sheet, no bomb."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook

from impfzentrum.tables.table import (
    MOST_COLUMNS,
    Blemish,
    Line,
    TableRefused,
    Unreadable,
    tidy_cell,
)

LARGEST_UNPACKED = 60_000_000
"""Bytes of all parts together. 20,000 lines of ten columns take about ten million."""

MOST_PARTS = 500
MOST_ROWS = 1_048_576
"""What Excel itself can hold. A stray mark in the last row makes a million empty ones, which are passed by quickly."""

TOP = 100
"""Rows that decide how wide a sheet is."""

_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
_FAULTS = (
    zipfile.BadZipFile,
    ParseError,
    DefusedXmlException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)
"""What openpyxl raises on files that are no workbooks after all; it documents none of it."""


def read_workbook(content: bytes) -> Iterator[Line]:
    """The rows of the first visible sheet that holds anything. Raises TableRefused."""
    formulas = _look_inside(content)
    try:
        yield from _read(content, formulas=formulas)
    except _FAULTS:
        raise TableRefused(Unreadable.DAMAGED) from None


def _look_inside(content: bytes) -> bool:
    """Whether there are formulas; raises TableRefused for a bomb. Sizes that lie are caught when unpacking.

    zipfile never unpacks more of a part than its directory says, so the sum below is a true bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = parts.infolist()
            if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                raise TableRefused(Unreadable.INFLATED)
            sheets = [info for info in infos if info.filename.startswith("xl/worksheets/")]
            return any(_holds_formula(parts, info) for info in sheets)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise TableRefused(Unreadable.DAMAGED) from None


def _holds_formula(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    xml = parts.read(info)
    return b"<f>" in xml or b"<f " in xml or b"<f/>" in xml


def _read(content: bytes, *, formulas: bool) -> Iterator[Line]:
    values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    written = load_workbook(io.BytesIO(content), read_only=True, keep_links=False) if formulas else None
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            continue
        width = _width(sheet)
        written_rows = _rows(written[sheet.title], width) if written else None
        lines = _lines(_rows(sheet, width), written_rows)
        first = next((line for line in lines if any(line.cells) or line.blemishes), None)
        if first is not None:
            yield first
            yield from lines
            return
    raise TableRefused(Unreadable.EMPTY)


def _width(sheet: Any) -> int:
    """How many columns the first rows use. The heading is among them, and nobody can choose a column without one.

    Rows are padded to the width that is asked for: with all columns a long sheet takes more than twice as long.
    """
    sheet.reset_dimensions()  # what the file says of its size may be a lie
    top = sheet.iter_rows(max_row=TOP, max_col=MOST_COLUMNS, values_only=True)
    used = (place for row in top for place, value in enumerate(row, start=1) if value is not None)
    return max(used, default=1)


def _rows(sheet: Any, width: int) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()
    rows: Iterator[Sequence[Any]] = sheet.iter_rows(max_col=width, values_only=True)
    return rows


def _lines(rows: Iterator[Sequence[Any]], written: Iterator[Sequence[Any]] | None) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TableRefused(Unreadable.TOO_MANY_LINES)
        formulas = next(written, ()) if written is not None else ()
        if row.count(None) == len(row) and formulas.count(None) == len(formulas):
            continue
        line = Line(number, [tidy_cell(_as_text(value)) for value in row])
        for place, cell in enumerate(line.cells):
            if cell in _ERRORS:
                line.blemishes[place] = Blemish.ERROR
        _mark_formulas(line, row, formulas)
        yield line


def _mark_formulas(line: Line, row: Sequence[Any], written: Sequence[Any]) -> None:
    """A formula whose result nobody has kept: the file was written by a program that does not calculate."""
    for place, text in enumerate(written):
        is_formula = (isinstance(text, str) and text.startswith("=")) or type(text).__name__ == "ArrayFormula"
        if is_formula and (place >= len(row) or row[place] is None):
            line.cells += [""] * (place + 1 - len(line.cells))
            line.blemishes[place] = Blemish.FORMULA


def _as_text(value: object) -> str:
    """Dates as 2021-04-24, times as 14:30, whole numbers without the .0 that Excel adds."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        value = _round_to_minute(value)
        midnight = value.time() == time(0)
        return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, time):
        return f"{_round_to_minute(datetime.combine(date(2000, 1, 1), value)):%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _round_to_minute(moment: datetime) -> datetime:
    """Excel counts in fractions of a day, so 14:30 may come as 14:29:59.999."""
    rounded = moment + timedelta(seconds=30)
    return rounded.replace(second=0, microsecond=0)
