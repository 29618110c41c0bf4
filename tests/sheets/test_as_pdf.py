"""PDF: the heading on every page, every letter of a name, and a lock where one is asked for."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from impfzentrum.sheets import as_pdf
from impfzentrum.sheets.as_pdf import write_pdf
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet, SheetTooLong

NAMES = ["Łukasz Ćirić", "Nguyễn Thị Ánh", "İpek Yılmaz", "Ștefan Țuțuianu", "Ærøskøbing ẞ", "Þór Ģirts Ķ", "Ωμέγα"]
COLUMNS = [Column("Name"), Column("Dosen", Kind.NUMBER)]


def write(*names: str, password: str | None = None) -> PdfReader:
    file = io.BytesIO()
    rows: list[list[Cell]] = [[name, number] for number, name in enumerate(names)]
    write_pdf(Sheet("Tagesliste Korbach", COLUMNS, rows, note="Stand: heute"), file, password=password)
    return PdfReader(file, password=password)


def test_names_are_whole_and_every_page_has_its_heading() -> None:
    reader = write(*NAMES, *(f"Zeile {number}" for number in range(60)))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "Dosen" in text
        assert f"Seite {number} von {len(texts)}" in text
    for name in NAMES:
        assert name in texts[0]
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (842, 595)


def test_a_mark_without_a_glyph_is_left_out_and_a_strange_letter_is_named_as_such() -> None:
    text = write("M̂atthias", "漢 x\u200b").pages[0].extract_text()
    assert "Matthias" in text
    assert "? x" in text


def test_a_password_locks_the_file() -> None:
    file = io.BytesIO()
    write_pdf(Sheet("Tagesliste", COLUMNS, [["Erika", 1]]), file, password="Stube-42")
    assert b"Erika" not in file.getvalue()
    locked = PdfReader(file)
    assert locked.is_encrypted
    assert locked.decrypt("falsch") == 0
    assert b"/AESV3" in file.getvalue()
    assert "Erika" in write("Erika", password="Stube-42").pages[0].extract_text()


def test_a_table_that_nobody_would_print_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_pdf, "MAX_ROWS", 2)
    assert len(write("a", "b").pages) == 1
    with pytest.raises(SheetTooLong):
        write("a", "b", "c")
