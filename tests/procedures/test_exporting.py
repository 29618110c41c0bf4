"""Files for spreadsheets: opened as they are, and no cell runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from impfzentrum.procedures.exporting import BYTE_ORDER_MARK, defuse, write_csv


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


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Korbach", "Korbach"), ("", ""), (None, ""), (0, 0), (-3, -3), (1000, 1000), ("24.04.2021", "24.04.2021"),
        ("O’Neill", "O’Neill"), ("a=b", "a=b"), ("Ö-Straße", "Ö-Straße"), ("12:30–18:15", "12:30–18:15"),
    ],
)  # fmt: skip
def test_everything_else_stays_as_it_is(cell: Any, written: Any) -> None:
    assert defuse(cell) == written


def test_a_german_excel_reads_it() -> None:
    file = write_csv(["Name", "Dosen"], [["Ärzte; Team", 6], ['Er sagt "ja"', 7]])
    text = file.decode("utf-8")
    assert text.startswith(BYTE_ORDER_MARK)
    assert "\r\n" in text
    rows = list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert rows == [["Name", "Dosen"], ["Ärzte; Team", "6"], ['Er sagt "ja"', "7"]]
