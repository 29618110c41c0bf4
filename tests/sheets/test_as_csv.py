"""CSV for spreadsheets: opened as it is, and no cell runs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time

import pytest

from impfzentrum.sheets.as_csv import BYTE_ORDER_MARK, write_csv
from impfzentrum.sheets.defusing import defuse
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+49171", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "  =1+1", "\u00a0=1", "＝1+1", "＋1",
        "－1", "＠A1",
        '=HYPERLINK("http://example.org";"x")', "=cmd|' /C calc'!A0", "|calc", "%0A=1", "\ufeff=1", "\u200b=1",
    ],
)  # fmt: skip
def test_text_that_could_run_gets_an_apostrophe(text: str) -> None:
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Korbach", "", "24.04.2021", "O’Neill", "a=b", "Ö-Straße", "12:30–18:15", "< 5"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert defuse(text) == text


def write(columns: list[Column], *rows: list[Cell]) -> str:
    file = io.BytesIO()
    write_csv(Sheet("Tafel", columns, iter(rows)), file)
    return file.getvalue().decode("utf-8")


def test_a_german_excel_reads_it() -> None:
    text = write([Column("Name"), Column("Dosen", Kind.NUMBER)], ["Ärzte; Team", 6], ['Er sagt "ja"', -7], [None, "=1"])
    assert text.startswith(BYTE_ORDER_MARK)
    assert "\r\n" in text
    rows = list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert rows == [["Name", "Dosen"], ["Ärzte; Team", "6"], ['Er sagt "ja"', "-7"], ["", "'=1"]]


def test_times_and_numbers_are_german() -> None:
    midnight = datetime(2021, 4, 23, 22, 5, tzinfo=UTC)
    columns = [Column(kind.value, kind) for kind in (Kind.DATE, Kind.TIME, Kind.MOMENT, Kind.DECIMAL, Kind.PERCENT)]
    text = write(columns, [midnight, midnight, midnight, 0.075, 50], [date(2021, 4, 24), time(9, 5), midnight, 12, 0])
    assert text.splitlines()[1:] == [
        "24.04.2021;00:05;24.04.2021 00:05;0,07;50",
        "24.04.2021;09:05;24.04.2021 00:05;12,00;0",
    ]


def test_a_row_of_another_length_is_a_fault() -> None:
    with pytest.raises(ValueError):
        write([Column("Name")], ["a", "b"])
