"""Which kind of file it is, by its first bytes: names of files lie more often than their contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from impfzentrum.tables.calendar_file import read_calendar
from impfzentrum.tables.table import (
    LARGEST_FILE,
    Line,
    Note,
    Table,
    TableRefused,
    Unreadable,
    collect,
    split_heading,
)
from impfzentrum.tables.text_table import decode, read_text_table
from impfzentrum.tables.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and any newer workbook with a password."""

_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


def read_table(content: bytes, *, is_heading: Callable[[str], bool], note: Note = lambda _lines: None) -> Table:
    """Headings and lines of a file. Raises TableRefused with the reason; lines with faults are no reason."""
    if len(content) > LARGEST_FILE:
        raise TableRefused(Unreadable.TOO_LARGE)
    if not content.strip():
        raise TableRefused(Unreadable.EMPTY)
    return split_heading(collect(_read_lines(content), note), is_heading)


def _read_lines(content: bytes) -> Iterator[Line]:
    if content.startswith(_ZIP):
        return read_workbook(content)
    if content.startswith(_OLE):
        raise TableRefused(Unreadable.OLD_EXCEL)
    if content.startswith(_OTHERS):
        raise TableRefused(Unreadable.NOT_A_TABLE)
    start = decode(content).lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith("begin:vcalendar"):
        return read_calendar(decode(content).encode())
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise TableRefused(Unreadable.NOT_A_TABLE)
    return read_text_table(content)
