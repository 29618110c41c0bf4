"""Files as booking systems and well-meaning colleagues really make them; all people are invented."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from openpyxl import Workbook
from xlsxwriter import Workbook as WritingWorkbook

SEMICOLONS = (
    "Termin-Nr.;Datum;Uhrzeit;Impfstoff;Dosis;Nachname;Vorname;Geburtsdatum\r\n"
    "KB-1001;24.04.2021;13:00;Comirnaty;1;Muster;Erika;04.01.1950\r\n"
    'KB-1002;24.04.2021;13.05 Uhr;Comirnaty;2. Dosis;"Müller; geb. Straßer";Jörg;01.02.1948\r\n'
    "\r\n"
    "KB-1003;24.4.21;25:00;Comirnaty;1;Beispiel;Max;\r\n"
    "KB-1004;04/24/2021;13:10;Comirnaty;1;Probe;Paula;\r\n"
    "KB-1001;24.04.2021;13:15;Comirnaty;1;Doppelt;Dora;\r\n"
    ";24.04.2021;13:20;Comirnaty;1;Namenlos;Nina;\r\n"
    "KB-1005;24.04.2021;13:25;Wundermittel;1;Letzte;Lena;\r\n"
)
"""Semicolons and quotes, to be encoded as Windows-1252; lines 5, 6, 7, 8 and 9 cannot be taken in, in some way each."""

GOOD_OF_SEMICOLONS = ["KB-1001", "KB-1002"]


def windows_1252() -> bytes:
    return SEMICOLONS.encode("cp1252")


def utf_8_with_mark() -> bytes:
    """Tabs, a byte order mark, and the day beside the time in one column."""
    lines = ["Buchungscode\tTermin\tVakzin\tStatus", "A1\t24.04.2021 14:30\tBioNTech\tbestätigt"]
    lines += ["A2\tSa, 24.04.2021, 14:35 Uhr\tComirnaty\tstorniert", "A3\t2021-04-24 14:40\tComirnaty\tvielleicht"]
    return "\r\n".join(lines).encode("utf-8-sig")


def merged_heading() -> bytes:
    """A report: title, logo line, a heading over two lines with merged cells, a sum below, a hidden sheet in front."""
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title = "intern"
    hidden.append(["Nummer", "Impfstoff", "Uhrzeit"])
    hidden.append(["GEHEIM-1", "Comirnaty", "10:00"])
    sheet = book.create_sheet("Tagesliste")
    sheet.append(["Impfzentrum Korbach: Termine am 24.04.2021"])
    sheet.merge_cells("A1:G1")
    sheet.append([])
    sheet.append(["Vorgangsnummer", "Termin", None, "Impfstoff", "Impfling", None, "Bemerkung"])
    sheet.append([None, "Datum", "Uhrzeit", None, "Nachname", "Vorname", None])
    for cells in ("A3:A4", "B3:C3", "D3:D4", "E3:F3"):
        sheet.merge_cells(cells)
    sheet.append([4711, _at(0, 0), time(15, 0), "Comirnaty", "Muster", "Erika", None])
    sheet.append([4712, "24.04.2021", "15:05", "Comirnaty", "Muster", "Max", "ruft an"])
    sheet.append([4713, _at(0, 0), 0.63, "Comirnaty", "Muster", "Moritz", None])
    sheet.append(["Summe", None, None, 3])
    hidden.sheet_state = "hidden"
    return _saved(book)


def formulas() -> bytes:
    """Written by a program that keeps results of formulas, and one cell whose result it did not keep."""
    buffer = io.BytesIO()
    book = WritingWorkbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Termine")
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    sheet.write_row(0, 0, ["Referenz", "Beginn", "Impfstoff", "Name"])
    sheet.write_string(1, 0, "F-1")
    sheet.write_datetime(1, 1, _at(16, 0), moment)
    sheet.write_formula(1, 2, '="Comir"&"naty"', None, "Comirnaty")
    sheet.write_string(1, 3, "Muster, Erika")
    sheet.write_string(2, 0, "F-2")
    sheet.write_formula(2, 1, "=B2+1/288", moment, 44310.670138888889)
    sheet.write_string(2, 2, "Comirnaty")
    sheet.write_string(2, 3, '=HYPERLINK("http://example.org";"hier")')
    sheet.write_string(3, 0, "F-3")
    sheet.write_datetime(3, 1, _at(16, 10), moment)
    sheet.write_formula(3, 2, "=INDEX(Z:Z,1)", None, "#REF!")
    book.close()
    return buffer.getvalue()


def formula_without_result() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Referenz", "Datum", "Uhrzeit", "Impfstoff"])
    sheet.append(["G-1", "24.04.2021", "16:00", '="Comirnaty"'])
    sheet.append(["G-2", "24.04.2021", "16:05", "Comirnaty"])
    return _saved(book)


def many_lines(count: int = 10_000, *, wrong: Sequence[int] = ()) -> bytes:
    """A large centre's day, in UTF-16 as some programs export; `wrong` are numbers of lines without a vaccine."""
    lines = ["Nummer;Datum;Uhrzeit;Impfstoff;Name"]
    for number in range(2, count + 2):
        vaccine = "" if number in wrong else "Comirnaty"
        lines.append(f"T-{number:05d};24.04.2021;{12 + number % 8}:{number % 60:02d};{vaccine};Muster{number}, Erika")
    return "\r\n".join(lines).encode("utf-16")


def calendar() -> bytes:
    """A calendar with times of three kinds, one that repeats, one cancelled, one of a zone that nobody knows."""
    events = [
        ("C-1", "DTSTART:20210424T120000Z", "Impfung Comirnaty 2. Dosis", ""),
        ("C-2", "DTSTART;TZID=Europe/Berlin:20210424T143000", "Comirnaty", "STATUS:CANCELLED\r\n"),
        ("C-3", "DTSTART:20210424T150000", "Comirnaty", "STATUS:CONFIRMED\r\n"),
        ("C-4", "DTSTART:20210424T150000", "Comirnaty", "RRULE:FREQ=DAILY;COUNT=3\r\n"),
        ("C-5", "DTSTART;VALUE=DATE:20210424", "Comirnaty", ""),
        ("C-6", "DTSTART;TZID=Mars/Olympus:20210424T150000", "Comirnaty", ""),
    ]
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20210401T080000Z\r\n{start}\r\nSUMMARY:{summary}\r\n{more}END:VEVENT\r\n"
        for uid, start, summary, more in events
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Buchung//DE\r\n{body}END:VCALENDAR\r\n".encode()


def _at(hour: int, minute: int) -> datetime:
    return datetime(2021, 4, 24, hour, minute)  # noqa: DTZ001 - a sheet knows no zones


def _saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
