"""After a restored backup: everybody who had been erased meanwhile is erased again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from impfzentrum.errors import Refusal
from impfzentrum.models import OpeningWatch, StandbyEntry, Tombstone
from impfzentrum.procedures.staying import leave_list
from impfzentrum.states import EntryState

LOOKED_UP_AT_ONCE = 1_000
GONE = (EntryState.LEFT, EntryState.ERASED)


@dataclass(slots=True)
class ErasedAgain:
    """How many tombstones there are, how many rows the backup had brought back, and who could not be erased."""

    tombstones: int = 0
    people: int = 0
    watches: int = 0
    refused: list[str] = field(default_factory=list)


def erase_again(written: Mapping[UUID, datetime], *, now: datetime) -> ErasedAgain:
    """Erase whom the table or `written` (from the file) names and who is there again. Doing it twice is once.

    Offers and doses that the backup still gives them go to the next person, as when somebody leaves. Who stands at the
    door at this moment is refused and named; the next call finds them.
    """
    Tombstone.objects.bulk_create(
        (Tombstone(public_id=one, erased_at=at, written_at=now) for one, at in written.items()),
        ignore_conflicts=True,
        batch_size=LOOKED_UP_AT_ONCE,
    )
    done = ErasedAgain()
    for stones in _batches():
        done.tombstones += len(stones)
        done.watches += OpeningWatch.objects.filter(public_id__in=stones).delete()[1].get(OpeningWatch._meta.label, 0)
        for entry in StandbyEntry.objects.filter(public_id__in=stones).exclude(state__in=GONE).order_by("pk"):
            try:
                leave_list(entry, now=now)
            except Refusal as refusal:
                done.refused.append(f"{entry.public_id}: {refusal}")
            else:
                done.people += 1
    return done


def _batches() -> Iterator[list[UUID]]:
    last = 0
    while rows := list(Tombstone.objects.filter(pk__gt=last).order_by("pk")[:LOOKED_UP_AT_ONCE]):
        yield [row.public_id for row in rows]
        last = rows[-1].pk
