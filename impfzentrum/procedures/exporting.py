"""Writing tables as files that a German Excel opens as they are, and that run no formula there.

UTF-8 with a byte order mark (Excel takes the file for Windows-1252 without it), semicolons (the comma belongs to German
numbers), CRLF.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.procedures.tabulating import HandPickRow, ReleaseRow

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
"""Spreadsheets take a cell that begins so for a formula or a command; the full-width forms count as well."""
INVISIBLE = " \u00a0\u200b\u2060\ufeff"
"""What may stand before a formula without anybody seeing it."""


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a CSV file. Text that could be a formula gets an apostrophe in front; numbers stay numbers."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([defuse(cell) for cell in header])
    writer.writerows([defuse(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def defuse(cell: object) -> object:
    """The cell as it may stand in a spreadsheet."""
    if cell is None or isinstance(cell, int):
        return "" if cell is None else cell
    text = str(cell)
    return f"'{text}" if text.lstrip(INVISIBLE).startswith(FORMULA_STARTS) else text


def export_releases(rows: Iterable[ReleaseRow]) -> bytes:
    """The county's table of releases, without sums: whoever works with the file makes their own."""
    header = [
        _("Freigabe"), _("Impfzentrum"), _("Impfstoff"), _("Tag"), _("freigegeben um"), _("verwendbar bis"), _("Grund"),
        _("Stand"), _("freigegeben"), _("zugesagt"), _("verfallen"), _("zurückgenommen"), _("noch offen"),
        _("vergeben in Prozent"), _("von Hand vergeben"),
    ]  # fmt: skip
    return write_csv(header, (_cells(row) for row in rows))


def _cells(row: ReleaseRow) -> list[object]:
    released_at, use_by = timezone.localtime(row.released_at), timezone.localtime(row.use_by)
    figures = row.figures
    return [
        row.number, row.centre.name, row.vaccine.name, f"{released_at:%d.%m.%Y}", f"{released_at:%H:%M}",
        f"{use_by:%H:%M}", row.reason.label, row.state.label, figures.released, figures.accepted, figures.lapsed,
        figures.withdrawn, figures.open, figures.fill_rate, row.by_hand,
    ]  # fmt: skip


def export_hand_picks(rows: Iterable[HandPickRow]) -> bytes:
    """Doses given by hand or refused: why, and by which two people. Nobody who waits is named."""
    header = [
        _("Freigabe"), _("Impfzentrum"), _("Impfstoff"), _("Tag"), _("vorgeschlagen um"), _("vorgeschlagen von"),
        _("Grund"), _("Begründung"), _("Stand"), _("entschieden um"), _("entschieden von"),
    ]  # fmt: skip
    return write_csv(header, (_cells_by_hand(row) for row in rows))


def _cells_by_hand(row: HandPickRow) -> list[object]:
    pick, release = row.pick, row.release
    proposed_at = timezone.localtime(pick.proposed_at)
    return [
        release.number, release.centre.name, release.vaccine.name, f"{proposed_at:%d.%m.%Y}", f"{proposed_at:%H:%M}",
        row.proposed_by, pick.get_reason_display(), pick.note, row.outcome,
        pick.decided_at and f"{timezone.localtime(pick.decided_at):%H:%M}", row.decided_by,
    ]  # fmt: skip
