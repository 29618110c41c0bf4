"""Tables as PDF to print and to sign: A4 across, the heading on every page, pages counted, in our own typeface.

The typeface comes in the files that the pages load, one a range of letters; what one lacks the next one has, so that
names with any letter of DIN 91379 are whole. A mark that no file has is left out rather than printed as a box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import AccessPermission, Align, EncryptionMethod, TableBordersLayout
from fpdf.fonts import FontFace, TTFFont

from impfzentrum.sheets.sheet import Sheet, SheetTooLong, show_cell

MAX_ROWS = 1500
"""Rows in a PDF: nobody prints more, and each takes about 10 ms to set."""

FAMILY = "fira"
RANGES = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic")
WEIGHTS = {"": 400, "B": 600}
INK, FAINT, BAND = (20, 26, 34), (96, 104, 114), (238, 241, 244)
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 14, 8.5, 7.5
MARGIN = 12
"""Millimetres."""


class _Paper(FPDF):
    """Pages with their number below."""

    def has_letter(self, sign: str) -> bool:
        return any(ord(sign) in font.cmap for font in self.fonts.values() if isinstance(font, TTFFont))

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FAMILY, size=SMALL_SIZE)
        self.set_text_color(*FAINT)
        self.cell(0, 4, _("Seite {page} von {pages}").format(page=self.page_no(), pages="{nb}"), align=Align.R)


def write_pdf(sheet: Sheet, file: IO[bytes], *, password: str | None = None) -> None:
    """The table as a PDF. With a password it opens only with it (AES-256). Raises SheetTooLong."""
    rows = _read_rows(sheet)
    paper = _open_paper(sheet, password)
    _write_head(paper, sheet)
    _write_table(paper, sheet, rows)
    paper.output(file)  # type: ignore[call-overload]  # any writable binary file


def _read_rows(sheet: Sheet) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in sheet.rows:
        if len(rows) == MAX_ROWS:
            raise SheetTooLong(most=MAX_ROWS)
        rows.append([show_cell(cell, column.kind) for cell, column in zip(row, sheet.columns, strict=True)])
    return rows


def _open_paper(sheet: Sheet, password: str | None) -> _Paper:
    paper = _Paper(orientation="landscape", unit="mm", format="A4")
    for style, weight in WEIGHTS.items():
        for letters in RANGES:
            family = FAMILY if letters == RANGES[0] else f"{FAMILY}-{letters}"
            paper.add_font(family, style, settings.FONTS_DIR / f"fira-sans-{letters}-{weight}-normal.woff")
    paper.set_fallback_fonts([f"{FAMILY}-{letters}" for letters in RANGES[1:]])
    if password is not None:
        paper.set_encryption(
            owner_password=password,
            user_password=password,
            encryption_method=EncryptionMethod.AES_256,
            permissions=AccessPermission.all(),
            encrypt_metadata=True,
        )
    paper.set_title(sheet.title)
    paper.set_lang("de-DE")
    paper.set_margin(MARGIN)
    paper.set_auto_page_break(True, margin=MARGIN + 6)
    paper.add_page()
    return paper


def _write_head(paper: _Paper, sheet: Sheet) -> None:
    paper.set_text_color(*INK)
    paper.set_font(FAMILY, "B", TITLE_SIZE)
    paper.multi_cell(0, 7, _printable(paper, sheet.title), align=Align.L, new_x="LMARGIN", new_y="NEXT")
    if sheet.note:
        paper.set_font(FAMILY, size=TEXT_SIZE)
        paper.set_text_color(*FAINT)
        paper.multi_cell(0, 4.5, _printable(paper, sheet.note), align=Align.L, new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)


def _write_table(paper: _Paper, sheet: Sheet, rows: Sequence[Sequence[str]]) -> None:
    paper.set_font(FAMILY, size=TEXT_SIZE)
    paper.set_text_color(*INK)
    paper.set_draw_color(*FAINT)
    paper.set_line_width(0.1)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=tuple(column.characters for column in sheet.columns),
        text_align=tuple(Align.R if column.is_numeric else Align.L for column in sheet.columns),
        headings_style=FontFace(emphasis="BOLD", fill_color=BAND),
        line_height=4.2,
        padding=0.8,
    ) as table:
        table.row([_printable(paper, column.heading) for column in sheet.columns])
        for row in rows:
            table.row([_printable(paper, cell) for cell in row])


def _printable(paper: _Paper, text: str) -> str:
    """The text in letters the typeface has, composed first: a letter with its mark is one glyph there."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(_nearest(paper, sign) for sign in composed)


def _nearest(paper: _Paper, sign: str) -> str:
    if sign == "\n" or paper.has_letter(sign):
        return sign
    if sign.isspace():
        return " "
    if unicodedata.combining(sign) or not sign.isprintable():
        return ""
    parts = unicodedata.normalize("NFKD", sign)
    return "?" if parts == sign else "".join(_nearest(paper, part) for part in parts)
