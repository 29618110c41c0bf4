"""XLSX: real types, no formula, and no memory for length."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

from openpyxl import load_workbook

from impfzentrum.sheets.as_xlsx import write_xlsx
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet

DAY = datetime.fromisoformat("2021-04-24")  # Excel knows no time zones
FIVE_MINUTES = timedelta(minutes=5)
MEMORY = 256 * 1024 * 1024
WRITE_LONG_TABLE = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
import os, tempfile
os.environ["DJANGO_SETTINGS_MODULE"] = "nachruecker.settings.static_files"
import django
django.setup()
from django.utils import timezone
from impfzentrum.sheets.as_xlsx import write_xlsx
from impfzentrum.sheets.sheet import Column, Kind, Sheet
columns = [Column("Nummer", Kind.NUMBER), Column("Tag", Kind.MOMENT)] + [Column(f"Text {{n}}") for n in range(3)]
now = timezone.now()
rows = ([n, now] + [f"Zeile {{n}}, Spalte {{m}}, wie sie lang ist" for m in range(3)] for n in range({{rows}}))
with tempfile.TemporaryFile() as file:
    write_xlsx(Sheet("Lang", columns, rows), file)
    print(file.seek(0, 2))
"""


def test_cells_have_their_types_and_nothing_runs() -> None:
    moment = datetime(2021, 4, 23, 22, 5, 31, tzinfo=UTC)
    columns = [Column("Name", width=30), *(Column(kind.value, kind) for kind in Kind)]
    rows: list[list[Cell]] = [
        ["=1+1", "http://example.org", 7, 1.5, 50, date(2021, 4, 24), time(9, 5), moment],
        [None, "", "unter 5", 2, 0, moment, moment, moment],
    ]
    file = io.BytesIO()
    write_xlsx(Sheet("Freigaben: [2021]/*?", columns, iter(rows), note="Quelle"), file)
    book = load_workbook(file)
    page = book.active
    assert page is not None
    assert (page.title, page.freeze_panes, page.auto_filter.ref) == ("Freigaben   2021", "A2", "A1:H3")
    assert page.column_dimensions["A"].width > 29
    first, second = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert first == [
        "=1+1", "http://example.org", 7, 1.5, 50, DAY, time(9, 5), DAY + FIVE_MINUTES
    ]  # fmt: skip
    assert second == [
        None, None, "unter 5", 2, 0, DAY, time(0, 5), DAY + FIVE_MINUTES
    ]  # fmt: skip
    assert page["A2"].data_type == "s"
    assert page["B2"].hyperlink is None
    assert page["F2"].number_format == "dd.mm.yyyy"


def test_a_hundred_thousand_rows_fit_into_256_mb() -> None:
    """In a process that may not have more: every address space counts, so what is measured is above what is used."""
    command = [sys.executable, "-c", WRITE_LONG_TABLE.replace("{rows}", "100_000")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    assert int(done.stdout) > 1_000_000
