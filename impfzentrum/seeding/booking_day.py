"""An imagined day of booked appointments for the demo: most are kept, some cancelled, some people did not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from impfzentrum.models import Booking, Campaign, Centre, Vaccine, in_force
from impfzentrum.rules.days import BERLIN
from impfzentrum.seeding.names import pick_name, pick_origin
from impfzentrum.states import BookingState

EVERY = timedelta(minutes=5)
CANCELLED = 0.04
MISSED = 0.05
"""Shares; 1 to 6 % of appointments were missed in most Länder in June 2021 (docs of the domain)."""


def book_day(campaign: Campaign, *, seed: int, now: datetime) -> int:
    """Appointments from opening to closing today at each centre of the county that has none yet; how many."""
    chance = Random(seed)  # noqa: S311 - imagined people
    rules = in_force(campaign.rule_set.vaccine_rules, campaign.rules_on(now)).values("vaccine")
    vaccines = list(Vaccine.objects.filter(pk__in=rules))
    booked: list[Booking] = []
    for centre in campaign.county.centres.order_by("slug"):
        if vaccines and not centre.bookings.exists():
            booked += _imagine(centre, vaccines, chance, now)
    Booking.objects.bulk_create(booked)
    return len(booked)


def _imagine(centre: Centre, vaccines: list[Vaccine], chance: Random, now: datetime) -> Iterator[Booking]:
    day = now.astimezone(BERLIN).date()
    at = datetime.combine(day, centre.opens_at, BERLIN)
    number = 0
    while at < datetime.combine(day, centre.closes_at, BERLIN):
        number += 1
        given, family = pick_name(chance, origin=pick_origin(chance), age=chance.randint(20, 90))
        drawn = chance.random()
        fallen = BookingState.MISSED if drawn < MISSED and at < now - EVERY else BookingState.PLANNED
        yield Booking(
            centre=centre,
            reference=f"{centre.slug[:2].upper()}-{day:%d%m}-{number:03d}",
            at=at,
            vaccine=chance.choice(vaccines),
            dose_number=chance.choice((1, 2)),
            name=f"{family}, {given}",
            state=BookingState.CANCELLED if drawn > 1 - CANCELLED else fallen,
            state_since=now,
        )
        at += EVERY
