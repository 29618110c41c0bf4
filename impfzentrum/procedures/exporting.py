"""The county's tables as sheets, ready to be written as a file of any format."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from impfzentrum.procedures.tabulating import HandPickRow, ReleaseRow
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet


def export_releases(rows: Iterable[ReleaseRow]) -> Sheet:
    """The county's table of releases, without sums: whoever works with the file makes their own."""
    columns = [
        Column(_("Freigabe"), Kind.NUMBER),
        Column(_("Impfzentrum"), width=26),
        Column(_("Impfstoff")),
        Column(_("Tag"), Kind.DATE),
        Column(_("freigegeben um"), Kind.TIME),
        Column(_("verwendbar bis"), Kind.TIME),
        Column(_("Grund")),
        Column(_("Stand")),
        Column(_("freigegeben"), Kind.NUMBER),
        Column(_("zugesagt"), Kind.NUMBER),
        Column(_("verfallen"), Kind.NUMBER),
        Column(_("zurückgenommen"), Kind.NUMBER),
        Column(_("noch offen"), Kind.NUMBER),
        Column(_("vergeben in Prozent"), Kind.NUMBER),
        Column(_("von Hand vergeben"), Kind.NUMBER),
    ]
    return Sheet(_("Freigaben"), columns, (_cells(row) for row in rows))


def _cells(row: ReleaseRow) -> list[Cell]:
    figures = row.figures
    return [
        row.number, row.centre.name, row.vaccine.name, row.released_at, row.released_at, row.use_by,
        str(row.reason.label), str(row.state.label), figures.released, figures.accepted, figures.lapsed,
        figures.withdrawn, figures.open, figures.fill_rate, row.by_hand,
    ]  # fmt: skip


def export_hand_picks(rows: Iterable[HandPickRow]) -> Sheet:
    """Doses given by hand or refused: why, and by which two people. Nobody who waits is named."""
    columns = [
        Column(_("Freigabe"), Kind.NUMBER),
        Column(_("Impfzentrum"), width=26),
        Column(_("Impfstoff")),
        Column(_("Tag"), Kind.DATE),
        Column(_("vorgeschlagen um"), Kind.TIME),
        Column(_("vorgeschlagen von")),
        Column(_("Grund")),
        Column(_("Begründung"), width=40),
        Column(_("Stand")),
        Column(_("entschieden um"), Kind.TIME),
        Column(_("entschieden von")),
    ]
    return Sheet(_("Von Hand vergeben"), columns, (_cells_by_hand(row) for row in rows))


def _cells_by_hand(row: HandPickRow) -> list[Cell]:
    pick, release = row.pick, row.release
    return [
        release.number, release.centre.name, release.vaccine.name, pick.proposed_at, pick.proposed_at, row.proposed_by,
        pick.get_reason_display(), pick.note, row.outcome, pick.decided_at, row.decided_by,
    ]  # fmt: skip
