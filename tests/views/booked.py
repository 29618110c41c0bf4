"""Booked appointments for tests, with a file on its way and a key of a booking system."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from impfzentrum.models import Booking, BookingImport, InterfaceKey
from impfzentrum.models.sealed import hash_token
from tests.conftest import World
from tests.factories import NOON

SECRET = "nr_a-secret-for-tests"


def book(world: World, reference: str = "KB-1", *, at: datetime = NOON, **values: Any) -> Booking:
    """One booked appointment of the model centre, planned."""
    defaults = {"vaccine": world.vaccine, "dose_number": 1, "name": "Muster, Erika", "state_since": NOON}
    return Booking.objects.create(centre=world.centre, reference=reference, at=at, **{**defaults, **values})


def book_day(world: World, *, planned: int = 0, cancelled: int = 0, missed: int = 0, **values: Any) -> list[Booking]:
    """So many appointments, five minutes apart, from noon on."""
    states = ["planned"] * planned + ["cancelled"] * cancelled + ["missed"] * missed
    return [
        book(world, f"KB-{number:03d}", at=NOON + timedelta(minutes=5 * number), state=state, **values)
        for number, state in enumerate(states)
    ]


def make_interface_key(world: World, secret: str = SECRET) -> InterfaceKey:
    values = {"name": "Portal", "hint": "a-se", "form_key": uuid.uuid4(), "created_at": NOON}
    return InterfaceKey.objects.create(
        centre=world.centre, secret_hash=hash_token(secret), created_by=world.staff, **values
    )


def fill_bookings(world: World) -> dict[str, str]:
    """Something of each kind, by the names that the matrix of routes uses."""
    book(world, "KB-9", state="cancelled", marked_by=world.staff)
    work = BookingImport.objects.create(
        centre=world.centre,
        brought_by=world.staff,
        brought_at=NOON,
        state_since=NOON,
        day=NOON.date(),
        form_key=uuid.uuid4(),
    )
    key = make_interface_key(world, f"{SECRET}-{world.centre.slug}")
    planned = book(world)
    return {
        "booking": str(planned.public_id),
        "file": str(work.public_id),
        "key": str(key.public_id),
        "vaccine": str(world.vaccine.pk),
    }
