"""What a report is: a table, its sums, a chart of some of its columns, and what a reader has to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impfzentrum.models import Centre, County
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet
from impfzentrum.vocabulary import ReleaseReason

BARS = 35
"""A chart has at most this many bars; days beyond that are put together by weeks."""


class By(StrEnum):
    """What the lines of a report are."""

    DAY = "tag"
    VACCINE = "impfstoff"
    CENTRE = "impfzentrum"
    REASON = "grund"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]

    @property
    def column(self) -> Column:
        return Column(str(self.label), Kind.DATE) if self is By.DAY else Column(str(self.label), width=28)


_LABELS = {
    By.DAY: gettext_lazy("Tag"),
    By.VACCINE: gettext_lazy("Impfstoff"),
    By.CENTRE: gettext_lazy("Impfzentrum"),
    By.REASON: gettext_lazy("Grund der Freigabe"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of a county, or of one of its centres; the Berlin days `first` to `last`, both counted in."""

    county: County
    centre: Centre | None
    first: date
    last: date
    by: By = By.DAY

    @property
    def place(self) -> str:
        return self.county.name if self.centre is None else self.centre.name

    @property
    def parameters(self) -> dict[str, Any]:
        """Of the statements: `begin` belongs to the period, `over` no more."""
        begin, over = bounds_of_days(self.first, self.last)
        centre = None if self.centre is None else self.centre.pk
        return {"county": self.county.pk, "centre": centre, "begin": begin, "over": over}


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar; `values` go with the labels of its chart. None where nothing may or can be told."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, one line a label; several series of one line lie end to end."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a scope. `sums`: a last line, or empty where a sum would say nothing."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sums: Sequence[Cell] = ()
    charts: Sequence[Chart] = ()
    note: str = ""
    further: Sequence[Report] = field(default_factory=list)
    """Tables that belong to the same page."""

    def as_sheet(self, subtitle: str) -> Sheet:
        """The table for a file, with its sums as the last line. `subtitle`: whose figures, of which days."""
        rows = [*self.rows, self.sums] if self.sums else self.rows
        return Sheet(self.title, self.columns, rows, note=" ".join(filter(None, [subtitle, self.note])))


# A line of figures for each release first: doses, offers and messages joined at once would multiply each other.
RELEASES = """
scope AS (
    SELECT release.id, release.released_at, release.reason, vaccine.name AS vaccine, centre.name AS centre,
        (release.released_at AT TIME ZONE 'Europe/Berlin')::date AS day
    FROM impfzentrum_release AS release
    JOIN impfzentrum_centre AS centre ON centre.id = release.centre_id
    JOIN impfzentrum_vaccine AS vaccine ON vaccine.id = release.vaccine_id
    WHERE centre.county_id = %(county)s AND (%(centre)s IS NULL OR centre.id = %(centre)s)
        AND release.released_at >= %(begin)s AND release.released_at < %(over)s
)
"""

KEYS = {By.DAY: "scope.day", By.VACCINE: "scope.vaccine", By.CENTRE: "scope.centre", By.REASON: "scope.reason"}


def query(sql: str, scope: Scope) -> list[tuple[object, ...]]:
    """The rows of a statement with the named parameters of a scope."""
    with connection.cursor() as cursor:
        cursor.execute(sql, scope.parameters)
        return list(cursor.fetchall())


def key_cell(key: object, by: By) -> Cell:
    """What stands in the first column of a line."""
    if by is By.REASON:
        return str(ReleaseReason(str(key)).label)
    return key if isinstance(key, date) else str(key)


def chart_lines(
    title: str, keys: Sequence[Cell], series: Sequence[tuple[str, Sequence[float | None]]], *, unit: str = ""
) -> Chart:
    """A chart of a table's lines; many days become weeks, added up."""
    days = [key for key in keys if isinstance(key, date)]
    if len(days) <= BARS:
        labels = [f"{key:%d.%m.}" if isinstance(key, date) else str(key) for key in keys]
        return Chart(title, labels, [Series(name, values) for name, values in series], unit)
    weeks = sorted({_monday(day) for day in days})
    added = []
    for name, values in series:
        sums = dict.fromkeys(weeks, 0.0)
        for day, value in zip(days, values, strict=True):
            sums[_monday(day)] += value or 0
        added.append(Series(name, list(sums.values())))
    labels = [_("Woche ab {day}").format(day=f"{week:%d.%m.}") for week in weeks]
    return Chart(title, labels, added, unit)


def draw_last(title: str, keys: Sequence[Cell], values: Sequence[float | None], unit: str) -> Chart:
    """A chart of shares or averages. They cannot be added up to weeks: of many days the last ones are drawn."""
    labels = [f"{key:%d.%m.}" if isinstance(key, date) else str(key) for key in keys]
    if len(labels) > BARS:
        title = _("{title}, die letzten {days} Tage mit Freigaben").format(title=title, days=BARS)
    return Chart(title, labels[-BARS:], [Series(title, values[-BARS:])], unit)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def percent(part: float, whole: float) -> int | None:
    """Whole percent, or None of nothing."""
    return round(100 * part / whole) if whole else None
