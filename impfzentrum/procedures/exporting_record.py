"""The record as a table for the auditor. It holds no personal data, and that it was taken is itself in the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.naming_events import tell_events
from impfzentrum.procedures.searching_record import LONGEST_EXPORT, Search, find_events
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet, SheetTooLong

AT_ONCE = 1_000
"""So many events are put into words together, so that a long table never lies in memory as a whole."""


def export_record(search: Search, *, by: User, now: datetime) -> Sheet:
    """The events of a search as a table, the newest first. Raises SheetTooLong for more than LONGEST_EXPORT rows."""
    rows = find_events(search).order_by().count()
    if rows > LONGEST_EXPORT:
        raise SheetTooLong(most=LONGEST_EXPORT)
    detail: dict[str, object] = {"rows": rows, "start": search.start.isoformat(), "end": search.end.isoformat()}
    if search.person is not None:
        detail["person"] = str(search.person.public_id)
    record(search.county.pk, "record_exported", f"record-{search.county.pk}", now=now, actor=by, **detail)
    columns = [
        Column(_("Stelle"), Kind.NUMBER),
        Column(_("Zeit"), Kind.MOMENT),
        Column(_("Was"), width=32),
        Column(_("Worum es geht"), width=36),
        Column(_("Genauer"), width=60),
        Column(_("Wer")),
        Column(_("Kürzel")),
        Column(_("Bezug"), width=38),
        Column(_("Werte"), width=40),
        Column(_("Prüfsumme"), width=66),
    ]
    note = _("Jede Zeile enthält die Prüfsumme der Kette bis zu ihr; ohne Stelle ist sie noch nicht versiegelt.")
    return Sheet(_("Protokoll {county}").format(county=search.county.name), columns, _rows(search, now), note)


def _rows(search: Search, now: datetime) -> Iterator[list[Cell]]:
    events = find_events(search).filter(at__lte=now).iterator(AT_ONCE)
    while batch := list(islice(events, AT_ONCE)):
        for told in tell_events(batch):
            event = told.event
            yield [
                event.position,
                event.at,
                told.name,
                told.about,
                told.sentence,
                told.by,
                event.action,
                event.subject,
                json.dumps(event.detail, ensure_ascii=False, sort_keys=True)[:30_000],
                event.digest,
            ]
