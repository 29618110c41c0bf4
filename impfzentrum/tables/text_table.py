"""CSV and TSV as programs really write them: any of three encodings, any of four separators."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from impfzentrum.tables.table import MOST_COLUMNS, Line, TableRefused, Unreadable, tidy_cell

SEPARATORS = ";,\t|"
TRIED_ON = 30
"""Lines on which separators are tried."""

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


def read_text_table(content: bytes) -> Iterator[Line]:
    """The lines of a CSV or TSV file. Raises TableRefused for what is no text or no table."""
    text = decode(content)
    first, _newline, rest = text.partition("\n")
    skipped = 0
    told = first.strip().lower()
    if told.startswith("sep=") and len(told) == 5:  # Excel's own note of the separator
        text, skipped, separator = rest, 1, told[4]
    else:
        separator = find_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 1 + skipped
    try:
        for cells in reader:
            yield Line(begins, [tidy_cell(cell) for cell in cells[:MOST_COLUMNS]])
            begins = reader.line_num + 1 + skipped
    except csv.Error:
        raise TableRefused(Unreadable.DAMAGED) from None


def decode(content: bytes) -> str:
    """The text, by its mark, else UTF-8, UTF-16 without a mark, or Windows-1252, whichever fits first."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    candidates = [encoding] if encoding else ["utf-8", *_guess_utf_16(content), "cp1252"]
    for candidate in candidates:
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableRefused(Unreadable.NOT_A_TABLE)


def _guess_utf_16(content: bytes) -> list[str]:
    """Latin text in UTF-16 is zero in every second byte."""
    sample = content[:400]
    if len(sample) < 4:
        return []
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 4
    return ["utf-16-le"] if odd > half else ["utf-16-be"] if even > half else []


def find_separator(text: str) -> str:
    """The separator that gives the most lines of the same width, at least two cells; a semicolon where none does."""
    best, chosen = (0, 0), ";"
    for separator in SEPARATORS:
        widths = Counter(_widths(text, separator))
        del widths[0], widths[1]
        if not widths:
            continue
        width, lines = widths.most_common(1)[0]
        if (lines, width) > best:
            best, chosen = (lines, width), separator
    return chosen


def _widths(text: str, separator: str) -> Iterator[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells, _number in zip(reader, range(TRIED_ON), strict=False):
            yield len(cells) if any(cells) else 0
    except csv.Error:
        return
