"""Files become lines of text, with their line numbers; what cannot be a table is refused with its reason."""

from __future__ import annotations

import io
import zipfile
from time import monotonic

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from impfzentrum.rules.booking_columns import guess_columns, is_heading
from impfzentrum.tables.reading import read_table
from impfzentrum.tables.table import LARGEST_FILE, MOST_LINES, Table, TableRefused, Unreadable
from tests.tables import ugly


def read(content: bytes) -> Table:
    return read_table(content, is_heading=is_heading)


def test_semicolons_in_windows_1252() -> None:
    table = read(ugly.windows_1252())
    assert table.headings[:4] == ["Termin-Nr.", "Datum", "Uhrzeit", "Impfstoff"]
    assert [line.number for line in table.lines] == [2, 3, 5, 6, 7, 8, 9]
    assert table.lines[1].cells[5:7] == ["Müller; geb. Straßer", "Jörg"]


def test_a_mark_in_front_is_no_part_of_the_heading() -> None:
    table = read(ugly.utf_8_with_mark())
    assert table.headings == ["Buchungscode", "Termin", "Vakzin", "Status"]
    assert guess_columns(table.headings, {}) == {"reference": 0, "day": 1, "clock": 1, "vaccine": 2, "state": 3}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_encoding_and_separator(encoding: str, separator: str) -> None:
    rows = [["Nummer", "Uhrzeit", "Impfstoff"], ["Ä1", "9:00", "Comirnaty"], ["Ä2", "9:05", "Comirnaty"]]
    table = read("\n".join(separator.join(row) for row in rows).encode(encoding))
    assert (table.headings, [line.cells for line in table.lines]) == (rows[0], rows[1:])


def test_excel_may_say_which_separator_it_means() -> None:
    table = read(b"sep=,\r\nNummer,Uhrzeit;von,Impfstoff\r\nA,9:00;,Comirnaty\r\n")
    assert table.headings == ["Nummer", "Uhrzeit;von", "Impfstoff"]
    assert table.lines[0].number == 3


def test_line_numbers_count_lines_of_the_file_also_after_a_cell_with_line_breaks() -> None:
    table = read(b'Nummer;Uhrzeit\nA;"9:00\n(am Tor)"\nB;9:05\n')
    assert [(line.number, line.cells) for line in table.lines] == [(2, ["A", "9:00 (am Tor)"]), (4, ["B", "9:05"])]


def test_a_heading_merged_over_two_lines_and_a_hidden_sheet() -> None:
    table = read(ugly.merged_heading())
    assert table.headings == ["Vorgangsnummer", "Datum", "Uhrzeit", "Impfstoff", "Nachname", "Vorname", "Bemerkung"]
    assert [line.number for line in table.lines] == [5, 6, 7, 8]
    assert table.lines[0].cells == ["4711", "2021-04-24", "15:00", "Comirnaty", "Muster", "Erika"]
    assert "GEHEIM" not in str(table)


def test_formulas_tell_their_result_and_are_marked_without_one() -> None:
    table = read(ugly.formulas())
    assert table.lines[0].cells == ["F-1", "2021-04-24 16:00", "Comirnaty", "Muster, Erika"]
    assert table.lines[1].cells[1] == "2021-04-24 16:05"
    assert table.lines[2].blemishes == {2: "error"}
    [first, second] = read(ugly.formula_without_result()).lines
    assert (first.blemishes, second.blemishes) == ({3: "formula"}, {})


def test_ten_thousand_lines_and_progress() -> None:
    told: list[int] = []
    table = read_table(ugly.many_lines(), is_heading=is_heading, note=told.append)
    assert len(table.lines) == 10_000
    assert told == [2_000, 4_000, 6_000, 8_000, 10_000]


def test_events_of_a_calendar_in_berlin_time() -> None:
    table = read(ugly.calendar())
    assert guess_columns(table.headings, {}) == {
        "reference": 0, "day": 1, "clock": 1, "vaccine": 2, "dose": 2, "state": 6,
    }  # fmt: skip
    assert [line.cell(1) for line in table.lines[:3]] == ["2021-04-24 14:00", "2021-04-24 14:30", "2021-04-24 15:00"]
    assert [line.blemishes for line in table.lines] == [{}, {}, {}, {1: "repeats"}, {}, {1: "zone"}]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    return buffer.getvalue()


def workbook_with(part: str, old: str, new: str) -> bytes:
    """A proper workbook in which one text of one part is exchanged."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["Nummer", "Uhrzeit"])
    book.active.append(["A", "9:00"])
    proper, changed = io.BytesIO(), io.BytesIO()
    book.save(proper)
    with zipfile.ZipFile(proper) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            assert name != part or old.encode() in text
            after.writestr(name, text.replace(old.encode(), new.encode()) if name == part else text)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
REFUSED = {
    "nothing": (b"", Unreadable.EMPTY),
    "blanks": (b" \r\n\r\n", Unreadable.EMPTY),
    "too large": (b"a;b\n" * (LARGEST_FILE // 4 + 1), Unreadable.TOO_LARGE),
    "too many lines": (b"Nummer;Uhrzeit\n" + b"1;9:00\n" * (MOST_LINES + 1), Unreadable.TOO_MANY_LINES),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 512, Unreadable.OLD_EXCEL),
    "PDF": (b"%PDF-1.7 ...", Unreadable.NOT_A_TABLE),
    "web page": (b"<!DOCTYPE html><table><tr><td>1", Unreadable.NOT_A_TABLE),
    "bytes": (bytes(range(256)) * 4, Unreadable.NOT_A_TABLE),
    "one column": (b"Nummer\n1\n2\n", Unreadable.ONE_COLUMN),
    "half a zip": (ugly.formulas()[:900], Unreadable.DAMAGED),
    "zip, no workbook": (b"PK\x05\x06" + b"\0" * 18, Unreadable.NOT_A_TABLE),
    "zip bomb": (bomb(), Unreadable.INFLATED),
    "billion laughs": (
        workbook_with(SHEET, "<worksheet", f"<!DOCTYPE w [{LAUGHS}]><worksheet"),
        Unreadable.DAMAGED,
    ),
    "endless rows": (workbook_with(SHEET, 'r="2"', 'r="999999999"'), Unreadable.TOO_MANY_LINES),
    "broken calendar": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", Unreadable.EMPTY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_the_reason(name: str) -> None:
    content, why = REFUSED[name]
    begin = monotonic()
    with pytest.raises(TableRefused) as refused:
        read(content)
    assert refused.value.why == why
    assert monotonic() - begin < 20


def test_a_stray_mark_in_the_last_row_is_no_reason() -> None:
    content = workbook_with(SHEET, "</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    assert [line.number for line in read(content).lines] == [2, 1048576]


def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    [line] = read(workbook_with(SHEET, 'ref="A1:B2"', 'ref="A1:XFD1048576"')).lines
    assert line.cells == ["A", "9:00"]


@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(content=b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:x\r\nEND:VEVENT\r\nEND:VCALENDAR")
@example(content=b"PK\x03\x04")
def test_whatever_comes_is_a_table_or_refused(content: bytes) -> None:
    try:
        table = read(content)
    except TableRefused:
        return
    assert Table.from_plain(table.as_plain()) == table
