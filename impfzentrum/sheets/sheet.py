"""What a table is before it becomes a file: columns of a kind, rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impfzentrum.errors import Refusal

Cell = str | int | float | Decimal | date | time | None
"""What a cell may hold. A datetime (it is a date as well) is aware and shown in Berlin time. None is an empty cell."""


class Kind(StrEnum):
    """What a column holds, which decides how a file writes it. A text in any column stays that text ("unter 5")."""

    TEXT = "text"
    NUMBER = "number"
    DECIMAL = "decimal"
    """Two places after the comma, without thousands: prices, minutes, shares."""
    PERCENT = "percent"
    """A whole number of percent: 50 is written as "50 %" where the file has such a format."""
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    """Day and time."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading. `width`: in characters; None takes what the kind usually needs."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int | None = None

    @property
    def characters(self) -> int:
        return self.width or max(_USUAL_WIDTH[self.kind], min(len(self.heading) + 2, 24))

    @property
    def is_numeric(self) -> bool:
        return self.kind in {Kind.NUMBER, Kind.DECIMAL, Kind.PERCENT}


_USUAL_WIDTH = {
    Kind.TEXT: 20,
    Kind.NUMBER: 9,
    Kind.DECIMAL: 9,
    Kind.PERCENT: 9,
    Kind.DATE: 11,
    Kind.TIME: 7,
    Kind.MOMENT: 17,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `rows` may be a generator and is read once, so that a long table never lies in memory as a whole.

    `note`: what a reader has to know of the figures; a PDF prints it below the title, an XLSX has it as a property
    of the file, a CSV leaves it out.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    note: str = ""


class SheetTooLong(Refusal):
    """More rows than this kind of file takes."""

    code = "sheet_too_long"
    sentence = _("Das sind mehr als {most} Zeilen, zu viel für diese Datei. Bitte nehmen Sie Excel oder CSV.")


def show_cell(cell: Cell, kind: Kind) -> str:
    """The cell as a German reader expects it: 24.04.2021, 14:10, 12,50."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):{_MOMENT_FORMAT.get(kind, '%d.%m.%Y %H:%M')}}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if kind is Kind.DECIMAL or not isinstance(cell, int):
        return f"{cell:.2f}".replace(".", ",")
    return str(cell)


_MOMENT_FORMAT = {Kind.DATE: "%d.%m.%Y", Kind.TIME: "%H:%M"}
"""A moment in a column of days or of times shows only that part."""
