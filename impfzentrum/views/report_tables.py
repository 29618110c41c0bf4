"""A report as a page shows it: cells as text, bars with their widths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from impfzentrum.procedures.reports.people import WITHHELD
from impfzentrum.procedures.reports.report import Chart, Report
from impfzentrum.sheets.sheet import Cell, Column, Kind
from impfzentrum.templatetags import telling

LONGEST_BAR = 100
"""Percent of the room for bars."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    numeric: bool
    nowrap: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in percent of the longest one. `look` numbers its pattern."""

    x: str
    width: str
    look: int


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """`legend`: number of the pattern and its meaning; empty where there is one kind of bar only."""

    title: str
    bars: Sequence[Bar]
    legend: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A table with its place on the page (`number`, from 0)."""

    number: int
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[ShownCell]]
    sums: Sequence[ShownCell]
    charts: Sequence[DrawnChart]
    note: str


def show_reports(report: Report) -> list[ShownReport]:
    """The report and the tables that belong to the same page."""
    return [_show(one, number) for number, one in enumerate([report, *report.further])]


def _show(report: Report, number: int) -> ShownReport:
    return ShownReport(
        number=number,
        title=report.title,
        columns=report.columns,
        rows=[_show_line(row, report.columns) for row in report.rows],
        sums=_show_line(report.sums, report.columns) if report.sums else [],
        charts=[draw_chart(chart) for chart in report.charts],
        note=report.note,
    )


def _show_line(row: Sequence[Cell], columns: Sequence[Column]) -> list[ShownCell]:
    return [
        ShownCell(tell_cell(cell, column.kind), column.is_numeric, column.kind is not Kind.TEXT)
        for cell, column in zip(row, columns, strict=True)
    ]


def tell_cell(cell: Cell, kind: Kind) -> str:
    """A cell in the language of the page; a dash for nothing."""
    match cell:
        case None | "":
            return "–"
        case str():
            return cell
        case datetime():
            told = {Kind.DATE: telling.short_day, Kind.TIME: telling.time}.get(kind)
            return told(cell) if told else f"{telling.short_day(cell)}, {telling.time(cell)}"
        case date():
            return telling.short_day(cell)
        case time():
            return f"{cell:%H:%M}"
        case int() if kind is not Kind.DECIMAL:
            return f"{cell} %" if kind is Kind.PERCENT else telling.number(cell)
        case int() | float() | Decimal():
            return number_format(cell, decimal_pos=2, force_grouping=True)


def draw_chart(chart: Chart) -> DrawnChart:
    """Bars whose parts lie end to end; the longest one fills the room. Each has its value beside it."""
    totals = [sum(series.values[at] or 0 for series in chart.series) for at in range(len(chart.labels))]
    longest = max(totals, default=0) or 1
    bars = [_draw_bar(chart, at, totals[at], longest) for at in range(len(chart.labels))]
    legend = [(look, series.name) for look, series in enumerate(chart.series)] if len(chart.series) > 1 else []
    return DrawnChart(chart.title, bars, legend)


def _draw_bar(chart: Chart, at: int, total: float, longest: float) -> Bar:
    x, segments = 0.0, []
    for look, series in enumerate(chart.series):
        width = LONGEST_BAR * (series.values[at] or 0) / longest
        if width:
            segments.append(Segment(f"{x:.2f}%", f"{width:.2f}%", look))
        x += width
    known = any(series.values[at] is not None for series in chart.series)
    return Bar(chart.labels[at], _tell_total(total, chart.unit) if known else _tell_nothing(chart), segments)


def _tell_total(total: float, unit: str) -> str:
    told = telling.number(round(total))
    return f"{told} {unit}" if unit else told


def _tell_nothing(chart: Chart) -> str:
    return "–" if chart.unit else _("{mark} zurückgehalten").format(mark=WITHHELD)
