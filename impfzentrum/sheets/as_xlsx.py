"""Tables as XLSX: real dates and numbers, a heading that stays in sight, a filter. Written row by row to the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet

FORMATS = {
    Kind.NUMBER: "0",
    Kind.DECIMAL: "0.00",
    Kind.PERCENT: '0" %"',
    Kind.DATE: "dd.mm.yyyy",
    Kind.TIME: "hh:mm",
    Kind.MOMENT: "dd.mm.yyyy hh:mm",
}
NAME_LENGTH = 31
"""Characters in the name of a worksheet; Excel takes no more."""
NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
TEXT_LENGTH = 32_767
"""Characters in a cell; Excel takes no more."""


def write_xlsx(sheet: Sheet, file: IO[bytes]) -> None:
    """The table as a workbook with one worksheet.

    Rows go to a private folder as they come (`constant_memory`), so that the length of a table costs no memory.
    """
    with tempfile.TemporaryDirectory(prefix="sheet-") as folder:
        workbook = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            workbook.set_properties({"title": sheet.title, "comments": sheet.note})
            page = workbook.add_worksheet(sheet.title.translate(NOT_IN_NAMES)[:NAME_LENGTH].strip() or None)
            _write(sheet, page, _add_formats(workbook), workbook.add_format({"bold": True, "bottom": 1}))
        finally:
            workbook.close()


def _add_formats(workbook: Workbook) -> Mapping[Kind, Format]:
    return {kind: workbook.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}


def _write(sheet: Sheet, page: Worksheet, formats: Mapping[Kind, Format], bold: Format) -> None:
    page.freeze_panes(1, 0)
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.characters)
    for number, column in enumerate(sheet.columns):
        page.write_string(0, number, column.heading, bold)
    line = 0
    for line, row in enumerate(sheet.rows, start=1):
        for number, (cell, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _write_cell(page, line, number, cell, column, formats)
    page.autofilter(0, 0, line, len(sheet.columns) - 1)


def _write_cell(
    page: Worksheet, line: int, number: int, cell: Cell, column: Column, formats: Mapping[Kind, Format]
) -> None:
    """Each type by its own method: the general `write` would make formulas and links of texts that look so."""
    look = formats.get(column.kind)
    match cell:
        case None | "":
            pass
        case str():
            page.write_string(line, number, cell[:TEXT_LENGTH])
        case datetime():
            page.write_datetime(line, number, _as_excel_knows(cell, column.kind), look or formats[Kind.MOMENT])
        case date():
            page.write_datetime(line, number, cell, look or formats[Kind.DATE])
        case time():
            page.write_datetime(line, number, cell, look or formats[Kind.TIME])
        case int() | float() | Decimal():
            page.write_number(line, number, cell, look)


def _as_excel_knows(moment: datetime, kind: Kind) -> datetime | date | time:
    """Excel knows no time zones: the Berlin clock, cut to whole minutes."""
    local = timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)
    if kind is Kind.DATE:
        return local.date()
    return local.time() if kind is Kind.TIME else local
