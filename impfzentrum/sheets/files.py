"""The formats a table can have as a file."""

from __future__ import annotations

from enum import StrEnum
from typing import IO

from impfzentrum.sheets.as_csv import write_csv
from impfzentrum.sheets.as_pdf import write_pdf
from impfzentrum.sheets.as_xlsx import write_xlsx
from impfzentrum.sheets.sheet import Sheet


class SheetFormat(StrEnum):
    """A format; its value is the ending of the file."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return {
            SheetFormat.CSV: "text/csv; charset=utf-8",
            SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            SheetFormat.PDF: "application/pdf",
        }[self]


def write_sheet(sheet: Sheet, file_format: SheetFormat, file: IO[bytes], *, password: str | None = None) -> None:
    """Write the table into a binary file. Only a PDF can have a password; raises SheetTooLong where it is too long."""
    if file_format is SheetFormat.PDF:
        return write_pdf(sheet, file, password=password)
    if password is not None:
        raise ValueError("Only a PDF can be locked with a password.")
    return write_csv(sheet, file) if file_format is SheetFormat.CSV else write_xlsx(sheet, file)
