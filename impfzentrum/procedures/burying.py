"""Tombstones: what was erased stays erased when a backup from before comes back.

The table alone would not do: a backup does not hold the tombstones that are younger than it. So they also go, within a
minute, into a file outside the database (`ERASED_FILE`), one line each: moment and public id.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from impfzentrum.models import Tombstone

WRITTEN_AT_ONCE = 5_000


def note_erased(public_ids: Iterable[UUID], *, now: datetime) -> None:
    """Note in the transaction of the erasure itself what is erased. Twice is once."""
    stones = [Tombstone(public_id=public_id, erased_at=now) for public_id in public_ids]
    Tombstone.objects.bulk_create(stones, ignore_conflicts=True)


def write_tombstones(*, now: datetime) -> int:
    """Append the tombstones that are new to the file; return how many. Without a file they wait in the table.

    The line is on disk before the row says so: after a crash between the two it is written twice, never not at all.
    """
    if not settings.ERASED_FILE:
        return 0
    with transaction.atomic():
        new = Tombstone.objects.select_for_update(skip_locked=True, no_key=True).filter(written_at=None)
        stones = list(new.order_by("id")[:WRITTEN_AT_ONCE])
        if stones:
            _append(Path(settings.ERASED_FILE), stones)
            Tombstone.objects.filter(pk__in=[stone.pk for stone in stones]).update(written_at=now)
    return len(stones)


def _append(file: Path, stones: list[Tombstone]) -> None:
    lines = "".join(f"{stone.erased_at.astimezone(UTC).isoformat()} {stone.public_id}\n" for stone in stones)
    with file.open("a", encoding="ascii") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())


def read_tombstones(file: Path) -> dict[UUID, datetime]:
    """Public ids with the moment of their erasure. Raises ValueError for a line that is none, with its number."""
    found: dict[UUID, datetime] = {}
    for number, line in enumerate(file.read_text(encoding="ascii").splitlines(), start=1):
        try:
            moment, public_id = line.split()
            found[UUID(public_id)] = datetime.fromisoformat(moment)
        except ValueError as error:
            raise ValueError(f"line {number} of {file} is no tombstone") from error
    return found
