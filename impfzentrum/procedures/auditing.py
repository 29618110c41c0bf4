"""Writing the record: in the transaction of the change; sealing it into the chain of the county soon after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max

from impfzentrum.models import AuditEvent, County
from impfzentrum.rules.chain import START, link_digest

SEAL_BATCH = 1_000
_SEALING = 0x4E52  # first key of the advisory lock; the second is the county


def record(
    county_id: int, action: str, subject: object, *, now: datetime, actor: User | None = None, **detail: object
) -> None:
    """Note what happened to `subject` (its public id). Belongs inside the transaction of the change itself.

    `detail` holds plain values and never personal data.
    """
    note(county_id, action, subject, now=now, actor=actor, **detail).save(force_insert=True)


def note(
    county_id: int, action: str, subject: object, *, now: datetime, actor: User | None = None, **detail: object
) -> AuditEvent:
    """The event that `record` writes, for a caller who writes several at once."""
    return AuditEvent(county_id=county_id, at=now, actor=actor, action=action, subject=str(subject), detail=detail)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one subject, where many are recorded at once."""

    county_id: int
    action: str
    subject: object
    detail: dict[str, object] = field(default_factory=dict)


def record_many(events: Iterable[Event], *, now: datetime) -> None:
    """`record` for many, in one statement."""
    AuditEvent.objects.bulk_create(
        AuditEvent(county_id=one.county_id, at=now, action=one.action, subject=str(one.subject), detail=one.detail)
        for one in events
    )


def seal_events(county: County) -> int:
    """Link all unsealed events of a county into its chain, in the order of their ids; return how many.

    Two sealers at once would give one position twice: an advisory lock lets the second wait and then see the first's
    positions (without it, the unique constraint `audit_position_once_a_county` would refuse the second).
    """
    sealed = 0
    while True:
        with transaction.atomic():
            _lock_chain(county)
            batch = list(AuditEvent.objects.filter(county=county, position=None).order_by("id")[:SEAL_BATCH])
            _link(county, batch)
        sealed += len(batch)
        if len(batch) < SEAL_BATCH:
            return sealed


def _lock_chain(county: County) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SEALING, county.pk])


def _link(county: County, batch: list[AuditEvent]) -> None:
    chain = AuditEvent.objects.filter(county=county, position__isnull=False)
    position = chain.aggregate(last=Max("position"))["last"] or 0
    previous = chain.get(position=position).digest if position else START
    for event in batch:
        position += 1
        event.position = position
        event.digest = previous = link_digest(previous, content_of(event))
    AuditEvent.objects.bulk_update(batch, ["position", "digest"], batch_size=500)


def content_of(event: AuditEvent) -> dict[str, object]:
    """What the digest of an event covers: everything but the digest itself. Times in UTC."""
    return {
        "county": event.county_id,
        "position": event.position,
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor_id,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
    }


def find_broken_links(county: County) -> Iterator[str]:
    """Walk a county's chain and name each position where it does not hold: gap, changed row, wrong digest."""
    previous, expected = START, 1
    for event in AuditEvent.objects.filter(county=county, position__isnull=False).order_by("position").iterator():
        if event.position != expected:
            yield f"{county}: Protokoll springt von {expected - 1} auf {event.position}"
        if event.digest != link_digest(previous, content_of(event)):
            yield f"{county}: Protokolleintrag {event.position} passt nicht zu seiner Prüfsumme"
        previous, expected = event.digest, (event.position or 0) + 1
