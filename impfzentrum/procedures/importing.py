"""A file with booked appointments on its way: brought by a person, read by a worker, taken in when the person says so.

Nothing of a file is half taken in: its lines are stored in one transaction with the step that says so.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from impfzentrum.booking_refusals import ImportNotOpen, LinesChanged, NothingToTakeIn
from impfzentrum.models import BookingColumns, BookingImport, Centre
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.checking_lines import Checked, check_lines, vaccine_names
from impfzentrum.procedures.storing_bookings import store_lines
from impfzentrum.procedures.waking import wake_import
from impfzentrum.rules.booking_columns import Columns, guess_columns, is_heading, missing_columns
from impfzentrum.states import ImportState
from impfzentrum.tables.reading import read_table
from impfzentrum.tables.table import Table, TableRefused, Unreadable

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""So long one worker has a file in hand. The largest takes about ten seconds."""

MOST_TRIES = 3
"""A file over which workers die is given up."""

SEALED_FOR = timedelta(hours=2)
"""A file that nobody takes in is thrown away."""

KEPT_FOR = timedelta(days=7)
"""That there was a file, and how many lines came of it."""

FOR_WORKERS = (ImportState.WAITING, ImportState.CONFIRMED)
EMPTY = {"content": "", "cells": "", "outlook": ""}


def bring_file(centre: Centre, content: bytes, *, day: date, form_key: UUID, by: User, now: datetime) -> BookingImport:
    """Keep the file, sealed, and wake a worker. A second tap returns the first file."""
    with transaction.atomic():
        brought, new = BookingImport.objects.get_or_create(
            form_key=form_key,
            defaults={
                "centre": centre,
                "brought_by": by,
                "brought_at": now,
                "state_since": now,
                "day": day,
                "content": base64.b64encode(content).decode(),
            },
        )
        if new:
            record(centre.county_id, "bookings_brought", brought.public_id, now=now, actor=by, size=len(content))
            wake_import(brought.pk)
    return brought


def work_on(import_id: int, *, now: datetime) -> None:
    """What a worker does: read and look at the lines, or store them. Nothing where another has it in hand."""
    work = _lease(import_id, now=now)
    if work is None:
        return
    try:
        if work.state == ImportState.WAITING:
            _read(work, now=now)
        else:
            _store(work, now=now)
    except TableRefused as refused:
        _refuse(work, refused.why, now=now)


def _lease(import_id: int, *, now: datetime) -> BookingImport | None:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    row = BookingImport.objects.filter(free, pk=import_id, state__in=FOR_WORKERS, tries__lt=MOST_TRIES)
    if not row.update(leased_until=now + LEASE, tries=F("tries") + 1):
        return None
    return BookingImport.objects.select_related("centre", "brought_by").get(pk=import_id)


def _read(work: BookingImport, *, now: datetime) -> None:
    table = Table.from_plain(json.loads(work.cells)) if work.cells else _open(work)
    columns = work.columns or guess_columns(table.headings, kept_headings(work.centre))
    checked = _check(work, table, columns, now=now)
    work.move(
        ImportState.WAITING,
        ImportState.READ,
        now=now,
        content="",
        cells=json.dumps(table.as_plain(), ensure_ascii=False),
        outlook=json.dumps(_outlook(table, checked), ensure_ascii=False),
        columns=columns,
        leased_until=None,
        tries=0,
    )


def _open(work: BookingImport) -> Table:
    """The file as a table. Raises TableRefused."""
    rows = BookingImport.objects.filter(pk=work.pk)

    def tell_progress(lines: int) -> None:
        rows.update(lines_read=lines)

    try:
        return read_table(base64.b64decode(work.content), is_heading=is_heading, note=tell_progress)
    except TableRefused:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever a library says of a broken file; its words may quote the file
        logger.warning("file %s could not be read: %s", work.public_id, type(fault).__name__)
        raise TableRefused(Unreadable.DAMAGED) from None


def _check(work: BookingImport, table: Table, columns: Columns, *, now: datetime) -> Checked:
    if missing_columns(columns):
        return Checked([], [], len(table.lines))
    today = timezone.localdate(now)
    return check_lines(table, columns, day=work.day, today=today, vaccines=vaccine_names())


def _outlook(table: Table, checked: Checked) -> dict[str, object]:
    """What the page shows: counts, faults, headings with what the first lines hold."""
    examples = [[line.cell(place) for line in table.lines[:3]] for place in range(len(table.headings))]
    return {**checked.as_plain(), "headings": table.headings, "examples": examples, "lines": len(table.lines)}


def look_anew(work: BookingImport, columns: Columns, *, now: datetime) -> None:
    """Other columns were chosen: the lines are looked at again. Raises ImportNotOpen when it is no longer its turn."""
    with transaction.atomic():
        again = {"columns": columns, "leased_until": None, "tries": 0}
        if not work.move(ImportState.READ, ImportState.WAITING, now=now, **again):
            raise ImportNotOpen
        wake_import(work.pk)


def take_in(work: BookingImport, *, good: int, without_faulty: bool, by: User, now: datetime) -> None:
    """The person says yes to `good` lines, which they were shown. A worker stores them.

    Raises ImportNotOpen where somebody was faster, LinesChanged where the page showed other counts, NothingToTakeIn
    for a file with faults without the person's word to leave those lines out.
    """
    outlook = read_outlook(work)
    if work.state != ImportState.READ or outlook is None:
        raise ImportNotOpen
    if outlook["good"] != good:
        raise LinesChanged
    if not good or (outlook["faulty"] and not without_faulty):
        raise NothingToTakeIn
    with transaction.atomic():
        chosen = {"without_faulty": without_faulty, "leased_until": None, "tries": 0}
        if not work.move(ImportState.READ, ImportState.CONFIRMED, now=now, **chosen):
            raise ImportNotOpen
        record(work.centre.county_id, "bookings_confirmed", work.public_id, now=now, actor=by, good=good)
        wake_import(work.pk)


def _store(work: BookingImport, *, now: datetime) -> None:
    """Look once more (midnight may have passed) and store, or go back to the person where the counts changed."""
    table = Table.from_plain(json.loads(work.cells))
    checked = _check(work, table, work.columns, now=now)
    outlook = read_outlook(work)
    if outlook is None or (len(checked.good), checked.faulty_lines) != (outlook["good"], outlook["faulty"]):
        shown = json.dumps(_outlook(table, checked), ensure_ascii=False)
        back = {"outlook": shown, "leased_until": None, "tries": 0, "result": {"changed": True}}
        work.move(ImportState.CONFIRMED, ImportState.READ, now=now, **back)
        return
    with transaction.atomic():
        if not work.move(ImportState.CONFIRMED, ImportState.STORED, now=now, leased_until=None, **EMPTY):
            return  # a worker whose lease had run out was through first
        stored = store_lines(work.centre, checked.good, now=now)
        counts = {"new": stored.new, "changed": stored.changed, "kept": stored.kept, "left_out": checked.faulty_lines}
        BookingImport.objects.filter(pk=work.pk).update(result=counts)
        _keep_headings(work.centre, table, work.columns, now=now)
        record(work.centre.county_id, "bookings_imported", work.public_id, now=now, actor=work.brought_by, **counts)


def _refuse(work: BookingImport, why: Unreadable, *, now: datetime) -> None:
    state = ImportState(work.state)
    with transaction.atomic():
        gone = {**EMPTY, "leased_until": None, "result": {"refused": why.value}}
        if work.move(state, ImportState.REFUSED, now=now, **gone):
            record(work.centre.county_id, "bookings_refused", work.public_id, now=now, why=why.value)


def discard(work: BookingImport, *, by: User | None, now: datetime) -> bool:
    """Throw the file away; say whether that was possible: what is being stored is not stopped."""
    with transaction.atomic():
        for state in (ImportState.WAITING, ImportState.READ):
            if work.move(state, ImportState.DISCARDED, now=now, leased_until=None, **EMPTY):
                record(work.centre.county_id, "bookings_discarded", work.public_id, now=now, actor=by)
                return True
    return False


def read_outlook(work: BookingImport) -> dict[str, Any] | None:
    """What the last look at the lines found; None before it."""
    found: dict[str, Any] | None = json.loads(work.outlook) if work.outlook else None
    return found


def kept_headings(centre: Centre) -> Mapping[str, str]:
    """How the columns were named that the centre took in last."""
    kept = BookingColumns.objects.filter(centre=centre).first()
    return kept.headings if kept else {}


def _keep_headings(centre: Centre, table: Table, columns: Columns, *, now: datetime) -> None:
    headings = {field: table.headings[place] for field, place in columns.items() if place < len(table.headings)}
    BookingColumns.objects.update_or_create(centre=centre, defaults={"headings": headings, "chosen_at": now})


def imports_due(*, now: datetime) -> QuerySet[BookingImport]:
    """Files that a worker should have in hand and none has: a wake-up was lost, or a worker died."""
    free = Q(leased_until=None, state_since__lte=now - timedelta(seconds=5)) | Q(leased_until__lte=now)
    return BookingImport.objects.filter(free, state__in=FOR_WORKERS)


def wake_imports(*, now: datetime) -> None:
    """Wake a worker for what waits; give up a file over which workers die."""
    for work in imports_due(now=now).select_related("centre").defer("content", "cells", "outlook")[:10]:
        if work.tries >= MOST_TRIES:
            _refuse(work, Unreadable.DAMAGED, now=now)
            logger.warning("file %s given up after %d tries", work.public_id, work.tries)
        else:
            wake_import(work.pk)
