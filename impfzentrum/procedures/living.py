"""Whether the workers live: their signs are noted here, and judged for /readyz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from impfzentrum.models import SignOfLife
from impfzentrum.procedures.holding import read_holds
from impfzentrum.procedures.leasing import due_messages
from impfzentrum.vocabulary import WRITTEN

SWEEP = "sweep"

SILENT_AFTER: Mapping[str, timedelta] = {
    "match": timedelta(seconds=45),
    "deliver": timedelta(seconds=45),
    SWEEP: timedelta(seconds=30),
}
"""Queues and how old their last sign of life may be. Workers are asked every ten seconds, a sweep runs every two."""

UNSENT_AFTER = timedelta(seconds=60)
"""A message that may go waits no longer than this while all is well: an offer is given up after two minutes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `age`: seconds since the last sign, or that the oldest message waits."""

    name: str
    well: bool
    age: float | None


def note_life(queue: str, *, now: datetime) -> None:
    """Keep the moment of the latest sign of this queue."""
    SignOfLife.objects.bulk_create(
        [SignOfLife(queue=queue, at=now)], update_conflicts=True, unique_fields=["queue"], update_fields=["at"]
    )


def judge_life(*, now: datetime) -> list[Finding]:
    """The workers of every queue, the sweep, and the oldest message that could have been sent. Two queries or three."""
    signs = dict(SignOfLife.objects.values_list("queue", "at"))
    found = [_judge(queue, signs.get(queue), now=now) for queue in SILENT_AFTER]
    oldest = find_oldest_unsent(now=now)
    waits = 0.0 if oldest is None else (now - oldest).total_seconds()
    return [*found, Finding("oldest unsent message", waits <= UNSENT_AFTER.total_seconds(), waits)]


def _judge(queue: str, sign: datetime | None, *, now: datetime) -> Finding:
    name = "sweep" if queue == SWEEP else f"worker of {queue}"
    if sign is None:
        return Finding(name, well=False, age=None)
    return Finding(name, now - sign <= SILENT_AFTER[queue], max(0.0, (now - sign).total_seconds()))


def find_oldest_unsent(*, now: datetime) -> datetime | None:
    """Since when the oldest message waits that could leave; what its county holds back on purpose does not count."""
    held = [hold.county for hold in read_holds(now=now) if hold.holds_something]
    waiting = due_messages(now=now).filter(channel__in=WRITTEN).exclude(entry__centre__county__in=held)
    found: datetime | None = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return found
