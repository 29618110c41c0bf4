"""How often somebody may try what costs us or others: by a keyed hash of who tries, never by the thing itself.

The same limit counts for a contact we know and for one we don't, so that being refused tells nothing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from impfzentrum.errors import TooManyTries
from impfzentrum.models import Attempt
from impfzentrum.models.sealed import blind_index

_TRYING = 0x4E57  # first key of the advisory lock; the second is who tries

REMEMBERED = timedelta(days=1)
"""The longest time over which a limit may count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries of a kind within a time of at most REMEMBERED."""

    kind: str
    most: int
    within: timedelta


def count_try(limit: Limit, who: str, *, now: datetime) -> None:
    """Note one try. Raises TooManyTries, and notes nothing, when there were as many as allowed.

    `who` is an address of the network or a contact; it is stored as a keyed hash alone.
    """
    whose = blind_index(f"try:{limit.kind}", who)
    with transaction.atomic():
        _wait_for_others(whose)
        tries = Attempt.objects.filter(kind=limit.kind, whose=whose, at__gt=now - limit.within)
        if tries.count() >= limit.most:
            raise TooManyTries
        Attempt.objects.create(kind=limit.kind, whose=whose, at=now)


def _wait_for_others(whose: str) -> None:
    # Ten tries at once count ten times: each waits here and counts those before.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, ('x' || left(%s, 8))::bit(32)::int)", [_TRYING, whose])


def forget_tries(*, now: datetime) -> int:
    """Delete what no limit counts any more; return how many."""
    return Attempt.objects.filter(at__lte=now - REMEMBERED).delete()[0]
