"""What the tests of calls stand on: people who want to be called, and the calls to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from impfzentrum.models import Message, Offer, Release, StandbyEntry
from tests.conftest import World
from tests.factories import NOON, ask

LANDLINE = "+496990009123"
"""For film and fiction (Bundesnetzagentur, Mitteilung 148/2021)."""


def callable_entry(world: World, **values: Any) -> StandbyEntry:
    """Somebody who has a telephone and nothing else."""
    return world.entry(**{"mobile": "", "phone": LANDLINE, "phone_confirmed_at": NOON, **values})


def the_call(offer: Offer | None = None, *, template: str = "offer") -> Message:
    calls = Message.objects.filter(channel="call", template=template)
    return (calls if offer is None else calls.filter(offer=offer)).get()


def ask_by_phone(world: World, *, now: datetime = NOON, release: Release | None = None, **values: Any) -> Offer:
    """One person who wants to be called is asked; nobody has called yet."""
    entry = callable_entry(world, **values)
    release = release or world.release(now=now)
    ask(release, now=now)
    return Offer.objects.select_related("entry", "release__centre").get(entry=entry, release=release)
