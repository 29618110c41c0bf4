"""What the tests of doses given by hand share."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from impfzentrum.models import HandPick, Release, StandbyEntry
from impfzentrum.procedures.hand_picking import HandPickOrder, propose_hand_pick
from tests.conftest import World
from tests.factories import NOON

SECOND = "second"
NOTE = "War schon da, das Fläschchen ist in zehn Minuten unbrauchbar."


def order(release: Release, entry: StandbyEntry, *, form_key: UUID | None = None, note: str = NOTE) -> HandPickOrder:
    return HandPickOrder(release=release, entry=entry, reason="on_site", note=note, form_key=form_key or uuid.uuid4())


def propose(world: World, release: Release, entry: StandbyEntry, *, now: datetime = NOON) -> HandPick:
    """A proposal by the world's member of staff."""
    return propose_hand_pick(order(release, entry), by=world.staff, now=now)
