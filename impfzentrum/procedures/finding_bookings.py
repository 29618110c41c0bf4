"""Finding a booked appointment of today: by number, time or name. Names are sealed: they are opened to be compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from impfzentrum.models import Booking, Centre
from impfzentrum.procedures.releasing_bookings import bookings_of_day
from impfzentrum.rules.booking_values import Misread, join_moment, read_clock
from impfzentrum.rules.days import BERLIN
from impfzentrum.rules.names import fold_name
from impfzentrum.states import BookingState

PAGE = 50
"""Appointments on one page."""

SOON = timedelta(minutes=30)
"""Whose time is so long over at most counts as being due."""

_TIME = re.compile(r"\d{1,2}(?:[:.]\d{2}|\s*(?:Uhr|h))(?:\s*(?:Uhr|h))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Some of the appointments of today, by time. `total`: how many there are in all."""

    bookings: Sequence[Booking]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def list_bookings(centre: Centre, *, show: str, number: int, now: datetime) -> BookingPage:
    """A page of today's list: `next` (from half an hour ago on), `all`, or one state."""
    rows = _of_today(centre, now=now)
    if show == "next":
        rows = rows.filter(at__gte=now - SOON)
    elif show in BookingState.values:
        rows = rows.filter(state=show)
    total = rows.count()
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    return BookingPage(list(rows[(number - 1) * PAGE : number * PAGE]), total, number)


def search_bookings(centre: Centre, words: str, *, now: datetime) -> BookingPage:
    """The first appointments of today that the words fit: a time of day, a part of the number, or names.

    A name fits if each word begins one of its names, whatever the accents.
    """
    rows = _of_today(centre, now=now)
    words = words.strip()
    if not words:
        return BookingPage([], 0, 1)
    if _TIME.fullmatch(words):
        found = list(_at(rows, words, now))
    else:
        found = list(rows.filter(reference__icontains=words)[: 10 * PAGE])
        if not any(letter.isdigit() for letter in words):
            found = _merge(found, _named(rows, words))
    return BookingPage(found[:PAGE], len(found), 1)


def _of_today(centre: Centre, *, now: datetime) -> QuerySet[Booking]:
    return bookings_of_day(centre, now=now).select_related("vaccine", "release").order_by("at", "pk")


def _at(rows: QuerySet[Booking], words: str, now: datetime) -> QuerySet[Booking]:
    try:
        moment = join_moment(now.astimezone(BERLIN).date(), read_clock(words))
    except Misread:
        return rows.none()
    return rows.filter(Q(at__gte=moment, at__lt=moment + timedelta(minutes=1)))


def _named(rows: QuerySet[Booking], words: str) -> list[Booking]:
    wanted = fold_name(words).split()
    return [one for one in rows.exclude(name="") if wanted and _fits(one.name, wanted)]


def _fits(name: str, wanted: Sequence[str]) -> bool:
    parts = re.split(r"[\s,-]+", fold_name(name))
    return all(any(part.startswith(word) for part in parts) for word in wanted)


def _merge(first: Sequence[Booking], second: Sequence[Booking]) -> list[Booking]:
    both = {one.pk: one for one in (*first, *second)}
    return sorted(both.values(), key=lambda one: (one.at, one.pk))
