"""Who has looked at the names of a day: noted once a person and day, and once each time the list leaves as a file."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from impfzentrum.models import AuditEvent, Centre
from impfzentrum.procedures.auditing import record

OPENED, TAKEN_OUT = "day_list_opened", "day_list_exported"


def subject_of(centre: Centre, now: datetime) -> str:
    """What the record calls the list of a centre on the day of `now`."""
    return f"centre-{centre.pk}:{timezone.localdate(now):%Y-%m-%d}"


def has_opened(centre: Centre, *, by: User, now: datetime) -> bool:
    """Whether this person has opened the list of the day of `now`."""
    return AuditEvent.objects.filter(subject=subject_of(centre, now), action=OPENED, actor=by).exists()


def open_list(centre: Centre, *, by: User, now: datetime) -> None:
    """Note that this person opens the names of the day. Twice is once."""
    with transaction.atomic():
        # Two windows of one person: the second waits here and finds the line of the first.
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        if not has_opened(centre, by=by, now=now):
            record(centre.county_id, OPENED, subject_of(centre, now), now=now, actor=by)


def note_export(centre: Centre, kind: str, people: int, *, by: User | None, now: datetime) -> None:
    """Note that the list left as a file or on paper, with how many people on it."""
    with transaction.atomic():
        record(centre.county_id, TAKEN_OUT, subject_of(centre, now), now=now, actor=by, kind=kind, people=people)
